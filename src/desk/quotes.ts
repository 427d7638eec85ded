import type { Cluster, Redis } from 'ioredis';
import { told, untouched } from '../away.ts';
import { UserError } from '../domain/errors.ts';
import { type Quote, quoteSchema } from '../domain/quote.ts';
import type { Quotes } from '../ports.ts';
import { keep, spaceKeys } from './keys.ts';
import { roomLeft } from './memory.ts';

/** The prices said and not yet answered, in Redis. A price takes no credits, so whatever fails here nothing was taken. */
export function createQuotes(redis: Redis | Cluster): Quotes {
  const room = roomLeft(redis);
  const read = (stored: string | null): Quote | undefined =>
    stored === null ? undefined : quoteSchema.parse(JSON.parse(stored));

  const asking = <T>(work: () => Promise<T>): Promise<T> => told(() => untouched(work));

  return {
    keep: (space, quote) =>
      asking(async () => {
        if (!(await room())) throw new UserError('unavailable', { word: 'service.full' }, { retryAfter: 60 });
        const key = spaceKeys(space).quote(quote.id);
        const text = JSON.stringify(quote);
        const kept = await redis.set(key, text, 'EX', keep.quote, 'NX');
        const stands = kept === null ? read(await redis.get(key)) : quote;
        if (stands) return stands;
        await redis.set(key, text, 'EX', keep.quote);
        return quote;
      }),
    find: (space, id) => asking(async () => read(await redis.get(spaceKeys(space).quote(id)))),
    drop: (space, id) =>
      asking(async () => {
        await redis.del(spaceKeys(space).quote(id));
      }),
  };
}
