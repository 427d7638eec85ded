import { describe, expect, test } from 'vitest';
import { limits } from '../../../platforms/discord/limits.ts';
import { filmName, renderCard, renderFilm, renderRefusal, renderReply } from '../../../platforms/discord/render.ts';
import type { Card } from '../../../src/domain/card.ts';
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
