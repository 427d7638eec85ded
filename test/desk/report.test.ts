import { beforeEach, describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { reportArgs } from '../../src/desk/report.ts';
import type { FailureReason } from '../../src/domain/errors.ts';
import type { JobRef, JobRequest } from '../../src/domain/job.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { monthAt } from '../../src/domain/report.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';
import { type Ask, deskOn, orderOf, refOf } from './rig.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });
const now = monthAt(Date.now(), 'UTC');
const zero = { films: 0, failed: 0, credits: 0, money: 0, waited: 0 };

describe.each(redisKinds)('the report of a month on %s', (kind) => {
  const engine = useRedis(kind);
  let rig: ReturnType<typeof deskOn>;
  beforeEach(() => {
    rig = deskOn(engine.redis);
  });
  const report = (month = now) => rig.desk.report(space, month);
  const accepted = async (ask: Ask, change: Partial<JobRequest> = {}): Promise<JobRef> => {
    const order = orderOf({ allowance: 1_000, ...ask });
    const jobs = order.jobs.map((job) => ({ ...job, ...change }));
    await rig.desk.accept({ ...order, jobs });
    return refOf(jobs[0] as JobRequest);
  };
  const film = async (ask: Ask, change: Partial<JobRequest> = {}): Promise<JobRef> => {
    const ref = await accepted(ask, change);
    await rig.rendered(ref);
    await rig.delivered(ref);
    return ref;
  };
  const failed = async (reason: FailureReason, ask: Ask = {}): Promise<void> => {
    const ref = await accepted(ask);
    await rig.step(ref, 'submit', { sentAt: 1, failure: { reason, at: Date.now() } });
    await rig.records.settle(await rig.begin(ref, 'deliver'), 'released');
  };

  test('has every film once under its member, model and channel, and adds up with the ledger', async () => {
    const other = { model: 'sora-2-pro', prompt: 'x', seconds: 4, size: '1365x768' } as const;
    await film({ member: 'ada', price: 4, money: 400_000 });
    await film({ member: 'ada', price: 8, money: 1 }, { recipe: other });
    const { origin } = orderOf({ member: 'bob' }).jobs[0] as JobRequest;
    await film({ member: 'bob', price: 2 }, { origin: { ...origin, channel: 'D1', visibility: 'private' } });
    await failed('rejected', { member: 'bob', price: 5 });
    await failed('unclear', { member: 'bob', money: 70 });
    const { total, members, models, channels, month } = await report();
    const rest = { waited: expect.any(Number) };
    expect(month).toBe(now);
    expect(total).toEqual({ ...rest, films: 3, failed: 2, credits: 14, money: 400_071 });
    expect(members).toEqual({
      ada: { ...rest, films: 2, failed: 0, credits: 12, money: 400_001 },
      bob: { ...rest, films: 1, failed: 2, credits: 2, money: 70 },
    });
    expect(models).toMatchObject({ 'sora-2': { films: 2, failed: 2, credits: 6 }, 'sora-2-pro': { credits: 8 } });
    expect(channels).toMatchObject({ films: { films: 2, credits: 12 }, private: { films: 1, credits: 2, failed: 0 } });
    for (const group of [members, models, channels]) {
      for (const count of ['films', 'failed', 'credits', 'money', 'waited'] as const) {
        expect(Object.values(group).reduce((sum, line) => sum + line[count], 0)).toBe(total[count]);
      }
    }
    const ledger = await engine.redis.xrange(spaceKeys(space).ledger, '-', '+');
    const captured = ledger.filter(([, fields]) => fields.includes('capture'));
    expect(captured.reduce((sum, [, fields]) => sum + Number(fields[fields.indexOf('credits') + 1]), 0)).toBe(14);
  });

  test('counts a job once, however often its end is written, and its second posting not at all', async () => {
    const ref = await film({ price: 4 });
    const before = await report();
    await rig.records.settle(await rig.begin(ref, 'deliver'), 'captured');
    await rig.desk.redeliver(ref);
    await rig.delivered(ref);
    expect(await report()).toEqual(before);
    expect(before.total).toMatchObject({ films: 1, credits: 4 });
  });

  test('a cancelled film is no failure, one that was given up is', async () => {
    await rig.desk.cancel(await accepted({}), 'ada');
    await failed('cancelled');
    expect((await report()).total).toEqual(zero);
    const ref = await accepted({});
    expect(await rig.desk.release(ref, 'boss')).toBe('released');
    await rig.desk.release(ref, 'boss');
    expect((await report()).total).toEqual({ ...zero, failed: 1 });
  });

  test('knows how long films took', async () => {
    const ref = await accepted({});
    await rig.rendered(ref);
    await engine.redis.hset(spaceKeys(space).job(ref.id), 'accepted_at', Date.now() - 60_000);
    await rig.delivered(ref);
    const { waited } = (await report()).total;
    expect(waited).toBeGreaterThanOrEqual(60_000);
    expect(waited).toBeLessThan(90_000);
  });

  test('is empty where nothing ended, is of one space, and is kept for 400 days', async () => {
    const none = { month: '2026-01', total: zero, members: {}, models: {}, channels: {} };
    expect(await report('2026-01')).toEqual(none);
    await film({});
    await film({ space: 'elsewhere' });
    expect((await report()).total.films).toBe(1);
    const ttl = await engine.redis.ttl(spaceKeys(space).monthly(now));
    expect(ttl).toBeGreaterThan(399 * 86_400);
    expect(ttl).toBeLessThanOrEqual(400 * 86_400);
  });

  test('takes ids of any letters apart', async () => {
    const { origin } = orderOf().jobs[0] as JobRequest;
    await film({ member: 'a|films' }, { origin: { ...origin, user: 'a|films', channel: 'x:y|z\n' } });
    const { members, channels } = await report();
    expect(Object.keys(members)).toEqual(['a|films']);
    expect(Object.keys(channels)).toEqual(['x:y|z\n']);
  });
});

test('a month is the space’s own, across the change of its clocks too', async () => {
  const at = (text: string): number => Date.parse(text);
  expect(monthAt(at('2026-10-31T23:30:00Z'), 'Europe/Berlin')).toBe('2026-11');
  expect(monthAt(at('2026-11-01T03:30:00Z'), 'America/New_York')).toBe('2026-10');
  expect(monthAt(at('2026-12-31T23:59:59.999Z'), 'UTC')).toBe('2026-12');
  const [request] = orderOf().jobs as [JobRequest];
  const job = { request: { ...request, timeZone: 'Pacific/Auckland' }, acceptedAt: 0, tries: 0 } as Parameters<
    typeof reportArgs
  >[0];
  expect(reportArgs(job, 'captured', 0, at('2026-10-31T12:00:00Z')).key).toMatch(/:monthly:2026-11$/);
});
