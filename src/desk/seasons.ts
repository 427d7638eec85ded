import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told, untouched } from '../away.ts';
import { placeSchema } from '../domain/challenge.ts';
import { UserError } from '../domain/errors.ts';
import type { SpaceKey } from '../domain/origin.ts';
import {
  inOrder,
  type Result,
  type Season,
  type Seasons,
  type Standing,
  seasonSayings,
  standingsIn,
} from '../domain/season.ts';
import { dailies, spaceKeys } from './keys.ts';
import { madeBy, verb } from './ledger.ts';
import { saidIn, spacesWith } from './said.ts';
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

const json = <T>(schema: z.ZodType<T>) => z.string().transform((text) => schema.parse(JSON.parse(text)));
const seasonSchema = z.object({
  name: z.string(),
  from: z.coerce.number(),
  to: z.coerce.number().exactOptional(),
  closes: z.coerce.number().exactOptional(),
  place: json(placeSchema).exactOptional(),
  zone: z.string().exactOptional(),
  edition: z.coerce.number().default(0),
  final: json(finalSchema).exactOptional(),
});

function seasonOf(id: string, is: Record<string, string>): Season {
  return { id, ...seasonSchema.parse(is), said: saidIn(is, seasonSayings) };
}

/** A result as it is kept: the season that it counts in, or nothing, a bar, and the rest as JSON. */
function resultOf(text: string): Result {
  const bar = text.indexOf('|');
  const result = resultSchema.parse(JSON.parse(text.slice(bar + 1)));
  return bar === 0 ? result : { ...result, season: text.slice(0, bar) };
}

/** Why a season is not opened, changed or closed. */
function refused(why: string): UserError | undefined {
  switch (why) {
    case 'running':
      return new UserError('conflict', { word: 'season.running' }, { field: 'action' });
    case 'none':
      return new UserError('unknown', { word: 'season.none' }, { field: 'action' });
    case 'over':
      return new UserError('conflict', { word: 'season.over' }, { field: 'title' });
    case 'past':
      return new UserError('invalid', { word: 'season.past' }, { field: 'closes' });
    case 'changed':
      return new UserError('conflict', { word: 'season.changed' });
    default:
      return undefined;
  }
}

/** Seasons in Redis. */
export function createSeasons(redis: Redis | Cluster): Seasons {
  const reading = <T>(work: () => Promise<T>): Promise<T> => told(() => untouched(work));
  const read = async (space: SpaceKey, id: string): Promise<Season | undefined> => {
    const is = await redis.hgetall(spaceKeys(space).season(id));
    if (is.name === undefined) return undefined;
    const season = seasonOf(id, is);
    // It was opened by a version that did not note where it is.
    if (!season.place) await redis.set(dailies.season(id), space);
    return season;
  };
  const list = async (space: SpaceKey): Promise<Season[]> => {
    const ids = await redis.zrevrange(spaceKeys(space).seasons, 0, listed - 1);
    return (await Promise.all(ids.map((id) => read(space, id)))).filter((one) => one !== undefined);
  };
  /** The one that is meant, or the one that runs. */
  const meant = (seasons: readonly Season[], id: string | undefined): Season | undefined =>
    seasons.find((one) => (id === undefined ? one.to === undefined : one.id === id));
  const results = async (space: SpaceKey): Promise<Result[]> =>
    inOrder((await redis.hvals(spaceKeys(space).results)).map(resultOf));

  return {
    open: (space, key, { name, place, zone, closes }) =>
      told(async () => {
        const id = madeBy('s', key, 5);
        await Promise.all([redis.sadd(dailies.contests, space), redis.set(dailies.season(id), space)]);
        // When it ends is reckoned from the call, and a repetition comes later.
        const args = [id, name, JSON.stringify(place), zone, closes ?? ''];
        return verb(redis, 'open_season', { space, key, what: { name } }, args, refused);
      }),

    change: (space, key, { id, closes, place }) =>
      told(async () => {
        await redis.sadd(dailies.contests, space);
        const season = meant(await list(space), id);
        const args = [season?.id ?? '', closes ?? '', JSON.stringify(place)];
        return verb(redis, 'change_season', { space, key, what: { id } }, args, refused);
      }),

    close: (space, key, { id, closes, place }) =>
      told(async () => {
        await redis.sadd(dailies.contests, space);
        // What runs is read before what counts in it: a result that comes between is missing then, and the script says so.
        const season = meant(await list(space), id);
        const all = await results(space);
        const counted = all.filter((one) => one.season === season?.id).length;
        const standings = JSON.stringify(season ? standingsIn(season, all) : []);
        const where = place ? JSON.stringify(place) : '';
        const args = [season?.id ?? '', counted, standings, closes ?? '', where];
        return verb(redis, 'close_season', { space, key, what: { id } }, args, refused);
      }),

    find: (space, id) => reading(() => read(space, id)),
    where: (id) => reading(async () => ((await redis.get(dailies.season(id))) ?? undefined) as SpaceKey | undefined),
    list: (space) => reading(() => list(space)),
    keep: (space, result) =>
      told(
        async () => void (await run(redis, 'keep_result', [spaceKeys(space).all], [result.id, JSON.stringify(result)])),
      ),
    results: (space) => reading(() => results(space)),
    of: (space, challenge) =>
      reading(async () => {
        const kept = await redis.hget(spaceKeys(space).results, challenge);
        const { season } = kept === null ? {} : resultOf(kept);
        return season === undefined ? undefined : read(space, season);
      }),

    spaces: () => reading(() => spacesWith(redis, 'turns')),
    due: (space, by) => reading(() => redis.zrangebyscore(spaceKeys(space).turns, '-inf', by)),
    say: (space, id, saying, said) =>
      told(async () => void (await redis.hset(spaceKeys(space).season(id), `said:${saying}`, JSON.stringify(said)))),
    rest: (space, id, edition) =>
      told(async () => void (await run(redis, 'rest_season', [spaceKeys(space).all], [id, edition]))),
  };
}
