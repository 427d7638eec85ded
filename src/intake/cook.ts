import type { Again, Wanted } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import { chooseSize, fits, type ModelCard } from '../domain/model.ts';
import type { Recipe, Size } from '../domain/recipe.ts';
import type { Said } from '../domain/words.ts';
import type { Pictures } from '../ports.ts';

/** What a recipe is cooked with. */
export interface Kitchen {
  models: readonly ModelCard[];
  pictures: Pictures;
}

/** A recipe, and what has to be said of it. */
export interface Cooked {
  recipe: Recipe;
  notes: Said[];
}

/** The model, size and length that a wish comes to; what the model lacks is a {@link UserError} that says what it takes. */
async function cookAnew(wanted: Wanted, { models, pictures }: Kitchen): Promise<Cooked> {
  const model = models.find((card) => card.id === wanted.model) ?? (models[0] as ModelCard);
  const seconds = wanted.seconds ?? model.defaultSeconds;
  if (!model.seconds.includes(seconds)) {
    const said = { word: 'seconds.unknown', with: { model: model.label, takes: model.seconds, got: seconds } } as const;
    throw new UserError('invalid', said, { field: 'seconds' });
  }
  const got = [...wanted.prompt].length;
  if (got > model.promptMax) {
    const said = { word: 'prompt.long', with: { model: model.label, max: model.promptMax, got } } as const;
    throw new UserError('invalid', said, { field: 'prompt' });
  }
  if (wanted.image && model.image === 'none') {
    throw new UserError('invalid', { word: 'picture.none', with: { model: model.label } }, { field: 'image' });
  }
  const takes = model.sizes.map(({ size }) => size);
  const exact = wanted.size?.includes('x') ? wanted.size : undefined;
  if (exact !== undefined && !takes.some((size) => size === exact)) {
    const said = { word: 'size.unknown', with: { model: model.label, takes, got: exact } } as const;
    throw new UserError('invalid', said, { field: 'size' });
  }
  const recipe = { model: model.id, prompt: wanted.prompt, seconds, size: chooseSize(model, wanted) };
  if (!wanted.image) return { recipe, notes: shapeNote(wanted, recipe.size, model) };
  const picture = await pictures.open(wanted.image);
  const size = chooseSize(model, wanted, picture.width / picture.height);
  const { name, cropped } = await picture.fit(size);
  const notes = [...shapeNote(wanted, size, model), ...(cropped ? [{ word: 'accepted.cropped' } as const] : [])];
  return { recipe: { ...recipe, size, image: name }, notes };
}

/** The nearest shape is taken, by the gateway's own rule; where it is another than the one asked for, that is said. */
function shapeNote(wanted: Wanted, size: Size, model: ModelCard): Said[] {
  const asked = wanted.size?.includes(':') ? wanted.size : wanted.shape;
  if (asked === undefined || fits(asked, size)) return [];
  return [{ word: 'accepted.shape', with: { asked, size, model: model.label } }];
}

/** The same recipe once more, as long as its model is still served. */
function cookAgain(order: Again, models: readonly ModelCard[]): Cooked {
  if (models.some((card) => card.id === order.recipe.model)) return { recipe: order.recipe, notes: [] };
  const takes = models.map((card) => card.id);
  throw new UserError(
    'invalid',
    { word: 'model.unknown', with: { got: order.recipe.model, takes } },
    { field: 'model' },
  );
}

/** The recipe for a wish, or for another film like one before; what cannot be made is a {@link UserError}. */
export async function cook(order: Wanted | Again, kitchen: Kitchen): Promise<Cooked> {
  return 'recipe' in order ? cookAgain(order, kitchen.models) : cookAnew(order, kitchen);
}
