import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fallback, label, line, paragraphs } from '../../../platforms/slack/blocks.ts';
import { limits } from '../../../platforms/slack/limits.ts';
import { spokenAs } from '../../../platforms/slack/render.ts';
import {
  clock,
  day,
  escaped,
  idIn,
  idsIn,
  inline,
  literal,
  plain,
  readable,
  unquoted,
} from '../../../platforms/slack/text.ts';
import { pingsOf } from '../../support/slack/mentions.ts';

describe('what a message says, in words', () => {
  const names = { U0ADA: 'Ada', W0BOB: 'Bob & Co' };
  test.each([
    ['<@U0ADA> flies past <@W0BOB>', 'Ada flies past Bob & Co'],
    ['<@U0EVE|eve> and <@U0EVE> and <@U0EVE|>', 'eve and somebody and somebody'],
    ['<@U0ADA|a-handle>', 'Ada'],
    ['in <#C0FILMS|films> or <#C0OTHER> or <#C0OTHER|>', 'in #films or or'],
    ['<!subteam^S0CREW|@crew> and <!subteam^S0CREW>', '@crew and'],
    ['<!here> <!channel> <!everyone|everyone> now', 'now'],
    ['at <!date^1392734382^{time}|6:39 AM>', 'at 6:39 AM'],
    ['<https://example.org/a?b=1&amp;c=2> <https://example.org|the page>', 'https://example.org/a?b=1&c=2 the page'],
    ['<mailto:a@example.org|a@example.org> <tel:+441234|+44 1234>', 'a@example.org +44 1234'],
    [':boat: :big_boat: :wave::skin-tone-3:', 'boat big boat wave'],
    ['at 10:30:45, 16:9, C:drive:', 'at 10:30:45, 16:9, C:drive:'],
    ['&lt;b&gt; &amp;lt; a &amp; b', '<b> &lt; a & b'],
    ['*bold* _it_ `code`', '*bold* _it_ `code`'],
    ['  a   boat\n\n  at sea ', 'a boat\n\n at sea'],
    ['', ''],
  ])('%j is %j', (text, words) => {
    expect(readable(text, names)).toBe(words);
  });

  test('of any text no id is left, and nothing that is no markup is lost', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'ab 1.,!?-()') });
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        const words = readable(`${before}<@U0EVE><#C0X><!subteam^S0Y>${after}`);
        expect(words).toBe(`${before}somebody${after}`.replace(/[^\S\n]{2,}/g, ' ').trim());
      }),
    );
  });
});

test.each([
  ['> I said\nyes', '\nyes'.padStart(5)],
  ['&gt; I said\n yes', '  \n yes'],
  ['yes > no', 'yes > no'],
  ['a `<@U0BOT>` b', 'a   b'],
  ['a ```<@U0BOT>\n\n``` b', 'a   b'],
  ['a `b', 'a `b'],
])('of %j what is no quote and no code is %j', (text, rest) => {
  expect(unquoted(text).trim().replace(/ +/g, ' ')).toBe(rest.trim().replace(/ +/g, ' '));
});

test.each([
  ['role', '<!subteam^S0CREW|@crew>', 'S0CREW'],
  ['role', '<!subteam^S0CREW>', 'S0CREW'],
  ['role', ' S0CREW1234 ', 'S0CREW1234'],
  ['role', 'nobody', 'nobody'],
  ['role', '@crew', '@crew'],
  ['role', 'crew', '@crew'],
  ['role', '<@U0ADA|ada>', '@<@U0ADA|ada>'],
  ['member', '<@U0ADA|ada>', 'U0ADA'],
  ['member', '<@W0ADA>', 'W0ADA'],
  ['member', 'U0ADA12345', 'U0ADA12345'],
  ['member', '@ada', '@ada'],
  ['member', 'nobody', '@nobody'],
  ['member', '<!here>', '@<!here>'],
  ['channel', '<#C0FILMS|films>', 'C0FILMS'],
  ['channel', '<#G0FILMS|>', 'G0FILMS'],
  ['channel', 'C0FILMS123', 'C0FILMS123'],
  ['channel', 'None', 'None'],
  ['channel', '#films', '@films'],
  ['channel', '<#D0HERE>', '@<#D0HERE>'],
] as const)('a %s: %j refers to %j', (kind, text, id) => {
  expect(idIn(kind, text)).toBe(id);
});

test('ids that are mentioned without a name, each once', () => {
  expect(idsIn('<@U0ADA> <@W0BOB> <@U0ADA> <@U0EVE|eve> <#C0FILMS> <@u0low>')).toEqual(['U0ADA', 'W0BOB']);
  expect(idsIn('nobody')).toEqual([]);
});

describe('what members write is shown letter by letter', () => {
  test.each([
    ['<!channel> <@U0ADA> & <b>', '&lt;!channel&gt; &lt;@U0ADA&gt; &amp; &lt;b&gt;'],
    ['&lt;', '&amp;lt;'],
    ['a\u202eb\u2066c', 'abc'],
  ])('%j is escaped as %j', (text, safe) => {
    expect(escaped(text)).toBe(safe);
  });

  test('no text pings, as the words of a message or in its blocks', () => {
    const unit = fc.constantFrom(
      '<',
      '>',
      '!',
      '@',
      '|',
      '^',
      'channel',
      'subteam',
      'S0A',
      'U0ADA',
      '&',
      ' ',
      '\u202e',
    );
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        for (const shown of [escaped(text), fallback(text), literal(text)]) {
          const { users, groups, everyone } = pingsOf(shown, [
            line(text, { bold: text }),
            ...paragraphs(text),
          ] as never);
          expect([users.size, groups.size, everyone]).toEqual([0, 0, false]);
        }
      }),
    );
  });

  test('where nothing may format or link, no sign of it stands as it was', () => {
    const safe = literal('*b* _i_ ~s~ `c` https://evil.example <@U0ADA>');
    expect(safe).not.toMatch(/[*_~`](?!\u200b)|https:\/\/|[<>]/);
    expect(safe.replaceAll('\u200b', '')).toBe('*b* _i_ ~s~ `c` https://evil.example &lt;@U0ADA&gt;');
  });

  test('what is shortened says so, and splits no character', () => {
    expect(label('x'.repeat(76), 75).text).toBe(`${'x'.repeat(74)}…`);
    expect(label('🎬'.repeat(76), 75).text).not.toMatch(halves);
    expect(fallback('&'.repeat(2_000))).toBe(`${'&amp;'.repeat(limits.fallback - 1)}…`);
    expect(inline('  a\n\n b\u202e  ')).toBe('a b');
  });
});

test('times are the reader’s own, and say themselves where Slack cannot', () => {
  const at = Date.UTC(2026, 11, 24, 18, 5);
  expect([clock(at), day(at)]).toEqual([
    ...['<!date^1798135500^{time}|18:05 UTC>', '<!date^1798135500^{date_short_pretty}|2026-12-24>'],
  ]);
});

describe('commands as Slack has them', () => {
  const spoken = spokenAs('/dailies', ['video', 'jobs']);
  test.each([
    ['Try /video with a few words.', 'Try /dailies video with a few words.'],
    ['/jobs', '/dailies jobs'],
    ['(/jobs) "/video" and\n/video.', '(/dailies jobs) "/dailies video" and\n/dailies video.'],
    ['/video /video', '/dailies video /dailies video'],
    ['/videos, /video/x, a/video, https://x.example/video', '/videos, /video/x, a/video, https://x.example/video'],
    ['/mentions on', '/mentions on'],
  ])('%j is %j', (text, said) => {
    expect(spoken(text)).toBe(said);
  });
});

/** Halves of characters. */
const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

test('paragraphs lose nothing, split no character, and are as long as they may be', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ' ',
      '\n',
      '🎬',
      '👩‍🚀',
      '\u202e',
      'word ',
      'x'.repeat(1_499),
      'y'.repeat(2_999),
      '🚀'.repeat(1_600),
    ),
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      const parts = paragraphs(text).map((block) => block.text?.text ?? '');
      expect(parts.join('')).toBe(plain(text).trim() === '' ? '' : plain(text));
      for (const part of parts) {
        expect(part.length).toBeGreaterThan(0);
        expect(part.length).toBeLessThanOrEqual(limits.section);
        expect(part).not.toMatch(halves);
      }
    }),
  );
});
