import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { dailies, spaceKeys } from '../../src/desk/keys.ts';
import type { JobRef, JobRequest } from '../../src/domain/job.ts';
import { redisKinds } from '../support/redis.ts';
import { deskOn, orderOf, refOf, startDesk } from './rig.ts';

const hour = 3_600_000;

/** The same client, with something else happening just before one of its commands. */
function racing(redis: Redis, commands: readonly string[], first: (key: unknown) => Promise<void>): Redis {
  return new Proxy(redis, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (!commands.includes(String(name))) return member.bind(target);
      return async (...args: unknown[]) => {
        await first(args[0]);
        return member.apply(target, args);
      };
    },
  });
}

describe.each(redisKinds)('lists on %s', (kind) => {
  let rig: Awaited<ReturnType<typeof startDesk>>;
  beforeAll(async () => {
    rig = await startDesk(kind);
  });
  beforeEach(async () => {
    await rig.redis.flushall();
  });
  afterAll(() => rig.close());

  /** So many waiting jobs of one space, which is enlisted. */
  const fill = async (space: string, jobs: number): Promise<JobRef[]> => {
    const refs: JobRef[] = [];
    for (let i = 0; i < jobs; i++) refs.push(await rig.accepted({ space, price: 1, allowance: 100_000 }));
    const [one] = refs;
    if (one) await rig.lists.enlist(one.space);
    return refs;
  };

  describe('admission', () => {
    test('takes a space’s jobs in the order they were accepted', async () => {
      const refs = await fill('one', 5);
      const unfinished = refs[0] as JobRef;
      expect(await rig.lists.admit(3)).toEqual(refs.slice(0, 3));
      expect(await rig.desk.position(refs[3] as JobRef)).toBe(1);
      expect((await rig.read(unfinished)).admittedAt).toBeGreaterThan(Date.now() - 5_000);
      const due = Number(await rig.redis.zscore(spaceKeys(unfinished.space).open, unfinished.id));
      expect(Math.abs(due - Date.now() - 10_000)).toBeLessThan(5_000);
    });

    test('one job beside a crowd is taken in the next round', async () => {
      const crowd = await fill('crowd', 100);
      expect(await rig.lists.admit(4)).toEqual(crowd.slice(0, 4));
      const [lonely] = (await fill('lonely', 1)) as [JobRef];
      for (const ref of crowd.slice(0, 4)) await rig.lists.freed(ref, 'submitted');
      expect(await rig.lists.admit(4)).toContainEqual(lonely);
    });

    test('a window of one goes round the spaces', async () => {
      const [a, b, c] = [await fill('a', 3), await fill('b', 3), await fill('c', 1)];
      const taken: JobRef[] = [];
      for (let i = 0; i < 7; i++) {
        const refs = await rig.lists.admit(1);
        taken.push(...refs);
        for (const ref of refs) await rig.lists.freed(ref, 'submitted');
      }
      expect(taken).toEqual([a[0], b[0], c[0], a[1], b[1], a[2], b[2]]);
      expect(await rig.lists.admit(1)).toEqual([]);
    });

    test('the free places are shared, and what one space leaves goes to the others', async () => {
      const [small, large] = [await fill('small', 1), await fill('large', 20)];
      const refs = await rig.lists.admit(10);
      expect(refs).toEqual([...small, ...large.slice(0, 9)]);
    });

    test('never more than the window are out, until they are freed', async () => {
      const refs = await fill('one', 8);
      expect(await rig.lists.admit(3)).toHaveLength(3);
      expect(await rig.lists.admit(3)).toEqual([]);
      await rig.lists.freed(refs[0] as JobRef, 'rendered');
      expect(await rig.lists.admit(3)).toEqual([]);
      await rig.lists.freed(refs[0] as JobRef, 'submitted');
      await rig.lists.freed(refs[0] as JobRef, 'submitted');
      expect(await rig.lists.admit(3)).toEqual([refs[3]]);
      await rig.lists.freed(refs[1] as JobRef, 'ended');
      expect(await rig.lists.admit(3)).toEqual([refs[4]]);
      expect(await rig.lists.admit(5)).toHaveLength(2);
    });

    test('a window that counts films until they are rendered', async () => {
      const { lists } = deskOn(rig.redis, { until: 'rendered', longest: 60_000 });
      const refs = await fill('one', 3);
      expect(await lists.admit(1)).toHaveLength(1);
      await lists.freed(refs[0] as JobRef, 'submitted');
      expect(await lists.admit(1)).toEqual([]);
      await lists.freed(refs[0] as JobRef, 'rendered');
      expect(await lists.admit(1)).toHaveLength(1);
    });

    test('a place that nobody frees is free again after a while', async () => {
      const { lists } = deskOn(rig.redis, { until: 'submitted', longest: 300 });
      const refs = await fill('one', 2);
      expect(await lists.admit(1)).toEqual([refs[0]]);
      expect(await lists.admit(1)).toEqual([]);
      await vi.waitFor(async () => expect(await lists.admit(1)).toEqual([refs[1]]), 3_000);
    });

    test('a space whose list is empty leaves the round, and comes back when enlisted', async () => {
      const [ref] = (await fill('one', 1)) as [JobRef];
      await rig.lists.admit(5);
      expect(await rig.redis.zcard(dailies.ring)).toBe(0);
      expect(await rig.lists.admit(5)).toEqual([]);
      await rig.lists.enlist(ref.space);
      await rig.lists.enlist(ref.space);
      expect(await rig.redis.zcard(dailies.ring)).toBe(1);
      expect(await rig.lists.admit(5)).toEqual([]);
      expect(await rig.redis.zcard(dailies.ring)).toBe(0);
    });

    test('a job accepted just as its space leaves the round is not forgotten', async () => {
      await fill('one', 1);
      const late: JobRef[] = [];
      const redis = racing(rig.redis, ['zrem'], async (key) => {
        if (key === dailies.ring) late.push(...(await fill('one', 1)));
      });
      await deskOn(redis).lists.admit(5);
      expect(late).toHaveLength(1);
      expect(await rig.lists.admit(5)).toEqual(late);
    });
  });

  test('the position counts down as those before leave', async () => {
    const refs = await fill('one', 4);
    await fill('two', 2);
    const last = refs[3] as JobRef;
    expect(await rig.desk.position(last)).toBe(4);
    await rig.desk.cancel(refs[1] as JobRef, 'ada');
    expect(await rig.desk.position(last)).toBe(3);
    await rig.lists.admit(4);
    expect(await rig.desk.position(last)).toBe(1);
    await rig.lists.admit(6);
    expect(await rig.desk.position(last)).toBeUndefined();
  });

  describe('what is overdue', () => {
    const makeOverdue = async (ref: JobRef) => {
      await rig.redis.zadd(spaceKeys(ref.space).open, Date.now() - 1000, ref.id);
    };

    test('is told once, the longest overdue first, and whether it still waits', async () => {
      const [first, second, third] = (await fill('one', 3)) as [JobRef, JobRef, JobRef];
      expect(await rig.lists.overdue(first.space, 10, 1000)).toEqual([]);
      await rig.lists.admit(1);
      await makeOverdue(second);
      await rig.redis.zadd(spaceKeys(first.space).open, Date.now() - 5000, first.id);
      const { space } = third;
      expect(await rig.lists.overdue(space, 10, 60_000)).toEqual([
        { ref: first, is: 'lost' },
        { ref: second, is: 'waiting' },
      ]);
      expect(await rig.lists.overdue(space, 10, 60_000)).toEqual([]);
    });

    test('has a record, or is told once as gone and taken off', async () => {
      const [ref] = (await fill('one', 1)) as [JobRef];
      const keys = spaceKeys(ref.space);
      await makeOverdue(ref);
      await rig.redis.del(keys.job(ref.id));
      expect(await rig.lists.overdue(ref.space, 10, 0)).toEqual([{ ref, is: 'gone' }]);
      expect(await rig.lists.overdue(ref.space, 10, 0)).toEqual([]);
      expect([await rig.redis.zcard(keys.open), await rig.redis.zcard(keys.waiting)]).toEqual([0, 0]);
    });

    test('comes in portions, and comes again', async () => {
      const refs = await fill('one', 5);
      for (const ref of refs) await makeOverdue(ref);
      const { space } = refs[0] as JobRef;
      expect(await rig.lists.overdue(space, 3, 100)).toHaveLength(3);
      expect(await rig.lists.overdue(space, 3, 100)).toHaveLength(2);
      await vi.waitFor(async () => expect(await rig.lists.overdue(space, 10, 60_000)).toHaveLength(5), 3_000);
    });
  });

  describe('the spaces that are swept', () => {
    const idle = (ref: JobRef) => rig.redis.zadd(dailies.spaces, Date.now() - 2 * hour, ref.space);

    test('one with an unfinished job stays, however long nobody calls', async () => {
      const [ref] = (await fill('one', 1)) as [JobRef];
      await idle(ref);
      expect(await rig.lists.spaces()).toEqual([ref.space]);
      expect(await rig.lists.spaces()).toEqual([ref.space]);
    });

    test('one without is forgotten an hour after its last call, and no sooner', async () => {
      const [ref] = (await fill('one', 1)) as [JobRef];
      await rig.desk.cancel(ref, 'ada');
      const job = await rig.read(ref);
      await rig.records.shown(job, { ref: 'card', version: job.version });
      expect(await rig.lists.spaces()).toEqual([ref.space]);
      await idle(ref);
      expect(await rig.lists.spaces()).toEqual([]);
      await rig.accepted({ space: 'one' });
      expect(await rig.lists.spaces()).toEqual([ref.space]);
    });

    test('a call that comes just as its space is forgotten is not lost with it', async () => {
      const order = orderOf();
      await rig.redis.zadd(dailies.spaces, Date.now() - 2 * hour, order.space);
      const redis = racing(rig.redis, ['zrem', 'zremrangebyscore'], async (key) => {
        if (key === dailies.spaces) await rig.desk.accept(order);
      });
      await deskOn(redis).lists.spaces();
      expect(await rig.desk.job(refOf(order.jobs[0] as JobRequest))).toBeDefined();
      expect(await rig.lists.spaces()).toEqual([order.space]);
    });
  });

  describe('the lead', () => {
    test('one leads at a time, as long as it says so', async () => {
      const [one, two] = [deskOn(rig.redis).lists, deskOn(rig.redis).lists];
      expect([await one.leads(), await two.leads(), await one.leads()]).toEqual([true, false, true]);
      const left = await rig.redis.pttl(dailies.lead);
      expect(left).toBeGreaterThan(3_000);
      expect(left).toBeLessThanOrEqual(4_000);
      await rig.redis.pexpire(dailies.lead, 50);
      await vi.waitFor(async () => expect(await two.leads()).toBe(true), 2_000);
      expect(await one.leads()).toBe(false);
    });

    test('who resigns lets another lead at once; who does not lead cannot resign for it', async () => {
      const [one, two] = [deskOn(rig.redis).lists, deskOn(rig.redis).lists];
      await one.leads();
      await two.resign();
      expect(await two.leads()).toBe(false);
      await one.resign();
      expect(await two.leads()).toBe(true);
    });
  });
});
