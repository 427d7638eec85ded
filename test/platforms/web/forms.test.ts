import { expect, test } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { describeCommands } from '../../../platforms/web/forms.ts';
import { sandboxCards } from '../../../src/video/cards.ts';

const video = describeCommands(commands, sandboxCards).find(({ command }) => command === 'video');
const field = (name: string) => video?.fields.find((one) => one.name === name);

test('a model is offered with its snapshots, each by a name of its own', () => {
  expect(field('model')?.choices).toEqual([
    { value: 'sora-2', label: 'Sora 2' },
    { value: 'sora-2-2025-10-06', label: 'Sora 2 (sora-2-2025-10-06)' },
    { value: 'sora-2-2025-12-08', label: 'Sora 2 (sora-2-2025-12-08)' },
    { value: 'sandbox-mini', label: 'Sandbox mini' },
  ]);
});

test('yes or no is a box to tick in the form, and two words where a line is typed', () => {
  expect(field('original')).toMatchObject({ kind: 'boolean', advanced: true, required: false, suggest: ['yes', 'no'] });
});

test('what no model lets members set is not offered to them', () => {
  const kept = sandboxCards.map((card) => ({ ...card, extras: {} }));
  const names = (cards: typeof sandboxCards) =>
    describeCommands(commands, cards)
      .find(({ command }) => command === 'video')
      ?.fields.map(({ name }) => name);
  expect(names(sandboxCards)).toEqual(expect.arrayContaining(['original', 'characters']));
  expect(names(kept)).not.toContain('original');
  expect(names(kept)).not.toContain('characters');
  expect(names(kept)).toContain('seconds');
});
