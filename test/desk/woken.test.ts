import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import type { JobRef } from '../../src/domain/job.ts';
import { redisKinds } from '../support/redis.ts';
import { startDesk } from './rig.ts';

const later = { due: Date.now() + 60_000, visible: false, ended: false };

describe.each(redisKinds)('what the gateway told of a job, on %s', (kind) => {
  let rig: Awaited<ReturnType<typeof startDesk>>;
  beforeAll(async () => {
    rig = await startDesk(kind);
  });
  beforeEach(async () => {
    await rig.redis.flushall();
  });
  afterAll(() => rig.close());

  const everything = async (ref: JobRef) => {
    const keys = spaceKeys(ref.space);
    return {
      record: await rig.redis.hgetall(keys.job(ref.id)),
      open: await rig.redis.zrange(keys.open, '0', '-1', 'WITHSCORES'),
    };
  };

  describe('submitted', () => {
    const task = { taskId: 'video_1', gateway: 'north', at: 5, due: 70_000 };

    test('the task stands with its gateway, whoever holds the job by now', async () => {
      const ref = await rig.accepted();
      const old = await rig.begin(ref, 'submit');
      await rig.begin(ref, 'submit');
      expect(await rig.records.submitted(old, task)).toBe('noted');
      expect(await rig.read(ref)).toMatchObject({ taskId: 'video_1', gateway: 'north', submittedAt: 5, version: 2 });
      const before = await everything(ref);
      expect(await rig.records.submitted(old, task)).toBe('known');
      expect(await rig.records.submitted(old, { ...task, taskId: 'video_2' })).toBe('other');
      expect(await everything(ref)).toEqual(before);
    });

    test('a job that ended, or is gone, is told apart', async () => {
      const ref = await rig.accepted();
      const job = await rig.begin(ref, 'submit');
      await rig.records.settle(job, 'released');
      expect(await rig.records.submitted(job, task)).toBe('settled');
      expect(await rig.read(ref)).toMatchObject({ taskId: 'video_1', gateway: 'north' });
      await rig.redis.del(spaceKeys(ref.space).job(ref.id));
      expect(await rig.records.submitted(job, task)).toBe('gone');
    });
  });

  describe('woken', () => {
    const hook = { id: 'msg_1', taskId: 'video_1', gateway: 'north' };
    const sent = async (): Promise<JobRef> => {
      const ref = await rig.accepted();
      await rig.step(ref, 'submit', { sentAt: 5 });
      return ref;
    };
    /** Milliseconds, by our own clock, which is the server's here. */
    const dueIn = async (ref: JobRef): Promise<number> =>
      Number(await rig.redis.zscore(spaceKeys(ref.space).open, ref.id)) - Date.now();
    const made = async (): Promise<JobRef> => {
      const ref = await rig.accepted();
      await rig.submitted(ref);
      return ref;
    };

    test('the next step is told, and the one after it is not', async () => {
      const ref = await rig.accepted();
      await rig.submitted(ref);
      expect(await rig.records.isWoken(ref)).toBe(false);
      expect(await rig.records.woken(ref, hook)).toBe('noted');
      expect(await rig.records.isWoken(ref)).toBe(true);
      expect(await rig.begin(ref, 'poll')).toMatchObject({ wake: 'msg_1', taskId: `task-${ref.id}` });
      expect(await rig.records.isWoken(ref)).toBe(false);
      expect((await rig.begin(ref, 'poll')).wake).toBeUndefined();
    });

    test('one that comes during a step outlives its saves', async () => {
      const ref = await rig.accepted();
      await rig.submitted(ref);
      const step = await rig.begin(ref, 'poll');
      await rig.records.woken(ref, hook);
      await rig.records.save(step, { ...step, percent: 1 }, { ...later, ended: true });
      expect(await rig.records.isWoken(ref)).toBe(true);
    });

    test('the same one again is known and changes nothing, also after others came; only the last eight are kept', async () => {
      const ref = await rig.accepted();
      await rig.submitted(ref);
      for (let i = 1; i <= 8; i++) expect(await rig.records.woken(ref, { ...hook, id: `msg_${i}` })).toBe('noted');
      await rig.begin(ref, 'poll');
      const before = await everything(ref);
      for (let i = 1; i <= 8; i++) expect(await rig.records.woken(ref, { ...hook, id: `msg_${i}` })).toBe('known');
      expect(await everything(ref)).toEqual(before);
      for (let i = 9; i <= 30; i++) await rig.records.woken(ref, { ...hook, id: `msg_${i}` });
      expect((await rig.redis.hget(spaceKeys(ref.space).job(ref.id), 'hooks'))?.split(' ')).toHaveLength(8);
    });

    test('it supplies the task of a submit whose answer was lost, and the job is due soon', async () => {
      const ref = await sent();
      const { version } = await rig.read(ref);
      expect(await rig.records.woken(ref, hook)).toBe('noted');
      const job = await rig.read(ref);
      expect(job).toMatchObject({ taskId: 'video_1', gateway: 'north', version: version + 1, wake: 'msg_1' });
      expect(Math.abs((job.submittedAt ?? 0) - Date.now())).toBeLessThan(5_000);
      expect(await dueIn(ref)).toBeLessThan(5_100);
    });

    test('a job is due within seconds, should nothing hasten it, and never later than it was', async () => {
      const ref = await made();
      expect(await dueIn(ref)).toBeGreaterThan(50_000);
      await rig.records.woken(ref, hook);
      expect(await dueIn(ref)).toBeLessThan(5_100);
      await rig.redis.zadd(spaceKeys(ref.space).open, '7', ref.id);
      await rig.records.woken(ref, { ...hook, id: 'msg_2' });
      expect(await rig.redis.zscore(spaceKeys(ref.space).open, ref.id)).toBe('7');
    });

    test('so is one whose step ends after it came, but not while the step only notes something', async () => {
      const ref = await made();
      const step = await rig.begin(ref, 'poll');
      await rig.records.woken(ref, hook);
      const due = Date.now() + 60_000;
      await rig.records.save(step, step, { due, visible: false, ended: false });
      expect(await dueIn(ref)).toBeGreaterThan(50_000);
      await rig.records.save(step, step, { due, visible: false, ended: true });
      expect(await dueIn(ref)).toBeLessThan(5_100);
      await rig.records.save(step, step, { due: 7, visible: false, ended: true });
      expect(await rig.redis.zscore(spaceKeys(ref.space).open, ref.id)).toBe('7');
      await rig.step(ref, 'poll', {});
      expect(await dueIn(ref)).toBeGreaterThan(50_000);
    });

    test('a step under way keeps its time', async () => {
      const ref = await sent();
      const step = await rig.begin(ref, 'submit');
      const due = Date.now() + 70_000;
      await rig.records.save(step, { ...step, sentAt: 5 }, { due, visible: false, ended: false });
      await rig.records.woken(ref, hook);
      expect((await rig.read(ref)).taskId).toBe('video_1');
      expect(await rig.redis.zscore(spaceKeys(ref.space).open, ref.id)).toBe(String(due));
    });

    test('the answer of the submit itself knows better, but gives way to no other answer', async () => {
      const ref = await sent();
      const job = await rig.begin(ref, 'submit');
      await rig.records.woken(ref, { ...hook, taskId: 'req_1' });
      const task = { taskId: 'video_1', gateway: 'south', at: 6, due: 70_000 };
      expect(await rig.records.submitted(job, task)).toBe('noted');
      expect(await rig.read(ref)).toMatchObject({ taskId: 'video_1', gateway: 'south', submittedAt: 6 });
      expect(await rig.records.submitted(job, { ...task, taskId: 'video_2' })).toBe('other');
    });

    test.each([
      ['was never sent', () => rig.accepted(), 'video_1'],
      ['is told of none', sent, undefined],
      ['has its own', made, 'video_1'],
    ])('a job that %s gets no task', async (_name, given, taskId) => {
      const ref = await given();
      const before = await everything(ref);
      expect(await rig.records.woken(ref, { ...hook, taskId })).toBe('noted');
      expect((await everything(ref)).record.task_id).toBe(before.record.task_id);
    });

    test.each([
      [
        'failed',
        async (ref: JobRef) => {
          await rig.step(ref, 'submit', { failure: { reason: 'unclear', at: 1 } });
        },
      ],
      [
        'is settled',
        async (ref: JobRef) => {
          await rig.records.settle(await rig.begin(ref, 'deliver'), 'captured');
        },
      ],
      [
        'is forgotten',
        async (ref: JobRef) => {
          await rig.redis.del(spaceKeys(ref.space).job(ref.id));
        },
      ],
    ])('a job that %s is left as it is', async (_name, ended) => {
      const ref = await sent();
      await ended(ref);
      const before = await everything(ref);
      expect(await rig.records.woken(ref, hook)).toBe('gone');
      expect(await everything(ref)).toEqual(before);
      expect(await rig.records.isWoken(ref)).toBe(false);
    });
  });
});
