import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jobIds } from '../../src/domain/job.ts';
import { type ModelCard, modelCardSchema, priceOf } from '../../src/domain/model.ts';
import {
  type Choice,
  cheaper,
  choicesMax,
  firstJobOf,
  type Means,
  orderDigest,
  quoteId,
  quotePattern,
  readQuote,
} from '../../src/domain/quote.ts';

const wide = { size: '1366x768', shape: '16:9', resolution: '1K' } as const;
const tall = { size: '768x1366', shape: '9:16', resolution: '1K' } as const;
const card = (id: string, change: Partial<ModelCard> = {}): ModelCard => ({
  ...modelCardSchema.parse({
    id,
    label: id,
    seconds: [4, 8, 12, 16, 20],
    defaultSeconds: 8,
    sizes: [wide, tall],
    weight: 1,
    money: 0.1,
    promptMax: 100,
    image: 'first_frame',
  }),
  ...change,
});
const grand = card('grand');
const small = card('small', { weight: 0.5, sizes: [{ size: '854x480', shape: '16:9', resolution: '0.5K' }] });
const asked = (seconds: number, count = 1, recipe: Partial<Choice['recipe']> = {}): Choice => ({
  recipe: { model: 'grand', prompt: 'a boat', seconds, size: '1366x768', ...recipe },
  count,
  price: seconds,
  notes: [],
});
const means = (change: Partial<Means> = {}): Means => ({
  models: [grand],
  left: 1000,
  confirmAbove: 16,
  ...change,
});
const brief = (...given: Parameters<typeof cheaper>) =>
  cheaper(...given).map(({ model, seconds, price }) => `${model} ${seconds}s ${price}`);

describe('a shorter film of the same model', () => {
  test.each([
    ['the longest that needs no asking', asked(20), means(), ['grand 16s 16']],
    ['or that costs half, where that is more', asked(20, 3), means(), ['grand 8s 8']],
    ['half, where everything is asked about', asked(20), means({ confirmAbove: 0 }), ['grand 8s 8']],
    ['the longest that can be paid', asked(20), means({ left: 13 }), ['grand 12s 12']],
    [
      'the longest that can be paid, also where half would be less',
      asked(20, 4),
      means({ left: 50 }),
      ['grand 12s 12'],
    ],
    ['which several are reckoned for together', asked(20, 3), means({ left: 30 }), ['grand 8s 8']],
    ['none, where the shortest was asked for', asked(4, 8), means(), []],
    ['none, where nothing can be paid', asked(20), means({ left: 3 }), []],
  ])('%s', (_name, choice, given, expected) => {
    expect(brief(choice, given)).toEqual(expected);
  });

  test('of a snapshot stays of the snapshot', () => {
    const models = [card('grand', { snapshots: ['grand-1'] })];
    expect(brief(asked(20, 1, { model: 'grand-1' }), means({ models }))).toEqual(['grand-1 16s 16']);
  });
});

describe('a film of another model', () => {
  const others = (models: ModelCard[], choice = asked(20), change: Partial<Means> = {}) =>
    brief(choice, means({ models: [grand, ...models], ...change })).filter((line) => !line.startsWith('grand'));

  test('the cheapest, no longer than the one asked for', () => {
    const tiny = card('tiny', { weight: 0.25, seconds: [2, 24] });
    expect(others([small])).toEqual(['small 20s 10']);
    expect(others([small, tiny])).toEqual(['tiny 2s 1']);
  });

  test('of two at one price, the longer', () => {
    expect(others([card('short', { weight: 1, seconds: [10] }), small])).toEqual(['small 20s 10']);
  });

  const unfit: [string, Partial<ModelCard>, Choice][] = [
    ['makes no such shape', { sizes: [tall] }, asked(20)],
    ['takes no picture, and there is one', { image: 'none' }, asked(20, 1, { image: 'a.png' })],
    ['takes no prompt that long', { promptMax: 5 }, asked(20)],
    ['makes only longer ones', { seconds: [24], weight: 0.1 }, asked(20)],
    ['costs as much', { seconds: [20] }, asked(20)],
  ];
  test.each(unfit)('none that %s', (_name, change, choice) => {
    expect(others([card('other', change)], choice)).toEqual([]);
    expect(others([card('other')], choice)).toEqual(['other 16s 16']);
  });

  test('is asked for in the shape of the film', () => {
    const [less] = cheaper(asked(4, 5, { size: '768x1366' }), means({ models: [grand, card('low', { weight: 0.5 })] }));
    expect(less).toEqual({ model: 'low', seconds: 4, shape: '768:1366', price: 2 });
  });
});

test('whatever is offered is cheaper, can be paid, and can be made', () => {
  const seconds = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
  const models = fc.array(fc.record({ seconds, weight: fc.double({ min: 0.1, max: 5, noNaN: true }) }), {
    minLength: 1,
    maxLength: 4,
  });
  const numbers = fc.record({
    count: fc.integer({ min: 1, max: 4 }),
    left: fc.integer({ min: 0, max: 200 }),
    confirmAbove: fc.integer({ min: 0, max: 50 }),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(models, numbers, (given, { count, left, confirmAbove, pick }) => {
      const cards = given.map(({ seconds: lengths, weight }, index) =>
        card(`m${index}`, { seconds: lengths.sort((a, b) => a - b) as ModelCard['seconds'], weight }),
      );
      const [first] = cards as [ModelCard];
      const length = first.seconds[pick % first.seconds.length] as number;
      const choice = { ...asked(length, count, { model: 'm0' }), price: priceOf(first, length) };
      const found = cheaper(choice, { models: cards, left, confirmAbove });
      expect(found.length).toBeLessThan(choicesMax);
      for (const less of found) {
        const model = cards.find(({ id }) => id === less.model) as ModelCard;
        expect(model.seconds).toContain(less.seconds);
        expect(less.price).toBe(priceOf(model, less.seconds));
        expect(less.price * count).toBeLessThan(choice.price * count);
        expect(less.price * count).toBeLessThanOrEqual(left);
        expect(less.seconds).toBeLessThanOrEqual(length);
      }
      expect(new Set(found.map(({ model }) => model)).size).toBe(found.length);
    }),
  );
});

describe('a quote’s id', () => {
  test('follows from its call, and names the call’s jobs', () => {
    expect(quoteId('web:s:ada:1')).toBe(quoteId('web:s:ada:1'));
    expect(quoteId('web:s:ada:1')).not.toBe(quoteId('web:s:ada:2'));
    expect(firstJobOf(quoteId('web:s:ada:1'))).toBe(jobIds('web:s:ada:1', 1)[0]);
  });

  test('with a number names a choice, and fits the id of a chat’s button', () => {
    const id = quoteId('k');
    expect(readQuote(id)).toEqual({ id, index: -1 });
    expect(readQuote(`${id}-${choicesMax}`)).toEqual({ id, index: choicesMax - 1 });
    expect(`order make ${id}-4`.length).toBeLessThan(100);
    for (const wrong of ['', `${id}-5`, `${id}-0`, `${id}-11`, id.slice(1), `${id}\n`, id.toUpperCase()]) {
      expect(quotePattern.test(wrong)).toBe(false);
    }
  });

  test('the digest tells what is ordered and where', () => {
    const origin = {
      platform: 'web',
      space: 's',
      channel: 'c',
      thread: 't',
      user: 'ada',
      visibility: 'thread',
    } as const;
    const one = orderDigest(asked(8), origin);
    const dearer = { ...asked(8), price: 99 };
    expect(orderDigest(dearer, { ...origin, message: 'm' })).toBe(one);
    for (const other of [asked(4), asked(8, 2)]) expect(orderDigest(other, origin)).not.toBe(one);
    expect(orderDigest(asked(8), { ...origin, thread: 'u' })).not.toBe(one);
  });
});
