import { type ModelCard, modelCardSchema } from '../../src/domain/model.ts';

/** A model's card with what a test does not care about filled in. */
export function cardWith(change: Partial<Record<keyof ModelCard, unknown>> = {}): ModelCard {
  return modelCardSchema.parse({
    ...{
      id: 'm',
      label: 'M',
      seconds: [4, 8],
      defaultSeconds: 4,
      weight: 1,
      money: 0.1,
      promptMax: 100,
      image: 'none',
    },
    sizes: [{ size: '1280x720', shape: '16:9', resolution: '1K' }],
    ...change,
  });
}
