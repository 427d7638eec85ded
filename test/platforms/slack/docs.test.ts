import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { manifestOf, slackPaths } from '../../../platforms/slack/manifest.ts';
import { events, optionalScopes, scopes } from '../../../platforms/slack/scopes.ts';
import { say } from '../../../platforms/slack/words.ts';
import { variables } from '../../../src/config.ts';
import { findCommand } from '../../../src/domain/command.ts';
import { word } from '../../../src/domain/words.ts';
import { sandboxCards } from '../../../src/video/cards.ts';
import { expectMetrics, found, rowsOf } from '../../support/docs.ts';

const path = 'docs/slack.md';
const doc = readFileSync(path, 'utf8');

const manifest = manifestOf({
  ...{ commands, models: sandboxCards, name: 'Dailies', command: '/dailies', short: '/video' },
  ...{ socketMode: false, publicUrl: 'https://films.example', oauth: true, steps: true },
});

/** What stands behind a heading, up to the next one. */
function section(heading: string): string {
  const [, text] = doc.split(`\n## ${heading}\n`);
  if (text === undefined) throw new Error(`no heading ${heading}`);
  return text.split('\n## ')[0] ?? '';
}

const plainly = (text: string): string => text.replace(/[`*]/g, '');

describe('what the bot asks for', () => {
  const told = (first: string): string[][] => rowsOf(doc, first).map((row) => row.map(plainly));

  test('the scopes are those of the manifest, one row each, with the reasons that the program has', () => {
    expect(told('scope').map(([name]) => name)).toEqual(manifest.oauth_config.scopes.bot);
    const button = say('join.button');
    for (const [index, [, why = '']] of told('scope').entries()) {
      // The program names a button by what it does, the page by what stands on it.
      const reason = scopes[index]?.why.replace('the button for it', button);
      expect(why).toBe(reason);
    }
    expect(told('optional scope')).toEqual(optionalScopes.map(({ scope, why }) => [scope, why]));
  });

  test('so are the events', () => {
    expect(told('event').map(([name]) => name)).toEqual(manifest.settings.event_subscriptions.bot_events);
    expect(told('event')).toEqual(events.map(({ event, why }) => [event, why]));
  });
});

describe('what it names', () => {
  test('every SLACK_* variable, and no other; and the key of the tokens', () => {
    expect(found(doc, /\bSLACK_[A-Z_]+\b/g)).toEqual(variables.filter((name) => name.startsWith('SLACK_')).sort());
    expect(doc).toContain('`TOKEN_KEY`');
    const others = found(doc, /`([A-Z]+_[A-Z_]+)`/g);
    expect(others.filter((name) => !(variables as readonly string[]).includes(name))).toEqual([]);
  });

  test('commands and fields that there are', () => {
    const typed = [...doc.matchAll(/`(?:\/dailies|@dailies) ([a-z][^`]*)`/g)].map(([, line = '']) => line);
    expect(typed.length).toBeGreaterThan(8);
    for (const line of typed) {
      const [first = '', second = '', ...rest] = line.split(' ');
      const leaf = findCommand(commands, first) ?? findCommand(commands, `${first} ${second}`);
      expect(leaf, line).toBeDefined();
      for (const [, field = ''] of rest.join(' ').matchAll(/(\w+):\S/g))
        expect(leaf?.fields, line).toHaveProperty(field);
    }
  });

  test('shortcuts, the step and its outputs, and buttons as they are called', () => {
    const names = [
      ...manifest.features.shortcuts.map(({ name }) => name),
      ...Object.values(manifest.functions ?? {}).map(({ title }) => title),
      ...(['film.again', 'film.details', 'film.more', 'film.cancel', 'film.redeliver'] as const).map(word),
      say('join.button'),
    ];
    for (const name of names) expect(doc, name).toContain(`*${name}*`);
    const [, outputs = ''] = /Steps after it can use its\s+([^.]*)\./.exec(doc) ?? [];
    const there = Object.values(manifest.functions?.video?.output_parameters ?? {}).map(({ title }) => title);
    expect(found(outputs, /\*(\w+)\*/g).filter((name) => !there.includes(name))).toEqual([]);
  });

  test('the addresses that Slack and installers come to', () => {
    expect(found(doc, /`[^`]*?(\/slack\/[a-z_]+)`/g)).toEqual(Object.values(slackPaths).sort());
  });

  test('metrics that are there, with labels that they have; and all of a chat', () => expectMetrics(doc, 'slack'));

  test('sentences that the program says, word for word', () => {
    const folders = ['platforms/slack', 'src/domain/words', 'src/main', 'src/worker', 'src/desk'];
    const source = folders
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(name, 'utf8'))
      .join('\n');
    // Slack's own, on what was not answered or is not there.
    const foreign = [
      'is not a valid command',
      'is not supported in threads',
      'dispatch_failed',
      'operation_timeout',
      'Trying to connect',
    ];
    const quoted = found(section('When something is wrong'), /"([^"]+)"/g).filter((one) => !foreign.includes(one));
    expect(quoted.length).toBeGreaterThan(8);
    expect(quoted.filter((one) => !source.includes(one))).toEqual([]);
  });

  test('files that exist, and headings in them', () => {
    const links = [...doc.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    expect(links.length).toBeGreaterThan(2);
    for (const [, file = '', anchor] of links) {
      const target = file === '' ? path : join(dirname(path), file);
      expect(existsSync(target), target).toBe(true);
      if (anchor === undefined) continue;
      const headings = found(readFileSync(target, 'utf8'), /^#+ (.+)$/gm);
      const anchors = headings.map((heading) =>
        heading
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replace(/\s/g, '-'),
      );
      expect(anchors, target).toContain(anchor);
    }
  });
});
