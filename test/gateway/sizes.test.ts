import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SpaceDefaults } from '../../src/domain/extras.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import type { Recipe } from '../../src/domain/recipe.ts';
import { say } from '../../src/domain/words.ts';
import { cardWith } from '../support/card.ts';
import { type IntakeRig, intakeOn, textOf } from '../support/intake.ts';
import { redisKinds, startRedis, type TestRedis } from '../support/redis.ts';

const page = cardWith({
  ...{ id: 'page', label: 'Page', seconds: [4, 8, 12], image: 'first_frame', promptMax: 1000 },
  snapshots: ['page-2025-10-06'],
  sizes: [
    { size: '1365x768', shape: '16:9', resolution: '1K' },
    { size: '768x1365', shape: '9:16', resolution: '1K' },
    { size: '2730x1536', shape: '16:9', resolution: '2K' },
    { size: '683x384', shape: '16:9', resolution: '0.5K' },
  ],
  extras: {
    character_ids: { takes: 'texts', most: 2 },
    delete_video: { takes: 'boolean' },
    detect_and_block_ip: { takes: 'boolean', by: 'member' },
    seed: { takes: 'number', value: 1 },
  },
});
const wide = cardWith({
  ...{ id: 'wide', label: 'Wide' },
  sizes: [
    { size: '1600x400', shape: '4:1', resolution: '1K' },
    { size: '1600x200', shape: '8:1', resolution: '1K' },
  ],
});
const models = [page, wide];

interface Row {
  parameter: string;
  does: string;
  said: Record<string, unknown>;
  defaults?: SpaceDefaults;
  recipe: Partial<Recipe>;
}
const operator = (extras: SpaceDefaults['extras'], model?: string): { defaults: SpaceDefaults } => ({
  defaults: { model, extras },
});
const deleted = { delete_video: true };

/** Each parameter of the gateway's page that a member or an operator says, and what the film is then ordered with. */
const rows: Row[] = [
  { parameter: 'duration', does: 'is said as seconds', said: { seconds: 8 }, recipe: { seconds: 8 } },
  { parameter: 'duration', does: 'is the model’s own where none is said', said: {}, recipe: { seconds: 4 } },
  { parameter: 'seconds', does: 'may come as text', said: { seconds: '12' }, recipe: { seconds: 12 } },
  { parameter: 'size', does: 'in pixels is taken as it is', said: { size: '768x1365' }, recipe: { size: '768x1365' } },
  {
    parameter: 'size',
    does: 'wins over aspect_ratio and resolution',
    said: { size: '1365x768', shape: 'portrait', resolution: '2K' },
    recipe: { size: '1365x768' },
  },
  {
    parameter: 'size',
    does: 'in pixels that it does not make comes as the nearest it makes',
    said: { size: '1920x1080' },
    recipe: { size: '1365x768' },
  },
  {
    parameter: 'size',
    does: 'is mapped as the page’s own sample has it',
    said: { size: '1024x1024' },
    recipe: { size: '1365x768' },
  },
  { parameter: 'size', does: 'as a ratio is the shape alone', said: { size: '9:16' }, recipe: { size: '768x1365' } },
  {
    parameter: 'size',
    does: 'as a ratio leaves the scale to resolution',
    said: { size: '16:9', resolution: '2K', shape: 'portrait' },
    recipe: { size: '2730x1536' },
  },
  {
    parameter: 'size',
    does: 'auto is as good as nothing',
    said: { size: 'auto', shape: 'portrait' },
    recipe: { size: '768x1365' },
  },
  {
    parameter: 'aspect_ratio',
    does: 'alone has the default scale',
    said: { shape: 'portrait' },
    recipe: { size: '768x1365' },
  },
  {
    parameter: 'aspect_ratio',
    does: '7:1 between 4:1 and 8:1 is 8:1',
    said: { model: 'wide', size: '7:1' },
    recipe: { size: '1600x200' },
  },
  {
    parameter: 'aspect_ratio',
    does: 'any other is the nearest',
    said: { size: '2.39:1' },
    recipe: { size: '1365x768' },
  },
  {
    parameter: 'resolution',
    does: 'alone keeps the default shape',
    said: { resolution: '2K' },
    recipe: { size: '2730x1536' },
  },
  {
    parameter: 'resolution',
    does: 'beside a shape is the scale',
    said: { shape: 'landscape', resolution: '0.5K' },
    recipe: { size: '683x384' },
  },
  {
    parameter: 'resolution',
    does: 'of a tier that it lacks is the nearest',
    said: { resolution: '4K' },
    recipe: { size: '2730x1536' },
  },
  {
    parameter: 'resolution',
    does: 'in megapixels: 0.25 is half of 1K',
    said: { resolution: '0.25' },
    recipe: { size: '683x384' },
  },
  { parameter: 'resolution', does: 'in megapixels: 1 is 1K', said: { resolution: '1' }, recipe: { size: '1365x768' } },
  { parameter: 'resolution', does: 'auto is the default', said: { resolution: 'auto' }, recipe: { size: '1365x768' } },
  { parameter: 'model', does: 'is the first where none is said', said: {}, recipe: { model: 'page' } },
  {
    parameter: 'model',
    does: 'may be a snapshot',
    said: { model: 'PAGE-2025-10-06' },
    recipe: { model: 'page-2025-10-06' },
  },
  {
    parameter: 'model',
    does: 'is the operator’s for the space where none is said',
    said: {},
    ...operator({}, 'page-2025-10-06'),
    recipe: { model: 'page-2025-10-06' },
  },
  {
    parameter: 'model',
    does: 'of a member wins over the operator’s',
    said: { model: 'wide' },
    ...operator({}, 'page'),
    recipe: { model: 'wide' },
  },
  {
    parameter: 'detect_and_block_ip',
    does: 'is the member’s option "original"',
    said: { original: 'yes' },
    recipe: { extras: { seed: 1, detect_and_block_ip: true } },
  },
  {
    parameter: 'detect_and_block_ip',
    does: 'of a member wins over the operator’s',
    said: { original: 'no' },
    ...operator({ detect_and_block_ip: true }),
    recipe: { extras: { seed: 1, detect_and_block_ip: false } },
  },
  {
    parameter: 'delete_video',
    does: 'is the operator’s',
    said: {},
    ...operator(deleted),
    recipe: { extras: { seed: 1, ...deleted } },
  },
  {
    parameter: 'character_ids',
    does: 'are the operator’s unless the card lets members',
    said: {},
    ...operator({ character_ids: ['char_1'] }),
    recipe: { extras: { seed: 1, character_ids: ['char_1'] } },
  },
  { parameter: 'unknown ones', does: 'have the card’s value', said: {}, recipe: { extras: { seed: 1 } } },
  {
    parameter: 'unknown ones',
    does: 'have the space’s over the card’s',
    said: {},
    ...operator({ seed: 7 }),
    recipe: { extras: { seed: 7 } },
  },
  {
    parameter: 'unknown ones',
    does: 'go to no model that does not list them',
    said: { model: 'wide' },
    ...operator({ seed: 7 }),
    recipe: { model: 'wide' },
  },
];

describe('what is said becomes what is ordered', () => {
  let engine: TestRedis;
  let redis: ReturnType<TestRedis['connect']>;
  beforeAll(async () => {
    engine = await startRedis(redisKinds[0] as (typeof redisKinds)[number]);
    redis = engine.connect();
  });
  beforeEach(() => redis.flushall());
  afterAll(() => engine.close());
  const open = (defaults: SpaceDefaults = { extras: {} }): IntakeRig =>
    intakeOn(redis, { models, offered: () => models, defaults: () => defaults });

  it.each(rows.map((row) => [row.parameter, row.does, row] as const))('%s: %s', async (_parameter, _does, row) => {
    const { said, defaults, recipe } = row;
    const rig = open(defaults);
    const ref = await rig.film('video', { prompt: 'a boat', ...said });
    const { recipe: ordered } = (await rig.read(ref)).request;
    expect(ordered).toMatchObject(recipe);
    if (ordered.model === 'wide') expect(ordered.extras).toBeUndefined();
    else expect(ordered.extras).toEqual(recipe.extras ?? { seed: 1 });
  });

  it('n: so many jobs of one film each, one hold, one answer', async () => {
    const rig = open();
    const call = rig.callOf('video', { prompt: 'a boat', count: 3 });
    const reply = await rig.intake.handle(call);
    expect(new Set(reply.jobs).size).toBe(3);
    expect(textOf(reply)).toMatch(/^Your 3 films are on the way: 4 seconds each.* 12 credits are set aside, 48 left/);
    const jobs = await Promise.all(reply.jobs.map((id) => rig.read({ space: spaceKey(call.origin), id })));
    expect(jobs.map(({ request }) => request.price)).toEqual([4, 4, 4]);
    for (const { request } of jobs) expect(request.recipe).not.toHaveProperty('n');
  });

  const refusals: [string, string, Record<string, unknown>, string, string][] = [
    ['duration', 'that it does not make', { seconds: 5 }, 'seconds', 'Page makes films of 4, 8, or 12 seconds, not 5.'],
    ['size', 'that is none', { size: '1920x' }, 'size', '"1920x" is not a shape.'],
    ['aspect_ratio', 'that is none', { size: 'round' }, 'size', '"round" is not a shape.'],
    ['resolution', 'that is none', { resolution: 'best' }, 'resolution', '"best" is not a resolution.'],
    ['model', 'that is none', { model: 'dream' }, 'model', 'There is no model "dream". Choose page or wide.'],
    ['input_reference', 'where it takes none', { model: 'wide', image: true }, 'image', 'Wide takes no picture.'],
    [
      'character_ids',
      'which are the operator’s',
      { characters: 'char_1' },
      'characters',
      '"characters" is chosen by the people who run this bot, not with a film. Leave it out.',
    ],
    [
      'detect_and_block_ip',
      'where it does not know it',
      { model: 'wide', original: true },
      'original',
      'Wide has no use for "original". Leave it out.',
    ],
    [
      'detect_and_block_ip',
      'that is neither yes nor no',
      { original: 'maybe' },
      'original',
      '"original" takes yes or no, not "maybe".',
    ],
    [
      'openai_api_key',
      'of a member',
      { openai_api_key: 'sk-1' },
      'openai_api_key',
      'There is no field "openai_api_key" here.',
    ],
    ['unknown ones', 'of a member', { seed: 7 }, 'seed', 'There is no field "seed" here.'],
  ];
  it.each(refusals)(
    '%s: one %s is refused in plain words',
    async (_parameter, _does, { image, ...said }, field, text) => {
      const rig = open();
      const file = {
        name: '600x400.png',
        open: async function* () {
          yield new Uint8Array(1);
        },
      };
      const error = await rig.refused('video', { prompt: 'a boat', ...said }, image ? { files: { image: file } } : {});
      expect(error.field).toBe(field);
      expect(say(error.said)).toContain(text);
    },
  );
});
