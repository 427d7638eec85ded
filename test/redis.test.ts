import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createLog } from '../src/log.ts';
import { startEmbedded } from '../src/redis/embedded.ts';
import { useGiven } from '../src/redis/given.ts';
import { socketPath } from '../src/redis/place.ts';
import { openRedis } from '../src/redis.ts';
import { quickKind, redisKinds, startRedis } from './support/redis.ts';

const log = createLog('silent');
const cleanups: (() => unknown)[] = [];
const later = (act: () => unknown) => cleanups.push(act);
afterEach(async () => {
  for (const act of cleanups.splice(0).reverse()) await act();
});

async function folder(prefix = 'dailies-test-'): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), prefix));
  later(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

describe.each(redisKinds)('on %s', (kind) => {
  async function given() {
    const engine = await startRedis(kind);
    later(engine.close);
    const redis = await openRedis({ url: engine.url, dataDir: await folder(), log });
    later(redis.close);
    return { engine, redis };
  }

  test('a client fails within 2 s while Redis is away, and works again by itself when it is back', async () => {
    const { engine, redis } = await given();
    const client = redis.connect('desk');
    await client.set('film', 'paper boat');
    await engine.kill();
    const since = Date.now();
    await expect(client.get('film')).rejects.toThrow();
    expect(Date.now() - since).toBeLessThan(2500);
    await expect(client.set('film', 'said to have failed')).rejects.toThrow();
    await engine.restart();
    await vi.waitFor(async () => expect(await client.get('film')).toBe('paper boat'), 5000);
  });

  test('a blocking client waits for Redis to be back', async () => {
    const { engine, redis } = await given();
    const client = redis.connect('worker', { blocking: true });
    await client.rpush('films', 'one');
    await engine.kill();
    const answer = client.llen('films');
    await engine.restart();
    expect(await answer).toBe(1);
  });

  test('BullMQ runs a job with these clients, and one delayed', async () => {
    const { redis } = await given();
    const connection = redis.connect('queue');
    const queue = new Queue('films', { connection, prefix: '{dailies}' });
    later(() => queue.close());
    const done: string[] = [];
    const worker = new Worker('films', async (job) => done.push(job.name), {
      connection: redis.connect('worker', { blocking: true }),
      prefix: '{dailies}',
    });
    later(() => worker.close());
    const events = new QueueEvents('films', {
      connection: redis.connect('events', { blocking: true }),
      prefix: '{dailies}',
    });
    later(() => events.close());
    await queue.add('now', {});
    await queue.add('soon', {}, { delay: 50 });
    await vi.waitFor(() => expect(done).toEqual(['now', 'soon']), 10_000);
  });
});

test('a server that hangs is away too, within 2 s', async () => {
  const engine = await startRedis(quickKind);
  later(engine.close);
  const redis = await openRedis({ url: engine.url, dataDir: await folder(), log });
  later(redis.close);
  const client = redis.connect('desk') as Redis;
  await client.ping();
  const since = Date.now();
  await expect(client.blpop('never', 60)).rejects.toThrow('timed out');
  expect(Date.now() - since).toBeLessThan(3000);
});

test('an address where no Redis is, is an error that shows no password', async () => {
  const engine = await startRedis('embedded');
  await engine.close();
  const opening = useGiven(engine.url, log, 300);
  const error = await opening.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  expect(error?.message).toContain('127.0.0.1');
  expect(error?.message).not.toContain(new URL(engine.url).password);
});

test('the embedded engine listens on loopback alone and asks for its password', async () => {
  const engine = await startEmbedded();
  later(engine.close);
  const stranger = new Redis({ host: '127.0.0.1', port: engine.port, protocol: 2, enableReadyCheck: false });
  stranger.on('error', (error) => stranger.emit('refused', error));
  later(() => stranger.disconnect());
  await expect(stranger.get('film')).rejects.toThrow('NOAUTH');
  // A server bound to every address would answer at this one of the machine's own, too.
  const elsewhere = new Redis({ host: '127.0.0.2', port: engine.port, lazyConnect: true, retryStrategy: () => null });
  const refused = once(elsewhere, 'error');
  await expect(elsewhere.connect()).rejects.toThrow();
  expect(String(await refused)).toMatch(/ECONNREFUSED|EADDRNOTAVAIL|ETIMEDOUT/);
});

test('the socket of a deep data folder lies in a short folder of this user alone', async () => {
  const dir = join(await folder(), 'd'.repeat(100));
  const path = await socketPath(dir);
  later(() => rm(join(path, '..'), { recursive: true }));
  expect(path.length).toBeLessThan(100);
  expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
  expect(await socketPath(dir)).toBe(path);
});
