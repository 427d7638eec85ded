import { TransientError } from '../domain/errors.ts';

/** What of Redis the measured times need; a client of a single server or of a cluster will do. */
export interface TimesRedis {
  lrange(key: string, start: number, stop: number): Promise<string[]>;
  lpush(key: string, value: number): Promise<number>;
  ltrim(key: string, start: number, stop: number): Promise<unknown>;
  expire(key: string, seconds: number): Promise<number>;
}

/** Seconds that a list stands after its last change. */
const keptFor = 30 * 86_400;
/** Milliseconds that a read is good for, of a short list and of one that a few more numbers hardly change; and that the very first one may take. */
const freshFor = { short: 5_000, long: 30_000 };
const long = 50;
const firstWithin = 500;
const mostLists = 500;

/** A list as it was read last. The same array as before means that nothing changed. */
interface Known {
  values: readonly number[];
  readAt: number;
}

/** Bounded lists of numbers in Redis, newest first. */
export interface Measured {
  /** What is known of a list, at most half a minute old; older while Redis is away, and empty before it was ever read. Never fails. */
  read(key: string, length: number, now: number): Promise<readonly number[]>;
  /** Puts a number in front and keeps `length`. Throws {@link TransientError} when Redis is away. */
  add(key: string, value: number, length: number): Promise<void>;
}

const same = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((value, index) => value === other[index]);

/** Waits for `work`, but not longer than `ms`. */
async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}

/** Lists that are read through a memory of this process, so that a poll does not cost a read. */
export function createMeasured(redis: TimesRedis): Measured {
  const lists = new Map<string, Known>();

  async function refresh(key: string, length: number, known: Known): Promise<void> {
    let read: string[];
    try {
      read = await redis.lrange(key, 0, length - 1);
    } catch {
      // What is known stands; it is read again when it is next too old.
      return;
    }
    const values = read.map(Number).filter(Number.isFinite);
    if (!same(values, known.values)) known.values = values;
  }

  return {
    async read(key, length, now) {
      const found = lists.get(key);
      const known = found ?? { values: [], readAt: Number.NEGATIVE_INFINITY };
      const fresh = known.values.length < long ? freshFor.short : freshFor.long;
      if (Math.abs(now - known.readAt) < fresh) return known.values;
      known.readAt = now;
      const reading = refresh(key, length, known);
      if (!found) {
        const [oldest] = lists.keys();
        if (lists.size >= mostLists && oldest !== undefined) lists.delete(oldest);
        lists.set(key, known);
        await atMost(firstWithin, reading);
      }
      return known.values;
    },
    async add(key, value, length) {
      try {
        await Promise.all([redis.lpush(key, value), redis.ltrim(key, 0, length - 1), redis.expire(key, keptFor)]);
      } catch (cause) {
        throw new TransientError('the measured times could not be reached', { cause });
      }
    },
  };
}
