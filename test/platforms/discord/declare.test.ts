import { type APIApplicationCommandOption, ApplicationCommandOptionType, ApplicationCommandType } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { declared, messageCommand } from '../../../platforms/discord/declare.ts';
import { formOf } from '../../../platforms/discord/form.ts';
import { limits } from '../../../platforms/discord/limits.ts';
import { pressId, readPress } from '../../../platforms/shared/press.ts';
import { filmActions, shownActions } from '../../../src/domain/card.ts';
import { type Command, command, findCommand, type Leaf } from '../../../src/domain/command.ts';
import { pathsOf } from '../../../src/domain/paths.ts';
import { sandboxCards } from '../../../src/video/cards.ts';

const global = declared(commands, sandboxCards, 'global');
const guild = declared(commands, sandboxCards, 'guild');
const slash = global.filter(({ type }) => type === ApplicationCommandType.ChatInput);
const onMessages = global.filter(({ type }) => type === ApplicationCommandType.Message);

const offer = { models: sandboxCards, likely: sandboxCards };
const leaves = pathsOf(commands).map(({ path, leaf }) => [path, leaf] as const);

type Option = APIApplicationCommandOption & {
  options?: Option[];
  choices?: { name: string; value: string | number }[];
  max_length?: number;
};

/** What of a command Discord would refuse, by its own limits. */
function faults(one: { name: string; description?: string | undefined; options?: unknown }): string[] {
  const found: string[] = [];
  let chars = 0;
  const look = ({ name, description = '', options = [], choices = [], max_length = 0 }: Partial<Option>): void => {
    chars += (name ?? '').length + description.length + choices.reduce((sum, one) => sum + one.name.length, 0);
    if (!limits.commandName.test(name ?? '') || name !== name?.toLowerCase()) found.push(`${name}: name`);
    if (description.length < 1 || description.length > limits.description) found.push(`${name}: description`);
    if (options.length > limits.options) found.push(`${name}: options`);
    if (choices.length > limits.choices) found.push(`${name}: choices`);
    if (choices.some((choice) => choice.name.length > limits.choiceName)) found.push(`${name}: choice`);
    if (max_length > limits.optionText) found.push(`${name}: max_length`);
    const required = options.map((option) => 'required' in option && option.required === true);
    if (required.lastIndexOf(true) > required.indexOf(false) && required.includes(false) && required.includes(true)) {
      found.push(`${name}: required options come first`);
    }
    for (const option of options) look(option);
  };
  look(one as Partial<Option>);
  return chars > limits.commandChars ? [...found, 'all of it'] : found;
}

describe('commands as Discord registers them', () => {
  test('there is one for each that can be typed, and for each that a message’s menu shows', () => {
    expect(slash.map(({ name }) => name)).toEqual([
      'video',
      'jobs',
      'quota',
      'challenge',
      'give',
      'pot',
      'mentions',
      'help',
      'admin',
      'film',
    ]);
    expect(onMessages.map(({ name }) => name)).toEqual(['Make a video of this']);
  });

  test.each(slash.map((one) => [one.name, one] as const))('/%s keeps within all limits', (_name, one) => {
    expect(faults(one)).toEqual([]);
  });

  test('what is beyond a limit is found', () => {
    const bad = { name: 'Video', description: 'x'.repeat(101), options: [{ name: 'a b', description: '' }] };
    expect(faults(bad)).toEqual(['Video: name', 'Video: description', 'a b: name', 'a b: description']);
    const late = [
      { name: 'a', description: 'a', required: false },
      { name: 'b', description: 'b', required: true },
    ];
    expect(faults({ name: 'x', description: 'x', options: late })).toEqual(['x: required options come first']);
  });

  test('there are no more of them than Discord takes, and their names are their own', () => {
    expect(slash.length).toBeLessThanOrEqual(limits.slashCommands);
    expect(onMessages.length).toBeLessThanOrEqual(limits.messageCommands);
    for (const { name } of onMessages) expect(name.length).toBeLessThanOrEqual(limits.messageCommandName);
    expect(new Set(global.map(({ name, type }) => `${type} ${name}`)).size).toBe(global.length);
  });

  test('they are for servers alone, which only those for all servers may say', () => {
    for (const one of global) expect(one).toMatchObject({ contexts: [0], integration_types: [0] });
    for (const one of guild) expect(Object.keys(one)).not.toContain('contexts');
  });

  test('options have the types of their fields, and nothing is required that a form asks for', () => {
    const [video] = slash as { options?: Option[] }[];
    const options = Object.fromEntries((video?.options ?? []).map((option) => [option.name, option]));
    expect(options.prompt).toMatchObject({
      ...{ type: ApplicationCommandOptionType.String, required: false, max_length: 6000 },
    });
    expect(options.image).toMatchObject({ type: ApplicationCommandOptionType.Attachment });
    expect((options.image as { file_types?: string[] }).file_types).toContain('.heic');
    expect(options.seconds).toMatchObject({
      ...{ type: ApplicationCommandOptionType.Integer, min_value: 1, max_value: 60, autocomplete: true },
    });
    expect(options.shape?.choices?.map(({ value }) => value)).toEqual(['landscape', 'portrait', 'square']);
    expect(options.model).toMatchObject({ type: ApplicationCommandOptionType.String, autocomplete: true });
    expect(options.spoiler).toMatchObject({ type: ApplicationCommandOptionType.Boolean });
  });

  test('a field that no model leaves to members is not offered', () => {
    const without = sandboxCards.map((card) => ({ ...card, extras: {} }));
    const names = (cards: typeof sandboxCards) =>
      (declared(commands, cards, 'guild')[0] as { options?: Option[] }).options?.map(({ name }) => name);
    expect(names(without)).not.toContain('characters');
  });

  test('commands of moderators and managers are hidden from others', () => {
    const shared = { summary: 'help.summary', reply: 'private', surfaces: ['slash'], fields: {} } as const;
    const run = async () => ({ to: 'private' as const, parts: [], jobs: [] });
    const own: Command[] = [
      command({ ...shared, name: 'sweep', who: 'moderator', run }),
      command({ ...shared, name: 'rule', who: 'manager', run }),
      {
        name: 'both',
        summary: 'help.summary',
        subs: [
          command({ ...shared, name: 'a', who: 'manager', run }),
          command({ ...shared, name: 'b', who: 'anyone', run }),
        ],
      },
    ];
    expect(declared(own, sandboxCards, 'guild').map((one) => one.default_member_permissions)).toEqual([
      '8192',
      '32',
      null,
    ]);
  });

  test('a role is chosen as Discord has it, and what is for another chat alone is not there', () => {
    const shared = { summary: 'help.summary', who: 'manager', reply: 'private', surfaces: ['slash'] } as const;
    const run = async () => ({ to: 'private' as const, parts: [], jobs: [] });
    const own: Command[] = [
      command({ ...shared, name: 'a', fields: { who: { kind: 'role', label: 'admin.managers' } }, run }),
      command({ ...shared, name: 'b', only: ['slack', 'web'], message: 'video.message', fields: {}, run }),
      command({ ...shared, name: 'c', only: ['discord'], fields: {}, run }),
    ];
    const found = declared(own, sandboxCards, 'guild') as { name: string; options?: Option[] }[];
    expect(found.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(found[0]?.options?.[0]?.type).toBe(ApplicationCommandOptionType.Role);
    expect(messageCommand('Make a video of this', own)).toBeUndefined();
  });

  test('a message’s menu finds its command', () => {
    expect(messageCommand('Make a video of this', commands)?.path).toBe('video');
    expect(messageCommand('Remix this video', commands)).toBeUndefined();
  });
});

describe('forms', () => {
  const forms = leaves.filter(([, leaf]) => leaf.surfaces.includes('form'));
  test('there are five', () => {
    const challenge = ['open', 'enter', 'report', 'remove'].map((name) => `challenge ${name}`);
    expect(forms.map(([path]) => path)).toEqual(['video', ...challenge]);
  });

  test.each(forms)('the form of /%s keeps within all limits', (path, leaf) => {
    const { form, kept } = formOf(path, leaf, { values: {}, files: {} }, offer, '123');
    expect(kept).toBeUndefined();
    expect(form.title.length).toBeLessThanOrEqual(limits.formTitle);
    expect(form.title).not.toContain('…');
    expect(form.custom_id.length).toBeLessThanOrEqual(limits.customId);
    expect(form.components.length).toBeLessThanOrEqual(limits.formFields);
    for (const part of form.components) {
      expect(part).toMatchObject({ type: 18, component: { custom_id: expect.any(String) } });
      const { label, description = '' } = part as { label: string; description?: string };
      expect(label.length).toBeLessThanOrEqual(limits.label);
      expect(description.length).toBeLessThanOrEqual(limits.labelDescription);
    }
  });

  test('it shows what was given, and keeps what it has no place for', () => {
    const leaf = findCommand(commands, 'video') as Leaf;
    const file = {
      name: 'boat.png',
      open: async function* () {
        yield new Uint8Array(1);
      },
    };
    const given = { values: { seconds: 8, count: 2, shape: 'portrait', resolution: '1K' }, files: { image: file } };
    const { form, kept } = formOf('video', leaf, given, offer, '123');
    expect(form.custom_id).toBe('form|video|123|kept');
    expect(kept).toEqual({ values: { count: 2 }, files: { image: file } });
    const parts = form.components as {
      label: string;
      description?: string;
      component: { options?: { value: string; default?: boolean }[] };
    }[];
    const chosen = parts.flatMap(({ component }) => component.options?.filter((one) => one.default) ?? []);
    expect(chosen.map(({ value }) => value)).toEqual(['8', 'portrait', '1K']);
    expect(parts[1]?.description).toContain('boat.png');
  });

  test('a length that no model makes is kept, to be refused in words', () => {
    const leaf = findCommand(commands, 'video') as Leaf;
    const { kept } = formOf('video', leaf, { values: { seconds: 7 }, files: {} }, offer, '1');
    expect(kept?.values).toEqual({ seconds: 7 });
  });
});

describe('what buttons carry', () => {
  const job = `j${'a'.repeat(16)}-10`;
  const quote = `q${'b'.repeat(16)}-4`;

  test.each([...filmActions, ...shownActions])('%s fits, with the longest ids, and is read back', (action) => {
    const id = pressId({ label: '', command: `film ${action}`, job: `${job}-d999` });
    expect(id.length).toBeLessThanOrEqual(limits.customId);
    expect(readPress(id, commands)).toEqual({ command: `film ${action}`, values: { job } });
  });

  test('a choice of a price, and a wish', () => {
    const make = pressId({ label: '', command: 'order make', quote });
    expect(readPress(make, commands)).toEqual({ command: 'order make', values: { quote } });
    expect(readPress('mentions off', commands)).toEqual({ command: 'mentions off', values: {} });
  });

  test.each([
    ...[
      '',
      'film',
      `film dance|${job}`,
      `video|${job}`,
      'film again',
      'film again|',
      'film again|x',
      `film again|${job}|y`,
    ],
    ...[`order make|${job}`, `film again|${quote}`, 'form|video', 'jobs'],
  ])('%j is no button of ours', (id) => {
    expect(readPress(id, commands)).toBeUndefined();
  });
});
