import type { Cluster, Redis } from 'ioredis';
import { told } from '../away.ts';
import type { Wishes } from '../domain/wishes.ts';
import { spaceKeys } from './keys.ts';

/** Members' wishes in Redis: a set of those who said no. */
export function createWishes(redis: Redis | Cluster): Wishes {
  return {
    mention: (space, member) => told(async () => (await redis.sismember(spaceKeys(space).unmentioned, member)) === 0),
    setMention: (space, member, wanted) =>
      told(async () => {
        const key = spaceKeys(space).unmentioned;
        await (wanted ? redis.srem(key, member) : redis.sadd(key, member));
      }),
  };
}
