import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Block, blockedAt, blockId, checkBlock, wordsIn } from '../../src/domain/blocks.ts';
import { UserError } from '../../src/domain/errors.ts';
import { readings } from '../../src/domain/fold.ts';
import { checkPattern, isMatched } from '../../src/domain/patterns.ts';
import { say } from '../../src/domain/words.ts';

const block = (kind: Block['kind'], value: string): Block => ({ id: value, kind, value, by: 'boss', at: 0 });
const isIn = (kind: 'word' | 'phrase', value: string, text: string): boolean =>
  wordsIn([block(kind, value)], text).length > 0;
const isFound = (pattern: string, text: string): boolean => isMatched(pattern, readings(text));
const refused = (work: () => void): UserError => {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

describe('a blocked word', () => {
  test.each([
    ['badger', 'A BADGER in the rain'],
    ['badger', 'badger'],
    ['badger', '"badger", it said'],
    ['badger', 'a _badger_ at dusk'],
    ['badger', 'a bádgër'],
    ['bádger', 'a badger'],
    ['badger', 'b\u200badg\u00ader'],
    ['badger', 'b\u2060a\ufe0fd\u034fger'],
    ['badger', 'ｂａｄｇｅｒ'],
    ['badger', '𝐛𝐚𝐝𝐠𝐞𝐫'],
    ['badger', 'ba\u0301\u200bdger'],
    ['fig', 'a ﬁg'],
    ['straße', 'STRASSE'],
    ['οδος', 'ΟΔΟΣ'],
    ['istanbul', 'İSTANBUL'],
    ['жук', 'Жук.'],
    ['t-shirt', 'a T-Shirt on a line'],
    ['穴熊', '雨の中の穴熊です'],
    ['ตัว', 'หนึ่งตัวเดียว'],
  ])('%j is found in %j', (word, text) => {
    expect(isIn('word', word, text)).toBe(true);
  });

  test.each([
    ['badger', 'badgers'],
    ['badger', 'honeybadger'],
    ['badger', 'badger2'],
    ['ass', 'glass, class and assembly'],
    ['жук', 'жуки'],
    ['か', 'が'],
    ['badger', 'b a d g e r'],
    ['badger', ''],
  ])('%j is not found in %j', (word, text) => {
    expect(isIn('word', word, text)).toBe(false);
  });

  test('is one word, and has something to look for', () => {
    expect(refused(() => checkBlock(block('word', 'two words'))).said.word).toBe('block.words');
    expect(refused(() => checkBlock(block('word', '\u200b\u2060'))).said.word).toBe('block.unseen');
    expect(refused(() => checkBlock(block('phrase', '\u0301'))).said.word).toBe('block.unseen');
  });

  test('is found however it is dressed up, and stands as it was written down', () => {
    const dressed = fc.array(fc.constantFrom('\u200b', '\u200d', '\u2060', '\u00ad', '\u0301', '\u0308', '\ufe0f'), {
      maxLength: 3,
    });
    const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz');
    const wide = (text: string) => text.replace(/[a-z]/g, (a) => String.fromCodePoint(a.charCodeAt(0) + 0xfee0));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(letter, dressed, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 12 }),
        (letters) => {
          const word = letters.map(([plain]) => plain).join('');
          const text = letters
            .map(([plain, marks, upper, full]) => {
              const formed = full ? wide(plain) : plain;
              return (upper ? formed.toUpperCase() : formed) + marks.join('');
            })
            .join('');
          expect(wordsIn([block('word', word)], `once, ${text}!`)).toEqual([word]);
        },
      ),
    );
  });
});

describe('a blocked phrase', () => {
  test.each([
    ['red square', 'A RED\n\t square'],
    ['red  square', 'a red square'],
    ['red square', 'réd\u00a0square'],
  ])('%j is found in %j', (phrase, text) => {
    expect(isIn('phrase', phrase, text)).toBe(true);
  });
  test.each([
    ['red square', 'red, square'],
    ['red square', 'red squares'],
    ['red square', 'redsquare'],
    ['red square', 'tired square'],
  ])('%j is not found in %j', (phrase, text) => {
    expect(isIn('phrase', phrase, text)).toBe(false);
  });
});

describe('a blocked pattern', () => {
  test.each([
    ['b[ae]dger', 'BEDGER'],
    ['b[ae]dger', 'bádg\u200ber'],
    ['b[ae]dger', 'ｂｅｄｇｅｒ'],
    ['café', 'CAFÉ'],
    ['red.*square', 'red\nand square'],
    ['\\bbadger\\b', 'a badger.'],
    ['\\p{Cyrillic}{3}', 'жук'],
  ])('%s matches %j', (pattern, text) => {
    checkPattern(pattern);
    expect(isFound(pattern, text)).toBe(true);
  });

  test.each([
    ['(a', 'a "(" that is never closed'],
    ['a)', 'a ")" that closes nothing'],
    ['[a', 'a "[" that is never closed'],
    ['a\\', 'ends in a single backslash'],
    ['[b-a]', '"b-a"'],
    ['\\1', '"\\1"'],
    ['(a)\\1', 'References back'],
    ['(?=a)', 'Looking ahead or behind'],
    ['(?<=a)b', 'Looking behind'],
    ['a**', 'repeats a repetition'],
    ['a{2000}', '"{2000}"'],
    ['*a', 'repeats nothing'],
    ['a*', 'fits every text'],
    ['', 'fits every text'],
    ['(\\w{20}){40}', 'too many steps'],
    ['((((a{100}){100}){100}){100})', 'repeats too often'],
  ])('%j is refused with what is wrong', (pattern, why) => {
    const error = refused(() => checkPattern(pattern));
    expect(say(error.said)).toContain(why);
    expect(error).toMatchObject({ refusal: 'invalid', field: 'pattern' });
  });

  test('never throws anything but a refusal', () => {
    const part = fc.constantFrom(
      ...['(', ')', '[', ']', '{9}', '*', '+', '?', '|', '\\', 'a', '.', '^', '$', '-', '(?', 'é', ':', '\\p', 'P<'],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        try {
          checkPattern(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect(say((error as UserError).said)).not.toContain('undefined');
        }
      }),
    );
  });

  test('takes time that grows with the text alone, whatever the pattern', () => {
    const atom = fc.constantFrom('a', '.', '[ab]', '\\w', '(?:a|aa)', '(?:a|b|ab)', 'b?');
    const repeat = fc.constantFrom('', '*', '+', '{0,9}', '+?');
    const piece = fc.tuple(atom, repeat).map(([one, times]) => one + times);
    const group = fc
      .tuple(fc.array(piece, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '+', '{1,6}', '*'))
      .map(([pieces, times]) => `(?:${pieces.join('')})${times}`);
    const pattern = fc.array(group, { minLength: 1, maxLength: 4 }).map((groups) => `${groups.join('')}[^ab]X`);
    const short = ['a'.repeat(1_000)];
    const long = ['a'.repeat(20_000)];
    const took = (source: string, text: string[]): number => {
      const began = performance.now();
      isMatched(source, text);
      return performance.now() - began;
    };
    const hard = ['(?:a+)+[^ab]X', '(?:a|aa)+[^ab]X', '(?:a*)*(?:a*)*[^ab]X', '(?:\\w+\\s?)+[^ab]X'];
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...hard), pattern), (source) => {
        try {
          checkPattern(source);
        } catch (error) {
          if (error instanceof UserError) return;
          throw error;
        }
        const first = took(source, short);
        // Twenty times the text; the rest is what a busy machine adds. A backtracking engine would not come back at all.
        expect(took(source, long)).toBeLessThan(40 * first + 500);
      }),
      { numRuns: 40 },
    );
  });
});

describe('entries', () => {
  test('that block the same have the same id, and no others', () => {
    expect(blockId(block('word', 'Badger'))).toBe(blockId(block('word', 'bádger')));
    expect(blockId(block('word', 'badger'))).toMatch(/^w[a-z2-7]{8}$/);
    const others = [
      block('phrase', 'badger'),
      block('pattern', 'badger'),
      block('pattern', 'Badger'),
      block('member', 'badger'),
      block('channel', 'badger'),
      block('word', 'badgers'),
    ];
    expect(new Set([block('word', 'badger'), ...others].map(blockId)).size).toBe(7);
  });

  test('of members and channels hold for them alone, for a thread as for its channel', () => {
    const blocks = [block('member', 'U1'), block('channel', 'C1'), block('channel', 'T9'), block('word', 'U2')];
    expect(blockedAt(blocks, { channel: 'C2' }, ['U1'])).toBe('member');
    expect(blockedAt(blocks, { channel: 'C2' }, ['workflow', 'U1'])).toBe('member');
    expect(blockedAt(blocks, { channel: 'C1' }, ['U2'])).toBe('channel');
    expect(blockedAt(blocks, { channel: 'C2', thread: 'T9' }, ['U2'])).toBe('channel');
    expect(blockedAt(blocks, { channel: 'C2', thread: 'T1' }, ['U2'])).toBeUndefined();
  });
});
