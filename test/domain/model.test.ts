import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import {
  cardFor,
  chooseSize,
  isRetired,
  type ModelCard,
  moneyOf,
  priceOf,
  ratioOf,
  tierOf,
} from '../../src/domain/model.ts';
import { pixels, type Size } from '../../src/domain/recipe.ts';
import { cardWith } from '../support/card.ts';

type Sizes = ModelCard['sizes'];
const card = (sizes: Sizes, weight = 1): ModelCard => cardWith({ sizes, weight });
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

  const word = fc.constantFrom(undefined, '', 'auto', ' AUTO ');
  const ratio = fc.tuple(side, side).map(([width, height]) => `${width}:${height}`);
  const tier = fc.constantFrom('0.25', '1', '0.5K', '1K', '2K', '4K', '8k', '720p', '1080p', '2.5K');
  const wish = fc.record({
    size: fc.oneof(word, size, ratio),
    shape: fc.oneof(word, ratio, fc.constantFrom('landscape', 'portrait', 'square')),
    resolution: fc.oneof(word, tier),
  });

  it('is always one that the model has', () => {
    fc.assert(
      fc.property(someCard, wish, fc.option(fc.double({ min: 0.1, max: 10, noNaN: true })), (model, said, natural) => {
        expect(model.sizes.map((entry) => entry.size)).toContain(chooseSize(model, said, natural ?? undefined));
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
    const twins = card([
      { size: '8000x4000', shape: '2:1', resolution: '8K' },
      { size: '8000x4001', shape: '2:1', resolution: '8K' },
    ]);
    expect(chooseSize(twins, { size: '8000x4001' })).toBe('8000x4001');
  });

  /** Shapes and tiers freely mixed: every shape in every tier. */
  const ratios = [
    [16, 9],
    [9, 16],
    [1, 1],
    [4, 3],
    [4, 1],
    [8, 1],
  ] as const;
  const grid = card(
    ratios.flatMap(([width, height]) =>
      ['1K', '0.5K', '2K', '4K'].map((resolution) => {
        const unit = ((tierOf(resolution) ?? 0) * 1.28) / Math.max(width, height);
        return {
          size: `${Math.round(width * unit)}x${Math.round(height * unit)}` as Size,
          shape: `${width}:${height}`,
          resolution,
        };
      }),
    ),
  );
  const ofGrid = (chosen: Size) => grid.sizes.find((entry) => entry.size === chosen);

  it('has the nearest shape of all, whatever the scale', () => {
    fc.assert(
      fc.property(side, side, tier, (width, height, resolution) => {
        const chosen = pixels(chooseSize(grid, { shape: `${width}:${height}`, resolution }));
        const off = (entry: { width: number; height: number }) =>
          Math.abs(Math.log((entry.width * height) / (entry.height * width)));
        const best = Math.min(...grid.sizes.map((entry) => off(pixels(entry.size))));
        expect(off(chosen) - best).toBeLessThan(0.005);
      }),
    );
  });

  it('does not change with how the same ratio is written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 2, max: 99 }),
        (a, b, k) => {
          const plain = chooseSize(grid, { shape: `${a}:${b}` });
          expect(chooseSize(grid, { shape: `${a * k}:${b * k}` })).toBe(plain);
          expect(chooseSize(grid, { size: `${a}:${b}` })).toBe(plain);
          expect(chooseSize(grid, {}, a / b)).toBe(plain);
        },
      ),
    );
  });

  it('turns with the wish: portrait is landscape on its side', () => {
    const turn = (text: Size): Size => text.split('x').reverse().join('x') as Size;
    fc.assert(
      fc.property(someCard, side, side, (model, width, height) => {
        const turned = card(model.sizes.map((entry) => ({ ...entry, size: turn(entry.size) })) as Sizes);
        expect(turn(chooseSize(turned, { shape: `${height}:${width}` }))).toBe(
          chooseSize(model, { shape: `${width}:${height}` }),
        );
      }),
    );
  });

  it('does not hang on the order in which a card lists its sizes, but for the default', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...grid.sizes.slice(1)], { minLength: grid.sizes.length - 1 }),
        wish,
        (rest, said) => {
          const [first] = grid.sizes;
          const shuffled = card([first as Sizes[number], ...rest]);
          expect(chooseSize(shuffled, said)).toBe(chooseSize(grid, said));
        },
      ),
    );
  });

  it('takes shape and scale apart from each other', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ratios),
        fc.constantFrom('0.5K', '1K', '2K', '4K'),
        ([width, height], resolution) => {
          const shape = `${width}:${height}`;
          expect(ofGrid(chooseSize(grid, { shape, resolution }))).toMatchObject({ shape, resolution });
          expect(ofGrid(chooseSize(grid, { shape }))).toMatchObject({ shape, resolution: '1K' });
          expect(ofGrid(chooseSize(grid, { resolution }))).toMatchObject({ shape: '16:9', resolution });
        },
      ),
    );
  });

  it('never lets shape or resolution change a size in pixels', () => {
    fc.assert(
      fc.property(someCard, size, wish, (model, asked, said) => {
        expect(chooseSize(model, { ...said, size: asked })).toBe(chooseSize(model, { size: asked }));
      }),
    );
  });

  it('keeps the default’s shape where only a tier is said', () => {
    const mixed = card([
      { size: '1280x720', shape: '16:9', resolution: '1K' },
      { size: '2048x2048', shape: '1:1', resolution: '2K' },
    ]);
    expect(chooseSize(mixed, { resolution: '2K' })).toBe('1280x720');
  });

  it('counts small sizes to the shape that their rounding hides', () => {
    const small = card([
      { size: '1280x720', shape: '16:9', resolution: '720p' },
      { size: '426x240', shape: '16:9', resolution: '240p' },
    ]);
    expect(chooseSize(small, { shape: '16:9', resolution: '240p' })).toBe('426x240');
  });

  it('is of the default’s scale where none is said, for a higher one costs more', () => {
    const dear = card([
      { size: '1280x720', shape: '16:9', resolution: '1K' },
      { size: '1440x2560', shape: '9:16', resolution: '2K' },
      { size: '720x1280', shape: '9:16', resolution: '1K' },
    ]);
    expect(chooseSize(dear, { shape: 'portrait' })).toBe('720x1280');
  });

  it.each([
    ['0.25', '500'],
    ['1', '1000'],
    ['0.5K', '500'],
    ['1K', '1000'],
    ['2k', '2000'],
    ['4K', '4000'],
    ['720p', '1280'],
  ])('the tier %s is about %s wide', (text, wide) => {
    expect(tierOf(text)).toBe(Number(wide));
  });
  it.each(['', 'K', '1M', '-1', '0', '0K', '1e3', 'constructor'])('%j is no tier', (text) => {
    expect(tierOf(text)).toBeUndefined();
  });
  it.each(['', ':', '0:1', '1:0', '16-9', '1e3:1', '1.5x2', 'constructor', '__proto__', '１６:９'])(
    '%j is no ratio',
    (text) => {
      expect(ratioOf(text)).toBeUndefined();
    },
  );
  it('a ratio may have decimals', () => {
    expect(ratioOf('2.39:1')).toBe(2.39);
  });

  it.each([
    [{ shape: 'round' }, 'shape.unknown', 'shape'],
    [{ size: '0x100' }, 'shape.unknown', 'size'],
    [{ size: '16:0' }, 'shape.unknown', 'size'],
    [{ size: '1e3x5' }, 'shape.unknown', 'size'],
    [{ resolution: 'good' }, 'resolution.unknown', 'resolution'],
    [{ resolution: '0' }, 'resolution.unknown', 'resolution'],
  ])('%o is refused with its field', (wrong, said, field) => {
    expect(() => chooseSize(page, wrong)).toThrow(UserError);
    expect(() => chooseSize(page, wrong)).toThrow(
      expect.objectContaining({ field, said: expect.objectContaining({ word: said }) }),
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

  it.each([
    [0.1, 4, 400_000],
    [0.0000001, 4, 1],
    [0, 4, 0],
    [0.303, 15, 4_545_000],
  ])('of %d a second for %i seconds is %i millionths', (money, seconds, micros) => {
    expect(moneyOf(cardWith({ money }), seconds)).toBe(micros);
  });
});

describe('a card', () => {
  const cards = [cardWith({ id: 'a', snapshots: ['a-1', 'a-2'] }), cardWith({ id: 'b', retiresAt: '2026-09-24' })];
  it('is found by its id and by its snapshots', () => {
    expect(['a', 'a-2', 'b', 'c'].map((id) => cardFor(cards, id)?.id)).toEqual(['a', 'a', 'b', undefined]);
  });
  it('retires at midnight UTC of its day', () => {
    const [a, b] = cards as [ModelCard, ModelCard];
    const midnight = Date.parse('2026-09-24T00:00:00Z');
    expect([isRetired(a, midnight), isRetired(b, midnight - 1), isRetired(b, midnight)]).toEqual([false, false, true]);
  });
});
