import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createVault } from '../../src/desk/vault.ts';
import { RedisAway } from '../../src/ports.ts';
import { goneClient, redisKinds, startRedis, type TestRedis } from '../support/redis.ts';

const key = 'a key of thirty-two letters, or more of them';
const secret = 'xoxb-1-secret of “many” letters 🌧';

describe.each(redisKinds)('secrets at rest, on %s', (kind) => {
  let engine: TestRedis;
  let redis: ReturnType<TestRedis['connect']>;
  beforeAll(async () => {
    engine = await startRedis(kind);
    redis = engine.connect();
  });
  beforeEach(() => redis.flushall());
  afterAll(() => engine.close());

  const only = async (): Promise<string> => {
    const [name = '', ...others] = await redis.keys('*');
    expect(others).toEqual([]);
    return name;
  };
  /** What an opening fails with; it names the setting, and never the secret. */
  const refusal = async (opened: Promise<unknown>): Promise<string> => {
    const error = await opened.then(
      (text) => new Error(`opened: ${text}`),
      (caught: unknown) => caught as Error,
    );
    expect(error.message).not.toContain('secret of');
    expect(error.cause).toBeUndefined();
    return error.message;
  };

  test('are opened as they were kept, by any process with the same key', async () => {
    const vault = createVault(redis, key);
    expect(await vault.open('slack:team:T1')).toBeUndefined();
    await vault.keep('slack:team:T1', secret);
    await vault.keep('empty', '');
    expect(await vault.open('slack:team:T1')).toBe(secret);
    expect(await createVault(engine.connect(), key).open('empty')).toBe('');
    await vault.keep('slack:team:T1', 'another');
    expect(await vault.open('slack:team:T1')).toBe('another');
    await vault.drop('slack:team:T1');
    await vault.drop('slack:team:T1');
    expect(await vault.open('slack:team:T1')).toBeUndefined();
    expect(await vault.open('empty')).toBe('');
  });

  test('are not readable in Redis, nor are their names; the same is never sealed twice alike', async () => {
    const vault = createVault(redis, key);
    await vault.keep('slack:team:T1', secret);
    const name = await only();
    expect(name).toMatch(/^\{dailies\}:vault:[a-z2-7]{52}$/);
    const kept = (await redis.get(name)) ?? '';
    expect(kept).toMatch(/^v1\.[\w-]+$/);
    for (const text of [kept, Buffer.from(kept.slice(3), 'base64url').toString('utf8')]) {
      expect(text).not.toMatch(/xoxb|secret|team/);
    }
    await vault.keep('slack:team:T1', secret);
    expect(await redis.get(name)).not.toBe(kept);
    expect(await redis.ttl(name)).toBe(-1);
  });

  test('do not open with another key', async () => {
    await createVault(redis, key).keep('one', secret);
    expect(await refusal(createVault(redis, `${key}!`).open('one'))).toContain('Check TOKEN_KEY');
  });

  test('do not open under the name of another', async () => {
    const vault = createVault(redis, key);
    await vault.keep('one', secret);
    const one = await only();
    const kept = (await redis.get(one)) ?? '';
    await vault.keep('two', 'of no worth');
    const [two = ''] = (await redis.keys('*')).filter((name) => name !== one);
    await redis.set(two, kept);
    expect(await refusal(vault.open('two'))).toContain('Check TOKEN_KEY');
    expect(await vault.open('one')).toBe(secret);
  });

  test('do not open when a bit of them was changed, wherever it is, nor when something is missing', async () => {
    const vault = createVault(redis, key);
    await vault.keep('one', secret);
    const name = await only();
    const sealed = Buffer.from(((await redis.get(name)) ?? '').slice(3), 'base64url');
    const tampered = [0, 12, sealed.byteLength - 1].map((at) => {
      const other = Buffer.from(sealed);
      other[at] = (other[at] ?? 0) ^ 1;
      return `v1.${other.toString('base64url')}`;
    });
    const short = `v1.${sealed.subarray(0, 20).toString('base64url')}`;
    for (const value of [...tampered, short, 'v1.', '', `v2.${sealed.toString('base64url')}`, secret]) {
      await redis.set(name, value);
      expect(await refusal(vault.open('one'))).toContain('Check TOKEN_KEY');
    }
  });

  test('of a Redis that is away can be asked for again', async () => {
    const gone = await goneClient(redis);
    const vault = createVault(gone, key);
    for (const asked of [vault.keep('one', secret), vault.open('one'), vault.drop('one')]) {
      await expect(asked).rejects.toBeInstanceOf(RedisAway);
    }
  });
});
