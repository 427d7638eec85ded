import { beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createLedger } from '../../src/desk/ledger.ts';
import { createPots } from '../../src/desk/pots.ts';
import { UserError } from '../../src/domain/errors.ts';
import type { JobRequest } from '../../src/domain/job.ts';
import { windowAt } from '../../src/domain/policy.ts';
import { deskOn, orderOf, refOf, thisWeek } from '../desk/rig.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const { space } = orderOf();
const keys = spaceKeys(space);
const day = 86_400_000;
const inCharge = { by: 'boss', why: 'as agreed' };

describe.each(redisKinds)('credits on %s', (kind) => {
  const engine = useRedis(kind);
  let rig: ReturnType<typeof deskOn>;
  let ledger: ReturnType<typeof createLedger>;
  let pots: ReturnType<typeof createPots>;
  beforeEach(() => {
    rig = deskOn(engine.redis);
    ledger = createLedger(engine.redis);
    pots = createPots(engine.redis);
  });
  const quota = (member: string) => rig.desk.quota(space, member, { window: thisWeek(), allowance: 10 });
  const grant = (key: string, credits: number, expires?: number) =>
    ledger.grant(space, key, { member: 'ada', credits, ...inCharge, ...(expires === undefined ? {} : { expires }) });
  const refusal = async (work: Promise<unknown>): Promise<UserError> => {
    const error = await work.catch((caught: unknown) => caught);
    if (!(error instanceof UserError)) throw new Error('it was not refused', { cause: error });
    return error;
  };
  const taken = async (price: number, more: object = {}) => {
    const order = orderOf({ price, allowance: 10, ...more });
    await rig.desk.accept(order);
    return refOf(order.jobs[0] as JobRequest);
  };
  const settle = async (ref: { space: typeof space; id: string }, outcome: 'captured' | 'released') =>
    rig.records.settle(await rig.begin(ref, 'deliver'), outcome);
  const audited = async () =>
    expect((await audit(engine.redis, 0)).problems.filter((one) => !one.includes('never delivered'))).toEqual([]);

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1_000_001, 2 ** 53])(
    '%d is no amount of credits',
    async (credits) => {
      const gift = { from: 'ada', to: 'bob', credits, day: 'd', most: 9, note: '' };
      const tries = [
        () => grant('g', credits),
        () => ledger.revoke(space, 'r', { member: 'ada', credits, ...inCharge }),
        () => ledger.give(space, 'x', gift),
        () => pots.fund(space, 'f', { pot: 'paaaaaaaa', credits, by: 'boss' }),
        () =>
          pots.pledge(space, 'p', {
            pot: 'paaaaaaaa',
            member: 'ada',
            credits,
            terms: { window: thisWeek(), allowance: 9 },
          }),
      ];
      for (const work of tries) expect((await refusal(work())).said.word).toBe('credits.amount');
      if (credits !== -1) {
        const wrong = ledger.correct(space, 'c', { member: 'ada', credits, window: thisWeek(), ...inCharge });
        expect((await refusal(wrong)).said.word).toBe('credits.amount');
      }
      expect(await engine.redis.keys('dailies:*')).toEqual([]);
    },
  );

  test('what runs out first is spent first: granted credits before the window’s, those without an end last', async () => {
    const { endsAt } = thisWeek();
    await grant('never', 5);
    await grant('late', 5, endsAt + day);
    await grant('soon', 5, Date.now() + 60_000);
    const ref = await taken(22);
    const { member, draws } = await engine.redis.hgetall(keys.job(ref.id));
    expect(member).toBe('ada');
    expect(draws?.split(' ').filter((_, index) => index % 2 === 1)).toEqual(['5', '10', '5', '2']);
    expect(draws?.split(' ')[2]).toBe('w');
    expect(await quota('ada')).toMatchObject({ held: 22, left: 3, lots: [{ left: 3, held: 2 }] });
    await settle(ref, 'released');
    expect(await quota('ada')).toMatchObject({ held: 0, spent: 0, left: 25 });
    expect((await quota('ada')).lots.map(({ left, expires }) => [left, expires === undefined])).toEqual([
      [5, false],
      [5, false],
      [5, true],
    ]);
    await audited();
  });

  test('credits that ran out while a film held them are gone when it gives them back, with a line', async () => {
    await grant('soon', 5, Date.now() + 60_000);
    const ref = await taken(3);
    const [lot = ''] = await engine.redis.hkeys(keys.lots('ada'));
    await engine.redis.hset(keys.lots('ada'), lot, '2|3|1000');
    await engine.redis.zadd(keys.expiring, 1000, `ada/${lot}`);
    await ledger.expire(space, 10);
    await settle(ref, 'released');
    expect((await quota('ada')).lots).toEqual([]);
    expect(await ledger.expire(space, 10)).toBe(1);
    expect(await ledger.expire(space, 10)).toBe(0);
    expect(await engine.redis.hgetall(keys.lots('ada'))).toEqual({});
    const ended = (await quota('ada')).entries.filter((line) => line.kind === 'expire').map(({ credits }) => credits);
    expect(ended).toEqual([3, 2]);
  });

  test('a hold of a window that has ended gives back to that window, which is nothing to spend now', async () => {
    const ref = await taken(4);
    await engine.redis.hset(keys.window, 'ends', Date.now() - 1);
    const next = { id: 'week:next', startsAt: Date.now() - 1, endsAt: thisWeek().endsAt + day };
    await rig.desk.accept(orderOf({ price: 10, allowance: 10, window: next }));
    await settle(ref, 'released');
    expect(await rig.desk.quota(space, 'ada', { window: next, allowance: 10 })).toMatchObject({ held: 10, left: 0 });
    await audited();
  });

  test('a clock that jumps back finds the window that stands, and no new credits', async () => {
    const now = Date.now();
    const later = { id: 'week:later', startsAt: now - 1000, endsAt: now + day };
    await rig.desk.accept(orderOf({ price: 10, allowance: 10, window: later }));
    const before = { id: 'week:before', startsAt: now - 7 * day, endsAt: now + 1000 };
    expect(await rig.desk.window(space, () => before)).toEqual(later);
    expect((await refusal(rig.desk.accept(orderOf({ price: 1, window: before })))).said.word).toBe('service.clock');
    // The window begins later than this clock says: it stands all the same.
    await engine.redis.hset(keys.window, 'starts', now + 3_600_000);
    await rig.desk.accept(orderOf({ member: 'bob', price: 1, window: later }));
  });

  test('a time zone to the west: what follows the window that ended begins at its end, once, and no window comes twice', async () => {
    const zone = { utc: 'UTC', west: 'America/Los_Angeles' };
    const now = Date.now();
    const last = windowAt(now, 'day', zone.west);
    // The day of another zone that had the same name, and has just ended.
    const ended = { id: last.id, startsAt: now - day, endsAt: now - 1 };
    await engine.redis.hset(keys.window, 'id', ended.id, 'starts', ended.startsAt, 'ends', ended.endsAt);
    const next = await rig.desk.window(space, (at) => windowAt(at, 'day', zone.west));
    expect(next).toEqual({ ...windowAt(last.endsAt, 'day', zone.west), startsAt: ended.endsAt });
    await rig.desk.accept(orderOf({ price: 1, window: next }));
    expect(await rig.desk.window(space, (at) => windowAt(at, 'day', zone.west))).toEqual(next);
  });

  test('a member’s share of the same call, whenever it comes again, is the same answer', async () => {
    await grant('once', 5);
    await grant('once', 5);
    expect((await quota('ada')).lots).toMatchObject([{ left: 5 }]);
    expect((await refusal(grant('once', 6))).said.word).toBe('call.conflict');
    const gift = { from: 'ada', to: 'bob', credits: 3, day: 'd', most: 5, note: 'for you' };
    await ledger.give(space, 'gift', gift);
    await ledger.give(space, 'gift', gift);
    expect((await quota('bob')).lots).toMatchObject([{ left: 3 }]);
    expect((await refusal(ledger.give(space, 'more', { ...gift, credits: 3 }))).said).toEqual({
      word: 'give.day',
      with: { most: 5, left: 2 },
    });
    expect((await refusal(ledger.give(space, 'self', { ...gift, to: 'ada' }))).said.word).toBe('give.self');
    expect((await quota('bob')).entries[0]).toMatchObject({ kind: 'got', with: 'ada', why: 'for you', credits: 3 });
    await audited();
  });

  test('the window’s allowance can be put into a pot, and given to nobody', async () => {
    const gift = { from: 'ada', to: 'bob', credits: 1, day: 'd', most: 5, note: '' };
    expect((await refusal(ledger.give(space, 'gift', gift))).said).toEqual({ word: 'give.short', with: { left: 0 } });
    const about = { title: 'ours', for: { kind: 'thread', channel: 'films' }, by: 'ada' } as const;
    const pot = await pots.open(space, 'open', { ...about, deadline: Date.now() + day });
    expect(
      await pots.pledge(space, 'p1', { pot, member: 'ada', credits: 8, terms: { window: thisWeek(), allowance: 10 } }),
    ).toBe(8);
    expect(await quota('ada')).toMatchObject({ pledged: 8, left: 2 });
    await pots.close(space, pot);
    expect(await quota('ada')).toMatchObject({ pledged: 0, left: 10 });
    expect((await quota('bob')).left).toBe(10);
    expect(await pots.close(space, pot)).toBeUndefined();
    await audited();
  });

  test('a film that fails returns to each contributor what was theirs, to the last credit; after the end of the pot at once', async () => {
    const about = { title: 'ours', for: { kind: 'thread', channel: 'films' }, by: 'ada' } as const;
    const pot = await pots.open(space, 'open', { ...about, deadline: Date.now() + day });
    for (const [member, credits] of [
      ['ada', 5],
      ['bob', 3],
      ['cyd', 2],
    ] as const)
      await pots.pledge(space, member, { pot, member, credits, terms: { window: thisWeek(), allowance: 10 } });
    await pots.fund(space, 'fund', { pot, credits: 1, by: 'boss' });
    const ref = await taken(7, { member: 'dee', pot });
    const shares = (await pots.find(space, pot))?.shares.map(({ member = 'boss', left, held }) => [member, left, held]);
    expect(shares).toEqual([
      ['boss', 0, 1],
      ['ada', 2, 3],
      ['bob', 1, 2],
      ['cyd', 1, 1],
    ]);
    expect(await quota('dee')).toMatchObject({ held: 0, left: 10 });
    await pots.close(space, pot);
    expect([(await quota('ada')).left, (await quota('bob')).left, (await quota('cyd')).left]).toEqual([7, 8, 9]);
    await settle(ref, 'released');
    for (const member of ['ada', 'bob', 'cyd']) expect(await quota(member)).toMatchObject({ pledged: 0, left: 10 });
    expect(await engine.redis.hgetall(keys.shares(pot))).toEqual({});
    await audited();
  });

  test('a pot without contributors pays nothing, and neither does one whose deadline has passed', async () => {
    const about = { title: 'ours', for: { kind: 'thread', channel: 'films' }, by: 'ada' } as const;
    const pot = await pots.open(space, 'open', { ...about, deadline: Date.now() + day });
    expect((await refusal(rig.desk.accept(orderOf({ price: 1, pot })))).said).toEqual({
      word: 'pot.short',
      with: { price: 1, left: 0 },
    });
    await pots.fund(space, 'fund', { pot, credits: 5, by: 'boss' });
    await engine.redis.hset(keys.pot(pot), 'deadline', 1000);
    await engine.redis.zadd(keys.pots, 1000, pot);
    expect((await refusal(rig.desk.accept(orderOf({ price: 1, pot })))).said).toEqual({
      word: 'pot.short',
      with: { price: 1, left: 0 },
    });
    expect(await pots.closeDue(space)).toBe(1);
    expect(await pots.list(space)).toEqual([]);
    await audited();
  });

  test.each([
    ['at once', { atOnce: 1 }, 'cap.once'],
    ['waiting', { waiting: 1 }, 'cap.waiting'],
    ['in a window', { spend: 5 }, 'cap.spend'],
    ['of the whole space', { spaceCredits: 5 }, 'cap.space'],
    ['of its money', { spaceMoney: 5 }, 'cap.space'],
  ])('a cap on films %s holds whatever credits are there, and frees what ends', async (_name, caps, word) => {
    const ref = await taken(3, { caps, money: 3 });
    expect((await refusal(taken(3, { caps, money: 3 }))).said.word).toBe(word);
    await rig.desk.cancel(ref, 'ada');
    await taken(3, { caps, money: 3 });
    await audited();
  });

  test('a cap on films in a window holds for what pots pay too, of whoever asks', async () => {
    const about = { title: 'ours', for: { kind: 'thread', channel: 'films' }, by: 'ada' } as const;
    const pot = await pots.open(space, 'open', { ...about, deadline: Date.now() + day });
    await pots.fund(space, 'fund', { pot, credits: 90, by: 'boss' });
    const caps = { spend: 8 };
    const free = async () => (await rig.desk.quota(space, 'ada', { window: thisWeek(), allowance: 10, spend: 8 })).free;
    const first = await taken(3, { caps, pot });
    await taken(3, { caps });
    expect(await free()).toBe(2);
    for (const payer of [{ pot }, {}]) {
      const { said } = await refusal(taken(3, { caps, ...payer }));
      expect(said).toMatchObject({ word: 'cap.spend', with: { price: 3, left: 2 } });
    }
    await taken(3, { caps, pot, member: 'bob' });
    await rig.desk.cancel(first, 'ada');
    expect(await free()).toBe(5);
    await settle(await taken(5, { caps, pot }), 'captured');
    expect(await free()).toBe(0);
    await audited();
  });

  test('a member who leaves with a hold: it ends as any other, and the books agree', async () => {
    const ref = await taken(3);
    await engine.redis.del(keys.mine('ada'), keys.lines('ada'));
    await settle(ref, 'captured');
    expect(await quota('ada')).toMatchObject({ spent: 3, held: 0 });
    await audited();
  });

  test('a correction gives back what was spent, once, and never more', async () => {
    await settle(await taken(6), 'captured');
    const of = { member: 'ada', credits: -4, window: thisWeek(), ...inCharge };
    expect(await ledger.correct(space, 'c', of)).toBe(2);
    expect(await ledger.correct(space, 'c', of)).toBe(2);
    expect((await refusal(ledger.correct(space, 'd', of))).said).toEqual({ word: 'correct.short', with: { spent: 2 } });
    expect(await quota('ada')).toMatchObject({ spent: 2, left: 8 });
    await audited();
  });
});
