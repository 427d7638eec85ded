import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { createBudget } from '../../src/desk/budget.ts';
import { createBudgets } from '../../src/desk/budgets.ts';
import { budgetKeys, spaceKeys } from '../../src/desk/keys.ts';
import { UserError } from '../../src/domain/errors.ts';
import type { PauseReason } from '../../src/domain/gateway.ts';
import type { JobRef } from '../../src/domain/job.ts';
import { type QuotaWindow, windowAt } from '../../src/domain/policy.ts';
import { say } from '../../src/domain/words.ts';
import { RedisAway } from '../../src/ports.ts';
import { createTestLog } from '../support/log.ts';
import { redisKinds, startRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { deskOn, startDesk } from './rig.ts';

const day = 86_400_000;
const refs = (count: number, name = 'a'): JobRef[] =>
  Array.from({ length: count }, (_, i) => ({ space: 'web-atelier', id: `j${name}-${i + 1}` }));
const at = (jobs: readonly JobRef[], money: number) => jobs.map((ref) => ({ ref, money, credits: 0 }));
const spent = (money: number) => ({ money, credits: 0 });

describe.each(redisKinds)('budget on %s', (kind) => {
  let rig: Awaited<ReturnType<typeof startDesk>>;
  let other: Redis;
  let window: QuotaWindow;
  let paused: PauseReason | undefined;
  beforeAll(async () => {
    rig = await startDesk(kind);
    other = rig.engine.connect();
  });
  beforeEach(async () => {
    await rig.redis.flushall();
    paused = undefined;
    window = windowAt(Date.now(), 'week', 'UTC');
  });
  afterAll(() => rig.close());

  const made = (micros: number | undefined, redis = rig.redis) => {
    const log = createTestLog();
    const limit =
      micros === undefined
        ? undefined
        : { of: 'money' as const, most: micros, kind: 'week' as const, timeZone: 'UTC', window: () => window };
    const standing = { read: async () => paused && { reason: paused, since: 0 } };
    const budget = createBudget({ redis, standing, job: deskOn(redis).records.read, limit, log });
    return { budget, log, warns: () => log.lines.filter(({ level }) => level === 'warn') };
  };
  type Made = ReturnType<typeof made>['budget'];
  const state = async (budget: Made) => {
    const is = await budget.state();
    return [is?.held, is?.spent];
  };
  const refusal = async (work: Promise<unknown>): Promise<UserError> => {
    const error = await work.catch((caught: unknown) => caught);
    if (!(error instanceof UserError)) throw new Error('it was not refused', { cause: error });
    return error;
  };
  /** Every reservation that nobody kept is a minute older. */
  const aMinuteLater = async (): Promise<void> => {
    for (const id of await rig.redis.zrange(budgetKeys.money.unmatched, '0', '-1')) {
      await rig.redis.zincrby(budgetKeys.money.unmatched, -61_000, id);
    }
  };
  const problems = async (): Promise<string[]> => (await audit(rig.redis, 0)).problems;
  /** An accepted job, as intake accepts it. */
  const accepted = async (budget: Made, money: number): Promise<JobRef> => {
    const ref = await rig.accepted();
    await budget.reserve(at([ref], money));
    await budget.keep(at([ref], money));
    return ref;
  };

  test('sets money aside, once for each job, up to the limit and not beyond', async () => {
    const { budget } = made(1_000);
    const jobs = refs(3);
    expect(await budget.reserve(at(jobs, 300))).toEqual(jobs);
    expect(await budget.reserve(at(jobs, 300))).toEqual([]);
    expect(await state(budget)).toEqual([900, 0]);
    const said = await refusal(budget.reserve(at(refs(1, 'b'), 101)));
    expect(say(said.said)).toMatch(
      /set an amount for each week.*may still fit.*New money comes Mon.*Nothing was taken/,
    );
    expect(said).toMatchObject({ refusal: 'unavailable' });
    expect(said.retryAfter).toBeLessThanOrEqual(7 * 86_400);
    expect(await state(budget)).toEqual([900, 0]);
    expect(await budget.reserve(at(refs(1, 'b'), 100))).toEqual(refs(1, 'b'));
    expect(say((await refusal(budget.reserve(at(refs(1, 'c'), 1)))).said)).not.toMatch(/may still fit/);
  });

  test('a call of several jobs is taken whole or not at all', async () => {
    const { budget } = made(1_000);
    await refusal(budget.reserve(at(refs(4), 300)));
    expect(await state(budget)).toEqual([0, 0]);
    expect(await rig.redis.keys('*')).toEqual([]);
  });

  test('what a whole window does not allow is said to be too dear, not to come back later', async () => {
    const said = await refusal(made(1_000).budget.reserve(at(refs(1), 1_001)));
    expect(say(said.said)).toMatch(/more than .* for a whole week/);
    expect(said.retryAfter).toBeUndefined();
  });

  test.each([
    ['funds', /out of credit.*not your fault.*have been told.*Nothing was taken/],
    ['misconfigured', /not set up correctly.*have been told.*Nothing was taken/],
  ] as const)('a gateway that is paused for %s takes nothing, with or without a limit', async (reason, words) => {
    paused = reason;
    for (const micros of [1_000, undefined]) {
      const said = await refusal(made(micros).budget.reserve(at(refs(1), 1)));
      expect(say(said.said)).toMatch(words);
      expect(said.retryAfter).toBeGreaterThan(0);
    }
    expect(await rig.redis.keys('*')).toEqual([]);
  });

  test('without a limit nothing is written', async () => {
    const { budget } = made(undefined);
    const jobs = refs(2);
    expect(await budget.reserve(at(jobs, 5))).toEqual([]);
    await budget.keep(at(jobs, 5));
    await budget.book('ja-1', spent(5));
    expect(await budget.returnUnmatched()).toBe(0);
    expect(await budget.state()).toBeUndefined();
    expect(await rig.redis.keys('*')).toEqual([]);
  });

  test('booking moves what was spent out of what was held, once, and may come to more or less', async () => {
    const { budget } = made(1_000);
    await budget.reserve(at(refs(3), 300));
    await budget.keep(at(refs(3), 300));
    await budget.book('ja-1', spent(350));
    await budget.book('ja-1', spent(350));
    expect(await state(budget)).toEqual([600, 350]);
    await budget.book('ja-2', spent(0));
    await budget.book('ja-2', spent(500));
    expect(await state(budget)).toEqual([300, 350]);
    await Promise.all(Array.from({ length: 10 }, () => budget.book('ja-3', spent(700))));
    expect(await state(budget)).toEqual([0, 1_050]);
    await refusal(budget.reserve(at(refs(1, 'b'), 1)));
    expect(await rig.redis.exists(budgetKeys.money.reserved)).toBe(0);
  });

  test('a job that was booked is not set aside again when its call is repeated', async () => {
    const { budget } = made(1_000);
    await budget.reserve(at(refs(1), 300));
    await budget.keep(at(refs(1), 300));
    await budget.book('ja-1', spent(0));
    expect(await budget.reserve(at(refs(1), 300))).toEqual([]);
    expect(await state(budget)).toEqual([0, 0]);
  });

  test('what was refused after its money was set aside is returned at once, and may be asked for again', async () => {
    const { budget } = made(1_000);
    await budget.reserve(at(refs(1), 300));
    await budget.giveBack(refs(1));
    expect(await state(budget)).toEqual([0, 0]);
    expect(await budget.reserve(at(refs(1), 300))).toEqual(refs(1));
  });

  test('a job that ended for nothing before it was known to be accepted leaves nothing set aside when its call comes again', async () => {
    const { budget } = made(1_000);
    const ref = await rig.accepted();
    await budget.reserve(at([ref], 300));
    await budget.book(ref.id, spent(0));
    expect(await budget.reserve(at([ref], 300))).toEqual([]);
    await budget.keep(at([ref], 300));
    await aMinuteLater();
    await budget.returnUnmatched();
    expect(await state(budget)).toEqual([0, 0]);
  });

  test('a record that cannot be read keeps only its own money set aside', async () => {
    const { budget, log } = made(1_000);
    const bad = await rig.accepted();
    await budget.reserve(at([bad], 100));
    await rig.redis.hset(spaceKeys(bad.space).job(bad.id), 'progress', '{"tries":"x"}');
    await budget.reserve(at(refs(1), 500));
    await aMinuteLater();
    expect(await budget.returnUnmatched()).toBe(1);
    expect(await state(budget)).toEqual([100, 0]);
    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([{ fields: { job: bad.id } }]);
  });

  test('what a job without a reservation came to counts once', async () => {
    const { budget } = made(1_000);
    await budget.book('jz-1', spent(400));
    await budget.book('jz-1', spent(400));
    await budget.book('jz-2', spent(0));
    expect(await state(budget)).toEqual([0, 400]);
    await refusal(budget.reserve(at(refs(1), 601)));
    await budget.reserve(at(refs(1), 600));
  });

  test('money set aside for what was never accepted returns after a minute, not before', async () => {
    const { budget } = made(1_000);
    await budget.reserve(at(refs(2), 300));
    expect(await budget.returnUnmatched()).toBe(0);
    expect(await state(budget)).toEqual([600, 0]);
    await aMinuteLater();
    expect(await budget.returnUnmatched()).toBe(2);
    expect(await budget.returnUnmatched()).toBe(0);
    expect(await state(budget)).toEqual([0, 0]);
    expect(await rig.redis.exists(budgetKeys.money.reserved, budgetKeys.money.unmatched, budgetKeys.money.booked)).toBe(
      0,
    );
  });

  test('money of a job that was accepted, and of which that was not said, stays', async () => {
    const { budget } = made(1_000);
    const ref = await rig.accepted();
    await budget.reserve(at([ref, ...refs(1)], 300));
    await aMinuteLater();
    expect(await budget.returnUnmatched()).toBe(1);
    expect(await state(budget)).toEqual([300, 0]);
    await aMinuteLater();
    expect(await budget.returnUnmatched()).toBe(0);
    await budget.book(ref.id, spent(250));
    expect(await state(budget)).toEqual([0, 250]);
  });

  test('money of a job that has already ended returns too', async () => {
    const { budget } = made(1_000);
    const ref = await rig.accepted();
    await budget.reserve(at([ref], 300));
    await rig.desk.cancel(ref, 'ada');
    await aMinuteLater();
    expect(await budget.returnUnmatched()).toBe(1);
    expect(await state(budget)).toEqual([0, 0]);
  });

  test('what was kept while the sweep looked at it is not returned', async () => {
    const { budget } = made(1_000);
    await budget.reserve(at(refs(1), 300));
    await aMinuteLater();
    const slow = createBudget({
      redis: rig.redis,
      standing: { read: async () => undefined },
      job: async () => {
        await budget.keep(at(refs(1), 300));
        return undefined;
      },
      limit: { of: 'money', most: 1_000, kind: 'week', timeZone: 'UTC', window: () => window },
      log: createTestLog(),
    });
    expect(await slow.returnUnmatched()).toBe(0);
    expect(await state(budget)).toEqual([300, 0]);
  });

  test('a job that was accepted after its money had returned gets it set aside again, whatever the limit', async () => {
    const { budget } = made(1_000);
    const order = await rig.accepted();
    await budget.reserve(at([order], 300));
    await rig.redis.hset(
      spaceKeys(order.space).job(order.id),
      'request',
      JSON.stringify({ ...(await rig.read(order)).request, money: 300 }),
    );
    await rig.redis.del(budgetKeys.money.reserved, budgetKeys.money.unmatched, budgetKeys.money.budget + window.id);
    await budget.reserve(at(refs(1), 1_000));
    await budget.keep(at([order], 300));
    expect(await state(budget)).toEqual([1_300, 0]);
    await budget.book(order.id, spent(300));
    expect(await state(budget)).toEqual([1_000, 300]);
    await budget.keep(at([order], 300));
    expect(await state(budget)).toEqual([1_000, 300]);
  });

  test('each window has its own money; what was set aside is booked to the one it came from', async () => {
    const { budget } = made(1_000);
    await budget.reserve(at(refs(2), 500));
    await budget.keep(at(refs(2), 500));
    const before = window;
    // The next window, moved so that it is open now.
    window = { ...windowAt(before.endsAt + day, 'week', 'UTC'), startsAt: Date.now() - day };
    expect(await state(budget)).toEqual([0, 0]);
    await budget.reserve(at(refs(1, 'b'), 1_000));
    await budget.book('ja-1', spent(450));
    expect(await state(budget)).toEqual([1_000, 0]);
    expect(await rig.redis.hgetall(budgetKeys.money.budget + before.id)).toMatchObject({ held: '500', spent: '450' });
    await budget.book('jb-1', spent(1_000));
    expect(await state(budget)).toEqual([0, 1_000]);
  });

  test('a window is remembered for forty days after its end, bookings for a month', async () => {
    const { budget } = made(1_000);
    await budget.reserve(at(refs(2), 500));
    await budget.keep(at(refs(2), 500));
    const key = budgetKeys.money.budget + window.id;
    const ends = async () => Date.now() + (await rig.redis.pttl(key));
    expect(Math.abs((await ends()) - (window.endsAt + 40 * day))).toBeLessThan(60_000);
    await rig.redis.persist(key);
    await budget.book('ja-1', spent(1));
    expect(Math.abs((await ends()) - (window.endsAt + 40 * day))).toBeLessThan(60_000);
    expect(await rig.redis.ttl(budgetKeys.money.booked)).toBeGreaterThan(30 * 86_400);
    await rig.redis.zadd(budgetKeys.money.booked, Date.now() - 32 * day, 'jold-1');
    await budget.book('ja-2', spent(1));
    expect(await rig.redis.zrange(budgetKeys.money.booked, '0', '-1')).toEqual(['ja-1', 'ja-2']);
  });

  test('a clock that is in another window than Redis’s gets a plain word', async () => {
    const { budget } = made(1_000);
    window = { ...window, startsAt: Date.now() + day };
    expect((await refusal(budget.reserve(at(refs(1), 1)))).said.word).toBe('service.clock');
    expect(await rig.redis.keys('*')).toEqual([]);
  });

  test('a window that changes between the look and the script is looked at once more', async () => {
    const now = windowAt(Date.now(), 'week', 'UTC');
    let looks = 0;
    const budget = createBudget({
      redis: rig.redis,
      standing: { read: async () => undefined },
      job: async () => undefined,
      limit: {
        ...{ of: 'money', most: 1_000, kind: 'week', timeZone: 'UTC' },
        window: () => {
          looks += 1;
          return looks === 1 ? windowAt(now.startsAt - day, 'week', 'UTC') : now;
        },
      },
      log: createTestLog(),
    });
    expect(await budget.reserve(at(refs(1), 1))).toEqual(refs(1));
  });

  test('the operator is warned at four fifths, once, and of refusals once a minute', async () => {
    const { budget, warns } = made(1_000);
    await budget.reserve(at(refs(1), 799));
    expect(warns()).toEqual([]);
    await budget.reserve(at(refs(1, 'b'), 1));
    await budget.reserve(at(refs(1, 'c'), 1));
    expect(warns()).toMatchObject([{ message: expect.stringContaining('four fifths') }]);
    for (let i = 0; i < 5; i++) await refusal(budget.reserve(at(refs(1, 'd'), 900)));
    expect(warns()).toMatchObject([{}, { message: expect.stringContaining('refused'), fields: { left: 0.000199 } }]);
  });

  test('however many ask at once over two connections, the limit is never passed and nothing is left over', async () => {
    const one = made(10_000).budget;
    const two = made(10_000, other).budget;
    const calls = Array.from({ length: 200 }, (_, i) => refs(1 + (i % 4), `s${i}x`));
    const taken = await Promise.all(
      calls.map((jobs, i) =>
        (i % 2 === 0 ? one : two).reserve(at(jobs, 90 + (i % 3) * 7)).catch((error: unknown) => {
          if (error instanceof UserError) return undefined;
          throw error;
        }),
      ),
    );
    const sum = taken.reduce((all, jobs, i) => all + (jobs?.length ?? 0) * (90 + (i % 3) * 7), 0);
    expect(sum).toBeLessThanOrEqual(10_000);
    expect(sum).toBeGreaterThan(10_000 - 90);
    expect(await state(one)).toEqual([sum, 0]);
    expect(taken.every((jobs, i) => jobs === undefined || jobs.length === calls[i]?.length)).toBe(true);
  });

  test('a dearer choice of a call that broke off before it was accepted is held against the limit as well', async () => {
    const { budget } = made(1_000);
    const jobs = refs(2);
    await budget.reserve(at(jobs, 100));
    await refusal(budget.reserve(at(jobs, 501)));
    expect(await state(budget)).toEqual([200, 0]);
    expect(await budget.reserve(at(jobs, 500))).toEqual([]);
    expect(await state(budget)).toEqual([1_000, 0]);
    // It was set aside in a window that has ended: it returns first.
    await rig.redis.hset(budgetKeys.money.reserved, 'ja-1', `100|${window.id}x|${window.endsAt}|web-atelier`);
    expect((await refusal(budget.reserve(at(jobs, 600)))).said.word).toBe('service.clock');
  });

  type Step = { verb: 'reserve' | 'keep' | 'book' | 'return'; job: number; money: number };
  test('whatever happens in whatever order, held and spent are what a plain reckoning says', async () => {
    const step: fc.Arbitrary<Step> = fc.record({
      verb: fc.constantFrom('reserve', 'keep', 'book', 'return'),
      job: fc.integer({ min: 1, max: 5 }),
      money: fc.integer({ min: 0, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        await rig.redis.flushall();
        const limit = 1_000;
        const { budget } = made(limit);
        const held = new Map<string, { money: number; kept: boolean }>();
        const booked = new Set<string>();
        let spent = 0;
        const sum = () => [...held.values()].reduce((all, { money }) => all + money, 0);
        for (const { verb, job, money } of steps) {
          const ref: JobRef = { space: 'web-atelier', id: `jp-${job}` };
          const has = held.get(ref.id);
          if (verb === 'reserve') {
            const known = has !== undefined || booked.has(ref.id);
            // Another choice of a call that nobody has accepted yet.
            const more = has && !has.kept ? Math.max(0, money - has.money) : 0;
            const fits = sum() + spent + (known ? more : money) <= limit;
            const done = budget.reserve(at([ref], money));
            if (known && (fits || more === 0)) expect(await done).toEqual([]);
            else if (fits) expect(await done).toEqual([ref]);
            else await refusal(done);
            if (has && fits) has.money += more;
            else if (!known && fits) held.set(ref.id, { money, kept: false });
          } else if (verb === 'keep') {
            await budget.keep(at([ref], money));
            if (has) Object.assign(has, { kept: true, money });
          } else if (verb === 'book') {
            await budget.book(ref.id, { money, credits: 0 });
            if (has || (money > 0 && !booked.has(ref.id))) {
              spent += money;
              held.delete(ref.id);
            }
            booked.add(ref.id);
          } else {
            await aMinuteLater();
            await budget.returnUnmatched();
            for (const [id, { kept }] of held) if (!kept) held.delete(id);
          }
          expect(await state(budget)).toEqual([sum(), spent]);
        }
      }),
      { numRuns: kind === 'server' ? 60 : 10 },
    );
  }, 60_000);

  test('the audit finds nothing while every reservation belongs to an open job', async () => {
    const { budget } = made(10_000);
    const [open, ended] = [await accepted(budget, 300), await accepted(budget, 300)];
    await budget.reserve(at(refs(1), 5));
    await rig.rendered(ended);
    await budget.book(ended.id, spent(290));
    await rig.delivered(ended);
    expect(open.id).not.toBe(ended.id);
    expect(await problems()).toEqual([]);
    expect(await state(budget)).toEqual([305, 290]);
  });

  test.each<[string, (ref: JobRef) => Promise<unknown>, RegExp]>([
    [
      'a job that is gone',
      (ref) => rig.redis.rename(spaceKeys(ref.space).job(ref.id), spaceKeys(ref.space).job('elsewhere')),
      /300 set aside, and there is no such job/,
    ],
    [
      'a job at rest',
      async (ref) => {
        await rig.rendered(ref);
        await rig.delivered(ref);
      },
      /300 set aside, and the job has ended \(captured\)/,
    ],
    [
      'more held than set aside',
      () => rig.redis.hincrby(budgetKeys.money.budget + window.id, 'held', 7),
      /307 held, and 300 set aside/,
    ],
    ['a window that forgot', () => rig.redis.del(budgetKeys.money.budget + window.id), /0 held, and 300 set aside/],
    [
      'a reservation that cannot be read',
      (ref) => rig.redis.hset(budgetKeys.money.reserved, ref.id, 'x'),
      /cannot be read/,
    ],
  ])('the audit finds %s', async (_what, corrupt, told) => {
    const { budget } = made(10_000);
    const ref = await accepted(budget, 300);
    expect(await problems()).toEqual([]);
    await corrupt(ref);
    expect((await problems()).join('\n')).toMatch(told);
  });

  test('a budget of credits beside one of money: both hold, what one refuses the other gives back, and the audit knows both', async () => {
    const shared = { redis: rig.redis, standing: { read: async () => undefined }, job: deskOn(rig.redis).records.read };
    const limit = (of: 'money' | 'credits', most: number) => {
      return { of, most, kind: 'week', timeZone: 'UTC', window: () => window } as const;
    };
    const log = createTestLog();
    const limits = [limit('money', 1_000), limit('credits', 10)];
    const budget = createBudgets({ ...shared, log, limits });
    const credits = createBudget({ ...shared, log, limit: limits[1] });
    const first = await rig.accepted({ price: 6, money: 100 });
    const costs = [{ ref: first, money: 100, credits: 6 }];
    expect(await budget.reserve(costs)).toEqual([first]);
    await budget.keep(costs);
    const second = { ...first, id: 'jaaaaaaaaaaaaaaaa-1' };
    const said = await refusal(budget.reserve([{ ref: second, money: 100, credits: 5 }]));
    expect(said.said.word).toBe('budget.used');
    expect(await credits.state()).toMatchObject({ held: 6, spent: 0 });
    expect(await budget.state()).toMatchObject({ held: 100, spent: 0 });
    expect(await problems()).toEqual([]);
    await budget.book(first.id, { money: 80, credits: 6 });
    expect([await budget.state(), await credits.state()]).toMatchObject([
      { held: 0, spent: 80 },
      { held: 0, spent: 6 },
    ]);
    await rig.redis.hset(budgetKeys.credits.budget + window.id, 'held', 3);
    expect((await problems()).join()).toMatch(/3 held, and 0 set aside/);
    // What is left is told in money, and credits alone are none.
    expect(await budget.left()).toBe(920);
    const alone = createBudgets({ ...shared, log, limits: limits.slice(1) });
    expect([await alone.left(), await alone.state()]).toEqual([undefined, undefined]);
    expect((await refusal(alone.reserve([{ ref: second, money: 100, credits: 5 }]))).said.word).toBe('budget.used');
  });

  test('Redis away: members get plain words, the worker gets RedisAway, and nothing was taken', async () => {
    const away = await startRedis(kind);
    try {
      const client = away.connect();
      await client.ping();
      const { budget } = made(1_000, client);
      await away.kill();
      expect((await refusal(budget.reserve(at(refs(1), 1)))).said.word).toBe('service.away');
      await expect(budget.keep(at(refs(1), 1))).rejects.toBeInstanceOf(RedisAway);
      await expect(budget.book('ja-1', spent(1))).rejects.toBeInstanceOf(RedisAway);
      await expect(budget.returnUnmatched()).rejects.toBeInstanceOf(RedisAway);
      await away.restart();
      await until('it is reached again', () => budget.reserve(at(refs(1), 1)));
    } finally {
      await away.close();
    }
  });
});
