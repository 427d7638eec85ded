import { type APIGuild, type APIMessage, Routes } from 'discord.js';
import type { Asset } from '../../src/domain/job.ts';
import type { Film, Fitting, Log } from '../../src/ports.ts';
import { TooLarge } from './errors.ts';
import { limits, uploadByTier } from './limits.ts';
import type { Multipart } from './multipart.ts';
import { calling } from './places.ts';
import { filmName, type Message } from './render.ts';
import type { Rest } from './rest.ts';
import { shortened } from './text.ts';
import { say } from './words.ts';

/** What a film's message refers to, beside what it says. */
export interface Sending {
  channel: string;
  message: Message;
  nonce: string;
  /** The message it replies to, in the same channel. */
  replyTo: string | undefined;
}

const bodyOf = ({ message, nonce, replyTo }: Sending) => ({
  ...message,
  nonce,
  enforce_nonce: true,
  ...(replyTo === undefined ? {} : { message_reference: { message_id: replyTo, fail_if_not_exists: false } }),
});

/** Posts a message without a file. */
export function postMessage(rest: Rest, sending: Sending, signal?: AbortSignal): Promise<APIMessage> {
  const options = { body: bodyOf(sending), ...(signal ? { signal } : {}) };
  return calling(rest, (discord) => discord.post(Routes.channelMessages(sending.channel), options));
}

/** Posts a message with a film, read from the disk as it goes out: the library's own way takes a file into memory, four times over. */
export async function postFilm(
  rest: Rest,
  sending: Sending,
  film: Film,
  path: string,
  signal: AbortSignal,
): Promise<APIMessage> {
  const description = shortened(say('film.alt', film.prompt), limits.altText);
  const filename = filmName(film);
  const body: Multipart = {
    payload: { ...bodyOf(sending), attachments: [{ id: '0', filename, description }] },
    file: { path, name: filename, type: 'video/mp4' },
  };
  return calling(rest, (discord) =>
    discord.post(Routes.channelMessages(sending.channel), { body, passThroughBody: true, signal }),
  );
}

/** Milliseconds that it is remembered how large a file a server refused, and how it is boosted. */
const rememberFor = 3_600_000;
/** Bytes that a fitted film stays below the limit. */
const margin = 64 * 1024;

/** What is known of how large files may be, by server; `direct` for direct messages. */
export function createSizes(rest: Rest, fitting: Fitting, log: Log) {
  const refused = new Map<string, { bytes: number; until: number }>();
  const tiers = new Map<string, { limit: number; until: number }>();

  async function limitOf(space: string): Promise<number> {
    if (space === 'direct') return limits.upload;
    const known = tiers.get(space);
    if (known && known.until > Date.now()) return known.limit;
    const { premium_tier } = await calling<APIGuild>(rest, (discord) => discord.get(Routes.guild(space)));
    const limit = uploadByTier[premium_tier] ?? limits.upload;
    tiers.set(space, { limit, until: Date.now() + rememberFor });
    return limit;
  }

  return {
    /** Whether as large a file was refused there within the last hour. */
    wasRefused(space: string, bytes: number): boolean {
      const known = refused.get(space);
      return known !== undefined && known.until > Date.now() && bytes >= known.bytes;
    },
    noteRefused(space: string, bytes: number): void {
      const known = refused.get(space);
      const least = known && known.until > Date.now() ? Math.min(known.bytes, bytes) : bytes;
      refused.set(space, { bytes: least, until: Date.now() + rememberFor });
    },
    /** The film made smaller for a server: for what its boosts allow, then for what every server takes. Each is given to `attempt` until one is taken. */
    async fitted<T>(
      space: string,
      asset: Asset,
      signal: AbortSignal,
      attempt: (smaller: Asset) => Promise<T>,
    ): Promise<T | undefined> {
      const most = [...new Set([await limitOf(space), limits.upload])].filter((limit) => limit < asset.bytes);
      for (const limit of most) {
        const smaller = await fitting.fit(asset, limit - margin, signal);
        if (!smaller) continue;
        try {
          return await attempt(smaller);
        } catch (error) {
          if (!(error instanceof TooLarge)) throw error;
          log.warn({ space, bytes: smaller.bytes, limit }, 'a film that was made smaller is still too large');
        }
      }
      return undefined;
    },
  };
}
