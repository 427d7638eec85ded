import { expect, test } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { type CommandJson, describeCommands } from '../../../platforms/web/forms.ts';
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

/** The page's own script, which TypeScript knows under the page's own settings alone. */
interface Completion {
  complete(before: string, commands: readonly CommandJson[]): { offers: { label: string }[] };
  commandOf(text: string, commands: readonly CommandJson[]): CommandJson | undefined;
}
const script = new URL('../../../platforms/web/public/complete.js', import.meta.url);

test('a line is completed to commands of up to three words', async () => {
  const { complete, commandOf } = (await import(script.href)) as Completion;
  const [one] = describeCommands(commands, sandboxCards);
  if (!one) throw new Error('there are no commands');
  const all = ['admin set', 'admin credits grant', 'admin credits show'].map((command) => ({ ...one, command }));
  const offered = (line: string) => complete(line, all).offers.map(({ label }) => label);
  expect(offered('/admin c')).toEqual(['/admin credits grant', '/admin credits show']);
  expect(offered('/admin credits s')).toEqual(['/admin credits show']);
  expect(commandOf('/admin credits grant seconds:4', all)?.command).toBe('admin credits grant');
  expect(commandOf('/admin set it', all)?.command).toBe('admin set');
});
