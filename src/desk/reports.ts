import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told, untouched } from '../away.ts';
import type { Reports } from '../domain/reports.ts';
import { keep, spaceKeys } from './keys.ts';
import { run } from './scripts.ts';

/** How many films a member may report within so many milliseconds. */
const most = 10;
const within = 3_600_000;
/** Milliseconds that telling of a report may take, after which the next report tells. */
const tellWithin = 60_000;

const answerSchema = z.union([
  z.tuple([z.literal('often')]),
  z.tuple([z.enum(['tell', 'known']), z.coerce.number(), z.string()]),
]);

/** Reports in Redis: a hash for each film, and a sorted set of what each member reported lately. */
export function createReports(redis: Redis | Cluster): Reports {
  // Said twice it is said once: when Redis was away, nothing is lost by saying it again.
  const asking = <T>(work: () => Promise<T>): Promise<T> => told(() => untouched(work));
  return {
    note: ({ space, id }, by) =>
      asking(async () => {
        const keys = spaceKeys(space);
        const args = [by, id, most, within, tellWithin, keep.report];
        const answer = answerSchema.parse(await run(redis, 'report', [keys.report(id), keys.reports(by)], args));
        if (answer[0] === 'often') return { is: 'often' };
        const [is, count, fresh] = answer;
        return { is, count, fresh: fresh === '1' };
      }),
    told: ({ space, id }, well) =>
      asking(async () => {
        const key = spaceKeys(space).report(id);
        await (well ? redis.hset(key, 'told', '1') : redis.hdel(key, 'telling'));
      }),
    isTold: ({ space, id }) => asking(async () => (await redis.hexists(spaceKeys(space).report(id), 'told')) === 1),
  };
}
