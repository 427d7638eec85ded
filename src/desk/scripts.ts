import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';

const names = [
  'accept',
  'begin',
  'save',
  'submitted',
  'woken',
  'settle',
  'shown',
  'hand_back',
  'cancel',
  'redeliver',
  'enlist',
  'admit',
  'fill',
  'lead',
  'take',
  'overdue',
] as const;
type Name = (typeof names)[number];

const scripts = Object.fromEntries(
  names.map((name) => {
    const lua = readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');
    return [name, { lua, sha: createHash('sha1').update(lua).digest('hex') }];
  }),
) as Record<Name, { lua: string; sha: string }>;

/** Runs one of the desk's scripts. Keys and arguments are as the script's header says. */
export async function run(
  redis: Redis | Cluster,
  name: Name,
  keys: string[],
  args: (string | number)[],
): Promise<unknown> {
  const { lua, sha } = scripts[name];
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.eval(lua, keys.length, ...keys, ...args);
  }
}
