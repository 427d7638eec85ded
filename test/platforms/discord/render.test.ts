import { describe, expect, test } from 'vitest';
import { limits } from '../../../platforms/discord/limits.ts';
import { filmName, renderCard, renderFilm, renderRefusal, renderReply } from '../../../platforms/discord/render.ts';
import type { Card } from '../../../src/domain/card.ts';
import type { Part } from '../../../src/domain/command.ts';
import type { Film } from '../../../src/ports.ts';
import { cardLike } from '../../support/poster-contract.ts';
import { buttonsOf, read } from './rig.ts';

const job = 'jaaaaaaaaaaaaaaaa-1';
const ada = '111111111111111111';
const card = (more: Partial<Card>): Card => cardLike(job, 1, { requesterId: ada, ...more });
const film = (more: Partial<Film> = {}): Film => ({
  ...{
    job,
    key: `${job}-d1`,
    repeated: false,
    before: undefined,
    note: async () => undefined,
    requester: 'Ada',
    requesterId: ada,
    prompt: 'a paper boat',
    card: undefined,
  },
  ...{ asset: { name: 'a.mp4', bytes: 1, seconds: 8, width: 1366, height: 768 }, file: 'a.mp4' },
  ...{ mention: true, spoiler: false, ...more },
});

describe('a card', () => {
  test('waits: who, what, and its place in line as of when it was told', () => {
    const { content } = renderCard(card({ line: 'Number 7 in line', position: 7 }), 1_000_000);
    expect(content).toBe(
      `<@${ada}> asked for a film: **a paper boat**\n-# Number 7 in line (<t:1000:R>) · 8 s · 1366x768`,
    );
  });

  test('is being made: when it is expected, counted down by Discord', () => {
    const { content } = renderCard(card({ state: 'rendering', line: 'Being made', eta: 2_000_000 }));
    expect(content).toContain('-# Being made · 8 s · 1366x768 · ready <t:2000:R>');
  });

  test('has its film: one line, and no buttons', () => {
    const { content, components } = renderCard(card({ state: 'delivered', line: 'Here it is', actions: ['again'] }));
    expect(content).toBe(`-# Here it is · <@${ada}>: a paper boat`);
    expect(components).toEqual([]);
  });

  test('has none: why, in words, and what can be done', () => {
    const message = renderCard(
      card({ state: 'failed', line: 'No film. You paid nothing.', actions: ['again', 'details'] }),
    );
    expect(message.content).toBe(`<@${ada}>: **a paper boat**\nNo film. You paid nothing.`);
    expect(buttonsOf(message).map(({ label }) => label)).toEqual(['Make it again', 'Details']);
  });

  test('of a long prompt shows its beginning, within what a message takes', () => {
    const { content } = renderCard(card({ prompt: '*'.repeat(32_000) }));
    expect(content.length).toBeLessThan(limits.content);
    expect(content).toContain('…');
  });

  test('is covered where it was asked to be', () => {
    expect(renderCard(card({ spoiler: true, prompt: 'a||b' })).content).toContain('||a\\|\\|b||');
  });
});

describe('a film', () => {
  test.each([
    ['a paper boat in the rain', `a-paper-boat-in-the-rain-${job}-d1.mp4`],
    ['Café Über “quoted”/../x', `cafe-uber-quoted-x-${job}-d1.mp4`],
    ['折り紙の舟', `film-${job}-d1.mp4`],
    [`${'long '.repeat(30)}end`, `long-long-long-long-long-long-long-long-${job}-d1.mp4`],
  ])('%s is called by its words', (prompt, name) => {
    expect(filmName(film({ prompt }))).toBe(name);
    expect(filmName(film({ prompt, spoiler: true }))).toBe(`SPOILER_film-${job}-d1.mp4`);
  });

  test('has three buttons at most; in a direct message none', () => {
    const shown = renderFilm(film(), { place: 'asked', asked: '1' });
    expect(buttonsOf(shown).map(({ id }) => id)).toEqual(
      ['again', 'details', 'more'].map((action) => `film ${action}|${job}-d1`),
    );
    expect(renderFilm(film(), { place: 'private', asked: '1' }).components).toEqual([]);
  });
});

describe('an answer', () => {
  const reply = (cards: Card[]) => renderReply({ parts: [{ kind: 'cards', cards }] }, '1').message;

  test('of one film offers all that can be done with it, of many what is likely to be wanted', () => {
    const one = card({ state: 'delivered', actions: ['again', 'redeliver', 'details'] });
    expect(buttonsOf(reply([one]))).toHaveLength(3);
    const kept = card({ state: 'rendered', actions: ['redeliver', 'details'] });
    const many = reply([one, card({}), kept]);
    expect(buttonsOf(many).map(({ label }) => label)).toEqual(['2: Cancel', '3: Post it again']);
    expect(read(many.content)).toMatch(/^1\. a paper boat\n-# version 1 · 8 s · 1366x768 · `j/);
  });

  test('of ten films has no more rows than a message takes', () => {
    const ten = reply(Array.from({ length: 10 }, () => card({})));
    expect(ten.components.length).toBeLessThanOrEqual(limits.rows);
    expect(ten.components.every(({ components }) => components.length <= limits.rowButtons)).toBe(true);
  });

  test('that refuses says so in its own words, of any length', () => {
    const said = { word: 'field.unknown', with: { got: '**x**', takes: Array(500).fill('abc') } } as const;
    const { content } = renderRefusal(said);
    expect(content.length).toBeLessThanOrEqual(limits.content);
    expect(read(content)).toMatch(/^⚠️ There is no field "\*\*x\*\*" here/);
  });
});

test('what a fact refers to is shown by its name, where it is an id at all', () => {
  const facts = [
    { label: 'a', value: '77', refers: 'role' },
    { label: 'b', value: '78', refers: 'channel' },
    { label: 'c', value: '79', refers: 'member' },
    { label: 'd', value: '@everyone', refers: 'role' },
    { label: 'e', value: '80' },
  ] as const;
  const { message } = renderReply({ parts: [{ kind: 'facts', facts: [...facts] }] }, '55');
  expect(message.content.split('\n')).toEqual([
    ...['**a:** <@&77>', '**b:** <#78>', '**c:** <@79>', '**d:** \\@everyone', '**e:** 80'],
  ]);
  expect(message.allowed_mentions).toEqual({ parse: [], replied_user: false });
});

test('an address of the program’s own can be followed, and nothing that only looks like one', () => {
  const page = (value: string) => ({ label: 'Page', value, opens: true }) as const;
  const facts = [page('https://films.example/c/cabcdefgh?k=1a.b-_c'), page('https://films.example/c/*x*')];
  expect(renderReply({ parts: [{ kind: 'facts', facts }] }, '55').message.content).toBe(
    '**Page:** https://films.example/c/cabcdefgh?k=1a.b-_c\n**Page:** https:\\/\\/films.example\\/c\\/\\*x\\*',
  );
});

test('a moment is shown in the reader’s own time, and in a file in words', () => {
  const facts = [{ label: 'New *credits*', value: 'Mon 30 Nov, 00:00 UTC', at: 1_764_460_800_400 }];
  expect(renderReply({ parts: [{ kind: 'facts', facts }] }, '55').message.content).toBe(
    '**New \\*credits\\*:** <t:1764460800:f> (<t:1764460800:R>)',
  );
  const long = { kind: 'text', text: 'x'.repeat(limits.content) } as const;
  expect(renderReply({ parts: [{ kind: 'facts', facts }, long] }, '55').files[0]?.text).toMatch(
    /^New \*credits\*: Mon 30 Nov, 00:00 UTC\n/,
  );
});

describe('a table', () => {
  const tableOf = (count: number, wide = 10, title?: string): Part => ({
    kind: 'table',
    ...(title === undefined ? {} : { title }),
    head: ['Member', 'Films'],
    rows: Array.from({ length: count }, (_, n) => ['x'.repeat(wide), String(n)]),
  });
  const text: Part = { kind: 'text', text: 'This month:' };

  test('is a code block under its title, numbers on the right', () => {
    const { message, files } = renderReply({ parts: [text, tableOf(2, 3, 'By member')] }, '1');
    expect(message.content).toBe(
      'This month:\n**By member**\n```\nMember  Films\n------  -----\nxxx         0\nxxx         1\n```',
    );
    expect(files).toEqual([]);
  });

  test('that is too wide comes as a file, and the answer says so', () => {
    const { message, files } = renderReply({ parts: [text, tableOf(2, limits.tableWidth, 'By member')] }, '1');
    expect(read(message.content)).toBe('This month:\nBy member\nIt is in the file `by-member.csv`.');
    expect(files).toMatchObject([{ name: 'by-member.csv', type: 'text/csv' }]);
    expect(files[0]?.text.split('\r\n')).toHaveLength(4);
  });

  test('that leaves no room comes as a file, the last first, and no code block is cut', () => {
    const { message, files } = renderReply({ parts: [text, tableOf(50), tableOf(60)] }, '1');
    expect(message.content.length).toBeLessThanOrEqual(limits.content);
    expect(message.content.match(/```/g)).toHaveLength(2);
    expect(files.map(({ name }) => name)).toEqual(['table.csv']);
    expect(files[0]?.text.split('\r\n')).toHaveLength(62);
    const three = renderReply({ parts: [tableOf(90), tableOf(95), tableOf(99)] }, '1');
    expect(three.files.map(({ name, text }) => `${name} ${text.split('\r\n').length - 2}`)).toEqual([
      'table-2.csv 95',
      'table.csv 99',
    ]);
  });

  test('beside words that fill the message comes as a file, and they do too', () => {
    const { message, files } = renderReply({ parts: [{ kind: 'text', text: 'x'.repeat(5_000) }, tableOf(3)] }, '1');
    expect(message.content.length).toBeLessThanOrEqual(limits.content);
    expect(message.content).not.toContain('```');
    expect(files.map(({ name }) => name)).toEqual(['answer.txt', 'table.csv']);
    expect(files[0]?.text).toContain('Member      Films\n----------  -----\n');
  });

  test('holds nothing that ends its block, formats or looks like a mention', () => {
    const evil = ['```\n@everyone', '<@123456789012345678> <#1> <@&2>', '**b** `c`'];
    const { message } = renderReply({ parts: [{ kind: 'table', head: ['A'], rows: evil.map((one) => [one]) }] }, '1');
    expect(message.content.match(/`/g)).toHaveLength(6);
    expect(message.content).not.toMatch(/@everyone|<[@#]/);
    expect(message.content).toContain('123456789012345678 1 2');
    expect(message.allowed_mentions).toEqual({ parse: [], replied_user: false });
  });

  test('and files of an answer are attached to it, each as it is', () => {
    const file: Part = { kind: 'file', name: 'report-2026-11.csv', text: 'a,b\r\n', type: 'text/csv' };
    const { message, files } = renderReply({ parts: [text, tableOf(1), file] }, '1');
    expect(message.content).toContain('```');
    expect(files).toEqual([{ name: 'report-2026-11.csv', text: 'a,b\r\n', type: 'text/csv' }]);
  });
});
