import { beforeEach, describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createWithheld } from '../../src/desk/withheld.ts';
import type { Challenge } from '../../src/domain/challenge.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { createChallengePages, type PageTools } from '../../src/pages/challenge.ts';
import { space, useChallenges } from '../challenge/rig.ts';
import { redisKinds } from '../support/redis.ts';

const day = 86_400_000;
const hour = 3_600_000;
const elsewhere = spaceKey({ platform: 'discord', space: '1' });

describe.each(redisKinds.slice(0, 1))('what the page of a challenge shows, on %s', (kind) => {
  const { engine, rig, look, find, open, pass, enter, judge, entries } = useChallenges(kind);
  const gone = new Set<string>();
  let paths: { name: string; until: number }[] = [];
  beforeEach(() => {
    gone.clear();
    paths = [];
  });
  const pages = (change: Partial<PageTools> = {}) =>
    createChallengePages({
      ...{
        challenges: rig.challenges,
        seasons: rig.seasons,
        desk: rig.desk,
        withheld: createWithheld(engine.redis),
        now: Date.now,
      },
      opens: (_space, _id, key) => key === 'right',
      path: async (name, until) => {
        paths.push({ name, until });
        return gone.has(name) ? undefined : `/media/${name}`;
      },
      ...change,
    });
  const shownOf = async (id: string) => (await pages().challenge(id))?.shown;
  /** Nothing that tells who made what. */
  const secret = async (id: string): Promise<RegExp> => {
    const jobs = (await entries(id)).map(({ job }) => job);
    // Whole words: a film's hash may have three such letters in a row.
    return new RegExp(['\\b(ada|bob|cyd|dee)\\b', 'by \\w+', ...jobs].join('|'), 'i');
  };
  const toVote = async (change: Record<string, unknown> = {}): Promise<string> => {
    const id = await open({}, change);
    for (const member of ['ada', 'bob', 'cyd', 'dee']) await enter(member);
    await look();
    await pass(id, 'closesAt');
    await look();
    await look();
    return id;
  };

  test('before entries close: what it is about, and how many films there are', async () => {
    const id = await open({ title: 'Boats', theme: 'a boat in the rain' });
    expect(await pages().challenge(id)).toMatchObject({
      ...{ id, title: 'Boats', theme: 'a boat in the rain', for: 'studio', preset: 'sealed' },
      rules: expect.arrayContaining(['Each may enter 1 film.']),
      shown: { phase: 'open', count: 0 },
    });
    await enter('ada');
    await look();
    const view = await pages().challenge(id);
    expect(view?.shown).toEqual({ phase: 'open', count: 1 });
    expect(JSON.stringify(view)).not.toMatch(await secret(id));
    expect(view).not.toHaveProperty('seal');
    expect(paths).toEqual([]);
  });

  test('voting: films by number, by links of less than a day, and nothing that tells whose they are', async () => {
    const id = await toVote();
    const view = await pages().challenge(id);
    expect(view?.seal).toBe((await find(id)).seal);
    if (view?.shown.phase !== 'voting') throw new Error('no vote');
    expect(view.shown.films.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(view.shown.films.every(({ film }) => film?.path.endsWith('.mp4'))).toBe(true);
    expect(JSON.stringify(view)).not.toMatch(await secret(id));
    for (const { until } of paths) {
      expect(until - Date.now()).toBeGreaterThan(5 * hour);
      expect(until - Date.now()).toBeLessThan(day);
    }
    expect(await pages().tally(id)).toBeUndefined();
  });

  test('a film that was removed, withheld, taken out or swept is not shown', async () => {
    const id = await toVote();
    const all = (await entries(id)).sort((one, other) => (one.number ?? 0) - (other.number ?? 0));
    const nameOf = async (index: number) => {
      const job = await rig.desk.job({ space, id: all[index]?.job ?? '' });
      return job?.asset?.name ?? '';
    };
    await rig.desk.remove({ space, id: all[0]?.job ?? '' }, 'boss');
    await createWithheld(engine.redis).add(await nameOf(1));
    gone.add(await nameOf(2));
    await rig.challenges.note(space, id, all[3]?.job ?? '', ['in'], { state: 'disqualified', why: 'spam' });
    const shown = await shownOf(id);
    expect(shown).toEqual({ phase: 'voting', count: 3, films: [{ number: 1 }, { number: 2 }, { number: 3 }] });
  });

  test('ended: nothing of the result before it was said, then places, names and the tally to the byte', async () => {
    const place = { platform: 'web', space: 'atelier', channel: 'films' } as const;
    const season = await rig.seasons.open(space, 'web:season', { name: 'Spring', place, zone: 'UTC' });
    const id = await toVote();
    for (const voter of ['eve', 'fay', 'gus']) await judge(voter, (left, right) => Math.min(left, right), 6);
    await pass(id, 'votesUntil');
    await rig.challenges.turn(space, id, { from: 'voting', to: 'ended', due: Date.now() });
    const counting = await pages().challenge(id);
    expect(counting?.shown).toMatchObject({ phase: 'counting', count: 4 });
    expect(JSON.stringify(counting)).not.toMatch(await secret(id));
    expect(await pages().tally(id)).toBeUndefined();
    await look();
    await look();
    const shown = await shownOf(id);
    if (shown?.phase !== 'ended') throw new Error('no end');
    expect(shown).toMatchObject({ count: 4, opinions: 18, leftOut: 0, hash: (await find(id)).tally });
    expect(shown.season).toEqual({ id: season, name: 'Spring' });
    expect(shown.places.map(({ place, number }) => [place, number])).toEqual([1, 2, 3, 4].map((one) => [one, one]));
    expect(shown.places.map(({ name }) => name).sort()).toEqual(['ADA', 'BOB', 'CYD', 'DEE']);
    expect(shown.places[0]).toMatchObject({ wins: 9, duels: 9, film: { seconds: 4 } });
    expect(await pages().tally(id)).toEqual({ text: await rig.challenges.tally(space, id), for: 'studio' });
    // Its records go after a while, and its films with them; the result stays.
    await rig.desk.remove({ space, id: (await entries(id)).find(({ number }) => number === 1)?.job ?? '' }, 'boss');
    const later = await shownOf(id);
    expect(later).toMatchObject({ phase: 'ended', places: [{ number: 1, place: 1 }, {}, {}, {}] });
    expect(later?.phase === 'ended' && later.places[0]).not.toHaveProperty('film');
  });

  test('cancelled: why, in the words of whoever did, or by how many were missing', async () => {
    const id = await open();
    await rig.ask('challenge cancel', { challenge: id, reason: 'the storm is over' }, { user: 'boss' });
    expect(await shownOf(id)).toEqual({ phase: 'cancelled', count: 0, why: 'the storm is over' });
    const few = await open({ title: 'Few' }, { least: 3 });
    await enter('ada');
    await look();
    await pass(few, 'closesAt');
    await look({ now: () => Date.now() + 3 * hour });
    await look({ now: () => Date.now() + 3 * hour });
    expect(await shownOf(few)).toMatchObject({ phase: 'cancelled', why: expect.stringContaining('3 were needed') });
  });

  test('to many at once by one look, that stands for seconds and no longer', async () => {
    const id = await toVote();
    let [now, looks] = [Date.now(), 0];
    const desk = {
      job: (ref: Parameters<typeof rig.desk.job>[0]) => {
        looks += 1;
        return looks === 1 ? Promise.reject(new Error('not now')) : rig.desk.job(ref);
      },
    };
    const one = pages({ desk, now: () => now });
    await expect(one.challenge(id)).rejects.toThrow('not now');
    looks = 10;
    await Promise.all(Array.from({ length: 9 }, () => one.challenge(id)));
    await one.challenge(id);
    expect(looks).toBe(14);
    now += 3_000;
    await one.challenge(id);
    expect(looks).toBe(18);
  });

  test('its picture, while there is one', async () => {
    const id = await open();
    const picture = `${'a'.repeat(64)}.png`;
    const keyed = { ...rig.challenges, find: async () => ({ ...(await find(id)), picture }) };
    expect((await pages({ challenges: keyed }).challenge(id))?.picture).toBe(`/media/${picture}`);
    gone.add(picture);
    expect(await pages({ challenges: keyed }).challenge(id)).not.toHaveProperty('picture');
  });

  test('whom it is for: all of a chat, whom the studio lets in, or whoever has a link', async () => {
    const id = await open();
    const of = (key: string | undefined, where = space, change: Partial<Challenge['place']> = {}) => {
      const found = async (): Promise<Challenge> => {
        const challenge = await find(id);
        return { ...challenge, place: { ...challenge.place, ...change } };
      };
      const challenges = { ...rig.challenges, where: async () => where, find: found, entries: async () => [] };
      return pages({ challenges }).challenge(id, key);
    };
    expect((await of(undefined))?.for).toBe('studio');
    expect((await of('wrong'))?.for).toBe('studio');
    expect((await of('right'))?.for).toBe('link');
    expect((await of(undefined, elsewhere))?.for).toBe('all');
    for (const closed of [true, 'channel'] as const) {
      for (const where of [space, elsewhere]) {
        expect(await of(undefined, where, { closed })).toBeUndefined();
        expect(await of('wrong', where, { closed })).toBeUndefined();
        expect((await of('right', where, { closed }))?.for).toBe('link');
      }
    }
  });

  test('nothing, where there is none of that id', async () => {
    const id = await open();
    for (const wrong of ['caaaaaaaa', id.toUpperCase(), `${id} `, '', '../c', `${id}-1-2`]) {
      expect(await pages().challenge(wrong)).toBeUndefined();
      expect(await pages().tally(wrong)).toBeUndefined();
    }
    // One that was refused is known by its id alone.
    await engine.redis.del(spaceKeys(space).challenge(id));
    expect(await pages().challenge(id)).toBeUndefined();
  });
});
