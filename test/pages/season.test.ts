import { beforeEach, describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createSeasons } from '../../src/desk/seasons.ts';
import { type SpaceKey, spaceKey } from '../../src/domain/origin.ts';
import { createSeasonPages } from '../../src/pages/season.ts';
import { redisKinds } from '../support/redis.ts';
import { resultsOf } from '../support/season-views.ts';
import { useRedis } from '../support/suite.ts';

const elsewhere = spaceKey({ platform: 'discord', space: '1' });
const studio = spaceKey({ platform: 'web', space: 'atelier' });
const day = 86_400_000;

describe.each(redisKinds.slice(0, 1))('what the page of a season shows, on %s', (kind) => {
  const engine = useRedis(kind);
  let seasons: ReturnType<typeof createSeasons>;
  beforeEach(() => {
    seasons = createSeasons(engine.redis);
  });
  const place = { platform: 'discord', space: '1', channel: '2' } as const;
  const open = (space: SpaceKey, more: { closes?: number } = {}) =>
    seasons.open(space, `${space}:open`, { name: 'Autumn', place, zone: 'Europe/Berlin', ...more });
  const pages = (now = Date.now) => createSeasonPages({ seasons, now });

  test('name, times, standings and what counted, by names alone', async () => {
    const closes = Date.now() + 9 * day;
    const id = await open(elsewhere, { closes });
    expect(await pages().season(id)).toMatchObject({ id, name: 'Autumn', closes, standings: [], challenges: [] });
    for (const { season: _, ...result } of resultsOf(id)) await seasons.keep(elsewhere, result);
    const view = await pages().season(id);
    expect(view).toMatchObject({ zone: 'Europe/Berlin', for: 'all', rule: expect.stringContaining('12, 10, 8') });
    expect(view?.standings.slice(0, 2)).toEqual([
      { rank: 1, name: 'mira', points: 52, firsts: 2, challenges: 5 },
      { rank: 2, name: 'ada', points: 49, firsts: 2, challenges: 5 },
    ]);
    expect(view?.challenges[0]).toMatchObject({ title: 'Night bus', films: 9, winners: ['ada'] });
    // Whoever they are to the chat is nowhere in it.
    expect(JSON.stringify(view)).not.toMatch(/U0|"member"|discord/);
    await seasons.close(elsewhere, 'web:close', {});
    expect(await pages().season(id)).toMatchObject({ to: expect.any(Number), standings: view?.standings });
  });

  test('to many at once by one look, that stands for seconds, and not over its end', async () => {
    const id = await open(elsewhere);
    let now = Date.now();
    const one = pages(() => now);
    let looks = 0;
    const { results } = seasons;
    seasons.results = (...given) => {
      looks += 1;
      return results(...given);
    };
    await Promise.all(Array.from({ length: 9 }, () => one.season(id)));
    expect(looks).toBe(1);
    now += 3_000;
    await one.season(id);
    expect(looks).toBe(2);
    await seasons.close(elsewhere, 'web:close', {});
    expect(await one.season(id)).toHaveProperty('to');
  });

  test('whom it is for: all of a chat, or whom the studio lets in', async () => {
    expect((await pages().season(await open(elsewhere)))?.for).toBe('all');
    expect((await pages().season(await open(studio)))?.for).toBe('studio');
  });

  test('one that a former version opened, by the clocks of UTC', async () => {
    const keys = spaceKeys(elsewhere);
    await engine.redis.hset(keys.season('saaaaaaaa'), { name: 'Old', from: 1_000, counted: 0 });
    await engine.redis.zadd(keys.seasons, 1_000, 'saaaaaaaa');
    await engine.redis.hset(keys.results, 'cboats', `saaaaaaaa|${JSON.stringify(resultsOf('saaaaaaaa')[0])}`);
    expect(await pages().season('saaaaaaaa')).toBeUndefined();
    // The page of a challenge that counts in it leads there.
    expect(await seasons.of(elsewhere, 'cboats')).toMatchObject({ id: 'saaaaaaaa', name: 'Old' });
    expect(await pages().season('saaaaaaaa')).toMatchObject({ name: 'Old', zone: 'UTC', challenges: [{}] });
  });

  test('nothing, where there is none of that id', async () => {
    const id = await open(elsewhere);
    for (const wrong of ['saaaaaaaa', id.toUpperCase(), `${id} `, '', '../s', `c${id.slice(1)}`]) {
      expect(await pages().season(wrong)).toBeUndefined();
    }
    // One that was refused is known by its id alone.
    await engine.redis.del(spaceKeys(elsewhere).season(id));
    expect(await pages().season(id)).toBeUndefined();
  });
});
