import type { Cluster, Redis } from 'ioredis';
import { told, untouched } from '../away.ts';
import type { Wishes } from '../domain/wishes.ts';
import { spaceKeys } from './keys.ts';

/** Members' wishes in Redis: a set of those who said no. */
export function createWishes(redis: Redis | Cluster): Wishes {
  return {
    mention: (space, member) =>
      told(() => untouched(async () => (await redis.sismember(spaceKeys(space).unmentioned, member)) === 0)),
    setMention: (space, member, wanted) =>
      // Said twice it is said once: when Redis was away, nothing is lost by saying it again.
      told(() =>
        untouched(async () => {
          const key = spaceKeys(space).unmentioned;
          await (wanted ? redis.srem(key, member) : redis.sadd(key, member));
        }),
      ),
  };
}
