import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestAt, draw, type Humps, mean, seeded, watchAt } from '../../bench/support/films.ts';
import { doneOf, normalShare, type Shape, shapeOf, sharpened } from '../../src/video/distribution.ts';
import { bestPolls, planPolls, type Terms } from '../../src/video/plan.ts';

const oneHump: Humps = [{ share: 1, median: 105_000, sigma: 0.3 }];
const twoHumps: Humps = [
  { share: 0.6, median: 60_000, sigma: 0.08 },
  { share: 0.4, median: 200_000, sigma: 0.08 },
];
const timesOf = (humps: Humps, count: number): number[] => {
  const random = seeded(count);
  return Array.from({ length: count }, () => draw(humps, random));
};
const doneBy = ({ ages, done }: Shape, age: number): number => done[ages.findIndex((at) => at >= age)] as number;
const apart = (one: number, other: number): number => Math.abs(Math.log(one / other));

describe('the shape of measured times', () => {
  it('is a wide log-normal around the usual time before any was measured', () => {
    const shape = shapeOf([], 120_000);
    expect(apart(doneOf(shape, 0.5), 120_000)).toBeLessThan(0.01);
    expect(apart(doneOf(shape, normalShare(1)), 120_000 * Math.exp(0.6))).toBeLessThan(0.05);
  });

  it('moves from the usual to the measured times as they come in, and forgets the usual at twenty', () => {
    const medians = [0, 5, 10, 15, 19, 20].map((count) =>
      doneOf(shapeOf(timesOf(oneHump, 20).slice(0, count), 1_000_000), 0.5),
    );
    expect(medians).toEqual([...medians].sort((a, b) => b - a));
    expect(medians[4]).toBeLessThan(200_000);
    const [known, other] = [1_000, 1_000_000].map((usual) => shapeOf(timesOf(oneHump, 20), usual));
    expect(known).toEqual(other);
  });

  it('follows one hump', () => {
    const shape = shapeOf(timesOf(oneHump, 200), 120_000);
    for (const share of [0.1, 0.5, 0.9]) {
      const sorted = timesOf(oneHump, 20_000).sort((a, b) => a - b);
      expect(apart(doneOf(shape, share), sorted[20_000 * share] as number), `${share}`).toBeLessThan(0.1);
    }
    expect(apart(shape.middle, 105_000)).toBeLessThan(0.1);
  });

  it('follows two humps with nearly nothing in the valley', () => {
    const shape = shapeOf(timesOf(twoHumps, 200), 120_000);
    expect(doneBy(shape, 100_000)).toBeGreaterThan(0.5);
    expect(doneBy(shape, 150_000) - doneBy(shape, 90_000)).toBeLessThan(0.03);
  });

  it('rules out no age, however alike the times, and counts each share once', () => {
    const times = fc.array(fc.integer({ min: 0, max: 5_000_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(times, fc.integer({ min: 500, max: 2_000_000 }), (measured, usual) => {
        const { ages, done } = shapeOf(measured, usual);
        const ascends = (values: Float64Array) =>
          values.every((value, index) => !(value <= (values[index - 1] as number)));
        expect([ascends(ages), ascends(done)]).toEqual([true, true]);
        expect(done[0]).toBe(0);
        expect(done.at(-1)).toBeGreaterThan(0.98);
        expect(done.at(-1)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });

  it('says by when a share of those is done that are not done yet', () => {
    const shape = shapeOf(timesOf(oneHump, 200), 120_000);
    expect(doneOf(shape, 0.8)).toBeLessThan(doneOf(shape, 0.8, 110_000));
    for (const age of [0, 50_000, 120_000, 400_000]) {
      const later = doneOf(shape, 0.8, age);
      const [now, then] = [age === 0 ? 0 : doneBy(shape, age), doneBy(shape, later)];
      expect((then - now) / (1 - now)).toBeCloseTo(0.8, 1);
    }
  });

  it('is sharpened by progress, which narrows it and yet may be wrong', () => {
    const shape = shapeOf(timesOf(twoHumps, 200), 120_000);
    const long = sharpened(shape, 200_000);
    expect(doneBy(long, 120_000)).toBeLessThan(0.2);
    expect(doneBy(long, 120_000)).toBeGreaterThan(0.01);
    expect(doneBy(sharpened(shape, 60_000), 120_000)).toBeGreaterThan(0.85);
  });
});

const free: Terms = {
  price: 1_000,
  least: 0,
  early: Number.POSITIVE_INFINITY,
  bulk: 0,
  most: Number.POSITIVE_INFINITY,
};

/** Polls and lag, priced, of polls at these indices; the area under a straight line between two ages is a trapezoid. */
function priceOf({ ages, done }: Shape, polls: readonly number[], price: number): number {
  let [from, cost] = [0, 0];
  for (const to of polls) {
    cost += price * (1 - (done[from] as number));
    for (let index = from; index < to; index += 1) {
      const middle = ((ages[index] as number) + (ages[index + 1] as number)) / 2;
      cost += ((done[index + 1] as number) - (done[index] as number)) * ((ages[to] as number) - middle);
    }
    from = to;
  }
  return cost;
}

describe('the plan of polls', () => {
  it('costs no more than any other, tried one by one', () => {
    const weights = fc.array(fc.nat(9), { minLength: 9, maxLength: 9 }).filter((all) => all.some((one) => one > 0));
    fc.assert(
      fc.property(weights, fc.integer({ min: 50, max: 5_000 }), (given, price) => {
        const all = given.reduce((sum, one) => sum + one, 0);
        const ages = Float64Array.from({ length: 10 }, (_, index) => index * 1_000 + index ** 2 * 50);
        const done = new Float64Array(10);
        given.forEach((one, index) => {
          done[index + 1] = (done[index] as number) + one / all;
        });
        const shape = { ages, done, middle: 1 };
        const next = bestPolls(shape, { ...free, price });
        const ours: number[] = [];
        for (let index = 0; index < 9; ) {
          index = next[index] as number;
          ours.push(index);
        }
        const each = Array.from({ length: 256 }, (_, bits) =>
          [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((index) => index === 9 || bits & (1 << (index - 1))),
        );
        const least = Math.min(...each.map((polls) => priceOf(shape, polls, price)));
        expect(priceOf(shape, ours, price)).toBeCloseTo(least, 6);
      }),
    );
  });

  it('keeps its bounds, at any age', () => {
    const shape = shapeOf(timesOf(oneHump, 50), 120_000);
    const terms: Terms = { price: 200, least: 1_000, early: 90_000, bulk: doneOf(shape, 0.02), most: 20_000 };
    const plan = planPolls(shape, terms);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000_000 }), (age) => {
        const wait = plan.after(age) - age;
        expect(wait).toBeGreaterThanOrEqual(1_000);
        expect(wait).toBeLessThanOrEqual(age < terms.bulk ? 90_000 : 20_001);
      }),
    );
    expect(plan.after(0)).toBeLessThanOrEqual(terms.bulk + 20_000);
  });

  it('knows which poll was before one', () => {
    const plan = planPolls(shapeOf(timesOf(oneHump, 50), 120_000), { ...free, price: 200 });
    expect(plan.before(plan.after(0) - 1_000)).toBe(0);
    for (const age of [80_000, 105_000, 150_000, 3_000_000]) {
      expect(apart(plan.before(plan.after(age)), age)).toBeLessThan(0.02);
    }
  });

  it('takes half the polls of a loop of five seconds at the same lag where the distribution is known', () => {
    const films = timesOf(oneHump, 5_000);
    const loop = watchAt(
      Array.from({ length: 100 }, (_, index) => (index + 1) * 5_000),
      films,
    );
    const ratio = bestAt(oneHump, films, mean(loop.lags)) / mean(loop.polls);
    expect(ratio).toBeGreaterThan(0.44);
    expect(ratio).toBeLessThan(0.54);
  });
});
