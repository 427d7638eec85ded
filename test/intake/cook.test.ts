import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { say } from '../../src/domain/words.ts';
import { cook, type Kitchen } from '../../src/intake/cook.ts';
import { cardWith } from '../support/card.ts';

const origin: Origin = {
  ...{ platform: 'web', space: 's', channel: 'c', user: 'ada', visibility: 'thread' },
};
const past = '2020-01-01';
const old = cardWith({ id: 'old', label: 'Old', snapshots: ['old-1'], retiresAt: past, successor: 'mid' });
const mid = cardWith({ id: 'mid', label: 'Mid', retiresAt: past, successor: 'new-1' });
const other = cardWith({ id: 'other', label: 'Other' });
const fresh = cardWith({
  ...{ id: 'new', label: 'New', snapshots: ['new-1'] },
  extras: { character_ids: { takes: 'texts', most: 2, by: 'member' } },
});
const all = [old, mid, other, fresh];

const kitchen = (models: ModelCard[], offered: ModelCard[], model?: string): Kitchen => ({
  models,
  offered: () => offered,
  defaults: () => ({ model, extras: {} }),
  pictures: { open: () => Promise.reject(new Error('no picture is expected')) },
  stored: { renew: () => Promise.reject(new Error('no picture is expected')) },
});
const wish = (more: object = {}) => ({ prompt: 'x', count: 1, ...more });
const modelOf = async (...given: Parameters<typeof cook>) => (await cook(...given)).recipe.model;
async function refusal(...given: Parameters<typeof cook>): Promise<UserError> {
  const error = await cook(...given).catch((thrown: unknown) => thrown);
  if (error instanceof UserError) return error;
  throw new Error('it was not refused', { cause: error });
}

describe('a model that was named', () => {
  it.each(['new', 'new-1'])('is sent by the name it was given: %s', async (model) => {
    expect(await modelOf(wish({ model }), origin, kitchen(all, [other, fresh]))).toBe(model);
  });

  it.each(['old', 'old-1'])('and is retired (%s) is refused with its successor’s successor', async (model) => {
    const error = await refusal(wish({ model }), origin, kitchen(all, [other, fresh]));
    expect(error).toMatchObject({ refusal: 'invalid', field: 'model' });
    expect(say(error.said)).toBe('Old is not made any more. Choose New (new) instead.');
  });

  it('and is not served is refused with another that is', async () => {
    const error = await refusal(wish({ model: 'new' }), origin, kitchen(all, [other]));
    expect(say(error.said)).toBe('New is not on offer right now. Choose Other (other) instead.');
  });

  it('is refused in plain words when there is none at all', async () => {
    const error = await refusal(wish({ model: 'new' }), origin, kitchen(all, []));
    expect(error).toMatchObject({ refusal: 'unavailable', said: { word: 'model.none' } });
  });
});

describe('without a name', () => {
  it.each<[string, ModelCard[], string | undefined, string]>([
    ['the first', [other, fresh], undefined, 'new'],
    ['the operator’s', [other, fresh], 'other', 'other'],
    ['the operator’s snapshot', [other, fresh], 'new-1', 'new-1'],
    ['the operator’s, its successor where it is retired', [other, fresh], 'old-1', 'new'],
    ['the next that is served where the operator’s is not', [other], 'new', 'other'],
    ['the successor of a first that is retired', [other, fresh], undefined, 'new'],
  ])('it is %s', async (_what, offered, chosen, expected) => {
    expect(await modelOf(wish(), origin, kitchen(all, offered, chosen))).toBe(expected);
  });

  it.each<[string, ModelCard[], string | undefined, string[]]>([
    ['nothing where it is the usual one', [fresh], undefined, []],
    ['that the usual one is retired', [other, fresh], 'old-1', ['Old is not made any more; New makes this one.']],
    ['that the usual one is not served', [other], 'new', ['New is not on offer right now; Other makes this one.']],
    ['the same of the first of all', [other], undefined, ['Old is not made any more; Other makes this one.']],
  ])('says %s', async (_what, offered, chosen, expected) => {
    const models = chosen === undefined && offered.includes(fresh) ? [fresh] : all;
    const { notes } = await cook(wish(), origin, kitchen(models, offered, chosen));
    expect(notes.map(say)).toEqual(expected);
  });

  it('and without any that is served, nothing is taken', async () => {
    expect((await refusal(wish(), origin, kitchen(all, []))).said.word).toBe('model.none');
  });
});

describe('a film made again', () => {
  const recipe = { model: 'old-1', prompt: 'x', seconds: 4, size: '1280x720' } as const;
  const made = { ...recipe, model: 'new-1' };
  const again = (more: object = {}) => ({ recipe: { ...made, ...more }, parent: 'j', hidden: false });
  /** The same model by another card. */
  const now = (change: object): Kitchen => {
    const card = cardWith({ id: 'new', label: 'New', snapshots: ['new-1'], ...change });
    return kitchen([card], [card]);
  };

  it('is the very same while its model is offered, what its member chose and all', async () => {
    const chosen = again({ extras: { character_ids: ['a'] } });
    expect(await cook(chosen, origin, kitchen(all, [fresh]))).toEqual({ recipe: chosen.recipe, notes: [] });
    expect((await cook(again(), origin, kitchen(all, [fresh]))).recipe).toEqual(made);
  });

  it.each<[string, object, object, object | undefined]>([
    ['keeps what members may still choose', { by: 'member' }, {}, { original: false }],
    ['loses what is the operator’s by now', { by: 'operator' }, {}, undefined],
    ['loses it to the operator’s value', { by: 'operator', value: true }, {}, { original: true }],
    ['loses it to the space’s value', { by: 'operator', value: false }, { original: true }, { original: true }],
    ['loses what is of another kind by now', { takes: 'text', by: 'member' }, {}, undefined],
  ])('%s', async (_what, extra, chosen, expected) => {
    const rules = now({ extras: { original: { takes: 'boolean', ...extra } } });
    const order = again({ extras: { original: false, constructor: 1, toString: 'x' } });
    const { recipe } = await cook(order, origin, { ...rules, defaults: () => ({ extras: { ...chosen } }) });
    expect(recipe).toEqual({ ...made, ...(expected ? { extras: expected } : {}) });
  });

  it.each<[string, object, object, string]>([
    ['its length', { seconds: [8], defaultSeconds: 8 }, {}, 'New makes films of 8 seconds, not 4.'],
    [
      'a prompt so long',
      { promptMax: 3 },
      { prompt: 'a boat' },
      'New takes prompts of at most 3 characters; this one has 6.',
    ],
    ['a picture', { image: 'none' }, { image: 'a.png' }, 'New takes no picture.'],
    [
      'its size',
      { sizes: [{ size: '720x1280', shape: '9:16', resolution: '720p' }] },
      {},
      'New makes films of 720x1280, not 1280x720.',
    ],
  ])('is refused where its model takes %s no more', async (_what, change, more, text) => {
    const error = await refusal(again(more), origin, now(change));
    expect(error.refusal).toBe('invalid');
    expect(say(error.said)).toBe(text);
  });

  it('is refused when its picture is gone, and keeps it when it is there', async () => {
    const renewed: string[] = [];
    const stored = (there: boolean) => ({ stored: { renew: async (name: string) => renewed.push(name) > 0 && there } });
    const order = again({ image: 'a.png' });
    const rules = now({ image: 'first_frame' });
    expect((await cook(order, origin, { ...rules, ...stored(true) })).recipe).toEqual(order.recipe);
    expect(renewed).toEqual(['a.png']);
    const error = await refusal(order, origin, { ...rules, ...stored(false) });
    expect(say(error.said)).toMatch(/^The picture that this film begins with is not kept any more/);
  });

  it('is refused with the successor when its model retired', async () => {
    const error = await refusal({ recipe, parent: 'j', hidden: false }, origin, kitchen(all, [other, fresh]));
    expect(say(error.said)).toBe('Old is not made any more. Choose New (new) instead.');
  });
  it('is refused with what there is when its model is no card any more', async () => {
    const error = await refusal({ recipe, parent: 'j', hidden: false }, origin, kitchen([other], [other]));
    expect(say(error.said)).toBe('There is no model "old-1". Choose other.');
  });
});

describe('a size', () => {
  const sized = cardWith({
    label: 'Sized',
    sizes: [
      { size: '1365x768', shape: '16:9', resolution: '1K' },
      { size: '768x1365', shape: '9:16', resolution: '1K' },
    ],
  });
  it.each([
    [{ size: '1365x768' }, '1365x768', undefined],
    [{ size: ' 768X1365 ' }, '768x1365', undefined],
    [{ size: 'auto', shape: 'portrait' }, '768x1365', undefined],
    [{ size: '9:16' }, '768x1365', undefined],
    [{ size: '1024x1024' }, '1365x768', '1024x1024'],
    [{ size: '1080x1920', shape: 'landscape' }, '768x1365', '1080x1920'],
    [{ size: '1920x1080', shape: 'square' }, '1365x768', '1920x1080'],
    [{ size: '4:3' }, '1365x768', '4:3'],
    [{ size: 'auto', shape: 'square' }, '1365x768', 'square'],
  ])('%o comes as %s, and what was asked (%s) is said where it is another', async (given, size, asked) => {
    const { recipe, notes } = await cook(wish(given), origin, kitchen([sized], [sized]));
    expect(recipe.size).toBe(size);
    const told = `Sized makes nothing that is ${asked}; the nearest it makes is ${size}.`;
    expect(notes.map(say)).toEqual(asked === undefined ? [] : [told]);
  });

  it.each(['huge', '0x0', '1024x', '10x10x10', '0:9'])('that is none is refused: %s', async (size) => {
    const error = await refusal(wish({ size }), origin, kitchen([sized], [sized]));
    expect(error).toMatchObject({ refusal: 'invalid', field: 'size', said: { word: 'shape.unknown' } });
  });
});

describe('characters', () => {
  const all = [fresh];
  it.each([['a'], ['a,b'], ['a b'], [' a , b ']])(
    '%j are sent as a list, where the card lets members',
    async (characters) => {
      const { recipe } = await cook(wish({ characters }), origin, kitchen(all, all));
      expect(recipe.extras).toEqual({ character_ids: characters.match(/\w/g) });
    },
  );
  it('are refused beyond what the card takes', async () => {
    const error = await refusal(wish({ characters: 'a,b,c' }), origin, kitchen(all, all));
    expect(say(error.said)).toBe('"characters" takes at most 2, not 3.');
    expect(error.field).toBe('characters');
  });
});
