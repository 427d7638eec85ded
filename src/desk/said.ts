import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { placeSchema, type Said } from '../domain/challenge.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { dailies, spaceKeys } from './keys.ts';

const saidSchema = z.object({ ref: z.string(), place: placeSchema, edition: z.int().exactOptional() });

/** What was said of a challenge or a season to all, by what is kept of it. */
export function saidIn<T extends string>(is: Record<string, string>, sayings: readonly T[]): Partial<Record<T, Said>> {
  const said: Partial<Record<T, Said>> = {};
  for (const one of sayings) {
    const text = is[`said:${one}`];
    if (text !== undefined) said[one] = saidSchema.parse(JSON.parse(text));
  }
  return said;
}

/** The spaces where time has something to do: with challenges by their deadlines, with seasons by their turns. */
export async function spacesWith(redis: Redis | Cluster, list: 'deadlines' | 'turns'): Promise<SpaceKey[]> {
  const all = (await redis.smembers(dailies.contests)) as SpaceKey[];
  const open = await Promise.all(all.map((space) => redis.exists(spaceKeys(space)[list])));
  return all.filter((_, index) => open[index] === 1);
}
