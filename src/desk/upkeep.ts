import type { Cluster, Redis } from 'ioredis';
import { reaching } from '../away.ts';
import type { SpaceKey } from '../domain/origin.ts';
import type { Upkeep } from '../ports.ts';
import { keysLike } from './found.ts';
import { keep, spaceKeys } from './keys.ts';

/** Milliseconds that the list of spaces is believed: looking for them reads the names of all keys. */
const listedFor = 600_000;

/** As it is kept: `80@60/`. */
function toldOf(text = ''): { share: number; of: string } {
  const [share, of = ''] = text.split('@');
  return { share: Number(share), of };
}

/** What there is to look after in spaces that nobody calls, in Redis. */
export function createUpkeep(redis: Redis | Cluster, now: () => number = Date.now): Upkeep {
  let listed: SpaceKey[] = [];
  let listedAt = Number.NEGATIVE_INFINITY;
  return {
    spaces: () =>
      reaching(async () => {
        if (now() - listedAt < listedFor) return listed;
        const found = new Set<SpaceKey>();
        for (const name of ['expiring', 'pots', 'endowed', 'window']) {
          for await (const key of keysLike(redis, `dailies:{*}:${name}`)) {
            const [, space] = /^dailies:{(.+?)}:[a-z]+$/.exec(key) ?? [];
            if (space !== undefined) found.add(space as SpaceKey);
          }
        }
        listed = [...found];
        listedAt = now();
        return listed;
      }),

    used: (space) =>
      reaching(async () => {
        const keys = spaceKeys(space);
        const [id, ends] = await redis.hmget(keys.window, 'id', 'ends');
        if (!id || Number(ends) <= now()) return undefined;
        const is = await redis.hgetall(keys.used(id));
        const sum = (...names: string[]) => names.reduce((all, name) => all + Number(is[name] ?? 0), 0);
        return {
          ...{ window: id, endsAt: Number(ends), told: toldOf(is.told) },
          ...{ credits: sum('held', 'spent'), money: sum('money_held', 'money_spent') },
        };
      }),

    told: (space, window, { share, of }) =>
      reaching(async () => {
        const key = spaceKeys(space).used(window);
        await redis.hset(key, 'told', `${share}@${of}`);
        // Also where nothing was used yet: longer than its window lasts, which whoever uses something sets anew.
        if ((await redis.pttl(key)) < 0) await redis.expire(key, keep.quota);
      }),
  };
}
