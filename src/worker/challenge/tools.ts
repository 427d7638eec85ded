import type { Blocks } from '../../domain/blocks.ts';
import type { Challenge, Challenges, Saying, Votes } from '../../domain/challenge.ts';
import type { Fact } from '../../domain/command.ts';
import type { Desk } from '../../domain/desk.ts';
import { CannotPost } from '../../domain/errors.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { Platform, SpaceKey } from '../../domain/origin.ts';
import type { Seasons } from '../../domain/season.ts';
import { word } from '../../domain/words.ts';
import type { Announced, Announcement, Log, Media, Poster, Stored } from '../../ports.ts';

/** What looking after challenges takes. */
export interface ChallengeTools {
  challenges: Challenges;
  votes: Pick<Votes, 'all' | 'voter' | 'author'>;
  seasons: Pick<Seasons, 'keep'>;
  desk: Pick<Desk, 'job' | 'cancel' | 'window'>;
  ledger: Pick<Ledger, 'grant' | 'correct'>;
  blocks: Pick<Blocks, 'read'>;
  media: Pick<Media, 'path'>;
  stored: Pick<Stored, 'renew'>;
  /** Where its page can be opened; nothing where members cannot reach this program. */
  page(space: SpaceKey, challenge: Pick<Challenge, 'id' | 'place'>): string | undefined;
  /** True when it was not within so many milliseconds for that name. */
  every(ms: number, name: string): boolean;
  /** Whether this process still is the one that looks after them. */
  leads(): Promise<boolean>;
  poster(platform: Platform): Poster;
  /** Has the worker look at a job now. */
  wake(space: SpaceKey, job: string): Promise<void>;
  log: Log;
  now(): number;
}

/** One challenge as it was read. */
export interface Look {
  space: SpaceKey;
  challenge: Challenge;
  tools: ChallengeTools;
}

/** The members who are blocked now. */
export async function blockedIn({ space, tools }: Look): Promise<Set<string>> {
  const blocks = await tools.blocks.read(space);
  return new Set(blocks.flatMap(({ kind, value }) => (kind === 'member' ? [value] : [])));
}

/** The page of a challenge, to be told of. */
export function pageFacts({ space, challenge, tools }: Look): Fact[] {
  const value = tools.page(space, challenge);
  return value === undefined ? [] : [{ label: word('challenge.page'), value, opens: true }];
}

/**
 * Says something of a challenge to all, once. A chat that refuses for good is left alone, with a line in the log: what follows in time
 * does not wait for it.
 */
export async function announce(
  { space, challenge, tools }: Look,
  saying: Saying,
  said: Omit<Announcement, 'key'>,
): Promise<Announced | undefined> {
  const { id, place } = challenge;
  const known = challenge.said[saying];
  if (known) return known.ref === '' ? undefined : known;
  try {
    const key = `${id}-${saying}`;
    const told = await tools.poster(place.platform).announce(place, { key, ...said });
    await tools.challenges.keep(space, id, saying, { ...told, edition: challenge.edition });
    return told;
  } catch (err) {
    if (!(err instanceof CannotPost)) throw err;
    tools.log.error({ space, challenge: id, saying, err }, 'the chat does not let the bot tell of a challenge');
    await tools.challenges.keep(space, id, saying, { ref: '', place });
    return undefined;
  }
}
