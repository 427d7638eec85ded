import { webApi } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { commands } from '../../../commands/index.ts';
import type { Given } from '../../../platforms/shared/fields.ts';
import { messagesOf } from '../../../platforms/slack/blocks.ts';
import { type Carried, formOf, readCarried } from '../../../platforms/slack/form.ts';
import { homeAway, homeOf } from '../../../platforms/slack/home.ts';
import { readViewId } from '../../../platforms/slack/ids.ts';
import { limits } from '../../../platforms/slack/limits.ts';
import { renderRefusal, renderReply, spokenAs } from '../../../platforms/slack/render.ts';
import { filmActions } from '../../../src/domain/card.ts';
import {
  commandsOn,
  type Field,
  type FileRef,
  findCommand,
  type Leaf,
  type Part,
} from '../../../src/domain/command.ts';
import { pathsOf } from '../../../src/domain/paths.ts';
import { sandboxCards } from '../../../src/video/cards.ts';
import { cardWith } from '../../support/card.ts';
import { useClosing } from '../../support/closing.ts';
import { cardLike } from '../../support/poster-contract.ts';
import { checkView } from '../../support/slack/check-view.ts';
import { startFakeSlack } from '../../support/slack/index.ts';
import { until } from '../../support/until.ts';
import { expectMessage, expectWithin } from './held.ts';
import { job } from './poster-rig.ts';
import { adapterOn, makeWorld } from './rig.ts';

const { closing, later } = useClosing();
const spoken = spokenAs('/dailies', ['video', 'jobs']);
const forms = pathsOf(commandsOn('slack', commands)).filter(({ leaf }) => Object.keys(leaf.fields).length > 0);
const modelsOf = (count: number) => [
  ...sandboxCards,
  ...Array.from({ length: count }, (_, n) =>
    cardWith({
      ...{
        id: `a-model-${n}`,
        label: `A model of the long, long, long, long, long, long, long, long, long, long, long name of ${n}`,
      },
      seconds: [n + 1, n + 2],
      sizes: [{ size: `${640 + n}x480`, shape: '4:3', resolution: `${n}K` }],
    }),
  ),
];
const picture: FileRef = {
  name: `${'🎬'.repeat(250)}.png`,
  open: async function* () {
    yield new Uint8Array(1);
  },
};
const long: Record<Field['kind'], (field: Field) => unknown> = {
  text: (field) => 'x'.repeat('max' in field && field.kind === 'text' ? field.max : 1),
  choice: (field) => (field.kind === 'choice' ? field.choices[0]?.value : ''),
  integer: (field) => (field.kind === 'integer' ? field.max : 0),
  boolean: () => 'yes',
  image: () => undefined,
  model: () => 'a-model-7',
  job: () => `${job}0`,
  member: () => 'U0123456789',
  channel: () => 'C0123456789',
  role: () => 'S0123456789',
  quote: () => `q${'b'.repeat(16)}-4`,
};
/** All fields of a form, filled to the brim. */
const fullOf = (leaf: Leaf): Given => ({
  values: Object.fromEntries(Object.entries(leaf.fields).map(([name, field]) => [name, long[field.kind](field)])),
  files: Object.fromEntries(
    Object.entries(leaf.fields).flatMap(([name, { kind }]) => (kind === 'image' ? [[name, picture] as const] : [])),
  ),
});
const carried: Carried = {
  ...{ channel: 'C0123456789', thread: '1700000000.000001', message: '1700000000.000001' },
  respond: `https://hooks.slack.com/actions/${'x'.repeat(150)}`,
  files: { image: { id: 'F0123456789', name: picture.name } },
};

interface Input {
  block_id: string;
  optional: boolean;
  element: { type: string; initial_value?: string; options?: { text: { text: string }; value: string }[] };
}
const inputsOf = (view: { blocks: readonly object[] }): Input[] =>
  (view.blocks as ({ type: string } & Input)[]).filter(({ type }) => type === 'input');

describe.each([0, 60, 300])('forms, with %i models more', (count) => {
  const models = modelsOf(count);
  const offer = { models, likely: models };

  test.each(forms.map((form) => [form.path, form] as const))(
    'of %s: within all limits, empty and full',
    (path, form) => {
      for (const given of [{ values: {}, files: {} }, fullOf(form.leaf)]) {
        for (const asksWhere of [true, false]) {
          const view = formOf(form, given, offer, { carried, asksWhere, lost: true });
          expect(checkView(view, 'modal')).toEqual([]);
          expectWithin(view.blocks, 'modal');
          if (form.leaf.surfaces.includes('form')) expect(view.title.text).not.toContain('…');
          expect(readViewId(view.callback_id ?? '')).toBe(path);
          expect((view.private_metadata ?? '').length).toBeLessThanOrEqual(limits.metadata);
          expect(readCarried(view.private_metadata ?? '')).toEqual(carried);
        }
      }
    },
  );

  test.each(forms.map((form) => [form.path, form] as const))(
    'of %s: a value is shown whole, or not at all',
    (_path, form) => {
      const given = fullOf(form.leaf);
      const view = formOf(form, given, offer, { carried, asksWhere: false, lost: false });
      for (const { block_id, element } of inputsOf(view)) {
        if (element.initial_value !== undefined) expect(element.initial_value).toBe(String(given.values[block_id]));
        for (const { text } of element.options ?? [])
          if (text.text.length === limits.optionText) expect(text.text).toMatch(/…$/);
        expect(new Set(element.options?.map(({ value }) => value)).size).toBe(element.options?.length ?? 0);
      }
    },
  );
});

describe('the form of /video', () => {
  const leaf = findCommand(commandsOn('slack', commands), 'video') as Leaf;
  const viewOf = (given: Given, count = 0, lost = false) => {
    const models = modelsOf(count);
    return formOf({ path: 'video', leaf }, given, { models, likely: models }, { carried: {}, asksWhere: false, lost });
  };
  const kindOf = (count: number, name: string) =>
    inputsOf(viewOf({ values: {}, files: {} }, count)).find(({ block_id }) => block_id === name)?.element.type;

  test('asks for words and nothing else that must be there', () => {
    const needed = inputsOf(viewOf({ values: {}, files: {} })).filter(({ optional }) => !optional);
    expect(needed.map(({ block_id }) => block_id)).toEqual(['prompt']);
  });

  test('offers what there is, and has it typed where that is more than a list takes', () => {
    expect([kindOf(0, 'model'), kindOf(60, 'model'), kindOf(300, 'model')]).toEqual([
      ...['static_select', 'static_select', 'plain_text_input'],
    ]);
    expect([kindOf(0, 'seconds'), kindOf(300, 'seconds')]).toEqual(['static_select', 'plain_text_input']);
  });

  test.each([2_999, 3_000])('shows %i letters that were written', (letters) => {
    const prompt = 'x'.repeat(letters);
    expect(inputsOf(viewOf({ values: { prompt }, files: {} }))[0]?.element.initial_value).toBe(prompt);
  });

  test('says that what it cannot take along is lost', () =>
    expect(viewOf({ values: {}, files: {} }, 0, true).blocks[0]).toMatchObject({ type: 'context' }));
});

describe('as Slack takes them', () => {
  const text = 'a paper boat '.repeat(2_500).slice(0, 32_000);
  const cards = Array.from({ length: 10 }, (_, n) =>
    cardLike(`${job.slice(0, -1)}${n}`, 1, { prompt: text, actions: [...filmActions] }),
  );
  const parts: [string, Part[]][] = [
    ['a list', [{ kind: 'cards', cards }]],
    ['details', [{ kind: 'facts', facts: [{ label: 'Prompt', value: text }] }]],
    ['a quota', [{ kind: 'facts', facts: Array(15).fill({ label: 'x'.repeat(60), value: '1 credit' }) }]],
  ];

  test('answers are posted as they are', async () => {
    const fake = closing(await startFakeSlack());
    const channel = await fake.makeChannel();
    const client = new webApi.WebClient(fake.token, { slackApiUrl: fake.api, retryConfig: { retries: 0 } });
    const messages = [
      ...parts.map(([, some]) => renderReply({ parts: some }, spoken)),
      renderRefusal({ word: 'form.late' }, spoken, text),
    ];
    const sent = messages.flatMap(messagesOf);
    for (const message of sent) {
      expectMessage(message);
      await client.chat.postMessage({ channel, ...message });
    }
    expect(await fake.messages(channel)).toHaveLength(sent.length);
  });

  test('the page of the bot, with ten films and a long quota, is within all limits', () => {
    const [list, , quota] = parts.map(([, some]) => renderReply({ parts: some }, spoken));
    for (const view of [homeOf('video', quota as never, list as never), homeAway('x'.repeat(10_000))]) {
      expect(checkView(view, 'home')).toEqual([]);
      expectWithin(view.blocks, 'home');
    }
  });

  test('forms and pages are opened', async () => {
    const fake = closing(await startFakeSlack());
    const { ada, channel } = await makeWorld(fake);
    const models = modelsOf(60);
    const { slack } = adapterOn(fake, { models: () => models, usual: () => undefined });
    later(() => slack.receiver.close());
    await slack.receiver.listen(async ({ command }) => ({
      ...{ to: 'private', jobs: [] },
      parts: parts[command === 'jobs' ? 0 : 2]?.[1] ?? [],
    }));
    await fake.slash({ user: ada, channel, command: '/video' });
    await until('the form', () => fake.viewOf(ada).then((view) => view !== null));
    await fake.openHome({ user: ada });
    await until('the page', () => fake.home(ada).then((view) => view !== null));
    expect((await fake.requests()).filter(({ error }) => error !== null)).toEqual([]);
  });
});
