import { beforeEach, describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { declared } from '../../platforms/discord/declare.ts';
import { createTrail } from '../../src/desk/trail.ts';
import { type Origin, spaceKey } from '../../src/domain/origin.ts';
import { windowAt } from '../../src/domain/policy.ts';
import { parseText } from '../../src/domain/text.ts';
import { moment, say } from '../../src/domain/words.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { thisWeek } from '../desk/rig.ts';
import { textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

const guild = { platform: 'discord', space: '55', channel: '66' } as const;
const space = spaceKey(guild);
const why = (key: string) => ({ key, by: 'root', why: 'because' });

describe.each(redisKinds.slice(0, 1))('what members may have and do, on %s', (kind) => {
  const { engine, rig } = useIntake(kind);
  beforeEach(() => {
    rig.chat.know('ada', { name: 'Ada', roles: ['77'] });
    rig.chat.know('robot', { bot: true });
  });
  const by = (user: string, origin: Partial<Origin> = {}) => ({ user, origin: { ...guild, ...origin } });
  const lines = async (command: string, values: Record<string, unknown> = {}, more = by('boss')) =>
    textOf(await rig.ask(`admin policy ${command}`, values, more)).split('\n');
  const said = async (command: string, values: Record<string, unknown> = {}, more = by('boss')) =>
    (await rig.refused(`admin policy ${command}`, values, more)).said;
  const set = (values: Record<string, unknown>) => lines('set', { reason: 'as agreed', ...values });
  const unset = (values: Record<string, unknown>) => said('set', { reason: 'as agreed', ...values });

  test('show says what holds where nothing is settled', async () => {
    expect(await lines('show')).toEqual([
      'What holds, and which rule says so:',
      ...['For: boss', 'In: 66'],
      '60 credits a week: nobody settled it here; this is how it is otherwise',
      'New credits each week: nobody settled it here; this is how it is otherwise',
      'Time zone UTC: nobody settled it here; this is how it is otherwise',
      'The price is asked about first above 16 credits: nobody settled it here; this is how it is otherwise',
      'At most 100 credits given away a day: nobody settled it here; this is how it is otherwise',
      'There are no rules here; all is as it is without any. /admin policy set makes one.',
    ]);
  });

  test('show says for a member in a channel what each rule comes to, and lists all rules', async () => {
    await set({ credits: 20, seconds: 20, models: 'sora-2, sandbox-mini' });
    await set({ role: '77', credits: 90 });
    await set({ member: 'ada', credits: 40 });
    await set({ channel: '66', seconds: 8, models: 'sora-2' });
    const shown = await lines('show', { member: 'ada' });
    for (const line of [
      '90 credits a week (the most generous of 3), by the rule for the role: 77',
      'At most 8 seconds a film (the tightest of 2): the rule for this channel',
      'Only sora-2 (what all 2 rules of it allow): the rule for this channel',
      'all | credits | 20 credits a week',
      'channel 66 | models | Only sora-2',
      'role 77 | credits | 90 credits a week',
      'member Ada | credits | 40 credits a week',
    ]) {
      expect(shown).toContain(line);
    }
    expect(await lines('show', { member: 'bob', channel: '67' })).toEqual(
      expect.arrayContaining(['20 credits a week: the rule for all', 'At most 20 seconds a film: the rule for all']),
    );
    expect(await lines('show', { role: '77' })).toContain(
      '90 credits a week (the most generous of 2), by the rule for the role: 77',
    );
    expect(await said('show', { member: 'robot' })).toEqual({ word: 'policy.person' });
    expect(await said('show', { member: 'ada', role: '77' })).toEqual({ word: 'policy.subject' });
  });

  test('a role is shown by its name, where the chat has one for it', async () => {
    await set({ role: '77', credits: 90 });
    const { parts } = await rig.ask('admin policy show', { member: 'ada' }, by('boss'));
    const facts = parts.flatMap((part) => (part.kind === 'facts' ? part.facts : []));
    expect(facts).toContainEqual({ label: 'role 77', value: '77', refers: 'role' });
    expect(facts.filter(({ refers }) => refers === 'role')).toHaveLength(2);
    expect(parts.map((part) => part.kind)).toContain('table');
  });

  test('rules that are too many for a table are all in a file', async () => {
    for (let n = 1; n <= 11; n += 1) {
      await rig.rules.change(space, `role ${n}`, undefined, { credits: n, once: 1, seconds: 9 }, why(`rule ${n}`));
    }
    const shown = await lines('show');
    expect(shown).toContain('3 more lines are in the file.');
    expect(shown.filter((line) => line.startsWith('role ') && line.includes(' | '))).toHaveLength(30);
    expect(shown.filter((line) => /^role \d+,/.test(line))).toHaveLength(33);
  });

  test('set says what was and what is, keeps what is not named, and notes who and why', async () => {
    expect(await set({ credits: 20, money: '12.5', spoiler: 'yes' })).toEqual([
      'Settled:',
      'Credits, anew each time: not settled → 20 credits a week',
      'Films are posted behind a spoiler: not settled → Films behind a spoiler',
      'Money that all together may cost at a time: not settled → At most 12.50 in money a week for all together',
    ]);
    expect(await set({ credits: 30, unset: 'Spoiler' })).toEqual([
      'Settled:',
      'Credits, anew each time: 20 credits a week → 30 credits a week',
      'Films are posted behind a spoiler: Films behind a spoiler → not settled',
    ]);
    expect((await rig.rules.read(space)).get('space')).toEqual({ credits: 30, money: 12_500_000 });
    expect(await set({ credits: 30 })).toEqual(['That is how it was already; nothing was changed.']);
    const noted = (await createTrail(engine.redis).read(space, 10)).filter(({ what }) => what === 'policy');
    expect(noted).toHaveLength(2);
    expect(noted[0]).toMatchObject({
      ...{ who: 'boss', about: 'space', why: 'as agreed' },
      after: '{"credits":30,"money":12500000}',
    });
  });

  test('the same call again changes nothing that another manager settled since', async () => {
    const ask = (key: string, user: string, credits: number) =>
      rig.ask('admin policy set', { reason: 'as agreed', credits }, { ...by(user), key });
    await ask('once', 'boss', 10);
    await ask('other', 'root', 20);
    expect(textOf(await ask('once', 'boss', 10))).toMatch(/^That was done before/);
    expect((await rig.rules.read(space)).get('space')).toEqual({ credits: 20 });
    const trail = await createTrail(engine.redis).read(space, 10);
    expect(trail.filter(({ what }) => what === 'admin policy set')).toHaveLength(2);
  });

  test('clear takes a rule away; there has to be one', async () => {
    await set({ role: '77', credits: 90, once: 2 });
    expect(await lines('clear', { role: '77', reason: 'over' })).toEqual([
      'The rule was taken away:',
      'Credits, anew each time: 90 credits a week → not settled',
      'Films under way at once: At most 2 films under way at once → not settled',
    ]);
    expect(await said('clear', { role: '77', reason: 'over' })).toEqual({ word: 'policy.none' });
    expect((await rig.rules.read(space)).size).toBe(0);
  });

  test('another window follows the one that stands, which is said with its end', async () => {
    expect(await set({ window: 'day' })).toHaveLength(2);
    await set({ unset: 'window' });
    await rig.film('video', { prompt: 'a boat' }, by('ada'));
    const { endsAt } = thisWeek();
    const follows =
      `The week that stands now goes on until its end, ${moment(endsAt, 'Europe/Berlin')}. ` +
      'From then on credits come anew each month, at midnight in Europe/Berlin.';
    expect((await set({ window: 'month', zone: 'Europe/Berlin' })).at(-1)).toBe(follows);
    expect(await lines('show')).toContain(follows);
    const { renewsAt } = await rig.desk.quota(space, 'ada', {
      window: await rig.desk.window(space, (at) => windowAt(at, 'month', 'Europe/Berlin')),
      allowance: 60,
    });
    expect(renewsAt).toBe(endsAt);
    expect(await set({ credits: 20 })).not.toContain(follows);
  });

  test('what is wrong is said, and nothing is changed', async () => {
    expect(await unset({})).toMatchObject({ word: 'policy.nothing' });
    expect(await unset({ member: 'ada', role: '77', credits: 1 })).toEqual({ word: 'policy.subject' });
    expect(await unset({ role: '77', window: 'day', budget: 5 })).toEqual({
      ...{ word: 'policy.spaceOnly', with: { names: ['window', 'budget'] } },
    });
    expect(await unset({ role: '77', unset: 'zone' })).toMatchObject({ word: 'policy.spaceOnly' });
    expect(await unset({ role: '55', credits: 1 })).toEqual({ word: 'admin.everybody' });
    expect(await unset({ member: 'robot', credits: 1 })).toEqual({ word: 'policy.person' });
    expect(await unset({ zone: 'Berlin' })).toEqual({ word: 'policy.zone.wrong', with: { got: 'Berlin' } });
    expect(await unset({ unset: 'wages' })).toMatchObject({ word: 'policy.unset.wrong' });
    expect(say(await unset({ models: 'sora-2,dall-e' }))).toMatch(/^There is no model "dall-e". Choose sora-2/);
    for (const money of ['12,50', '-1', '1e9', 'NaN', '0.1234567', '1'.repeat(10)]) {
      expect(await unset({ money })).toEqual({ word: 'policy.money.wrong' });
    }
    for (const credits of [-1, 1.5, 1e9, Number.NaN]) {
      expect(await unset({ credits })).toMatchObject({ word: 'field.integer' });
    }
    expect(await said('set', { credits: 1 })).toMatchObject({ word: 'field.missing', with: { field: 'reason' } });
    expect((await rig.rules.read(space)).size).toBe(0);
  });

  test('the rule of somebody who left can still be taken away, in parts and as a whole', async () => {
    await rig.rules.change(space, 'member robot', undefined, { credits: 1, once: 1 }, why('rule'));
    expect(await set({ member: 'robot', unset: 'once' })).toHaveLength(2);
    await lines('clear', { member: 'robot', reason: 'gone' });
    expect((await rig.rules.read(space)).size).toBe(0);
  });

  test('of two managers at once the second is told, and nothing is lost', async () => {
    rig.chat.promote('chief', 'manager');
    const given = { reason: 'as agreed', credits: 20 };
    const both = await Promise.allSettled([
      rig.ask('admin policy set', { ...given, once: 1 }, by('boss')),
      rig.ask('admin policy set', { ...given, waiting: 1 }, by('chief')),
    ]);
    const [refused, ...others] = both.filter((one) => one.status === 'rejected');
    expect(others).toEqual([]);
    expect(refused?.reason).toMatchObject({ refusal: 'conflict', said: { word: 'policy.changed' } });
    expect(Object.keys((await rig.rules.read(space)).get('space') ?? {})).toHaveLength(2);
  });

  test('is for managers alone', async () => {
    rig.chat.promote('mod', 'moderator');
    for (const sub of ['show', 'set', 'clear'])
      expect(await said(sub, {}, by('mod'))).toEqual({ word: 'command.forbidden' });
  });

  test.each([
    ['web', 'atelier', 'general'],
    ['slack', 'T1', 'C1'],
  ] as const)('on %s there is what that chat has', async (platform, id, channel) => {
    const more = by('boss', { platform, space: id, channel });
    await lines('set', { reason: 'short', channel, seconds: 8 }, more);
    expect(await lines('show', {}, more)).toContain('At most 8 seconds a film: the rule for this channel');
    const other = platform === 'web' ? { role: 'S1' } : { spoiler: 'yes' };
    expect(await said('set', { reason: 'short', credits: 1, ...other }, more)).toMatchObject({ word: 'field.unknown' });
  });
});

test('words without a name are why', () => {
  expect(parseText('/admin policy set credits:20 role:S1 they earned it', commands)).toEqual({
    ...{ command: 'admin policy set', values: { credits: '20', role: 'S1', reason: 'they earned it' } },
  });
});

test('Discord takes no more than 25 options, and reads whole descriptions', () => {
  const admin = declared(commands, sandboxCards, 'guild').find(({ name }) => name === 'admin');
  const group = (
    admin as { options: { name: string; options: { name: string; options: unknown[] }[] }[] }
  ).options.find(({ name }) => name === 'policy');
  expect(group?.options.map(({ name, options }) => [name, options.length])).toEqual([
    ...[
      ['show', 3],
      ['set', 19],
      ['clear', 4],
    ],
  ]);
});
