import {
  type APIChatInputApplicationCommandGuildInteraction,
  type APIInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  InteractionType,
} from 'discord.js';
import { describe, expect, test } from 'vitest';
import { help } from '../../commands/help.ts';
import { declared } from '../../platforms/discord/declare.ts';
import { readInteraction } from '../../platforms/discord/parse.ts';
import { pressId, readPress } from '../../platforms/shared/press.ts';
import { typedIn } from '../../platforms/slack/deed.ts';
import { readPayload } from '../../platforms/slack/parse.ts';
import { describeCommands } from '../../platforms/web/forms.ts';
import { readAsked } from '../../platforms/web/parse.ts';
import { type Command, type Context, command, commandsOn, findCommand } from '../../src/domain/command.ts';
import { pathsOf } from '../../src/domain/paths.ts';
import { parseText } from '../../src/domain/text.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { type CommandGiven, checkCommand } from '../support/discord/check-command.ts';
import { createProblems } from '../support/discord/refusals.ts';

const shared = { summary: 'video.summary', who: 'manager', reply: 'private', surfaces: ['slash', 'button'] } as const;
const run = async () => ({ to: 'private' as const, parts: [], jobs: [] });
const reason = { kind: 'text', label: 'video.prompt', max: 100 } as const;
const grant = command({
  ...{ ...shared, name: 'grant', run },
  fields: { reason, credits: { kind: 'integer', label: 'video.seconds', min: 1, max: 90, required: true } },
});
const show = command({ ...shared, name: 'show', fields: { job: { kind: 'job', label: 'film.job' } }, run });
const audit = command({ ...shared, name: 'audit', only: ['slack'], fields: {}, run });
const set = command({ ...shared, name: 'set', fields: {}, run });
const admin: Command = {
  ...{ name: 'admin', summary: 'help.summary' },
  subs: [
    set,
    { name: 'credits', summary: 'quota.summary', subs: [grant, show] },
    { name: 'notes', summary: 'jobs.summary', subs: [audit] },
  ],
};
const all: readonly Command[] = [admin, help];

describe('groups of sub-commands', () => {
  test('a leaf is found at its path, and a group is no leaf', () => {
    expect(pathsOf(all).map(({ path }) => path)).toEqual([
      ...['admin set', 'admin credits grant', 'admin credits show', 'admin notes audit', 'help'],
    ]);
    for (const { path, leaf } of pathsOf(all)) expect(findCommand(all, path)).toBe(leaf);
    for (const path of ['admin', 'admin credits', 'admin credits grant x', 'admin set x', 'admin credits name']) {
      expect(findCommand(all, path)).toBeUndefined();
    }
  });

  test('a group of which a platform has nothing is not there', () => {
    expect(pathsOf(commandsOn('web', all)).map(({ path }) => path)).not.toContain('admin notes audit');
    expect(commandsOn('web', all)[0]).toMatchObject({ subs: [{ name: 'set' }, { name: 'credits' }] });
    expect(findCommand(commandsOn('slack', all), 'admin notes audit')?.name).toBe('audit');
    expect(commandsOn('discord', [{ ...admin, subs: admin.subs.slice(2) } as Command])).toEqual([]);
  });

  test.each([
    ['/admin credits grant credits:5 for the boat', { reason: 'for the boat', credits: '5' }],
    ['Admin  CREDITS\tgrant\nfor the boat', { reason: 'for the boat' }],
    ['admin credits grant', {}],
  ])('%j is read', (line, values) => {
    expect(parseText(line, all)).toEqual({ command: 'admin credits grant', values });
  });

  test.each(['admin', 'admin credits', 'admin credits all of it', 'admin grant credits:5'])('%j is none', (line) => {
    expect(parseText(line, all)).toBeUndefined();
  });

  test('help tells of a group, and of what is in it', async () => {
    const context = { commands: all, models: sandboxCards } as unknown as Context;
    const told = async (topic: string) => JSON.stringify((await help.run({ topic }, context)).parts);
    expect(await told('Admin  credits')).toMatch(/\/admin credits grant.*\/admin credits show/);
    expect(await told('admin credits')).not.toContain('/admin set');
    expect(await told('/admin credits grant')).toContain('credits');
    await expect(told('admin credits gran')).rejects.toMatchObject({ said: { word: 'command.unknown' } });
  });

  test('a button carries its path', () => {
    const id = pressId({ label: '', command: 'admin credits show', job: `j${'a'.repeat(16)}-1` });
    expect(readPress(id, all)?.command).toBe('admin credits show');
    expect(id.length).toBeLessThanOrEqual(100);
    expect(readPress(pressId({ label: '', command: 'admin credits' }), all)).toBeUndefined();
  });
});

describe('on Discord', () => {
  const [one] = declared(all, sandboxCards, 'guild');
  const checked = (commands: readonly Command[]): void => {
    const problems = createProblems();
    for (const given of declared(commands, sandboxCards, 'guild')) {
      checkCommand(given as CommandGiven, false, [], problems);
    }
    problems.refuse();
  };

  test('a group is declared as one, within all limits', () => {
    expect(one).toMatchObject({
      default_member_permissions: '32',
      options: [
        { type: ApplicationCommandOptionType.Subcommand, name: 'set' },
        {
          ...{ type: ApplicationCommandOptionType.SubcommandGroup, name: 'credits', description: expect.any(String) },
          options: [
            {
              ...{ type: ApplicationCommandOptionType.Subcommand, name: 'grant' },
              options: [
                { name: 'credits', required: true },
                { name: 'reason', required: false },
              ],
            },
            { type: ApplicationCommandOptionType.Subcommand, name: 'show' },
          ],
        },
      ],
    });
    expect(() => checked(all)).not.toThrow();
  });

  test('one that is beyond a limit is found out', () => {
    const many = Array.from({ length: 26 }, (_, nth) => ({ ...set, name: `set-${nth}` }));
    const within = (subs: typeof many): Command[] => [
      { ...admin, subs: [{ name: 'a', summary: 'video.summary', subs }] },
    ];
    expect(() => checked(within(many.slice(1)))).not.toThrow();
    expect(() => checked(within(many))).toThrow();
  });

  test('its call has the whole path', () => {
    const options = [
      {
        ...{ type: ApplicationCommandOptionType.SubcommandGroup, name: 'credits' },
        options: [
          {
            ...{ type: ApplicationCommandOptionType.Subcommand, name: 'grant' },
            options: [{ type: ApplicationCommandOptionType.Integer, name: 'credits', value: 5 }],
          },
        ],
      },
    ];
    const interaction = {
      ...{ type: InteractionType.ApplicationCommand, id: '1', guild_id: '2', channel: { id: '3', type: 0 } },
      member: { user: { id: '4', username: 'ada' } },
      data: { id: '5', name: 'admin', type: ApplicationCommandType.ChatInput, options },
    } as unknown as APIChatInputApplicationCommandGuildInteraction;
    const tools = { commands: all, models: () => sandboxCards, file: () => expect.fail(), me: () => undefined };
    expect(readInteraction(interaction as APIInteraction, tools)).toMatchObject({
      is: 'call',
      call: { command: 'admin credits grant', values: { credits: 5 } },
    });
  });
});

describe('on Slack', () => {
  const tools = { commands: all, short: undefined, file: () => expect.fail(), me: 'UBOT', names: {} };
  const typed = (text: string) =>
    readPayload(
      {
        ...{ command: '/dailies', text, team_id: 'T1', user_id: 'U1', channel_id: 'C1', trigger_id: 't' },
        response_url: 'https://hooks.slack.com/commands/1',
      } as unknown as Parameters<typeof readPayload>[0],
      tools,
    );

  test('a line of three words is a call', () => {
    expect(typed('admin credits grant credits:5 for the boat')).toMatchObject({
      is: 'call',
      call: { command: 'admin credits grant', values: { credits: '5', reason: 'for the boat' } },
    });
  });

  test.each([
    ['admin', 'admin'],
    ['admin credits', 'admin credits'],
    ['admin credits gran', 'admin credits'],
    ['admin nonsense', 'admin'],
  ])('%j is told about', (text, topic) => {
    expect(typed(text)).toMatchObject({ is: 'call', call: { command: 'help', values: { topic } } });
  });

  test('what is not typed is no group either', () => {
    const pressed: Command = { ...admin, subs: [{ ...set, surfaces: ['button'] }] };
    expect(typedIn('admin', [pressed, help], {})).toBeUndefined();
  });
});

describe('in the studio', () => {
  test('each path has its form, and a typed line is read', async () => {
    expect(describeCommands(all, sandboxCards).map((one) => [one.command, one.fields.length])).toEqual([
      ...[
        ['admin set', 0],
        ['admin credits grant', 2],
        ['admin credits show', 1],
        ['help', 1],
      ],
    ]);
    const asked = (body: object) =>
      readAsked(Buffer.from(JSON.stringify(body)), 'application/json', commandsOn('web', all));
    expect(await asked({ text: '/admin credits grant credits:7' })).toMatchObject({
      ...{ command: 'admin credits grant', values: { credits: '7' } },
    });
    expect(await asked({ command: 'admin credits show' })).toMatchObject({ command: 'admin credits show' });
    await expect(asked({ text: '/admin notes audit' })).rejects.toMatchObject({ refusal: 'unknown' });
  });
});
