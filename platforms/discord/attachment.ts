import type { APIAttachment } from 'discord.js';
import type { FileRef } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';

/** Where attachments lie. Nothing else is fetched, whatever a payload says. */
const hosts = ['cdn.discordapp.com', 'media.discordapp.net'];
/** Milliseconds for one picture. */
const within = 20_000;

const away = (cause?: unknown): UserError =>
  new UserError('invalid', { word: 'picture.away' }, { field: 'image', cause });

/** Fetches members' attachments, at once, for their links expire. `origin` is where a test's Discord keeps them. */
export function createAttachments(origin: string | undefined): (attachment: APIAttachment) => FileRef {
  function isOurs(address: string): boolean {
    if (!URL.canParse(address)) return false;
    const url = new URL(address);
    return url.origin === origin || (url.protocol === 'https:' && hosts.includes(url.hostname) && url.port === '');
  }

  async function* bytes(address: string): AsyncIterable<Uint8Array> {
    if (!isOurs(address)) throw away();
    const signal = AbortSignal.timeout(within);
    try {
      const answer = await fetch(address, { signal, redirect: 'error' });
      if (!answer.ok || !answer.body) throw new Error(`the attachment was answered with ${answer.status}`);
      yield* answer.body as AsyncIterable<Uint8Array>;
    } catch (cause) {
      throw away(cause);
    }
  }

  return ({ filename, size, url }) => ({ name: filename, size, open: () => bytes(url) });
}

/** Whether an attachment says that it is a picture; what it is shows when it is read. */
export function isPicture({ content_type, filename }: APIAttachment): boolean {
  return content_type?.startsWith('image/') ?? /\.(?:jpe?g|png|webp|avif|gif|hei[cf])$/i.test(filename);
}
