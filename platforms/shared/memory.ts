/** What is remembered for a while, and no more of it than `most`: the oldest goes first. `lifeMs` is how long a value is believed. */
export interface Memory<V> {
  note(key: string, value: V): void;
  read(key: string): V | undefined;
  drop(key: string): void;
}

export function createMemory<V>(most: number, lifeMs: number): Memory<V> {
  const all = new Map<string, { value: V; until: number }>();
  return {
    note(key, value) {
      all.delete(key);
      all.set(key, { value, until: Date.now() + lifeMs });
      const [oldest] = all.keys();
      if (all.size > most && oldest !== undefined) all.delete(oldest);
    },
    read(key) {
      const known = all.get(key);
      return known && known.until > Date.now() ? known.value : undefined;
    },
    drop: (key) => void all.delete(key),
  };
}
