import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told, untouched } from '../away.ts';
import type { Desk, LedgerLine, Order, Receipt } from '../domain/desk.ts';
import { UserError } from '../domain/errors.ts';
import type { Job, JobRef, Progress, Removal } from '../domain/job.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { dailies, keep, spaceKeys } from './keys.ts';
import { roomLeft } from './memory.ts';
import { progressOf, readJob } from './record.ts';
import { run } from './scripts.ts';

/** Milliseconds after which an accepted job is looked at again, should its way to the queue have broken. */
const acceptedDue = 10_000;

const answerSchema = z.tuple([z.string()]).rest(z.string());
const jobsSchema = z.array(z.string());

function lineOf(member: string, text: string): LedgerLine {
  const [id = '', kind = '', credits = '', job = '', window = ''] = text.split('|');
  return {
    id,
    at: Number(id.split('-')[0]),
    kind: z.enum(['hold', 'capture', 'release']).parse(kind),
    member,
    window,
    credits: Number(credits),
    job,
  };
}

/** What only reads takes nothing, whatever fails. */
const reading = <T>(work: () => Promise<T>): Promise<T> => told(() => untouched(work));

/** The books as members' commands see them, in Redis. */
export function createDesk(redis: Redis | Cluster): Desk {
  const room = roomLeft(redis);

  const read = async (ref: JobRef): Promise<Job | undefined> =>
    readJob(await redis.hgetall(spaceKeys(ref.space).job(ref.id)));

  const accept = async (order: Order): Promise<Receipt & { repeated: boolean }> => {
    const { space, call, member, window, jobs } = order;
    const keys = spaceKeys(space);
    await untouched(async () => {
      // A repeated call takes no room: it gets its answer.
      const full = !(await room()) && (await redis.exists(keys.call(call.key))) === 0;
      if (full) throw new UserError('unavailable', { word: 'service.full' }, { retryAfter: 60 });
      await redis.zadd(dailies.spaces, Date.now(), space);
    });
    const ids = jobs.map((job) => job.id);
    const price = jobs.reduce((sum, job) => sum + job.price, 0);
    const answer = answerSchema.parse(
      await run(
        redis,
        'accept',
        [
          ...[keys.call(call.key), keys.quota(member, window.id), keys.waiting, keys.open, keys.ledger],
          ...[keys.lines(member), keys.mine(member), keys.seq, ...ids.map(keys.job)],
        ],
        [
          ...[call.digest, JSON.stringify(ids), member, window.id, window.startsAt, window.endsAt, order.allowance],
          ...[acceptedDue, keep.call, keep.quota, keep.record],
          ...jobs.flatMap((job) => [job.id, JSON.stringify(job), job.price]),
        ],
      ),
    );
    const [outcome, first = '', second = '', third = '', fourth = ''] = answer;
    switch (outcome) {
      case 'accepted':
        return { jobs: ids, price, left: Number(first), repeated: false };
      case 'repeated':
        if (first !== call.digest) throw new UserError('conflict', { word: 'call.conflict' }, { field: 'id' });
        return {
          jobs: jobsSchema.parse(JSON.parse(second)),
          price: Number(third),
          left: Number(fourth),
          repeated: true,
        };
      case 'balance':
        throw new UserError(
          'balance',
          {
            word: 'balance.short',
            with: { price, left: Number(first), renewsAt: window.endsAt, timeZone: order.timeZone },
          },
          { balance: Number(first) },
        );
      case 'taken':
        throw new UserError('conflict', { word: 'call.conflict' }, { field: 'id' });
      case 'window':
        throw new UserError('unavailable', { word: 'service.clock' }, { retryAfter: 5 });
      default:
        throw new Error(`accept answered ${outcome}`);
    }
  };

  const answered = async (space: SpaceKey, call: Order['call']): Promise<Receipt | undefined> => {
    const [first, jobs, price, left] = await redis.hmget(
      spaceKeys(space).call(call.key),
      ...['digest', 'jobs', 'price', 'left'],
    );
    if (first === null || first === undefined) return undefined;
    if (first !== call.digest) throw new UserError('conflict', { word: 'call.conflict' }, { field: 'id' });
    return { jobs: jobsSchema.parse(JSON.parse(jobs ?? '')), price: Number(price), left: Number(left) };
  };

  const cancel = async (ref: JobRef, by: string): Promise<'released' | 'asked' | 'late'> => {
    const keys = spaceKeys(ref.space);
    const job = await read(ref);
    if (!job) throw new UserError('unknown', { word: 'job.unknown' });
    // A film that is made cannot be stopped any more.
    if (job.output) return 'late';
    const { member, window } = job.request.payer;
    const at = Date.now();
    const ended: Progress = { ...progressOf(job), failure: { reason: 'cancelled', at } };
    const answer = await run(
      redis,
      'cancel',
      [keys.job(ref.id), keys.waiting, keys.open, keys.quota(member, window), keys.ledger, keys.lines(member)],
      [ref.id, JSON.stringify({ by, at }), JSON.stringify(ended), member, window, keep.record],
    );
    return z.enum(['released', 'asked', 'late']).parse(answer);
  };

  return {
    accept: (order) => told(() => accept(order)),
    answered: (space, call) => reading(() => answered(space, call)),
    job: (ref) => reading(() => read(ref)),
    cancel: (ref, by) => told(() => cancel(ref, by)),

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

    quota: (space, member, window, allowance) =>
      reading(async () => {
        const keys = spaceKeys(space);
        const [used, lines] = await Promise.all([
          redis.hgetall(keys.quota(member, window.id)),
          redis.lrange(keys.lines(member), 0, -1),
        ]);
        const held = Number(used.held ?? 0);
        const spent = Number(used.spent ?? 0);
        return {
          allowance,
          held,
          spent,
          left: Math.max(0, allowance - held - spent),
          renewsAt: window.endsAt,
          entries: lines.map((line) => lineOf(member, line)),
        };
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
