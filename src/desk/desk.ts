import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told, untouched } from '../away.ts';
import type { Desk, Order, Receipt } from '../domain/desk.ts';
import { UserError } from '../domain/errors.ts';
import type { Job, JobRef, Progress, Removal } from '../domain/job.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { createAccept, firstReceipt } from './accept.ts';
import { dailies, keep, spaceKeys } from './keys.ts';
import { jobsIn, release } from './manage.ts';
import { quotaOf } from './quota.ts';
import { progressOf, readJob } from './record.ts';
import { readReport, reportArgs } from './report.ts';
import { run } from './scripts.ts';

/** What only reads takes nothing, whatever fails. */
const reading = <T>(work: () => Promise<T>): Promise<T> => told(() => untouched(work));

/** The books as members' commands see them, in Redis. */
export function createDesk(redis: Redis | Cluster): Desk {
  const accept = createAccept(redis);

  const read = async (ref: JobRef): Promise<Job | undefined> =>
    readJob(await redis.hgetall(spaceKeys(ref.space).job(ref.id)));

  const answered = async (space: SpaceKey, call: Order['call']): Promise<Receipt | undefined> => {
    const [digest, jobs, price, left] = await redis.hmget(
      spaceKeys(space).call(call.key),
      ...['digest', 'jobs', 'price', 'left'],
    );
    if (digest === null || digest === undefined) return undefined;
    return firstReceipt(call, digest, jobs ?? '', price ?? '', left ?? '');
  };

  const cancel = async (
    ref: JobRef,
    by: string,
    reason: 'cancelled' | 'abandoned' = 'cancelled',
  ): Promise<'released' | 'asked' | 'late'> => {
    const keys = spaceKeys(ref.space);
    const job = await read(ref);
    if (!job) throw new UserError('unknown', { word: 'job.unknown' });
    // A film that is made cannot be stopped any more.
    if (job.output) return 'late';
    const at = Date.now();
    const ended: Progress = { ...progressOf(job), failure: { reason, at } };
    const report = reportArgs({ ...job, ...ended }, 'released', 0, at);
    const answer = await run(
      redis,
      'cancel',
      [keys.all, report.key],
      [ref.id, JSON.stringify({ by, at }), JSON.stringify(ended), keep.record, ...report.args],
    );
    return z.enum(['released', 'asked', 'late']).parse(answer);
  };

  return {
    accept: (order) => told(() => accept(order)),
    answered: (space, call) => reading(() => answered(space, call)),
    job: (ref) => reading(() => read(ref)),
    cancel: (ref, by) => told(() => cancel(ref, by)),
    release: (ref, by) => told(() => release(redis, read, ref, by, (job) => cancel(job, by, 'abandoned'))),
    jobsIn: (space, limit, before) => reading(() => jobsIn(redis, read, space, limit, before)),
    report: (space, month) => reading(() => readReport(redis, space, month)),

    jobsOf: (space: SpaceKey, member, limit) =>
      reading(async () => {
        const keys = spaceKeys(space);
        const ids = await redis.zrevrange(keys.mine(member), 0, limit - 1);
        const jobs = await Promise.all(ids.map((id) => read({ space, id })));
        return jobs.filter((job) => job !== undefined);
      }),

    position: (ref) =>
      reading(async () => {
        const rank = await redis.zrank(spaceKeys(ref.space).waiting, ref.id);
        return rank === null ? undefined : rank + 1;
      }),

    quota: (space, member, terms) => reading(() => quotaOf(redis, space, member, terms)),

    window: (space, following) =>
      reading(async () => {
        const [id, starts, ends] = await redis.hmget(spaceKeys(space).window, 'id', 'starts', 'ends');
        const now = Date.now();
        if (!id) return following(now);
        const last = { id, startsAt: Number(starts), endsAt: Number(ends) };
        if (now < last.endsAt) return last;
        const next = following(now);
        // A time zone to the west has not come to the end of that day yet: the one after it begins where the last one ended.
        return next.id === id ? { ...following(next.endsAt), startsAt: last.endsAt } : next;
      }),

    remove: (ref, by, why) =>
      told(async () => {
        const job = await read(ref);
        if (!job) throw new UserError('unknown', { word: 'job.unknown' });
        if (job.failure && !job.post) return 'nothing';
        const { times = 0 } = job.removed ?? {};
        // What the chat refused may be tried once more.
        if (job.removed && !(job.takenAway?.refused && job.takenAway.times === times)) return 'known';
        const isMade = job.output !== undefined || job.settled !== undefined;
        if (!isMade && (await cancel(ref, by)) === 'released') return 'released';
        const keys = spaceKeys(ref.space);
        const removal: Removal = { by, at: Date.now(), times: times + 1, ...(why === undefined ? {} : { why }) };
        await redis.zadd(dailies.spaces, Date.now(), ref.space);
        const args = [ref.id, JSON.stringify(removal), times];
        const answer = await run(redis, 'remove', [keys.job(ref.id), keys.open], args);
        if (answer === 'unknown') throw new UserError('unknown', { word: 'job.unknown' });
        return z.enum(['noted', 'known']).parse(answer);
      }),

    redeliver: (ref) =>
      told(async () => {
        const job = await read(ref);
        if (!job || job.removed || job.failure || !(job.parked || job.asset)) return false;
        const tried = job.post?.generation === job.generation || job.refused?.generation === job.generation;
        // The post that is wanted is still to come: a second press makes no second post.
        if (!job.parked && !tried) return true;
        const keys = spaceKeys(ref.space);
        await redis.zadd(dailies.spaces, Date.now(), ref.space);
        return (await run(redis, 'redeliver', [keys.job(ref.id), keys.open], [ref.id, job.generation])) === 1;
      }),
  };
}
