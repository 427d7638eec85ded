import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';

const read = (name: string, folder: URL): string => readFileSync(new URL(`${name}.lua`, folder), 'utf8');

/** A script as it is sent: one that begins with `-- WITH <name>` has that other one before it. */
function textOf(name: string, folder: URL): string {
  const own = read(name, folder);
  const [, shared] = /^-- WITH (\w+)\n/.exec(own) ?? [];
  return shared === undefined ? own : `${read(shared, folder)}\n${own}`;
}

/**
 * The Lua scripts `<folder>/<name>.lua`, and how one is run: by its digest, with its text sent to a server that does not know it
 * yet. Keys and arguments are as the script's header says; the keys share one hash tag.
 */
export function scriptsIn<N extends string>(folder: URL, names: readonly N[]) {
  const scripts = new Map(
    names.map((name) => {
      const lua = textOf(name, folder);
      return [name, { lua, sha: createHash('sha1').update(lua).digest('hex') }] as const;
    }),
  );
  return async (redis: Redis | Cluster, name: N, keys: string[], args: (string | number)[]): Promise<unknown> => {
    const { lua, sha } = scripts.get(name) as { lua: string; sha: string };
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(lua, keys.length, ...keys, ...args);
    }
  };
}
