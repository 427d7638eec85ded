import { beforeEach, describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { declared } from '../../platforms/discord/declare.ts';
import { describeCommands } from '../../platforms/web/forms.ts';
import type { Command } from '../../src/domain/command.ts';
import { type Origin, spaceKey, workflowMember } from '../../src/domain/origin.ts';
import { leavesOf } from '../../src/domain/paths.ts';
import { moment } from '../../src/domain/words.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { thisWeek } from '../desk/rig.ts';
import { type IntakeRig, intakeOn, textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const place = { platform: 'slack', space: 'T1', channel: 'C1' } as const;
const space = spaceKey(place);

describe.each(redisKinds)('admin on %s', (kind) => {
  const engine = useRedis(kind);
  let rig: IntakeRig;
  beforeEach(() => {
    rig = intakeOn(engine.redis);
    rig.chat.promote('boss', 'manager');
  });
  const by = (user: string, origin: Partial<Origin> = {}) => ({ user, origin: { ...place, ...origin } });

  test('settings are shown as they are, with what workflows have left', async () => {
    const reply = await rig.ask('admin settings', {}, by('boss'));
    expect(reply.to).toBe('private');
    expect(textOf(reply).split('\n')).toEqual([
      'Credits for workflows, anew each time: 0 credits',
      'Left for workflows now: 0 credits',
      `New credits: ${moment(thisWeek().endsAt, 'UTC')}`,
      'Moderators (a user group): nobody',
      'Managers (a user group), besides those who run the workspace: nobody',
      'Guests may ask for films: no',
      'People of other workspaces may ask for films: no',
    ]);
  });

  test('set changes what is named, says how it is now, and the change holds at once', async () => {
    const values = { workflows: '20', moderators: 'S024BE7LH', guests: 'yes' };
    const lines = textOf(await rig.ask('admin set', values, by('boss'))).split('\n');
    expect(lines).toContain('Credits for workflows, anew each time: 20 credits');
    expect(lines).toContain('Moderators (a user group): S024BE7LH');
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

  test('where a platform has nothing that it is about, it is no command, and help does not name it', async () => {
    const elsewhere = { user: 'boss', origin: { platform: 'discord' } } as const;
    expect((await rig.refused('admin settings', {}, elsewhere)).said).toEqual({
      ...{ word: 'command.unknown', with: { got: 'admin settings' } },
    });
    expect(textOf(await rig.ask('help', {}, elsewhere))).not.toContain('/admin settings');
    expect((await rig.refused('help', { topic: 'admin settings' }, elsewhere)).said.word).toBe('command.unknown');
    expect(textOf(await rig.ask('help', {}, by('boss')))).toContain('/admin settings');
    expect(textOf(await rig.ask('help', { topic: 'admin set' }, by('boss')))).toContain('workflows: Credits');
  });
});

test('a command of one platform is offered on no other', () => {
  expect(describeCommands(commands, sandboxCards).map(({ command }) => command)).not.toContain('admin set');
  const onDiscord = (all: readonly Command[]) => {
    const admin = declared(all, sandboxCards, 'global').find(({ name }) => name === 'admin');
    return admin && 'options' in admin ? (admin.options ?? []).map(({ name }) => name) : [];
  };
  expect(onDiscord(commands)).not.toContain('set');
  const everywhere = commands.map((entry): Command => {
    if (!('subs' in entry)) return entry;
    return { ...entry, subs: leavesOf(entry).map(({ only: _, ...sub }) => sub) };
  });
  expect(describeCommands(everywhere, sandboxCards).map(({ command }) => command)).toContain('admin set');
  expect(onDiscord(everywhere)).toContain('set');
});
