import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { reaching, told, untouched } from '../away.ts';
import type { SpaceKey } from '../domain/origin.ts';
import type { Slow } from '../ports.ts';
import { spaceKeys } from './keys.ts';
import { run } from './scripts.ts';

const minute = 60_000;
/** So many refusals within this time begin a wait, this long at first, doubling up to an hour; an hour without one forgets them. */
const rule = [3, 10 * minute, minute, 60 * minute, 60 * minute];
/** How many requests are remembered, so that none counts twice. */
const requestsKept = 20;

/** Who has to wait in which space, in Redis: a hash for each member. */
export function createSlow(redis: Redis | Cluster): Slow {
  const ask = async (space: SpaceKey, member: string, request: string): Promise<number> =>
    z.int().parse(await run(redis, 'slow', [spaceKeys(space).slow(member)], [request, ...rule, requestsKept]));
  return {
    left: (space, member) => told(() => untouched(() => ask(space, member, ''))),
    count: (space, member, request) =>
      reaching(async () => {
        await ask(space, member, request);
      }),
  };
}
