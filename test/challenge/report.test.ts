import { describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createTrail } from '../../src/desk/trail.ts';
import type { Entry } from '../../src/domain/challenge.ts';
import { readTally } from '../../src/domain/tally.ts';
import { textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

const mod = { user: 'mod' } as const;
const members = ['ada', 'bob', 'cyd'] as const;
const cellar = { channel: 'cellar', closed: 'channel' } as const;

describe.each(redisKinds.slice(0, 1))('a film that is reported in the screening, on %s', (kind) => {
  const { engine, rig, woken, look, find, open, pass, enter, arrived, buttons, said, entries } = useChallenges(kind);
  const screened = async (): Promise<string> => {
    const id = await open();
    for (const member of members) await enter(member);
    await look();
    await pass(id, 'closesAt');
    await look();
    return id;
  };
  const numbered = async (id: string, number: number): Promise<Entry> => {
    const found = (await entries(id)).find((entry) => entry.number === number);
    if (!found) throw new Error(`no number ${number}`);
    return found;
  };
  /** Somebody whose film has another number. */
  const other = async (id: string, number: number): Promise<string> => {
    const { member } = await numbered(id, number);
    return members.find((one) => one !== member) ?? '';
  };
  const notices = () => [...rig.chat.notices.values()].map(({ notice }) => notice);
  const report = (values: object, user = 'eve') => rig.ask('challenge report', { ...values }, { user });
  const press = (values: object, more: object = mod) => rig.ask('challenge remove', { ...values }, more);

  test('is told of once, by its number, with all that is needed to judge it and nothing of whose it is', async () => {
    const id = await screened();
    const announced = said().find((text) => text.includes('Seal of all entries'));
    expect(announced).toContain(`[Report a film: challenge report ${id}]`);
    const asked = buttons(await rig.ask('challenge vote', {}, { user: 'eve' }));
    expect(asked.map(({ command }) => command)).toContain('challenge report');
    expect(textOf(await report({ number: 2, reason: 'not a boat', challenge: id }))).toMatch(/^Thank you/);
    await report({ number: 2 }, await other(id, 2));
    expect(notices()).toHaveLength(1);
    const [notice] = notices();
    const entry = await numbered(id, 2);
    const text = textOf(notice ?? { parts: [] });
    expect(text).toContain('Whose it is stays secret until the vote ends.');
    expect(text).toContain(
      `Challenge: Boats (${id})\nFilm: 2\nReported by: EVE (eve)\nWhat is wrong with it: not a boat`,
    );
    expect(text).toContain(`Number 2: ${(await find(id)).said.voting?.place.thread} ${entry.shown}`);
    expect(text).toContain(`[Disqualify: challenge remove ${id}-2]`);
    expect(JSON.stringify(notice)).not.toMatch(new RegExp(`\\b(${members.join('|')})\\b|j[a-z2-7]{16}`, 'i'));
    expect(notice?.key.length).toBeLessThanOrEqual(24);
    const [deed] = await createTrail(engine.redis).read(space, 1);
    expect(deed).toMatchObject({ what: 'challenge report', about: `${id}-2` });
  });

  test('nobody reports their own, what is not there, or without end; where nobody could be told, the next report tells', async () => {
    const id = await screened();
    const { member } = await numbered(id, 1);
    const word = async (values: object, user: string) =>
      (await rig.refused('challenge report', { ...values }, { user })).said.word;
    expect(await word({ number: 1 }, member)).toBe('challenge.vote.own');
    expect(await word({ number: 9 }, 'eve')).toBe('challenge.report.gone');
    expect(await word({}, 'eve')).toBe('field.missing');
    rig.chat.staffed(false);
    expect(textOf(await report({ number: 1 }))).not.toMatch(/^Thank you\. Those/);
    rig.chat.staffed(true);
    await report({ number: 1 }, 'fay');
    expect(notices()).toHaveLength(1);
    expect(textOf(notices()[0] ?? { parts: [] })).toContain('Members who reported it: 2');
    await engine.redis.zadd(
      spaceKeys(space).reports('gus'),
      ...Array.from({ length: 10 }, (_, n) => [Date.now(), `x${n}`]).flat(),
    );
    expect(await word({ number: 2 }, 'gus')).toBe('report.often');
  });

  test('before the vote there are no numbers, and nothing to report', async () => {
    const id = await open();
    await enter('ada');
    await look();
    const error = await rig.refused('challenge report', { number: 1, challenge: id }, { user: 'eve' });
    expect(error.said.word).toBe('challenge.report.gone');
  });

  test('the button takes it out, for those who moderate and with a reason, and names nobody', async () => {
    const id = await screened();
    await report({ number: 3 });
    const [{ command, challenge } = { command: '', challenge: '' }] = buttons({
      ...(notices()[0] ?? { parts: [] }),
      to: 'private',
      jobs: [],
    });
    expect((await rig.refused(command, { challenge, reason: 'x' })).said.word).toBe('command.forbidden');
    expect((await rig.refused(command, { challenge }, mod)).said.word).toBe('field.missing');
    const entry = await numbered(id, 3);
    const text = textOf(await press({ challenge, reason: 'no boat' }));
    expect(text).toBe('Number 3 is out of the challenge.');
    await look();
    expect(await numbered(id, 3)).toMatchObject({ state: 'disqualified', why: 'no boat' });
    expect(rig.chat.exhibits().map(({ exhibit }) => exhibit.caption)).not.toContain('Number 3');
    expect((await rig.read({ space, id: entry.job })).removed).toBeUndefined();
    const direct = [...rig.chat.directs.values()].at(-1);
    expect(direct?.member).toBe(entry.member);
    expect(textOf(direct?.notice ?? { parts: [] })).toContain('no boat. It stays yours.');
    expect((await rig.refused('challenge remove', { challenge: `${id}-9`, reason: 'x' }, mod)).said.word).toBe(
      'challenge.entry.none',
    );
    expect((await rig.refused('challenge remove', { challenge: id, reason: 'x' }, mod)).said.word).toBe(
      'challenge.unknown',
    );
  });

  test('the same typed says no name either, while the vote runs', async () => {
    const id = await screened();
    const text = textOf(await rig.ask('challenge disqualify', { number: 1, reason: 'x', challenge: id }, mod));
    expect(text).toBe('Number 1 is out of the challenge.');
  });

  test('what nobody may keep is deleted everywhere, also when it was disqualified before', async () => {
    const id = await screened();
    const [one, two] = [await numbered(id, 1), await numbered(id, 2)];
    const text = textOf(await press({ challenge: `${id}-1`, reason: 'a real person', delete: 'yes' }));
    expect(text).toBe('Number 1 is out of the challenge.\nIt is deleted everywhere, for its author as well.');
    expect((await rig.read({ space, id: one.job })).removed).toMatchObject({ by: 'mod', why: 'a real person' });
    expect(rig.woken.at(-1)?.wakeUps).toMatchObject([{ ref: { id: one.job } }]);
    expect(textOf([...rig.chat.directs.values()].at(-1)?.notice ?? { parts: [] })).toContain('It was deleted.');
    await press({ challenge: `${id}-2`, reason: 'no boat' });
    expect((await rig.refused('challenge remove', { challenge: `${id}-2`, reason: 'x' }, mod)).said.word).toBe(
      'challenge.entry.none',
    );
    await press({ challenge: `${id}-2`, reason: 'a real person', delete: 'yes' });
    expect((await rig.read({ space, id: two.job })).removed).toMatchObject({ by: 'mod' });
    await look();
    expect(rig.chat.exhibits()).toHaveLength(1);
    await engine.redis.del(spaceKeys(space).job((await numbered(id, 3)).job));
    expect(textOf(await press({ challenge: `${id}-3`, reason: 'x', delete: 'yes' }))).toContain(
      'has to be deleted there',
    );
    expect(woken).toEqual([]);
  });

  test('after the vote the result stands, and a film can be deleted: it leaves the chat, and nothing is said or paid twice', async () => {
    const id = await screened();
    await pass(id, 'votesUntil');
    await look();
    const before = [said().length, rig.chat.directs.size];
    const text = await rig.challenges.tally(space, id);
    await report({ number: 1, challenge: id });
    expect(textOf(notices()[0] ?? { parts: [] })).not.toContain('secret');
    expect((await rig.refused('challenge remove', { challenge: `${id}-1`, reason: 'x' }, mod)).said.word).toBe(
      'challenge.over.delete',
    );
    const told = textOf(await press({ challenge: `${id}-1`, reason: 'x', delete: 'yes' }));
    expect(told).toBe('Number 1\nIt is deleted everywhere, for its author as well.');
    await look();
    expect(rig.chat.exhibits().map(({ exhibit }) => exhibit.caption)).toEqual(['Number 2', 'Number 3']);
    expect(await rig.challenges.tally(space, id)).toBe(text);
    expect([said().length, rig.chat.directs.size]).toEqual([before[0], (before[1] ?? 0) + 1]);
    expect(readTally(text ?? '').tally?.result).toHaveLength(3);
    expect(await rig.challenges.underWay(space)).toEqual([]);
  });

  test('of a closed place: those who moderate were told, so they may act from where that was', async () => {
    const given = { title: 'Boats', theme: 'boats', closes: '3d' };
    await rig.ask('challenge open', given, { user: 'boss', origin: cellar });
    await look();
    const [{ id = '' } = {}] = await rig.challenges.list(space);
    for (const user of members) {
      const { jobs } = await rig.ask('challenge enter', { prompt: 'x' }, { user, origin: cellar });
      await arrived({ space, id: jobs[0] ?? '' });
    }
    await look();
    await pass(id, 'closesAt');
    await look();
    const challenge = `${id}-1`;
    const word = async () => (await rig.refused('challenge remove', { challenge, reason: 'x' }, mod)).said.word;
    expect(await word()).toBe('challenge.unknown');
    await rig.ask('challenge report', { number: 1 }, { user: 'eve', origin: cellar });
    expect(textOf(await press({ challenge, reason: 'x' }))).toBe('Number 1 is out of the challenge.');
  });
});
