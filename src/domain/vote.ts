import type { SpaceKey } from './origin.ts';

/** What a voter said of the pair that they were asked about, by the entries' numbers; `neither` counts for none. */
export interface Ballot {
  voter: string;
  left: number;
  right: number;
  choice: 'left' | 'right' | 'neither';
}

/** A voter's ballots, by an opaque name for them that only the secret of the challenge leads back to. */
export interface Votes {
  voter(space: SpaceKey, id: string, member: string): Promise<string>;
  /** What stands for an author in public; nothing leads from it to their ballots. */
  author(space: SpaceKey, id: string, member: string): Promise<string>;
  /** What a voter judged, the pair that they are asked about now, and how often each number was asked about by all. */
  of(
    space: SpaceKey,
    id: string,
    voter: string,
  ): Promise<{ ballots: Ballot[]; named?: number; asked?: [number, number]; seen: Map<number, number> }>;
  /** Asks a voter about a pair, unless they are asked about another, which is not `stale`: that is returned. */
  offer(
    space: SpaceKey,
    id: string,
    voter: string,
    pair: [number, number],
    stale?: [number, number],
  ): Promise<[number, number]>;
  /** `known`: judged before. `other`: they are asked about another pair. `over`: there is no vote now. */
  cast(space: SpaceKey, id: string, ballot: Ballot): Promise<'taken' | 'known' | 'other' | 'over'>;
  /** Names one entry, in place of what they named before. */
  name(space: SpaceKey, id: string, voter: string, number: number): Promise<'taken' | 'other' | 'over'>;
  /** All ballots, or all that were named. */
  all(space: SpaceKey, id: string): Promise<{ ballots: Ballot[]; named: { voter: string; number: number }[] }>;
}
