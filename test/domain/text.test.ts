import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { type Command, command } from '../../src/domain/command.ts';
import { parseText, unnamed } from '../../src/domain/text.ts';

const video = (text: string) => parseText(`/video ${text}`, commands)?.values;

describe('a typed line', () => {
  test.each([
    ['/video a paper boat', { command: 'video', values: { prompt: 'a paper boat' } }],
    ['video a paper boat', { command: 'video', values: { prompt: 'a paper boat' } }],
    ['  /VIDEO   a paper boat ', { command: 'video', values: { prompt: 'a paper boat' } }],
    ['/video', { command: 'video', values: {} }],
    ['/quota', { command: 'quota', values: {} }],
    ['/help video', { command: 'help', values: { topic: 'video' } }],
    ['/jobs jaaaaaaaaaaaaaaaa-1', { command: 'jobs', values: { job: 'jaaaaaaaaaaaaaaaa-1' } }],
    ['/film cancel jaaaaaaaaaaaaaaaa-1', { command: 'film cancel', values: { job: 'jaaaaaaaaaaaaaaaa-1' } }],
    ['/Film  Cancel job:jaaaaaaaaaaaaaaaa-1', { command: 'film cancel', values: { job: 'jaaaaaaaaaaaaaaaa-1' } }],
  ])('%s', (text, typed) => {
    expect(parseText(text, commands)).toEqual(typed);
  });

  test.each([
    ['@bob 5', { member: '@bob', credits: '5' }],
    ['5 @bob', { member: '@bob', credits: '5' }],
    ['<@U1|bob the b> 5 for 2 boats', { member: '<@U1|bob the b>', credits: '5', note: 'for 2 boats' }],
    ['@bob 5 6 @ada', { member: '@bob', credits: '5', note: '6 @ada' }],
    ['credits:5 @bob thanks', { member: '@bob', credits: '5', note: 'thanks' }],
    ['@bob credits:5 7', { member: '@bob', credits: '5', note: '7' }],
    ['thanks @bob 5', { note: 'thanks @bob 5' }],
    ['@bob 5.5', { member: '@bob', note: '5.5' }],
    ['@bob', { member: '@bob' }],
  ])('/give %s has its member and its number without their names', (text, values) => {
    expect(parseText(`/give ${text}`, commands)?.values).toEqual(values);
  });

  test.each([
    'thanks',
    'thanks for the video',
    '',
    '   ',
    '/',
    '/ video a boat',
    '//video',
    'videos',
    'film',
    '/film dance',
  ])('%j runs nothing', (text) => {
    expect(parseText(text, commands)).toBeUndefined();
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('%s is no command and no field', (name) => {
    expect(parseText(name, commands)).toBeUndefined();
    expect(video(`${name}:x a boat`)).toEqual({ prompt: `${name}:x a boat` });
  });
});

describe('fields in a typed line', () => {
  test('a known name takes its value from anywhere; the other words keep their order', () => {
    expect(video('seconds:8 a paper shape:portrait boat in the rain count:2')).toEqual({
      ...{ seconds: '8', shape: 'portrait', count: '2' },
      prompt: 'a paper boat in the rain',
    });
  });

  test.each([
    ['unknown names', 'a boat called ship:Mary at 12:30, see http://example.org/?a:b'],
    ['a known name with nothing after it', 'a boat seconds: 8 and shape:'],
    ['a picture by name', 'a boat image:cat.png'],
    ['a known name inside a word', '(seconds:8) a boat'],
    ['lines and gaps', 'a boat\n\n  in   the rain'],
  ])('%s stay prompt', (_name, prompt) => {
    expect(video(prompt)).toEqual({ prompt });
  });

  test('names are taken in any case, values as they are', () => {
    expect(video('Shape:Portrait SIZE:1365x768 a boat')).toEqual({
      ...{ shape: 'Portrait', size: '1365x768', prompt: 'a boat' },
    });
  });

  test('a ratio keeps its colon', () => {
    expect(video('size:16:9 a boat')).toEqual({ size: '16:9', prompt: 'a boat' });
  });

  const pairs = ['""', '“”', '””', '„“', '„”', '«»', '»«', "''", '‘’', '’’', '‚‘', '‹›', '›‹', '「」'];
  test.each(pairs)('quotes such as %s hold spaces', (pair) => {
    const [open = '', close = ''] = [...pair];
    expect(video(`a shape:${open}very tall${close} boat`)).toEqual({ shape: 'very tall', prompt: 'a boat' });
    expect(video(`shape:${open}${close} boat`)).toEqual({ shape: '', prompt: 'boat' });
  });

  test('a quote that is never closed takes one word', () => {
    expect(video('shape:"very tall boat')).toEqual({ shape: '"very', prompt: 'tall boat' });
  });

  test('a named prompt stands where it stood among the other words', () => {
    expect(video('prompt:"a paper boat" in the rain seconds:8')).toEqual({
      ...{ prompt: 'a paper boat in the rain', seconds: '8' },
    });
    expect(video('slowly prompt:drifting')).toEqual({ prompt: 'slowly drifting' });
    expect(video('prompt:""')).toEqual({});
  });

  test('quotes in the prompt stay there', () => {
    expect(video('a sign that says "shape: round" and don’t')).toEqual({
      prompt: 'a sign that says "shape: round" and don’t',
    });
  });

  test('a command whose name also groups: the sub-command wins, anything else is words', () => {
    const leaf = (name: string) =>
      command({
        name,
        ...{ summary: 'video.summary', who: 'anyone', reply: 'private', surfaces: ['slash'] },
        fields: { words: { kind: 'text', label: 'video.prompt', max: 100 } },
        run: async () => ({ to: 'private', parts: [], jobs: [] }),
      });
    const some: Command[] = [{ name: 'story', summary: 'video.summary', subs: [leaf('start')] }, leaf('say')];
    expect(parseText('story start once upon', some)).toEqual({
      command: 'story start',
      values: { words: 'once upon' },
    });
    expect(parseText('story telling', some)).toBeUndefined();
    expect(parseText('say start once', some)).toEqual({ command: 'say', values: { words: 'start once' } });
  });
});

test('words for which a command has no field are told apart, where it has others', () => {
  const settle = command({
    ...{ name: 'settle', summary: 'video.summary', who: 'anyone', reply: 'private', surfaces: ['slash'] },
    fields: { count: { kind: 'integer', label: 'video.seconds', min: 1, max: 9 } },
    run: async () => ({ to: 'private', parts: [], jobs: [] }),
  });
  const some = [settle, { ...settle, name: 'look', fields: {} }];
  expect(parseText('settle 5 at once count:4', some)?.values).toEqual({ count: '4', [unnamed]: '5 at once' });
  expect(parseText('settle count:4', some)?.values).toEqual({ count: '4' });
  expect(parseText('look at this', some)?.values).toEqual({});
});

describe('whatever is typed', () => {
  const names = ['seconds', 'shape', 'prompt', 'image', 'ship', 'count', 'Größe'];
  const quote = fc.constantFrom('"', '“', '”', '„', '«', '»', "'", '‘', '’', '‚', '‹', '›', '「', '」', '');
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(' ', '\n', '\t', '\u00a0', ':', '::', '/', '\\'),
    fc
      .tuple(fc.constantFrom(...names), quote, fc.string({ unit: 'grapheme' }), quote)
      .map(([name, open, text, close]) => `${name}:${open}${text}${close}`),
  );
  const line = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

  test('it never throws', () => {
    fc.assert(
      fc.property(line, (text) => void [parseText(text, commands), video(text)]),
      { numRuns: 2000 },
    );
  });

  test('it never loses a letter', () => {
    const letters = (text: string) => [...text.replace(/[\s:"“”„«»'‘’‚‹›「」]/gu, '')].sort().join('');
    fc.assert(
      fc.property(line, (text) => {
        const values = video(text) ?? {};
        const taken = Object.entries(values).filter(([name]) => name !== 'prompt');
        // A field said twice counts once: its last value.
        const twice = /(seconds|shape|count):\S[\s\S]*\1:\S/i.test(text);
        const named = (text.match(/prompt:\S/gi) ?? []).length > 0;
        fc.pre(!twice && !named);
        expect(letters(taken.map(([name, value]) => name + value).join('') + (values.prompt ?? ''))).toBe(
          letters(text.replace(/(seconds|shape|count):/gi, (all) => all.toLowerCase())),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('long lines of half-open quotes are read in no time', () => {
    const text = 'shape:" a:“ b:„ c:« d:‘ '.repeat(5_000);
    const since = performance.now();
    video(text);
    expect(performance.now() - since).toBeLessThan(1_000);
  });
});
