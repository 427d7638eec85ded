import { describe, expect, test } from 'vitest';
import { createTrail } from '../../src/desk/trail.ts';
import { TransientError } from '../../src/domain/errors.ts';
import { textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

const boss = { user: 'boss' } as const;
const members = ['ada', 'bob', 'cyd'] as const;

describe.each(redisKinds.slice(0, 1))('what stays of a challenge, on %s', (kind) => {
  const { engine, rig, look, open, pass, enter, arrived, buttons, said, entries } = useChallenges(kind);
  const screened = async (edit: Record<string, unknown> = {}): Promise<string> => {
    const id = await open({}, edit);
    for (const member of members) await enter(member);
    await look();
    await pass(id, 'closesAt');
    await look();
    return id;
  };
  const shown = () => rig.chat.exhibits().map(({ exhibit }) => exhibit.caption);
  const entryOf = async (id: string, member: string) => (await entries(id)).find((entry) => entry.member === member);

  test('called off during the vote, its films go back to their authors and leave the screening', async () => {
    const id = await screened();
    expect(shown()).toHaveLength(3);
    await rig.ask('challenge cancel', { reason: 'rain' }, boss);
    await look();
    expect(shown()).toEqual([]);
    expect(await rig.challenges.underWay(space)).toEqual([]);
    const { job = '' } = (await entryOf(id, 'ada')) ?? {};
    expect((await rig.read({ space, id: job })).removed).toBeUndefined();
  });

  test('what managers and moderators did to it stands on the trail, and names nobody', async () => {
    const id = await open({}, { prizes: '5 3', entries: 2 });
    for (const member of members) await enter(member);
    await look();
    await pass(id, 'closesAt');
    await look();
    await rig.ask('challenge disqualify', { number: 2, reason: 'no boat' }, { user: 'mod' });
    await rig.ask('challenge cancel', { reason: 'rain' }, boss);
    const deeds = await createTrail(engine.redis).read(space, 10);
    expect(deeds.map(({ who, what, about, why }) => [who, what, about, why])).toEqual([
      ['boss', 'challenge cancel', id, 'rain'],
      ['mod', 'challenge disqualify', `${id}-2`, 'no boat'],
      ['boss', 'challenge edit', id, undefined],
      ['boss', 'challenge open', id, undefined],
    ]);
    expect(JSON.parse(deeds[2]?.before ?? '')).toEqual({ most: 1, prizes: [] });
    expect(JSON.parse(deeds[2]?.after ?? '')).toEqual({ most: 2, prizes: [5, 3] });
  });

  test('where each has one vote, a press names a film, never one’s own, and another press another', async () => {
    const id = await screened({ voting: 'one' });
    const { number: own } = (await entryOf(id, 'ada')) ?? {};
    const offered = buttons(await rig.ask('challenge vote', {}, { user: 'ada' }));
    expect(offered.map(({ label }) => label)).toEqual(
      [1, 2, 3].filter((number) => number !== own).map((number) => `Number ${number}`),
    );
    for (const { command, challenge } of offered) {
      expect(textOf(await rig.ask(command, { challenge }, { user: 'ada' }))).toMatch(/^Noted: Number \d\./);
    }
    const { named } = await rig.votes.all(space, id);
    expect(named.map(({ number }) => `Number ${number}`)).toEqual([offered[1]?.label]);
    const mine = { challenge: `${id}-${own}` };
    expect((await rig.refused('challenge choose', mine, { user: 'ada' })).said.word).toBe('challenge.vote.own');
    const pair = { challenge: `${id}-1-2-l` };
    expect((await rig.refused('challenge choose', pair, { user: 'eve' })).said.word).toBe('challenge.vote.closed');
    await pass(id, 'votesUntil');
    const late = await rig.refused('challenge choose', { challenge: `${id}-1` }, { user: 'eve' });
    expect(late.said.word).toBe('challenge.vote.closed');
  });

  test('whoever enters is told in what, and can look up the hash of theirs, which everybody saw', async () => {
    const id = await open();
    const reply = textOf(await rig.ask('challenge enter', { prompt: 'a boat' }));
    expect(reply).toContain('It is your entry in Boats: it comes to you in private');
    const [{ job = '' } = {}] = await entries(id);
    await arrived({ space, id: job });
    await look();
    const [{ commitment = '' } = {}] = await entries(id);
    expect(said()).toContainEqual(expect.stringContaining(commitment));
    const own = async (user: string) => textOf(await rig.ask('challenge show', { challenge: id }, { user }));
    expect(await own('ada')).toContain(`Its hash, as everybody saw it: ${commitment}`);
    expect(await own('bob')).not.toContain(commitment);
  });

  test('a result counts in the season that runs when it is about to be told, whatever happens to its telling', async () => {
    const id = await screened();
    await rig.ask('challenge season', { action: 'open', title: 'Spring' }, boss);
    await pass(id, 'votesUntil');
    const { poster } = rig.chat;
    const announce = async (): Promise<never> => {
      throw new TransientError('away');
    };
    await look({ poster: () => ({ ...poster, announce }) });
    await rig.ask('challenge season', { action: 'close' }, boss);
    await look();
    const [season] = await rig.seasons.list(space);
    expect(await rig.seasons.results(space)).toMatchObject([{ id, season: season?.id }]);
    expect(said().filter((text) => text.startsWith('The result of Boats'))).toHaveLength(1);
    expect(
      said()
        .join('\n')
        .match(/The result of Boats/g),
    ).toHaveLength(1);
  });

  test('a change that the announcement comes before is made all the same; one that an entry comes before is looked at anew', async () => {
    const { challenges } = rig;
    const { change } = challenges;
    const meanwhile = (work: () => Promise<unknown>): void => {
      challenges.change = async (...given) => {
        challenges.change = change;
        await work();
        await change(...given);
      };
    };
    await rig.ask('challenge open', { title: 'Boats', theme: 'boats', closes: '3d' }, boss);
    meanwhile(() => look());
    expect(textOf(await rig.ask('challenge edit', { entries: 2 }, boss))).toMatch(/^Changed/);
    meanwhile(() => enter('ada'));
    expect((await rig.refused('challenge edit', { entries: 3 }, boss)).said.word).toBe('challenge.fixed');
    expect((await rig.challenges.list(space))[0]).toMatchObject({ phase: 'open', most: 2, edition: 2 });
  });
});
