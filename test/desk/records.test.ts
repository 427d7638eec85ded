import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import type { Job, JobRef } from '../../src/domain/job.ts';
import { Fenced } from '../../src/ports.ts';
import { redisKinds } from '../support/redis.ts';
import { startDesk, thisWeek } from './rig.ts';

const month = 30 * 86_400;
const later = { due: Date.now() + 60_000, visible: false, ended: false };

describe.each(redisKinds)('records on %s', (kind) => {
  let rig: Awaited<ReturnType<typeof startDesk>>;
  beforeAll(async () => {
    rig = await startDesk(kind);
  });
  beforeEach(async () => {
    await rig.redis.flushall();
  });
  afterAll(() => rig.close());

  const quota = (ref: JobRef) => rig.desk.quota(ref.space, 'ada', { window: thisWeek(), allowance: 60 });
  const everything = async (ref: JobRef) => {
    const keys = spaceKeys(ref.space);
    return {
      record: await rig.redis.hgetall(keys.job(ref.id)),
      open: await rig.redis.zrange(keys.open, '0', '-1', 'WITHSCORES'),
      ledger: await rig.redis.xrange(keys.ledger, '-', '+'),
      quota: await rig.redis.hgetall(keys.quota('ada', thisWeek().id)),
    };
  };
  const atRest = async (ref: JobRef) => {
    const keys = spaceKeys(ref.space);
    const [score, ttl] = await Promise.all([rig.redis.zscore(keys.open, ref.id), rig.redis.ttl(keys.job(ref.id))]);
    expect(score === null).toBe(ttl > 0);
    return score === null;
  };

  describe('begin and save', () => {
    test('what a step learned is there for the next one', async () => {
      const ref = await rig.accepted();
      const begun = await rig.begin(ref, 'submit');
      expect(begun).toMatchObject({ epoch: 1, trying: 'submit', deaths: 0 });
      const due = Date.now() + 30_000;
      const noted = await rig.records.save(begun, { ...begun, sentAt: 5 }, { due, visible: false, ended: false });
      expect(noted).toMatchObject({ sentAt: 5, trying: 'submit', version: 1 });
      expect(await rig.redis.zscore(spaceKeys(ref.space).open, ref.id)).toBe(String(due));
      const saved = await rig.records.save(noted, { ...noted, percent: 50 }, { due, visible: true, ended: true });
      expect(saved).toMatchObject({ sentAt: 5, percent: 50, version: 2, epoch: 1 });
      expect(saved.trying).toBeUndefined();
      expect(await rig.read(ref)).toEqual(saved);
    });

    test('every field of progress survives its way through Redis', async () => {
      const ref = await rig.accepted();
      const begun = await rig.begin(ref, 'deliver');
      const progress = {
        ...{ tries: 3, sentAt: 1, percent: 12.5, eta: 3, late: true, stopAsked: true },
        output: { url: 'http://127.0.0.1/a?b=c&d', at: 4 },
        asset: { name: 'a.mp4', bytes: 1, seconds: 4.2, width: 2, height: 3 },
        ...{ posting: 1, post: { ref: 'p', generation: 1 }, refused: { generation: 1, at: 5 } },
        failure: { reason: 'policy', at: 6 } as const,
      };
      const saved = await rig.records.save(begun, progress, later);
      expect(saved).toMatchObject(progress);
    });

    test('a record that is not there begins nothing', async () => {
      const ref = await rig.accepted();
      expect(await rig.records.begin({ ...ref, id: 'jaaaaaaaaaaaaaaaa-1' }, 'submit')).toBeUndefined();
      expect(await rig.records.read({ ...ref, id: 'jaaaaaaaaaaaaaaaa-1' })).toBeUndefined();
    });

    test('a record that cannot be read is an error, never taken for none', async () => {
      const ref = await rig.accepted();
      await rig.redis.hset(spaceKeys(ref.space).job(ref.id), 'progress', '{"tries":"many"}');
      await expect(rig.records.read(ref)).rejects.toThrow();
    });

    test.each([
      ['save', (old: Job) => rig.records.save(old, { ...old, percent: 1 }, { ...later, visible: true })],
      ['settle as paid', (old: Job) => rig.records.settle(old, 'captured')],
      ['settle as given back', (old: Job) => rig.records.settle(old, 'released')],
    ])('a worker whose job was taken over cannot %s', async (_name, act) => {
      const ref = await rig.accepted();
      const old = await rig.begin(ref, 'submit');
      await rig.begin(ref, 'submit');
      const before = await everything(ref);
      await expect(act(old)).rejects.toBeInstanceOf(Fenced);
      expect(await everything(ref)).toEqual(before);
    });

    test('nor can it once the record is gone', async () => {
      const ref = await rig.accepted();
      const old = await rig.begin(ref, 'submit');
      await rig.redis.del(spaceKeys(ref.space).job(ref.id));
      await expect(rig.records.save(old, old, later)).rejects.toBeInstanceOf(Fenced);
      expect(await rig.redis.exists(spaceKeys(ref.space).job(ref.id))).toBe(0);
    });

    test('a job that a member cancelled while it waited fences the step that was about to begin', async () => {
      const ref = await rig.accepted();
      const old = await rig.begin(ref, 'submit');
      expect(await rig.desk.cancel(ref, 'ada')).toBe('released');
      await expect(rig.records.save(old, { ...old, sentAt: 1 }, later)).rejects.toBeInstanceOf(Fenced);
      expect(await rig.read(ref)).toMatchObject({ failure: { reason: 'cancelled' }, settled: 'released' });
    });
  });

  describe('steps that end with their worker', () => {
    test('three such ends park the job, which members can see', async () => {
      const ref = await rig.accepted();
      for (const deaths of [0, 1, 2]) {
        const job = await rig.begin(ref, 'submit');
        expect(job).toMatchObject({ deaths, version: 1 });
        expect(job.parked).toBeUndefined();
      }
      expect(await rig.begin(ref, 'submit')).toMatchObject({ deaths: 3, parked: true, version: 2 });
      expect(await rig.begin(ref, 'submit')).toMatchObject({ parked: true, version: 2 });
    });

    test('a step that ends forgives what was before', async () => {
      const ref = await rig.accepted();
      await rig.begin(ref, 'submit');
      await rig.begin(ref, 'submit');
      await rig.step(ref, 'submit', { percent: 1 });
      expect(await rig.begin(ref, 'poll')).toMatchObject({ deaths: 0 });
    });

    test('a step that only noted something has not ended', async () => {
      const ref = await rig.accepted();
      const begun = await rig.begin(ref, 'submit');
      await rig.records.save(begun, { ...begun, sentAt: 1 }, later);
      expect(await rig.begin(ref, 'submit')).toMatchObject({ deaths: 1 });
    });

    test('a step handed back is nobody’s fault, and soon due', async () => {
      const ref = await rig.accepted();
      await rig.begin(ref, 'submit');
      const second = await rig.begin(ref, 'submit');
      await rig.records.handBack(second);
      expect(await rig.begin(ref, 'submit')).toMatchObject({ deaths: 1 });
      const due = Number(await rig.redis.zscore(spaceKeys(ref.space).open, ref.id));
      expect(Math.abs(due - Date.now())).toBeLessThan(2_000);
    });

    test('a worker whose job was taken over cannot hand it back', async () => {
      const ref = await rig.accepted();
      const old = await rig.begin(ref, 'submit');
      await rig.begin(ref, 'submit');
      const before = await everything(ref);
      await rig.records.handBack(old);
      expect(await everything(ref)).toEqual(before);
    });
  });

  describe('settle', () => {
    test('captured: the hold is spent, once', async () => {
      const ref = await rig.accepted({ price: 8 });
      const job = await rig.begin(ref, 'deliver');
      const paid = await rig.records.settle(job, 'captured');
      expect(paid).toMatchObject({ settled: 'captured', version: 2 });
      expect(await rig.records.settle(job, 'captured')).toEqual(paid);
      expect(await rig.records.settle(job, 'released')).toEqual(paid);
      const { held, spent, left, entries } = await quota(ref);
      expect({ held, spent, left }).toEqual({ held: 0, spent: 8, left: 52 });
      expect(entries.map(({ kind, credits, job: id }) => [kind, credits, id])).toEqual([
        ['capture', 8, ref.id],
        ['hold', 8, ref.id],
      ]);
      expect(await rig.redis.xlen(spaceKeys(ref.space).ledger)).toBe(3);
    });

    test('released: the credits are back, once', async () => {
      const ref = await rig.accepted({ price: 8 });
      const job = await rig.begin(ref, 'deliver');
      await rig.records.settle(job, 'released');
      await rig.records.settle(job, 'captured');
      expect(await quota(ref)).toMatchObject({ held: 0, spent: 0, left: 60 });
    });

    test('what the gateway billed stands beside what was paid or given back, and the books still agree', async () => {
      const paid = await rig.accepted();
      await rig.rendered(paid);
      await rig.step(paid, 'poll', { bill: 210_000 });
      await rig.delivered(paid);
      const failed = await rig.accepted();
      await rig.lists.admit(5);
      await rig.records.settle(await rig.step(failed, 'poll', { bill: 0 }), 'released');
      const lines = (await everything(paid)).ledger.map(([, fields]) => fields.join(' '));
      expect(lines.filter((line) => / money \d+$/.test(line))).toEqual([
        expect.stringMatching(new RegExp(`^kind capture .* job ${paid.id} draws w 4 cost 210000 money 210000$`)),
        expect.stringMatching(new RegExp(`^kind release .* job ${failed.id} draws w 4 money 0$`)),
      ]);
      expect((await audit(rig.redis)).problems).toEqual([]);
    });

    test('without a bill nothing is said of money', async () => {
      const ref = await rig.accepted();
      await rig.records.settle(await rig.begin(ref, 'deliver'), 'captured');
      expect((await everything(ref)).ledger.flatMap(([, fields]) => fields)).not.toContain('money');
    });
  });

  describe('cancel', () => {
    test('a waiting job ends at once and costs nothing', async () => {
      const ref = await rig.accepted({ price: 8 });
      const behind = await rig.accepted();
      const before = await rig.read(ref);
      expect(await rig.desk.cancel(ref, 'ada')).toBe('released');
      const job = await rig.read(ref);
      expect(job).toMatchObject({ settled: 'released', failure: { reason: 'cancelled' }, cancel: { by: 'ada' } });
      expect(job.version).toBeGreaterThan(before.version);
      expect(await rig.desk.position(ref)).toBeUndefined();
      expect(await rig.desk.position(behind)).toBe(1);
      expect(await quota(ref)).toMatchObject({ held: 4, left: 56 });
      const overdue = await rig.lists.overdue(ref.space, 10, 1000);
      expect(overdue).toEqual([{ ref, is: 'lost' }]);
      expect(await rig.desk.cancel(ref, 'ada')).toBe('late');
      expect(await quota(ref)).toMatchObject({ held: 4, left: 56 });
    });

    test('one under way is asked to stop, and keeps its hold; asking again changes nothing', async () => {
      const ref = await rig.accepted({ price: 8 });
      await rig.lists.enlist(ref.space);
      await rig.lists.admit(5);
      const worker = await rig.begin(ref, 'submit');
      expect(await rig.desk.cancel(ref, 'ada')).toBe('asked');
      const asked = await rig.read(ref);
      expect(asked).toMatchObject({ cancel: { by: 'ada' }, version: 2, epoch: worker.epoch });
      expect(await rig.desk.cancel(ref, 'mod')).toBe('asked');
      expect(await rig.read(ref)).toEqual(asked);
      expect(await quota(ref)).toMatchObject({ held: 8, left: 52 });
      const saved = await rig.records.save(worker, { ...worker, percent: 1 }, later);
      expect(saved).toMatchObject({ percent: 1, cancel: { by: 'ada' } });
    });

    test('one that has ended is too late, paid or not', async () => {
      const ref = await rig.accepted();
      await rig.rendered(ref);
      await rig.delivered(ref);
      expect(await rig.desk.cancel(ref, 'ada')).toBe('late');
      expect(await quota(ref)).toMatchObject({ held: 0, spent: 4 });
    });

    test('one that is not there is unknown', async () => {
      const ref = await rig.accepted();
      const error = rig.desk.cancel({ ...ref, id: 'jaaaaaaaaaaaaaaaa-1' }, 'ada');
      await expect(error).rejects.toMatchObject({ refusal: 'unknown', said: { word: 'job.unknown' } });
    });

    test('pressed twenty times at once it is released once', async () => {
      const ref = await rig.accepted({ price: 8 });
      const answers = await Promise.all(Array.from({ length: 20 }, () => rig.desk.cancel(ref, 'ada')));
      expect(answers.filter((answer) => answer === 'released')).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'late')).toHaveLength(19);
      expect(await quota(ref)).toMatchObject({ held: 0, left: 60 });
    });
  });

  describe('shown', () => {
    test('a paid film whose card shows the end is at rest, and its record is kept a month', async () => {
      const ref = await rig.accepted();
      await rig.rendered(ref);
      const posted = await rig.step(ref, 'deliver', { post: { ref: 'film', generation: 1 } });
      expect(await rig.records.shown(posted, { ref: 'card', version: posted.version })).toBe(false);
      const paid = await rig.records.settle(await rig.begin(ref, 'deliver'), 'captured');
      expect(await rig.records.shown(paid, { ref: 'card', version: paid.version - 1 })).toBe(false);
      expect(await atRest(ref)).toBe(false);
      expect(await rig.records.shown(paid, { ref: 'card', version: paid.version })).toBe(true);
      expect(await atRest(ref)).toBe(true);
      const ttl = await rig.redis.ttl(spaceKeys(ref.space).job(ref.id));
      expect(ttl).toBeGreaterThan(month - 10);
      expect(await rig.read(ref)).toMatchObject({ card: { ref: 'card', version: paid.version }, deaths: 0 });
      expect((await rig.read(ref)).trying).toBeUndefined();
    });

    test('an older version never replaces what a newer one left', async () => {
      const ref = await rig.accepted();
      const job = await rig.step(ref, 'submit', { percent: 1 });
      await rig.records.shown(job, { ref: 'new', version: 2 });
      await rig.records.shown(job, { ref: 'old', version: 1 });
      expect(await rig.read(ref)).toMatchObject({ card: { ref: 'new', version: 2 } });
    });

    test('a redelivery asked for in between keeps the job open', async () => {
      const ref = await rig.accepted();
      await rig.rendered(ref);
      await rig.step(ref, 'deliver', { post: { ref: 'film', generation: 1 } });
      const paid = await rig.records.settle(await rig.begin(ref, 'deliver'), 'captured');
      expect(await rig.desk.redeliver(ref)).toBe(true);
      expect(await rig.records.shown(paid, { ref: 'card', version: paid.version })).toBe(false);
      expect(await rig.records.shown(paid, { ref: 'card', version: paid.version + 5 })).toBe(false);
      expect(await atRest(ref)).toBe(false);
    });

    test('a cancelled job is at rest once its card says so', async () => {
      const ref = await rig.accepted();
      await rig.desk.cancel(ref, 'ada');
      const job = await rig.read(ref);
      expect(await rig.records.shown(job, { ref: 'card', version: job.version })).toBe(true);
      expect(await atRest(ref)).toBe(true);
    });

    test('a film that its chat refused is kept open while nobody has paid for it', async () => {
      const ref = await rig.accepted();
      await rig.rendered(ref);
      const kept = await rig.step(ref, 'deliver', { refused: { generation: 1, at: Date.now() } });
      expect(await rig.records.shown(kept, { ref: '', version: kept.version })).toBe(false);
      expect(await atRest(ref)).toBe(false);
    });

    test('a record that is gone is at rest', async () => {
      const ref = await rig.accepted();
      const job = await rig.read(ref);
      await rig.redis.del(spaceKeys(ref.space).job(ref.id));
      expect(await rig.records.shown(job, { ref: 'card', version: 1 })).toBe(true);
      expect(await rig.redis.exists(spaceKeys(ref.space).job(ref.id))).toBe(0);
    });
  });

  describe('redeliver', () => {
    test('a delivered film is wanted once more: a new generation, open again and kept', async () => {
      const ref = await rig.accepted();
      await rig.rendered(ref);
      await rig.delivered(ref);
      expect(await atRest(ref)).toBe(true);
      await rig.redis.del('{dailies}:spaces');
      expect(await rig.desk.redeliver(ref)).toBe(true);
      expect(await rig.read(ref)).toMatchObject({ generation: 2, settled: 'captured' });
      expect(await atRest(ref)).toBe(false);
      expect(await rig.lists.spaces()).toEqual([ref.space]);
      await rig.delivered(ref);
      expect(await atRest(ref)).toBe(true);
      expect(await quota(ref)).toMatchObject({ held: 0, spent: 4 });
    });

    test('pressed twice, or ten times at once, it is posted once more and not twice', async () => {
      const ref = await rig.accepted();
      await rig.rendered(ref);
      await rig.delivered(ref);
      await Promise.all(Array.from({ length: 10 }, () => rig.desk.redeliver(ref)));
      expect(await rig.desk.redeliver(ref)).toBe(true);
      expect(await rig.read(ref)).toMatchObject({ generation: 2 });
    });

    test('a film that is about to be posted is not posted twice', async () => {
      const ref = await rig.accepted();
      const job = await rig.rendered(ref);
      expect(await rig.desk.redeliver(ref)).toBe(true);
      expect(await rig.read(ref)).toEqual(job);
    });

    test('a film that its chat refused gets another post', async () => {
      const ref = await rig.accepted();
      await rig.rendered(ref);
      await rig.step(ref, 'deliver', { refused: { generation: 1, at: Date.now() } });
      expect(await rig.desk.redeliver(ref)).toBe(true);
      expect(await rig.read(ref)).toMatchObject({ generation: 2 });
    });

    test('a parked job gets another chance, of the same generation', async () => {
      const ref = await rig.accepted();
      for (let i = 0; i < 4; i++) await rig.begin(ref, 'submit');
      expect(await rig.desk.redeliver(ref)).toBe(true);
      const job = await rig.read(ref);
      expect(job).toMatchObject({ generation: 1, deaths: 0 });
      expect([job.parked, job.trying]).toEqual([undefined, undefined]);
      expect(await rig.begin(ref, 'submit')).toMatchObject({ deaths: 0 });
    });

    test.each([
      ['still waits', async () => rig.accepted()],
      [
        'failed',
        async () => {
          const ref = await rig.accepted();
          await rig.desk.cancel(ref, 'ada');
          return ref;
        },
      ],
      ['is not there', async () => ({ ...(await rig.accepted()), id: 'jaaaaaaaaaaaaaaaa-1' })],
    ])('a job that %s has nothing to post', async (_name, made) => {
      const ref = await made();
      expect(await rig.desk.redeliver(ref)).toBe(false);
    });
  });
});
