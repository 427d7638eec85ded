import { createHash } from 'node:crypto';
import type { GivenFile } from './api.ts';
import type { ReceivedFile } from './body.ts';
import { badField, refusal } from './refusals.ts';
import type { Attachment, Message, World } from './world.ts';

/** Of `attachments` in a body: a file of the request by its number, or one that the message has and keeps. */
export interface AttachmentGiven {
  id: string | number;
  filename?: string;
  description?: string | null;
}

/** Discord's file names have no spaces and few signs. */
const plain = (name: string): string => name.replace(/\s+/g, '_').replace(/[^\w.-]/g, '') || 'unknown';

function store(
  world: World,
  given: Omit<Attachment, 'id' | 'filename' | 'title' | 'spoiler'>,
  name: string,
): Attachment {
  const filename = plain(name);
  const title = filename === name ? null : name.replace(/\.[^.]*$/, '');
  const attachment = { id: world.ids.next(), filename, title, spoiler: filename.startsWith('SPOILER_'), ...given };
  world.attachments.set(attachment.id, attachment);
  return attachment;
}

type Place = Pick<Attachment, 'folder' | 'ephemeral'>;

/** Where the files of messages in a channel are, and those that options and modals upload for the bot alone. */
export const inChannel = (channel: string, ephemeral: boolean): Place => ({
  folder: `attachments/${channel}`,
  ephemeral,
});
export const forBot = ({ applicationId }: World): Place => ({
  folder: `ephemeral-attachments/${applicationId}`,
  ephemeral: true,
});

/** Puts a member's file on the CDN. */
export function upload(world: World, given: GivenFile, place: Place): Attachment {
  const bytes = Buffer.from(given.base64, 'base64');
  const { name, contentType, width = null, height = null, description = null } = given;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return store(world, { ...place, size: bytes.length, contentType, description, sha256, width, height, bytes }, name);
}

/** Refuses files above a limit with 40005. */
export function checkSizes(files: readonly ReceivedFile[], limit: number): void {
  if (files.some(({ size }) => size > limit)) throw refusal(40005);
}

/**
 * The attachments of a message after a request. Without `given` all that it had stay and the files come after them; with it
 * those listed do, in its order, and the files that it does not mention after them.
 */
export function attachmentsAfter(
  world: World,
  message: Pick<Message, 'attachments' | 'channel' | 'ephemeral'>,
  given: readonly AttachmentGiven[] | undefined,
  files: readonly ReceivedFile[],
): Attachment[] {
  const listed = given ?? message.attachments.map(({ id }) => ({ id }) as AttachmentGiven);
  const place = inChannel(message.channel.id, message.ephemeral);
  const add = ({ key: _, filename, ...file }: ReceivedFile, told?: AttachmentGiven): Attachment =>
    store(
      world,
      { ...place, ...file, description: told?.description ?? null, width: null, height: null },
      told?.filename ?? filename,
    );
  const first = listed.map((told, index) => {
    const file = files.find(({ key }) => key === String(told.id));
    if (file) return add(file, told);
    const had = message.attachments.find(({ id }) => id === String(told.id));
    if (!had)
      throw badField(['attachments', index, 'id'], 'ATTACHMENT_NOT_FOUND', 'There is no such attachment or file');
    return told.description === undefined ? had : { ...had, description: told.description };
  });
  const told = new Set(listed.map(({ id }) => String(id)));
  return [...first, ...files.filter(({ key }) => !told.has(key)).map((file) => add(file))];
}
