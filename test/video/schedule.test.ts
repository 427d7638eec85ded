import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryRedis, draw, jobAt, seeded } from '../../bench/support/films.ts';
import { TransientError } from '../../src/domain/errors.ts';
import type { Job } from '../../src/domain/job.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import { createSchedule } from '../../src/video/schedule.ts';
import type { TimesRedis } from '../../src/video/times.ts';
import { redisKinds, startRedis, type TestRedis } from '../support/redis.ts';

const submittedAt = 1_800_000_000_000;
const base = jobAt(submittedAt);
const { recipe } = base.request;
type Watched = Job & { percentAt?: number };
const job = (rest: Partial<Watched> = {}): Watched => ({ ...base, ...rest });
const away = () => Promise.reject(new Error('away'));
const nowhere: TimesRedis = { lrange: away, lpush: away, ltrim: away, expire: away };
const silent: TimesRedis = { ...nowhere, lrange: () => new Promise(() => undefined) };

interface Setting {
  redis?: TimesRedis;
  usual?: number;
  webhooks?: boolean;
  random?: () => number;
  now?: () => number;
}
const scheduleOn = ({ redis = createMemoryRedis(), usual = 120, random = () => 0.5, ...rest }: Setting = {}) =>
  createSchedule({ redis, model: (id) => ({ id, usual }) as ModelCard, random, ...rest });

/** A schedule that has learned films of about 105 s, each announced or not. */
async function learned({
  announced = true,
  count = 100,
  ...setting
}: Setting & { announced?: boolean; count?: number }) {
  const schedule = scheduleOn(setting);
  const random = seeded(1);
  for (let film = 0; film < count; film += 1) {
    await schedule.learn(recipe, {
      ms: draw([{ share: 1, median: 105_000, sigma: 0.3 }], random),
      announced: announced,
    });
  }
  return schedule;
}

describe('the next poll', () => {
  it('of a late film comes after about five minutes', async () => {
    expect(await scheduleOn().next(job({ late: true }), submittedAt)).toBe(submittedAt + 300_000);
  });

  it('of a film whose submit was not noted comes like that of one just submitted', async () => {
    const { submittedAt: _, ...unsent } = base;
    expect(await scheduleOn().next(unsent, submittedAt)).toBe(await scheduleOn().next(job(), submittedAt));
  });

  it('goes by the usual time of the model before any was measured', async () => {
    const waits = await Promise.all(
      [2, 20, 120].map(async (usual) => (await scheduleOn({ usual }).next(job(), submittedAt)) - submittedAt),
    );
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits[0]).toBeGreaterThanOrEqual(400);
    expect(waits[0]).toBeLessThan(1_500);
    expect(waits[2]).toBeGreaterThan(10_000);
    expect(waits[2]).toBeLessThanOrEqual(60_000);
  });

  it.each([0, 0.999])(
    'keeps within a second and a minute once films are due, spread by a tenth, at chance %d',
    async (chance) => {
      const [steady, spread] = [await learned({}), await learned({ random: () => chance })];
      for (let age = 60_000; age < 3_000_000; age *= 1.1) {
        const now = Math.round(submittedAt + age);
        const wait = (await steady.next(job(), now)) - now;
        expect(wait).toBeGreaterThanOrEqual(1_000);
        expect(wait).toBeLessThanOrEqual(60_000);
        expect((await spread.next(job(), now)) - now).toBeCloseTo(wait * (0.9 + 0.2 * chance), -1);
      }
    },
  );

  it('comes first shortly before films are usually done, and often while they are', async () => {
    const schedule = await learned({});
    const first = (await schedule.next(job(), submittedAt)) - submittedAt;
    expect(first).toBeGreaterThan(45_000);
    expect(first).toBeLessThanOrEqual(66_000);
    const wait = async (age: number) => (await schedule.next(job(), submittedAt + age)) - submittedAt - age;
    expect(await wait(105_000)).toBeLessThan(8_000);
    expect(await wait(600_000)).toBeGreaterThan(8_000);
  });

  it('goes by progress that moves, and no longer when it sticks', async () => {
    const schedule = await learned({});
    const wait = async (age: number, rest: Partial<Watched>) =>
      (await schedule.next(job(rest), submittedAt + age)) - submittedAt - age;
    const plain = await wait(70_000, {});
    expect(await wait(70_000, { percent: 35, percentAt: submittedAt + 70_000 })).toBeGreaterThan(plain * 1.5);
    expect(await wait(70_000, { percent: 95, percentAt: submittedAt + 70_000 })).toBeLessThan(plain);
    for (const percent of [0, 100])
      expect(await wait(70_000, { percent, percentAt: submittedAt + 70_000 })).toBe(plain);
    const stuck = await wait(300_000, { percent: 99, percentAt: submittedAt + 60_000 });
    expect(Math.abs(stuck / (await wait(300_000, {})) - 1)).toBeLessThan(0.25);
  });

  it('after a webhook that came too soon follows in a second or two, a few times, for every webhook', async () => {
    const schedule = await learned({ webhooks: true });
    let now = submittedAt + 30_000;
    const waits = async (rest: Partial<Job>) => {
      const next = await schedule.next(job(rest), now);
      const wait = next - now;
      now = next;
      return wait;
    };
    for (const wake of ['msg_1', undefined, undefined, undefined]) {
      const wait = await waits(wake === undefined ? {} : { wake });
      expect(wait).toBeGreaterThanOrEqual(1_000);
      expect(wait).toBeLessThanOrEqual(2_000);
    }
    // Its webhook is used up: it is polled as if there were none, not left to the net.
    const wait = await waits({ wake: 'msg_1' });
    expect(wait).toBeGreaterThan(2_000);
    expect(wait).toBeLessThanOrEqual(60_000);
    expect(await waits({ wake: 'msg_2' })).toBeLessThanOrEqual(2_000);
  });
});

describe('with webhooks', () => {
  const first = async (setting: Parameters<typeof learned>[0]) =>
    (await (await learned({ webhooks: true, ...setting })).next(job(), submittedAt)) - submittedAt;

  it('a poll is a net behind nearly all films, once the last ones were announced', async () => {
    expect(await first({ announced: true })).toBeGreaterThan(190_000);
    expect(await first({ announced: true, count: 2 })).toBeLessThanOrEqual(66_000);
    expect(await first({ announced: false })).toBeLessThanOrEqual(66_000);
    expect(await first({ announced: true, webhooks: false })).toBeLessThanOrEqual(66_000);
    expect(await first({ announced: true, usual: 1, count: 0 })).toBeLessThan(30_000);
  });

  it.each([0, 0.5, 0.999])(
    'the net comes no sooner than after half a minute, and then seldom, at chance %d',
    async (chance) => {
      const schedule = scheduleOn({ webhooks: true, usual: 2, random: () => chance });
      for (let film = 0; film < 30; film += 1) await schedule.learn(recipe, { ms: 2_000, announced: true });
      let now = submittedAt;
      for (let poll = 0; poll < 20; poll += 1) {
        const next = await schedule.next(job(), now);
        expect(next - now).toBeGreaterThanOrEqual(30_000);
        expect(next - now).toBeLessThanOrEqual(poll === 0 ? 33_000 : 330_000);
        now = next;
      }
    },
  );

  it('they are given up when announcements stop, and what the net noticed teaches no times', async () => {
    let now = submittedAt;
    const redis = createMemoryRedis();
    const schedule = await learned({ webhooks: true, redis, now: () => now });
    const due = await schedule.next(job(), now);
    const before = await redis.lrange(`{dailies}:times:sora-2:${recipe.seconds}`, 0, -1);
    expect(before).toHaveLength(100);
    now = due;
    for (let film = 0; film < 3; film += 1) await schedule.learn(recipe, { ms: due - submittedAt, announced: false });
    expect(await redis.lrange(`{dailies}:times:sora-2:${recipe.seconds}`, 0, -1)).toEqual(before);
    now += 60_000;
    await schedule.next(job({ submittedAt: now }), now);
    expect((await schedule.next(job({ submittedAt: now }), now + 1)) - now).toBeLessThanOrEqual(66_000);
  });
});

describe('while Redis is away', () => {
  it.each([
    ['refuses', nowhere],
    ['is silent', silent],
  ])('and %s, polls go by the usual time, and no ETA is told', async (_, redis) => {
    expect(await scheduleOn({ redis }).next(job(), submittedAt)).toBe(await scheduleOn().next(job(), submittedAt));
    expect(await scheduleOn({ redis }).expect(job(), submittedAt)).toBeUndefined();
  });

  it('learning is a transient matter', async () => {
    await expect(scheduleOn({ redis: nowhere }).learn(recipe, { ms: 1, announced: true })).rejects.toBeInstanceOf(
      TransientError,
    );
    await expect(
      scheduleOn({ redis: nowhere, webhooks: true }).learn(recipe, { ms: 1, announced: false }),
    ).rejects.toBeInstanceOf(TransientError);
  });

  it('what was read before still counts', async () => {
    const memory = createMemoryRedis();
    let reach: TimesRedis['lrange'] = memory.lrange;
    const redis = { ...memory, lrange: (...of: Parameters<TimesRedis['lrange']>) => reach(...of) };
    const schedule = await learned({ redis });
    const eta = await schedule.expect(job(), submittedAt);
    reach = away;
    expect(await schedule.expect(job({ submittedAt: submittedAt + 3_600_000 }), submittedAt + 3_600_000)).toBe(
      (eta ?? 0) + 3_600_000,
    );
  });
});

describe('what is learned', () => {
  it('is read once in a while, not at every poll', async () => {
    let reads = 0;
    const memory = createMemoryRedis();
    const redis = {
      ...memory,
      lrange: (...of: Parameters<TimesRedis['lrange']>) => {
        reads += 1;
        return memory.lrange(...of);
      },
    };
    const schedule = scheduleOn({ redis });
    for (let poll = 0; poll < 100; poll += 1) await schedule.next(job(), submittedAt + poll * 100);
    expect(reads).toBe(2);
  });

  it('finds films that are much faster than their card says, though no poll ever sees one early', async () => {
    let now = submittedAt;
    const schedule = scheduleOn({ usual: 600, now: () => now, random: seeded(2) });
    let age = 0;
    for (let film = 0; film < 60; film += 1) {
      const began = now;
      const took = 10_000;
      for (age = 0; age < took; now = began + age)
        age = (await schedule.next(job({ submittedAt: began }), now)) - began;
      await schedule.learn(recipe, { ms: age, announced: false });
      now += 60_000;
    }
    expect(age - 10_000).toBeLessThan(3_000);
  });
});

describe.each(redisKinds)('what was measured, on the %s engine', (kind) => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis(kind);
  }, 20_000);
  afterAll(() => redis.close());

  const card = { id: 'sora-2', usual: 120 } as ModelCard;
  const freshSchedule = () =>
    createSchedule({ redis: redis.connect(), model: (id) => (/^sora-2/.test(id) ? card : undefined), webhooks: true });
  const of = (rest: Partial<typeof recipe>, at = submittedAt): Job => ({
    ...base,
    submittedAt: at,
    request: { ...base.request, recipe: { ...recipe, ...rest } },
  });

  it('takes what the gateway tells of its own time as it is, however late it was noticed', async () => {
    const exact = { ...recipe, seconds: 16 };
    await freshSchedule().learn(exact, { ms: 100_000, took: 61_000, announced: false });
    expect(await redis.connect().lrange('{dailies}:times:sora-2:16', 0, -1)).toEqual(['61000']);
  });

  it('gives an ETA after five films of the same model and length, its snapshots among them', async () => {
    const schedule = freshSchedule();
    for (const ms of [10_000, 50_000.4, 20_000, 40_000]) await schedule.learn(recipe, { ms, announced: true });
    expect(await freshSchedule().expect(of({}), submittedAt)).toBeUndefined();
    await schedule.learn({ ...recipe, model: 'sora-2-2025-12-08' }, { ms: 30_000, announced: true });
    const eta = ((await freshSchedule().expect(of({}), submittedAt)) ?? 0) - submittedAt;
    expect(eta).toBeGreaterThan(40_000);
    expect(eta).toBeLessThan(240_000);
    const later = (await freshSchedule().expect(of({}), submittedAt + eta)) ?? 0;
    expect(later).toBeGreaterThan(submittedAt + eta);
    expect(await freshSchedule().expect(of({ seconds: 12 }), submittedAt)).toBeUndefined();
    expect(await freshSchedule().expect(of({ model: 'other' }), submittedAt)).toBeUndefined();
  });

  it('keeps the last two hundred times and twenty announcements, for thirty days', async () => {
    const client = redis.connect();
    const schedule = freshSchedule();
    const long = { ...recipe, seconds: 20 };
    await Promise.all(
      Array.from({ length: 210 }, (_, index) => schedule.learn(long, { ms: index + 1, announced: index % 2 === 0 })),
    );
    const newest = await client.lrange('{dailies}:times:sora-2:20', 0, -1);
    expect(newest).toHaveLength(200);
    for (const [key, length] of [
      ['{dailies}:times:sora-2:20', 200],
      ['{dailies}:announced', 20],
    ] as const) {
      expect(await client.llen(key)).toBe(length);
      expect(await client.ttl(key)).toBeGreaterThan(29 * 86_400);
      expect(await client.ttl(key)).toBeLessThanOrEqual(30 * 86_400);
    }
    expect(new Set(await client.lrange('{dailies}:announced', 0, -1))).toEqual(new Set(['0', '1']));
  });
});
