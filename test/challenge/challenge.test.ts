import { describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { readTally, tallyHash, verifyTally } from '../../src/domain/tally.ts';
import { say } from '../../src/domain/words.ts';
import { textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

const boss = { user: 'boss' } as const;

describe.each(redisKinds.slice(0, 1))('a challenge, on %s', (kind) => {
  const { engine, rig, woken, renewed, look, find, open, pass, shift, enter, said, buttons, judge, entries, left } =
    useChallenges(kind);

  test('is announced once, in its channel, with a thread, what it asks and a button to enter', async () => {
    const id = await open();
    await look();
    expect(said()).toHaveLength(1);
    expect(said()[0]).toContain('A challenge: Boats\nTheme: a boat in the rain');
    expect(said()[0]).toContain(`[Enter: challenge enter`);
    expect(said()[0]).toContain(`Page: https://films.example.org/c/${id}`);
    const [announced] = rig.chat.announcements();
    expect(announced?.said).toMatchObject({ thread: 'Boats', to: { channel: 'films' } });
    expect((await find(id)).phase).toBe('open');
  });

  test('sealed: films come to their authors alone, only the hash of each is said, and nothing shows them before', async () => {
    const id = await open();
    const ref = await enter('ada');
    expect((await rig.read(ref)).request).toMatchObject({ for: { challenge: id }, origin: { visibility: 'private' } });
    await look();
    await look();
    const [entry] = await entries(id);
    expect(entry).toMatchObject({ state: 'in', member: 'ada', commitment: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(said().slice(1)).toEqual([`A film was entered and sealed: ${entry?.commitment}`]);
    expect(renewed).toContain(`${entry?.film}.mp4`);
    expect(JSON.stringify(rig.chat.announcements().map(({ said }) => said))).not.toMatch(/by ada|ADA|j[a-z2-7]{16}/);
    expect((await rig.refused('film details', { job: ref.id }, { user: 'bob' })).said.word).toBe('job.unknown');
    expect((await rig.refused('challenge enter', { prompt: 'once more' })).said.word).toBe('challenge.most');
    expect(await left('ada')).toBe(56);
  });

  test('from the first entry to the result: shown without names, judged in secret, reckoned for all to check', async () => {
    const id = await open({}, { prizes: '30 10', seconds: 4 });
    const members = ['ada', 'bob', 'cyd', 'dee'];
    for (const member of members) await enter(member);
    await look();
    await pass(id, 'closesAt');
    await look();
    await look();
    const challenge = await find(id);
    expect(challenge).toMatchObject({ phase: 'voting', seal: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const voting = rig.chat.announcements().at(-1)?.said;
    expect(textOf(voting ?? { parts: [] })).toContain(`Seal of all entries: ${challenge.seal}`);
    const shown = rig.chat.exhibits();
    expect(shown.map(({ exhibit }) => exhibit.caption)).toEqual(['Number 1', 'Number 2', 'Number 3', 'Number 4']);
    expect(shown.every(({ exhibit }) => exhibit.to.thread === challenge.said.voting?.place.thread)).toBe(true);
    // Whole words: a film's hash may have three such letters in a row.
    expect(JSON.stringify(shown)).not.toMatch(/\b(ada|bob|cyd|dee)\b|j[a-z2-7]{16}/);

    // The first who entered made the best film, and so on.
    const all = await entries(id);
    const rank = new Map(all.map(({ number = 0, member }) => [number, members.indexOf(member)]));
    const better = (one: number, other: number) => ((rank.get(one) ?? 9) < (rank.get(other) ?? 9) ? one : other);
    for (const voter of [...members, 'eve', 'fay', 'gus']) {
      const done = await judge(voter, better, 99);
      expect(done).toBe(members.includes(voter) ? 3 : 6);
    }
    await pass(id, 'votesUntil');
    await look();
    await look();
    const text = (await rig.challenges.tally(space, id)) ?? '';
    const ended = await find(id);
    expect(ended).toMatchObject({ phase: 'ended', tally: tallyHash(text) });
    expect(verifyTally(text, { hash: ended.tally, seal: challenge.seal })).toEqual([]);
    const { tally } = readTally(text);
    const places = tally?.result.map(({ entry }) => members[rank.get(entry) ?? 9]);
    expect(places).toEqual(members);
    expect(said().at(-1)).toContain(`SHA-256 of the tally file: ${ended.tally}`);
    expect(said().at(-1)).toContain('1 | ADA | ');
    expect([await left('ada'), await left('bob'), await left('cyd')]).toEqual([86, 66, 56]);
    expect([...rig.chat.directs.values()].map(({ member }) => member)).toEqual(['ada', 'bob']);
    // Nobody but whoever has the secret knows who voted.
    for (const member of members) {
      expect(text).not.toContain(`"${member}"`);
      const own = tally?.entries.find(({ author }) => author.name === member.toUpperCase());
      // Nor does an author's code lead to their ballots.
      expect(own?.author.id).toBe(await rig.votes.author(space, id, member));
      expect(tally?.ballots.map(({ voter }) => voter)).not.toContain(own?.author.id);
    }
    const before = said().length;
    await look();
    expect([said().length, await rig.challenges.underWay(space)]).toEqual([before, []]);
    expect(textOf(await rig.ask('challenge show', { challenge: id }, { user: 'eve' }))).toContain('1 | ADA | ');
  });

  test('a vote is secret, counted once, and never for one’s own film', async () => {
    const id = await open();
    for (const member of ['ada', 'bob', 'cyd']) await enter(member);
    await look();
    await pass(id, 'closesAt');
    await look();
    await look();
    const asked = await rig.ask('challenge vote', {}, { user: 'ada' });
    const own = (await entries(id)).find(({ member }) => member === 'ada')?.number;
    expect(buttons(asked).map(({ label }) => label)).not.toContain(`Number ${own}`);
    const [first] = buttons(asked);
    const press = (user = 'ada') => rig.ask('challenge choose', { challenge: first?.challenge }, { user });
    expect(textOf(await press())).toContain('You have judged all that there is for you to judge: 1 pair.');
    await press();
    const voter = await rig.votes.voter(space, id, 'ada');
    expect((await rig.votes.of(space, id, voter)).ballots).toHaveLength(1);
    // A button of somebody else asks nothing of eve: she gets her own question.
    expect(textOf(await press('eve'))).toContain('That question was answered, or is another by now.');
    const kept = JSON.stringify(await engine.redis.hgetall(spaceKeys(space).ballots(id)));
    expect(kept).not.toContain('ada');
    await pass(id, 'votesUntil');
    expect((await rig.refused('challenge choose', { challenge: first?.challenge }, { user: 'eve' })).said.word).toBe(
      'challenge.vote.closed',
    );
    expect((await rig.refused('challenge vote', {}, { user: 'eve' })).said.word).toMatch(
      /^challenge\.(vote\.closed|unknown)$/,
    );
  });

  test('one vote each: named by number, changed until the end, not for one’s own', async () => {
    const id = await open({}, { voting: 'one' });
    for (const member of ['ada', 'bob', 'cyd']) await enter(member);
    await look();
    await pass(id, 'closesAt');
    await look();
    await look();
    const number = async (of: string) => (await entries(id)).find(({ member }) => member === of)?.number;
    expect((await rig.refused('challenge vote', { number: await number('ada') })).said.word).toBe('challenge.vote.own');
    expect((await rig.refused('challenge vote', { number: 9 })).said.word).toBe('challenge.entry.unknown');
    await rig.ask('challenge vote', { number: await number('cyd') });
    await rig.ask('challenge vote', { number: await number('bob') });
    await rig.ask('challenge vote', { number: await number('bob') }, { user: 'eve' });
    await rig.ask('challenge vote', { number: await number('cyd') }, { user: 'bad' });
    await rig.blocks.add(space, { kind: 'member', value: 'bad', by: 'boss' });
    await pass(id, 'votesUntil');
    await look();
    await look();
    const { tally } = readTally((await rig.challenges.tally(space, id)) ?? '');
    expect(tally?.result.map(({ score }) => score)).toEqual([2, 0, 0]);
    expect(tally?.leftOut).toBe(1);
    expect(said().at(-1)).toContain('1 opinion of voters who were blocked meanwhile is left out.');
  });

  test('everybody has the same extra credits, for this alone; their own are taken after them', async () => {
    const id = await open({}, { compute: 6, seconds: 4, entries: 3 });
    const first = await rig.ask('challenge enter', { prompt: 'one' });
    expect(textOf(first)).toContain('Of your credits for this challenge 2 are left.');
    expect(await left('ada')).toBe(60);
    await rig.ask('challenge enter', { prompt: 'two' });
    expect(await left('ada')).toBe(56);
    expect(
      (await rig.refused('challenge enter', { prompt: 'x' }, { user: 'ada', origin: { step: 'e1' } })).said.word,
    ).toBeDefined();
    // They are in no list, and pay for nothing else.
    expect(await rig.pots.list(space)).toEqual([]);
    const [pot = ''] = await engine.redis.zrange(spaceKeys(space).endowed, '0', '-1');
    expect((await rig.refused('video', { prompt: 'x', seconds: 4, pot })).said.word).toBe('pot.unknown');
    expect((await rig.refused('video', { prompt: 'x', pot }, { user: 'bob' })).said.word).toBe('pot.unknown');
    expect((await find(id)).compute).toBe(6);
  });

  test('what a manager changes of it after somebody tried to enter in vain holds for them as for all', async () => {
    const id = await open({}, { compute: 8, seconds: 4 });
    await rig.blocks.add(space, { kind: 'word', value: 'tram', by: 'boss' });
    expect((await rig.refused('challenge enter', { prompt: 'a tram' })).said.word).toBe('blocked.words');
    await rig.ask('challenge edit', { challenge: id, title: 'Ships', compute: 12 }, { user: 'boss' });
    for (const user of ['ada', 'bob']) {
      const entered = textOf(await rig.ask('challenge enter', { prompt: 'a boat' }, { user }));
      expect(entered).toContain('Of your credits for this challenge 8 are left.');
    }
  });

  test('only its title is another: whoever tried in vain can enter', async () => {
    const id = await open({}, { compute: 8, seconds: 4 });
    await rig.blocks.add(space, { kind: 'word', value: 'tram', by: 'boss' });
    await rig.refused('challenge enter', { prompt: 'a tram' });
    await rig.ask('challenge edit', { challenge: id, title: 'Ships' }, { user: 'boss' });
    const entered = textOf(await rig.ask('challenge enter', { prompt: 'a boat' }));
    expect(entered).toContain('Of your credits for this challenge 4 are left.');
  });

  test('withdrawn until entries close, with its film; disqualified by those who moderate, with a reason', async () => {
    const id = await open();
    const mine = await enter('ada');
    const other = await enter('bob');
    await look();
    expect(textOf(await rig.ask('challenge withdraw'))).toContain('is out of the challenge');
    expect((await rig.read(mine)).removed).toMatchObject({ by: 'ada' });
    expect((await rig.refused('challenge withdraw')).said.word).toBe('challenge.entry.none');
    expect((await rig.refused('challenge disqualify', { reason: 'no boat', film: other.id })).said.word).toBe(
      'command.forbidden',
    );
    await rig.ask('challenge disqualify', { reason: 'no boat', film: other.id }, { user: 'mod' });
    expect((await entries(id)).map(({ state, why }) => [state, why])).toEqual([
      ['withdrawn', undefined],
      ['disqualified', 'no boat'],
    ]);
    expect((await rig.read(other)).removed).toBeUndefined();
    expect(textOf([...rig.chat.directs.values()].at(-1)?.notice ?? { parts: [] })).toContain('no boat');
    // There is a place again.
    await enter('ada');
    await pass(id, 'closesAt');
    expect((await rig.refused('challenge withdraw')).said.word).toBe('challenge.withdraw.late');
  });

  test('called off: all are told, films under way are stopped, and what was paid comes back', async () => {
    const id = await open();
    await enter('ada');
    const [waiting = ''] = (await rig.ask('challenge enter', { prompt: 'b' }, { user: 'bob' })).jobs;
    await look();
    expect((await rig.refused('challenge cancel', { reason: 'rain' })).said.word).toBe('command.forbidden');
    await rig.ask('challenge cancel', { reason: 'rain' }, boss);
    await look();
    await look();
    expect(said().at(-1)).toBe('Boats is called off: rain. What was paid for films comes back.');
    expect([await left('ada'), await left('bob')]).toEqual([60, 60]);
    expect(woken).toContain(waiting);
    expect((await rig.refused('challenge cancel', { reason: 'again', challenge: id }, boss)).said.word).toBe(
      'challenge.over',
    );
    expect(said().filter((text) => text.includes('called off'))).toHaveLength(1);
  });

  test.each([
    [0, 1, /There is no film to show/],
    [1, 2, /called off: there are 1 film, and 2 were needed/],
  ])('with %i entries of %i at the least it ends without a vote', async (count, least, words) => {
    const id = await open({}, { least });
    for (const member of ['ada', 'bob'].slice(0, count)) await enter(member);
    await look();
    await pass(id, 'closesAt');
    for (let n = 0; n < 3; n++) await look();
    expect((await find(id)).phase).toBe('cancelled');
    expect(said().at(-1)).toMatch(words);
    expect(await left('ada')).toBe(60);
  });

  test('one entry alone wins; a tie of all goes by who was first', async () => {
    for (const members of [['ada'], ['ada', 'bob', 'cyd']]) {
      const id = await open({ title: `With ${members.length}` });
      for (const member of members) await enter(member, { challenge: id });
      await look();
      await pass(id, 'closesAt');
      for (let n = 0; n < 2; n++) await look();
      await pass(id, 'votesUntil');
      for (let n = 0; n < 2; n++) await look();
      const { tally } = readTally((await rig.challenges.tally(space, id)) ?? '');
      const authors = tally?.result.map(
        ({ entry }) => tally.entries.find(({ number }) => number === entry)?.author.name,
      );
      expect(authors).toEqual(members.map((member) => member.toUpperCase()));
    }
  });

  test('terms change until somebody enters by them; then times are put off alone, and two managers change one thing once', async () => {
    const id = await open();
    const edit = (values: object, user = 'boss') => rig.ask('challenge edit', { challenge: id, ...values }, { user });
    expect(textOf(await edit({ theme: 'ships', entries: 2, prizes: '5', closes: '5d' }))).toContain('Theme: ships');
    await look();
    await look();
    expect(said()).toEqual([expect.stringContaining('Theme: ships')]);
    expect(rig.chat.announcements()[0]?.edits).toBe(1);
    const before = await find(id);
    await rig.challenges.change(space, id, before.version, before);
    await expect(rig.challenges.change(space, id, before.version, before)).rejects.toMatchObject({
      said: { word: 'challenge.changed' },
    });
    await enter('ada');
    const word = async (values: object) =>
      (await rig.refused('challenge edit', { challenge: id, ...values }, boss)).said;
    expect(await word({ theme: 'cars' })).toEqual({ word: 'challenge.fixed', with: { names: ['theme'] } });
    expect((await word({ closes: '1d' })).word).toBe('challenge.sooner');
    await edit({ closes: '9d' });
    expect((await find(id)).closesAt).toBeGreaterThan(before.closesAt);
  });

  test.each([
    [{ closes: 'yesterday' }, 'when.unknown'],
    [{ closes: '2020-01-01 10:00' }, 'challenge.times'],
    [{ closes: '400d' }, 'when.far'],
    [{ title: '' }, 'field.empty'],
    [{ preset: 'half' }, 'field.choice'],
  ])('%j is refused, and nothing is opened', async (values, word) => {
    const given = { title: 'Boats', theme: 'a boat', closes: '3d', ...values };
    expect((await rig.refused('challenge open', given, boss)).said.word).toBe(word);
    expect(await rig.challenges.list(space)).toEqual([]);
  });

  test('films are entered in time and nowhere else; a place is given back where none was accepted', async () => {
    const id = await open();
    expect((await rig.refused('challenge enter', { prompt: 'x', challenge: 'Cars' })).said.word).toBe(
      'challenge.unknown',
    );
    rig.budget.funds.left = 0;
    await rig.refused('challenge enter', { prompt: 'x' });
    rig.budget.funds.left = undefined;
    expect(await entries(id)).toEqual([]);
    // As if nobody had tried, it may still open later.
    await rig.ask('challenge edit', { challenge: id, opens: '1d', closes: '2d' }, boss);
    expect((await find(id)).phase).toBe('announced');
    await rig.ask('challenge edit', { challenge: id, opens: 'now', closes: '2d' }, boss);
    await look();
    await enter('ada');
    await pass(id, 'closesAt');
    expect((await rig.refused('challenge enter', { prompt: 'x' }, { user: 'bob' })).said.word).toBe('challenge.closed');
    expect(say((await rig.refused('challenge enter', { prompt: 'x', challenge: id }, { user: 'bob' })).said)).toContain(
      'Nothing was taken',
    );
    expect(await left('bob')).toBe(60);
  });

  test('the bot was down over every deadline: all of it happens, in its order, and voters still have their time', async () => {
    const id = await open();
    for (const member of ['ada', 'bob']) await enter(member);
    await look();
    await shift(id);
    for (let n = 0; n < 3; n++) await look();
    const challenge = await find(id);
    expect(challenge.phase).toBe('voting');
    expect(challenge.votesUntil).toBeGreaterThan(Date.now());
  });
});
