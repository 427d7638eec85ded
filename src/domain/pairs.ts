import { createHash } from 'node:crypto';

/** An entry that a voter may judge, by its number in the screening; `shown`: in how many pairs it was shown so far, to all voters together. */
export interface Judged {
  number: number;
  shown: number;
}

/** Two entries by number, in the order in which they were or are to be shown. */
export type Pair = readonly [left: number, right: number];

/** Who is to be asked. `voter` is their code, not their name; `seed` is the challenge's. */
export interface Asked {
  /** Without the voter's own. */
  entries: readonly Judged[];
  /** What this voter has answered or skipped, the earliest first. */
  done: readonly Pair[];
  seed: string;
  voter: string;
}

/** How far an entry may be ahead of the one that was shown least before that weighs more than what a voter saw. */
const slack = 2;

/** What speaks against showing an entry now, the weightiest first: in the voter's last pair, too far ahead of others, how often seen by this voter, and by all. */
type Cost = readonly [last: number, ahead: number, mine: number, all: number];

/** Compares costs. Of two, the smaller one stays so when the same is added to both. */
const compare = (one: Cost, other: Cost): number =>
  one[0] - other[0] || one[1] - other[1] || one[2] - other[2] || one[3] - other[3];

const together = (one: Cost, other: Cost): Cost => [
  one[0] + other[0],
  one[1] + other[1],
  one[2] + other[2],
  one[3] + other[3],
];

const keyOf = ([one, other]: Pair): string => (one < other ? `${one} ${other}` : `${other} ${one}`);

/** A whole number below 2^48, the same for the same words. */
const lot = (...words: readonly (string | number)[]): number =>
  createHash('sha256').update(JSON.stringify(words)).digest().readUIntBE(0, 6);

/** The entries, those that should be shown next first; of equals by lot, which falls anew at each of a voter's pairs. */
function inTurn({ entries, done, seed, voter }: Asked): { number: number; cost: Cost }[] {
  const seen = new Map<number, number>();
  for (const number of done.flat()) seen.set(number, (seen.get(number) ?? 0) + 1);
  const last: readonly number[] = done.at(-1) ?? [];
  const enough = Math.min(...entries.map(({ shown }) => shown)) + slack;
  const costOf = ({ number, shown }: Judged): Cost => [
    last.includes(number) ? 1 : 0,
    Math.max(0, shown - enough),
    seen.get(number) ?? 0,
    shown,
  ];
  return entries
    .map((entry) => ({
      number: entry.number,
      cost: costOf(entry),
      lot: lot(seed, voter, done.length, entry.number),
    }))
    .sort((a, b) => compare(a.cost, b.cost) || a.lot - b.lot || a.number - b.number);
}

/**
 * The pair that a voter is asked about next, or nothing when they judged every one; never the same twice. It is, of those left, one of
 * which neither film was in the voter's last pair, where there is such a one; then one that keeps every film about as often shown as
 * every other (within four, as far as own films and voters who have judged everything allow); then one whose films this voter
 * saw least often, so that they see each once before any twice. The rest, and which film is on the left, falls by lot, which is the
 * same for the same seed, voter and past.
 */
export function nextPair(asked: Asked): Pair | undefined {
  const { done, seed, voter } = asked;
  const order = inTurn(asked);
  const past = new Set(done.map(keyOf));
  let best: { pair: Pair; cost: Cost } | undefined;
  for (const [index, one] of order.entries()) {
    const next = order[index + 1];
    if (!next || (best && compare(together(one.cost, next.cost), best.cost) >= 0)) break;
    const other = order.slice(index + 1).find(({ number }) => !past.has(keyOf([one.number, number])));
    if (!other) continue;
    const cost = together(one.cost, other.cost);
    if (!best || compare(cost, best.cost) < 0) best = { pair: [one.number, other.number], cost };
  }
  if (!best) return undefined;
  const [low, high] = [Math.min(...best.pair), Math.max(...best.pair)];
  return lot(seed, voter, 'left', low, high) % 2 === 0 ? [low, high] : [high, low];
}
