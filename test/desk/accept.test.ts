import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keep, spaceKeys } from '../../src/desk/keys.ts';
import type { UserError } from '../../src/domain/errors.ts';
import type { JobRequest } from '../../src/domain/job.ts';
import { redisKinds } from '../support/redis.ts';
import { type Ask, orderOf, refOf, startDesk, thisWeek } from './rig.ts';

const day = 86_400;

describe.each(redisKinds)('accept on %s', (kind) => {
  let rig: Awaited<ReturnType<typeof startDesk>>;
  beforeAll(async () => {
    rig = await startDesk(kind);
  });
  beforeEach(async () => {
    await rig.redis.flushall();
  });
  afterAll(() => rig.close());

  const refusalOf = async (ask: Ask): Promise<UserError> =>
    rig.desk.accept(orderOf(ask)).then(
      () => Promise.reject(new Error('it was accepted')),
      (error: UserError) => error,
    );
  const keyCount = () => rig.redis.dbsize();

  test('holds the price, writes the ledger, the record, the lists and the answer', async () => {
    const order = orderOf({ price: 8 });
    const request = order.jobs[0] as JobRequest;
    const keys = spaceKeys(order.space);
    const before = Date.now();
    const receipt = await rig.desk.accept(order);
    expect(receipt).toEqual({ jobs: [request.id], price: 8, left: 52, repeated: false });
    expect(await rig.redis.hgetall(keys.quota('ada', order.window.id))).toEqual({ held: '8' });
    const ledger = await rig.redis.xrange(keys.ledger, '-', '+');
    const { id: window, startsAt, endsAt } = order.window;
    const opened = { kind: 'window', window, starts: String(startsAt), ends: String(endsAt) };
    const line = { kind: 'hold', member: 'ada', window, credits: '8', job: request.id, draws: 'w 8' };
    expect(ledger.map(([, fields]) => fields)).toEqual([opened, line].map((one) => Object.entries(one).flat()));
    const job = await rig.desk.job(refOf(request));
    expect(job).toMatchObject({ request, version: 1, epoch: 0, generation: 1, deaths: 0, tries: 0 });
    expect(job?.acceptedAt).toBeGreaterThanOrEqual(before - 5);
    expect(job?.acceptedAt).toBeLessThan(Date.now() + 1000);
    expect(await rig.desk.position(refOf(request))).toBe(1);
    const due = Number(await rig.redis.zscore(keys.open, request.id));
    expect(due - (job?.acceptedAt ?? 0)).toBe(10_000);
    expect(await rig.lists.spaces()).toEqual([order.space]);
    expect(await rig.desk.jobsOf(order.space, 'ada', 10)).toEqual([job]);
  });

  test('the same call again gets its first receipt, and nothing is written twice', async () => {
    const order = orderOf({ count: 2, price: 4 });
    const first = await rig.desk.accept(order);
    await rig.desk.accept(orderOf());
    const keys = spaceKeys(order.space);
    const lines = await rig.redis.xlen(keys.ledger);
    expect(await rig.desk.accept(order)).toEqual({ ...first, repeated: true });
    expect(await rig.redis.xlen(keys.ledger)).toBe(lines);
    expect(await rig.redis.zcard(keys.waiting)).toBe(3);
    expect(await rig.redis.hget(keys.quota('ada', order.window.id), 'held')).toBe('12');
  });

  test('a repeated call is answered even when the balance is spent and its window has closed', async () => {
    const order = orderOf({ price: 60 });
    await rig.desk.accept(order);
    const closed = { ...order, window: { ...order.window, endsAt: Date.now() - 1 } };
    expect(await rig.desk.accept(closed)).toMatchObject({ repeated: true, left: 0 });
  });

  test('another payload under the same key is a conflict and changes nothing', async () => {
    await rig.desk.accept(orderOf({ key: 'one' }));
    const keys = await keyCount();
    const error = await refusalOf({ key: 'one', prompt: 'another boat' });
    expect(error).toMatchObject({ refusal: 'conflict', field: 'id', said: { word: 'call.conflict' } });
    expect(await keyCount()).toBe(keys);
  });

  test('a record that stands already is never overwritten', async () => {
    const order = orderOf({ key: 'one' });
    await rig.desk.accept(order);
    await rig.redis.del(spaceKeys(order.space).call('one'));
    expect(await refusalOf({ key: 'one' })).toMatchObject({ refusal: 'conflict' });
    expect(await rig.redis.xlen(spaceKeys(order.space).ledger)).toBe(2);
  });

  test('several films are one call: all of them or none', async () => {
    const order = orderOf({ count: 4, price: 15 });
    const receipt = await rig.desk.accept(order);
    expect(receipt).toMatchObject({ price: 60, left: 0 });
    expect(receipt.jobs).toHaveLength(4);
    for (const [index, request] of order.jobs.entries())
      expect(await rig.desk.position(refOf(request))).toBe(index + 1);

    const error = await refusalOf({ member: 'bob', count: 4, price: 16 });
    expect(error).toMatchObject({ refusal: 'balance', balance: 60 });
    expect(await rig.desk.jobsOf(order.space, 'bob', 10)).toEqual([]);
    expect(await rig.redis.xlen(spaceKeys(order.space).ledger)).toBe(5);
  });

  test('too short a balance says price, balance and when new credits come', async () => {
    await rig.desk.accept(orderOf({ price: 57 }));
    const error = await refusalOf({ price: 4 });
    expect(error.said).toEqual({
      word: 'balance.short',
      with: { price: 4, left: 3, renewsAt: thisWeek().endsAt, timeZone: 'UTC' },
    });
  });

  test('an allowance that was lowered below what is used leaves nothing, not less', async () => {
    await rig.desk.accept(orderOf({ price: 20 }));
    expect(await refusalOf({ allowance: 10 })).toMatchObject({ balance: 0, said: { with: { left: 0 } } });
    expect(await rig.desk.quota(orderOf().space, 'ada', { window: thisWeek(), allowance: 10 })).toMatchObject({
      held: 20,
      left: 0,
    });
  });

  test('fifty at once by one member take exactly what the allowance covers', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => rig.desk.accept(orderOf({ price: 7, allowance: 60 }))),
    );
    const refused = outcomes.filter((one) => one.status === 'rejected');
    expect(outcomes.length - refused.length).toBe(8);
    for (const one of refused) expect(one.reason).toMatchObject({ refusal: 'balance', balance: 4 });
    const { space } = orderOf();
    expect(await rig.desk.quota(space, 'ada', { window: thisWeek(), allowance: 60 })).toMatchObject({
      held: 56,
      spent: 0,
      left: 4,
    });
  });

  test('the same call fifty times at once is accepted once', async () => {
    const receipts = await Promise.all(Array.from({ length: 50 }, () => rig.desk.accept(orderOf({ key: 'one' }))));
    expect(receipts.filter((receipt) => !receipt.repeated)).toHaveLength(1);
    expect(new Set(receipts.map((receipt) => receipt.left))).toEqual(new Set([56]));
  });

  test('members and windows have balances of their own; a window that has ended gives way to the next, once', async () => {
    const now = Date.now();
    const first = { id: 'week:2026-01-05', startsAt: now - 60_000, endsAt: now + 60_000 };
    await rig.desk.accept(orderOf({ price: 60, window: first }));
    await rig.desk.accept(orderOf({ member: 'bob', price: 60, window: first }));
    const { window: key, ledger } = spaceKeys(orderOf().space);
    expect((await refusalOf({ price: 1 })).said.word).toBe('service.clock');
    const over = Date.now() - 1;
    await rig.redis.hset(key, 'ends', over);
    await rig.desk.accept(orderOf({ price: 60 }));
    expect((await refusalOf({ price: 1, member: 'bob', window: first })).said.word).toBe('service.clock');
    await rig.desk.accept(orderOf({ price: 59, member: 'bob' }));
    const lines = (await rig.redis.xrange(ledger, '-', '+')).map(([, fields]) => fields);
    expect(lines.filter((fields) => fields[1] === 'window')).toHaveLength(2);
    await rig.desk.accept(orderOf({ space: 'elsewhere', price: 60 }));
    expect(await refusalOf({ price: 1 })).toMatchObject({ refusal: 'balance' });
  });

  test.each(['closed', 'not yet open'])('a window that is %s takes nothing', async (which) => {
    const now = Date.now();
    const window =
      which === 'closed'
        ? { id: 'week:2020-01-06', startsAt: now - 2000, endsAt: now - 1000 }
        : { id: 'week:2120-01-01', startsAt: now + 60_000, endsAt: now + 120_000 };
    const error = await refusalOf({ window });
    expect(error).toMatchObject({ refusal: 'unavailable', retryAfter: 5, said: { word: 'service.clock' } });
    expect(await rig.redis.keys('dailies:*')).toEqual([]);
  });

  test('everything that may be forgotten says when', async () => {
    const order = orderOf({ key: 'one' });
    await rig.desk.accept(order);
    const keys = spaceKeys(order.space);
    const ttl = async (key: string, seconds: number) => {
      const left = await rig.redis.ttl(key);
      expect(left, key).toBeGreaterThan(seconds - 10);
      expect(left, key).toBeLessThanOrEqual(seconds + 1);
    };
    await ttl(keys.call('one'), 7 * day);
    await ttl(keys.lines('ada'), 30 * day);
    await ttl(keys.mine('ada'), 30 * day);
    const windowLeft = Math.ceil((order.window.endsAt - Date.now()) / 1000);
    await ttl(keys.quota('ada', order.window.id), windowLeft + keep.quota);
    const forever = [keys.ledger, keys.waiting, keys.open, keys.seq, keys.job(order.jobs[0]?.id ?? '')];
    for (const key of forever) expect(await rig.redis.ttl(key), key).toBe(-1);
  });

  test('all keys of a space lie in one slot, and words come back as they went in', async () => {
    const prompt = 'a "boat" {in} [] \\ \n the rain 🌧 ﷽';
    const order = orderOf({ prompt, space: 'ünïcode space:with}braces{' });
    await rig.desk.accept(order);
    const keys = await rig.redis.keys('dailies:*');
    expect(new Set(keys.map((key) => /\{([^}]*)\}/.exec(key)?.[1]))).toEqual(new Set([order.space]));
    expect((await rig.desk.job(refOf(order.jobs[0] as JobRequest)))?.request.recipe.prompt).toBe(prompt);
  });

  test("a member's films are listed newest first, as many as asked for; a month later they are forgotten", async () => {
    const refs = [];
    for (let i = 0; i < 3; i++) {
      const ref = await rig.accepted({ price: 1 });
      refs.push(ref);
      const keys = spaceKeys(ref.space);
      await rig.redis.zadd(keys.mine('ada'), 'XX', Date.now() - (3 - i) * 1000, ref.id);
    }
    const [oldest, middle, newest] = refs as [(typeof refs)[0], (typeof refs)[0], (typeof refs)[0]];
    const listed = async (limit: number) =>
      (await rig.desk.jobsOf(newest.space, 'ada', limit)).map((job) => job.request.id);
    expect(await listed(2)).toEqual([newest.id, middle.id]);
    const keys = spaceKeys(oldest.space);
    await rig.redis.zadd(keys.mine('ada'), 'XX', Date.now() - 31 * day * 1000, oldest.id);
    await rig.accepted({ price: 1 });
    expect(await rig.redis.zscore(keys.mine('ada'), oldest.id)).toBeNull();
  });

  test('the newest fifty lines of the books are shown, newest first', async () => {
    for (let i = 0; i < 30; i++) {
      const ref = await rig.accepted({ price: 1 });
      await rig.desk.cancel(ref, 'ada');
    }
    const { entries, left } = await rig.desk.quota(orderOf().space, 'ada', { window: thisWeek(), allowance: 60 });
    expect(entries).toHaveLength(50);
    expect(left).toBe(60);
    expect(entries[0]).toMatchObject({ kind: 'release', credits: 1, member: 'ada', window: thisWeek().id });
    expect(entries[1]).toMatchObject({ kind: 'hold', job: entries[0]?.job });
    expect([...entries].sort((a, b) => b.at - a.at)).toEqual(entries);
  });
});
