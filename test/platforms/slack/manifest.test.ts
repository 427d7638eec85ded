import { describe, expect, test, vi } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { type ManifestOptions, manifestOf, readShortcut, shortcutId } from '../../../platforms/slack/manifest.ts';
import { manifestLimits as limits } from '../../../platforms/slack/manifest-limits.ts';
import { optionalScopes, scopes } from '../../../platforms/slack/scopes.ts';
import {
  fileIn,
  messageIn,
  type StepFunction,
  stepCallback,
  stepInputs,
  stepOf,
  stepOutputs,
  stepPlace,
} from '../../../platforms/slack/steps.ts';
import { readConfig } from '../../../src/config.ts';
import { type Command, command, commandsOn, findCommand } from '../../../src/domain/command.ts';
import { pathsOf } from '../../../src/domain/paths.ts';
import { word } from '../../../src/domain/words.ts';
import { manifestOnce } from '../../../src/main/slack-manifest.ts';
import { loadModels, sandboxCards } from '../../../src/video/cards.ts';

const given: ManifestOptions = {
  ...{ commands, models: sandboxCards, name: 'Dailies', command: '/dailies', short: undefined },
  ...{ socketMode: true, publicUrl: 'https://films.example', oauth: false, steps: true },
};
const made = (change: Partial<ManifestOptions> = {}) => manifestOf({ ...given, ...change });
const shipped = loadModels('models.yaml').cards;

/** Every way an app may be set up, with the models of the sandbox and with those that are shipped. */
const all = [true, false].flatMap((socketMode) =>
  [true, false].flatMap((oauth) =>
    [undefined, '/video'].flatMap((short) =>
      [sandboxCards, shipped].map((models) => made({ socketMode, oauth, short, models, steps: !oauth })),
    ),
  ),
);

const functionsOf = (manifest: ReturnType<typeof made>): [string, StepFunction][] =>
  Object.entries('functions' in manifest ? (manifest.functions ?? {}) : {});

/** All addresses in a manifest, by their paths. */
function addresses(value: unknown): string[] {
  if (typeof value === 'string') return /^https?:/.test(value) ? [value] : [];
  return value === null || typeof value !== 'object' ? [] : Object.values(value).flatMap(addresses);
}

describe("Slack's limits", () => {
  const within = (text: string, max: number): void => {
    expect(text.length, text).toBeGreaterThan(0);
    expect(text.length, text).toBeLessThanOrEqual(max);
  };

  test.each(all.map((manifest, index) => [index, manifest] as const))('are kept: %i', (_, manifest) => {
    const { display_information, features, oauth_config, settings } = manifest;
    within(display_information.name, limits.name);
    within(display_information.description, limits.description);
    within(features.bot_user.display_name, limits.botName);
    expect(features.bot_user.display_name).toMatch(limits.botLetters);

    expect(features.shortcuts.length).toBeLessThanOrEqual(limits.shortcuts);
    for (const { name, callback_id, description } of features.shortcuts) {
      within(name, limits.shortcutName);
      within(callback_id, limits.shortcutCallback);
      within(description, limits.shortcutDescription);
    }
    expect(features.slash_commands.length).toBeLessThanOrEqual(limits.slashCommands);
    for (const { command, description, usage_hint } of features.slash_commands) {
      expect(command).toMatch(/^\//);
      within(command, limits.slashCommand);
      within(description, limits.slashDescription);
      within(usage_hint, limits.usageHint);
    }
    expect(oauth_config.scopes.bot.length).toBeLessThanOrEqual(limits.scopes);
    expect(settings.event_subscriptions.bot_events.length).toBeLessThanOrEqual(limits.events);

    expect(functionsOf(manifest).length).toBeLessThanOrEqual(limits.functions);
    for (const [callback, { title, description, input_parameters, output_parameters }] of functionsOf(manifest)) {
      within(callback, limits.functionCallback);
      expect(callback).toMatch(/^\w+$/);
      within(title, limits.functionTitle);
      within(description, limits.functionTitle);
      for (const parameters of [input_parameters, output_parameters]) {
        expect(Object.keys(parameters).length).toBeLessThanOrEqual(limits.parameters);
        for (const [name, parameter] of Object.entries(parameters)) {
          expect(parameter.name).toBe(name);
          expect(parameter.type).toMatch(/^(string|number|boolean|slack#\/types\/\w+)$/);
          within(parameter.title, limits.functionTitle);
          within(parameter.description, limits.usageHint);
        }
      }
    }
    for (const address of addresses(manifest)) within(address, limits.redirectUrl);
    // Pasted as JSON: nothing in it may get lost on the way.
    expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
  });
});

describe('what it is made of', () => {
  const leaves = pathsOf(commands);

  test('a shortcut for each command with a form that nothing but a press has to fill, and for each that is made from a message; their ids lead back', () => {
    const wanted = leaves.flatMap(({ path, leaf }) => [
      ...(leaf.message === undefined ? [] : [['message', word(leaf.message), { kind: 'message', path }]]),
      ...(leaf.surfaces.includes('form') && path !== 'challenge remove'
        ? [['global', word(leaf.title ?? leaf.summary), { kind: 'form', path }]]
        : []),
    ]);
    const { shortcuts } = made().features;
    expect(shortcuts.map(({ type, name, callback_id }) => [type, name, readShortcut(callback_id)])).toEqual(wanted);
    expect(wanted.length).toBeGreaterThan(1);
    expect(readShortcut(shortcutId('form', 'film cancel'))).toEqual({ kind: 'form', path: 'film cancel' });
    for (const other of ['', 'form:', 'video', 'else:video']) expect(readShortcut(other)).toBeUndefined();
  });

  test('one slash command, and a short one only where it is wanted; names and channels come as ids', () => {
    expect(made().features.slash_commands).toMatchObject([{ command: '/dailies', should_escape: true }]);
    expect(made({ short: '/film', command: '/studio' }).features.slash_commands).toMatchObject([
      { command: '/studio', should_escape: true },
      { command: '/film', should_escape: true },
    ]);
  });

  test('the usage hints name commands and fields that there are', () => {
    const [main, short] = made({ short: '/video' }).features.slash_commands;
    for (const hint of (main?.usage_hint ?? '').split(' · ')) {
      expect(findCommand(commands, hint.split(' ')[0] ?? ''), hint).toBeDefined();
    }
    for (const hint of [main?.usage_hint, short?.usage_hint]) {
      for (const [, field = ''] of (hint ?? '').matchAll(/(\w+):\w/g)) {
        expect(findCommand(commands, 'video')?.fields).toHaveProperty(field);
      }
    }
  });

  test('the least rights: those of the table, each with its reason, none twice, none to read along', () => {
    const asked = made().oauth_config.scopes.bot;
    expect(asked).toEqual(scopes.map(({ scope }) => scope));
    expect(new Set([...asked, ...optionalScopes.map(({ scope }) => scope)]).size).toBe(
      asked.length + optionalScopes.length,
    );
    expect(asked.filter((scope) => /history|admin|user:|:manage|email/.test(scope))).toEqual([]);
    for (const { why } of [...scopes, ...optionalScopes]) expect(why.length).toBeGreaterThan(10);
  });

  test('over a socket it has no address; by HTTP all lead to one place', () => {
    expect(addresses(made())).toEqual([]);
    const http = made({ socketMode: false, short: '/video' });
    expect(addresses(http)).toHaveLength(5);
    expect(new Set(addresses(http))).toEqual(new Set(['https://films.example/slack/events']));
    expect([made(), http].map(({ settings }) => settings.socket_mode_enabled)).toEqual([true, false]);
  });

  test('where workspaces add it by themselves it says where they come back to', () => {
    expect(made().oauth_config).not.toHaveProperty('redirect_urls');
    expect(made({ oauth: true }).oauth_config).toMatchObject({
      redirect_urls: ['https://films.example/slack/oauth_redirect'],
    });
  });

  test('without steps nothing of it speaks of workflows', () => {
    const without = made({ steps: false });
    expect(without).not.toHaveProperty('functions');
    expect(JSON.stringify(without)).not.toMatch(/function/);
    expect(made().settings).toMatchObject({ function_runtime: 'remote', org_deploy_enabled: true });
    expect(made().settings.event_subscriptions.bot_events).toContain('function_executed');
  });
});

describe('steps of workflows', () => {
  const here = commandsOn('slack', commands);
  const video = findCommand(here, 'video');
  if (!video) throw new Error('there is no video');

  test('are there for each command that is one, and lead back to it', () => {
    const steps = functionsOf(made());
    expect(steps.map(([callback, { title }]) => [callback, title])).toEqual([
      [stepCallback('video'), 'Generate a video'],
      [stepCallback('challenge enter'), 'Enter a challenge'],
    ]);
    for (const path of ['video', 'challenge enter'])
      expect(stepOf(stepCallback(path), here)).toEqual({ path, leaf: findCommand(here, path) });
    expect(stepOf('jobs', commands)).toBeUndefined();
  });

  test('take what can be set beforehand, what the models take, and where it goes', () => {
    const [, step] = functionsOf(made())[0] ?? [];
    const inputs = stepInputs(video);
    expect(Object.values(inputs)).not.toContain('spoiler');
    expect(Object.values(inputs)).not.toContain('count');
    const places = Object.values(stepPlace);
    expect(Object.keys(inputs).filter((name) => (places as string[]).includes(name))).toEqual([]);
    expect(Object.keys(step?.input_parameters ?? {})).toEqual([...Object.keys(inputs), ...places]);
    const plain = sandboxCards.map((card) => ({ ...card, extras: {} }));
    const [, bare] = functionsOf(made({ models: plain }))[0] ?? [];
    expect(bare?.input_parameters).not.toHaveProperty('characters');
    const required = Object.values(step?.input_parameters ?? {}).filter(({ is_required }) => is_required);
    expect(required.map(({ name }) => name)).toEqual(['prompt', 'channel']);
    expect(step?.input_parameters).toMatchObject({
      ...{ prompt: { type: 'string' }, seconds: { type: 'number' }, image: { type: 'slack#/types/rich_text' } },
      channel: { type: 'slack#/types/channel_id' },
      requester: { type: 'slack#/types/user_id' },
    });
    expect(step?.input_parameters.shape?.description).toContain('landscape, portrait, square');
  });

  test('hand on what is named, of which only the end is certain', () => {
    const [, step] = functionsOf(made())[0] ?? [];
    expect(Object.keys(step?.output_parameters ?? {})).toEqual(Object.values(stepOutputs));
    const certain = Object.values(step?.output_parameters ?? {}).filter(({ is_required }) => is_required);
    expect(certain.map(({ name }) => name)).toEqual(['status']);
  });

  test('for a member: who that is has to be said, and where the film goes cannot be', () => {
    const [, step] = functionsOf(made())[1] ?? [];
    const taken = Object.values(step?.input_parameters ?? {}).map(({ name, is_required }) => [name, is_required]);
    const fields = [['prompt', true] as const, ['image', false] as const, ['challenge', false] as const];
    expect(taken).toEqual([...fields, [stepPlace.requester, true]]);
    expect(step?.output_parameters.status?.description).toBe('How it ended: entered.');
  });

  test('of a command below another, with fields of every kind, are declared as well', () => {
    const leaf = command({
      ...{ name: 'tell', summary: 'video.summary', who: 'anyone', reply: 'private', surfaces: ['step'] },
      fields: {
        whose: { kind: 'role', label: 'video.prompt' },
        film: { kind: 'job', label: 'film.job' },
        price: { kind: 'quote', label: 'order.quote' },
        level: { kind: 'integer', label: 'video.seconds', min: 2, max: 9 },
      },
      run: async () => ({ to: 'private', jobs: [], parts: [] }),
    });
    const nested: Command[] = [{ name: 'story', summary: 'video.summary', subs: [leaf] }];
    const [[callback, step] = ['', undefined]] = functionsOf(made({ commands: nested }));
    expect(callback).toBe('story_tell');
    expect(stepOf('story_tell', nested)?.path).toBe('story tell');
    expect(step?.input_parameters).toMatchObject({
      whose: { type: 'slack#/types/usergroup_id' },
      level: { type: 'number', description: 'A whole number from 2 to 9.' },
    });
    expect(Object.keys(stepInputs(leaf))).toEqual(['whose', 'level']);
    const elsewhere: Command[] = [{ ...leaf, only: ['discord'] }];
    expect(functionsOf(made({ commands: elsewhere }))).toEqual([]);
  });

  test.each([
    ['F0123ABCD', 'F0123ABCD'],
    ['https://films.slack.com/files/U0123ABCD/F0123ABCD/a_boat.png', 'F0123ABCD'],
    [
      [
        {
          type: 'rich_text_section',
          elements: [{ type: 'rich_text', elements: [{ type: 'text', text: 'F0123ABCD' }] }],
        },
      ],
      'F0123ABCD',
    ],
    [
      { type: 'rich_text', elements: [{ type: 'link', url: 'https://x.slack.com/files/U1/F0123ABCD/a.png' }] },
      'F0123ABCD',
    ],
    [['F0123ABCD', 'F0999ABCD'], 'F0123ABCD'],
    [{ id: 'F0123ABCD' }, 'F0123ABCD'],
    ['For a film', undefined],
    ['FILMMAKERS', undefined],
    ['aF0123ABCD', undefined],
    [[], undefined],
    [null, undefined],
    [7, undefined],
  ])('find a file in %j', (value, wanted) => {
    expect(fileIn(value)).toBe(wanted);
  });

  test.each([
    ['1732406400.123456', '1732406400.123456'],
    ['https://x.slack.com/archives/C1/p1732406400123456', '1732406400.123456'],
    [{ message_ts: '1732406400.123456', channel_id: 'C1' }, '1732406400.123456'],
    ['', undefined],
    ['soon', undefined],
    [null, undefined],
    [[], undefined],
  ])('find a message in %j', (value, wanted) => {
    expect(messageIn(value)).toBe(wanted);
  });
});

describe('npm run slack:manifest', () => {
  function run(env: Record<string, string>): { out: string; hints: string } {
    const said = { out: '', hints: '' };
    const spies = (['stdout', 'stderr'] as const).map((name) =>
      vi.spyOn(process[name], 'write').mockImplementation((text) => {
        said[name === 'stdout' ? 'out' : 'hints'] += text;
        return true;
      }),
    );
    try {
      manifestOnce(readConfig(env, false));
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    return said;
  }

  test('prints the manifest alone, and beside it what to do with it', () => {
    const { out, hints } = run({});
    expect(JSON.parse(out)).toEqual(made());
    expect(out).toMatch(/^\{\n {2}"display_information"/);
    expect(hints).toContain('https://api.slack.com/apps');
    expect(hints).toContain('Socket Mode');
  });

  test('follows the settings: the commands, HTTP, and many workspaces', () => {
    const env = { PUBLIC_URL: 'https://films.example', SLACK_COMMAND: '/studio,/film' };
    const named = { command: '/studio', short: '/film' };
    const token = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's'.repeat(32) };
    const http = run({ ...env, ...token });
    expect(JSON.parse(http.out)).toEqual(made({ ...named, socketMode: false }));
    expect(http.hints).toContain('https://films.example/slack/events');
    const oauth = {
      SLACK_CLIENT_ID: '1.2',
      SLACK_CLIENT_SECRET: 'x',
      SLACK_APP_TOKEN: 'xapp-1',
      TOKEN_KEY: 'k'.repeat(32),
    };
    const many = run({ ...env, ...oauth });
    expect(JSON.parse(many.out)).toEqual(made({ ...named, oauth: true, steps: false }));
    expect(many.hints).toContain('https://films.example/slack/install');
    expect(many.hints).toContain('no steps');
  });

  test('says what is missing where others have to reach this', () => {
    const token = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's'.repeat(32) };
    expect(() => run(token)).toThrow(/PUBLIC_URL: .*https/);
  });
});
