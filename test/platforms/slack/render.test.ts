import { describe, expect, test } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { messagesOf } from '../../../platforms/slack/blocks.ts';
import { limits } from '../../../platforms/slack/limits.ts';
import {
  filmComment,
  filmName,
  filmTitle,
  renderCard,
  renderFilm,
  renderRefusal,
  renderReply,
  renderWords,
  spokenAs,
} from '../../../platforms/slack/render.ts';
import { type Card, filmActions } from '../../../src/domain/card.ts';
import { type Context, commandsOn, findCommand, type Part } from '../../../src/domain/command.ts';
import { jobStates, postPlaces } from '../../../src/domain/job.ts';
import { workflowMember } from '../../../src/domain/origin.ts';
import type { Film } from '../../../src/ports.ts';
import { sandboxCards } from '../../../src/video/cards.ts';
import { cardWith } from '../../support/card.ts';
import { cardLike } from '../../support/poster-contract.ts';
import { expectMessage, expectWholeOrSaid, expectWithin, shownIn } from './held.ts';
import { job } from './poster-rig.ts';
import { buttonsOf, read } from './rig.ts';

const spoken = spokenAs('/dailies', ['video', 'jobs', 'quota', 'mentions', 'help', 'admin']);
const onSlack = commandsOn('slack', commands);
/** 32,000 letters each. */
const prompts: [string, string][] = [
  ['words', 'a paper boat in the rain, '.repeat(1_300).slice(0, 32_000)],
  ['one word', 'x'.repeat(32_000)],
  ['marks', '&<>*_~`'.repeat(5_000).slice(0, 32_000)],
  ['signs of two halves', `a${'🎬'.repeat(16_000)}`],
  ['lines', 'a\n'.repeat(16_000)],
];
const card = (more: Partial<Card>): Card => cardLike(job, 1, { requesterId: 'U0ADA', ...more });
const film = (more: Partial<Film> = {}): Film => ({
  ...{ job, key: `${job}-d1`, repeated: false, before: undefined, note: async () => undefined, card: undefined },
  ...{ requester: 'Ada', requesterId: 'U0ADA', prompt: 'a paper boat', mention: true, spoiler: false, file: 'a.mp4' },
  asset: { name: 'a.mp4', bytes: 1, seconds: 8, width: 1366, height: 768 },
  ...more,
});
const boldOf = (blocks: unknown): string =>
  /"text":"((?:[^"\\]|\\.)*)","style":\{"bold":true\}/.exec(JSON.stringify(blocks))?.[1] ?? '';

describe.each(prompts)('a prompt of 32,000 letters: %s', (_name, prompt) => {
  const oneLine = prompt.replace(/\s+/g, ' ').trim();

  test.each(jobStates)('its card, when it is %s', (state) => {
    const at = state === 'queued' ? { position: 9_999 } : state === 'rendering' ? { eta: Date.now() } : {};
    const message = renderCard(
      card({ ...at, state, prompt, requester: '&'.repeat(80), actions: [...filmActions] }),
      spoken,
    );
    expectMessage(message);
    expectWholeOrSaid(JSON.parse(`"${boldOf(message.blocks)}"`), oneLine);
    expect(message.text).toContain('…');
  });

  test.each(postPlaces)('its film, at the place %s: as it is, smaller, as a link', (place) => {
    const smaller = { bytes: 1e9, before: 1e10 };
    const link = { url: `https://films.example/${'x'.repeat(1_000)}`, until: Date.now() };
    for (const shown of [{ place }, { place, smaller }, { place, link }, { place, smaller, link }]) {
      expectMessage(renderFilm(film({ prompt }), shown));
      expect(filmComment(film({ prompt }), shown).length).toBeLessThanOrEqual(4_000);
    }
    expect([...filmTitle(film({ prompt }))].length).toBeLessThanOrEqual(limits.fileTitle);
    expectWholeOrSaid(filmTitle(film({ prompt })), oneLine);
    expect(filmName(film({ prompt })).length).toBeLessThanOrEqual(limits.fileTitle);
  });

  test('a list of ten', () => {
    const post = { ref: 'C0123456789/1700000000.000001/F0123456789', place: 'asked' as const };
    const cards = Array.from({ length: 10 }, (_, n) =>
      card({ prompt, post, eta: Date.now(), job: `${job.slice(0, -1)}${n}`, actions: [...filmActions] }),
    );
    const message = renderReply(
      {
        parts: [
          { kind: 'text', text: 'Your films:' },
          { kind: 'cards', cards },
        ],
      },
      spoken,
    );
    expectMessage(message);
    expect(buttonsOf(message)).toHaveLength(10);
    expect(read(message).match(/^\d+\. /gm)).toHaveLength(10);
  });

  test('its details: nothing of it is lost', () => {
    const facts = [{ label: 'Prompt', value: prompt }, ...Array(7).fill({ label: 'Model', value: 'x'.repeat(100) })];
    const { blocks } = renderReply({ parts: [{ kind: 'facts', facts }] }, spoken);
    expectWithin(blocks);
    expectWithin(blocks, 'modal');
    expect(shownIn(blocks)).toContain(prompt);
  });

  test('a refusal brings back what was written in vain', () => {
    const said = {
      word: 'field.unknown',
      with: { got: prompt.slice(0, 40), takes: Array(300).fill('abcdefgh') },
    } as const;
    const message = renderRefusal(said, spoken, prompt, [{ label: 'Add me here', actionId: 'slack:join' }]);
    expectMessage(message);
    expect(shownIn(message.blocks)).toContain(prompt);
    expect(read(message)).toMatch(/^⚠️ There is no field/);
  });
});

test('no message holds more letters than Slack takes in all', () => {
  // `msg_blocks_too_long` of chat.postMessage and its like: in no reference, met by others above some 12,000 letters in all blocks
  // (slackapi/bolt-js, issues 2509 and 2867).
  const facts = [{ label: 'Prompt', value: 'x'.repeat(32_000) }];
  const details = renderReply({ parts: [{ kind: 'facts', facts }] }, spoken);
  const refusal = renderRefusal({ word: 'form.late' }, spoken, 'x'.repeat(32_000));
  for (const message of [details, refusal]) {
    const parts = messagesOf(message);
    for (const part of parts) {
      expectMessage(part);
      expect(shownIn(part.blocks).length).toBeLessThan(12_000);
    }
    expect(parts.flatMap(({ blocks }) => blocks)).toEqual(message.blocks);
  }
});

test('a moment is shown in the reader’s own time, with its words where Slack shows none', () => {
  const facts = [{ label: 'New *credits* <!here>', value: '<!channel> | Mon 30 Nov', at: 1_764_460_800_400 }];
  const message = renderReply({ parts: [{ kind: 'facts', facts }] }, spoken);
  expectMessage(message);
  expect(read(message)).toBe(
    '*New *\u200bcredits*\u200b &lt;!here&gt;:* <!date^1764460800^{date_short_pretty} {time}|&lt;!channel&gt;   Mon 30 Nov>',
  );
  expect(message.text).toBe('New *credits* &lt;!here&gt;: &lt;!channel&gt; | Mon 30 Nov');
});

test('an address of the program’s own can be followed, and nothing that only looks like one', () => {
  const facts = [
    { label: 'Page', value: 'https://films.example/c/cabcdefgh?k=1a.b-_c', opens: true } as const,
    { label: 'Page', value: 'https://films.example/<!here>', opens: true } as const,
  ];
  expect(read(renderReply({ parts: [{ kind: 'facts', facts }] }, spoken))).toBe(
    '*Page:* <https://films.example/c/cabcdefgh?k=1a.b-_c>\nPage: https://films.example/<!here>',
  );
});

describe('what commands answer', () => {
  const models = [
    ...sandboxCards,
    ...Array.from({ length: 60 }, (_, n) => cardWith({ id: `model-${n}`, label: `A model of the name of ${n}` })),
  ];
  const context = { commands: onSlack, models } as unknown as Context;
  const topics = [
    '',
    'video',
    'jobs',
    'quota',
    'mentions',
    'help',
    'admin',
    'admin set',
    'admin settings',
    'mentions on',
  ];
  test.each(topics)('help %s', async (topic) => {
    const reply = await findCommand(onSlack, 'help')?.run(topic === '' ? {} : { topic }, context);
    const message = renderReply(reply ?? { parts: [] }, spoken);
    expectMessage(message);
    for (const part of reply?.parts ?? [])
      if (part.kind === 'facts') for (const { value } of part.facts) expect(shownIn(message.blocks)).toContain(value);
  });

  test('the quota after 50 films', async () => {
    const entries = Array.from({ length: 50 }, (_, at) => ({
      at,
      job: `${job}0`,
      kind: 'capture',
      credits: 1_000_000,
    }));
    const lots = Array.from({ length: 40 }, (_, n) => ({ id: `g${n}`, left: 1_000_000, held: 0, expires: n + 1 }));
    const sums = { allowance: 1e9, held: 1, spent: 1e9, pledged: 1e6, left: 0, renewsAt: 0 };
    const given = {
      call: { origin: { user: 'U0ADA' } },
      desk: { quota: async () => ({ ...sums, lots, entries }) },
      policy: { credits: 1e9, timeZone: 'UTC', window: 'week', caps: {} },
      pots: { list: async () => [] },
      why: { tooNew: 3 },
    } as unknown as Context;
    expectMessage(renderReply((await findCommand(onSlack, 'quota')?.run({}, given)) ?? { parts: [] }, spoken));
  });

  test('a price with five buttons of any length: on one row, the first in front', () => {
    const quote = `q${'b'.repeat(16)}`;
    const labels = [
      'Make all 4 for 100 credits',
      '&'.repeat(75),
      'x'.repeat(200),
      `${'🎬'.repeat(30)} y`,
      'Never mind',
    ];
    const buttons = labels.map((label, n) => ({ label, command: 'order make', quote: `${quote}-${n + 1}` }));
    const parts: Part[] = [
      { kind: 'text', text: 'It costs 16 credits.' },
      { kind: 'buttons', buttons },
    ];
    const message = renderReply({ parts }, spoken);
    expectMessage(message);
    const shown = buttonsOf(message).map(({ label }) => label);
    for (const [n, label] of labels.entries()) expectWholeOrSaid(shown[n] ?? '', label);
    expect(message.blocks.at(-1)).toMatchObject({ type: 'actions', elements: [{ style: 'primary' }, {}, {}, {}, {}] });
  });

  test('words with a button', () => {
    const value = 'v'.repeat(limits.buttonValue);
    expectMessage(renderWords('x'.repeat(5_000), [{ label: 'x'.repeat(100), actionId: 'slack:form|video', value }]));
  });
});

describe('a table', () => {
  const rows = (count: number, cell: string) => Array.from({ length: count }, (_, n) => [cell, String(n)]);

  test('is shown in a typeface of fixed width, under its title', () => {
    const part: Part = { kind: 'table', title: 'By member', head: ['Member', 'Films'], rows: rows(2, '<@U1> *x*') };
    const { blocks, text } = renderReply({ parts: [part] }, spoken);
    expect(text).toBe('By member');
    expect(blocks.at(-1)).toEqual({
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_preformatted',
          elements: [{ type: 'text', text: 'Member     Films\n---------  -----\n<@U1> *x*      0\n<@U1> *x*      1' }],
        },
      ],
    });
  });

  test.each([
    ['of many rows', 400, 'x'.repeat(30)],
    ['of wide cells', 3, '🎬'.repeat(4_000)],
  ])('%s is shown whole, in as many messages as it takes', (_name, count, cell) => {
    const part: Part = { kind: 'table', head: ['A', 'B'], rows: rows(count, cell) };
    const message = renderReply({ parts: [part] }, spoken);
    const parts = messagesOf(message);
    for (const one of parts) expectMessage(one);
    const shown = parts.map(({ blocks }) => shownIn(blocks)).join('');
    expect(shown.split(cell)).toHaveLength(count + 1);
    for (const block of message.blocks) expect(shownIn(block).length).toBeLessThanOrEqual(limits.section);
  });

  test('and files say where they are, or that they are not', () => {
    const file: Part = { kind: 'file', name: 'report-2026-11.csv', text: 'a\r\n', type: 'text/csv' };
    const sent = renderReply({ parts: [file] }, spoken);
    expectMessage(sent);
    expect(read(sent)).toBe('The file report-2026-11.csv comes to your direct messages with this bot.');
    const unsent = renderReply({ parts: [file] }, spoken, new Set([file]));
    expectMessage(unsent);
    expect(read(unsent)).toMatch(/^The file report-2026-11\.csv could not be sent/);
  });
});

test('a film of a workflow names the workflow, in blocks and in plain words', () => {
  const by = film({ requesterId: workflowMember, requester: 'workflow' });
  expect(read(renderFilm(by, { place: 'asked' }))).toBe('A workflow: a paper boat');
  expect(filmComment(by, { place: 'asked' })).toBe('A workflow: a paper boat');
});

test.each([
  ['Café Über “quoted”/../x', `cafe-uber-quoted-x-${job}-d1.mp4`],
  ['折り紙の舟', `film-${job}-d1.mp4`],
])('a film of “%s” is called by its words', (prompt, name) => {
  expect(filmName(film({ prompt }))).toBe(name);
});
