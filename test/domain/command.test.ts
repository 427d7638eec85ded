import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { type Call, command, findCommand, type Leaf, levels } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { pathsOf } from '../../src/domain/paths.ts';
import { readValues } from '../../src/domain/values.ts';
import { say, word } from '../../src/domain/words.ts';
import { sandboxCards } from '../../src/video/cards.ts';

const leafAt = (path: string) => findCommand(commands, path) as Leaf;
const picture = { name: 'cat.png', open: () => Readable.from([]) };

function callOf(values: unknown, files: Call['files'] = {}): Call {
  return {
    key: 'k',
    origin: { platform: 'web', space: 's', channel: 'c', user: 'ada', visibility: 'thread' },
    who: { id: 'ada', name: 'Ada' },
    command: 'video',
    values: values as Call['values'],
    files,
    asks: false,
  };
}
const read = (path: string, values: unknown, files: Call['files'] = {}) =>
  readValues(leafAt(path), callOf(values, files), sandboxCards);

function refusal(path: string, values: unknown, files: Call['files'] = {}): UserError & { text: string } {
  try {
    read(path, values, files);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return Object.assign(error, { text: say(error.said) });
  }
  throw new Error('it was taken');
}

describe('good values', () => {
  test('are typed and trimmed, with defaults filled in', () => {
    expect(read('video', { prompt: '  a boat ', seconds: ' 8 ', shape: 'Portrait', model: 'SORA-2' })).toEqual({
      ...{ prompt: 'a boat', seconds: 8, shape: 'portrait', model: 'sora-2', count: 1 },
    });
    expect(read('video', { prompt: 'x', seconds: 4, count: 4 }, { image: picture })).toEqual({
      ...{ prompt: 'x', seconds: 4, count: 4, image: picture },
    });
  });

  test('what is left empty in a form is left out', () => {
    const empty = { seconds: '', shape: '', resolution: '', size: '', model: '', count: '', image: '' };
    expect(read('video', { prompt: 'x', ...empty })).toEqual({ prompt: 'x', count: 1 });
    expect(read('video', { prompt: 'x', seconds: null, shape: undefined })).toEqual({ prompt: 'x', count: 1 });
    expect(read('jobs', { job: '' })).toEqual({});
    expect(read('quota', {})).toEqual({});
  });

  test.each([
    ...[true, 'true', 'yes', 'on', ' YES ', 'On'].map((value) => [value, true] as const),
    ...[false, 'false', 'no', 'off', 'No'].map((value) => [value, false] as const),
  ])('yes or no: %j is %s', (value, expected) => {
    expect(read('video', { prompt: 'x', original: value })).toMatchObject({ original: expected });
  });

  test('a model may be named by a snapshot, and one that is no longer offered is still known', () => {
    expect(read('video', { prompt: 'x', model: 'SORA-2-2025-12-08' })).toMatchObject({ model: 'sora-2-2025-12-08' });
    const offered = sandboxCards.slice(1);
    const values = (model: string) =>
      readValues(leafAt('video'), callOf({ prompt: 'x', model }), sandboxCards, offered);
    expect(values('sora-2')).toMatchObject({ model: 'sora-2' });
    expect(() => values('dream')).toThrow(
      expect.objectContaining({ said: { word: 'model.unknown', with: { got: 'dream', takes: ['sandbox-mini'] } } }),
    );
  });

  test('a prompt is as long as people count letters, not bytes', () => {
    const prompt = '🌧'.repeat(32_000);
    expect(read('video', { prompt })).toMatchObject({ prompt });
  });
});

describe('bad values are answered, each with its field and what it takes', () => {
  const cases: [string, string, unknown, string, string][] = [
    ['no prompt', 'video', {}, 'prompt', '"prompt" is needed.'],
    ['an empty prompt', 'video', { prompt: '' }, 'prompt', '"prompt" is empty; write a few words.'],
    ['a prompt of spaces', 'video', { prompt: ' \n\t ' }, 'prompt', '"prompt" is empty; write a few words.'],
    [
      'a prompt of nothing visible',
      'video',
      { prompt: '\u200b\u2060\ufeff\u00ad' },
      'prompt',
      '"prompt" is empty; write a few words.',
    ],
    ['no prompt but null', 'video', { prompt: null }, 'prompt', '"prompt" is needed.'],
    [
      'a yes that is none',
      'video',
      { prompt: 'x', original: 'maybe' },
      'original',
      '"original" takes yes or no, not "maybe".',
    ],
    [
      'a yes that is a number',
      'video',
      { prompt: 'x', original: 1 },
      'original',
      '"original" takes yes or no, not "1".',
    ],
    [
      'a yes that is a list',
      'video',
      { prompt: 'x', original: [true] },
      'original',
      '"original" takes yes or no, not "something else".',
    ],
    ['a prompt that is a number', 'video', { prompt: 5 }, 'prompt', '"prompt" takes text.'],
    ['a prompt that is a list', 'video', { prompt: ['a'] }, 'prompt', '"prompt" takes text.'],
    ['a prompt that is an object', 'video', { prompt: { toString: 1 } }, 'prompt', '"prompt" takes text.'],
    [
      'a prompt too long',
      'video',
      { prompt: 'x'.repeat(32_001) },
      'prompt',
      '"prompt" takes at most 32000 characters; this has 32001.',
    ],
    [
      'seconds as a word',
      'video',
      { prompt: 'x', seconds: 'many' },
      'seconds',
      '"seconds" takes a whole number from 1 to 60, not "many".',
    ],
    [
      'half a second',
      'video',
      { prompt: 'x', seconds: 4.5 },
      'seconds',
      '"seconds" takes a whole number from 1 to 60, not "4.5".',
    ],
    [
      'seconds below zero',
      'video',
      { prompt: 'x', seconds: '-4' },
      'seconds',
      '"seconds" takes a whole number from 1 to 60, not "-4".',
    ],
    [
      'too many seconds',
      'video',
      { prompt: 'x', seconds: 61 },
      'seconds',
      '"seconds" takes a whole number from 1 to 60, not "61".',
    ],
    [
      'seconds that are no number',
      'video',
      { prompt: 'x', seconds: Number.NaN },
      'seconds',
      '"seconds" takes a whole number from 1 to 60, not "NaN".',
    ],
    [
      'seconds written otherwise',
      'video',
      { prompt: 'x', seconds: '0x4' },
      'seconds',
      '"seconds" takes a whole number from 1 to 60, not "0x4".',
    ],
    [
      'seconds as true',
      'video',
      { prompt: 'x', seconds: true },
      'seconds',
      '"seconds" takes a whole number from 1 to 60, not "true".',
    ],
    [
      'seconds as a list',
      'video',
      { prompt: 'x', seconds: [4] },
      'seconds',
      '"seconds" takes a whole number from 1 to 60, not "something else".',
    ],
    [
      'seconds as an object',
      'video',
      { prompt: 'x', seconds: { toString: 1 } },
      'seconds',
      '"seconds" takes a whole number from 1 to 60, not "something else".',
    ],
    [
      'films in brackets without end',
      'video',
      { prompt: 'x', count: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) },
      'count',
      '"count" takes a whole number from 1 to 4, not "something else".',
    ],
    ['five films', 'video', { prompt: 'x', count: 5 }, 'count', '"count" takes a whole number from 1 to 4, not "5".'],
    ['no films', 'video', { prompt: 'x', count: 0 }, 'count', '"count" takes a whole number from 1 to 4, not "0".'],
    [
      'a shape that is none',
      'video',
      { prompt: 'x', shape: 'round' },
      'shape',
      '"shape" takes landscape, portrait, or square, not "round".',
    ],
    [
      'a model that is none',
      'video',
      { prompt: 'x', model: 'dream-9' },
      'model',
      'There is no model "dream-9". Choose sora-2 or sandbox-mini.',
    ],
    [
      'a size too long',
      'video',
      { prompt: 'x', size: '1'.repeat(17) },
      'size',
      '"size" takes at most 16 characters; this has 17.',
    ],
    ['a picture that is words', 'video', { prompt: 'x', image: 'cat.png' }, 'image', '"image" takes a picture file.'],
    [
      'an unknown field',
      'video',
      { prompt: 'x', speed: 9 },
      'speed',
      'There is no field "speed" here. It takes prompt, image, seconds, shape, resolution, size, model, original, characters, spoiler, pot, and count.',
    ],
    [
      'a field of every object',
      'video',
      JSON.parse('{"prompt":"x","__proto__":1}'),
      '__proto__',
      'There is no field "__proto__" here. It takes prompt, image, seconds, shape, resolution, size, model, original, characters, spoiler, pot, and count.',
    ],
    ['a field where there are none', 'quota', { of: 'bob' }, 'of', 'There is no field "of" here.'],
    ['a job that is none', 'jobs', { job: '12' }, 'job', 'There is no such film here.'],
    ['a job that is a novel', 'jobs', { job: 'j'.repeat(1000) }, 'job', 'There is no such film here.'],
    ['a job that is a key of Redis', 'film cancel', { job: '*:ledger' }, 'job', 'There is no such film here.'],
    ['no job', 'film cancel', {}, 'job', '"job" is needed.'],
  ];
  test.each(cases)('%s', (_name, path, values, field, text) => {
    const error = refusal(path, values);
    expect(error.text).toBe(text);
    expect(error.field).toBe(field);
    expect(['invalid', 'unknown']).toContain(error.refusal);
  });

  test('an object that only looks like a file', () => {
    expect(refusal('video', { prompt: 'x', image: { open: 1 } }).text).toBe('"image" takes a picture file.');
  });

  test('a file where words belong, and a file for no field', () => {
    expect(refusal('video', {}, { prompt: picture }).text).toBe('"prompt" takes text.');
    expect(refusal('video', { prompt: 'x' }, { seconds: picture }).field).toBe('seconds');
    expect(refusal('video', { prompt: 'x' }, { film: picture })).toMatchObject({ field: 'film' });
  });

  test('what was typed is said back cut short', () => {
    const long = 'y'.repeat(500);
    expect(refusal('video', { prompt: 'x', seconds: long }).text.length).toBeLessThan(120);
    expect(refusal('video', { prompt: 'x', [long]: 1 }).text.length).toBeLessThan(180);
    expect(refusal('video', { prompt: 'x', shape: 'y'.repeat(150) }).text.length).toBeLessThan(140);
    expect(refusal('video', { prompt: 'x', model: 'y'.repeat(150) }).text.length).toBeLessThan(140);
  });
});

describe('finding a command', () => {
  test.each(['video', 'jobs', 'quota', 'help', 'film cancel', 'film again', 'film redeliver', 'film details'])(
    '%s is there',
    (path) => {
      expect(leafAt(path).name).toBe(path.split(' ').at(-1));
    },
  );
  test.each(['', ' ', 'film', 'film ', 'video x', 'film cancel now', 'Video', 'constructor', 'film constructor'])(
    '%j is none',
    (path) => {
      expect(findCommand(commands, path)).toBeUndefined();
    },
  );
});

describe('the declarations', () => {
  test.each(pathsOf(commands).map(({ path, leaf }) => [path, leaf] as const))('%s is sound', (_name, leaf) => {
    expect(leaf.name).toMatch(/^[a-z]{1,32}$/);
    expect(word(leaf.summary)).not.toBe('');
    expect([...levels, 'owner']).toContain(leaf.who);
    expect(leaf.surfaces.length).toBeGreaterThan(0);
    for (const [name, field] of Object.entries(leaf.fields)) {
      // The studio has no roles.
      if (field.kind === 'role') expect(field.only ?? leaf.only ?? ['web']).not.toContain('web');
      expect(name).toMatch(/^[a-z_]{1,32}$/);
      expect(word(field.label)).not.toBe('');
      if (field.kind === 'integer' && field.default !== undefined) {
        expect(readValues(leaf, callOf({ ...required(leaf), [name]: field.default }), sandboxCards)).toMatchObject({
          [name]: field.default,
        });
      }
    }
  });
  const required = (leaf: Leaf) =>
    Object.fromEntries(
      Object.entries(leaf.fields)
        .filter(([, field]) => field.required)
        .map(([name, field]) => [name, field.kind === 'job' ? 'jaaaaaaaaaaaaaaaa-1' : 'x']),
    );

  test('a command hands its typed values to what it runs', async () => {
    const seen: unknown[] = [];
    const leaf = command({
      ...{ name: 'say', summary: 'video.summary', who: 'anyone', reply: 'private', surfaces: ['slash'] },
      fields: { times: { kind: 'integer', label: 'video.count', min: 1, max: 3, required: true } },
      run: async (values) => {
        seen.push(values.times + 1);
        return { to: 'private', parts: [], jobs: [] };
      },
    });
    await leaf.run(readValues(leaf, callOf({ times: '2' }), []), {} as Parameters<Leaf['run']>[1]);
    expect(seen).toEqual([3]);
  });
});
