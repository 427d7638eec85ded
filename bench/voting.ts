import { createHash } from 'node:crypto';
import { rankByDuels, rankByVotes, type Standing } from '../src/domain/scores.ts';
import { commitmentOf, sealOf } from '../src/domain/tally/seal.ts';
import { type Ended, tallyHash, verifyTally, writeTally } from '../src/domain/tally.ts';
import { seeded } from './support/films.ts';
import { cpus, figure, print, type Row } from './support/print.ts';
import { askOne, askPairs, askStars, type Cast, type Crowd, crowd, kendall, middle } from './support/voters.ts';

const size = { entries: 30, voters: 200, friends: 0 };
/** How many push the entry that is in the middle, where some do. */
const friends = 20;

/** How one way of voting fared over the seeds: rank correlation with the truth, how often the true best came first, and the place of the true middle. */
interface Fared {
  tau: number[];
  first: number;
  middle: number[];
}

interface Measured {
  pairs: Fared;
  one: Fared;
  stars: Fared;
  /** How often the entry that was seen least and the one that was seen most were, a figure for each seed. */
  least: number[];
  most: number[];
}

/** Entries by their scores, the best first; those that are level in the order of the map. */
const inOrder = (scores: ReadonlyMap<number, number>): number[] =>
  [...scores].sort((a, b) => b[1] - a[1]).map(([number]) => number);

/** The scores of a ranking, in its order. */
const scoresOf = (standings: readonly Standing[]): Map<number, number> =>
  new Map(standings.map(({ entry, score }) => [entry, score]));

const duelsOf = (cast: readonly Cast[]) =>
  cast.map(({ pair: [left, right], choice }) => ({ winner: choice, loser: choice === left ? right : left }));

/** The middle of some figures, and the quarters around it. */
function quartiles(values: readonly number[]): { low: number; middle: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return { low: at(0.25), middle: at(0.5), high: at(0.75) };
}

/** The same crowds of the same seeds vote in the three ways, everybody with as many films watched in each. */
function measure(seeds: number, pairs: number, friends: number): Measured {
  const fared = (): Fared => ({ tau: [], first: 0, middle: [] });
  const measured: Measured = { pairs: fared(), one: fared(), stars: fared(), least: [], most: [] };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const people = crowd(`challenge ${seed}`, seeded(seed), { ...size, friends });
    const entered = [...people.quality.keys()].map((number) => ({ number, enteredAt: number }));
    const { cast, shown } = askPairs(people, pairs);
    measured.least.push(Math.min(...shown));
    measured.most.push(Math.max(...shown));
    for (const [fares, scores] of [
      [measured.pairs, scoresOf(rankByDuels(entered, duelsOf(cast)))],
      [measured.one, scoresOf(rankByVotes(entered, askOne(people, 2 * pairs)))],
      [measured.stars, askStars(people, 2 * pairs)],
    ] as const) {
      const [order, [best]] = [inOrder(scores), inOrder(people.quality)];
      fares.tau.push(kendall(scores, people.quality));
      fares.middle.push(order.indexOf(middle(people.quality)) + 1);
      if (order[0] === best) fares.first += 1;
    }
  }
  return measured;
}

const told = ({ low, middle, high }: ReturnType<typeof quartiles>): string =>
  `${figure(middle)} (${figure(low)} to ${figure(high)})`;

/** A row of figures, our median beside that of another way. */
function rowOf(what: string, ours: readonly number[], other: readonly number[]): Row {
  const [mine, theirs] = [quartiles(ours), quartiles(other)];
  return { what, ours: told(mine), beside: told(theirs), ratio: figure(mine.middle / theirs.middle) };
}

/** Everybody is honest: how much of the truth is found. */
function honestRows(seeds: number, pairs: number): Row[] {
  const { pairs: ours, one, stars, least, most } = measure(seeds, pairs, 0);
  const name = `${pairs} pairs each`;
  const beside = (what: string, other: Fared): Row[] => [
    rowOf(`${name}: Kendall's tau, beside ${what}`, ours.tau, other.tau),
    {
      what: `${name}: the true best came first, beside ${what}`,
      ...{ ours: `${ours.first} of ${seeds}`, beside: `${other.first} of ${seeds}` },
      ratio: figure(ours.first / other.first),
    },
  ];
  return [
    ...beside('one vote', one),
    ...beside('stars', stars),
    rowOf(`${name}: seen most often, beside seen least`, most, least),
  ];
}

/** Some push the entry that is in the middle: which place it gets. */
function pushedRows(seeds: number, pairs: number): Row[] {
  const { pairs: ours, one, stars } = measure(seeds, pairs, friends);
  const name = `${pairs} pairs each, ${friends} push the 15th: its place`;
  return [
    rowOf(`${name}, beside one vote`, ours.middle, one.middle),
    rowOf(`${name}, beside stars`, ours.middle, stars.middle),
  ];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The challenge that a crowd took part in, as the bot would have it at the end. */
function endedAs({ seed, quality }: Crowd, cast: readonly Cast[]): Ended {
  const entries = [...quality.keys()].map((number) => {
    const author = { id: `member ${number - 1}`, name: `Author ${number}` };
    const [film, nonce] = [sha256(`film ${number}`), sha256(`nonce ${number}`)];
    const commitment = commitmentOf({ challenge: seed, author: author.id, film, nonce });
    return { number, id: `job ${number}`, film, nonce, commitment, enteredAt: number, author };
  });
  const challenge = { id: seed, title: seed, closedAt: 100, endedAt: 200, voting: 'pairs' as const, seed };
  return { challenge, entries, ballots: [...cast], leftOut: 0 };
}

/** What the tally of one such challenge says of itself: how large it is, whether it adds up, and how long that takes. */
function tallied(): string {
  const people = crowd('challenge 1', seeded(1), size);
  const ended = endedAs(people, askPairs(people, 15).cast);
  const { challenge, entries } = ended;
  const seal = sealOf({ challenge: challenge.id, seed: challenge.seed, entries });
  const began = performance.now();
  const text = writeTally(ended);
  const written = performance.now();
  const problems = verifyTally(text, { seal, hash: tallyHash(text) });
  const verified = performance.now();
  const counts = `${ended.ballots.length.toLocaleString('en')} ballots, ${figure(text.length / 1024)} KiB`;
  const times = `written in ${figure(written - began)} ms, verified in ${figure(verified - written)} ms`;
  return `The tally of the first: ${counts}, ${times}, ${problems.length} problems, hash ${tallyHash(text).slice(0, 12)}.`;
}

/** How well votes find what is hidden, simulated: pairs, one vote each, and stars, with as many films watched in each. */
export async function voting({ short }: { short: boolean }): Promise<void> {
  const seeds = short ? 3 : 50;
  const rows = [...honestRows(seeds, 15), ...honestRows(seeds, 5), ...pushedRows(seeds, 15)];
  print(
    'voting',
    `${size.entries} entries, ${size.voters} voters, ${seeds} simulated challenges, always the same; ${cpus()}; node ${process.versions.node}`,
    rows,
    [
      'Median over the challenges, and the quarters around it. Beside: the same voters, who watch as many films (two a pair).',
      'Quality has a standard deviation of 1 over the entries, taste 1, a single look 0.5; stars: a bias of 0.7 and a scale (log) of 0.4 a voter.',
      'Authors vote too, never on their own. In 15 pairs of 30 entries everybody sees every film.',
      tallied(),
    ],
  );
}
