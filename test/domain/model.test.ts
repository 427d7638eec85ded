import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import { chooseSize, type ModelCard, priceOf } from '../../src/domain/model.ts';
import type { Size } from '../../src/domain/recipe.ts';

type Sizes = ModelCard['sizes'];
const card = (sizes: Sizes, weight = 1): ModelCard => ({
  id: 'm',
  label: 'M',
  seconds: [4, 8],
  defaultSeconds: 4,
  sizes,
  weight,
  promptMax: 100,
  image: 'none',
  repeatWithin: 0,
  deadline: 1,
  reconcileFor: 2,
});
const page = card([
  { size: '1365x768', shape: '16:9', resolution: '1K' },
  { size: '768x1365', shape: '9:16', resolution: '1K' },
]);
const wide = card([
  { size: '400x100', shape: '4:1', resolution: '0.5K' },
  { size: '800x100', shape: '8:1', resolution: '0.5K' },
]);
const tiers = card([
  { size: '1280x720', shape: '16:9', resolution: '1K' },
  { size: '2560x1440', shape: '16:9', resolution: '2K' },
  { size: '720x720', shape: '1:1', resolution: '1K' },
]);

const side = fc.integer({ min: 16, max: 8192 });
const size = fc.tuple(side, side).map(([width, height]): Size => `${width}x${height}`);
const someCard = fc
  .uniqueArray(size, { minLength: 1, maxLength: 8 })
  .map((sizes) => card(sizes.map((one) => ({ size: one, shape: '?', resolution: '1K' })) as Sizes));

describe('the size for a wish', () => {
  it.each([
    [page, {}, '1365x768'],
    [page, { size: 'auto', shape: '', resolution: 'auto' }, '1365x768'],
    [page, { shape: 'portrait' }, '768x1365'],
    [page, { shape: '9:16' }, '768x1365'],
    [page, { size: '1080x1920' }, '768x1365'],
    [page, { size: '9:16' }, '768x1365'],
    [page, { size: '1365x768', shape: 'portrait', resolution: '4K' }, '1365x768'],
    [page, { shape: 'square' }, '1365x768'],
    [wide, { shape: '7:1' }, '800x100'],
    [wide, { shape: '11:2' }, '400x100'],
    [wide, { shape: '29:5' }, '800x100'],
    [tiers, { shape: 'landscape' }, '1280x720'],
    [tiers, { resolution: '4K' }, '2560x1440'],
    [tiers, { shape: 'square', resolution: '4K' }, '720x720'],
    [tiers, { shape: 'landscape', resolution: '1080p' }, '2560x1440'],
    [tiers, { size: '2000x1125' }, '2560x1440'],
    [tiers, { size: '1500x844' }, '1280x720'],
  ])('%# is the nearest that the model has', (model, wish, expected) => {
    expect(chooseSize(model, wish)).toBe(expected);
  });

  it('follows the picture where nothing is said, and words where something is', () => {
    expect(chooseSize(page, {}, 600 / 800)).toBe('768x1365');
    expect(chooseSize(page, { shape: 'landscape' }, 600 / 800)).toBe('1365x768');
  });

  it('is always one that the model has', () => {
    const word = fc.constantFrom(undefined, '', 'auto');
    const ratio = fc.tuple(side, side).map(([width, height]) => `${width}:${height}`);
    const wish = fc.record({
      size: fc.oneof(word, size, ratio),
      shape: fc.oneof(word, ratio, fc.constantFrom('landscape', 'portrait', 'square')),
      resolution: fc.oneof(word, fc.constantFrom('1K', '4K', '720p', '0.25', '2.5K')),
    });
    fc.assert(
      fc.property(someCard, wish, (model, said) => {
        expect(model.sizes.map((entry) => entry.size)).toContain(chooseSize(model, said));
      }),
    );
  });

  it('is the very one that was asked for, where the model has it', () => {
    fc.assert(
      fc.property(someCard, fc.nat(), fc.constantFrom('16:9', 'square'), (model, pick, shape) => {
        const asked = model.sizes[pick % model.sizes.length]?.size;
        expect(chooseSize(model, { size: asked, shape, resolution: '4K' })).toBe(asked);
      }),
    );
  });

  it.each([
    [{ shape: 'round' }, 'shape.unknown', 'shape'],
    [{ size: '0x100' }, 'shape.unknown', 'size'],
    [{ size: '16:0' }, 'shape.unknown', 'size'],
    [{ size: '1e3x5' }, 'shape.unknown', 'size'],
    [{ resolution: 'good' }, 'resolution.unknown', 'resolution'],
    [{ resolution: '0' }, 'resolution.unknown', 'resolution'],
  ])('%o is refused with its field', (wish, word, field) => {
    expect(() => chooseSize(page, wish)).toThrow(UserError);
    expect(() => chooseSize(page, wish)).toThrow(
      expect.objectContaining({ field, said: expect.objectContaining({ word }) }),
    );
  });
});

describe('the price', () => {
  it.each([
    [1, 8, 8],
    [0.5, 4, 2],
    [0.5, 5, 3],
    [0.1, 4, 1],
    [1.1, 10, 11],
    [0.7, 10, 7],
  ])('of weight %d for %i seconds is %i credits', (weight, seconds, credits) => {
    expect(priceOf(card(page.sizes, weight), seconds)).toBe(credits);
  });
});
