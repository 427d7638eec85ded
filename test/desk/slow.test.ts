import { beforeEach, describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createSlow } from '../../src/desk/slow.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { RedisAway, type Slow } from '../../src/ports.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const space = spaceKey({ platform: 'slack', space: 'T1' });
const other = spaceKey({ platform: 'slack', space: 'T2' });
const minute = 60_000;

describe.each(redisKinds)('refusals on %s', (kind) => {
  const engine = useRedis(kind);
  let slow: Slow;
  beforeEach(() => {
    slow = createSlow(engine.redis);
  });
  const key = spaceKeys(space).slow('ada');
  /** Minutes that ada waits now, rounded. */
  const waits = async (): Promise<number> => Math.round((await slow.left(space, 'ada')) / minute);
  const count = async (...requests: string[]): Promise<void> => {
    for (const request of requests) await slow.count(space, 'ada', request);
  };
  /** As if all that is noted had happened so much earlier. */
  const pass = async (ms: number): Promise<void> => {
    const { refused = '', until } = await engine.redis.hgetall(key);
    const before = refused.replace(/@(\d+)/g, (_, at: string) => `@${Number(at) - ms}`);
    await engine.redis.hset(key, { refused: before, ...(until ? { until: Number(until) - ms } : {}) });
  };

  test('the third within ten minutes begins a wait of a minute, which each one more doubles, to an hour', async () => {
    await count('j1', 'j2');
    expect(await slow.left(space, 'ada')).toBe(0);
    const seen: number[] = [];
    for (let n = 3; n <= 11; n += 1) {
      await count(`j${n}`);
      seen.push(await waits());
    }
    expect(seen).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('one request counts once, however often it is told', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, n) => slow.count(space, 'ada', `j${n % 2}`)));
    expect(await slow.left(space, 'ada')).toBe(0);
    await count('j2', 'j2', 'j2', 'j1');
    expect(await waits()).toBe(1);
  });

  test('those further apart do not', async () => {
    await count('j1', 'j2');
    await pass(10 * minute + 1_000);
    await count('j3', 'j4');
    expect(await slow.left(space, 'ada')).toBe(0);
    await count('j5');
    expect(await waits()).toBe(1);
  });

  test('a wait ends by itself, and is remembered as long as another refusal comes within the hour', async () => {
    await count('j1', 'j2', 'j3');
    await pass(2 * minute);
    expect(await slow.left(space, 'ada')).toBe(0);
    await pass(30 * minute);
    await count('j4');
    expect(await waits()).toBe(2);
  });

  test('a quiet hour forgets all of it', async () => {
    await count('j1', 'j2', 'j3');
    const ttl = await engine.redis.pttl(key);
    expect(ttl).toBeGreaterThan(59 * minute);
    expect(ttl).toBeLessThanOrEqual(60 * minute);
    await engine.redis.pexpire(key, 60 * minute - 5_000);
    await slow.left(space, 'ada');
    await count('j3');
    expect(await engine.redis.pttl(key)).toBeLessThanOrEqual(60 * minute - 5_000);
  });

  test('nobody else waits, nor the same member in another space', async () => {
    await count('j1', 'j2', 'j3', 'j4');
    expect(await slow.left(space, 'bob')).toBe(0);
    expect(await slow.left(other, 'ada')).toBe(0);
  });

  test('members are told in plain words when Redis is away; a worker stops its step', async () => {
    const gone = engine.redis.duplicate({ lazyConnect: true, enableOfflineQueue: false, retryStrategy: () => null });
    gone.on('error', () => undefined);
    const away = createSlow(gone);
    await expect(away.left(space, 'ada')).rejects.toMatchObject({ said: { word: 'service.away' } });
    await expect(away.count(space, 'ada', 'j1')).rejects.toBeInstanceOf(RedisAway);
    gone.disconnect();
  });
});
