import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import type { Poster } from '../../src/ports.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { backoff } from '../../src/worker/turn.ts';
import { busy, createFakeChat, refused } from '../support/chat.ts';
import { callOf, type HouseOptions, jobOf, startHouse } from '../support/house.ts';
import { createTestLog } from '../support/log.ts';
import { startLossy } from '../support/lossy.ts';
import { type RedisKind, redisKinds, startRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

const kind = redisKinds[0] as RedisKind;
const { origin } = callOf('quota');
let closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

async function setUp(more: Partial<HouseOptions> = {}) {
  const redis = await startRedis(kind);
  const sandbox = await startSandbox({ cards: sandboxCards, key: 'k', render: 'instant' });
  const chat = createFakeChat();
  const log = createTestLog();
  const dir = await mkdtemp(join(tmpdir(), 'dailies-trouble-'));
  closers.push(redis.close, sandbox.close, () => rm(dir, { recursive: true, force: true }));
  const options = { redis, chat, log, dir, gateway: { url: sandbox.url, key: 'k' }, models: sandboxCards, ...more };
  const house = await startHouse(options);
  closers.push(house.close);
  return { redis, sandbox, chat, log, house };
}

function promised() {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A gateway that takes every task and answers every poll with `status`. */
async function startMute(status: number, headers: Record<string, string> = {}): Promise<string> {
  const server = createServer((request, reply) => {
    request.resume();
    request.on('end', () => {
      if (request.method === 'POST') {
        reply.writeHead(202, { 'content-type': 'application/json' });
        reply.end(JSON.stringify({ id: 'video_1', object: 'video', status: 'queued' }));
      } else reply.writeHead(status, headers).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

describe('a gateway that stops answering well', () => {
  test.each([[500], [401], [404]])('ends no hold before its time, and every hold at its time (%i)', async (status) => {
    const url = await startMute(status);
    const models = sandboxCards.map((card) => ({ ...card, reconcileFor: 4 }));
    const { house, chat } = await setUp({ gateway: { url, key: 'k' }, models });
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a boat' })));
    await until('polled in vain', async () => (await house.job(origin, id)).tries > 1);
    expect((await house.job(origin, id)).settled).toBeUndefined();
    await until('released', async () => (await house.job(origin, id)).settled === 'released');
    expect((await house.job(origin, id)).failure?.reason).toBe('overdue');
    await until('told', () => chat.cards(id)[0]?.card?.state === 'failed');
  });

  test('cannot park a job for years by what it asks for', async () => {
    expect(backoff(1, 900_000_000_000)).toBeLessThanOrEqual(600_000);
    const url = await startMute(429, { 'retry-after': '900000000' });
    const { house } = await setUp({ gateway: { url, key: 'k' } });
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a boat' })));
    await until('refused once', async () => (await house.job(origin, id)).tries > 0);
    const due = Number(await house.redis.zscore(spaceKeys(spaceKey(origin)).open, id));
    expect(due - Date.now()).toBeLessThan(700_000);
  });
});

test('a poster with a bug loses no film: it is kept, nothing is paid, and it can be posted later', async () => {
  const fake = createFakeChat();
  let broken = true;
  const poster: Poster = {
    ...fake.poster,
    film: async (where, film, signal) => {
      if (broken) throw new TypeError('a bug');
      return fake.poster.film(where, film, signal);
    },
  };
  const { house } = await setUp({ chat: { ...fake, poster } });
  const id = jobOf(await house.handle(callOf('video', { prompt: 'a boat' })));
  await until('kept', async () => (await house.job(origin, id)).refused, 60_000);
  expect((await house.job(origin, id)).settled).toBeUndefined();
  broken = false;
  await house.handle(callOf('film redeliver', { job: id }));
  await until('captured', async () => (await house.job(origin, id)).settled === 'captured');
  expect(fake.films(id)).toHaveLength(1);
}, 90_000);

test('a Redis that was away during a post makes nothing run twice: the post goes on, and is the only one', async () => {
  const fake = createFakeChat();
  const began: string[] = [];
  const { promise: mayEnd, resolve: end } = promised();
  const poster: Poster = {
    ...fake.poster,
    film: async (where, film, signal) => {
      began.push(film.key);
      await mayEnd;
      return fake.poster.film(where, film, signal);
    },
  };
  const { house, redis } = await setUp({ chat: { ...fake, poster } });
  const id = jobOf(await house.handle(callOf('video', { prompt: 'a boat' })));
  await until('posting', () => began.length === 1);
  await redis.kill();
  await wait(10_500);
  await redis.restart();
  // The lock is lost: BullMQ hands the same entry out again, to the process that is still at it.
  await until(
    'handed out again',
    () => house.steps.some(({ step, result }) => step === 'deliver' && result === 'again'),
    40_000,
  );
  end();
  const job = await until(
    'captured',
    async () => {
      const now = await house.job(origin, id);
      return now.settled === 'captured' && now;
    },
    40_000,
  );
  expect(began).toHaveLength(1);
  expect(fake.films(id)).toHaveLength(1);
  expect(job).toMatchObject({ epoch: 3 });
}, 120_000);

test('a card that cannot be edited is tried again in its own time, and its job neither dies nor loops', async () => {
  const fake = createFakeChat();
  const { house } = await setUp({ chat: fake });
  const id = jobOf(await house.handle(callOf('video', { prompt: 'a boat' })));
  await until('captured', async () => (await house.job(origin, id)).settled === 'captured');
  const before = await until('at rest', async () => {
    const now = await house.job(origin, id);
    return now.card?.version === now.version && now;
  });
  fake.fail('film', 1, refused);
  fake.fail('card', 3, busy);
  await house.handle(callOf('film redeliver', { job: id }));
  const job = await until(
    'at rest again',
    async () => {
      const now = await house.job(origin, id);
      return now.refused?.generation === 2 && now.card?.version === now.version && now;
    },
    40_000,
  );
  expect(job.version - before.version).toBeLessThanOrEqual(3);
  expect(job).toMatchObject({ deaths: 0, settled: 'captured' });
  expect(job.parked).toBeUndefined();
  expect(await house.redis.zscore(spaceKeys(spaceKey(origin)).open, id)).toBeNull();
}, 90_000);

test('a film that is kept while its chat is out is announced when the chat is back', async () => {
  const fake = createFakeChat();
  const { house } = await setUp({ chat: fake });
  fake.fail('film', 1, refused);
  const id = jobOf(await house.handle(callOf('video', { prompt: 'a boat' })));
  await until('the first card', () => fake.cards(id).length === 1);
  await until('kept', async () => (await house.job(origin, id)).refused);
  fake.fail('card', 2, busy);
  await until('announced', () => fake.cards(id)[0]?.card?.line.includes('kept'), 40_000);
  expect((await house.job(origin, id)).settled).toBeUndefined();
}, 90_000);

test('a worker stops in time also when Redis is away and a step is under way', async () => {
  const fake = createFakeChat();
  const release = fake.hold('film');
  const { house, redis } = await setUp({ chat: fake });
  await house.handle(callOf('video', { prompt: 'a boat' }));
  await fake.until(() => fake.asked.some(({ verb }) => verb === 'film'));
  await redis.kill();
  const began = performance.now();
  const closing = house.close();
  await wait(500);
  release();
  await closing;
  expect(performance.now() - began).toBeLessThan(14_500);
}, 60_000);

test('a wide window holds nothing up', async () => {
  const { house } = await setUp({ inFlight: 1_000_000 });
  const id = jobOf(await house.handle(callOf('video', { prompt: 'a boat' })));
  await until('captured', async () => (await house.job(origin, id)).settled === 'captured');
});

test('the task of a paid submit is written down however long Redis is away', async () => {
  const sandbox = await startSandbox({ cards: sandboxCards, key: 'k', render: 'instant' });
  const lossy = await startLossy(sandbox.url, (method) => (method === 'POST' ? 1_500 : 'pass'));
  closers.push(sandbox.close, lossy.close);
  const models = sandboxCards.map((card) => ({ ...card, repeatWithin: 0 }));
  const { house, redis } = await setUp({ gateway: { url: lossy.url, key: 'k' }, models });
  const id = jobOf(await house.handle(callOf('video', { prompt: 'a boat' })));
  await until('sent', () => sandbox.stats().billed === 1);
  await redis.kill();
  await wait(11_000);
  await redis.restart();
  await until('captured', async () => (await house.job(origin, id)).settled === 'captured', 60_000);
  expect(lossy.count('POST')).toBe(1);
}, 120_000);
