import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { dailies, spaceKeys } from '../../src/desk/keys.ts';
import type { JobRef } from '../../src/domain/job.ts';
import { redisKinds } from '../support/redis.ts';
import { startDesk, thisWeek } from './rig.ts';

describe.each(redisKinds.slice(0, 1))('audit on %s', (kind) => {
  let rig: Awaited<ReturnType<typeof startDesk>>;
  let paid: JobRef;
  let held: JobRef;
  let back: JobRef;
  beforeAll(async () => {
    rig = await startDesk(kind);
  });
  beforeEach(async () => {
    await rig.redis.flushall();
    paid = await rig.accepted({ price: 8 });
    await rig.rendered(paid);
    await rig.delivered(paid);
    back = await rig.accepted({ price: 3 });
    await rig.desk.cancel(back, 'ada');
    held = await rig.accepted({ price: 5 });
    await rig.accepted({ member: 'bob', price: 2 });
    await rig.accepted({ space: 'elsewhere', price: 2 });
  });
  afterAll(() => rig.close());

  const keys = () => spaceKeys(paid.space);
  const balance = (member = 'ada') => keys().quota(member, thisWeek().id);
  const line = async (kind: string, job: JobRef) => {
    const lines = await rig.redis.xrange(keys().ledger, '-', '+');
    const [id] = lines.find(([, flat]) => flat.includes(kind) && flat.includes(job.id)) ?? [''];
    return id;
  };
  const add = (kind: string, job: JobRef, credits: number) => {
    const fields = { kind, member: 'ada', window: thisWeek().id, credits, job: job.id };
    return rig.redis.xadd(keys().ledger, '*', ...Object.entries(fields).flat());
  };
  const problems = async () => (await audit(rig.redis, 0)).problems;

  test('finds nothing on books in order, and counts what it read', async () => {
    expect(await audit(rig.redis)).toEqual({ spaces: 2, lines: 9, jobs: 5, differences: [], problems: [] });
  });

  test('reads ledgers of more than a page', async () => {
    for (let i = 0; i < 510; i++) await rig.desk.cancel(await rig.accepted({ price: 1 }), 'ada');
    expect(await audit(rig.redis)).toMatchObject({ lines: 1029, problems: [] });
  }, 90_000);

  test('does not miss records and balances that have rightly expired', async () => {
    await rig.redis.del(keys().job(paid.id), keys().job(back.id));
    const long = Date.now() - 200 * 86_400_000;
    for (const [kind, at] of [
      ['hold', long],
      ['capture', long + 1],
    ] as const) {
      const fields = { kind, member: 'old', window: 'week:2020-01-06', credits: 4, job: 'jaaaaaaaaaaaaaaaa-1' };
      await rig.redis.xadd(spaceKeys('web-old').ledger, `${at}-0`, ...Object.entries(fields).flat());
    }
    expect(await problems()).toEqual([]);
  });

  const corruptions: [string, () => Promise<unknown>, RegExp][] = [
    [
      'credits held that nobody holds',
      () => rig.redis.hincrby(balance(), 'held', 1),
      /held: it is 6, and the ledger comes to 5/,
    ],
    [
      'a hold that vanished',
      () => rig.redis.hincrby(balance(), 'held', -5),
      /held: it is 0, and the ledger comes to 5/,
    ],
    [
      'credits spent that nobody spent',
      () => rig.redis.hincrby(balance(), 'spent', 1),
      /spent: it is 9, and the ledger comes to 8/,
    ],
    [
      'a balance that vanished while credits are held',
      () => rig.redis.del(balance()),
      /held: it is 0.*\n.*spent: it is 0/,
    ],
    [
      'a balance of somebody who is not in the ledger',
      () => rig.redis.hset(balance('eve'), 'held', '0', 'spent', '7'),
      /eve.* spent: it is 7, and the ledger comes to 0/,
    ],
    ['a hold line that vanished', async () => rig.redis.xdel(keys().ledger, await line('hold', held)), /held|hold/],
    [
      'a capture line that vanished',
      async () => rig.redis.xdel(keys().ledger, await line('capture', paid)),
      /captured/,
    ],
    [
      'a release line that vanished',
      async () => rig.redis.xdel(keys().ledger, await line('release', back)),
      /released/,
    ],
    ['a job held twice', () => add('hold', held, 5), /held twice/],
    ['a job that ended twice', () => add('release', paid, 8), /ended twice \(capture, release\)/],
    ['an end without a hold', () => add('capture', { ...paid, id: 'jaaaaaaaaaaaaaaaa-1' }, 1), /without a hold/],
    ['an end of another amount', () => add('capture', held, 4), /capture of 4 differs from its hold of 5/],
    ['a line of another kind', () => add('gift', held, 5), /unknown kind/],
    [
      'a record that says paid',
      () => rig.redis.hset(keys().job(held.id), 'settled', 'captured'),
      /the record says captured/,
    ],
    [
      'a record that forgot its end',
      () => rig.redis.hdel(keys().job(paid.id), 'settled'),
      /the record says it has not ended, the ledger captured/,
    ],
    [
      'a paid film that was never posted',
      () => rig.redis.hset(keys().job(paid.id), 'progress', '{"tries":0}'),
      /paid, but never delivered/,
    ],
    ['a record that vanished with its hold', () => rig.redis.del(keys().job(held.id)), /has no record/],
    [
      'a record of another price',
      async () => {
        const request = JSON.parse((await rig.redis.hget(keys().job(held.id), 'request')) ?? '');
        await rig.redis.hset(keys().job(held.id), 'request', JSON.stringify({ ...request, price: 6 }));
      },
      /its price is 6, held 5/,
    ],
    [
      'a record that cannot be read',
      () => rig.redis.hset(keys().job(held.id), 'progress', '{"tries"'),
      /cannot be read/,
    ],
    [
      'a job that is not open, and whose workflow waits to be told',
      async () => {
        const ref = await rig.accepted({ member: 'eve', step: 'Fx1' });
        await rig.records.settle(await rig.begin(ref, 'deliver'), 'released');
        await rig.redis.zrem(keys().open, ref.id);
      },
      /nobody would look/,
    ],
    ['an unfinished job that is not open', () => rig.redis.zrem(keys().open, held.id), /nobody would look/],
    [
      'an open job that is not in the ledger',
      () => rig.redis.zadd(keys().open, 1, 'jaaaaaaaaaaaaaaaa-1'),
      /not in the ledger/,
    ],
    ['a space with open jobs that the sweep does not know', () => rig.redis.zrem(dailies.spaces, held.space), /sweep/],
  ];
  test.each(corruptions)('finds %s', async (_name, corrupt, told) => {
    await corrupt();
    const found = await problems();
    expect(found.join('\n')).toMatch(told);
    expect(found.every((one) => one.startsWith(paid.space))).toBe(true);
  });
});
