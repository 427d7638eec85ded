import { nextPair, type Pair } from '../../src/domain/pairs.ts';
import { voterCode } from '../../src/domain/tally/seal.ts';

/** A made-up voter. */
export interface Voter {
  code: string;
  /** The number of the entry that is their own, 0 for none. */
  own: number;
  /** The entry that they want to win whatever it is like, 0 for none. */
  pushes: number;
  /** What each entry is worth to them: its quality and their taste, in standard deviations of quality over the entries. */
  worth: ReadonlyMap<number, number>;
  /** How they use stars: `round(3 + bias + scale · what they see)`, kept within 1 and 5. */
  bias: number;
  scale: number;
}

/** A made-up challenge: the true quality of each entry by number, and who votes. Every entry has an author, who votes too. */
export interface Crowd {
  seed: string;
  quality: ReadonlyMap<number, number>;
  voters: readonly Voter[];
  /** What a voter sees when they look at an entry once: what it is worth to them, give or take. */
  look: (voter: Voter, entry: number) => number;
  /** A number from 0 to 1. */
  random: () => number;
}

/** Standard deviations of taste and of a single look, in those of quality; of a voter's bias in stars, and of the logarithm of their scale. */
const spread = { taste: 1, look: 0.5, bias: 0.7, scale: 0.4 };

/** How many entries there are and voters, and how many of the latter (who have no entry) push the entry that is in the middle by quality. */
export interface Size {
  entries: number;
  voters: number;
  friends: number;
}

/** The entry in the middle by quality. */
export function middle(quality: ReadonlyMap<number, number>): number {
  const sorted = [...quality].sort((a, b) => b[1] - a[1]);
  return sorted[Math.floor((sorted.length - 1) / 2)]?.[0] ?? 0;
}

export function crowd(seed: string, random: () => number, { entries, voters, friends }: Size): Crowd {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const quality = new Map(Array.from({ length: entries }, (_, index) => [index + 1, normal()]));
  const people = Array.from({ length: voters }, (_, index) => ({
    code: voterCode(`the salt of challenge ${seed}`, `member ${index}`),
    own: index < entries ? index + 1 : 0,
    pushes: index >= voters - friends ? middle(quality) : 0,
    worth: new Map([...quality].map(([number, value]) => [number, value + spread.taste * normal()])),
    bias: spread.bias * normal(),
    scale: Math.exp(spread.scale * normal()),
  }));
  const look = (voter: Voter, entry: number): number => (voter.worth.get(entry) ?? 0) + spread.look * normal();
  return { seed, quality, voters: people, look, random };
}

/** A ballot about a pair, as a tally has it. */
export interface Cast {
  voter: string;
  pair: [left: number, right: number];
  choice: number;
}

/** Everybody is asked about so many pairs, in turns that fall by lot; with how often each entry was shown. */
export function askPairs({ seed, quality, voters, look, random }: Crowd, pairs: number) {
  const shown = new Map([...quality.keys()].map((number) => [number, 0]));
  const done = new Map(voters.map((voter) => [voter, [] as Pair[]]));
  const cast: Cast[] = [];
  const open = [...voters];
  while (open.length > 0) {
    const at = Math.floor(random() * open.length);
    const voter = open[at] as Voter;
    const mine = done.get(voter) ?? [];
    const judged = [...shown].flatMap(([number, times]) => (number === voter.own ? [] : [{ number, shown: times }]));
    const pair = mine.length < pairs ? nextPair({ entries: judged, done: mine, seed, voter: voter.code }) : undefined;
    if (!pair) {
      open.splice(at, 1);
      continue;
    }
    const [left, right] = pair;
    mine.push(pair);
    const better = look(voter, left) > look(voter, right) ? left : right;
    const choice = pair.find((number) => number === voter.pushes) ?? better;
    for (const number of pair) shown.set(number, (shown.get(number) ?? 0) + 1);
    cast.push({ voter: voter.code, pair: [left, right], choice });
  }
  return { cast, shown: [...shown.values()] };
}

/** So many entries that a voter watches, by lot and without their own. */
function watched({ quality, random }: Crowd, voter: Voter, films: number): number[] {
  return [...quality.keys()]
    .filter((number) => number !== voter.own)
    .map((number) => ({ number, lot: random() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, films)
    .map(({ number }) => number);
}

/** Everybody watches so many entries and names the best of them, or the one that they push. */
export function askOne(crowd: Crowd, films: number): number[] {
  return crowd.voters.map((voter) => {
    if (voter.pushes > 0) return voter.pushes;
    const seen = watched(crowd, voter, films).map((number) => ({ number, value: crowd.look(voter, number) }));
    return seen.reduce((best, one) => (one.value > best.value ? one : best)).number;
  });
}

/** Everybody watches so many entries and gives each 1 to 5 stars; who pushes one gives it five, and every other one. The mean of each entry's. */
export function askStars(crowd: Crowd, films: number): Map<number, number> {
  const given = new Map([...crowd.quality.keys()].map((number) => [number, { sum: 0, count: 0 }]));
  for (const voter of crowd.voters) {
    const seen = watched(crowd, voter, films);
    const rated = voter.pushes > 0 ? [...new Set([voter.pushes, ...seen])].slice(0, films) : seen;
    for (const number of rated) {
      const honest = Math.round(3 + voter.bias + voter.scale * crowd.look(voter, number));
      const stars = voter.pushes === 0 ? honest : number === voter.pushes ? 5 : 1;
      const { sum, count } = given.get(number) ?? { sum: 0, count: 0 };
      given.set(number, { sum: sum + Math.min(5, Math.max(1, stars)), count: count + 1 });
    }
  }
  return new Map([...given].map(([number, { sum, count }]) => [number, count === 0 ? 3 : sum / count]));
}

/** Kendall's rank correlation (tau-b, which takes ties into account) of what entries came to with what they are. */
export function kendall(scores: ReadonlyMap<number, number>, truth: ReadonlyMap<number, number>): number {
  const both = [...truth].map(([number, value]) => [scores.get(number) ?? 0, value] as const);
  let [agree, level] = [0, 0];
  let pairs = 0;
  for (const [index, [score, value]] of both.entries()) {
    for (const [otherScore, otherValue] of both.slice(index + 1)) {
      pairs += 1;
      agree += Math.sign((score - otherScore) * (value - otherValue));
      if (score === otherScore) level += 1;
    }
  }
  return agree / Math.sqrt(pairs * (pairs - level));
}
