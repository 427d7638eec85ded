import type { APIAttachment } from 'discord.js';
import { AttachmentFlags } from 'discord.js';
import type { Attachment, World } from './world.ts';

const pathOf = ({ folder, id, filename }: Attachment): string => `/${folder}/${id}/${encodeURIComponent(filename)}`;

/** What an attachment's link is asked for with: from when to when, in hex seconds, and the signature over both. */
function query(world: World, attachment: Attachment): string {
  const now = world.clock.now();
  const ex = Math.ceil((now + world.settings.cdnMs) / 1000).toString(16);
  const is = Math.floor(now / 1000).toString(16);
  return `?ex=${ex}&is=${is}&hm=${world.sign(`${pathOf(attachment)} ${ex} ${is}`)}&`;
}

/** A link that works for `cdnMs` from now. */
export const linkOf = (world: World, attachment: Attachment): string =>
  `${world.origin}/cdn${pathOf(attachment)}${query(world, attachment)}`;

export function attachmentBody(world: World, attachment: Attachment): APIAttachment {
  const { id, filename, title, size, contentType, description, width, height } = attachment;
  return {
    ...{ id, filename, size, url: linkOf(world, attachment) },
    proxy_url: `${world.origin}/media${pathOf(attachment)}${query(world, attachment)}`,
    ...(title === null ? {} : { title }),
    ...(contentType === null ? {} : { content_type: contentType }),
    ...(description === null ? {} : { description }),
    ...(width === null ? {} : { width }),
    ...(height === null ? {} : { height }),
    ...(attachment.ephemeral ? { ephemeral: true } : {}),
    ...(attachment.spoiler ? { flags: AttachmentFlags.IsSpoiler } : {}),
  };
}

export interface CdnAnswer {
  status: number;
  type: string;
  bytes: Buffer | string;
}

const gone: CdnAnswer = { status: 404, type: 'text/plain', bytes: 'This content is no longer available.' };

/** Answers a GET below `/cdn` or `/media`: 404 when the link is over, forged or the file is gone. */
export function serveCdn(world: World, url: URL): CdnAnswer {
  const path = url.pathname.replace(/^\/(cdn|media)/, '');
  const attachment = world.attachments.get(path.split('/').at(-2) ?? '');
  const [ex = '', is, hm] = ['ex', 'is', 'hm'].map((name) => url.searchParams.get(name) ?? '');
  if (!attachment || pathOf(attachment) !== path || world.sign(`${path} ${ex} ${is}`) !== hm) return gone;
  if (Number.parseInt(ex, 16) * 1000 < world.clock.now()) return gone;
  if (!attachment.bytes)
    return { status: 501, type: 'text/plain', bytes: 'the fake keeps no large files that were posted' };
  return { status: 200, type: attachment.contentType ?? 'application/octet-stream', bytes: attachment.bytes };
}
