import { describe, expect, test, vi } from 'vitest';
import { createStanding } from '../../src/video/standing.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';
import { until } from '../support/until.ts';

describe.each(redisKinds)('standing on %s', (kind) => {
  const engine = useRedis(kind);

  test('of many that pause it at once one was the first, and its reason stands', async () => {
    const workers = [createStanding(engine.redis), createStanding(engine.other)] as const;
    const firsts = await Promise.all(Array.from({ length: 20 }, (_, i) => workers[i % 2 === 0 ? 0 : 1].pause('funds')));
    expect(firsts.filter(Boolean)).toHaveLength(1);
    expect(await workers[1].pause('misconfigured')).toBe(false);
    const pause = await workers[0].read();
    expect(pause).toMatchObject({ reason: 'funds', relapses: 0 });
    expect(Math.abs((pause?.since ?? 0) - Date.now())).toBeLessThan(5_000);
    expect(await engine.redis.pttl('{dailies}:standing')).toBe(-1);
  });

  test('another process knows within a second or so, and asks Redis no oftener than that', async () => {
    const [here, there] = [createStanding(engine.redis), createStanding(engine.other)];
    expect(await there.read()).toBeUndefined();
    await here.pause('misconfigured');
    expect(await here.read()).toMatchObject({ reason: 'misconfigured' });
    await until('the engine.other one knows', there.read, 3_000);
    await here.resume();
    expect(await here.read()).toBeUndefined();
    await until('the engine.other one knows', async () => (await there.read()) === undefined, 3_000);
    const sent = vi.spyOn(engine.other, 'sendCommand');
    try {
      for (let i = 0; i < 200; i++) await there.read();
      expect(sent.mock.calls.length).toBeLessThanOrEqual(1);
    } finally {
      sent.mockRestore();
    }
  });

  test('a pause soon after a resume counts as a relapse; an hour of quiet forgets', async () => {
    const standing = createStanding(engine.redis);
    for (const relapses of [0, 1, 2]) {
      expect(await standing.pause('funds')).toBe(true);
      expect(await standing.read()).toMatchObject({ relapses });
      expect(await engine.redis.pttl('{dailies}:standing')).toBe(-1);
      await standing.resume();
      const left = await engine.redis.pttl('{dailies}:standing');
      expect(left).toBeGreaterThan(3_500_000);
      expect(left).toBeLessThanOrEqual(3_600_000);
    }
    await standing.resume();
    expect(await engine.redis.hgetall('{dailies}:standing')).toEqual({ relapses: '2' });
  });

  test('a resume of what is not paused leaves nothing behind', async () => {
    await createStanding(engine.redis).resume();
    expect(await engine.redis.keys('*')).toEqual([]);
  });

  test('the turn to probe is one process’s at a time, and passes on by itself', async () => {
    const workers = [createStanding(engine.redis), createStanding(engine.other)] as const;
    const turns = await Promise.all(Array.from({ length: 10 }, (_, i) => workers[i % 2 === 0 ? 0 : 1].turn(150)));
    expect(turns.filter(Boolean)).toHaveLength(1);
    await until('the next turn', () => workers[1].turn(150), 3_000);
  });
});
