import { type APIGuild, type APIMessage, type RawFile, Routes } from 'discord.js';
import type { Asset } from '../../src/domain/job.ts';
import type { Fitting, Log } from '../../src/ports.ts';
import { twoAtOnce } from '../shared/fitting.ts';
import { createMemory } from '../shared/memory.ts';
import { isReplyRefused, TooLarge } from './errors.ts';
import { limits, uploadByTier } from './limits.ts';
import type { Multipart } from './multipart.ts';
import { calling } from './places.ts';
import type { Message } from './render.ts';
import type { Rest } from './rest.ts';

/** A message on its way, and what it refers to beside what it says. */
export interface Sending {
  channel: string;
  message: Message;
  nonce: string;
  /** The message it replies to, in the same channel. */
  replyTo: string | undefined;
  /** Small files that come with it. */
  files?: RawFile[];
}

const bodyOf = ({ message, nonce, replyTo }: Sending) => ({
  ...message,
  nonce,
  enforce_nonce: true,
  ...(replyTo === undefined ? {} : { message_reference: { message_id: replyTo, fail_if_not_exists: false } }),
});

/** What may not be a reply is posted all the same. */
async function replying<T>(sending: Sending, send: (sending: Sending) => Promise<T>): Promise<T> {
  try {
    return await send(sending);
  } catch (error) {
    if (sending.replyTo === undefined || !isReplyRefused(error)) throw error;
    return send({ ...sending, replyTo: undefined });
  }
}

/** Posts a message without a film. */
export function postMessage(rest: Rest, given: Sending, signal?: AbortSignal): Promise<APIMessage> {
  return replying(given, (sending) => {
    const { files = [] } = sending;
    const options = { body: bodyOf(sending), ...(files.length > 0 ? { files } : {}), ...(signal ? { signal } : {}) };
    return calling(rest, (discord) => discord.post(Routes.channelMessages(sending.channel), options));
  });
}

/** A film's file as it goes out: where it lies, what it is called there, and what those are told who do not see it. */
export interface FilmFile {
  path: string;
  name: string;
  alt: string;
}

/** Posts a message with a film, read from the disk as it goes out: the library's own way takes a file into memory, four times over. */
export function postFilm(rest: Rest, given: Sending, film: FilmFile, signal: AbortSignal): Promise<APIMessage> {
  const { path, name: filename, alt: description } = film;
  const attachments = [{ id: '0', filename, description }];
  return replying(given, (sending) => {
    const file = { path, name: filename, type: 'video/mp4' };
    const body: Multipart = { payload: { ...bodyOf(sending), attachments }, file };
    return calling(rest, (discord) =>
      discord.post(Routes.channelMessages(sending.channel), { body, passThroughBody: true, signal }),
    );
  });
}

/** How many servers are remembered, and milliseconds: how large a file one refused, and how it is boosted. */
const remembered = 10_000;
const rememberFor = 3_600_000;
/** Bytes that a fitted film stays below the limit. */
const margin = 64 * 1024;

/** What is known of how large files may be, by server; `direct` for direct messages. */
export function createSizes(rest: Rest, fitting: Fitting, log: Log) {
  const refused = createMemory<number>(remembered, rememberFor);
  const tiers = createMemory<number>(remembered, rememberFor);
  const broken = createMemory<number>(remembered, rememberFor);
  const smallerOf = twoAtOnce(fitting);

  async function limitOf(space: string): Promise<number> {
    if (space === 'direct') return limits.upload;
    const known = tiers.read(space);
    if (known !== undefined) return known;
    const { premium_tier } = await calling<APIGuild>(rest, (discord) => discord.get(Routes.guild(space)));
    const limit = uploadByTier[premium_tier] ?? limits.upload;
    tiers.note(space, limit);
    return limit;
  }

  const wasRefused = (space: string, bytes: number): boolean =>
    bytes >= (refused.read(space) ?? Number.POSITIVE_INFINITY);
  const noteRefused = (space: string, bytes: number): void =>
    refused.note(space, Math.min(bytes, refused.read(space) ?? bytes));

  return {
    /** Whether as large a file was refused there within the last hour. */
    wasRefused,
    noteRefused,
    /**
     * Takes note that the upload of a large file broke. True when it did so before: an edge that refuses it may hang up before anybody can
     * read why.
     */
    isBrokenAgain(key: string, bytes: number): boolean {
      if (bytes <= limits.upload) return false;
      const times = (broken.read(key) ?? 0) + 1;
      broken.note(key, times);
      return times > 1;
    },
    /** The film made smaller for a server: for what its boosts allow, then for what every server takes. Each is given to `attempt` until one is taken. */
    async fitted<T>(
      space: string,
      asset: Asset,
      signal: AbortSignal,
      attempt: (smaller: Asset) => Promise<T>,
    ): Promise<T | undefined> {
      const most = [...new Set([await limitOf(space), limits.upload])].map((limit) => limit - margin);
      for (const bytes of most) {
        if (bytes >= asset.bytes || wasRefused(space, bytes)) continue;
        const smaller = await smallerOf.fit(asset, bytes, signal);
        if (!smaller) continue;
        try {
          return await attempt(smaller);
        } catch (error) {
          if (!(error instanceof TooLarge)) throw error;
          noteRefused(space, smaller.bytes);
          log.warn({ space, bytes: smaller.bytes }, 'a film that was made smaller is still too large');
        }
      }
      return undefined;
    },
  };
}
