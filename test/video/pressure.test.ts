import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { describe, expect, test, vi } from 'vitest';
import { RedisAway } from '../../src/ports.ts';
import { createPressure } from '../../src/video/pressure.ts';
import { run } from '../../src/video/scripts.ts';
import { redisKinds, startRedis } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';
import { until } from '../support/until.ts';

const rate = '{dailies}:rate:';
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `j${i}`);
const still = () => 0;

/** The most that fall into any `span` of milliseconds. */
function densest(times: readonly number[], span: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let from = 0;
  return sorted.reduce((most, at, i) => {
    while (at - (sorted[from] as number) >= span) from += 1;
    return Math.max(most, i - from + 1);
  }, 0);
}

describe.each(redisKinds)('pressure on %s', (kind) => {
  const engine = useRedis(kind);

  const both = (limits: Parameters<typeof createPressure>[1]) =>
    [createPressure(engine.redis, limits, still), createPressure(engine.other, limits, still)] as const;
  /** What happens when the jobs of two workers all ask at once: those that got in. */
  const storm = async (limits: Parameters<typeof createPressure>[1], count: number): Promise<string[]> => {
    const workers = both(limits);
    const waits = await Promise.all(ids(count).map((id, i) => workers[i % 2 === 0 ? 0 : 1].enter(id)));
    return ids(count).filter((_, i) => waits[i]?.wait === 0);
  };
  const allExpire = async (): Promise<void> => {
    for (const key of await engine.redis.keys(`${rate}*`)) expect(await engine.redis.pttl(key), key).toBeGreaterThan(0);
  };

  test('without limits nothing waits, and a second of it costs one look at the brake', async () => {
    const pressure = createPressure(engine.redis, {}, still);
    await engine.redis.ping();
    const sent = vi.spyOn(engine.redis, 'sendCommand');
    try {
      const wanted = Date.now() + 5_000;
      for (const id of ids(40)) {
        expect(await pressure.pollAt(wanted)).toBe(wanted);
        expect(await pressure.enter(id)).toEqual({ wait: 0 });
        await pressure.leave(id);
      }
      expect(sent.mock.calls.length).toBeLessThanOrEqual(2);
    } finally {
      sent.mockRestore();
    }
  });

  test('without limits a process plans no more polls than it can carry out: 400 a second, none sooner than wanted', async () => {
    const pressure = createPressure(engine.redis, {}, still);
    const wanted = Math.ceil((Date.now() + 5_000) / 100) * 100;
    const times = await Promise.all(Array.from({ length: 1_000 }, () => pressure.pollAt(wanted)));
    expect(Math.min(...times)).toBe(wanted);
    for (let at = wanted; at < wanted + 3_000; at += 1_000) {
      expect(times.filter((time) => time >= at && time < at + 1_000).length).toBeLessThanOrEqual(400);
    }
    expect(Math.max(...times)).toBeLessThan(wanted + 2_600);
    expect(await pressure.pollAt(wanted + 10_000)).toBe(wanted + 10_000);
  });

  test('so many submits are in flight at once over all workers, and one that leaves lets the next in', async () => {
    const entered = await storm({ submitsAtOnce: 5 }, 40);
    expect(entered).toHaveLength(5);
    const [pressure] = both({ submitsAtOnce: 5 });
    expect((await pressure.enter('next')).wait).toBeGreaterThan(0);
    await pressure.leave(entered[0] as string);
    expect(await pressure.enter('next')).toEqual({ wait: 0 });
    expect((await pressure.enter('after')).wait).toBe(1_000);
    await allExpire();
  });

  test('a job that enters again keeps its place and takes no second', async () => {
    const [pressure, elsewhere] = both({ submitsAtOnce: 2 });
    await pressure.enter('a');
    await pressure.enter('b');
    await engine.redis.zincrby(`${rate}submits`, -50_000, 'a');
    const before = Number(await engine.redis.zscore(`${rate}submits`, 'a'));
    expect(await elsewhere.enter('a')).toEqual({ wait: 0 });
    expect(Number(await engine.redis.zscore(`${rate}submits`, 'a'))).toBeGreaterThan(before + 40_000);
    expect(await engine.redis.zcard(`${rate}submits`)).toBe(2);
  });

  test('the places of a worker that died are free after their time', async () => {
    const [pressure] = both({ submitsAtOnce: 2 });
    await pressure.enter('a');
    await pressure.enter('b');
    const ends = Number(await engine.redis.zscore(`${rate}submits`, 'a'));
    expect(ends - Date.now()).toBeGreaterThan(80_000);
    expect(ends - Date.now()).toBeLessThanOrEqual(91_000);
    await engine.redis.zadd(`${rate}submits`, Date.now() - 1, 'a');
    expect(await pressure.enter('c')).toEqual({ wait: 0 });
    expect((await pressure.enter('d')).wait).toBeGreaterThan(0);
    expect(await engine.redis.zrange(`${rate}submits`, '0', '-1')).toEqual(expect.arrayContaining(['b', 'c']));
  });

  test('a burst of submits is a tenth of the minute, five at the most', async () => {
    expect(await storm({ submitsPerMinute: 50 }, 30)).toHaveLength(5);
    await engine.redis.flushall();
    expect(await storm({ submitsPerMinute: 20 }, 30)).toHaveLength(2);
    await engine.redis.flushall();
    expect(await storm({ submitsPerMinute: 1 }, 10)).toHaveLength(1);
    await allExpire();
  });

  test.each([1, 7, 20, 60, 300])('no minute sees more than %i submits, and hardly fewer', async (perMinute) => {
    const [pressure] = both({ submitsPerMinute: perMinute });
    const key = `${rate}minute`;
    const entered: { before: number; after: number }[] = [];
    // Time passes by itself, and in leaps by moving what is stored into the past.
    const since = performance.now();
    let leapt = 0;
    const now = () => leapt + performance.now() - since;
    while (entered.length < perMinute * 3) {
      const before = now();
      const { wait } = await pressure.enter('j');
      if (wait === 0) entered.push({ before, after: now() });
      else {
        leapt += wait;
        await engine.redis.set(key, `${Number(await engine.redis.get(key)) - wait}`, 'PX', 120_000);
      }
    }
    for (const [i, { before }] of entered.slice(0, -perMinute).entries()) {
      expect((entered[i + perMinute]?.after as number) - before).toBeGreaterThanOrEqual(60_000 - 2);
    }
    expect(now()).toBeLessThan(180_000 / 0.88);
  });

  /** Reserves as `pollAt` does; the time is Redis's own, which no delay on the way blurs. */
  const reserve = async (client: Redis, perSecond: number, wait: number): Promise<{ at: number; wait: number }> => {
    const keys = ['brake', 'full', 'poll:'].map((name) => rate + name);
    const answer = await run(client, 'poll_at', keys, [wait, perSecond, Math.ceil(perSecond / 10), 1_000]);
    const [at, now] = (answer as string[]).map(Number) as [number, number];
    return { at, wait: at - now };
  };
  /** Places are whole fractions of a second apart: half a millisecond is rounding. */
  const aSecond = 999.5;

  test.each([3, 10, 25, 100])('polls come at %i a second, none too soon and no place left empty', async (perSecond) => {
    const asked = Array.from({ length: perSecond * 3 }, (_, i) =>
      reserve(i % 2 === 0 ? engine.redis : engine.other, perSecond, 8_000),
    );
    const found = await Promise.all(asked);
    expect(Math.min(...found.map(({ wait }) => wait))).toBeGreaterThanOrEqual(7_999.9);
    const times = found.map(({ at }) => at).sort((a, b) => a - b);
    expect(densest(times, aSecond)).toBeLessThanOrEqual(perSecond);
    // All of them asked within the first second or two, so all but the first places are taken without a gap.
    const later = times.slice(-perSecond);
    expect((later.at(-1) as number) - (later[0] as number)).toBeLessThanOrEqual(1_001);
    await allExpire();
  });

  test('whatever is wanted, no poll comes too soon and no second has more than its rate', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.integer({ min: 100, max: 4_000 }), { minLength: 1, maxLength: 80 }),
        async (perSecond, waits) => {
          await engine.redis.flushall();
          const times: number[] = [];
          for (const wanted of waits) {
            const { at, wait } = await reserve(engine.redis, perSecond, wanted);
            expect(wait).toBeGreaterThanOrEqual(wanted - 0.1);
            times.push(at);
          }
          expect(densest(times, aSecond)).toBeLessThanOrEqual(perSecond);
        },
      ),
      { numRuns: kind === 'server' ? 40 : 8 },
    );
  }, 60_000);

  test('a queue of polls longer than one look still gets a place each', async () => {
    const times: number[] = [];
    // One that wants another time now and then must not make the long stretch forgotten.
    for (let i = 0; i < 1_100; i++) {
      times.push((await reserve(engine.redis, 5, 60_000)).at);
      if (i % 100 === 50) times.push((await reserve(engine.redis, 5, 3_600_000)).at);
    }
    expect(densest(times, aSecond)).toBeLessThanOrEqual(5);
    const near = times.filter((at) => at < (times[0] as number) + 3_000_000);
    expect(Math.max(...near) - (times[0] as number)).toBeLessThan(1_100 * 200 + 60_000);
  }, 60_000);

  test('a poll’s time is on this clock, at or after what is wanted', async () => {
    const pressure = createPressure(engine.redis, { pollsPerSecond: 4 }, still);
    const wanted = Date.now() + 5_000;
    const times = [await pressure.pollAt(wanted), await pressure.pollAt(wanted), await pressure.pollAt(0)];
    expect(times[0]).toBeGreaterThanOrEqual(wanted);
    expect(times[0]).toBeLessThan(wanted + 260);
    expect(times[1]).toBeGreaterThan(times[0] as number);
    expect(times[2]).toBeLessThan(Date.now() + 260);
  });

  test('a 429 holds everybody back: the longer wait counts', async () => {
    const [pressure, elsewhere] = both({ submitsAtOnce: 9, pollsPerSecond: 50 });
    const free = createPressure(engine.other, {}, still);
    await pressure.slow({ asked: 30_000, age: 10 });
    await elsewhere.slow({ asked: 2_000, age: 10 });
    const left = await pressure.holds();
    expect(left).toBeGreaterThan(20_000);
    expect(left).toBeLessThanOrEqual(30_000);
    for (const one of [pressure, elsewhere, free]) {
      const now = Date.now();
      expect((await one.enter('a')).wait).toBeGreaterThan(20_000);
      const at = await one.pollAt(now + 100);
      expect(at).toBeGreaterThan(now + 20_000);
      expect(at).toBeLessThan(now + 36_000);
      expect(await one.pollAt(now + 60_000)).toBeLessThan(now + 60_500);
    }
  });

  test('polls that waited for the brake do not come back all at once', async () => {
    let turn = 0;
    const pressure = createPressure(engine.redis, {}, () => (turn++ % 10) / 10);
    await pressure.slow({ asked: 20_000, age: 0 });
    const times = await Promise.all(Array.from({ length: 10 }, () => pressure.pollAt(Date.now())));
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(4_000);
    expect(Math.max(...times) - Date.now()).toBeLessThan(25_000);
  });

  test('one process tells the others within a second or so', async () => {
    const [pressure] = both({});
    const elsewhere = createPressure(engine.other, {}, still);
    expect(await elsewhere.holds()).toBe(0);
    await pressure.slow({ asked: 30_000, age: 0 });
    await until('the engine.other one holds back', async () => (await elsewhere.holds()) > 20_000, 3_000);
  });

  const brake = `${rate}brake`;
  /** The wait is over, as if time had passed. */
  const over = () => engine.redis.hset(brake, 'until', Date.now() - 100);

  test('without a Retry-After the wait doubles with each refusal in a row, up to a minute, and is forgotten after one of quiet', async () => {
    const [pressure, elsewhere] = both({});
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const before = Date.now();
      await (seconds % 4 === 0 ? elsewhere : pressure).slow({ asked: undefined, age: 0 });
      const ends = Number(await engine.redis.hget(brake, 'until'));
      expect(ends - before, `${seconds} s`).toBeGreaterThanOrEqual(seconds * 1_000 - 2);
      expect(ends - Date.now(), `${seconds} s`).toBeLessThanOrEqual(seconds * 1_000 + 2);
      const forgotten = (await engine.redis.pttl(brake)) + Date.now();
      expect(forgotten - ends).toBeGreaterThan(59_900);
      expect(forgotten - ends).toBeLessThan(65_000);
      await over();
    }
  });

  test('calls that were out already when the brake came on do not lengthen it', async () => {
    const [pressure] = both({});
    await pressure.slow({ asked: undefined, age: 0 });
    for (const age of [0, 200, 900]) await pressure.slow({ asked: undefined, age });
    expect(await pressure.holds()).toBeLessThanOrEqual(1_000);
    await over();
    await pressure.slow({ asked: undefined, age: 5_000 });
    expect(await pressure.holds()).toBe(0);
    expect(await engine.redis.hget(brake, 'hits')).toBe('1');
  });

  test('nobody waits longer than ten minutes for what a gateway asks', async () => {
    const [pressure] = both({});
    await pressure.slow({ asked: 86_400_000, age: 0 });
    expect(await pressure.holds()).toBeLessThanOrEqual(600_000);
  });

  test('Redis away is told as such, and forgotten when it is back', async () => {
    const away = await startRedis(kind);
    try {
      const client = away.connect();
      const pressure = createPressure(client, {}, still);
      const limited = createPressure(client, { submitsAtOnce: 1, pollsPerSecond: 1 }, still);
      await client.ping();
      await away.kill();
      await expect(pressure.pollAt(Date.now())).rejects.toBeInstanceOf(RedisAway);
      await expect(limited.enter('a')).rejects.toBeInstanceOf(RedisAway);
      await expect(limited.pollAt(Date.now())).rejects.toBeInstanceOf(RedisAway);
      await away.restart();
      const wanted = Date.now() + 60_000;
      await until('it is reached again', async () => (await pressure.pollAt(wanted)) === wanted);
      await until('a place is free', async () => (await limited.enter('a')).wait === 0);
    } finally {
      await away.close();
    }
  });
});
