import { named } from './blocks.ts';
import { nobody, pingsOf } from './mentions.ts';
import type { Channel, File, Message, World } from './world.ts';

type New = Pick<Message, 'user' | 'team'> & Partial<Message>;

/** Puts a message into a channel, or before one member's eyes. */
export function write(world: World, channel: Channel, given: New): Message {
  const message: Message = {
    ...{ ts: world.ids.ts(), channel, threadTs: null, botId: null, subtype: null, text: '', metadata: null },
    ...{ files: [], pinged: nobody(), edits: 0, editedTs: null, deleted: false, ephemeralTo: null, deed: null },
    ...{ execution: null, ...given },
    blocks: named(given.blocks ?? [], () => world.ids.secret(5)),
  };
  if (message.ephemeralTo === null) pingsOf(message.text, message.blocks, message.pinged);
  if (message.ephemeralTo === null) channel.messages.push(message);
  else world.ephemerals.push(message);
  for (const file of message.files) file.shares.push({ channel, message });
  return message;
}

/** Edits it; pings add up. */
export function rewrite(world: World, message: Message, given: Partial<Pick<Message, 'text' | 'blocks' | 'metadata'>>) {
  if (given.text !== undefined) message.text = given.text;
  if (given.blocks) message.blocks = named(given.blocks, () => world.ids.secret(5));
  if (given.metadata !== undefined) message.metadata = given.metadata;
  message.edits++;
  message.editedTs = world.ids.ts();
  if (message.ephemeralTo === null) pingsOf(message.text, message.blocks, message.pinged);
}

export function remove(message: Message): void {
  message.deleted = true;
}

/** The file goes, and so does a message that had nothing else. */
export function removeFile(file: File): void {
  file.state = 'deleted';
  file.bytes = null;
  for (const { message } of file.shares) {
    message.files = message.files.filter((one) => one !== file);
    if (message.files.length === 0 && message.text === '' && message.blocks.length === 0) remove(message);
  }
}

/** A message of a channel that is still there. */
export const messageIn = (channel: Channel, ts: string): Message | undefined =>
  channel.messages.find((one) => one.ts === ts && !one.deleted);

export const repliesOf = (parent: Message): Message[] =>
  parent.channel.messages.filter((one) => one.threadTs === parent.ts && !one.deleted);

/** The parent of a thread, which may be deleted as long as there are replies. */
export function threadIn(channel: Channel, ts: string): Message | undefined {
  const found = channel.messages.find((one) => one.ts === ts && one.threadTs === null);
  return found && (!found.deleted || repliesOf(found).length > 0) ? found : undefined;
}
