import { beforeEach, describe, expect, test } from 'vitest';
import { createTrail } from '../../src/desk/trail.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { say } from '../../src/domain/words.ts';
import { type IntakeRig, textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });
const boss = { user: 'boss' } as const;
const bob = { user: 'bob' } as const;

describe.each(redisKinds.slice(0, 1))('pots, on %s', (kind) => {
  const { engine, rig } = useIntake(kind);
  beforeEach(() => {
    rig.chat.know('bob', { name: 'Bob' });
  });
  type More = Parameters<IntakeRig['ask']>[2];
  const pot = async (sub: string, values: Record<string, unknown> = {}, more: More = {}) =>
    textOf(await rig.ask(`pot ${sub}`, values, more)).split('\n');
  const refused = async (sub: string, values: Record<string, unknown>, more: More = {}) =>
    (await rig.refused(`pot ${sub}`, values, more)).said.word;
  const open = async (title = 'Boats', more: More = {}, values: Record<string, unknown> = {}) => {
    const [said = ''] = await pot('open', { title, ...values }, more);
    return /is open as (p[a-z2-7]{8}), until/.exec(said)?.[1] ?? said;
  };
  const quota = async (user = 'ada') => textOf(await rig.ask('quota', {}, { user })).split('\n');

  test('members put in, managers add, everybody is named, and closing gives back to each', async () => {
    const id = await open();
    expect(await pot('pledge', { pot: 'boats', credits: 10 })).toEqual([
      'You put 10 credits into the pot Boats, which has 10 now. What it does not use comes back to you.',
      'ada: 10 credits left',
    ]);
    await pot('pledge', { pot: id, credits: 5 }, bob);
    expect(await pot('fund', { pot: 'Boats', credits: 100 }, boss)).toEqual([
      '100 credits put into the pot Boats, which has 115 now.',
      ...['Those in charge: 100 credits left', 'ada: 10 credits left', 'Bob: 5 credits left'],
    ]);
    expect(await quota()).toEqual(
      expect.arrayContaining(['Of this allowance, put into pots: 10 credits', 'Yours in the pot Boats: 10 credits']),
    );
    expect((await quota()).at(-1)).toMatch(/10 credits put into the pot Boats$/);
    const shown = await pot('show', { pot: 'Boats' }, bob);
    expect(shown[1]).toMatch(/^What it has: 115 credits left; until .+; for this place$/);
    expect(shown.slice(2, 4)).toEqual(['Opened by: ada', `Id: ${id}`]);
    expect(await refused('close', { pot: id }, bob)).toBe('pots.close.forbidden');
    expect((await pot('close', { pot: id }))[0]).toMatch(
      /^The pot Boats is closed\. 15 credits went back.+ 100 credits that those in charge had put in are gone\.$/,
    );
    expect((await quota())[0]).toBe('60 credits left of 60.');
    expect((await quota('bob')).find((line) => line.includes('back from'))).toMatch(
      /5 credits back from the pot Boats$/,
    );
    expect(await refused('pledge', { pot: id, credits: 1 })).toBe('pot.closed');
    expect(await refused('show', { pot: 'Boats' })).toBe('pot.unknown');
  });

  test('what a pot paid goes back to it, which is said; a pot that somebody else closes stands on the trail', async () => {
    const id = await open();
    await pot('pledge', { pot: id, credits: 20 }, bob);
    const [job = ''] = (await rig.ask('video', { prompt: 'a boat', seconds: 8, pot: id })).jobs;
    expect(textOf(await rig.ask('film cancel', { job }))).toBe('Cancelled. 8 credits went back to whoever paid.');
    await pot('close', { pot: id }, { user: 'mod' });
    const own = await open('Mine', { user: 'mod' });
    await pot('close', { pot: own }, { user: 'mod' });
    expect(await createTrail(engine.redis).read(space, 9)).toMatchObject([
      { who: 'mod', what: 'pot close', about: id },
    ]);
  });

  test('the same call again opens one pot and pledges once', async () => {
    const first = await open('Boats', { key: 'web:open' });
    expect(await open('Boats', { key: 'web:open' })).toBe(first);
    const more = { key: 'web:pledge' };
    await pot('pledge', { pot: first, credits: 7 }, more);
    await pot('pledge', { pot: first, credits: 7 }, more);
    expect((await rig.pots.find(space, first))?.left).toBe(7);
  });

  test('the list tells what each has and for whom; one for a closed place is told there alone', async () => {
    expect(await pot('list')).toEqual(['No pots are open here. /pot open begins one for this thread.']);
    const id = await open('Boats', {}, { days: 3 });
    await open('Secret', { ...bob, origin: { thread: 'closed', closed: true } });
    const list = await pot('list');
    expect(list[0]).toBe('1 pot is open here:');
    expect(list[1]).toMatch(new RegExp(`^Boats \\(${id}\\): 0 credits left; until .+; for this place$`));
    expect((await pot('list', {}, { origin: { thread: 'elsewhere' } }))[1]).toMatch(
      /; for another thread \(not for you here\)$/,
    );
    expect(await refused('pledge', { pot: 'secret', credits: 1 })).toBe('pot.unknown');
    expect(await pot('list', {}, { origin: { thread: 'closed', closed: true } })).toHaveLength(3);
    expect(await pot('list', {}, bob)).toHaveLength(3);
  });

  test('one for a team is opened by those who moderate, and pays for that team alone', async () => {
    const chat = { origin: { platform: 'discord' } } as const;
    const values = { for: 'team', role: 'crew' };
    expect(await refused('open', { title: 'Crew', ...values }, chat)).toBe('pots.team.forbidden');
    expect(await refused('open', { title: 'Crew', for: 'team' }, { ...chat, user: 'mod' })).toBe('pots.role.missing');
    await open('Crew', { ...chat, user: 'mod' }, values);
    await pot('fund', { pot: 'crew', credits: 20 }, { ...chat, ...boss });
    rig.chat.know('bob', { name: 'Bob', roles: ['crew'] });
    const film = { prompt: 'a boat', seconds: 4, pot: 'crew' };
    expect((await rig.refused('video', film, chat)).said.word).toBe('pot.forbidden');
    expect(textOf(await rig.ask('video', film, { ...chat, ...bob }))).toContain('by the pot Crew, which has 16 left.');
  });

  test('a film that a pot pays says so, with what the pot has left, before and after', async () => {
    const id = await open();
    await pot('pledge', { pot: id, credits: 34 }, bob);
    const film = { prompt: 'a boat', seconds: 8, count: 3, pot: 'boats' };
    const tag = textOf(await rig.ask('video', film, { asks: true }));
    expect(tag).toContain('Left in the pot Boats: 10 credits');
    const done = textOf(await rig.ask('video', film));
    expect(done).toContain('24 credits are set aside by the pot Boats, which has 10 left.');
    expect(done).toContain('Left in the pot Boats: 10 credits');
    expect((await pot('show', { pot: id })).at(-1)).toBe('Bob: 10 credits left, 24 held by films under way');
    expect((await quota()).at(-1)).toMatch(/8 credits set aside for j\S+, from the pot Boats$/);
    expect(say((await rig.refused('video', film)).said)).toContain('and the pot has 10 left.');
  });

  test('a balance that does not reach is told of the pots that would', async () => {
    await open();
    await pot('fund', { pot: 'Boats', credits: 90 }, boss);
    await open('Elsewhere', { origin: { thread: 'elsewhere' } });
    await pot('fund', { pot: 'Elsewhere', credits: 90 }, boss);
    const film = { prompt: 'a boat', seconds: 20, count: 4 };
    const offered = 'A pot could pay: ask once more with pot:"Boats" (90 left).';
    expect(say((await rig.refused('video', film)).said)).toContain(offered);
    expect(textOf(await rig.ask('video', film, { asks: true }))).toContain(offered);
    const other = { ...film, pot: 'Boats' };
    expect(textOf(await rig.ask('video', other))).toContain('which has 10 left');
  });

  test('what a pot pays counts toward the limit of whoever asks, and a pot that would go over it is not offered', async () => {
    await rig.rules.change(space, 'space', undefined, { spend: 20 }, { key: 'rule', by: 'boss', why: 'as agreed' });
    await open();
    await pot('fund', { pot: 'Boats', credits: 90 }, boss);
    const film = { prompt: 'a boat', seconds: 8, pot: 'Boats' };
    await rig.ask('video', { ...film, count: 2 });
    expect(await quota()).toEqual(
      expect.arrayContaining([
        '4 credits left of 60.',
        'Limit: 20 credits each week, whoever pays; 4 of them are free',
        'For your films, by pots: 16 credits',
      ]),
    );
    const over = { word: 'cap.spend', with: expect.objectContaining({ price: 8, left: 4 }) };
    expect((await rig.refused('video', film)).said).toEqual(over);
    const tag = textOf(await rig.ask('video', film, { asks: true }));
    expect(tag).toContain('of what one member may use here at a time 4 are left');
    expect((await rig.refused('video', { ...film, pot: undefined })).said).toEqual(over);
    expect(await rig.desk.jobsIn(space, 10)).toHaveLength(2);
  });

  test.each([
    ['open', { title: 'x'.repeat(61) }, 'field.long'],
    ['open', { title: 'Boats', days: 91 }, 'field.integer'],
    ['open', { title: 'Boats', for: 'team' }, 'field.unknown'],
    ['pledge', { pot: 'nowhere', credits: 1 }, 'pot.unknown'],
    ['pledge', { pot: 'Boats', credits: 61 }, 'pledge.short'],
    ['pledge', { pot: 'Boats', credits: -1 }, 'field.integer'],
    ['fund', { pot: 'Boats', credits: 1 }, 'command.forbidden'],
  ])('%s %j is refused', async (sub, values, word) => {
    await open();
    expect(await refused(sub, values)).toBe(word);
    expect((await quota())[0]).toBe('60 credits left of 60.');
  });
});
