import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { checkpoint, createArchive } from '../../src/desk/checkpoint.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createLedger } from '../../src/desk/ledger.ts';
import { createPots } from '../../src/desk/pots.ts';
import { repair } from '../../src/desk/repair.ts';
import type { JobRef, JobRequest } from '../../src/domain/job.ts';
import { deskOn, orderOf, refOf, thisWeek } from '../desk/rig.ts';
import { tempFolder } from '../support/folder.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const { space } = orderOf();
const keys = spaceKeys(space);
const day = 86_400_000;
const inCharge = { by: 'boss', why: 'as agreed' };

describe.each(redisKinds.slice(0, 1))('books that were tampered with, on %s', (kind) => {
  const engine = useRedis(kind);
  let rig: ReturnType<typeof deskOn>;
  let held: JobRef;
  let paid: JobRef;
  let pooled: JobRef;
  let pot = '';
  let lot = '';
  beforeEach(async () => {
    rig = deskOn(engine.redis);
    const [ledger, pots] = [createLedger(engine.redis), createPots(engine.redis)];
    await ledger.grant(space, 'g', { member: 'ada', credits: 9, expires: Date.now() + day, ...inCharge });
    await ledger.give(space, 'x', { from: 'ada', to: 'bob', credits: 2, day: 'd', most: 9, note: '' });
    [lot = ''] = await engine.redis.hkeys(keys.lots('ada'));
    const terms = { window: thisWeek(), allowance: 20 };
    const about = { title: 'ours', for: { kind: 'thread', channel: 'films' }, by: 'ada' } as const;
    pot = await pots.open(space, 'o', { ...about, deadline: Date.now() + day });
    await pots.pledge(space, 'p', { pot, member: 'bob', credits: 8, terms });
    await pots.fund(space, 'f', { pot, credits: 3, by: 'boss' });
    const accepted = async (ask: object) => {
      const order = orderOf({ allowance: 20, ...ask });
      await rig.desk.accept(order);
      return refOf(order.jobs[0] as JobRequest);
    };
    paid = await accepted({ price: 5 });
    await rig.rendered(paid);
    await rig.delivered(paid);
    held = await accepted({ price: 6 });
    pooled = await accepted({ price: 4, member: 'cyd', pot });
  });
  const problems = async () => (await audit(engine.redis, 0)).problems;
  const lineOf = async (kindOf: string, job: string) => {
    const lines = await engine.redis.xrange(keys.ledger, '-', '+');
    const [id = ''] = lines.find(([, flat]) => flat.includes(kindOf) && (job === '' || flat.includes(job))) ?? [];
    return id;
  };

  test('are in order before', async () => {
    expect(await problems()).toEqual([]);
  });

  /** What is done to them, what is found, and whether it can be put right by itself. */
  const planted: [string, () => Promise<unknown>, RegExp, boolean][] = [
    [
      'a balance that holds too much',
      () => engine.redis.hincrby(keys.quota('ada', thisWeek().id), 'held', 3),
      /held: it is 7/,
      true,
    ],
    [
      'a balance that forgot what was spent of lots',
      () => engine.redis.hset(keys.quota('ada', thisWeek().id), 'lot_spent', 0),
      /lot_spent/,
      true,
    ],
    [
      'a lot that grew',
      () => engine.redis.hset(keys.lots('ada'), lot, `50|2|${Date.now() + day}`),
      /lots:ada .*: it is 50/,
      true,
    ],
    [
      'a gift from nowhere',
      () => engine.redis.hset(keys.lots('eve'), 'gxxxxxxxx', '5|0|0'),
      /lots:eve .*not there/,
      true,
    ],
    [
      'a pot with too little',
      () => engine.redis.hset(keys.shares(pot), `bob/${thisWeek().id}`, '1|3|0'),
      /shares:/,
      true,
    ],
    [
      'an allowance in pots that is in none',
      () => engine.redis.hincrby(keys.quota('bob', thisWeek().id), 'pledged', 4),
      /pledged/,
      true,
    ],
    [
      'a sum of the space that lost money',
      () => engine.redis.hset(keys.used(thisWeek().id), 'spent', 0),
      /used:.* spent: it is 0/,
      true,
    ],
    [
      'a hold’s end that is in no ledger',
      async () => engine.redis.xdel(keys.ledger, await lineOf('capture', paid.id)),
      /the ledger nothing of an end/,
      true,
    ],
    [
      'a record that forgot that it was paid',
      () => engine.redis.hdel(keys.job(paid.id), 'settled'),
      /it has not ended, the ledger captured/,
      true,
    ],
    ['a hold whose record is gone', () => engine.redis.del(keys.job(held.id)), /holds credits and has no record/, true],
    ['a job nobody would look at', () => engine.redis.zrem(keys.open, pooled.id), /nobody would look/, true],
    [
      'a film that counts as unfinished',
      () => engine.redis.sadd(keys.under('ada'), paid.id),
      /counts as unfinished/,
      true,
    ],
    [
      'a hold twice over',
      () =>
        engine.redis.xadd(
          keys.ledger,
          '*',
          'kind',
          'hold',
          'member',
          'ada',
          'window',
          thisWeek().id,
          'credits',
          6,
          'job',
          held.id,
        ),
      /held twice/,
      true,
    ],
    [
      'a line of a kind that there is not',
      () => engine.redis.xadd(keys.ledger, '*', 'kind', 'wish', 'member', 'ada', 'credits', 6),
      /unknown kind/,
      true,
    ],
    [
      'a grant that is in no ledger',
      async () => engine.redis.xdel(keys.ledger, await lineOf('grant', '')),
      /lots:ada/,
      true,
    ],
    [
      'a record that cannot be read',
      () => engine.redis.hset(keys.job(held.id), 'progress', '{'),
      /cannot be read/,
      false,
    ],
  ];
  test.each(planted)(
    '%s: it is found by its key, and put right with a line that says so',
    async (_name, plant, told, mends) => {
      await plant();
      expect((await problems()).join('\n')).toMatch(told);
      const before = await engine.redis.xlen(keys.ledger);
      const { mended, problems: left } = await repair(engine.redis, 0);
      if (!mends) return expect(left.join('\n')).toMatch(told);
      expect(left).toEqual([]);
      expect(mended.join('\n')).toMatch(told);
      const lines = await engine.redis.xrange(keys.ledger, '-', '+');
      expect(lines.length).toBeGreaterThan(before);
      expect(lines.slice(before).every(([, flat]) => flat.some((text) => text.startsWith('audit: ')))).toBe(true);
      expect((await repair(engine.redis, 0)).mended).toEqual([]);
    },
  );

  test('what is being written while it is read is no difference', async () => {
    let going = true;
    const busy = (async () => {
      for (let n = 0; going && n < 400; n++) {
        const order = orderOf({ member: `m${n % 3}`, price: 1, allowance: 1_000_000, space: 'busy' });
        await rig.desk.accept(order);
        if (n % 2 === 0) await rig.desk.cancel(refOf(order.jobs[0] as JobRequest), 'ada');
      }
    })();
    const found = [];
    for (let n = 0; n < 3; n++) found.push(...(await audit(engine.redis, 20)).problems);
    going = false;
    await busy;
    expect(found).toEqual([]);
    expect(await problems()).toEqual([]);
  });
});

describe('a checkpoint', () => {
  const [kind = 'embedded'] = redisKinds;
  const engine = useRedis(kind);
  let rig: ReturnType<typeof deskOn>;
  let folder: Awaited<ReturnType<typeof tempFolder>>;
  beforeEach(async () => {
    rig = deskOn(engine.redis);
    folder = await tempFolder();
  });
  afterEach(() => folder.remove());

  test('carries the books over a window’s end; its lines go to the archive, and the audit goes on from it', async () => {
    const archive = createArchive(join(folder.path, 'ledger'));
    const ledger = createLedger(engine.redis);
    const now = Date.now();
    const first = { id: 'week:2026-01-05', startsAt: now - 60_000, endsAt: now + 60_000 };
    const accepted = async (ask: object) => {
      const order = orderOf({ price: 3, ...ask });
      await rig.desk.accept(order);
      return refOf(order.jobs[0] as JobRequest);
    };
    await ledger.grant(space, 'g', { member: 'ada', credits: 9, ...inCharge });
    const open = await accepted({ window: first });
    const paid = await accepted({ window: first });
    await rig.rendered(paid);
    await rig.delivered(paid);
    expect(await checkpoint(engine.redis, space, archive)).toBe(0);

    await engine.redis.hset(keys.window, 'ends', Date.now() - 1);
    await accepted({ member: 'bob' });
    const { lines } = await audit(engine.redis, 0);
    expect(await checkpoint(engine.redis, space, archive)).toBe(lines);
    expect(await checkpoint(engine.redis, space, archive)).toBe(0);
    expect(await engine.redis.xlen(keys.ledger)).toBe(1);
    const kept = (await readFile(join(folder.path, 'ledger', `${space}.jsonl`), 'utf8')).trim().split('\n');
    expect(kept).toHaveLength(lines);
    expect(JSON.parse(kept[0] ?? '')).toMatchObject({ kind: 'grant', member: 'ada', credits: '9' });

    // What was open goes on, and what is wrong is still found.
    await rig.records.settle(await rig.begin(open, 'deliver'), 'released');
    expect(await audit(engine.redis, 0)).toMatchObject({ lines: lines + 1, problems: [] });
    await engine.redis.hincrby(keys.quota('ada', first.id), 'spent', 1);
    expect((await audit(engine.redis, 0)).problems).toHaveLength(1);
  });
});

describe('what an audit must not do', () => {
  const [kind = 'embedded'] = redisKinds;
  const engine = useRedis(kind);
  let rig: ReturnType<typeof deskOn>;
  beforeEach(() => {
    rig = deskOn(engine.redis);
  });

  test('a window that lost what it was is put right as a whole, and the space goes on', async () => {
    await rig.desk.accept(orderOf({ price: 1 }));
    await engine.redis.del(keys.window);
    expect((await repair(engine.redis, 0)).problems).toEqual([]);
    await rig.desk.accept(orderOf({ price: 1 }));
    await engine.redis.hset(keys.window, 'ends', 5);
    expect((await repair(engine.redis, 0)).mended).toHaveLength(1);
    await rig.desk.accept(orderOf({ price: 1 }));
  });

  test('nothing is put right by what was seen before something else was written', async () => {
    await rig.desk.accept(orderOf({ price: 4 }));
    const quota = keys.quota('ada', thisWeek().id);
    await engine.redis.hset(quota, 'held', 9);
    // Between the look and the mending somebody accepts.
    const busy = new Proxy(engine.redis, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]): Promise<unknown> => {
          const mends = (name === 'evalsha' || name === 'eval') && args.includes('field');
          if (mends) await rig.desk.accept(orderOf({ price: 1, member: 'bob' }));
          return Reflect.apply(value, target, args);
        };
      },
    });
    expect((await repair(busy, 0)).mended).toEqual([]);
    expect(await engine.redis.hget(quota, 'held')).toBe('9');
    expect((await repair(engine.redis, 0)).problems).toEqual([]);
    expect(await engine.redis.hget(quota, 'held')).toBe('4');
  });

  test('a line that cannot be right is taken back once, however often that is said, and is in no checkpoint before', async () => {
    const terms = { window: { id: 'week:2026-01-05', startsAt: Date.now() - 60_000, endsAt: Date.now() + 60_000 } };
    const order = orderOf({ price: 4, ...terms });
    const job = refOf(order.jobs[0] as JobRequest).id;
    await rig.desk.accept(order);
    await engine.redis.hset(keys.window, 'ends', Date.now() - 1);
    await rig.desk.accept(orderOf({ price: 1, member: 'bob' }));
    const fields = { job, member: 'ada', window: terms.window.id, credits: '4' };
    const twice = await engine.redis.xadd(keys.ledger, '*', ...Object.entries({ kind: 'hold', ...fields }).flat());
    const folder = await tempFolder();
    try {
      const archive = createArchive(folder.path);
      expect(await checkpoint(engine.redis, space, archive)).toBe(0);
      for (let time = 0; time < 2; time++) {
        const line = { kind: 'void', of: 'hold', line: String(twice), ...fields };
        await engine.redis.xadd(keys.ledger, '*', ...Object.entries(line).flat());
      }
      expect((await audit(engine.redis, 0)).problems).toEqual([]);
      expect(await checkpoint(engine.redis, space, archive)).toBeGreaterThan(0);
    } finally {
      await folder.remove();
    }
  });

  test('an old window that comes after a later one is voided, and changes nothing', async () => {
    await rig.desk.accept(orderOf({ price: 1 }));
    const stands = await engine.redis.hgetall(keys.window);
    const fields = { kind: 'window', window: 'week:2020-01-06', starts: '1578268800000', ends: '1578873600000' };
    await engine.redis.xadd(keys.ledger, '*', ...Object.entries(fields).flat());
    expect((await repair(engine.redis, 0)).problems).toEqual([]);
    expect(await engine.redis.hgetall(keys.window)).toEqual(stands);
  });

  test('what a closed pot kept of a film without a record goes back to whoever put it in', async () => {
    const [ledger, pots] = [createLedger(engine.redis), createPots(engine.redis)];
    await ledger.grant(space, 'g', { member: 'ada', credits: 9, ...inCharge });
    const about = { title: 'ours', for: { kind: 'thread', channel: 'films' }, by: 'ada' } as const;
    const pot = await pots.open(space, 'o', { ...about, deadline: Date.now() + day });
    await pots.pledge(space, 'p', { pot, member: 'ada', credits: 9, terms: { window: thisWeek(), allowance: 0 } });
    const order = orderOf({ price: 6, pot, member: 'bob' });
    await rig.desk.accept(order);
    await pots.close(space, pot);
    await engine.redis.del(keys.job((order.jobs[0] as JobRequest).id));
    await engine.redis.del(keys.open, keys.under('bob'));
    expect((await repair(engine.redis, 0)).problems).toEqual([]);
    expect(await engine.redis.hgetall(keys.shares(pot))).toEqual({});
    const own = await rig.desk.quota(space, 'ada', { window: thisWeek(), allowance: 0 });
    expect(own).toMatchObject({ left: 9, lots: [{ left: 9, held: 0 }] });
  });

  test('a film that is held once more after the checkpoint is not paid twice', async () => {
    const folder = await tempFolder();
    try {
      const now = Date.now();
      const first = { id: 'week:2026-01-05', startsAt: now - 60_000, endsAt: now + 60_000 };
      const order = orderOf({ price: 5, window: first });
      const ref = refOf(order.jobs[0] as JobRequest);
      await rig.desk.accept(order);
      await rig.rendered(ref);
      await rig.delivered(ref);
      await engine.redis.hset(keys.window, 'ends', Date.now() - 1);
      await rig.desk.accept(orderOf({ price: 1, member: 'bob' }));
      expect(await checkpoint(engine.redis, space, createArchive(folder.path))).toBeGreaterThan(0);
      const fields = { kind: 'hold', job: ref.id, member: 'ada', window: first.id, credits: '5' };
      // It was accepted long before.
      await engine.redis.hset(keys.job(ref.id), 'accepted_at', now - day);
      await engine.redis.xadd(keys.ledger, '*', ...Object.entries(fields).flat());
      const found = await repair(engine.redis, 0);
      expect(found.problems).toEqual([]);
      expect(found.mended).toEqual([expect.stringContaining('held once more after it had ended')]);
      expect(await engine.redis.hget(keys.quota('ada', first.id), 'spent')).toBe('5');
    } finally {
      await folder.remove();
    }
  });

  test('what is forgotten of an old window is nothing wrong; a balance that is put right is forgotten in its time', async () => {
    const old = { window: 'week:2026-01-05', starts: '1767571200000', ends: '1768176000000' };
    const hold = { member: 'ada', window: old.window, credits: '4', job: 'jaaaaaaaaaaaaaaaa-1' };
    for (const line of [
      { kind: 'window', ...old },
      { kind: 'hold', ...hold },
      { kind: 'capture', ...hold },
    ]) {
      await engine.redis.xadd(keys.ledger, '*', ...Object.entries(line).flat());
    }
    await engine.redis.hset(keys.window, { id: old.window, starts: old.starts, ends: old.ends });
    expect((await audit(engine.redis, 0)).problems).toEqual([]);
    await rig.desk.accept(orderOf({ price: 4 }));
    await engine.redis.del(keys.quota('ada', thisWeek().id));
    expect((await repair(engine.redis, 0)).problems).toEqual([]);
    expect(await engine.redis.ttl(keys.quota('ada', thisWeek().id))).toBeGreaterThan(0);
  });

  test('a checkpoint keeps the sums of windows in which pots alone paid', async () => {
    const folder = await tempFolder();
    try {
      const pots = createPots(engine.redis);
      const about = { title: 'ours', for: { kind: 'thread', channel: 'films' }, by: 'ada' } as const;
      const pot = await pots.open(space, 'o', { ...about, deadline: Date.now() + day });
      await pots.fund(space, 'f', { pot, credits: 9, by: 'boss' });
      const now = Date.now();
      const first = { id: 'week:2026-01-05', startsAt: now - 60_000, endsAt: now + 60_000 };
      const order = orderOf({ price: 5, pot, money: 7, window: first });
      await rig.desk.accept(order);
      await rig.desk.cancel(refOf(order.jobs[0] as JobRequest), 'ada');
      await engine.redis.hset(keys.window, 'ends', Date.now() - 1);
      await rig.desk.accept(orderOf({ price: 2, pot, money: 7 }));
      expect(await checkpoint(engine.redis, space, createArchive(folder.path))).toBeGreaterThan(0);
      expect((await audit(engine.redis, 0)).problems).toEqual([]);
    } finally {
      await folder.remove();
    }
  });
});
