import { beforeEach, describe, expect, test } from 'vitest';
import { dailies, spaceKeys } from '../../src/desk/keys.ts';
import { createSeasons } from '../../src/desk/seasons.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });
const keys = spaceKeys(space);
const day = 86_400_000;
const place = { platform: 'web', space: 'atelier', channel: 'films' } as const;

describe.each(redisKinds)('seasons on %s', (kind) => {
  const engine = useRedis(kind);
  let here: ReturnType<typeof createSeasons>;
  let there: ReturnType<typeof createSeasons>;
  beforeEach(() => {
    here = createSeasons(engine.redis);
    there = createSeasons(engine.other);
  });
  const open = (closes?: number) =>
    here.open(space, 'open', { name: 'Spring', place, zone: 'UTC', ...(closes === undefined ? {} : { closes }) });
  const outcomes = async (all: Promise<unknown>[]) =>
    (await Promise.allSettled(all)).map((one) => (one.status === 'fulfilled' ? 'done' : one.reason.said.word)).sort();

  test('one that is opened is known by its id, and due until all is said of it', async () => {
    const id = await open();
    expect(await there.where(id)).toBe(space);
    expect(await there.find(space, id)).toEqual({
      ...{ id, name: 'Spring', from: expect.any(Number), place, zone: 'UTC', edition: 1, said: {} },
    });
    expect([await there.spaces(), await there.due(space, Date.now() + day)]).toEqual([[space], [id]]);
    await there.say(space, id, 'opened', { ref: 'm1', place, edition: 1 });
    await there.rest(space, id, 1);
    expect([await there.spaces(), await there.due(space, Date.now() + day)]).toEqual([[], []]);
    expect((await here.find(space, id))?.said).toEqual({ opened: { ref: 'm1', place, edition: 1 } });
    expect(await here.find(space, 'sbbbbbbbb')).toBeUndefined();
  });

  test('one that ends by itself is due again then, and at once when it was changed since it was read', async () => {
    const closes = Date.now() + day;
    const id = await open(closes);
    await here.rest(space, id, 1);
    expect([await here.due(space, closes - 1), await here.due(space, closes)]).toEqual([[], [id]]);
    await there.change(space, 'later', { closes: closes + day, place });
    // What was said is of the edition before.
    await here.rest(space, id, 1);
    expect(await here.due(space, Date.now() + 5_000)).toEqual([id]);
    await here.rest(space, id, 2);
    expect([await here.due(space, closes), await here.due(space, closes + day)]).toEqual([[], [id]]);
    await here.change(space, 'never', { closes: undefined, place });
    await here.rest(space, id, 3);
    expect(await here.due(space, closes + 9 * day)).toEqual([]);
  });

  test('the clock and somebody close it at the same time: once', async () => {
    const closes = Date.now() + day;
    const id = await open(closes);
    const all = [here.close(space, 'a', {}), there.close(space, 'clock', { id, closes }), here.close(space, 'b', {})];
    expect(await outcomes(all)).toEqual([
      'done',
      expect.stringMatching(/none|over/),
      expect.stringMatching(/none|over/),
    ]);
    expect(await here.list(space)).toMatchObject([{ id, edition: 2, final: [] }]);
  });

  test('the clock closes nothing that ends at another time by now', async () => {
    const closes = Date.now() + day;
    const id = await open(closes);
    await there.change(space, 'later', { closes: closes + day, place });
    await expect(here.close(space, 'clock', { id, closes })).rejects.toMatchObject({ refusal: 'conflict' });
    expect((await here.find(space, id))?.to).toBeUndefined();
    await there.change(space, 'never', { closes: undefined, place });
    await expect(here.close(space, 'clock', { id, closes })).rejects.toMatchObject({ refusal: 'conflict' });
  });

  test('once its time is over nothing counts in it and nothing puts it off, closed or not; then it ended', async () => {
    const id = await open(Date.now() + day);
    const closes = Date.now() - 5_000;
    await engine.redis.hset(keys.season(id), { closes, from: closes - day });
    await here.keep(space, { id: 'c1', title: 'Boats', endedAt: closes - 1, films: 1, places: [] });
    expect(await here.of(space, 'c1')).toBeUndefined();
    await expect(there.change(space, 'later', { closes: Date.now() + day, place })).rejects.toMatchObject({
      said: { word: 'season.over' },
    });
    await here.close(space, 'close', {});
    expect(await here.find(space, id)).toMatchObject({ to: closes });
  });

  test('which season a challenge counts in', async () => {
    const id = await open();
    await here.keep(space, { id: 'c1', title: 'Boats', endedAt: 1, films: 1, places: [] });
    expect((await there.of(space, 'c1'))?.id).toBe(id);
    expect(await there.of(space, 'c2')).toBeUndefined();
  });

  test('one without a place gets that of whoever changes or closes it, and keeps the first', async () => {
    const id = 'saaaaaaaa';
    await engine.redis.hset(keys.season(id), { name: 'Old', from: 1_000, counted: 0 });
    await engine.redis.zadd(keys.seasons, 1_000, id);
    expect(await here.list(space)).toEqual([{ id, name: 'Old', from: 1_000, edition: 0, said: {} }]);
    expect(await engine.redis.get(dailies.season(id))).toBe(space);
    await here.change(space, 'change', { closes: Date.now() + day, place });
    await here.close(space, 'close', { place: { ...place, channel: 'hall' } });
    expect(await here.find(space, id)).toMatchObject({ place, edition: 2 });
    expect([await here.spaces(), await here.due(space, Date.now() + 5_000)]).toEqual([[space], [id]]);
  });
});
