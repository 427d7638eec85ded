import type { Again, Wanted } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import { chooseSize, type ModelCard } from '../domain/model.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { Pictures } from '../ports.ts';

/** What a recipe is cooked with. */
export interface Kitchen {
  models: readonly ModelCard[];
  pictures: Pictures;
}

/** A recipe, and what has to be said of it. */
export interface Cooked {
  recipe: Recipe;
  cropped: boolean;
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
  const recipe = { model: model.id, prompt: wanted.prompt, seconds, size: chooseSize(model, wanted) };
  if (!wanted.image) return { recipe, cropped: false };
  const picture = await pictures.open(wanted.image);
  const size = chooseSize(model, wanted, picture.width / picture.height);
  const { name, cropped } = await picture.fit(size);
  return { recipe: { ...recipe, size, image: name }, cropped };
}

/** The same recipe once more, as long as its model is still served. */
function cookAgain(order: Again, models: readonly ModelCard[]): Cooked {
  if (models.some((card) => card.id === order.recipe.model)) return { recipe: order.recipe, cropped: false };
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
