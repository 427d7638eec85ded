import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { reaching } from '../away.ts';
import type { JobRef } from '../domain/job.ts';
import type { SpaceKey } from '../domain/origin.ts';
import type { Lists, Overdue } from '../ports.ts';
import { dailies, spaceKeys } from './keys.ts';
import { run } from './scripts.ts';

/** Milliseconds after which an admitted job is looked at again, should its way to the queue have broken. */
const admittedDue = 10_000;
/** Milliseconds that one worker leads without saying so again. */
const leadFor = 4_000;
/** A space without unfinished jobs is forgotten an hour after its last call. */
const forgetAfter = 3_600_000;

const answerSchema = z.array(z.string());
const isSchema = z.enum(['waiting', 'lost', 'gone']);
/** Milliseconds that free places are kept for one round of admission. */
const reservedFor = 10_000;
const slotOf = (ref: JobRef): string => `${ref.space}/${ref.id}`;

/** How the submit window counts: a job takes a slot from its admission until it is `submitted`, or until its film is `rendered`; at most `longest` ms. */
export interface Slots {
  until: 'submitted' | 'rendered';
  longest: number;
}

/** The waiting lists and open sets of all spaces, in Redis. */
export function createLists(redis: Redis | Cluster, slots: Slots): Lists {
  const me = randomUUID();

  const enlist = (space: SpaceKey): Promise<unknown> => run(redis, 'enlist', [dailies.ring], [space]);

  /** Takes the next jobs of a space, who get the places of the token from `first` on before they leave the list: none runs without one. */
  const take = async (space: SpaceKey, most: number, token: string, first: number): Promise<JobRef[]> => {
    const keys = spaceKeys(space);
    const next = await redis.zrange(keys.waiting, '0', String(most - 1));
    const refs = next.map((id) => ({ space, id: String(id) }));
    const places = [token, first, first + refs.length - 1, slots.longest, ...refs.map(slotOf)];
    if (refs.length > 0) await run(redis, 'fill', [dailies.slots], places);
    const ids = refs.map((ref) => ref.id);
    const answer = await run(redis, 'take', [keys.waiting, keys.open, keys.jobs], [admittedDue, ...ids]);
    const [left, ...taken] = answerSchema.parse(answer);
    const gone = refs.filter((ref) => !taken.includes(ref.id));
    if (gone.length > 0) await redis.zrem(dailies.slots, ...gone.map(slotOf));
    if (left === '0') {
      await redis.zrem(dailies.ring, space);
      // An accept may have enlisted the space between the two commands.
      if ((await redis.zcard(keys.waiting)) > 0) await enlist(space);
    }
    return refs.filter((ref) => taken.includes(ref.id));
  };

  return {
    spaces: () =>
      reaching(async () => {
        const before = Date.now() - forgetAfter;
        const idle = (await redis.zrangebyscore(dailies.spaces, '-inf', before)) as SpaceKey[];
        for (const space of idle) {
          if ((await redis.zcard(spaceKeys(space).open)) > 0) await redis.zadd(dailies.spaces, 'XX', Date.now(), space);
        }
        // By score, not by name: a space that was called on in between has a fresh one.
        if (idle.length > 0) await redis.zremrangebyscore(dailies.spaces, '-inf', before);
        return (await redis.zrange(dailies.spaces, '0', '-1')) as SpaceKey[];
      }),

    enlist: (space) =>
      reaching(async () => {
        await enlist(space);
      }),

    admit: (window) =>
      reaching(async () => {
        const token = randomUUID();
        const answer = await run(redis, 'admit', [dailies.ring, dailies.slots], [window, token, reservedFor]);
        const [free = '0', ...spaces] = answerSchema.parse(answer);
        const refs: JobRef[] = [];
        for (const [index, space] of spaces.entries()) {
          const left = Number(free) - refs.length;
          const share = Math.max(1, Math.floor(left / (spaces.length - index)));
          refs.push(...(await take(space as SpaceKey, share, token, refs.length + 1)));
        }
        if (refs.length < Number(free)) {
          await run(redis, 'fill', [dailies.slots], [token, refs.length + 1, free, slots.longest]);
        }
        return refs;
      }),

    leads: () => reaching(async () => (await run(redis, 'lead', [dailies.lead], [me, leadFor])) === 1),

    resign: () =>
      reaching(async () => {
        if ((await redis.get(dailies.lead)) === me) await redis.del(dailies.lead);
      }),

    freed: (ref, reached) =>
      reaching(async () => {
        if (reached === 'ended' || reached === slots.until) await redis.zrem(dailies.slots, slotOf(ref));
      }),

    overdue: (space, limit, again) =>
      reaching(async () => {
        const keys = spaceKeys(space);
        const flat = answerSchema.parse(
          await run(redis, 'overdue', [keys.open, keys.waiting, keys.jobs], [limit, again]),
        );
        const found: Overdue[] = [];
        for (let i = 0; i + 1 < flat.length; i += 2) {
          found.push({ ref: { space, id: flat[i] as string }, is: isSchema.parse(flat[i + 1]) });
        }
        return found;
      }),
  };
}
