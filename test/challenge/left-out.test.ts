import { describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { entryStates } from '../../src/domain/challenge.ts';
import { commitmentOf } from '../../src/domain/tally/seal.ts';
import { readTally, verifyTally } from '../../src/domain/tally.ts';
import { createChallengePages } from '../../src/pages/challenge.ts';
import { textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

const members = ['ada', 'bob', 'cyd'] as const;

describe.each(redisKinds.slice(0, 1))('who has no place, and who is named, on %s', (kind) => {
  const { engine, rig, look, find, open, pass, enter, said, judge, entries, left } = useChallenges(kind);
  const entered = async (edit: Record<string, unknown> = {}): Promise<string> => {
    const id = await open({}, edit);
    for (const member of members) await enter(member);
    await look();
    return id;
  };
  const closed = async (id: string): Promise<void> => {
    await pass(id, 'closesAt');
    await look();
  };
  const block = (value: string) => rig.blocks.add(space, { kind: 'member', value, by: 'boss' });
  const unblock = async (value: string): Promise<void> => {
    const found = (await rig.blocks.read(space)).find((one) => one.value === value);
    await rig.blocks.remove(space, found?.id ?? '', 'boss');
  };
  const ended = async (id: string) => {
    await pass(id, 'votesUntil');
    await look();
    const text = (await rig.challenges.tally(space, id)) ?? '';
    expect(verifyTally(text, { seal: (await find(id)).seal })).toEqual([]);
    const { tally } = readTally(text);
    if (!tally) throw new Error('no tally');
    return { tally, text };
  };
  const pages = () =>
    createChallengePages({
      ...{ challenges: rig.challenges, seasons: rig.seasons, desk: rig.desk, withheld: { has: async () => false } },
      ...{ opens: () => true, path: async () => undefined, now: Date.now },
    });
  const stateOf = async (id: string, member: string) =>
    (await entries(id)).find((entry) => entry.member === member)?.state;

  test('blocked when entries close: the film is not shown, has no number, and that is said with the result', async () => {
    const id = await entered();
    await block('bob');
    await closed(id);
    expect(await find(id)).toMatchObject({ phase: 'voting', order: [expect.any(String), expect.any(String)] });
    expect(rig.chat.exhibits()).toHaveLength(2);
    expect(await stateOf(id, 'bob')).toBe('barred');
    expect(textOf(await rig.ask('challenge show', { challenge: id }, { user: 'bob' }))).toContain('you were blocked');
    // Their numbers are settled by then: it is too late for what is not among them.
    await unblock('bob');
    const { tally } = await ended(id);
    expect(tally.entries.map(({ author }) => author.name).sort()).toEqual(['ADA', 'CYD']);
    expect(tally).toMatchObject({ filmsLeftOut: 1, leftOut: 0 });
    expect(said().at(-1)).toContain('1 film is left out, for its author was blocked.');
    expect((await pages().challenge(id, 'right'))?.shown).toMatchObject({ phase: 'ended', filmsLeftOut: 1 });
  });

  test('blocked and let in again before entries close: nothing is different', async () => {
    const id = await entered();
    await block('bob');
    await look();
    expect(await stateOf(id, 'bob')).toBe('in');
    await unblock('bob');
    await closed(id);
    expect(rig.chat.exhibits()).toHaveLength(3);
    expect((await ended(id)).tally).not.toHaveProperty('filmsLeftOut');
    expect(said().at(-1)).not.toContain('left out');
  });

  test('blocked by the end: a number without a place, without points and without a prize', async () => {
    const id = await entered({ prizes: '30 20 10' });
    await closed(id);
    const number = (await entries(id)).find(({ member }) => member === 'ada')?.number;
    for (const voter of ['eve', 'fay']) await judge(voter, (one, other) => (one === number ? one : other), 99);
    await block('ada');
    await block('fay');
    const { tally } = await ended(id);
    expect(tally.entries).toHaveLength(3);
    expect(tally.entries.find((entry) => entry.number === number)).toMatchObject({ out: true });
    expect(tally.result.map(({ entry }) => entry)).not.toContain(number);
    expect(tally).toMatchObject({ filmsLeftOut: 1, leftOut: 3 });
    expect(said().at(-1)).toContain('left out.\n1 film is left out, for its author was blocked.');
    const [kept] = await rig.seasons.results(space);
    expect(kept?.places.map(({ member }) => member).sort()).toEqual(['bob', 'cyd']);
    expect([await left('ada'), (await left('bob')) + (await left('cyd'))]).toEqual([56, 56 + 30 + 56 + 20]);
  });

  test('blocked during the vote, and let in again by its end: the film keeps its place', async () => {
    const id = await entered();
    await closed(id);
    await block('ada');
    await look();
    expect(rig.chat.exhibits()).toHaveLength(3);
    await unblock('ada');
    const { tally } = await ended(id);
    expect(tally.result).toHaveLength(3);
    expect(tally).not.toHaveProperty('filmsLeftOut');
  });

  test('called off with fewer films than are needed, for those of the blocked are none: all of them get back what they paid', async () => {
    const id = await entered({ least: 3 });
    await block('bob');
    await closed(id);
    expect((await find(id)).phase).toBe('cancelled');
    expect(await Promise.all(members.map(left))).toEqual([60, 60, 60]);
    await unblock('bob');
    const other = await entered();
    await block('bob');
    await closed(other);
    expect(await stateOf(other, 'bob')).toBe('barred');
    await rig.ask('challenge cancel', { challenge: other, reason: 'rain' }, { user: 'boss' });
    await look();
    expect(await Promise.all(members.map(left))).toEqual([60, 60, 60]);
  });

  test('nothing but films of the blocked: it ends without a vote, and nobody is said not to have entered', async () => {
    const id = await entered();
    for (const member of members) await block(member);
    await closed(id);
    expect((await find(id)).phase).toBe('cancelled');
    expect(said().at(-1)).toBe('Boats has ended. There is no film to show, so there is no result.');
    expect(await Promise.all(members.map(left))).toEqual([60, 60, 60]);
  });

  test('an author is a code that the commitment is of; seasons and prizes still know the member', async () => {
    const id = await entered({ prizes: '30' });
    for (const { member, author, film = '', nonce = '', commitment } of await entries(id)) {
      expect(author).toBe(await rig.votes.author(space, id, member));
      expect(author).not.toBe(await rig.votes.voter(space, id, member));
      expect(commitmentOf({ challenge: id, author: author ?? '', film, nonce })).toBe(commitment);
    }
    await closed(id);
    const { text, tally } = await ended(id);
    const shown = textOf(await rig.ask('challenge show', { challenge: id }, { user: 'ada' }));
    expect(shown).toContain(`: ${await rig.votes.author(space, id, 'ada')}`);
    for (const member of members) expect(text).not.toContain(`"${member}"`);
    expect(tally.entries.every(({ author }) => /^[a-z2-7]{16}$/.test(author.id))).toBe(true);
    const [kept] = await rig.seasons.results(space);
    expect(kept?.places.map(({ member }) => member).sort()).toEqual([...members]);
    expect((await Promise.all(members.map(left))).sort()).toEqual([56, 56, 86]);
  });

  test('an entry of an earlier version stays what it was committed to', async () => {
    const id = await entered();
    const [old] = await entries(id);
    if (!old) throw new Error('no entry');
    const { job, member, film = '', nonce = '' } = old;
    const commitment = commitmentOf({ challenge: id, author: member, film, nonce });
    await rig.challenges.note(space, id, job, entryStates, { author: undefined, commitment });
    expect((await engine.redis.hget(spaceKeys(space).entries(id), job)) ?? '').not.toContain('author');
    await closed(id);
    const { tally } = await ended(id);
    const found = tally.entries.find((entry) => entry.id === job);
    expect(found).toMatchObject({ commitment, author: { id: member } });
    const [kept] = await rig.seasons.results(space);
    expect(kept?.places.map((one) => one.member).sort()).toEqual([...members]);
  });
});
