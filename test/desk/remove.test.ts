import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createReports } from '../../src/desk/reports.ts';
import { createWithheld } from '../../src/desk/withheld.ts';
import { type JobRef, nextStep } from '../../src/domain/job.ts';
import { redisKinds } from '../support/redis.ts';
import { startDesk, thisWeek } from './rig.ts';

const month = 30 * 86_400;

describe.each(redisKinds)('removing and reporting on %s', (kind) => {
  let rig: Awaited<ReturnType<typeof startDesk>>;
  beforeAll(async () => {
    rig = await startDesk(kind);
  });
  beforeEach(async () => {
    await rig.redis.flushall();
  });
  afterAll(() => rig.close());

  const due = async ({ space, id }: JobRef) => rig.redis.zscore(spaceKeys(space).open, id);
  const ttl = ({ space, id }: JobRef) => rig.redis.ttl(spaceKeys(space).job(id));
  const posted = async () => {
    const ref = await rig.accepted();
    await rig.rendered(ref);
    await rig.delivered(ref);
    return ref;
  };
  const takeAway = async (ref: JobRef, refused?: true) => {
    const { removed } = await rig.read(ref);
    const taken = { times: removed?.times ?? 0, ...(refused ? { refused } : {}) };
    const job = await rig.step(ref, 'deliver', { takenAway: taken });
    return rig.records.shown(job, { ref: 'card', version: job.version });
  };

  test('a film at rest is looked at at once and stays until it is taken away; then it rests again, paid as it was', async () => {
    const ref = await posted();
    expect([await due(ref), await ttl(ref)]).toEqual([null, month]);
    const { version } = await rig.read(ref);
    expect(await rig.desk.remove(ref, 'mod', 'spam')).toBe('noted');
    const job = await rig.read(ref);
    expect(job).toMatchObject({ removed: { by: 'mod', times: 1, why: 'spam' }, version: version + 1 });
    expect(nextStep(job)).toBe('deliver');
    expect(Number(await due(ref))).toBeLessThanOrEqual(Date.now());
    expect(await ttl(ref)).toBe(-1);
    // Whatever its card shows, it does not rest before.
    expect(await rig.records.shown(job, { ref: 'card', version: job.version })).toBe(false);
    expect((await audit(rig.redis)).problems).toEqual([]);
    expect(await takeAway(ref)).toBe(true);
    expect([await due(ref), await ttl(ref)]).toEqual([null, month]);
    expect(await rig.desk.quota(ref.space, 'ada', { window: thisWeek(), allowance: 60 })).toMatchObject({
      held: 0,
      spent: 4,
    });
    expect((await audit(rig.redis)).problems).toEqual([]);
  });

  test('twenty who remove it at the same time are one removal', async () => {
    const ref = await posted();
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => rig.desk.remove(ref, `mod-${n}`)));
    expect(all.filter((answer) => answer === 'noted')).toHaveLength(1);
    expect(await rig.desk.remove(ref, 'late')).toBe('known');
    expect((await rig.read(ref)).removed?.times).toBe(1);
    await takeAway(ref);
    expect(await rig.desk.remove(ref, 'late')).toBe('known');
  });

  test('one that the chat did not let the bot take away may be removed once more', async () => {
    const ref = await posted();
    await rig.desk.remove(ref, 'mod');
    expect(await takeAway(ref, true)).toBe(true);
    expect(await rig.desk.remove(ref, 'boss')).toBe('noted');
    const job = await rig.read(ref);
    expect(job.removed).toMatchObject({ by: 'boss', times: 2 });
    expect(nextStep(job)).toBe('deliver');
    expect(await ttl(ref)).toBe(-1);
  });

  test('it is never posted again', async () => {
    const ref = await posted();
    await rig.desk.remove(ref, 'mod');
    expect(await rig.desk.redeliver(ref)).toBe(false);
    expect((await rig.read(ref)).generation).toBe(1);
  });

  test('a redelivery that read the record before it was removed comes too late', async () => {
    const ref = await posted();
    const [again, removed] = await Promise.all([rig.desk.redeliver(ref), rig.desk.remove(ref, 'mod')]);
    expect([again, removed]).toEqual([expect.any(Boolean), 'noted']);
    expect((await rig.read(ref)).generation).toBe(again ? 2 : 1);
    await rig.desk.redeliver(ref);
    expect(await takeAway(ref)).toBe(true);
  });

  test('one that waits is not made, and its hold is back', async () => {
    const ref = await rig.accepted();
    expect(await rig.desk.remove(ref, 'ada')).toBe('released');
    expect(await rig.read(ref)).toMatchObject({ failure: { reason: 'cancelled' }, settled: 'released' });
    expect(await rig.desk.remove(ref, 'ada')).toBe('nothing');
    expect(await rig.desk.quota(ref.space, 'ada', { window: thisWeek(), allowance: 60 })).toMatchObject({
      held: 0,
      spent: 0,
    });
  });

  test('one under way is asked to stop, too', async () => {
    const ref = await rig.accepted();
    await rig.lists.enlist(ref.space);
    await rig.lists.admit(1);
    await rig.submitted(ref);
    expect(await rig.desk.remove(ref, 'ada')).toBe('noted');
    expect(await rig.read(ref)).toMatchObject({ cancel: { by: 'ada' }, removed: { by: 'ada' } });
  });

  test('a parked one gets another chance: what broke its worker is not wanted any more', async () => {
    const ref = await rig.accepted();
    await rig.rendered(ref);
    for (let n = 0; n < 4; n += 1) await rig.begin(ref, 'deliver');
    expect((await rig.read(ref)).parked).toBe(true);
    expect(await rig.desk.remove(ref, 'mod')).toBe('noted');
    const job = await rig.read(ref);
    expect(job).toMatchObject({ deaths: 0 });
    expect(job.parked).toBeUndefined();
    expect(nextStep(job)).toBe('deliver');
  });

  test('what is not there cannot be removed', async () => {
    const ref = await rig.accepted();
    await expect(rig.desk.remove({ ...ref, id: 'jaaaaaaaaaaaaaaaa-1' }, 'ada')).rejects.toMatchObject({
      said: { word: 'job.unknown' },
    });
  });

  test('the audit finds a removed film that nobody would take away', async () => {
    const ref = await posted();
    await rig.desk.remove(ref, 'mod');
    await rig.redis.zrem(spaceKeys(ref.space).open, ref.id);
    expect((await audit(rig.redis)).problems).toEqual([expect.stringContaining('nobody would look at it again')]);
  });

  describe('reports', () => {
    const ref = { space: 'web-abc', id: 'jaaaaaaaaaaaaaaaa-1' } as const;

    test('of twenty at the same time one alone tells; then nobody, for a month', async () => {
      const reports = createReports(rig.redis);
      const all = await Promise.all(Array.from({ length: 20 }, (_, n) => reports.note(ref, `member-${n}`)));
      expect(all.filter(({ is }) => is === 'tell')).toHaveLength(1);
      expect(all.filter(({ is }) => is === 'known')).toHaveLength(19);
      expect(await reports.isTold(ref)).toBe(false);
      await reports.told(ref, true);
      expect(await reports.isTold(ref)).toBe(true);
      expect(await reports.note(ref, 'one more')).toEqual({ is: 'known', count: 21, fresh: true });
      expect(await reports.note(ref, 'one more')).toEqual({ is: 'known', count: 21, fresh: false });
      expect(await rig.redis.ttl(spaceKeys(ref.space).report(ref.id))).toBe(month);
    });

    test('told in vain, the next one tells; so it does when whoever told died', async () => {
      const reports = createReports(rig.redis);
      await reports.note(ref, 'ada');
      await reports.told(ref, false);
      expect(await reports.note(ref, 'bob')).toEqual({ is: 'tell', count: 2, fresh: true });
      expect(await reports.note(ref, 'eve')).toMatchObject({ is: 'known' });
      await rig.redis.hset(spaceKeys(ref.space).report(ref.id), 'telling', String(Date.now() - 1));
      expect(await reports.note(ref, 'eve')).toEqual({ is: 'tell', count: 3, fresh: false });
    });

    test('more than ten films an hour are too many, the same one is not', async () => {
      const reports = createReports(rig.redis);
      const nth = (n: number) => ({ ...ref, id: `jaaaaaaaaaaaaaaaa-${n}` });
      for (let n = 1; n <= 10; n += 1) expect(await reports.note(nth(n), 'ada')).toMatchObject({ is: 'tell' });
      expect(await reports.note(nth(11), 'ada')).toEqual({ is: 'often' });
      expect(await reports.note(nth(10), 'ada')).toMatchObject({ is: 'known' });
      expect(await reports.note(nth(11), 'bob')).toMatchObject({ is: 'tell', count: 1 });
      const key = spaceKeys(ref.space).reports('ada');
      expect(await rig.redis.ttl(key)).toBeGreaterThan(3_500);
      await rig.redis.zadd(key, Date.now() - 3_700_000, nth(1).id);
      expect(await reports.note(nth(11), 'ada')).toMatchObject({ is: 'known' });
    });
  });

  test('a withheld film is known by its name, longer than the store has it', async () => {
    const withheld = createWithheld(rig.redis);
    await withheld.add('a.mp4');
    expect([await withheld.has('a.mp4'), await withheld.has('b.mp4')]).toEqual([true, false]);
    expect(await rig.redis.ttl('{dailies}:withheld:a.mp4')).toBeGreaterThan(31 * 86_400);
  });
});
