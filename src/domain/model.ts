import { z } from 'zod';
import { UserError } from './errors.ts';
import { pixels, type Size, sizeSchema } from './recipe.ts';

/** A parameter that a model takes beside those that every film has. */
const extraSchema = z.strictObject({
  takes: z.enum(['boolean', 'text', 'number', 'texts']),
  /** Who may set it: the operator alone, or members too. */
  by: z.enum(['operator', 'member']).default('operator'),
  /** Of `texts`, at most so many. */
  most: z.int().positive().optional(),
  /** What is sent where nobody sets it. */
  value: z.json().optional(),
});
export type Extra = z.infer<typeof extraSchema>;

/** What a model takes and what it costs. One credit is one second on a model of weight 1. */
export const modelCardSchema = z.strictObject({
  id: z.string().min(1),
  /** Other ids of the same model, each a state of it that stays as it is. */
  snapshots: z.array(z.string().min(1)).default([]),
  label: z.string().min(1),
  /** The lengths it makes, in seconds, ascending. */
  seconds: z.array(z.int().positive()).nonempty(),
  defaultSeconds: z.int().positive(),
  /** What it renders; the first is the default. `resolution` is the tier's name on the gateway's page. */
  sizes: z.array(z.strictObject({ size: sizeSchema, shape: z.string(), resolution: z.string() })).nonempty(),
  /** Credits a second; fractions are rounded up on the film's whole price. */
  weight: z.number().positive(),
  /** Money a second, in the currency of the budget. */
  money: z.number().nonnegative(),
  promptMax: z.int().positive(),
  /** What a picture does: `first_frame`, or `none` when the model takes no picture. */
  image: z.enum(['first_frame', 'none']),
  /** For how many seconds after the first attempt the gateway knows the same key again; counts where its profile says `repeat`. */
  repeatWithin: z.int().nonnegative().default(600),
  /** Seconds that a film takes about, until enough of them were measured. */
  usual: z.number().positive().default(120),
  /** Seconds after the submit at which we stop expecting the film and only look in now and then. */
  deadline: z.int().positive().default(1_800),
  /** Seconds after the submit at which the hold ends, whatever the gateway says later. */
  reconcileFor: z.int().positive().default(86_400),
  /** From this day on it is not served any more, and which model to take instead. */
  retiresAt: z.iso.date().optional(),
  successor: z.string().min(1).optional(),
  /** Parameters of its own, by the name that is sent. */
  extras: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), extraSchema).default({}),
});
export type ModelCard = z.infer<typeof modelCardSchema>;

/** The card of a model or of one of its snapshots. */
export function cardFor(cards: readonly ModelCard[], id: string): ModelCard | undefined {
  return cards.find((card) => card.id === id || card.snapshots.includes(id));
}

/** Whether a model is not served any more. `now` is Unix milliseconds; the day begins at midnight UTC. */
export function isRetired(card: ModelCard, now: number): boolean {
  return card.retiresAt !== undefined && now >= Date.parse(card.retiresAt);
}

/** What a member may say about the picture's form; `size` wins over `shape` and `resolution`. */
export interface Wish {
  size?: string | undefined;
  shape?: string | undefined;
  resolution?: string | undefined;
}

const shapes = new Map([
  ['landscape', '16:9'],
  ['portrait', '9:16'],
  ['square', '1:1'],
]);

/** Width by height of a shape's name, a ratio such as `16:9` or `2.39:1`, or a size such as `1920x1080`; nothing for anything else. */
export function ratioOf(text: string): number | undefined {
  const parts = /^(\d{1,5}(?:\.\d{1,3})?):(\d{1,5}(?:\.\d{1,3})?)$|^(\d{1,5})x(\d{1,5})$/.exec(
    shapes.get(text) ?? text,
  );
  const ratio = Number(parts?.[1] ?? parts?.[3]) / Number(parts?.[2] ?? parts?.[4]);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : undefined;
}

/**
 * A resolution tier as its rough scale: `1K` is 1,000; `0.25` (megapixels) is the square root of its pixels; `720p` is the long side of
 * that many lines at 16:9. Nothing for anything else.
 */
export function tierOf(text: string): number | undefined {
  const kilo = /^(\d{1,3}(?:\.\d{1,3})?)k$/.exec(text.toLowerCase());
  const lines = /^(\d{3,4})p$/.exec(text.toLowerCase());
  const mega = /^\d{1,3}(?:\.\d{1,3})?$/.exec(text);
  const tier = kilo
    ? Number(kilo[1]) * 1000
    : lines
      ? (Number(lines[1]) * 16) / 9
      : mega
        ? Math.sqrt(Number(mega[0]) * 1e6)
        : 0;
  return tier > 0 ? tier : undefined;
}

function wishedRatio(text: string, field: string): number {
  const ratio = ratioOf(text);
  if (ratio !== undefined) return ratio;
  throw new UserError('invalid', { word: 'shape.unknown', with: { got: text } }, { field });
}

function wishedTier(text: string): number {
  const tier = tierOf(text);
  if (tier !== undefined) return tier;
  throw new UserError('invalid', { word: 'resolution.unknown', with: { got: text } }, { field: 'resolution' });
}

const apart = (a: number, b: number): number => Math.abs(Math.log(a / b));
/** How far apart two sizes of one shape may lie, for sizes are whole pixels: 426x240 is 16:9. */
const sameShape = 0.005;
const longSide = (size: Size): number => Math.max(...Object.values(pixels(size)));
const ratioIn = (size: Size): number => {
  const { width, height } = pixels(size);
  return width / height;
};
type Entry = ModelCard['sizes'][number];
const nearest = (sizes: Entry[], distance: (entry: Entry) => number): Entry =>
  sizes.reduce((best, entry) => (distance(entry) < distance(best) ? entry : best));
const said = (text: string | undefined): string | undefined => {
  const plain = text?.trim().toLowerCase() ?? '';
  return plain === '' || plain === 'auto' ? undefined : plain;
};

/**
 * The size that will come back for a wish, by the rule of the gateway's page: `WxH` sets shape and scale, a ratio the shape alone, a
 * tier the scale alone, and the nearest supported value is taken (compared as ratios: 7:1 lies nearer to 8:1 than to 4:1). What is
 * not said is that of the model's first size, its default; but the shape is `natural`, the picture's own ratio, where there is one.
 */
export function chooseSize(card: ModelCard, wish: Wish, natural?: number): Size {
  const size = said(wish.size);
  const same = card.sizes.find((entry) => entry.size === size);
  if (same) return same.size;
  const usual = card.sizes[0] as Entry;
  const exact = size?.includes('x') ? size : undefined;
  const shape = size ?? said(wish.shape);
  const ratio = shape === undefined ? (natural ?? ratioIn(usual.size)) : wishedRatio(shape, size ? 'size' : 'shape');
  const scale = exact ? longSide(exact as Size) : wishedTier(said(wish.resolution) ?? usual.resolution);
  const shaped = nearest(card.sizes, (entry) => apart(ratioIn(entry.size), ratio));
  const alike = card.sizes.filter((entry) => apart(ratioIn(entry.size), ratioIn(shaped.size)) < sameShape);
  return nearest(alike, (entry) => apart(exact ? longSide(entry.size) : wishedTier(entry.resolution), scale)).size;
}

/** Whether a size has the shape that was asked for, within the pixel or two by which sizes are rounded. */
export function fits(shape: string, size: Size): boolean {
  const asked = said(shape);
  if (asked === undefined) return true;
  return apart(ratioIn(size), wishedRatio(asked, 'shape')) < 0.01;
}

/** Whole credits for one film. */
export function priceOf(card: ModelCard, seconds: number): number {
  return Math.max(1, Math.ceil(card.weight * seconds - 1e-9));
}

/** Millionths of the currency for one film, by the card. */
export function moneyOf(card: ModelCard, seconds: number): number {
  return Math.max(0, Math.ceil(card.money * seconds * 1e6 - 1e-3));
}

/** Whether some model lets members set a parameter of its own. */
export function membersMay(cards: readonly ModelCard[], extra: string): boolean {
  return cards.some((card) => Object.hasOwn(card.extras, extra) && card.extras[extra]?.by === 'member');
}
