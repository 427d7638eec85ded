import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told, untouched } from '../away.ts';
import type { Deed, Trail, TrailEntry } from '../domain/trail.ts';
import { keep, spaceKeys } from './keys.ts';
import { pairs } from './record.ts';
import { run } from './scripts.ts';

/** How many deeds of a space are remembered. */
export const trailKept = 10_000;

const deedSchema = z.object({
  who: z.string(),
  what: z.string(),
  about: z.string().exactOptional(),
  why: z.string().exactOptional(),
  before: z.string().exactOptional(),
  after: z.string().exactOptional(),
}) satisfies z.ZodType<Deed>;

function entryOf([id, flat]: [string, string[]]): TrailEntry {
  return { ...deedSchema.parse(pairs(flat)), id, at: Number(id.split('-')[0]) };
}

/** The trail of a space in Redis: a stream. */
export function createTrail(redis: Redis | Cluster): Trail {
  return {
    note: (space, key, deed) =>
      told(async () => {
        const keys = spaceKeys(space);
        const fields = Object.entries(deedSchema.parse(deed)).flat();
        const once = keys.did(`note ${deed.what} ${key}`);
        await run(redis, 'note', [keys.trail, once], [trailKept, keep.call, ...fields]);
      }),
    read: (space, limit, before) =>
      told(() =>
        untouched(async () => {
          const from = before === undefined ? '+' : `(${before}`;
          const found = await redis.xrevrange(spaceKeys(space).trail, from, '-', 'COUNT', limit);
          return found.map(entryOf);
        }),
      ),
  };
}
