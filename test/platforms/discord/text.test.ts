import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idIn, inline, plain, readable } from '../../../platforms/discord/text.ts';
import { shortened } from '../../../src/domain/letters.ts';

/** Discord's own rule: a backslash before a sign shows the sign. */
const shown = (text: string): string => text.replace(/\\([^0-9A-Za-z\s])/g, '$1');

test.each([
  ['member', '123', '123'],
  ['member', ' <@123> ', '123'],
  ['member', '<@!123>', '123'],
  ['member', '<@&123>', '@<@&123>'],
  ['member', '@ada', '@ada'],
  ['channel', '<#123>', '123'],
  ['channel', '#films', '@films'],
  ['role', '<@&123>', '123'],
  ['role', '<@123>', '@<@123>'],
  ['role', '@everyone', '@everyone'],
  ['role', '1'.repeat(21), `@${'1'.repeat(21)}`],
] as const)('a %s: %j refers to %j', (kind, text, id) => {
  expect(idIn(kind, text)).toBe(id);
});

describe('what members write is shown letter by letter', () => {
  test.each([
    '**bold** _it_ __u__ ~~s~~ `code` ||spoiler||',
    '[a link](https://evil.example) <https://evil.example> https://evil.example/_a_',
    'discord.gg/free-nitro',
    '<@123456789012345678> <@&123> <#123> @everyone @here </video:123> <t:1:R> <:smile:123>',
    '> quote',
    '# heading',
    '- item',
    '-# small',
    '1. one',
    'back\\slash',
  ])('%s', (text) => {
    const escaped = plain(text);
    expect(shown(escaped)).toBe(text);
    // Nothing that opens a format, a link or a mention stands there bare.
    expect(escaped).not.toMatch(/(?<!\\)[*_~`|<>[\]/@]/);
    expect(escaped).not.toMatch(/^\s*[-#+]/m);
    expect(escaped).not.toMatch(/^\s*\d+[.)]/m);
  });

  test('any text comes back as it was, but for signs that turn its direction', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(shown(plain(text))).toBe(text.replace(/[\u202a-\u202e\u2066-\u2069]/g, ''));
      }),
    );
    expect(plain('a\u202eb')).toBe('ab');
  });
});

test('what is shortened says so, and splits no letter', () => {
  expect(shortened('abc', 3)).toBe('abc');
  expect(shortened('abcd', 3)).toBe('ab…');
  expect(shortened('👩‍🚀🚀🚀', 3)).not.toMatch(/[\ud800-\udbff]$/);
  expect(inline('  a\n\n# b  ', 50)).toBe('a # b');
});

test('ids become names or go', () => {
  const users = { '11111111111111111': 'Ada' };
  expect(readable('<@11111111111111111> flies <:rocket:123> past <#222> and <@!999> at <t:99:R>', { users })).toBe(
    'Ada flies rocket past and somebody at',
  );
});
