import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TransientError } from '../../src/domain/errors.ts';
import type { Job } from '../../src/domain/job.ts';
import type { Recipe } from '../../src/domain/recipe.ts';
import { createSchedule, type TimesRedis, usualTime } from '../../src/video/schedule.ts';
import { redisKinds, startRedis, type TestRedis } from '../support/redis.ts';

const recipe: Recipe = { model: 'sora-2', prompt: 'a boat', seconds: 8, size: '1365x768' };
const submittedAt = 1_800_000_000_000;
const job = (rest: Partial<Job>): Job => ({ submittedAt, ...rest }) as Job;
const nowhere: TimesRedis = {
  lrange: () => Promise.reject(new Error('away')),
  lpush: () => Promise.reject(new Error('away')),
  ltrim: () => Promise.reject(new Error('away')),
  expire: () => Promise.reject(new Error('away')),
};

describe('the next poll', () => {
  const steady = createSchedule({ redis: nowhere, random: () => 0.5 });

  it.each([
    [0, 2_000],
    [5_000, 2_000],
    [20_000, 8_000],
    [60_000, 15_000],
    [-30_000, 2_000],
  ])('of a film %i ms old comes after %i ms', (age, wait) => {
    expect(steady.next(job({}), submittedAt + age)).toBe(submittedAt + age + wait);
  });

  it('of a late film comes after five minutes', () => {
    expect(steady.next(job({ late: true }), submittedAt)).toBe(submittedAt + 300_000);
  });

  it('of a film whose submit was not noted comes soon', () => {
    expect(steady.next({} as Job, 1_000)).toBe(3_000);
  });

  it('is spread, never sooner than half of the first wait and never later than the bound', () => {
    fc.assert(
      fc.property(fc.nat(7_200_000), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (age, chance) => {
        const wait = createSchedule({ redis: nowhere, random: () => chance, jitter: 0.9 }).next(
          job({}),
          submittedAt + age,
        );
        expect(wait - submittedAt - age).toBeGreaterThanOrEqual(1_000);
        expect(wait - submittedAt - age).toBeLessThanOrEqual(15_000 * 1.9);
      }),
    );
    const waits = [0, 0.999].map((chance) => createSchedule({ redis: nowhere, random: () => chance }).next(job({}), 0));
    expect(waits[0]).toBeLessThan(waits[1] as number);
  });

  it('asks about fewer than 20 times for a film of two minutes', () => {
    let polls = 0;
    for (let now = submittedAt; now < submittedAt + 120_000; now = steady.next(job({}), now)) polls += 1;
    expect(polls).toBeGreaterThan(5);
    expect(polls).toBeLessThan(20);
  });
});

describe('the usual time', () => {
  it('is none before five were measured, then what four of five kept to', () => {
    expect(usualTime([1, 2, 3, 4])).toBeUndefined();
    expect(usualTime([50, 10, 40, 20, 30])).toBe(40);
    expect(usualTime([100, 20, 30, 40, 50, 60, 70, 80, 90, 10])).toBe(80);
  });

  it('is a transient matter when Redis is away', async () => {
    const schedule = createSchedule({ redis: nowhere });
    await expect(schedule.expect(recipe, 0)).rejects.toBeInstanceOf(TransientError);
    await expect(schedule.learn(recipe, 1)).rejects.toBeInstanceOf(TransientError);
  });
});

describe.each(redisKinds)('what was measured, on the %s engine', (kind) => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis(kind);
  }, 20_000);
  afterAll(() => redis.close());

  it('gives an ETA after five films of the same model and length', async () => {
    const schedule = createSchedule({ redis: redis.connect() });
    for (const ms of [10_000, 50_000.4, 20_000, 40_000]) await schedule.learn(recipe, ms);
    expect(await schedule.expect(recipe, submittedAt)).toBeUndefined();
    await schedule.learn(recipe, 30_000);
    expect(await schedule.expect(recipe, submittedAt)).toBe(submittedAt + 40_000);
    expect(await schedule.expect({ ...recipe, seconds: 4 }, submittedAt)).toBeUndefined();
    expect(await schedule.expect({ ...recipe, model: 'other' }, submittedAt)).toBeUndefined();
  });

  it('keeps the last fifty, for thirty days', async () => {
    const client = redis.connect();
    const schedule = createSchedule({ redis: client });
    const short = { ...recipe, seconds: 4 };
    await Promise.all(Array.from({ length: 60 }, (_, index) => schedule.learn(short, index + 1)));
    const key = '{dailies}:times:sora-2:4';
    expect(await client.lrange(key, 0, -1)).toEqual(Array.from({ length: 50 }, (_, index) => String(60 - index)));
    expect(await client.ttl(key)).toBeGreaterThan(29 * 86_400);
    expect(await client.ttl(key)).toBeLessThanOrEqual(30 * 86_400);
    expect(await schedule.expect(short, 0)).toBe(50);
  });
});
