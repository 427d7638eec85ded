import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';

/** The text of `<folder>/<name>.lua`. */
export const readScript = (name: string, folder: URL): string => readFileSync(new URL(`${name}.lua`, folder), 'utf8');

/** The text without comments: an engine may read all of it at every call. */
const bare = (text: string): string => text.replace(/^[ \t]*(--.*)?\n/gm, '');

/** Of what scripts share the values and functions that one names, and those that these name. Each begins with `local` at the left margin. */
function needed(shared: string, own: string): string {
  let text = own;
  for (const part of shared.split(/^(?=local )/m).reverse()) {
    const [, name = ''] = /^local (?:function )?(\w+)/.exec(part) ?? [];
    if (new RegExp(`\\b${name}\\b`).test(text)) text = part + text;
  }
  return text;
}

/** A script as it is sent: one that begins with `-- WITH <names>` has before it what it needs of those others, in their order. `own` is its text. */
export function scriptText(folder: URL, name: string, own = readScript(name, folder)): string {
  const [, shared] = /^-- WITH (.+)\n/.exec(own) ?? [];
  if (shared === undefined) return bare(own);
  const texts = shared.split(' ').map((other) => bare(readScript(other, folder)));
  return needed(texts.join(''), bare(own));
}

/**
 * The Lua scripts `<folder>/<name>.lua`, and how one is run: by its digest, with its text sent to a server that does not know it
 * yet. Keys and arguments are as the script's header says; the keys share one hash tag.
 */
export function scriptsIn<N extends string>(folder: URL, names: readonly N[]) {
  const scripts = new Map(
    names.map((name) => {
      const lua = scriptText(folder, name);
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
