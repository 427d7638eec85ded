import { describe, expect, it } from 'vitest';
import { chooseSize, modelCardSchema } from '../../src/domain/model.ts';
import { defaultCards, sandboxCards } from '../../src/video/cards.ts';

describe('the model cards', () => {
  it.each([...defaultCards, ...sandboxCards])('$id is a card, and its default is one of its lengths', (card) => {
    expect(modelCardSchema.parse(card)).toEqual(card);
    expect(card.seconds).toContain(card.defaultSeconds);
  });

  it('promise nothing about repeated keys, but for the sandbox', () => {
    expect(defaultCards.map((card) => card.repeatWithin)).toEqual([0]);
    expect(sandboxCards.every((card) => card.repeatWithin > 0)).toBe(true);
  });

  it.each([
    ['sora-2', {}, '1365x768'],
    ['sora-2', { shape: 'portrait' }, '768x1365'],
    ['sora-2', { size: '1080x1920' }, '768x1365'],
    ['sandbox-mini', { shape: 'square', resolution: '4K' }, '480x480'],
  ])('%s makes of %o the size %s', (id, wish, size) => {
    const card = sandboxCards.find((entry) => entry.id === id);
    expect(card && chooseSize(card, wish)).toBe(size);
  });
});
