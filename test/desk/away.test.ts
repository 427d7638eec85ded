import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { UserError } from '../../src/domain/errors.ts';
import { createLog } from '../../src/log.ts';
import { RedisAway } from '../../src/ports.ts';
import { openRedis } from '../../src/redis.ts';
import { type RedisKind, redisKinds, startRedis } from '../support/redis.ts';
import { deskOn, orderOf, thisWeek } from './rig.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const act of cleanups.splice(0).reverse()) await act();
});

/** The desk over the product's own client, which gives up within 2 s. */
async function given(kind: RedisKind) {
  const engine = await startRedis(kind);
  cleanups.push(engine.close);
  const dataDir = await mkdtemp(join(tmpdir(), 'dailies-desk-'));
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
  const house = await openRedis({ url: engine.url, dataDir, log: createLog('silent') });
  cleanups.push(house.close);
  return { engine, ...deskOn(house.connect('desk') as Redis) };
}

async function within(ms: number, work: Promise<unknown>): Promise<unknown> {
  const since = performance.now();
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  expect(performance.now() - since).toBeLessThan(ms);
  return outcome;
}

describe.each(redisKinds)('Redis away, on %s', (kind) => {
  test('every verb of the desk says so within 3 s, and works again when it is back', async () => {
    const { engine, desk, accepted } = await given(kind);
    const ref = await accepted({ key: 'before' });
    const order = orderOf({ key: 'while away' });
    const verbs = {
      accept: () => desk.accept(order),
      job: () => desk.job(ref),
      jobsOf: () => desk.jobsOf(ref.space, 'ada', 10),
      position: () => desk.position(ref),
      quota: () => desk.quota(ref.space, 'ada', { window: thisWeek(), allowance: 60 }),
      cancel: () => desk.cancel(ref, 'ada'),
      redeliver: () => desk.redeliver(ref),
    };
    await engine.kill();
    for (const [name, verb] of Object.entries(verbs)) {
      const error = await within(3_000, verb());
      expect(error, name).toBeInstanceOf(UserError);
      expect(error, name).toMatchObject({ refusal: 'unavailable', retryAfter: 30 });
    }
    await engine.restart();
    await vi.waitFor(async () => expect(await desk.position(ref)).toBe(1), 5_000);
    expect(await desk.accept(order)).toMatchObject({ repeated: false, left: 52 });
    expect(await desk.accept(orderOf({ key: 'before' }))).toMatchObject({ repeated: true });
    expect(await desk.cancel(ref, 'ada')).toBe('released');
  });

  test('every verb of the records and lists throws RedisAway, and works again', async () => {
    const { engine, records, lists, accepted, begin } = await given(kind);
    const ref = await accepted();
    const job = await begin(ref, 'submit');
    const later = { due: Date.now(), visible: false, ended: false };
    const verbs = {
      read: () => records.read(ref),
      begin: () => records.begin(ref, 'submit'),
      save: () => records.save(job, { ...job, percent: 1 }, later),
      settle: () => records.settle(job, 'captured'),
      shown: () => records.shown(job, { ref: 'card', version: 1 }),
      handBack: () => records.handBack(job),
      submitted: () => records.submitted(job, { taskId: 'video_1', gateway: 'north', at: 1, due: 1 }),
      woken: () => records.woken(ref, { id: 'msg_1', taskId: undefined, gateway: 'north' }),
      isWoken: () => records.isWoken(ref),
      spaces: () => lists.spaces(),
      enlist: () => lists.enlist(ref.space),
      admit: () => lists.admit(5),
      freed: () => lists.freed(ref, 'ended'),
      leads: () => lists.leads(),
      resign: () => lists.resign(),
      overdue: () => lists.overdue(ref.space, 5, 1000),
    };
    await engine.kill();
    for (const [name, verb] of Object.entries(verbs)) {
      expect(await within(3_000, verb()), name).toBeInstanceOf(RedisAway);
    }
    await engine.restart();
    await vi.waitFor(async () => expect(await records.read(ref)).toEqual(job), 5_000);
    expect(await records.settle(job, 'released')).toMatchObject({ settled: 'released' });
  });

  test('an accept whose answer was lost says that it is unsure; the same call then tells what became of it', async () => {
    const { redis, desk } = await given(kind);
    const order = orderOf();
    const losing = new Proxy(redis, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        if (name !== 'evalsha' && name !== 'eval') return member.bind(target);
        return async (...args: unknown[]) => {
          await member.apply(target, args);
          throw new Error('Command timed out');
        };
      },
    });
    await desk.accept(orderOf({ price: 1 }));
    const lost = deskOn(losing).desk.accept(order);
    await expect(lost).rejects.toMatchObject({ refusal: 'unavailable', said: { word: 'service.unsure' } });
    expect(await desk.accept(order)).toMatchObject({ repeated: true, left: 55 });
  });
});

describe.runIf(redisKinds.includes('server'))('a redis-server in need', () => {
  const memory = async (redis: Redis) => Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);

  test('one that hangs is away after 2 s, with nothing taken', async () => {
    const { redis, desk, engine } = await given('server');
    await desk.accept(orderOf());
    const other = engine.connect();
    await other.call('CLIENT', 'PAUSE', '4000', 'ALL');
    const error = await within(3_000, desk.accept(orderOf({ member: 'bob' })));
    expect(error).toMatchObject({ refusal: 'unavailable', said: { word: 'service.away' } });
    await vi.waitFor(() => redis.ping(), { timeout: 15_000 });
    expect(await desk.jobsOf(orderOf().space, 'bob', 10)).toEqual([]);
  });

  test('above four fifths of its memory nothing new is taken, and what is under way goes on', async () => {
    const { redis, records, accepted, rendered, delivered, desk } = await given('single');
    const ref = await accepted();
    await rendered(ref);
    const known = orderOf({ member: 'lin' });
    await desk.accept(known);
    await desk.cancel({ space: known.space, id: known.jobs[0]?.id ?? '' }, 'lin');
    const keys = spaceKeys(ref.space);
    await redis.config('SET', 'maxmemory', Math.round((await memory(redis)) / 0.9));
    const fresh = deskOn(redis).desk;
    await expect(fresh.accept(orderOf())).rejects.toMatchObject({
      refusal: 'unavailable',
      retryAfter: 60,
      said: { word: 'service.full' },
    });
    expect(await fresh.accept(known)).toMatchObject({ repeated: true });
    expect(await redis.zcard(keys.waiting)).toBe(0);
    expect(await delivered(ref)).toMatchObject({ settled: 'captured' });
    expect(await records.read(ref)).toBeDefined();

    await redis.config('SET', 'maxmemory', (await memory(redis)) * 2);
    expect(await deskOn(redis).desk.accept(orderOf())).toMatchObject({ repeated: false });
    expect(await desk.quota(ref.space, 'ada', { window: thisWeek(), allowance: 60 })).toMatchObject({
      held: 4,
      spent: 4,
    });
  });

  test('one that is full to the brim takes nothing, in plain words', async () => {
    const { redis, desk } = await given('single');
    await desk.accept(orderOf());
    const { space } = orderOf();
    await redis.config('SET', 'maxmemory', 1);
    const error = await desk.accept(orderOf({ member: 'bob' })).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ refusal: 'unavailable', said: { word: 'service.away' } });
    await redis.config('SET', 'maxmemory', 0);
    expect(await desk.quota(space, 'bob', { window: thisWeek(), allowance: 60 })).toMatchObject({ held: 0, left: 60 });
    expect(await redis.xlen(spaceKeys(space).ledger)).toBe(2);
  });
});
