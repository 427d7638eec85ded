import { describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createTrail } from '../../src/desk/trail.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

const boss = { user: 'boss' } as const;
const called = (name: string) =>
  ({ name, place: { platform: 'web', space: 'atelier', channel: 'films' }, zone: 'UTC' }) as const;

describe.each(redisKinds.slice(0, 1))('seasons, on %s', (kind) => {
  const { engine, rig, look, find, open, pass, enter, arrived, entries } = useChallenges(kind);
  /** Words without the days in them, which are those of the test. */
  const undated = (text: string): string => text.replace(/\d{4}-\d{2}-\d{2}/g, 'day');
  const idOf = async (name: string) => (await rig.seasons.list(space)).find((one) => one.name === name)?.id;
  const season = async (action: 'open' | 'close', title?: string, more: object = {}) =>
    textOf(
      await rig.ask('challenge season', { action, ...(title === undefined ? {} : { title }) }, { ...boss, ...more }),
    );
  const told = async (command: string, values = {}, user = 'ada') =>
    textOf(await rig.ask(`challenge ${command}`, values, { user }));
  const refusal = async (values: object, more: object = boss) =>
    (await rig.refused('challenge season', { ...values }, more)).said.word;
  const upToVote = async (id: string): Promise<void> => {
    await look();
    await pass(id, 'closesAt');
    for (let n = 0; n < 2; n += 1) await look();
  };
  const toEnd = async (id: string): Promise<void> => {
    await pass(id, 'votesUntil');
    for (let n = 0; n < 3; n += 1) await look();
    expect((await find(id)).phase).toBe('ended');
  };
  /** A challenge that ends with these members in this order: nobody votes, so it goes by who was first. */
  const challenge = async (title: string, members: readonly string[], edit = {}): Promise<string> => {
    const id = await open({ title }, edit);
    for (const member of members) await enter(member, { challenge: id });
    await upToVote(id);
    await toEnd(id);
    return id;
  };

  test('a whole one: three challenges, one called off, a tie, a member who left and one with another name', async () => {
    expect(await season('open', 'Spring')).toMatch(
      /The season Spring runs from now on, as s[a-z2-7]{8}, .* closed to others: they never count/,
    );
    expect(await told('standings')).toContain('No challenge counts in it yet.');
    const boats = await challenge('Boats', ['ada', 'bob', 'cyd', 'dee']);

    // Called off: nobody has anything of it.
    const rain = await open({ title: 'Rain' });
    await enter('cyd', { challenge: rain });
    await rig.ask('challenge cancel', { challenge: rain, reason: 'it rains' }, boss);
    for (let n = 0; n < 2; n += 1) await look();

    // Bob and Cyd have a vote each, Ada none: the tie goes to whoever was first.
    const cars = await open({ title: 'Cars' }, { voting: 'one' });
    for (const member of ['bob', 'cyd', 'ada']) await enter(member, { challenge: cars });
    await upToVote(cars);
    for (const [voter, of] of [
      ['eve', 'bob'],
      ['fay', 'cyd'],
    ]) {
      const number = (await entries(cars)).find(({ member }) => member === of)?.number;
      await rig.ask('challenge vote', { challenge: cars, number }, { user: voter ?? '' });
    }
    await toEnd(cars);

    // Ada is called otherwise by now, and Dee has left.
    rig.chat.know('dee', { bot: true, shut: true });
    const birds = await open({ title: 'Birds' });
    await enter('cyd', { challenge: birds });
    const call = rig.callOf('challenge enter', { prompt: 'a bird', challenge: birds });
    const { jobs } = await rig.intake.handle({ ...call, who: { id: 'ada', name: 'Ada L.' } });
    await arrived({ space, id: jobs[0] ?? '' });
    await upToVote(birds);
    await toEnd(birds);

    const table = [
      'Rank | Who | Points | Firsts | Challenges',
      ...['1 | Ada L. | 30 | 1 | 3', '1 | CYD | 30 | 1 | 3', '3 | BOB | 22 | 1 | 2', '4 | DEE | 7 | 0 | 1'],
    ].join('\n');
    const running = await told('standings', {}, 'bob');
    expect(running).toMatch(/^Spring, since /);
    expect(running).toContain(
      `${table}\nChallenges: 3\nYou: rank 3, with 22 points\nPage: https://films.example.org/s/${await idOf('Spring')}\nThe first 10 places`,
    );
    const closed = await season('close');
    expect(closed).toContain('The season Spring is closed. Its standings stay as they are now:');
    expect(closed).toContain(table);

    // What comes later, or changes, changes nothing of it.
    const late = await challenge('Late', ['dee', 'bob']);
    const kept = (await rig.seasons.results(space)).map(({ season: _, ...result }) => result);
    await engine.redis.hset(spaceKeys(space).results, boats, `|${JSON.stringify({ ...kept[0], places: [] })}`);
    await rig.challenges.keepTally(space, boats, '{}');
    expect(await told('standings', {}, 'bob')).toContain(table);
    await engine.redis.hset(spaceKeys(space).results, boats, `${await idOf('Spring')}|${JSON.stringify(kept[0])}`);

    expect(undated(await told('history'))).toBe(
      [
        'Ada L.: 3 challenges, 30 points in seasons',
        'Challenge | Ended | Place | Points | Season',
        `Birds | day | 2 of 2 | 10 | Spring`,
        `Cars | day | 3 of 3 | 8 | Spring`,
        `Boats | day | 1 of 4 | 12 | Spring`,
      ].join('\n'),
    );
    expect(undated(await told('history', { member: 'dee' }))).toContain(
      `DEE: 2 challenges, 7 points in seasons\nChallenge | Ended | Place | Points | Season\nLate | day | 1 of 2 |  | none`,
    );
    expect(await told('history', {}, 'eve')).toBe('None of your films has had a place in a challenge here.');
    expect(undated(await told('hall'))).toBe(
      [
        ...['Seasons', 'Season | Ended | Won by | Points', `Spring | day | Ada L., CYD | 30`],
        `Spring: https://films.example.org/s/${await idOf('Spring')}`,
        ...['Challenges', 'Challenge | Ended | Won by', `Late | day | DEE`, `Birds | day | CYD`],
        ...[`Cars | day | BOB`, `Boats | day | ADA`],
      ].join('\n'),
    );
    expect(new Set(kept.map(({ id }) => id))).toEqual(new Set([boats, cars, birds, late]));
  });

  test('one season at a time; each is opened and closed once, however often that is asked', async () => {
    expect(await refusal({ action: 'close' })).toBe('season.none');
    expect((await rig.refused('challenge standings')).said.word).toBe('season.none.yet');
    expect(await told('hall')).toBe('Nobody has won anything here yet.');
    const key = { key: 'web:once' };
    const opened = await season('open', 'Spring', key);
    expect(await season('open', 'Spring', key)).toBe(opened);
    expect(await refusal({ action: 'open', title: 'Summer' })).toBe('season.running');
    expect(await refusal({ action: 'close', title: 'Winter' })).toBe('season.unknown');
    const over = { key: 'web:over' };
    const closed = await season('close', undefined, over);
    expect(await season('close', undefined, over)).toBe(closed);
    expect(await refusal({ action: 'close', title: 'spring' })).toBe('season.over');
    expect(await refusal({ action: 'close' })).toBe('season.none');
    await season('open', 'Summer');
    // The first call again, long after: it opens nothing.
    expect(await season('open', 'Spring', key)).toBe(opened);
    const all = await rig.seasons.list(space);
    expect(all.map(({ name, to }) => [name, to === undefined])).toEqual([
      ['Summer', true],
      ['Spring', false],
    ]);
    expect(all[0]?.from).toBeGreaterThan(all[1]?.from ?? 0);
    expect(await told('standings', { season: 'SPRING' })).toMatch(/^Spring, from .* to /);
    expect(await told('standings', { season: all[1]?.id })).toMatch(/^Spring, from /);
    expect(await told('standings')).toMatch(/^Summer, since /);
    expect((await rig.refused('challenge standings', { season: 'Winter' })).said.word).toBe('season.unknown');
    const trail = (await createTrail(engine.redis).read(space, 10)).map(({ what, about, after }) => [
      what,
      about,
      after,
    ]);
    expect(trail).toEqual([
      ['challenge season', all[0]?.id, '{"action":"open","name":"Summer"}'],
      ['challenge season', all[1]?.id, '{"action":"close","name":"Spring"}'],
      ['challenge season', all[1]?.id, '{"action":"open","name":"Spring"}'],
    ]);
  });

  test.each([
    [{ action: 'open' }, boss, 'season.name.missing'],
    [{ action: 'open', title: '<@123456789> cup' }, boss, 'season.name'],
    [{ action: 'open', title: 'cup @everyone' }, boss, 'season.name'],
    [{ action: 'open', title: 'x'.repeat(61) }, boss, 'season.name'],
    [{ action: 'open', title: ' ' }, boss, 'field.empty'],
    [{ action: 'end' }, boss, 'field.choice'],
    [{ title: 'Spring' }, boss, 'field.missing'],
    [{ action: 'open', title: 'Spring' }, { user: 'mod' }, 'command.forbidden'],
  ])('%j by %j is refused, and nothing is opened', async (values, who, word) => {
    expect(await refusal(values, who)).toBe(word);
    expect(await rig.seasons.list(space)).toEqual([]);
  });

  test('two who open one at the same moment open one; two who close it close it once', async () => {
    const opened = await Promise.allSettled(
      [1, 2].map((n) => rig.seasons.open(space, `web:${n}`, called(`Season ${n}`))),
    );
    expect(opened.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const closed = await Promise.allSettled([1, 2].map((n) => rig.seasons.close(space, `web:c${n}`, {})));
    expect(closed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await rig.seasons.list(space)).toHaveLength(1);
  });

  test('a challenge of a closed place is in no list and gives no points', async () => {
    await season('open', 'Spring');
    const id = await open({ title: 'Secret' });
    const { terms } = await engine.redis.hgetall(spaceKeys(space).challenge(id));
    const place = { ...(await find(id)).place, closed: 'channel' } satisfies Partial<Origin>;
    await engine.redis.hset(spaceKeys(space).challenge(id), {
      terms: JSON.stringify({ ...JSON.parse(terms ?? ''), place }),
    });
    await enter('ada', { challenge: id });
    await upToVote(id);
    await toEnd(id);
    expect(await rig.challenges.tally(space, id)).toContain('Secret');
    expect(await rig.seasons.results(space)).toEqual([]);
    for (const command of ['standings', 'history', 'hall']) expect(await told(command)).not.toContain('Secret');
    expect(await told('standings')).toContain('No challenge counts in it yet.');
  });

  test('a result is kept once, with the season that ran then, and one that comes while a season is closed is not lost', async () => {
    const result = (id: string, title = id) => ({
      ...{ id, title, endedAt: 1_000, films: 1 },
      places: [{ member: 'ada', name: 'ADA', place: 1 }],
    });
    await rig.seasons.keep(space, result('c1'));
    const first = await rig.seasons.open(space, 'web:1', called('Spring'));
    await rig.seasons.keep(space, result('c2'));
    await rig.seasons.keep(space, result('c2', 'another'));
    await rig.seasons.keep(space, result('c1'));
    const read = async () => (await rig.seasons.results(space)).map(({ id, title, season: of }) => [id, title, of]);
    expect(await read()).toEqual([
      ['c1', 'c1', undefined],
      ['c2', 'c2', first],
    ]);
    // Somebody keeps another between what closing read and what it wrote.
    const { hvals } = engine.redis;
    engine.redis.hvals = (async (key: string) => {
      const seen = await hvals.call(engine.redis, key);
      engine.redis.hvals = hvals;
      await rig.seasons.keep(space, result('c3'));
      return seen;
    }) as typeof hvals;
    await expect(rig.seasons.close(space, 'web:2', {})).rejects.toMatchObject({ said: { word: 'season.changed' } });
    await rig.seasons.close(space, 'web:2', {});
    expect((await rig.seasons.list(space))[0]?.final).toMatchObject([{ member: 'ada', points: 24, challenges: 2 }]);
    await rig.seasons.keep(space, result('c4'));
    expect((await read()).at(-1)).toEqual(['c4', 'c4', undefined]);
  });

  test('of two hundred challenges all is told within a second, a page at a time', async () => {
    await season('open', 'Spring');
    const places = Array.from({ length: 60 }, (_, index) => {
      const member = `m${String(index).padStart(2, '0')}`;
      return { member, name: member.toUpperCase(), place: index + 1 };
    });
    for (let n = 0; n < 200; n += 1) {
      const about = { id: `c${n}`, title: `Number ${n}`, endedAt: n * 1_000, films: 60 };
      await rig.seasons.keep(space, { ...about, places });
    }
    const timed = async (command: string, values = {}) => {
      const started = performance.now();
      const text = await told(command, values, 'm59');
      expect(performance.now() - started).toBeLessThan(1_000);
      return text;
    };
    const first = await timed('standings');
    expect(first).toContain('1 | M00 | 2400 | 200 | 200');
    expect(first).toContain(
      '20 | M19 | 200 | 0 | 200\nPage 1 of 3. For another: page:2\nChallenges: 200\nYou: rank 60, with 200 points',
    );
    expect(await timed('standings', { page: 9 })).toContain(
      '60 | M59 | 200 | 0 | 200\nPage 3 of 3. For another: page:1',
    );
    expect(await timed('history', { page: 2 })).toContain('Number 179 | 1970-01-01 | 60 of 60 | 1 | Spring');
    expect(await timed('hall', { page: 10 })).toContain('Number 0 | 1970-01-01 | M00\nPage 10 of 10.');
    expect(await season('close')).toContain('1 | M00 | 2400 | 200 | 200');
  });
});
