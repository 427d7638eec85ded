import type { Blocks } from '../../domain/blocks.ts';
import type { Challenge, Challenges, Said, Saying } from '../../domain/challenge.ts';
import { pageFacts } from '../../domain/challengeParts.ts';
import type { Fact } from '../../domain/command.ts';
import type { Desk } from '../../domain/desk.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { Platform, SpaceKey } from '../../domain/origin.ts';
import type { Seasons } from '../../domain/season.ts';
import type { Votes } from '../../domain/vote.ts';
import type { Announced, Announcement, Log, Media, Poster, Stored } from '../../ports.ts';
import { type SayingTools, sayToAll, toldOf } from '../saying.ts';

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
  /** Aborted once this process ends: what was begun then is left to the next one. */
  stopping: AbortSignal;
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
export const pageOf = ({ space, challenge, tools }: Look): Fact[] => pageFacts(tools.page(space, challenge));

/** What speaking of a challenge takes, and what the log calls it. */
export const toolsOf = ({ space, challenge, tools: { poster, log } }: Look, more: object = {}): SayingTools => ({
  ...{ poster, log, about: { space, challenge: challenge.id, ...more } },
});

/** Says something of a challenge to all, once. */
export async function announce(
  look: Look,
  saying: Saying,
  said: Omit<Announcement, 'key'>,
): Promise<Announced | undefined> {
  const { space, challenge, tools } = look;
  const { id, place, edition } = challenge;
  const known = challenge.said[saying];
  if (known) return known.ref === '' ? undefined : known;
  const keep = (told: Said) => tools.challenges.keep(space, id, saying, { ...told, edition: toldOf(edition) });
  return sayToAll(place, { key: `${id}-${saying}`, ...said }, keep, toolsOf(look, { saying }));
}
