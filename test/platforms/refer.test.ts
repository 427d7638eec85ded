import {
  type APIInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ChannelType,
  ComponentType,
  InteractionType,
} from 'discord.js';
import { describe, expect, test } from 'vitest';
import { declared } from '../../platforms/discord/declare.ts';
import { formOf as discordForm } from '../../platforms/discord/form.ts';
import { readInteraction } from '../../platforms/discord/parse.ts';
import { formOf as slackForm } from '../../platforms/slack/form.ts';
import { viewId } from '../../platforms/slack/ids.ts';
import { readPayload } from '../../platforms/slack/parse.ts';
import { describeCommands } from '../../platforms/web/forms.ts';
import { readAsked } from '../../platforms/web/parse.ts';
import { type Call, command, findCommand, type Leaf, nobody } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { readValues } from '../../src/domain/values.ts';
import { say } from '../../src/domain/words.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { type CommandGiven, checkCommand } from '../support/discord/check-command.ts';
import { checkModal } from '../support/discord/check-modal.ts';
import { createProblems } from '../support/discord/refusals.ts';
import { checkView } from '../support/slack/check-view.ts';

const give = command({
  ...{ name: 'give', summary: 'video.summary', who: 'anyone', reply: 'private', surfaces: ['slash', 'form'] },
  fields: {
    member: { kind: 'member', label: 'video.prompt', required: true, ask: true },
    where: { kind: 'channel', label: 'video.prompt', clears: true },
    team: { kind: 'role', label: 'video.prompt', clears: true, only: ['discord', 'slack'] },
    mods: { kind: 'role', label: 'video.prompt', only: ['discord', 'slack'] },
    credits: { kind: 'integer', label: 'video.seconds', min: 1, max: 90 },
  },
  title: 'video.title',
  run: async () => ({ to: 'private', parts: [], jobs: [] }),
});
const commands = [give];
const offer = { models: sandboxCards, likely: sandboxCards };

/** What `run` is given, or what is said instead. */
function read(values: Record<string, unknown>, leaf: Leaf = give): Record<string, unknown> | string {
  try {
    return readValues(leaf, { values, files: {} } as unknown as Call, sandboxCards);
  } catch (error) {
    if (error instanceof UserError) return say(error.said);
    throw error;
  }
}

describe('what a command is given', () => {
  test.each([
    [
      { member: 'U1', where: 'none' },
      { member: 'U1', where: nobody },
    ],
    [
      { member: 'nobody', team: 'Nobody' },
      { member: 'nobody', team: nobody },
    ],
    [
      { member: 'Zoë-1.b', where: 'screening-room' },
      { member: 'Zoë-1.b', where: 'screening-room' },
    ],
  ])('%j', (values, given) => {
    expect(read(values)).toEqual(given);
  });

  test.each([
    [{ member: '@ada' }, '"member" takes a member here, such as @ada.'],
    [{ member: 7 }, '"member" takes a member here, such as @ada.'],
    [{ member: 'x'.repeat(41) }, '"member" takes a member here, such as @ada.'],
    [{ member: 'a', where: '@films' }, '"where" takes a channel here, such as #films, or none.'],
    [{ member: 'a', team: '<!subteam^S1>' }, '"team" takes a group of members here, such as @film-team, or nobody.'],
    [{ member: 'a', mods: 'nobody' }, '"mods" takes a group of members here, such as @film-team.'],
    [{ member: 'a', '': '5 credits' }, 'Which field is "5 credits" for? Say it as name:value; the names are'],
  ])('%j is refused in words', (values, said) => {
    expect(read(values)).toContain(said);
  });
});

describe('on Discord', () => {
  const base = {
    ...{ id: '1', guild_id: '2', channel: { id: '3', type: 0 }, member: { user: { id: '4', username: 'ada' } } },
  };
  const tools = { commands, models: () => sandboxCards, file: () => expect.fail(), me: () => undefined };
  const called = (interaction: object) => {
    const deed = readInteraction({ ...base, ...interaction } as unknown as APIInteraction, tools);
    return deed && 'call' in deed ? deed.call.values : deed?.is;
  };

  test('each is chosen by Discord’s own means', () => {
    const [one] = declared(commands, sandboxCards, 'guild') as [CommandGiven];
    expect(one.options?.map(({ name, type }) => [name, type])).toEqual([
      ['member', ApplicationCommandOptionType.User],
      ['where', ApplicationCommandOptionType.Channel],
      ['team', ApplicationCommandOptionType.Role],
      ['mods', ApplicationCommandOptionType.Role],
      ['credits', ApplicationCommandOptionType.Integer],
    ]);
    expect(one.options?.[1]?.channel_types).toEqual([ChannelType.GuildText, ChannelType.GuildAnnouncement]);
    const problems = createProblems();
    checkCommand(one, false, [], problems);
    expect(() => problems.refuse()).not.toThrow();
  });

  test('ids arrive as they are, and what is typed is read', () => {
    const typed = (options: Record<string, string>) => {
      const type = ApplicationCommandOptionType.String;
      const given = Object.entries(options).map(([name, value]) => ({ type, name, value }));
      const data = { id: '5', name: 'give', type: ApplicationCommandType.ChatInput, options: given };
      return called({ type: InteractionType.ApplicationCommand, data });
    };
    expect(typed({ member: '77', where: '78', team: '79' })).toEqual({ member: '77', where: '78', team: '79' });
    expect(typed({ member: '<@77>', where: '<#78>', team: '<@&79>' })).toEqual({
      member: '77',
      where: '78',
      team: '79',
    });
    expect(typed({ member: 'ada' })).toEqual({ member: '@ada' });
    expect(typed({ where: '78' })).toBe('form');
  });

  test('a form has a menu for each, which shows what was given', () => {
    const values = { member: '77', where: '78', team: '@crew' };
    const { form, kept } = discordForm('give', give, { values, files: {} }, offer, '123');
    expect(form.components).toMatchObject([
      { component: { type: ComponentType.UserSelect, default_values: [{ id: '77', type: 'user' }] } },
      { component: { type: ComponentType.ChannelSelect, default_values: [{ id: '78', type: 'channel' }] } },
      { component: { type: ComponentType.RoleSelect, min_values: 0 } },
      { component: { type: ComponentType.RoleSelect } },
      { component: { type: ComponentType.TextInput } },
    ]);
    expect(kept?.values).toEqual({ team: '@crew' });
    expect(() => checkModal(form)).not.toThrow();
    const components = Object.entries({ member: ['77'], where: ['78'], team: [] }).map(([custom_id, chosen]) => ({
      ...{ type: ComponentType.Label, component: { custom_id, type: ComponentType.UserSelect, values: chosen } },
    }));
    expect(called({ type: InteractionType.ModalSubmit, data: { custom_id: form.custom_id, components } })).toEqual({
      ...{ member: '77', where: '78' },
    });
  });
});

describe('on Slack', () => {
  const tools = { commands, short: undefined, file: () => expect.fail(), me: 'UBOT', names: {} };
  type Payload = Parameters<typeof readPayload>[0];
  const called = (payload: object) => {
    const deed = readPayload(payload as Payload, tools);
    return 'call' in deed ? deed.call.values : deed.is;
  };

  test('mentions in a typed line are read as ids', () => {
    const typed = (text: string) =>
      called({
        ...{ command: '/dailies', text, team_id: 'T1', user_id: 'U1', channel_id: 'C1', trigger_id: 't' },
        response_url: 'https://hooks.slack.com/commands/1',
      });
    expect(typed('give member:<@U0BOB|bob> where:<#C0FILMS|films> team:<!subteam^S0CREW|@crew>')).toEqual({
      ...{ member: 'U0BOB', where: 'C0FILMS', team: 'S0CREW' },
    });
    expect(typed('give member:@bob where:none 5 credits')).toEqual({
      ...{ member: '@bob', where: 'none', '': '5 credits' },
    });
    expect(typed('give where:C0FILMS123')).toBe('form');
  });

  test('a form has a menu of members and one of channels', () => {
    const form = { path: 'give', leaf: give };
    const more = { carried: {}, asksWhere: false, lost: false };
    const elements = (values: Record<string, string>) => {
      const view = slackForm(form, { values, files: {} }, offer, more);
      expect(checkView(view as Parameters<typeof checkView>[0], 'modal')).toEqual([]);
      return (view.blocks as unknown as { element: object }[]).map(({ element }) => element);
    };
    expect(elements({ member: 'U0BOB', where: 'C0FILMS' })).toMatchObject([
      { type: 'users_select', initial_user: 'U0BOB' },
      { type: 'conversations_select', initial_conversation: 'C0FILMS' },
      { type: 'plain_text_input' },
      { type: 'plain_text_input' },
      { type: 'plain_text_input' },
    ]);
    const [member, where] = elements({ member: '@bob', where: 'none' });
    expect([Object.keys(member ?? {}), Object.keys(where ?? {})].flat()).not.toContain('initial_user');
    expect(where).not.toHaveProperty('initial_conversation');

    const entered = {
      member: { a: { type: 'users_select', selected_user: 'U0BOB' } },
      where: { a: { type: 'conversations_select', selected_conversation: null } },
      team: { a: { type: 'plain_text_input', value: '<!subteam^S0CREW>' } },
      mods: { a: { type: 'plain_text_input', value: null } },
    };
    const view = {
      id: 'V1',
      callback_id: viewId('give'),
      private_metadata: '{}',
      blocks: [],
      state: { values: entered },
    };
    expect(called({ type: 'view_submission', user: { id: 'U1' }, team: { id: 'T1' }, view })).toEqual({
      ...{ member: 'U0BOB', team: 'S0CREW' },
    });
  });
});

describe('in the studio', () => {
  const asked = async (body: object) =>
    (await readAsked(Buffer.from(JSON.stringify(body)), 'application/json', commands)).values;

  test.each([
    ['/give member:@ada where:#general', { member: 'ada', where: 'general' }],
    ['/give member:Zoë where:"screening room"', { member: 'Zoë', where: 'screening-room' }],
    ['/give member:@a/b where:none', { member: '@a/b', where: 'none' }],
    ['/give where:#films', { where: '@films' }],
  ])('%s', async (text, values) => {
    expect(await asked({ text })).toEqual(values);
  });

  test('a form’s values are read the same way, and roles are not there', async () => {
    expect(await asked({ command: 'give', values: { member: '@ada', where: '', credits: 5 } })).toEqual({
      ...{ member: 'ada', where: '', credits: 5 },
    });
    const [one] = describeCommands(commands, sandboxCards);
    expect(one?.fields.map(({ name }) => name)).toEqual(['member', 'where', 'credits']);
    expect(one?.fields[1]?.suggest).toEqual(['general', 'storyboards', 'screening-room']);
    expect(findCommand(commands, 'give')?.fields).toHaveProperty('team');
  });
});
