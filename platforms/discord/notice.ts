import { type APIGuild, Routes } from 'discord.js';
import type { Log, Notice, Staff } from '../../src/ports.ts';
import { PlaceClosed, WordsRefused } from './errors.ts';
import { abroad, refOf } from './ids.ts';
import { calling, type createPlaces } from './places.ts';
import { type Message, renderReply } from './render.ts';
import type { Rest } from './rest.ts';
import { postMessage } from './upload.ts';

/** The same for a direct message: its buttons name the server. */
const inDirect = (message: Message, space: string): Message => ({
  ...message,
  components: message.components.map((row) => ({
    ...row,
    components: row.components.map((part) =>
      'custom_id' in part ? { ...part, custom_id: abroad(part.custom_id, space) } : part,
    ),
  })),
});

/** `staff`: tells those who look after a server, in the channel that they chose, else its owner by direct message; `member`: tells one of its members by direct message. */
export function createNotices(rest: Rest, places: Pick<ReturnType<typeof createPlaces>, 'direct'>, log: Log) {
  async function post(channel: string, message: Message, key: string): Promise<string | undefined> {
    try {
      return refOf(await postMessage(rest, { channel, message, nonce: key, replyTo: undefined }));
    } catch (err) {
      if (!(err instanceof PlaceClosed || err instanceof WordsRefused)) throw err;
      log.warn({ platform: 'discord', channel, notice: key, err }, 'somebody was not told there');
      return undefined;
    }
  }

  /** Nothing where the bot itself is not on the server. */
  async function ownerOf(space: string): Promise<string | undefined> {
    try {
      return (await calling<APIGuild>(rest, (discord) => discord.get(Routes.guild(space)))).owner_id;
    } catch (error) {
      if (error instanceof PlaceClosed) return undefined;
      throw error;
    }
  }

  async function tellOwner(space: string, message: Message, key: string): Promise<string | undefined> {
    const owner = await ownerOf(space);
    if (owner === undefined) return undefined;
    return post(await places.direct(owner), inDirect(message, space), key);
  }

  async function staff({ space, channel }: Staff, { key, parts }: Notice): Promise<string | undefined> {
    const { message } = renderReply({ parts }, space);
    const told = channel === undefined ? undefined : await post(channel, message, key);
    return told ?? tellOwner(space, message, key);
  }

  async function member(space: string, user: string, { key, parts }: Notice): Promise<string | undefined> {
    const { message } = renderReply({ parts }, space);
    try {
      return await post(await places.direct(user), inDirect(message, space), key);
    } catch (err) {
      if (!(err instanceof PlaceClosed)) throw err;
      log.warn({ platform: 'discord', notice: key, err }, 'a member takes no direct messages');
      return undefined;
    }
  }

  return { staff, member };
}
