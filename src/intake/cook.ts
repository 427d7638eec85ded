import type { Again, Wanted } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import { mergeExtras } from '../domain/extras.ts';
import { chooseSize, fits, type ModelCard } from '../domain/model.ts';
import type { Origin } from '../domain/origin.ts';
import type { Recipe, Size } from '../domain/recipe.ts';
import type { Said } from '../domain/words.ts';
import type { Pictures } from '../ports.ts';
import { memberExtras } from './extras.ts';
import { checkOffered, type Offer, pickModel } from './pick.ts';

/** What a recipe is cooked with. */
export interface Kitchen extends Offer {
  pictures: Pictures;
}

/** A recipe, and what has to be said of it. */
export interface Cooked {
  recipe: Recipe;
  notes: Said[];
}

/** The model, size, length and extras that a wish comes to; what the model lacks is a {@link UserError} that says what it takes. */
async function cookAnew(wanted: Wanted, origin: Origin, kitchen: Kitchen): Promise<Cooked> {
  const defaults = kitchen.defaults(origin);
  const { id, card: model } = pickModel(wanted.model, defaults.model, kitchen);
  const extras = mergeExtras(model, defaults.extras, memberExtras(wanted, model));
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
  const exact = /x/i.test(wanted.size ?? '') ? wanted.size?.toLowerCase() : undefined;
  if (exact !== undefined && !takes.some((size) => size === exact)) {
    const said = { word: 'size.unknown', with: { model: model.label, takes, got: exact } } as const;
    throw new UserError('invalid', said, { field: 'size' });
  }
  const recipe: Recipe = {
    ...{ model: id, prompt: wanted.prompt, seconds, size: chooseSize(model, wanted) },
    ...(extras === undefined ? {} : { extras }),
  };
  if (!wanted.image) return { recipe, notes: shapeNote(wanted, recipe.size, model) };
  const picture = await kitchen.pictures.open(wanted.image);
  const size = chooseSize(model, wanted, picture.width / picture.height);
  const { name, cropped } = await picture.fit(size);
  const notes = [...shapeNote(wanted, size, model), ...(cropped ? [{ word: 'accepted.cropped' } as const] : [])];
  return { recipe: { ...recipe, size, image: name }, notes };
}

/** The nearest shape is taken, by the gateway's own rule; where it is another than the one asked for, that is said. */
function shapeNote(wanted: Wanted, size: Size, model: ModelCard): Said[] {
  const asked = wanted.size?.includes(':') ? wanted.size : wanted.shape;
  if (asked === undefined || /x/i.test(wanted.size ?? '') || fits(asked, size)) return [];
  return [{ word: 'accepted.shape', with: { asked, size, model: model.label } }];
}

/** The recipe for a wish, or for another film like one before, in the space of `origin`; what cannot be made is a {@link UserError}. */
export async function cook(order: Wanted | Again, origin: Origin, kitchen: Kitchen): Promise<Cooked> {
  if (!('recipe' in order)) return cookAnew(order, origin, kitchen);
  checkOffered(order.recipe.model, kitchen);
  return { recipe: order.recipe, notes: [] };
}
