import type { Cluster, Redis } from 'ioredis';
import type { Desk } from '../domain/desk.ts';
import { UserError } from '../domain/errors.ts';
import { isHeld, type Job, type JobRef } from '../domain/job.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { dailies, spaceKeys } from './keys.ts';
import { run } from './scripts.ts';

/** Reads a job's record. */
type Read = (ref: JobRef) => Promise<Job | undefined>;

/** As {@link Desk.jobsIn}. */
export async function jobsIn(
  redis: Redis | Cluster,
  read: Read,
  space: SpaceKey,
  limit: number,
  before: string | undefined,
): Promise<Job[]> {
  const { index } = spaceKeys(space);
  let from = 0;
  if (before !== undefined) {
    const rank = await redis.zrevrank(index, before);
    if (rank === null) return [];
    from = rank + 1;
  }
  const ids = await redis.zrevrange(index, from, from + limit - 1);
  const jobs = await Promise.all(ids.map((id) => read({ space, id })));
  return jobs.filter((job) => job !== undefined);
}

/** How often a job may change between the look at it and the script. */
const changesMost = 10;

/** As {@link Desk.release}. `end` ends one that still waits. */
export async function release(
  redis: Redis | Cluster,
  read: Read,
  ref: JobRef,
  by: string,
  end: (ref: JobRef) => Promise<'released' | 'asked' | 'late'>,
): ReturnType<Desk['release']> {
  const keys = spaceKeys(ref.space);
  for (let n = 0; n < changesMost; n += 1) {
    const job = await read(ref);
    if (!job) throw new UserError('unknown', { word: 'job.unknown' }, { field: 'job' });
    if (job.settled !== undefined || job.failure) return 'late';
    if (!isHeld(job)) return (await redis.zscore(keys.waiting, ref.id)) === null ? 'moving' : end(ref);
    await redis.zadd(dailies.spaces, Date.now(), ref.space);
    const args = [ref.id, job.version, JSON.stringify({ by, at: Date.now() })];
    if ((await run(redis, 'release', [keys.job(ref.id), keys.open], args)) === 1) return 'asked';
  }
  return 'moving';
}
