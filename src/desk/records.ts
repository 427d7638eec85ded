import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { reaching } from '../away.ts';
import { costOf } from '../domain/cost.ts';
import { isStanding, isUntold, type Job, type JobRef, type Progress } from '../domain/job.ts';
import { spaceKey } from '../domain/origin.ts';
import { Fenced, type Records } from '../ports.ts';
import { keep, spaceKeys } from './keys.ts';
import { pairs, progressOf, readJob } from './record.ts';
import { reportArgs } from './report.ts';
import { run } from './scripts.ts';

/** Twice a step may end with its worker; the third time it ran alone, so the job itself is to blame. */
const deathsUntilParked = 3;
/** Milliseconds until a job that was handed back is looked at again. */
const handedBackDue = 1_000;
/** How many webhooks a job remembers, to know a replay. */
const hooksKept = 8;
/** Milliseconds until a job that a webhook told of is looked at, should nothing have hastened it. */
const wokenDue = 5_000;

const notedSchema = z.enum(['noted', 'known', 'other', 'settled', 'gone']);
const wokenSchema = z.enum(['noted', 'known', 'gone']);

const refOf = (job: Job): JobRef => ({ space: spaceKey(job.request.origin), id: job.request.id });

/** The job records as the worker writes them, in Redis. */
export function createRecords(redis: Redis | Cluster): Records {
  const held = (answer: unknown, { request }: Job): Job => {
    const job = readJob(pairs(answer), request);
    if (!job) throw new Fenced(`${request.id} is another worker's now`);
    return job;
  };

  return {
    read: (ref) => reaching(async () => readJob(await redis.hgetall(spaceKeys(ref.space).job(ref.id)))),

    begin: (ref, step) =>
      reaching(async () =>
        readJob(pairs(await run(redis, 'begin', [spaceKeys(ref.space).job(ref.id)], [step, deathsUntilParked]))),
      ),

    save: (job, progress, { due, visible, ended }) =>
      reaching(async () => {
        const ref = refOf(job);
        const keys = spaceKeys(ref.space);
        const text = JSON.stringify(progressOf(progress satisfies Progress));
        const args = [ref.id, job.epoch, text, Math.round(due), visible ? 1 : 0, ended ? 1 : 0, wokenDue];
        return held(await run(redis, 'save', [keys.job(ref.id), keys.open], args), job);
      }),

    submitted: (job, { taskId, gateway, at, due }) =>
      reaching(async () => {
        const ref = refOf(job);
        const keys = spaceKeys(ref.space);
        const args = [ref.id, taskId, at, Math.round(due), gateway];
        return notedSchema.parse(await run(redis, 'submitted', [keys.job(ref.id), keys.open], args));
      }),

    settle: (job, outcome) =>
      reaching(async () => {
        const ref = refOf(job);
        const report = reportArgs(job, outcome, costOf(job), Date.now());
        const keys = spaceKeys(ref.space);
        return held(
          await run(
            redis,
            'settle',
            [keys.all, report.key],
            [ref.id, job.epoch, outcome, keep.record, costOf(job), job.bill ?? '', ...report.args],
          ),
          job,
        );
      }),

    shown: (job, card) =>
      reaching(async () => {
        const ref = refOf(job);
        const keys = spaceKeys(ref.space);
        const ended = job.failure !== undefined || job.removed !== undefined;
        const nothingToPost = ended || job.refused?.generation === job.generation;
        // A job whose workflow waits to be told, or whose film is to be taken away, is not at rest, whatever its card shows.
        const posted = isUntold(job) || isStanding(job) ? -1 : nothingToPost ? 0 : (job.post?.generation ?? -1);
        const args = [ref.id, card.ref ?? '', card.version, posted, keep.record];
        return (await run(redis, 'shown', [keys.job(ref.id), keys.open], args)) === 1;
      }),

    handBack: (job) =>
      reaching(async () => {
        const ref = refOf(job);
        const keys = spaceKeys(ref.space);
        await run(redis, 'hand_back', [keys.job(ref.id), keys.open], [ref.id, job.epoch, Date.now() + handedBackDue]);
      }),

    woken: (ref, { id, taskId, gateway }) =>
      reaching(async () => {
        const keys = spaceKeys(ref.space);
        const args = [ref.id, id, taskId ?? '', gateway, hooksKept, wokenDue];
        return wokenSchema.parse(await run(redis, 'woken', [keys.job(ref.id), keys.open], args));
      }),

    isWoken: (ref) => reaching(async () => (await redis.hexists(spaceKeys(ref.space).job(ref.id), 'wake')) === 1),
  };
}
