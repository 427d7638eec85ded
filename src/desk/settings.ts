import type { Cluster, Redis } from 'ioredis';
import { told, untouched } from '../away.ts';
import { type Settings, type SpaceSettings, settingsSchema, usualSettings } from '../domain/settings.ts';
import { spaceKeys } from './keys.ts';
import { pairs } from './record.ts';
import { run } from './scripts.ts';
import { trailKept } from './trail.ts';

/** Settings from their hash, where each value is JSON; what was never settled is as usual. */
function settingsOf(fields: Record<string, string>): Settings {
  const settled = Object.entries(fields).map(([name, value]) => [name, JSON.parse(value)] as const);
  return settingsSchema.parse({ ...usualSettings, ...Object.fromEntries(settled) });
}

/** The settings of spaces in Redis: a hash, and a log of who changed what. */
export function createSettings(redis: Redis | Cluster): SpaceSettings {
  return {
    read: (space) => told(() => untouched(async () => settingsOf(await redis.hgetall(spaceKeys(space).settings)))),
    change: (space, change, by) =>
      // Said twice it is said once: when Redis was away, nothing is lost by saying it again.
      told(() =>
        untouched(async () => {
          const keys = spaceKeys(space);
          const kept = Object.entries(change).filter(([, value]) => value !== null);
          const given = Object.entries(settingsSchema.partial().parse(Object.fromEntries(kept)));
          const args = given.flatMap(([name, value]) => [name, JSON.stringify(value)]);
          const cleared = settingsSchema.keyof().options.filter((name) => change[name] === null);
          args.push(...cleared.flatMap((name) => [name, '']));
          return settingsOf(pairs(await run(redis, 'change', [keys.settings, keys.trail], [by, trailKept, ...args])));
        }),
      ),
  };
}
