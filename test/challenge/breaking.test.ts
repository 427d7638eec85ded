import { describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { CannotPost, TransientError } from '../../src/domain/errors.ts';
import { readTally, verifyTally } from '../../src/domain/tally.ts';
import { textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

const boss = { user: 'boss' } as const;
const keys = spaceKeys(space);
const members = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${n + 10}`);

describe.each(redisKinds.slice(0, 1))('what must not break a challenge, on %s', (kind) => {
  const { engine, rig, look, find, open, pass, enter, arrived, said, buttons, entries, left } = useChallenges(kind);
  const entered = async (count: number, edit: Record<string, unknown> = {}): Promise<string> => {
    const id = await open({}, edit);
    for (const member of members(count)) await enter(member);
    await look();
    return id;
  };
  const screened = async (count: number, edit: Record<string, unknown> = {}): Promise<string> => {
    const id = await entered(count, edit);
    await pass(id, 'closesAt');
    await look();
    expect((await find(id)).phase).toBe('voting');
    return id;
  };
  const ended = async (id: string) => {
    await pass(id, 'votesUntil');
    await look();
    const text = (await rig.challenges.tally(space, id)) ?? '';
    const { seal, phase } = await find(id);
    expect(phase).toBe('ended');
    expect(verifyTally(text, { seal })).toEqual([]);
    return readTally(text).tally;
  };

  test('an opinion about a pair where one film is to be named', async () => {
    const id = await screened(3, { voting: 'one' });
    const press = { challenge: `${id}-1-2-l` };
    expect((await rig.refused('challenge choose', press)).said.word).toBe('challenge.vote.closed');
    const voter = await rig.votes.voter(space, id, 'ada');
    const ballot = { voter, left: 1, right: 2, choice: 'left' } as const;
    expect(await rig.votes.cast(space, id, ballot)).toBe('other');
    expect((await ended(id))?.ballots).toEqual([]);
  });

  test('a sealed film that its author makes again where all read is for them alone as well', async () => {
    await open();
    const ref = await enter('ada');
    const { jobs } = await rig.ask('film again', { job: ref.id });
    const again = { space, id: jobs[0] ?? '' };
    expect((await rig.read(again)).request.origin.visibility).toBe('private');
    expect((await rig.refused('film details', { job: again.id }, { user: 'bob' })).said.word).toBe('job.unknown');
    expect((await rig.read(await rig.film())).request.origin.visibility).toBe('thread');
  });

  test('records of jobs that are forgotten meanwhile: films are shown, and what was paid comes back', async () => {
    const id = await entered(12);
    for (const { job } of await entries(id)) await engine.redis.del(keys.job(job));
    await pass(id, 'closesAt');
    await look();
    expect((await find(id)).phase).toBe('voting');
    expect(rig.chat.exhibits()).toHaveLength(12);
    await rig.ask('challenge cancel', { reason: 'rain', challenge: id }, boss);
    await look();
    expect(await left('m10')).toBe(60);
  });

  test('entries that are taken out while they are shown: numbers, seal and count stay', async () => {
    const id = await entered(12, { least: 12 });
    await pass(id, 'closesAt');
    let shown = 0;
    const poster = {
      ...rig.chat.poster,
      exhibit: async (...given: Parameters<typeof rig.chat.poster.exhibit>) => {
        shown += 1;
        if (shown === 4) {
          const [first] = (await entries(id)).filter(({ number }) => number === 2);
          await rig.challenges.note(space, id, first?.job ?? '', ['in'], { state: 'disqualified', why: 'x' });
        }
        return rig.chat.poster.exhibit(...given);
      },
    };
    await look({ poster: () => poster });
    const { seal, phase } = await find(id);
    expect(phase).toBe('voting');
    expect(said().find((text) => text.includes('Seal of all entries'))).toContain(seal);
    const captions = rig.chat.exhibits().map(({ exhibit }) => exhibit.caption);
    // What is out is taken out of the chat as well.
    expect(new Set(captions).size).toBe(captions.length);
    await look();
    expect(rig.chat.exhibits().map(({ exhibit }) => exhibit.caption)).not.toContain('Number 2');
    const tally = await ended(id);
    expect(tally?.entries).toHaveLength(12);
    expect(tally?.result).toHaveLength(11);
  });

  test('a chat that shows nothing for a while: it is asked again, and nobody loses their film', async () => {
    const id = await entered(3);
    await pass(id, 'closesAt');
    rig.chat.fail('exhibit', 1, () => new CannotPost('no'));
    await look();
    expect((await find(id)).phase).toBe('closing');
    expect((await entries(id)).map(({ state }) => state)).toEqual(['in', 'in', 'in']);
    await engine.redis.zadd(keys.deadlines, 1, id);
    await look();
    expect((await find(id)).phase).toBe('voting');
    expect(rig.chat.exhibits()).toHaveLength(3);
  });

  test('a chat that never shows any: it is called off, and what was paid comes back', async () => {
    const id = await entered(2);
    await pass(id, 'closesAt');
    await look({ poster: () => ({ ...rig.chat.poster, exhibit: async () => Promise.reject(new CannotPost('no')) }) });
    // The tries are counted from when entries closed, and each is one of them.
    const closed = Date.now() - 3.9 * 3_600_000;
    await engine.redis.hset(keys.challenge(id), 'turned', closed);
    await engine.redis.zadd(keys.deadlines, 1, id);
    await look({ poster: () => ({ ...rig.chat.poster, exhibit: async () => Promise.reject(new CannotPost('no')) }) });
    expect(await find(id)).toMatchObject({ phase: 'closing', turnedAt: closed });
    await engine.redis.hset(keys.challenge(id), 'turned', Date.now() - 4.1 * 3_600_000);
    await engine.redis.zadd(keys.deadlines, 1, id);
    await look({ poster: () => ({ ...rig.chat.poster, exhibit: async () => Promise.reject(new CannotPost('no')) }) });
    expect(await find(id)).toMatchObject({ phase: 'cancelled' });
    expect(await left('m10')).toBe(60);
  });

  test('an end that is put off while the bot looks', async () => {
    const id = await entered(2);
    await pass(id, 'closesAt');
    let once = true;
    const find = rig.challenges.find;
    const challenges = {
      ...rig.challenges,
      find: async (...given: Parameters<typeof find>) => {
        const found = await find(...given);
        if (once && found?.phase === 'open') {
          once = false;
          const terms = { ...found, closesAt: Date.now() + 86_400_000, votesUntil: Date.now() + 2 * 86_400_000 };
          await rig.challenges.change(space, id, found.version, terms);
        }
        return found;
      },
    };
    await look({ challenges });
    expect((await rig.challenges.find(space, id))?.phase).toBe('open');
  });

  test('terms that change while a price tag is open: the press takes nothing', async () => {
    const id = await open({}, { preset: 'open', seconds: 20 });
    const tag = await rig.ask('challenge enter', { prompt: 'x' }, { asks: true });
    const [make] = buttons(tag);
    await rig.ask('challenge edit', { challenge: id, preset: 'sealed', seconds: 4 }, boss);
    const error = await rig.refused(make?.command ?? '', { quote: make?.quote });
    expect(error.said.word).toBe('quote.chosen');
    expect(await entries(id)).toEqual([]);
    expect(await left('ada')).toBe(60);
  });

  test('an allowance that is given back stays an allowance', async () => {
    const id = await entered(1, { least: 5 });
    await pass(id, 'closesAt');
    await look();
    expect((await find(id)).phase).toBe('cancelled');
    expect(await left('m10')).toBe(60);
    expect((await rig.refused('give', { member: 'ada', credits: 4 }, { user: 'm10' })).said.word).toBe('give.short');
    await look();
    expect(await left('m10')).toBe(60);
  });

  test('calling it off while a film is about to come: what it costs comes back when its end is known', async () => {
    const id = await open();
    const [job = ''] = (await rig.ask('challenge enter', { prompt: 'x' })).jobs;
    const ref = { space, id: job };
    await look();
    await rig.rendered(ref);
    await rig.ask('challenge cancel', { reason: 'rain', challenge: id }, boss);
    await look();
    expect(await rig.challenges.underWay(space)).toHaveLength(1);
    await arrived(ref).catch(() => rig.delivered(ref));
    await look();
    expect(await left('ada')).toBe(60);
    expect(await rig.challenges.underWay(space)).toEqual([]);
  });

  test('one member who enters and withdraws keeps nobody out', async () => {
    const id = await open();
    for (let n = 0; n < 5; n += 1) {
      await rig.ask('challenge enter', { prompt: `x${n}` });
      await rig.ask('challenge withdraw');
    }
    expect(await engine.redis.hget(keys.challenge(id), 'live')).toBe('0');
    expect(await left('ada')).toBe(60);
    await enter('bob');
  });

  test('whose film a number is, nobody finds out by trying', async () => {
    const id = await screened(3);
    const [entry] = await entries(id);
    const values = { reason: 'x', number: 1, film: entry?.job };
    expect((await rig.refused('challenge disqualify', values, { user: 'mod' })).said.word).toBe(
      'challenge.number.alone',
    );
    const alone = { reason: 'x', film: entry?.job };
    expect((await rig.refused('challenge disqualify', alone, { user: 'mod' })).said.word).toBe(
      'challenge.number.alone',
    );
    expect((await entries(id)).every(({ state }) => state === 'in')).toBe(true);
  });

  test('a film that is deleted during the vote is shown and asked about no more', async () => {
    const id = await screened(3);
    const asked = await rig.ask('challenge vote', {}, { user: 'eve' });
    const [number = 0] = buttons(asked).map(({ label }) => Number(/\d+/.exec(label)?.[0]));
    const gone = (await entries(id)).find((entry) => entry.number === number);
    await rig.desk.remove({ space, id: gone?.job ?? '' }, gone?.member ?? '');
    await look();
    expect(rig.chat.exhibits()).toHaveLength(2);
    expect((await entries(id)).find(({ job }) => job === gone?.job)?.state).toBe('withdrawn');
    const next = buttons(await rig.ask('challenge vote', {}, { user: 'eve' })).map(({ label }) => label);
    expect(next).toEqual([expect.any(String), expect.any(String), 'I cannot tell', 'Report a film']);
    expect(next).not.toContain(`Number ${number}`);
    expect((await ended(id))?.result).toHaveLength(2);
  });

  test('a hash that could not be said is said later', async () => {
    await open();
    await enter('ada');
    rig.chat.fail('announce', 1, () => new TransientError('not now'));
    await look();
    expect(said().filter((text) => text.includes('sealed:'))).toHaveLength(1);
  });

  test('the same call with other words drops nothing that was paid', async () => {
    const id = await open();
    await rig.ask('challenge enter', { prompt: 'one' }, { key: 'web:once' });
    expect((await rig.refused('challenge enter', { prompt: 'two' }, { key: 'web:once' })).said.word).toBe(
      'call.conflict',
    );
    expect(await entries(id)).toHaveLength(1);
  });

  test('a prize is given once, however long ago', async () => {
    const id = await screened(2, { prizes: '30' });
    await pass(id, 'votesUntil');
    const direct = async () => Promise.reject(new TransientError('not now'));
    await look({ poster: () => ({ ...rig.chat.poster, direct }) });
    for (const key of await engine.redis.keys(`${keys.all}call:*`)) await engine.redis.del(key);
    await engine.redis.zadd(keys.deadlines, 1, id);
    await look();
    const credits = (await Promise.all(members(2).map(left))).sort();
    expect(credits).toEqual([56, 86]);
  });

  test('entries that open later than was said are not open before', async () => {
    const id = await open();
    await rig.ask('challenge edit', { challenge: id, opens: '2d', closes: '5d' }, boss);
    expect((await find(id)).phase).toBe('announced');
    expect((await rig.refused('challenge enter', { prompt: 'x', challenge: id })).said.word).toBe('challenge.closed');
    await pass(id, 'opensAt');
    await look();
    expect(said().filter((text) => text.includes('A challenge: Boats'))).toHaveLength(1);
    await enter('ada', { challenge: id });
    expect(textOf(await rig.ask('challenge show', { challenge: id }))).toContain('entries are open');
  });

  test('nobody puts anything into what others have for a challenge', async () => {
    await open({}, { compute: 6, seconds: 4 });
    await enter('ada');
    const [pot = ''] = await engine.redis.zrange(keys.endowed, '0', '-1');
    expect((await rig.refused('pot pledge', { pot, credits: 2 })).said.word).toBe('pot.unknown');
  });

  test('another process that leads takes over between two challenges', async () => {
    await entered(1);
    await look({ leads: async () => false });
    expect(said()).toHaveLength(2);
  });
});
