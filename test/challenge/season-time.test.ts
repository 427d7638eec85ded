import { describe, expect, test } from 'vitest';
import { CannotPost, TransientError } from '../../src/domain/errors.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import type { Seasons } from '../../src/domain/season.ts';
import type { SeasonTools } from '../../src/worker/seasons.ts';
import { textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { space } from './rig.ts';
import { day, keys, useSeasons } from './season-rig.ts';

describe.each(redisKinds.slice(0, 1))('when a season begins and ends, on %s', (kind) => {
  const { engine, rig, look, season, opened, found, pass, result, at, due, said } = useSeasons(kind);
  /** The tools, one verb of which breaks the first time. */
  const breaking = (verb: 'say' | 'rest'): Partial<SeasonTools> => {
    let broken = false;
    const once = async (...given: never[]) => {
      if (!broken) {
        broken = true;
        throw new Error('killed');
      }
      return (rig.seasons[verb] as (...all: never[]) => Promise<void>)(...given);
    };
    return { seasons: { ...rig.seasons, [verb]: once } };
  };

  test('each is said once, where it was opened, with its page and without a ping; then nothing is due', async () => {
    const id = await opened();
    for (let n = 0; n < 2; n += 1) await look();
    expect(said()).toEqual([
      expect.stringMatching(
        /^A season of challenges begins: Spring\nThe first 10 places .*\nPage: https:\/\/films\.example\.org\/s\/s/s,
      ),
    ]);
    expect(await due()).toEqual([]);
    await rig.seasons.keep(space, result('cboats', ['ada', 'bob']));
    // Where it is closed, or asked about, does not matter.
    const text = await season({ action: 'close' }, { origin: { channel: 'elsewhere', thread: 'there' } });
    expect(text).toContain(`Page: https://films.example.org/s/${id}`);
    for (let n = 0; n < 2; n += 1) await look();
    expect(said().slice(1)).toEqual([
      [
        ...['The season Spring has ended', 'Rank | Who | Points | Firsts | Challenges'],
        ...['1 | ADA | 12 | 1 | 1', '2 | BOB | 10 | 0 | 1', 'Challenges: 1'],
        `Page: https://films.example.org/s/${id}`,
      ].join('\n'),
    ]);
    const place = expect.objectContaining({ channel: 'films', thread: 'today' });
    expect(at()).toEqual([1, 2].map(() => ({ to: place, thread: undefined, ping: undefined })));
    expect(await due()).toEqual([]);
  });

  test('by the clock: it ends when it was said to, however late that is seen, and its end is told', async () => {
    const id = await opened({ closes: '90d' });
    expect((await found(id)).closes).toBeGreaterThan(Date.now() + 89 * day);
    await look();
    expect(said()[0]).toContain('It ends: ');
    expect(await due()).toEqual([id]);
    await look();
    expect((await found(id)).to).toBeUndefined();
    expect(textOf(await rig.ask('challenge standings'))).toContain('It ends: ');
    const closes = await pass(id);
    await look();
    expect(await found(id)).toMatchObject({ to: closes, final: [] });
    expect(said()[1]).toContain('The season Spring has ended\nNo challenge counted in it, so nobody has points.');
    await look();
    expect(said()).toHaveLength(2);
    expect(await due()).toEqual([]);
    expect(textOf(await rig.ask('challenge standings'))).not.toContain('It ends');
  });

  test('a bot that was down over its beginning and its end tells of the end alone', async () => {
    const id = await opened({ closes: '1d' });
    await pass(id);
    await look();
    expect(said()).toEqual([expect.stringContaining('The season Spring has ended')]);
  });

  test('put off, cut short and left to somebody: what all were told is put right, silently', async () => {
    const id = await opened({ closes: '10d' });
    await look();
    const first = said()[0];
    expect(await season({ action: 'change', closes: '40d' })).toContain('The season Spring now ends by itself');
    await look();
    expect(said()).toHaveLength(1);
    expect(said()[0]).not.toBe(first);
    expect((await found(id)).closes).toBeGreaterThan(Date.now() + 39 * day);
    expect(await season({ action: 'change', closes: 'Never', title: 'spring' })).toContain('no longer ends by itself');
    await look();
    expect(said()).toEqual([expect.not.stringContaining('It ends')]);
    expect([await due(), (await found(id)).closes]).toEqual([[], undefined]);
    await season({ action: 'change', closes: '1d' });
    await look();
    await season({ action: 'close' });
    await look();
    expect(said()).toHaveLength(2);
  });

  test.each(['say', 'rest'] as const)('killed before it was kept (%s): nothing is said twice', async (verb) => {
    const id = await opened({ closes: '1d' });
    const first = breaking(verb);
    await look(first);
    expect([said().length, await due()]).toEqual([1, [id]]);
    await look(first);
    await pass(id);
    const second = breaking(verb);
    await look(second);
    expect([said().length, await due(), (await found(id)).to !== undefined]).toEqual([2, [id], true]);
    await look(second);
    await look();
    expect([said().length, await due()]).toEqual([2, []]);
    expect(rig.errors().map(({ message }) => message)).toEqual(Array(2).fill('not looked after; next time'));
  });

  test('two processes that look at the same time close it once and say each once', async () => {
    const id = await opened({ closes: '1d' });
    await Promise.all([look(), look(), look()]);
    const closes = await pass(id);
    await Promise.all([look(), look(), look()]);
    await look();
    expect(said()).toHaveLength(2);
    expect(await found(id)).toMatchObject({ to: closes, edition: 2 });
    expect(await due()).toEqual([]);
  });

  test('a result that comes between is waited for, and one that is told after the end does not count', async () => {
    const id = await opened({ closes: '1d' });
    await rig.seasons.keep(space, result('c1'));
    const { hvals } = engine.redis;
    engine.redis.hvals = (async (key: string) => {
      const seen = await hvals.call(engine.redis, key);
      engine.redis.hvals = hvals;
      await rig.seasons.keep(space, result('c2'));
      return seen;
    }) as typeof hvals;
    await look({ now: () => Date.now() + 2 * day });
    expect((await found(id)).to).toBeUndefined();
    await pass(id);
    await rig.seasons.keep(space, result('c3'));
    await look();
    expect((await found(id)).final).toMatchObject([{ member: 'ada', challenges: 2 }]);
    expect((await rig.seasons.results(space)).map(({ season: of }) => of)).toEqual([id, id, undefined]);
    expect(rig.errors()).toEqual([]);
  });

  test('an end that is put off, or a season that is closed, while the bot looks', async () => {
    const id = await opened({ closes: '1d' });
    await look();
    await pass(id);
    const late = (act: () => Promise<unknown>): Partial<SeasonTools> => {
      const find: Seasons['find'] = async (...given) => {
        const seen = await rig.seasons.find(...given);
        await act();
        return seen;
      };
      return { seasons: { ...rig.seasons, find } };
    };
    const closes = Date.now() + day;
    await look(late(() => engine.redis.hset(keys.season(id), { closes })));
    expect(await found(id)).toMatchObject({ closes, edition: 1 });
    expect((await found(id)).to).toBeUndefined();
    await pass(id);
    await look(late(() => season({ action: 'close' }, { key: 'web:once' })));
    await look();
    expect(said()).toHaveLength(2);
    expect(rig.errors()).toEqual([]);
  });

  test('a chat that refuses is left alone, one that is busy is asked again, and neither keeps another season', async () => {
    const id = await opened();
    rig.chat.fail('announce', 1, () => new TransientError('not now'));
    await look();
    expect([said(), await due()]).toEqual([[], [id]]);
    await look();
    expect(said()).toHaveLength(1);
    await season({ action: 'close' });
    const other = spaceKey({ platform: 'web', space: 'north' });
    const place = { platform: 'web', space: 'north', channel: 'films' } as const;
    await rig.seasons.open(other, 'web:north', { name: 'North', place, zone: 'UTC' });
    const poster = {
      ...rig.chat.poster,
      announce: async (...given: Parameters<typeof rig.chat.poster.announce>) => {
        if (given[0].space === 'atelier') throw new CannotPost('no');
        return rig.chat.poster.announce(...given);
      },
    };
    await look({ poster: () => poster });
    expect(said()[1]).toContain('A season of challenges begins: North');
    expect(rig.errors()).toEqual([expect.objectContaining({ fields: expect.objectContaining({ space, season: id }) })]);
    await look();
    expect(said()).toHaveLength(2);
    expect(await due()).toEqual([]);
  });

  test('another process that leads takes over', async () => {
    await opened();
    await look({ leads: async () => false });
    expect(said()).toEqual([]);
  });

  test('the first ten are told, and how many more there are', async () => {
    await opened();
    const names = Array.from({ length: 12 }, (_, index) => `m${index + 10}`);
    await rig.seasons.keep(space, result('c1', names));
    await season({ action: 'close' });
    await look();
    expect(said()[0]).toContain('10 | M19 | 1 | 0 | 1\n2 more have points in it.\nChallenges: 1');
    expect(said()[0]).not.toContain('M20');
  });

  test('one that a former version opened: its end is told where it is closed, and its page is found once it was read', async () => {
    const id = 'saaaaaaaa';
    await engine.redis.hset(keys.season(id), { name: 'Old', from: 1_000, counted: 0 });
    await engine.redis.zadd(keys.seasons, 1_000, id);
    expect(await rig.seasons.where(id)).toBeUndefined();
    await look();
    expect(textOf(await rig.ask('challenge standings'))).toContain(`Page: https://films.example.org/s/${id}`);
    expect(await rig.seasons.where(id)).toBe(space);
    await season({ action: 'change', closes: '3d' }, { origin: { channel: 'hall' } });
    await look();
    expect(said()).toEqual([]);
    expect(await due()).toEqual([id]);
    await pass(id);
    await look();
    expect(said()).toEqual([expect.stringContaining('The season Old has ended')]);
    expect(at()).toMatchObject([{ to: { channel: 'hall' } }]);
  });
});
