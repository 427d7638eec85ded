import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { reaching } from '../away.ts';
import type { GatewayProfile } from '../domain/gateway.ts';
import type { Brake, Pressure } from '../ports.ts';
import { run } from './scripts.ts';

const keys = {
  submits: '{dailies}:rate:submits',
  minute: '{dailies}:rate:minute',
  brake: '{dailies}:rate:brake',
  full: '{dailies}:rate:full',
  polls: '{dailies}:rate:poll:',
} as const;

/** Milliseconds: longer than a submit may take, so that only a crash leaves a place to run out. */
const placeLasts = 90_000;
const firstWait = 1_000;
const longestWait = 60_000;
const longestAsked = 600_000;
const forgottenAfter = 60_000;
const freshFor = 1_000;
/** Polls that waited for the brake come back over this many milliseconds, at the most. */
const spreadOver = 5_000;
const mostBuckets = 1_000;

const timesSchema = z.tuple([z.coerce.number(), z.coerce.number()]);

/** A burst of a tenth, 5 at the most, and the interval with which no minute sees more than the limit. */
function rateOf(perMinute: number | undefined): { gap: number; burst: number } {
  if (perMinute === undefined) return { gap: 0, burst: 1 };
  const burst = Math.min(5, Math.max(1, Math.floor(perMinute / 10)));
  return { gap: 60_000 / (perMinute - burst + 1), burst };
}

/** Polls that one process plans for a stretch of so many milliseconds: about half of what a core carries out, for films come home meanwhile. */
const stretch = 100;
const pollsInStretch = 40;

/** What a process can carry out: the first time at or after `wanted` that has room, so that polls are planned later rather than come late. */
function createRoom(random: () => number): (wanted: number, now: number) => number {
  const planned = new Map<number, number>();
  let sweptAt = 0;
  return (wanted, now) => {
    if (now - sweptAt > 10 * stretch) {
      sweptAt = now;
      for (const bucket of planned.keys()) if ((bucket + 1) * stretch < now) planned.delete(bucket);
    }
    const first = Math.floor(wanted / stretch);
    let bucket = first;
    while ((planned.get(bucket) ?? 0) >= pollsInStretch) bucket += 1;
    planned.set(bucket, (planned.get(bucket) ?? 0) + 1);
    return bucket === first ? wanted : Math.ceil((bucket + random()) * stretch);
  };
}

/**
 * The gateway's limits in Redis, over all workers. Costs: `enter` a script and `leave` a command where submits are limited,
 * `pollAt` a script where polls are; else all of them together one PTTL a second and process, which then plans no more polls than it can carry out. Redis away: {@link RedisAway}.
 */
export function createPressure(
  redis: Redis | Cluster,
  limits: GatewayProfile['limits'],
  random: () => number = Math.random,
): Pressure & Brake {
  const { submitsAtOnce = 0, submitsPerMinute, pollsPerSecond } = limits;
  const { gap, burst } = rateOf(submitsPerMinute);
  const limited = submitsAtOnce > 0 || gap > 0;
  let askedAt = Number.NEGATIVE_INFINITY;
  let until: Promise<number> = Promise.resolve(0);

  /** When the brake is off, on this process's own clock. */
  const know = (read: () => Promise<number>): Promise<number> => {
    askedAt = performance.now();
    until = reaching(async () => performance.now() + (await read()));
    until.catch(() => {
      askedAt = Number.NEGATIVE_INFINITY;
    });
    return until;
  };
  const holds = async (): Promise<number> => {
    // The key lives as long as the brake holds and is remembered, so its time to live tells both.
    const fresh = performance.now() - askedAt < freshFor;
    const off = await (fresh ? until : know(async () => (await redis.pttl(keys.brake)) - forgottenAfter));
    return Math.max(0, off - performance.now());
  };
  const jittered = (ms: number): number => Math.ceil(ms * (1 + 0.2 * random()));

  const room = createRoom(random);

  return {
    holds,

    async slow({ asked = 0, age }) {
      const args = [Math.ceil(asked), Math.ceil(age), firstWait, longestWait, longestAsked, forgottenAfter];
      await know(async () => z.number().parse(await run(redis, 'slow', [keys.brake], args)));
    },

    async enter(job) {
      if (!limited) return { wait: jittered(await holds()) };
      const wait = await reaching(() =>
        run(redis, 'enter', [keys.submits, keys.minute, keys.brake], [job, submitsAtOnce, placeLasts, gap, burst]),
      );
      return { wait: jittered(z.number().parse(wait)) };
    },

    async leave(job) {
      if (submitsAtOnce > 0) await reaching(() => redis.zrem(keys.submits, job));
    },

    async pollAt(wanted) {
      const now = Date.now();
      if (pollsPerSecond === undefined) {
        const held = await holds();
        const back = now + held + random() * Math.min(spreadOver, held);
        return room(held === 0 || wanted > now + held ? wanted : Math.ceil(back), now);
      }
      const places = Math.max(1, Math.ceil(pollsPerSecond / 10));
      const answer = await reaching(() =>
        run(redis, 'poll_at', [keys.brake, keys.full, keys.polls], [wanted - now, pollsPerSecond, places, mostBuckets]),
      );
      const [at, there] = timesSchema.parse(answer);
      // As far from now as by Redis's clock: the two may differ.
      return Math.ceil(now + at - there);
    },
  };
}
