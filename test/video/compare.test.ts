import { describe, expect, it } from 'vitest';
import { compareModels, type Difference, type Schema } from '../../src/video/compare.ts';
import { cardWith } from '../support/card.ts';

const now = Date.parse('2026-11-23');
const card = cardWith({ extras: { seed: { takes: 'number' } } });
const properties = {
  prompt: { type: 'string', maxLength: 100 },
  seconds: { enum: [4, 8] },
  size: { enum: ['auto', '1280x720'] },
  aspect_ratio: { enum: ['auto', '16:9'] },
  resolution: { enum: ['1K'] },
  n: { type: 'integer' },
  seed: { type: 'integer' },
};
const compare = (change: Schema, cards = [card]) =>
  compareModels(cards, { served: ['m'], schemas: new Map([['m', { properties: { ...properties, ...change } }]]) }, now);
const row = (what: string, file: string, gateway: string): Difference => ({ model: 'm', what, file, gateway });

describe('cards and gateway', () => {
  it('that agree have no difference', () => {
    expect(compare({})).toEqual({ missing: [], differences: [], uncarded: [] });
  });

  it('that tell no parameters are compared by name alone', () => {
    const served = ['m', 'n', 'o'];
    expect(compareModels([card], { served, schemas: new Map() }, now)).toEqual({
      ...{ missing: [], differences: [], uncarded: ['n', 'o'] },
    });
    expect(compareModels([card], { served, schemas: new Map([['m', { type: 'object' }]]) }, now).differences).toEqual(
      [],
    );
  });

  it.each<[string, Schema, Difference[]]>([
    ['lengths', { seconds: { enum: ['8', '12'] } }, [row('seconds', 'only here: 4', 'only there: 12')]],
    [
      'lengths by their other name',
      { seconds: undefined, duration: { enum: [4] } },
      [row('seconds', 'only here: 8', '–')],
    ],
    ['lengths within bounds', { seconds: { minimum: 5, maximum: 60 } }, [row('seconds', 'only here: 4', '5 to 60')]],
    ['lengths as alternatives', { seconds: { anyOf: [{ enum: [4] }, { const: '8' }, { type: 'null' }] } }, []],
    [
      'sizes',
      { size: { enum: ['auto', '16:9', '1920x1080'] } },
      [row('sizes', 'only here: 1280x720', 'only there: 1920x1080')],
    ],
    ['shapes', { aspect_ratio: { enum: ['16:9', '9:16'] } }, [row('aspect_ratio', '–', 'only there: 9:16')]],
    ['tiers', { resolution: { oneOf: [{ enum: ['1K', '2K'] }] } }, [row('resolution', '–', 'only there: 2K')]],
    ['prompts', { prompt: { maxLength: 50 } }, [row('promptMax', '100', '50')]],
    [
      'an extra that the card does not know',
      { negative_prompt: {} },
      [row('extras', 'does not know', 'takes negative_prompt')],
    ],
    ['what every gateway has', { idempotency_key: {}, webhook_url: {}, user: {}, input_reference: {}, model: {} }, []],
    ['what is no schema at all', { seconds: 4, size: null, aspect_ratio: [], resolution: { enum: 'x' } }, []],
  ])('differ in %s', (_what, change, expected) => {
    expect(compare(change).differences).toEqual(expected);
  });

  it('differ in an extra that the gateway does not list', () => {
    const { seed: _, ...rest } = properties;
    const schemas = new Map([['m', { properties: rest }]]);
    expect(compareModels([card], { served: ['m'], schemas }, now).differences).toEqual([
      row('extras', 'knows seed', 'does not list them'),
    ]);
  });

  it.each([
    ['not served', {}, [], ['m'], [row('not served', 'has it', 'does not serve it')]],
    ['served as a snapshot', { snapshots: ['m-1'] }, ['m-1'], [], []],
    [
      'retired and gone, which is as it should be',
      { retiresAt: '2026-09-24' },
      [],
      [],
      [row('not served', 'retired since 2026-09-24', 'does not serve it')],
    ],
    [
      'retired and served all the same',
      { retiresAt: '2026-09-24' },
      ['m'],
      [],
      [row('life', 'retired since 2026-09-24', 'serves it')],
    ],
    ['retiring', { retiresAt: '2026-12-24' }, ['m'], [], [row('life', 'retires on 2026-12-24', 'serves it')]],
    [
      'retiring and gone before its day',
      { retiresAt: '2026-12-24' },
      [],
      ['m'],
      [row('not served', 'retires on 2026-12-24', 'does not serve it')],
    ],
    [
      'without its successor',
      { retiresAt: '2026-12-24', successor: 'x' },
      ['m'],
      [],
      [row('life', 'retires on 2026-12-24', 'serves it'), row('successor', 'x, which is no card', '–')],
    ],
  ])('a model is %s', (_what, change, served, missing, differences) => {
    const found = compareModels([cardWith(change)], { served, schemas: new Map() }, now);
    expect({ missing: found.missing, differences: found.differences }).toEqual({ missing, differences });
    expect(found.uncarded).toEqual([]);
  });
});
