import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../bench/support/films.ts';
import { chances, type Duel } from '../../src/domain/chances.ts';

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const times = (count: number, winner: number, loser: number): Duel[] =>
  Array.from({ length: count }, () => ({ winner, loser }));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (chance: number): number => Math.log(chance / (1 - chance));

/** Some entries and ballots about them. */
const polls = fc.integer({ min: 2, max: 12 }).chain((entries) => {
  const entry = fc.integer({ min: 1, max: entries });
  const duel = fc.record({ winner: entry, loser: entry }).filter(({ winner, loser }) => winner !== loser);
  return fc.tuple(fc.constant(numbersTo(entries)), fc.array(duel, { maxLength: 80 }));
});

/**
 * The same model by the other well-known way, Hunter's MM iteration, for entries 1 to n: the virtual film (0) keeps the strength 1, and
 * each entry won against it once and lost once.
 */
function byMinorization(n: number, duels: readonly Duel[]): number[] {
  const met = numbersTo(n).map((entry) =>
    [0, ...numbersTo(n)].map((other) =>
      other === 0
        ? 2
        : duels.filter(({ winner, loser }) => [winner, loser].sort().join() === [entry, other].sort().join()).length,
    ),
  );
  const won = numbersTo(n).map((entry) => 1 + duels.filter(({ winner }) => winner === entry).length);
  let strength = [1, ...won.map(() => 1)];
  for (let round = 0; round < 5_000; round += 1) {
    const against = (row: number): number =>
      (met[row] ?? []).reduce(
        (sum, count, other) => sum + count / ((strength[row + 1] ?? 0) + (strength[other] ?? 0)),
        0,
      );
    strength = [1, ...won.map((count, row) => count / against(row))];
  }
  return strength.slice(1).map((value) => value / (value + 1));
}

describe('the chance to win against an average entry', () => {
  it('is of nobody where there is no entry', () => {
    expect(chances([], [])).toEqual(new Map());
  });

  it('of an entry alone is one half for certain: it is the average', () => {
    expect(chances([7], [])).toEqual(new Map([[7, { likeliest: 0.5, low: 0.5, high: 0.5 }]]));
  });

  it('is one half for each before any ballot, and nearly anything', () => {
    const found = chances(numbersTo(30), []);
    for (const { likeliest, low, high } of found.values()) {
      expect(likeliest).toBe(0.5);
      // Of two virtual duels each: a variance of 1 / (2 / 4), without a thirtieth of it in which all move together.
      expect(low).toBeCloseTo(logistic(-1.96 * Math.sqrt(2 - 2 / 30)), 4);
      expect(high).toBeCloseTo(1 - low, 12);
    }
  });

  it('is what another way of computing the same model comes to', () => {
    fc.assert(
      fc.property(polls, ([entries, duels]) => {
        const found = [...chances(entries, duels).values()].map(({ likeliest }) => likeliest);
        for (const [index, chance] of byMinorization(entries.length, duels).entries())
          expect(found[index]).toBeCloseTo(chance, 7);
      }),
      { numRuns: 30 },
    );
  });

  it('is one half on average, and lies within its interval', () => {
    fc.assert(
      fc.property(polls, ([entries, duels]) => {
        const found = [...chances(entries, duels).values()];
        expect(found.reduce((sum, { likeliest }) => sum + likeliest, 0) / found.length).toBeCloseTo(0.5, 10);
        for (const { likeliest, low, high } of found) {
          expect(low).toBeLessThan(likeliest);
          expect(high).toBeGreaterThan(likeliest);
        }
      }),
    );
  });

  it('is the same to the last bit whatever the order of entries and ballots', () => {
    const shuffled = polls.chain(([entries, duels]) =>
      fc.tuple(
        ...[fc.constant([entries, duels] as const)],
        fc.shuffledSubarray(entries, { minLength: entries.length }),
        fc.shuffledSubarray(duels, { minLength: duels.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([[entries, duels], otherEntries, otherDuels]) => {
        expect(chances(otherEntries, otherDuels)).toEqual(chances(entries, duels));
      }),
    );
  });

  it('rises with every win', () => {
    fc.assert(
      fc.property(polls, ([entries, duels]) => {
        const before = chances(entries, duels).get(1)?.likeliest ?? 1;
        const after = chances(entries, [...duels, { winner: 1, loser: 2 }]).get(1)?.likeliest ?? 0;
        expect(after).toBeGreaterThan(before);
      }),
    );
  });

  it('stays short of certainty for what won or lost everything', () => {
    const found = chances([1, 2], times(50_000, 1, 2));
    expect(found.get(1)?.likeliest).toBeGreaterThan(0.99);
    expect(found.get(1)?.high).toBeLessThan(1);
    expect(found.get(2)?.low).toBeGreaterThan(0);
  });

  it('of a film that nobody was shown is one half, and less certain than any other', () => {
    const found = chances([1, 2, 3], [...times(6, 1, 2), ...times(4, 2, 1)]);
    expect(found.get(3)?.likeliest).toBeCloseTo(0.5, 12);
    const width = (entry: number): number => (found.get(entry)?.high ?? 0) - (found.get(entry)?.low ?? 0);
    expect(width(3)).toBeGreaterThan(1.3 * Math.max(width(1), width(2)));
  });

  it('holds groups side by side that were never compared', () => {
    const found = chances([1, 2, 3, 4], [...times(9, 1, 2), ...times(3, 2, 1), ...times(9, 3, 4), ...times(3, 4, 3)]);
    expect(found.get(3)?.likeliest).toBeCloseTo(found.get(1)?.likeliest ?? 0, 12);
    expect(found.get(4)?.likeliest).toBeCloseTo(found.get(2)?.likeliest ?? 0, 12);
    expect((found.get(1)?.likeliest ?? 0) > (found.get(2)?.likeliest ?? 1)).toBe(true);
  });

  it('is surer with more ballots: of a hundred times as many, about a tenth as wide', () => {
    const width = (count: number): number => {
      const { low = 0, high = 1 } = chances([1, 2], [...times(count, 1, 2), ...times(count, 2, 1)]).get(1) ?? {};
      return logit(high) - logit(low);
    };
    expect(width(1_000) / width(10)).toBeCloseTo(0.1, 1);
  });

  it('does not look at ballots with an entry that is not there, or with one entry twice', () => {
    const odd: Duel[] = [
      { winner: 1, loser: 9 },
      { winner: 9, loser: 2 },
      { winner: 3, loser: 3 },
    ];
    const duels = times(4, 1, 2);
    expect(chances([1, 2, 3], [...duels, ...odd])).toEqual(chances([1, 2, 3], duels));
  });
});

/** Ballots about entries of these strengths (log odds), from random pairs. */
function drawn(strengths: readonly number[], count: number, random: () => number): Duel[] {
  const n = strengths.length;
  return Array.from({ length: count }, () => {
    const one = Math.floor(random() * n);
    const other = (one + 1 + Math.floor(random() * (n - 1))) % n;
    const won = random() < logistic((strengths[one] ?? 0) - (strengths[other] ?? 0));
    return won ? { winner: one, loser: other } : { winner: other, loser: one };
  });
}

describe('the interval', () => {
  it.each([
    [92, 'ten', 60],
    [95, '250', 1_500],
  ])('holds the true chance in about %d of 100 cases, with %s duels a film', (share, _how, count) => {
    const random = seeded(count);
    let [inside, all] = [0, 0];
    for (let run = 0; run < 150; run += 1) {
      // Chances from 0 to 100 % are equally likely, as the prior says; an average entry is the one against which they come to one half.
      const drawnStrengths = Array.from({ length: 12 }, () => logit(0.02 + 0.96 * random()));
      let level = 0;
      for (let step = 0; step < 50; step += 1)
        level += 2 * (drawnStrengths.reduce((sum, one) => sum + logistic(one - level), 0) / 12 - 0.5);
      const found = chances([...drawnStrengths.keys()], drawn(drawnStrengths, count, random));
      for (const [entry, strength] of drawnStrengths.entries()) {
        const { low = 1, high = 0 } = found.get(entry) ?? {};
        const truth = logistic(strength - level);
        all += 1;
        if (low <= truth && truth <= high) inside += 1;
      }
    }
    expect(Math.abs((100 * inside) / all - share)).toBeLessThan(1.5);
  });
});

it('500 entries and 50,000 ballots take less than a second or two of a core', () => {
  const random = seeded(5);
  const strengths = Array.from({ length: 500 }, () => 3 * random() - 1.5);
  const duels = drawn(strengths, 50_000, random);
  const before = process.cpuUsage();
  const found = chances([...strengths.keys()], duels);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(2);
  const best = strengths.indexOf(Math.max(...strengths));
  expect(found.get(best)?.likeliest).toBeGreaterThan(0.7);
});
