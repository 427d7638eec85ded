import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type APIMessage, type RawFile, Routes } from 'discord.js';
import type { Part } from '../../src/domain/command.ts';
import { TransientError } from '../../src/domain/errors.ts';
import { shortened } from '../../src/domain/letters.ts';
import type { Announced, Announcement, Log, Media, Place } from '../../src/ports.ts';
import { isBroken, isGone, isThreadRefused, isThreadThere, PlaceClosed } from './errors.ts';
import { findPosting } from './find.ts';
import { readRef, refOf } from './ids.ts';
import { limits } from './limits.ts';
import { calling, inOpen } from './places.ts';
import { type Message, renderReply } from './render.ts';
import type { Rest } from './rest.ts';
import { signOf, unseenIn } from './signs.ts';
import { postMessage, type Sending } from './upload.ts';

/** Milliseconds within which an announcement is looked for that may have been made. */
const triedFor = 86_400_000;
/** Minutes without a message after which a thread may be archived: the most that there is. It opens by itself for whatever is posted. */
const threadRests = 10_080;
/** Letters of a text that stay free for the mention and for the sign. */
const besides = 80;

/** The id that something of this moment, in Unix milliseconds, would have: docs.discord.com/developers/reference, "Snowflakes". */
const idAt = (ms: number): string => String((BigInt(ms) - 1_420_070_400_000n) << 22n);

/** Parts as everybody reads them, with files for what is too long or too wide. */
function rendered(parts: Part[], space: string, unseen: string): { message: Message; files: RawFile[] } {
  const { message, files } = renderReply({ parts }, space, limits.content - besides);
  return {
    message: { ...message, content: `${message.content}${unseen}` },
    files: files.map(({ name, text, type }) => ({ name, data: text, contentType: `${type}; charset=utf-8` })),
  };
}

/** The same with a role before it, which is notified; the role of everybody, which has the server's own id, is none. */
function pinging(message: Message, role: string | undefined, space: string): Message {
  if (role === undefined || !/^\d{1,20}$/.test(role) || role === space) return message;
  return {
    ...message,
    content: `<@&${role}>\n${message.content}`,
    allowed_mentions: { ...message.allowed_mentions, roles: [role] },
  };
}

/** A name as a thread may have it: on one line, and as long in UTF-16 as it may be in characters. */
function named(name: string): string {
  const line = name.replace(/\s+/g, ' ').trim() || '…';
  let letters = limits.threadName;
  while (shortened(line, letters).length > limits.threadName) letters -= 1;
  return shortened(line, letters);
}

/** Says things to all in a channel or thread, once a key, and says others in their place. */
export function createAnnouncements(rest: Rest, media: Pick<Media, 'path'>, log: Log) {
  async function pictureOf(name: string): Promise<RawFile[]> {
    try {
      return [{ name: `picture${extname(name)}`, data: await readFile(media.path(name)) }];
    } catch (err) {
      log.warn({ platform: 'discord', picture: name, err }, 'an announcement goes out without its picture');
      return [];
    }
  }

  /** Where its files are not taken, it is posted without: under its nonce that is no second one, whatever became of the first. */
  async function post(sending: Sending & { files: RawFile[] }): Promise<APIMessage> {
    try {
      return await postMessage(rest, sending);
    } catch (err) {
      const passing = err instanceof TransientError && !isBroken(err);
      const gone = err instanceof PlaceClosed && err.why === 'gone';
      if (sending.files.length === 0 || passing || gone) throw err;
      log.warn({ platform: 'discord', channel: sending.channel, err }, 'an announcement goes out without its files');
      return postMessage(rest, { ...sending, files: [] });
    }
  }

  async function threadUnder(to: Place, message: APIMessage, name: string): Promise<Place> {
    // There are no threads in threads.
    if (to.thread !== undefined) return to;
    const body = { name: named(name), auto_archive_duration: threadRests };
    try {
      await calling(rest, (discord) => discord.post(Routes.threads(to.channel, message.id), { body }));
    } catch (err) {
      if (isThreadRefused(err)) {
        log.warn({ ...to, err }, 'no thread can be opened there; what follows stays in the channel');
        return to;
      }
      if (!isThreadThere(err)) throw err;
    }
    // It has the message's id: docs.discord.com/developers/resources/channel, "Start Thread from Message".
    return { ...to, thread: message.id };
  }

  async function announce(to: Place, { key, parts, ping, thread, picture }: Announcement): Promise<Announced> {
    const channel = to.thread ?? to.channel;
    const { nonce, unseen } = signOf('said', key);
    const isIt = ({ content }: APIMessage) => unseenIn(content) === unseen;
    const before = await findPosting(rest, channel, isIt, idAt(Date.now() - triedFor));
    const { message, files } = rendered(parts, to.space, unseen);
    const pictures = before || picture === undefined ? [] : await pictureOf(picture);
    const sending = { channel, nonce, replyTo: undefined, message: pinging(message, ping, to.space) };
    const posted = before ?? (await post({ ...sending, files: [...files, ...pictures] }));
    return { ref: refOf(posted), place: thread === undefined ? to : await threadUnder(to, posted, thread) };
  }

  /** The sign at the end of a message, by which it is known still. */
  async function signAt(route: `/${string}`): Promise<string> {
    try {
      return unseenIn((await calling<APIMessage>(rest, (discord) => discord.get(route))).content);
    } catch (error) {
      // Where the history is not the bot's to read, it has none.
      if (error instanceof PlaceClosed && !isGone(error)) return '';
      throw error;
    }
  }

  async function amend({ space }: Place, ref: string, parts: Part[]): Promise<void> {
    const { channel, message } = readRef(ref);
    const route = Routes.channelMessage(channel, message);
    try {
      const { message: body, files } = rendered(parts, space, await signAt(route));
      const options = { body, ...(files.length > 0 ? { files } : {}) };
      await inOpen(rest, channel, () => calling(rest, (discord) => discord.patch(route, options)));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  return { announce, amend };
}
