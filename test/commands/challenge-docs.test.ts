import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { pathsOf } from '../../src/domain/paths.ts';
import { pointsByPlace } from '../../src/domain/season.ts';
import { word } from '../../src/domain/words.ts';
import { rowsOf } from '../support/docs.ts';

const doc = readFileSync('docs/challenges.md', 'utf8');
const paths = new Map(pathsOf(commands).map(({ path, leaf }) => [path, leaf]));
const plain = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

test('the commands that it names are there, and can be typed', () => {
  const named = [...doc.matchAll(/\/((?:challenge|admin) [a-z]+(?: add)?)/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(10);
  for (const path of named) {
    const leaf = paths.get(path) ?? [...paths].find(([one]) => one.startsWith(`${path} `))?.[1];
    expect(leaf?.surfaces, path).toContain('slash');
  }
});

test('its table has what managers may set, and each choice there is', () => {
  const fields = paths.get('challenge edit')?.fields ?? {};
  const opened = Object.keys(paths.get('challenge open')?.fields ?? {});
  const rows = rowsOf(doc, 'field');
  const told = rows.flatMap(([names]) => plain(names));
  const asked = ['challenge', ...opened.filter((name) => !told.includes(name))];
  expect(told.toSorted()).toEqual(
    Object.keys(fields)
      .filter((name) => !asked.includes(name))
      .toSorted(),
  );
  for (const [names, what, usual] of rows) {
    for (const name of plain(names)) {
      const field = fields[name];
      if (field?.kind === 'choice' && name !== 'shape') {
        expect(plain(what).toSorted()).toEqual(field.choices.map(({ value }) => value).toSorted());
        expect(plain(usual)).toHaveLength(1);
      }
      if (name === 'entries' && field?.kind === 'integer') expect(what).toContain(`${field.max} at the most`);
    }
  }
});

test('buttons are called as it says, and points are those of the rule', () => {
  for (const label of ['challenge.enter.button', 'challenge.vote.button', 'challenge.report.button'] as const) {
    expect(doc).toContain(`*${word(label)}*`);
  }
  const flat = doc.replace(/\s+/g, ' ');
  expect(flat).toContain(`worth ${pointsByPlace.slice(0, -1).join(', ')} and ${pointsByPlace.at(-1)} points`);
});
