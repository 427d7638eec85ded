import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { reaching } from '../away.ts';
import type { PauseReason } from '../domain/gateway.ts';
import type { Standing } from '../ports.ts';
import { run } from './scripts.ts';

const keys = { standing: '{dailies}:standing', probe: '{dailies}:standing:probe' } as const;
const freshFor = 1_000;
const relapseWithin = 3_600_000;

/** `since` is Unix milliseconds and `lasted` milliseconds, both by Redis's clock; `relapses` is how often it was paused again within an hour of being resumed. */
export interface Pause {
  reason: PauseReason;
  since: number;
  lasted: number;
  relapses: number;
}

const pauseSchema = z.object({
  reason: z.enum(['funds', 'misconfigured']),
  since: z.coerce.number(),
  relapses: z.coerce.number(),
});

/** Beside the port: what the probe needs. */
export interface ProbedStanding extends Standing {
  read(): Promise<Pause | undefined>;
  /** True for one process in `ms` milliseconds: it probes, and nobody else does meanwhile. */
  turn(ms: number): Promise<boolean>;
}

/**
 * Whether the gateway is given new work, in Redis; read once a second and process at the most. Redis away: {@link RedisAway}.
 */
export function createStanding(redis: Redis | Cluster): ProbedStanding {
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<Pause | undefined> = Promise.resolve(undefined);

  const ask = async (): Promise<Pause | undefined> => {
    const [fields, [seconds]] = await Promise.all([redis.hgetall(keys.standing), redis.time()]);
    if (fields.reason === undefined) return undefined;
    const pause = pauseSchema.parse(fields);
    return { ...pause, lasted: Math.max(0, Number(seconds) * 1000 - pause.since) };
  };
  const forget = (): void => {
    askedAt = Number.NEGATIVE_INFINITY;
  };

  return {
    read: () => {
      const now = performance.now();
      if (now - askedAt >= freshFor) {
        askedAt = now;
        answer = reaching(ask);
        answer.catch(forget);
      }
      return answer;
    },

    pause: (reason) =>
      reaching(async () => {
        const newly = await run(redis, 'pause', [keys.standing], [reason]);
        forget();
        return newly === 1;
      }),

    resume: () =>
      reaching(async () => {
        await run(redis, 'resume', [keys.standing], [relapseWithin]);
        forget();
      }),

    turn: (ms) => reaching(async () => (await redis.set(keys.probe, '1', 'PX', ms, 'NX')) === 'OK'),
  };
}
