import { expect, test } from 'vitest';
import { needsForm } from '../../../platforms/shared/fields.ts';
import { pressId, readPress } from '../../../platforms/shared/press.ts';
import { main } from '../../../platforms/slack/deed.ts';
import { manifestOf } from '../../../platforms/slack/manifest.ts';
import { command, type Leaf } from '../../../src/domain/command.ts';
import { sandboxCards } from '../../../src/video/cards.ts';
import { entering } from './entering.ts';

const base = { summary: 'video.summary', who: 'anyone', reply: 'private', surfaces: ['button'] } as const;
const run = async () => ({ to: 'private' as const, parts: [], jobs: [] });
const challenge = { kind: 'text', label: 'film.job', max: 24, required: true } as const;
const vote = command({ ...base, name: 'vote', fields: { challenge }, run });
const job = command({ ...base, name: 'job', fields: { job: { kind: 'job', label: 'film.job' } }, run });
const submit = command({
  ...{ ...base, name: 'submit', run },
  fields: { film: { kind: 'job', label: 'film.job', required: true }, challenge: { ...challenge, required: false } },
});
const commands = [vote, job, submit];
const film = 'jabcdefgh234567ab-12';

test.each(['cabcdefg2', 'cabcdefg2-3', 'cabcdefg2-999-999-l', 'cabcdefg2-e'])('the challenge %s is carried', (id) => {
  const pressed = pressId({ label: '', command: 'vote', challenge: id });
  expect(pressed.length).toBeLessThanOrEqual(100);
  expect(readPress(pressed, commands)).toEqual({ command: 'vote', values: { challenge: id } });
  expect(readPress(pressId({ label: '', command: 'job', challenge: id }), commands)).toBeUndefined();
});

test('a film and a challenge together, each under the name of its field, in a server’s direct message too', () => {
  const pressed = pressId({ label: '', command: 'submit', job: film, challenge: 'cabcdefg2' });
  expect(readPress(pressed, commands)).toEqual({ command: 'submit', values: { film, challenge: 'cabcdefg2' } });
  expect(`challenge ${pressed}|at|${'9'.repeat(20)}`.length).toBeLessThanOrEqual(100);
  expect(readPress(`submit|${film}-d2`, commands)).toEqual({ command: 'submit', values: { film } });
});

test.each([`${film}|${film}`, 'cabcdefg2|cabcdefg2', `${film}|x`, `${film}|`, `${film}|cabcdefg2|cabcdefg2`])(
  'what carries %s carries nothing that is known',
  (ids) => {
    expect(readPress(`submit|${ids}`, commands)).toBeUndefined();
  },
);

test.each(['', 'cabcdefg', 'cabcdefg1', 'cabcdefg2-', 'cabcdefg2-1000', 'cabcdefg2-1-2-3', 'cabcdefg2-x', 'Cabcdefg2'])(
  '%j is no challenge',
  (id) => {
    expect(readPress(`vote|${id}`, commands)).toBeUndefined();
  },
);

test('what a form asks for may be missing from a press, and nothing else', () => {
  expect(readPress('enter|cabcdefg2', entering)).toEqual({ command: 'enter', values: { challenge: 'cabcdefg2' } });
  expect(readPress('wish', entering)).toEqual({ command: 'wish', values: {} });
  expect(readPress('vote', commands)).toBeUndefined();
  const [enter, wish] = entering as [Leaf, Leaf];
  expect(needsForm(enter, { challenge: 'cabcdefg2' })).toBe(true);
  expect(needsForm(enter, { challenge: 'cabcdefg2', prompt: 'a boat' })).toBe(false);
  expect(needsForm(wish, {})).toBe(true);
  expect(needsForm(vote, {})).toBe(false);
});

test('what only a button can fill in has no way in of its own', () => {
  const { shortcuts } = manifestOf({
    ...{ commands: entering, models: sandboxCards, name: 'Dailies', command: '/dailies', short: undefined },
    ...{ socketMode: true, publicUrl: 'https://films.example', oauth: false, steps: false },
  }).features;
  expect(shortcuts.map(({ callback_id }) => callback_id)).toEqual(['form:wish']);
  expect(main(entering)?.path).toBe('wish');
});
