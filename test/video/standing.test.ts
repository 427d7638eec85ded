import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStanding } from '../../src/video/standing.ts';
import { redisKinds, startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

describe.each(redisKinds)('standing on %s', (kind) => {
  let engine: TestRedis;
  let redis: Redis;
  let other: Redis;
  beforeAll(async () => {
    engine = await startRedis(kind);
    redis = engine.connect();
    other = engine.connect();
  });
  beforeEach(() => redis.flushall());
  afterAll(() => engine.close());

  test('of many that pause it at once one was the first, and its reason stands', async () => {
    const workers = [createStanding(redis), createStanding(other)] as const;
    const firsts = await Promise.all(Array.from({ length: 20 }, (_, i) => workers[i % 2 === 0 ? 0 : 1].pause('funds')));
    expect(firsts.filter(Boolean)).toHaveLength(1);
    expect(await workers[1].pause('misconfigured')).toBe(false);
    const pause = await workers[0].read();
    expect(pause).toMatchObject({ reason: 'funds', relapses: 0 });
    expect(Math.abs((pause?.since ?? 0) - Date.now())).toBeLessThan(5_000);
    expect(await redis.pttl('{dailies}:standing')).toBe(-1);
  });

  test('another process knows within a second or so, and asks Redis no oftener than that', async () => {
    const [here, there] = [createStanding(redis), createStanding(other)];
    expect(await there.read()).toBeUndefined();
    await here.pause('misconfigured');
    expect(await here.read()).toMatchObject({ reason: 'misconfigured' });
    await until('the other one knows', there.read, 3_000);
    await here.resume();
    expect(await here.read()).toBeUndefined();
    await until('the other one knows', async () => (await there.read()) === undefined, 3_000);
    const sent = vi.spyOn(other, 'sendCommand');
    try {
      for (let i = 0; i < 200; i++) await there.read();
      expect(sent.mock.calls.length).toBeLessThanOrEqual(1);
    } finally {
      sent.mockRestore();
    }
  });

  test('a pause soon after a resume counts as a relapse; an hour of quiet forgets', async () => {
    const standing = createStanding(redis);
    for (const relapses of [0, 1, 2]) {
      expect(await standing.pause('funds')).toBe(true);
      expect(await standing.read()).toMatchObject({ relapses });
      expect(await redis.pttl('{dailies}:standing')).toBe(-1);
      await standing.resume();
      const left = await redis.pttl('{dailies}:standing');
      expect(left).toBeGreaterThan(3_500_000);
      expect(left).toBeLessThanOrEqual(3_600_000);
    }
    await standing.resume();
    expect(await redis.hgetall('{dailies}:standing')).toEqual({ relapses: '2' });
  });

  test('a resume of what is not paused leaves nothing behind', async () => {
    await createStanding(redis).resume();
    expect(await redis.keys('*')).toEqual([]);
  });

  test('the turn to probe is one process’s at a time, and passes on by itself', async () => {
    const workers = [createStanding(redis), createStanding(other)] as const;
    const turns = await Promise.all(Array.from({ length: 10 }, (_, i) => workers[i % 2 === 0 ? 0 : 1].turn(150)));
    expect(turns.filter(Boolean)).toHaveLength(1);
    await until('the next turn', () => workers[1].turn(150), 3_000);
  });
});
