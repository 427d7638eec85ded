import type { Again, Wanted } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import { mergeExtras } from '../domain/extras.ts';
import { chooseSize, fits, type ModelCard } from '../domain/model.ts';
import type { Origin } from '../domain/origin.ts';
import type { Recipe, Size } from '../domain/recipe.ts';
import type { Said } from '../domain/words.ts';
import type { Pictures, Stored } from '../ports.ts';
import { keptExtras, memberExtras } from './extras.ts';
import { checkOffered, type Offer, pickModel } from './pick.ts';

/** What a recipe is cooked with. */
export interface Kitchen extends Offer {
  pictures: Pictures;
  stored: Stored;
}

/** A recipe, and what has to be said of it. */
export interface Cooked {
  recipe: Recipe;
  notes: Said[];
}

/** Length, prompt and picture are such as the model takes, or a {@link UserError} says what it does. */
function checkTaken(model: ModelCard, film: { seconds: number; prompt: string; image?: unknown }): void {
  const { seconds, prompt, image } = film;
  if (!model.seconds.includes(seconds)) {
    const said = { word: 'seconds.unknown', with: { model: model.label, takes: model.seconds, got: seconds } } as const;
    throw new UserError('invalid', said, { field: 'seconds' });
  }
  const got = [...prompt].length;
  if (got > model.promptMax) {
    const said = { word: 'prompt.long', with: { model: model.label, max: model.promptMax, got } } as const;
    throw new UserError('invalid', said, { field: 'prompt' });
  }
  if (image !== undefined && model.image === 'none') {
    throw new UserError('invalid', { word: 'picture.none', with: { model: model.label } }, { field: 'image' });
  }
}

/** The model, size, length and extras that a wish comes to; what the model lacks is a {@link UserError} that says what it takes. */
async function cookAnew(wanted: Wanted, origin: Origin, kitchen: Kitchen): Promise<Cooked> {
  const defaults = kitchen.defaults(origin);
  const { id, card: model, notes } = pickModel(wanted.model, defaults.model, kitchen);
  const extras = mergeExtras(model, defaults.extras, memberExtras(wanted, model));
  const { prompt, image, seconds = model.defaultSeconds } = wanted;
  checkTaken(model, { seconds, prompt, image });
  const recipe: Recipe = {
    ...{ model: id, prompt, seconds, size: chooseSize(model, wanted) },
    ...(extras === undefined ? {} : { extras }),
  };
  if (!image) return { recipe, notes: [...notes, ...sizeNote(wanted, recipe.size, model)] };
  const picture = await kitchen.pictures.open(image);
  const size = chooseSize(model, wanted, picture.width / picture.height);
  const { name, cropped } = await picture.fit(size);
  const said = [
    ...notes,
    ...sizeNote(wanted, size, model),
    ...(cropped ? [{ word: 'accepted.cropped' } as const] : []),
  ];
  return { recipe: { ...recipe, size, image: name }, notes: said };
}

/** The nearest size or shape is taken, by the gateway's own rule; where it is another than the one asked for, that is said. */
function sizeNote(wanted: Wanted, size: Size, model: ModelCard): Said[] {
  const exact = wanted.size?.trim().toLowerCase() ?? '';
  const asked = exact === '' || exact === 'auto' ? wanted.shape : exact;
  if (asked === undefined || (/\dx\d/.test(asked) ? asked === size : fits(asked, size))) return [];
  return [{ word: 'accepted.shape', with: { asked, size, model: model.label } }];
}

/** A stored picture is kept for another film, or a {@link UserError} says that it is gone. */
export async function keepPicture(image: string | undefined, { stored }: Pick<Kitchen, 'stored'>): Promise<void> {
  if (image === undefined || (await stored.renew(image))) return;
  throw new UserError('invalid', { word: 'picture.gone' }, { field: 'image' });
}

/** The same film by the card and the operator's rules of now: nothing that the model does not take any more, nothing that is the operator's. */
async function cookAgain({ recipe: before }: Again, origin: Origin, kitchen: Kitchen): Promise<Cooked> {
  const model = checkOffered(before.model, kitchen);
  checkTaken(model, before);
  const takes = model.sizes.map(({ size }) => size);
  if (!takes.includes(before.size)) {
    const said = { word: 'size.unknown', with: { model: model.label, takes, got: before.size } } as const;
    throw new UserError('invalid', said, { field: 'size' });
  }
  await keepPicture(before.image, kitchen);
  const { extras = {}, ...recipe } = before;
  const merged = mergeExtras(model, kitchen.defaults(origin).extras, keptExtras(extras, model));
  return { recipe: merged === undefined ? recipe : { ...recipe, extras: merged }, notes: [] };
}

/** The recipe for a wish, or for another film like one before, in the space of `origin`; what cannot be made is a {@link UserError}. */
export function cook(order: Wanted | Again, origin: Origin, kitchen: Kitchen): Promise<Cooked> {
  return 'recipe' in order ? cookAgain(order, origin, kitchen) : cookAnew(order, origin, kitchen);
}
