import { chances, type Duel } from './chances.ts';

/** An entry by its number in the screening, and when it was entered, in Unix milliseconds. */
export interface Entered {
  number: number;
  enteredAt: number;
}

/** What an entry came to. */
export interface Standing {
  /** 1 for the first; no two have the same. */
  place: number;
  /** Its number. */
  entry: number;
  /**
   * Where pairs were judged: the chance in per cent to win against an average entry of this challenge, to two decimals; on average over all
   * entries it is 50. Where everybody named one: by how many it was named.
   */
  score: number;
  /** Where pairs were judged: the bounds of the score's 95 % interval, and how many of how many duels the entry won. */
  interval?: [low: number, high: number];
  wins?: number;
  duels?: number;
}

/** How ties are broken, in the words in which it is published. */
export const tieRule =
  'Higher score first, as it is published. Of those with the same score, by their duels against each other: those won, less those lost. Of those still level, the one that was entered earlier; of those entered at the same time, the lower number.';

/** A chance in per cent, to two decimals. */
const percent = (chance: number): number => Math.round(chance * 10_000) / 100;

/** How many duels each entry won against others of the same score, less those it lost. */
function balances(scores: ReadonlyMap<number, number>, duels: readonly Duel[]): Map<number, number> {
  const balance = new Map<number, number>();
  for (const { winner, loser } of duels) {
    const score = scores.get(winner);
    if (score === undefined || score !== scores.get(loser)) continue;
    balance.set(winner, (balance.get(winner) ?? 0) + 1);
    balance.set(loser, (balance.get(loser) ?? 0) - 1);
  }
  return balance;
}

/** Entries in the order of {@link tieRule}. */
function inOrder<T extends Omit<Standing, 'place'>>(
  entries: readonly Entered[],
  reached: readonly T[],
  duels: readonly Duel[],
): (T & { place: number })[] {
  const balance = balances(new Map(reached.map(({ entry, score }) => [entry, score])), duels);
  const entered = new Map(entries.map(({ number, enteredAt }) => [number, enteredAt]));
  const [net, when] = [(entry: number) => balance.get(entry) ?? 0, (entry: number) => entered.get(entry) ?? 0];
  return [...reached]
    .sort(
      ({ entry: a, ...one }, { entry: b, ...other }) =>
        other.score - one.score || net(b) - net(a) || when(a) - when(b) || a - b,
    )
    .map((one, index) => ({ ...one, place: index + 1 }));
}

/**
 * The ranking where pairs were judged (scores: {@link chances}), first place first. Numbers are unique. A duel in which an entry stands that is none of
 * these, or that is of an entry with itself, counts for nothing. The same whatever the order of entries and duels.
 */
export function rankByDuels(entries: readonly Entered[], duels: readonly Duel[]): Standing[] {
  const scores = chances(
    entries.map(({ number }) => number),
    duels,
  );
  const held = duels.filter(({ winner, loser }) => winner !== loser && scores.has(winner) && scores.has(loser));
  const [wins, losses] = [new Map<number, number>(), new Map<number, number>()];
  for (const { winner, loser } of held) {
    wins.set(winner, (wins.get(winner) ?? 0) + 1);
    losses.set(loser, (losses.get(loser) ?? 0) + 1);
  }
  const reached = [...scores].map(([entry, { likeliest, low, high }]) => {
    const won = wins.get(entry) ?? 0;
    const interval: [number, number] = [percent(low), percent(high)];
    return { entry, score: percent(likeliest), interval, wins: won, duels: won + (losses.get(entry) ?? 0) };
  });
  return inOrder(entries, reached, held);
}

/** The ranking where everybody named one entry, first place first. Votes for what is none of these entries count for nothing. */
export function rankByVotes(entries: readonly Entered[], votes: readonly number[]): Standing[] {
  const count = new Map(entries.map(({ number }) => [number, 0]));
  for (const entry of votes) {
    const before = count.get(entry);
    if (before !== undefined) count.set(entry, before + 1);
  }
  return inOrder(
    entries,
    [...count].map(([entry, score]) => ({ entry, score })),
    [],
  );
}
