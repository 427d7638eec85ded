import { TransientError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { Schedule } from '../ports.ts';

/** What of Redis the measured times need; a client of a single server or of a cluster will do. */
export interface TimesRedis {
  lrange(key: string, start: number, stop: number): Promise<string[]>;
  lpush(key: string, value: number): Promise<number>;
  ltrim(key: string, start: number, stop: number): Promise<unknown>;
  expire(key: string, seconds: number): Promise<number>;
}

const kept = 50;
const enough = 5;
const keptFor = 30 * 86_400;
const lateInterval = 300_000;

/** The time within which four of five were done; nothing while fewer than five are known. */
export function usualTime(times: readonly number[]): number | undefined {
  if (times.length < enough) return undefined;
  return [...times].sort((a, b) => a - b)[Math.ceil(times.length * 0.8) - 1];
}

const timesKey = (recipe: Recipe): string => `{dailies}:times:${recipe.model}:${recipe.seconds}`;

async function reach<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    throw new TransientError('the measured times could not be reached', { cause });
  }
}

/**
 * Polls at ages that grow by `factor`: soon for a short film, seldom for a long one. `first` and `max` bound the wait in
 * milliseconds, `jitter` spreads it by that share either way; a late job is looked at every five minutes. `expect` and
 * `learn` throw {@link TransientError} when Redis is away.
 */
export function createSchedule(options: {
  redis: TimesRedis;
  first?: number;
  factor?: number;
  max?: number;
  jitter?: number;
  random?: () => number;
}): Schedule {
  const { redis, first = 2_000, factor = 1.4, max = 15_000, jitter = 0.2, random = Math.random } = options;
  const spread = (ms: number): number => ms * (1 + jitter * (2 * random() - 1));
  return {
    next(job: Job, now: number): number {
      const age = now - (job.submittedAt ?? now);
      const wait = job.late ? lateInterval : Math.min(max, Math.max(first, age * (factor - 1)));
      return Math.round(now + Math.max(first / 2, spread(wait)));
    },
    async expect(recipe, submittedAt) {
      const times = await reach(redis.lrange(timesKey(recipe), 0, kept - 1));
      const usual = usualTime(times.map(Number));
      return usual === undefined ? undefined : submittedAt + usual;
    },
    async learn(recipe, ms) {
      const key = timesKey(recipe);
      await reach(
        Promise.all([redis.lpush(key, Math.round(ms)), redis.ltrim(key, 0, kept - 1), redis.expire(key, keptFor)]),
      );
    },
  };
}
