import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import { textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

const boss = { user: 'boss' } as const;

describe.each(redisKinds.slice(0, 1))('bad input to challenges, on %s', (kind) => {
  const { rig, look, find, open, pass, enter, said, entries, left } = useChallenges(kind);
  const screened = async (...members: string[]): Promise<string> => {
    const id = await open();
    for (const member of members) await enter(member);
    await look();
    await pass(id, 'closesAt');
    await look();
    expect((await find(id)).phase).toBe('voting');
    return id;
  };

  test.each([
    ['open', { closes: '2020-01-01 10:00' }],
    ['edit', { opens: '5d', closes: '2020-01-01 10:00' }],
    ['edit', { votes: '2020-01-01 10:00' }],
  ])('closes before it opens, by /challenge %s with %j', async (how, values) => {
    const id = how === 'open' ? undefined : await open();
    const before = id === undefined ? undefined : await find(id);
    const given = id === undefined ? { title: 'Boats', theme: 'a boat', ...values } : { challenge: id, ...values };
    expect((await rig.refused(`challenge ${how}`, given, boss)).said.word).toBe('challenge.times');
    expect(await rig.challenges.list(space)).toEqual(before === undefined ? [] : [before]);
  });

  test('a theme with mentions is said as it was written, in a chat that is asked to notify nobody', async () => {
    await open({ theme: 'for <@123> and @everyone' });
    expect(said()[0]).toContain('Theme: for <@123> and @everyone');
    expect(rig.chat.announcements()[0]?.said.ping).toBeUndefined();
  });

  test('two managers closing at once: it is called off once, and what was paid comes back once', async () => {
    rig.chat.promote('boss2', 'manager');
    const id = await open();
    await enter('ada');
    const closing = ['boss', 'boss2'].map((user) =>
      rig.ask('challenge cancel', { challenge: id, reason: `says ${user}` }, { user }),
    );
    const outcomes = await Promise.allSettled(closing);
    const refusals = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refusals).toHaveLength(1);
    for (const refusal of refusals) expect(refusal).toBeInstanceOf(UserError);
    await look();
    await look();
    expect(said().filter((text) => text.includes('called off'))).toHaveLength(1);
    expect(await left('ada')).toBe(60);
  });

  test('two managers who put the end off at once: one of them is told, and what the other said holds', async () => {
    const id = await open();
    const edits = ['5d', '7d'].map((closes) => rig.ask('challenge edit', { challenge: id, closes }, boss));
    const outcomes = await Promise.allSettled(edits);
    const days = Math.round(((await find(id)).closesAt - Date.now()) / 86_400_000);
    expect([5, 7]).toContain(days);
    for (const one of outcomes) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ said: { word: 'challenge.changed' } });
    }
  });

  test('an author who leaves before the end keeps their place; that they cannot be told stops nothing', async () => {
    const id = await screened('ada', 'bob');
    rig.chat.know('ada', { bot: false, shut: true });
    rig.chat.fail('direct', 1, () => new Error('nobody there'));
    await pass(id, 'votesUntil');
    await look();
    expect((await find(id)).phase).toBe('ended');
    expect(said().at(-1)).toContain('1 | ADA | ');
    expect(textOf(await rig.ask('challenge show', { challenge: id }, { user: 'eve' }))).toContain('1 | ADA | ');
    expect((await entries(id)).map(({ prize }) => prize)).toEqual([0, undefined]);
  });

  test('votes after the end are taken by no button and no command, also before the result stands there', async () => {
    const id = await screened('ada', 'bob', 'cyd');
    const asked = await rig.ask('challenge vote', {}, { user: 'eve' });
    const [first] = asked.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
    await pass(id, 'votesUntil');
    const refusal = async (command: string, values: object) =>
      (await rig.refused(command, { ...values }, { user: 'eve' })).said.word;
    for (const ended of [false, true]) {
      if (ended) await look();
      expect(await refusal('challenge choose', { challenge: first?.challenge })).toBe('challenge.vote.closed');
      expect(await refusal('challenge vote', { challenge: id })).toBe('challenge.vote.closed');
    }
    expect((await rig.votes.all(space, id)).ballots).toEqual([]);
  });
});
