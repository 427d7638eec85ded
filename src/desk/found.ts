import type { Cluster, Redis } from 'ioredis';
import type { SpaceKey } from '../domain/origin.ts';
import { masters } from './masters.ts';

const page = 1_000;

/** All keys that match, of every master of a cluster. */
export async function* keysLike(redis: Redis | Cluster, pattern: string): AsyncGenerator<string> {
  for (const node of await masters(redis)) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', page);
      yield* keys;
      cursor = next;
    } while (cursor !== '0');
  }
}

/** The kinds of keys that an audit holds against the ledger. */
const kinds = ['quota', 'lots', 'shares', 'used', 'under', 'pot'] as const;
export type Kind = (typeof kinds)[number];

/** What a space keeps, by kind, as the keys' names within the space. */
export type Kept = Record<Kind, Set<string>>;

/** Every space that has books, in the order of their names. */
export async function spacesWithBooks(redis: Redis | Cluster): Promise<Map<SpaceKey, Kept>> {
  const found = new Map<SpaceKey, Kept>();
  for await (const key of keysLike(redis, 'dailies:{*}:*')) {
    const [, space, name = ''] = /^dailies:{(.+?)}:(.+)$/s.exec(key) ?? [];
    const [kind = ''] = name.split(':');
    const known = kinds.find((one) => one === kind && name.startsWith(`${one}:`));
    if (space === undefined || (known === undefined && kind !== 'ledger')) continue;
    const none = {
      quota: new Set(),
      lots: new Set(),
      shares: new Set(),
      used: new Set(),
      under: new Set(),
      pot: new Set(),
    };
    const kept = found.get(space as SpaceKey) ?? (none as Kept);
    found.set(space as SpaceKey, kept);
    if (known) kept[known].add(name);
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}
