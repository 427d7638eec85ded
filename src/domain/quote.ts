import { z } from 'zod';
import { chooseSize, fits, type ModelCard, priceOf } from './model.ts';
import { base32, originSchema } from './origin.ts';
import { digest, pixels, type Recipe, recipeSchema } from './recipe.ts';
import type { Said } from './words.ts';

const choiceSchema = z.object({
  recipe: recipeSchema,
  count: z.int().positive(),
  /** Credits for one film. */
  price: z.int().nonnegative(),
  /** What has to be said of it. */
  notes: z.array(z.custom<Said>((value) => z.looseObject({ word: z.string() }).safeParse(value).success)),
});

/** Something that can be made for a price; what is quoted is what is charged. */
export type Choice = z.infer<typeof choiceSchema>;

/** How many choices one quote may hold: with *Never mind* they fill one row of a chat's buttons. */
export const choicesMax = 4;

export const quoteSchema = z.object({
  id: z.string(),
  /** The key of the call that asked; whichever choice is taken is taken under it, so that a quote is paid for once. */
  key: z.string(),
  /** Tells a repeated call from another one under the same key. */
  digest: z.string(),
  /** Where the call was made, and by whom. */
  origin: originSchema,
  requester: z.string(),
  /** The member to be named, where that is another than the one who asked. */
  mention: z.string().optional(),
  /** The job that is made again. */
  parent: z.string().optional(),
  spoiler: z.boolean().optional(),
  /** The pot that pays. */
  pot: z.string().optional(),
  /** The challenge that it is for. */
  for: z.object({ challenge: z.string(), edition: z.int() }).optional(),
  choices: z.array(choiceSchema).min(1).max(choicesMax),
});

/** A price that was said to a member, with all that is needed to take it. */
export type Quote = z.infer<typeof quoteSchema>;

/** `q<hash>` of a call's key: the same call has one quote. Its jobs have the same hash. */
export function quoteId(callKey: string): string {
  return `q${base32(digest(callKey).subarray(0, 10))}`;
}

/** The first job of the call that a quote is of, should one of its choices have been taken. */
export function firstJobOf(id: string): string {
  return `j${id.slice(1)}-1`;
}

/** A quote, or with `-<n>` one of its choices, 1 for the first. */
export const quotePattern = /^(q[a-z2-7]{16})(?:-([1-4]))?$/;

/** What a {@link quotePattern} names: the quote, and the place of the choice in it, -1 for none. */
export function readQuote(text: string): { id: string; index: number } {
  const [, id = '', number = '0'] = quotePattern.exec(text) ?? [];
  return { id, index: Number(number) - 1 };
}

/** Credits for all of a choice's films. */
export const priceOfAll = ({ price, count }: Pick<Choice, 'price' | 'count'>): number => price * count;

/** A cheaper film, as it would be asked for; `shape` as `W:H`, `price` in credits for one film. */
export interface Cheaper {
  model: string;
  seconds: number;
  shape: string;
  price: number;
}

/** What cheaper choices are measured by, in credits. `models` are those that a member may choose. */
export interface Means {
  models: readonly ModelCard[];
  left: number;
  confirmAbove: number;
}

function shorter({ recipe, count }: Choice, model: ModelCard, most: number): { seconds: number; price: number }[] {
  return model.seconds
    .filter((seconds) => seconds <= recipe.seconds)
    .map((seconds) => ({ seconds, price: priceOf(model, seconds) }))
    .filter(({ price }) => price * count <= most);
}

/** The shape of a recipe's film where a model makes it and takes what the recipe has. */
function makesLike(model: ModelCard, recipe: Recipe, shape: string): boolean {
  return (
    fits(shape, chooseSize(model, { shape })) &&
    [...recipe.prompt].length <= model.promptMax &&
    (recipe.image === undefined || model.image !== 'none')
  );
}

/**
 * What would cost less: the longest shorter film of the same model that needs no asking or costs at most half, and the
 * cheapest of another model that makes the shape, no longer than the one asked for. Never more than what the member has left.
 */
export function cheaper(asked: Choice, { models, left, confirmAbove }: Means): Cheaper[] {
  const { recipe } = asked;
  const price = priceOfAll(asked);
  const { width, height } = pixels(recipe.size);
  const shape = `${width}:${height}`;
  const most = Math.min(left, price - 1);
  const saving = price > left ? most : Math.min(most, Math.max(confirmAbove, Math.floor(price / 2)));
  const same = models.filter((model) => model.id === recipe.model || model.snapshots.includes(recipe.model));
  const others = models.filter((model) => !same.includes(model) && makesLike(model, recipe, shape));
  const longest = same.flatMap((model) => shorter(asked, model, saving)).at(-1);
  const [cheapest] = others
    .flatMap((model) => {
      const best = shorter(asked, model, most).at(-1);
      return best ? [{ model: model.id, ...best, shape }] : [];
    })
    .sort((a, b) => a.price - b.price || b.seconds - a.seconds);
  return [...(longest ? [{ model: recipe.model, ...longest, shape }] : []), ...(cheapest ? [cheapest] : [])];
}

/** What tells two orders under one call's key apart. */
export function orderDigest(choice: Pick<Choice, 'recipe' | 'count'>, origin: Quote['origin']): string {
  const { recipe, count } = choice;
  return digest({ recipe, count, channel: origin.channel, thread: origin.thread }).toString('hex');
}
