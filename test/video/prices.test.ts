import { describe, expect, test } from 'vitest';
import { LostAnswer, TransientError } from '../../src/domain/errors.ts';
import type { Recipe } from '../../src/domain/recipe.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { createPrices } from '../../src/video/prices.ts';
import { createTestLog } from '../support/log.ts';

const cards = sandboxCards.map((card) => ({ ...card, money: 0.1 }));
const boat: Recipe = { model: 'sora-2', prompt: 'a boat', seconds: 8, size: '1365x768' };

function rig(estimate: (recipe: Recipe, signal: AbortSignal) => Promise<number | undefined>, dryRun = true) {
  const asked: Recipe[] = [];
  const clock = { now: 1_000_000 };
  const log = createTestLog();
  const prices = createPrices({
    info: {
      estimate: (recipe, signal) => {
        asked.push(recipe);
        return estimate(recipe, signal);
      },
    },
    profile: { dryRun },
    cards,
    log,
    now: () => clock.now,
  });
  return { prices, asked, clock, log };
}

describe('prices', () => {
  test('without a dry run the card says it, and the gateway is not asked', async () => {
    const { prices, asked } = rig(async () => 5, false);
    expect(await prices.money(boat)).toBe(800_000);
    expect(asked).toEqual([]);
  });

  test('a price of nothing is the card’s: the budget would set nothing aside', async () => {
    expect(await rig(async () => 0).prices.money(boat)).toBe(800_000);
  });

  test('a dry run that does not answer in time is the last one: nobody knows what it made', async () => {
    const { prices, asked, log, clock } = rig(
      (_recipe, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        ),
    );
    expect(await prices.money(boat)).toBe(800_000);
    clock.now += 3_600_000;
    expect(await prices.money({ ...boat, seconds: 4 })).toBe(400_000);
    expect(asked).toHaveLength(1);
    expect(log.lines.map(({ level }) => level)).toEqual(['error']);
  });

  test('a dry run says it, once for all prompts and for ten minutes', async () => {
    const { prices, asked, clock } = rig(async ({ seconds }) => seconds * 21_000);
    const both = await Promise.all([prices.money(boat), prices.money({ ...boat, prompt: 'a fox' })]);
    expect(both).toEqual([168_000, 168_000]);
    clock.now += 599_000;
    await prices.money(boat);
    expect(asked).toHaveLength(1);
    clock.now += 2_000;
    await prices.money(boat);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['length', { seconds: 12 }],
    ['size', { size: '768x1365' as const }],
    ['model', { model: 'sandbox-mini' }],
    ['picture', { image: 'a.png' }],
    ['parameters', { extras: { quality: 'high' } }],
  ])('another %s is another price', async (_what, change) => {
    const { prices, asked } = rig(async () => 1);
    await prices.money(boat);
    await prices.money({ ...boat, ...change });
    expect(asked).toHaveLength(2);
  });

  test('where the dry run says nothing or fails the card does, and it is asked again a minute later', async () => {
    const { prices, asked, clock, log } = rig(async ({ prompt }) => {
      if (prompt === 'fails') throw new TransientError('503');
      return undefined;
    });
    expect(await prices.money({ ...boat, prompt: 'fails' })).toBe(800_000);
    expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
    expect(await prices.money(boat)).toBe(800_000);
    expect(asked).toHaveLength(1);
    clock.now += 61_000;
    expect(await prices.money(boat)).toBe(800_000);
    expect(asked).toHaveLength(2);
  });

  test('a dry run takes three seconds at the most', async () => {
    const { prices } = rig(
      (_recipe, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    const since = performance.now();
    expect(await prices.money(boat)).toBe(800_000);
    expect(performance.now() - since).toBeGreaterThan(2_500);
  });

  test('a dry run that made a paid task is the last one, and the operator is told', async () => {
    const { prices, asked, clock, log } = rig(async () => {
      throw new LostAnswer('a task came back: video_1');
    });
    expect(await prices.money(boat)).toBe(800_000);
    clock.now += 3_600_000;
    expect(await prices.money(boat)).toBe(800_000);
    expect(await prices.money({ ...boat, seconds: 12 })).toBe(1_200_000);
    expect(asked).toHaveLength(1);
    expect(log.lines).toMatchObject([{ level: 'error', message: expect.stringContaining('dryRun') }]);
  });

  test('remembers no more than so many prices, the newest', async () => {
    const { prices, asked } = rig(async () => 1);
    for (let i = 0; i <= 500; i++) await prices.money({ ...boat, image: `${i}.png` });
    await prices.money({ ...boat, image: '500.png' });
    expect(asked).toHaveLength(501);
    await prices.money({ ...boat, image: '0.png' });
    expect(asked).toHaveLength(502);
  });

  test('a model without a card is a bug', async () => {
    const { prices } = rig(async () => 1);
    await expect(prices.money({ ...boat, model: 'nobody' })).rejects.toThrow('no card');
  });
});
