import { type APIMessage, Routes } from 'discord.js';
import { customIds } from './ids.ts';
import { calling } from './places.ts';
import type { Rest } from './rest.ts';

/** Pages of a hundred messages that are looked through, the newest first. */
const pages = 5;

/** Whether a message brings a film under this key: its buttons, its file's name or its link carry it. */
export const bringsFilm =
  (key: string) =>
  (message: APIMessage): boolean => {
    if (customIds(message).some((id) => id.split('|')[1] === key)) return true;
    if (message.attachments.some(({ filename }) => filename.endsWith(`-${key}.mp4`))) return true;
    return new RegExp(`#${key}(?!\\d)`).test(message.content);
  };

/**
 * An earlier posting of the bot's, among the newest messages; none older than the message, or the moment, of the id `since`. Beyond
 * Discord's own memory for a nonce this is what keeps a second one away; it sees nothing where the bot may not read the history.
 */
export async function findPosting(
  rest: Rest,
  channel: string,
  isIt: (message: APIMessage) => boolean,
  since: string | undefined,
): Promise<APIMessage | undefined> {
  const me = await calling<string>(rest, () => rest.botId());
  let before: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const query = new URLSearchParams({ limit: '100', ...(before === undefined ? {} : { before }) });
    const messages = await calling<APIMessage[]>(rest, (discord) =>
      discord.get(Routes.channelMessages(channel), { query }),
    );
    const found = messages.find((message) => message.author.id === me && isIt(message));
    if (found) return found;
    before = messages.at(-1)?.id;
    const past = before !== undefined && since !== undefined && BigInt(before) < BigInt(since);
    if (messages.length < 100 || past) return undefined;
  }
  return undefined;
}
