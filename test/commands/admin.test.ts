import { describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { declared } from '../../platforms/discord/declare.ts';
import { describeCommands } from '../../platforms/web/forms.ts';
import { createTrail } from '../../src/desk/trail.ts';
import { commandsOn } from '../../src/domain/command.ts';
import { type Origin, spaceKey, workflowMember } from '../../src/domain/origin.ts';
import { usualSettings } from '../../src/domain/settings.ts';
import { parseText } from '../../src/domain/text.ts';
import { moment, say } from '../../src/domain/words.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { thisWeek } from '../desk/rig.ts';
import { textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

const place = { platform: 'slack', space: 'T1', channel: 'C1' } as const;
const space = spaceKey(place);

describe.each(redisKinds.slice(0, 1))('admin on %s', (kind) => {
  const { engine, rig } = useIntake(kind);
  const by = (user: string, origin: Partial<Origin> = {}) => ({ user, origin: { ...place, ...origin } });

  test('settings are shown as they are, with what workflows have left', async () => {
    const reply = await rig.ask('admin settings', {}, by('boss'));
    expect(reply.to).toBe('private');
    expect(textOf(reply).split('\n')).toEqual([
      'Credits for workflows, anew each time: 0 credits',
      'Left for workflows now: 0 credits',
      `New credits: ${moment(thisWeek().endsAt, 'UTC')}`,
      'Moderators (a role or user group): nobody',
      'Managers (a role or user group), besides those who run the place: nobody',
      'Where those in charge are told of things: nowhere',
      'Guests may ask for films: no',
      'People of other workspaces may ask for films: no',
    ]);
    const facts = reply.parts.flatMap((part) => (part.kind === 'facts' ? part.facts : []));
    expect(facts.filter(({ at }) => at !== undefined)).toEqual([
      expect.objectContaining({ label: 'New credits', at: thisWeek().endsAt }),
    ]);
  });

  test('set changes what is named, says how it is now, and the change holds at once', async () => {
    const values = { workflows: '20', moderators: 'S024BE7LH', guests: 'yes' };
    const lines = textOf(await rig.ask('admin set', values, by('boss'))).split('\n');
    expect(lines).toContain('Credits for workflows, anew each time: 20 credits');
    expect(lines).toContain('Moderators (a role or user group): S024BE7LH');
    expect(lines).toContain('Guests may ask for films: yes');
    expect(await rig.settings.read(space)).toEqual({
      ...{ workflowCredits: 20, moderators: 'S024BE7LH', guests: true, strangers: false },
    });
    await rig.ask('video', { prompt: 'a boat', seconds: 8 }, by(workflowMember, { step: 'Fx1' }));
    expect(textOf(await rig.ask('admin settings', {}, by('boss')))).toContain('Left for workflows now: 12 credits');
    const [, noted] = (await engine.redis.xrange(`dailies:{${space}}:trail`, '-', '+'))[0] ?? [];
    expect(noted).toEqual(['who', 'boss', 'what', 'setting', 'about', 'workflowCredits', 'before', '', 'after', '20']);
  });

  test('set with nothing to settle says what there is', async () => {
    expect(await rig.refused('admin set', {}, by('boss'))).toMatchObject({
      ...{ refusal: 'invalid', said: { word: 'admin.nothing' } },
    });
  });

  test.each(['S02 4', ' ', '@mods', '<!subteam^S1>', 'x'.repeat(41), 7])('%j is no role', async (moderators) => {
    expect(await rig.refused('admin set', { moderators }, by('boss'))).toMatchObject({
      ...{ field: 'moderators', said: { word: 'field.role', with: { field: 'moderators', clears: true } } },
    });
  });

  test.each(['settings', 'set'])('%s is for managers alone', async (sub) => {
    rig.chat.promote('mod', 'moderator');
    expect((await rig.refused(`admin ${sub}`, {}, by('mod'))).said.word).toBe('command.forbidden');
  });

  test.each([
    ['discord', ['moderators', 'managers', 'staff', 'clear']],
    ['slack', ['moderators', 'managers', 'staff', 'workflows', 'guests', 'strangers']],
    ['web', ['staff']],
  ] as const)('on %s there is what that chat has', async (platform, names) => {
    const here = by('boss', { platform });
    expect((await rig.refused('admin set', {}, here)).said).toEqual({ word: 'admin.nothing', with: { names } });
    const other = { guests: 'yes', moderators: '77', [names[0]]: '78', elsewhere: '1' };
    expect((await rig.refused('admin set', other, here)).said.word).toBe('field.unknown');
    const shown = await rig.ask('admin set', { staff: '77' }, here);
    const [part] = shown.parts;
    const facts = part?.kind === 'facts' ? part.facts : [];
    expect(facts.find(({ refers }) => refers === 'channel')?.value).toBe('77');
    expect(facts.length).toBe({ discord: 3, slack: 8, web: 1 }[platform]);
  });

  test('what is settled can be settled no more', async () => {
    await rig.ask('admin set', { managers: 'S1', moderators: 'S2', staff: 'C7' }, by('boss'));
    const lines = textOf(await rig.ask('admin set', { moderators: 'Nobody', staff: 'none' }, by('boss')));
    expect(lines).toContain('Moderators (a role or user group): nobody');
    expect(lines).toContain('told of things: nowhere');
    expect(await rig.settings.read(space)).toEqual({ ...usualSettings, managers: 'S1' });

    const server = by('boss', { platform: 'discord', space: '55' });
    await rig.ask('admin set', { managers: '77', moderators: '78' }, server);
    await rig.ask('admin set', { clear: 'managers' }, server);
    const there = spaceKey({ platform: 'discord', space: '55' });
    expect(await rig.settings.read(there)).toEqual({ ...usualSettings, moderators: '78' });
    expect((await rig.refused('admin set', { managers: '55' }, server)).said.word).toBe('admin.everybody');
    expect(await rig.settings.read(there)).toEqual({ ...usualSettings, moderators: '78' });
  });

  test('words without a name are why; alone they settle nothing', async () => {
    const typed = (text: string) => parseText(text, commandsOn('slack', commands))?.values;
    const nothing = await rig.refused('admin set', typed('admin set everybody may'), by('boss'));
    expect(say(nothing.said)).toContain('moderators, managers');
    expect(say(nothing.said)).not.toContain('reason');
    expect(await rig.settings.read(space)).toEqual(usualSettings);
    await rig.ask('admin set', typed('admin set guests:yes they help us'), by('boss'));
    expect(await rig.settings.read(space)).toEqual({ ...usualSettings, guests: true });
    const [deed] = await createTrail(engine.redis).read(space, 1);
    expect(deed).toMatchObject({ who: 'boss', what: 'admin set', why: 'they help us' });
  });
});

test('forms and declarations have the fields of their chat alone', () => {
  const studio = describeCommands(commands, sandboxCards).find((one) => one.command === 'admin set');
  expect(studio?.fields).toMatchObject([
    { name: 'staff', suggest: ['general', 'storyboards', 'screening-room'] },
    { name: 'reason' },
  ]);
  const discord = declared(commands, sandboxCards, 'global').find(({ name }) => name === 'admin');
  expect(JSON.stringify(discord)).not.toContain('workflows');
  expect(discord).toMatchObject({ default_member_permissions: '32' });
  expect(discord && 'options' in discord && discord.options?.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['settings', 'set', 'block']),
  );
});
