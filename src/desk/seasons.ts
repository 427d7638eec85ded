import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told, untouched } from '../away.ts';
import { UserError } from '../domain/errors.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { inOrder, type Result, type Season, type Seasons, type Standing, standingsIn } from '../domain/season.ts';
import { spaceKeys } from './keys.ts';
import { madeBy, verb } from './ledger.ts';
import { run } from './scripts.ts';

/** How many seasons are listed. */
const listed = 100;

const resultSchema = z.object({
  id: z.string(),
  title: z.string(),
  endedAt: z.number(),
  films: z.number(),
  places: z.array(z.object({ member: z.string(), name: z.string(), place: z.number() })),
}) satisfies z.ZodType<Omit<Result, 'season'>>;

const standingSchema = z.object({
  rank: z.number(),
  member: z.string(),
  name: z.string(),
  points: z.number(),
  firsts: z.number(),
  challenges: z.number(),
}) satisfies z.ZodType<Standing>;
const finalSchema = z.array(standingSchema);

const seasonSchema = z.object({
  name: z.string(),
  from: z.coerce.number(),
  to: z.coerce.number().exactOptional(),
  final: z
    .string()
    .transform((text) => finalSchema.parse(JSON.parse(text)))
    .exactOptional(),
});

/** A result as it is kept: the season that it counts in, or nothing, a bar, and the rest as JSON. */
function resultOf(text: string): Result {
  const bar = text.indexOf('|');
  const result = resultSchema.parse(JSON.parse(text.slice(bar + 1)));
  return bar === 0 ? result : { ...result, season: text.slice(0, bar) };
}

/** Seasons in Redis. */
export function createSeasons(redis: Redis | Cluster): Seasons {
  const reading = <T>(work: () => Promise<T>): Promise<T> => told(() => untouched(work));
  const list = async (space: SpaceKey): Promise<Season[]> => {
    const keys = spaceKeys(space);
    const ids = await redis.zrevrange(keys.seasons, 0, listed - 1);
    return Promise.all(ids.map(async (id) => ({ id, ...seasonSchema.parse(await redis.hgetall(keys.season(id))) })));
  };
  const results = async (space: SpaceKey): Promise<Result[]> =>
    inOrder((await redis.hvals(spaceKeys(space).results)).map(resultOf));

  return {
    open: (space, key, name) =>
      told(() =>
        verb(redis, 'open_season', { space, key, what: { name } }, [madeBy('s', key, 5), name], (why) =>
          why === 'running' ? new UserError('conflict', { word: 'season.running' }, { field: 'action' }) : undefined,
        ),
      ),

    close: (space, key, id) =>
      told(async () => {
        // What runs is read before what counts in it: a result that comes between is missing then, and the script says so.
        const seasons = await list(space);
        const season = seasons.find((one) => (id === undefined ? one.to === undefined : one.id === id));
        const all = await results(space);
        const counted = all.filter((one) => one.season === season?.id).length;
        const args = [season?.id ?? '', counted, JSON.stringify(season ? standingsIn(season, all) : [])];
        return verb(redis, 'close_season', { space, key, what: { id } }, args, (why) => {
          if (why === 'none') return new UserError('unknown', { word: 'season.none' }, { field: 'action' });
          if (why === 'over') return new UserError('conflict', { word: 'season.over' }, { field: 'title' });
          return why === 'changed' ? new UserError('conflict', { word: 'season.changed' }) : undefined;
        });
      }),

    list: (space) => reading(() => list(space)),
    keep: (space, result) =>
      told(
        async () => void (await run(redis, 'keep_result', [spaceKeys(space).all], [result.id, JSON.stringify(result)])),
      ),
    results: (space) => reading(() => results(space)),
  };
}
