import type { Cluster, Redis } from 'ioredis';
import { reaching } from '../away.ts';
import type { Withheld } from '../ports.ts';
import { dailies, keep } from './keys.ts';

/** The films that are shown to nobody any more, in Redis: a key for each, which outlives the stored file. */
export function createWithheld(redis: Redis | Cluster): Withheld {
  const keyOf = (name: string): string => `${dailies.withheld}${name}`;
  return {
    add: (name) =>
      reaching(async () => {
        await redis.set(keyOf(name), '1', 'EX', keep.withheld);
      }),
    has: (name) => reaching(async () => (await redis.exists(keyOf(name))) === 1),
  };
}
