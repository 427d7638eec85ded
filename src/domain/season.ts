import type { ChallengeTerms, Entry, Said } from './challenge.ts';
import type { SpaceKey } from './origin.ts';
import type { Tally } from './tally/file.ts';

/** What the first places of a challenge are worth in a season; every later place is worth as much as the last of these. */
export const pointsByPlace = [12, 10, 8, 7, 6, 5, 4, 3, 2, 1] as const;

export const seasonIdPattern = /^s[a-z2-7]{8}$/;

/** What a place in a challenge is worth; the first is 1. */
export const pointsFor = (place: number): number => pointsByPlace[place - 1] ?? 1;

/** The most letters of a season's name. */
export const seasonNameMax = 60;
/** What notifies somebody, or points at somebody or something, on one of the chats. */
const mention = /<[@#!&][^<>]*>|@(everyone|here|channel)\b/i;
/** Whether a name can stand wherever a season is told of. */
export const isSeasonName = (name: string): boolean =>
  name.length > 0 && name.length <= seasonNameMax && !mention.test(name);

/** Whom a challenge gave a place, by the name that they had then. */
export interface Placed {
  member: string;
  name: string;
  /** The place as it was published, from 1; the best one where several films of theirs had one. */
  place: number;
}

/** What came of a challenge, in short. */
export interface Result {
  /** The challenge, its title, and when its vote ended in Unix milliseconds. */
  id: string;
  title: string;
  endedAt: number;
  /** How many films have a place. */
  films: number;
  /** Each member once, the best first. */
  places: Placed[];
  /** The season that it counts in: the one that ran when this was kept. */
  season?: string;
}

/** Somebody in a season. Those whom nothing tells apart share a rank, from 1; the next is as much lower as they are. */
export interface Standing {
  rank: number;
  member: string;
  /** As they were called in the last challenge. */
  name: string;
  points: number;
  firsts: number;
  /** Challenges in which they have a place. */
  challenges: number;
}

/** What whoever opens a season settles. */
export interface SeasonTerms {
  name: string;
  /** Where its beginning and its end are told. */
  place: ChallengeTerms['place'];
  /** The time zone of its space. */
  zone: string;
  /** When it ends by itself, in Unix milliseconds; left out, when somebody closes it. */
  closes?: number;
}

/**
 * A stretch of time in a space over which points are added, in Unix milliseconds; without its end it runs. One that was opened by a version
 * that told nobody of it has no place and no zone.
 */
export interface Season extends Pick<SeasonTerms, 'name' | 'closes'>, Partial<Pick<SeasonTerms, 'place' | 'zone'>> {
  id: string;
  from: number;
  to?: number;
  /** The standings as they were when it was closed. */
  final?: Standing[];
  /** Grows with every change that somebody makes of it. */
  edition: number;
  /** What was said of it to all. */
  said: Partial<Record<SeasonSaying, Said>>;
}

/** What is said of a season to all, each once. */
export const seasonSayings = ['opened', 'closed'] as const;
export type SeasonSaying = (typeof seasonSayings)[number];

/** Seasons, and the results that they are made of, as they are kept. Each verb is idempotent; refusals are `UserError`s, Redis away as well. */
export interface Seasons {
  /** Opens one; a `conflict` while another runs. Once by its call's key. Returns its id. */
  open(space: SpaceKey, key: string, terms: SeasonTerms): Promise<string>;
  /** Settles when the one that runs ends by itself, or that it does not; once by its call's key. Returns its id. `place`: where that was said. */
  change(
    space: SpaceKey,
    key: string,
    change: { id?: string | undefined; closes: number | undefined; place: SeasonTerms['place'] },
  ): Promise<string>;
  /**
   * Closes one, or the one that runs, and keeps its standings; once by its call's key. Returns its id. `closes`: only if it still ends by
   * itself then. A `conflict` where it is over, ends at another time, or a result came between. `place`: where that was said.
   */
  close(
    space: SpaceKey,
    key: string,
    which: { id?: string | undefined; closes?: number; place?: SeasonTerms['place'] },
  ): Promise<string>;
  find(space: SpaceKey, id: string): Promise<Season | undefined>;
  /** The space of a season, which its id does not tell; one that was opened by a version that did not note it is known once it was read. */
  where(id: string): Promise<SpaceKey | undefined>;
  /** Newest first, the last hundred. */
  list(space: SpaceKey): Promise<Season[]>;
  /** Keeps what came of a challenge, once, and counts it in the season that runs. */
  keep(space: SpaceKey, result: Omit<Result, 'season'>): Promise<void>;
  /** Oldest first. */
  results(space: SpaceKey): Promise<Result[]>;
  /** The season that a challenge counts in. */
  of(space: SpaceKey, challenge: string): Promise<Season | undefined>;
  /** Spaces with a season that is to be looked at some day, and which of a space's are by then, in Unix milliseconds. */
  spaces(): Promise<SpaceKey[]>;
  due(space: SpaceKey, by: number): Promise<string[]>;
  /** Keeps what was said of one, and where. */
  say(space: SpaceKey, id: string, saying: SeasonSaying, said: Said): Promise<void>;
  /** All is said of it as it is in an edition: it is looked at when it ends by itself, and at once if it is another edition by now. */
  rest(space: SpaceKey, id: string, edition: number): Promise<void>;
}

/** Which of two names or ids stands first: the same everywhere, whatever the language. */
const byText = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);

/** Results in the order in which their challenges ended. */
export const inOrder = (results: readonly Result[]): Result[] =>
  [...results].sort((one, other) => one.endedAt - other.endedAt || byText(one.id, other.id));

/**
 * What came of a challenge, by its tally, which names nobody by their id: the entries, by their jobs, have the members. A film that was
 * taken out has no place, and so gives no points.
 */
export function resultOf(
  { challenge: { id, title, endedAt }, entries, result }: Tally,
  kept: ReadonlyMap<string, Pick<Entry, 'member'>>,
): Omit<Result, 'season'> {
  const authors = new Map(
    entries.map(({ number, id: job, author }) => [number, { member: kept.get(job)?.member, name: author.name }]),
  );
  const places = new Map<string, Placed>();
  for (const { place, entry } of [...result].sort((one, other) => one.place - other.place || one.entry - other.entry)) {
    const { member, name = '' } = authors.get(entry) ?? {};
    if (member !== undefined && !places.has(member)) places.set(member, { member, name, place });
  }
  return { id, title, endedAt, films: result.length, places: [...places.values()] };
}

/** More first places, then more second ones, and so on, where the points are as many. Places are sorted. */
function byPlaces(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    const order = (one[at] ?? Number.MAX_SAFE_INTEGER) - (other[at] ?? Number.MAX_SAFE_INTEGER);
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * The standings over some results, whatever order those are in. Points decide, then more first places, then more second ones, and so on:
 * whoever is level in all of that did the same in as many challenges, and they share a rank.
 */
export function standingsOf(results: readonly Result[]): Standing[] {
  const found = new Map<string, { member: string; name: string; points: number; places: number[] }>();
  for (const { places } of inOrder(results)) {
    for (const { member, name, place } of places) {
      const before = found.get(member) ?? { points: 0, places: [] };
      const points = before.points + pointsFor(place);
      found.set(member, { member, name, points, places: [...before.places, place] });
    }
  }
  const all = [...found.values()].map((one) => ({ ...one, places: one.places.sort((a, b) => a - b) }));
  type Row = (typeof all)[number];
  const better = (one: Row, other: Row): number => other.points - one.points || byPlaces(one.places, other.places);
  all.sort((one, other) => better(one, other) || byText(one.name, other.name) || byText(one.member, other.member));
  let rank = 0;
  return all.map((one, index) => {
    const before = all[index - 1];
    if (!before || better(before, one) !== 0) rank = index + 1;
    const { member, name, points, places } = one;
    const firsts = places.filter((place) => place === 1).length;
    return { rank, member, name, points, firsts, challenges: places.length };
  });
}

/** The standings of a season: those that were kept, or those of now. */
export const standingsIn = ({ id, final }: Season, results: readonly Result[]): Standing[] =>
  final ?? standingsOf(results.filter(({ season }) => season === id));
