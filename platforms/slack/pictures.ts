import type { FileRef } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import type { Api } from './api.ts';
import { isSlacks } from './transfer.ts';

/** Milliseconds for one picture. */
const within = 20_000;
/** Redirects that are followed, each to Slack's own hosts alone. */
const hops = 2;

/** A file as Slack's payloads have it; a stub, where it comes from another workspace. */
export interface SlackFile {
  id: string;
  name?: string | null;
  mimetype?: string;
  size?: number;
  url_private?: string;
  url_private_download?: string;
  file_access?: string;
}

const away = (cause?: unknown): UserError =>
  new UserError('invalid', { word: 'picture.away' }, { field: 'image', cause });

/** Who named a file by its id alone, and where the film goes. */
export interface Named {
  channel: string | undefined;
  user: string;
}

/** Whether a file says that it is a picture; what it is shows when it is read. */
export function isPicture({ mimetype, name }: SlackFile): boolean {
  // Some clients know nothing of a file but its name.
  const known = mimetype !== undefined && mimetype !== '' && mimetype !== 'application/octet-stream';
  if (known) return mimetype.startsWith('image/');
  return /\.(?:jpe?g|png|webp|avif|gif|hei[cf])$/i.test(name ?? '');
}

/** Fetches members' pictures with the bot's token, which goes to Slack's own hosts alone. `origin` is where a test's Slack is. */
export function createPictures(api: Api, origin: string | undefined) {
  async function fetched(address: string, token: string, left: number, signal: AbortSignal): Promise<Response> {
    if (!isSlacks(address, origin)) throw new Error('the address is not one of Slack’s own');
    const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` }, signal, redirect: 'manual' });
    const next = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || next === null) return answer;
    await answer.body?.cancel();
    if (left === 0) throw new Error('the file is redirected too often');
    return fetched(new URL(next, address).href, token, left - 1, signal);
  }

  /**
   * Where a file lies: as the payload says, or, where that is a stub, as Slack tells when it is asked. One that is only named has to be seen
   * by whoever names it: by everybody, in the channel that the film goes to, or as their own.
   */
  async function addressOf(team: string, file: SlackFile, named: Named | undefined): Promise<string> {
    const known = file.url_private_download ?? file.url_private;
    if (known !== undefined && !named && file.file_access !== 'check_file_info') return known;
    const { file: found } = await api.call(team, (client) => client.files.info({ file: file.id }));
    const places = [...(found?.channels ?? []), ...(found?.groups ?? []), ...(found?.ims ?? [])];
    const isSeen = found?.is_public === true || found?.user === named?.user || places.includes(named?.channel ?? '');
    if (named && !isSeen) throw new Error('the file is not in that channel, nor theirs who named it');
    const address = found?.url_private_download ?? found?.url_private;
    if (address === undefined) throw new Error('Slack names no address of the file');
    return address;
  }

  async function* bytes(team: string, file: SlackFile, named: Named | undefined): AsyncIterable<Uint8Array> {
    const signal = AbortSignal.timeout(within);
    try {
      const { token } = await api.installed(team);
      const answer = await fetched(await addressOf(team, file, named), token, hops, signal);
      if (!answer.ok || !answer.body) throw new Error(`the file was answered with ${answer.status}`);
      // A page to log in at comes with 200 where the token has no right to the file.
      if (/^text\/html/.test(answer.headers.get('content-type') ?? ''))
        throw new Error('the file was answered with a page');
      yield* answer.body as AsyncIterable<Uint8Array>;
    } catch (cause) {
      throw away(cause);
    }
  }

  return (team: string, file: SlackFile, named?: Named): FileRef => ({
    name: file.name ?? file.id,
    ...(file.size === undefined ? {} : { size: file.size }),
    open: () => bytes(team, file, named),
  });
}
