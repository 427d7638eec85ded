import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Duel } from '../../src/domain/chances.ts';
import { type Entered, rankByDuels, rankByVotes } from '../../src/domain/scores.ts';

/** Entries 1 to n, entered in that order, or as they are told. */
const entered = (count: number, at = (number: number): number => number): Entered[] =>
  Array.from({ length: count }, (_, index) => ({ number: index + 1, enteredAt: at(index + 1) }));
/** Duels as `winner>loser`. */
const duels = (text: string): Duel[] =>
  text.split(' ').flatMap((one) => {
    const [winner = 0, loser = 0] = one.split('>').map(Number);
    return winner > 0 ? [{ winner, loser }] : [];
  });
const order = (standings: readonly { entry: number }[]): number[] => standings.map(({ entry }) => entry);

describe('the ranking where pairs were judged', () => {
  it('of nothing is empty, and one entry is first', () => {
    expect(rankByDuels([], [])).toEqual([]);
    expect(rankByDuels(entered(1), [])).toEqual([
      { place: 1, entry: 1, score: 50, interval: [50, 50], wins: 0, duels: 0 },
    ]);
  });

  it('tells place, score and interval in per cent, and won duels', () => {
    const [first, second, third] = rankByDuels(entered(3), duels('2>1 2>1 2>3 3>1'));
    expect(first).toMatchObject({ place: 1, entry: 2, wins: 3, duels: 3 });
    expect(second).toMatchObject({ place: 2, entry: 3, wins: 1, duels: 2 });
    expect(third).toMatchObject({ place: 3, entry: 1, wins: 0, duels: 3 });
    const { score = 0, interval: [low, high] = [0, 0] } = first ?? {};
    expect(score).toBe(Math.round(score * 100) / 100);
    expect(low).toBeGreaterThan(20);
    expect(low).toBeLessThan(score);
    expect(high).toBeGreaterThan(score);
    expect(high).toBeLessThan(100);
    expect((first?.score ?? 0) + (second?.score ?? 0) + (third?.score ?? 0)).toBeCloseTo(150, 1);
  });

  it.each([
    ['no ballots at all', ''],
    ['a circle', '1>2 2>3 3>4 4>1'],
    ['all against all, each as often won as lost', '1>2 2>1 3>4 4>3 1>3 3>1 2>4 4>2'],
  ])('goes by who was entered earlier where all are level: %s', (_what, text) => {
    const found = rankByDuels(
      entered(4, (number) => 100 - number),
      duels(text),
    );
    expect(order(found)).toEqual([4, 3, 2, 1]);
    expect(found.map(({ place }) => place)).toEqual([1, 2, 3, 4]);
    for (const { score } of found) expect(score).toBe(50);
  });

  it('goes by the lower number where two were entered at the same moment', () => {
    const same = entered(3, () => 7).reverse();
    expect(order(rankByDuels(same, []))).toEqual([1, 2, 3]);
  });

  it('goes by the duels between those who are level before it looks at who was earlier', () => {
    // 1 won against 2, and 4 against 3; 3 and 4 made that good against 1 and 2. All four lost as much, 3 and 4 twice more to 5.
    const ballots = duels('1>2 3>1 2>4 4>3 5>3 5>3 5>4 5>4');
    const early = (number: number): number => (number === 2 ? 0 : number);
    const found = rankByDuels(entered(5, early), ballots);
    const scoreOf = (entry: number) => found.find((one) => one.entry === entry)?.score;
    expect(scoreOf(1)).toBe(scoreOf(2));
    expect(scoreOf(3)).toBe(scoreOf(4));
    expect(order(found)).toEqual([5, 1, 2, 4, 3]);
    // Without those two duels, and those that made them good, it is who was earlier.
    expect(order(rankByDuels(entered(5, early), duels('5>3 5>3 5>4 5>4')))).toEqual([5, 2, 1, 3, 4]);
  });

  it('is the same whatever the order of entries and ballots', () => {
    const numbers = fc.integer({ min: 1, max: 6 });
    const some = fc.array(fc.record({ winner: numbers, loser: numbers }), { maxLength: 30 });
    fc.assert(
      fc.property(
        some.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        fc.shuffledSubarray(entered(6), { minLength: 6 }),
        ([one, other], entries) => {
          expect(rankByDuels(entries, other)).toEqual(rankByDuels(entered(6), one));
        },
      ),
    );
  });

  it('counts no duel with an entry that is not there, nor of one with itself', () => {
    expect(rankByDuels(entered(2), duels('1>9 9>2 2>2 1>2'))).toEqual(rankByDuels(entered(2), duels('1>2')));
  });
});

describe('the ranking where everybody named one', () => {
  it('goes by votes, then by who was entered earlier, and knows no duels', () => {
    expect(rankByVotes(entered(4), [3, 2, 3, 2, 4])).toEqual([
      { place: 1, entry: 2, score: 2 },
      { place: 2, entry: 3, score: 2 },
      { place: 3, entry: 4, score: 1 },
      { place: 4, entry: 1, score: 0 },
    ]);
  });

  it('counts no vote for what is not there, and is empty of nothing', () => {
    expect(rankByVotes(entered(1), [9, 1, 9])).toEqual([{ place: 1, entry: 1, score: 1 }]);
    expect(rankByVotes([], [1])).toEqual([]);
  });
});
