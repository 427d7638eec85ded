import type { Again, Button, Part, Reply, Wanted } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import { mergeExtras } from '../domain/extras.ts';
import { cardFor } from '../domain/model.ts';
import type { Origin } from '../domain/origin.ts';
import type { Pot } from '../domain/pot.ts';
import {
  type Cheaper,
  type Choice,
  cheaper,
  choicesMax,
  orderDigest,
  priceOfAll,
  type Quote,
  quoteId,
} from '../domain/quote.ts';
import { type Said, say, word } from '../domain/words.ts';
import type { Quotes } from '../ports.ts';
import { type Cooked, cook, type Kitchen } from './cook.ts';
import { keptExtras } from './extras.ts';
import type { PauseTools } from './pause.ts';
import type { PolicyTools } from './policy.ts';
import { potsFor, purseOf } from './purse.ts';
import type { ScreenTools } from './screen.ts';
import { type Basis, type Deed, leftLabel, shortfall, type TakeTools } from './take.ts';

/** What asking first takes, and making it then. */
export interface QuoteTools extends TakeTools, Kitchen, ScreenTools, PauseTools, PolicyTools {
  quotes: Quotes;
}

/** A film that is made again, by another model: with all that its member chose, and its picture, which is there in one size alone. */
async function cookAgainBy(
  less: Cheaper,
  { recipe: { prompt, image, size, extras = {}, model } }: Choice,
  origin: Origin,
  kitchen: Kitchen,
): Promise<Cooked | undefined> {
  const before = cardFor(kitchen.models, model);
  const other = cardFor(kitchen.models, less.model);
  const own = before ? keptExtras(extras, before) : {};
  const kept = other ? keptExtras(own, other) : {};
  if (!other || Object.keys(kept).length < Object.keys(own).length) return undefined;
  const { recipe, notes } = await cook({ prompt, count: 1, ...wishFor(less) }, origin, kitchen);
  const merged = mergeExtras(other, kitchen.defaults(origin).extras, kept);
  const made = { ...recipe, ...(merged === undefined ? {} : { extras: merged }) };
  if (image === undefined) return { recipe: made, notes };
  return made.size === size ? { recipe: { ...made, image }, notes } : undefined;
}

const wishFor = ({ model, seconds, shape }: Cheaper) => ({ model, seconds, size: shape, shape: undefined });

/** The film of another model; nothing where it cannot be made like that after all. */
async function cookOther(
  order: Wanted | Again,
  asked: Choice,
  less: Cheaper,
  origin: Origin,
  kitchen: Kitchen,
): Promise<Cooked | undefined> {
  try {
    if ('recipe' in order) return await cookAgainBy(less, asked, origin, kitchen);
    return await cook({ ...order, ...wishFor(less) }, origin, kitchen);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

async function cheaperChoices(
  order: Wanted | Again,
  asked: Choice,
  left: number,
  origin: Origin,
  { policy }: Basis,
  kitchen: Kitchen,
): Promise<Choice[]> {
  const means = { models: kitchen.offered(), left, confirmAbove: policy.confirmAbove };
  const found = cheaper(asked, means).map(async (less): Promise<Choice | undefined> => {
    const { model, seconds, price } = less;
    const { recipe, count } = asked;
    if (model === recipe.model) return { ...asked, recipe: { ...recipe, seconds }, price };
    const cooked = await cookOther(order, asked, less, origin, kitchen);
    return cooked && { ...cooked, count, price };
  });
  return (await Promise.all(found)).filter((choice) => choice !== undefined);
}

/** A choice in the few words of a button. */
function labelOf(choice: Choice, asked: Choice, { models }: Kitchen): string {
  const { recipe, count } = choice;
  const price = priceOfAll(choice);
  const { seconds, model } = recipe;
  if (model !== asked.recipe.model) {
    const label = cardFor(models, model)?.label ?? model;
    return say({ word: 'quote.other', with: { model: label, count, seconds, price } });
  }
  if (seconds !== asked.recipe.seconds) return say({ word: 'quote.shorter', with: { count, seconds, price } });
  return say({ word: 'quote.make', with: { count, price } });
}

/** The price tag of an order that can be paid. `money` is what the films cost the operator, in millionths of the currency. */
function tagOf(asked: Choice, { has, pot }: Payer, money: number | undefined, { models }: Kitchen): Part[] {
  const { recipe, count, notes } = asked;
  const { seconds, size } = recipe;
  const price = priceOfAll(asked);
  const model = cardFor(models, recipe.model)?.label ?? recipe.model;
  const amount = (credits: number) => say({ word: 'amount.credits', with: { credits } });
  const facts = [
    { label: word('accepted.price'), value: amount(price) },
    { label: pot ? leftLabel(pot.title) : word('quote.left'), value: amount(has - price) },
    ...(money === undefined
      ? []
      : [{ label: word('quote.money'), value: say({ word: 'amount.money', with: { micros: money } }) }]),
  ];
  const head: Said = { word: 'quote.price', with: { count, price, seconds, size, model } };
  return [...[head, ...notes].map((said): Part => ({ kind: 'text', text: say(said) })), { kind: 'facts', facts }];
}

/** What pays: what it has, which pot it is, and what the member's limit leaves free. */
interface Payer {
  has: number;
  pot: Pot | undefined;
  free: number;
}

/** Why a price cannot be paid. */
function shortSaid(price: number, { has, pot, free }: Payer, pots: Pot[], origin: Origin, basis: Basis): Said {
  const renews = { renewsAt: basis.window.endsAt, timeZone: basis.policy.timeZone };
  if (price > free && free <= has) return { word: 'cap.spend', with: { price, left: free, ...renews } };
  if (pot) return { word: 'pot.short', with: { price, left: has } };
  return shortfall({ price, left: has, ...renews, pots }, origin, basis);
}

/** What an order comes to that the balance does not reach. */
function shortOf(asked: Choice, payer: Payer, pots: Pot[], origin: Origin, basis: Basis): Part[] {
  return [
    { kind: 'text', text: say(shortSaid(priceOfAll(asked), payer, pots, origin, basis)) },
    ...asked.notes.map((note): Part => ({ kind: 'text', text: say(note) })),
    { kind: 'text', text: word('quote.short') },
  ];
}

const moneyOfAll = async ({ recipe, count }: Choice, { prices }: QuoteTools): Promise<number> =>
  (await prices.money(recipe)) * count;

/** Whether a choice is the very film that was asked for. */
const isAsked = (choice: Choice, { digest, origin }: Quote): boolean => orderDigest(choice, origin) === digest;

/**
 * The quote as it is kept. One of before, when the balance did not reach what was asked for, gains that choice now that it does: behind
 * the others, so that a button shown before still takes what it says.
 */
async function kept(
  quote: Quote,
  asked: Choice,
  reached: boolean,
  { space }: Basis,
  { quotes }: QuoteTools,
): Promise<Quote> {
  const found = await quotes.keep(space, quote);
  if (found.digest !== quote.digest) throw new UserError('conflict', { word: 'call.conflict' }, { field: 'id' });
  if (!reached || found.choices.some((choice) => isAsked(choice, quote))) return found;
  await quotes.drop(space, quote.id);
  return quotes.keep(space, { ...found, choices: [...found.choices, asked].slice(0, choicesMax) });
}

/**
 * What is answered before anything is taken: the price tag of what costs more than the space lets pass unasked, or what the
 * balance still reaches. Nothing, where it can be taken at once, or was, or where there is nothing to choose.
 */
export async function ask(
  order: Wanted | Again,
  asked: Choice,
  deed: Deed,
  basis: Basis,
  tools: QuoteTools,
  pot?: Pot,
): Promise<Reply | undefined> {
  const { space, policy, window, level } = basis;
  const { key, origin } = deed;
  const price = priceOfAll(asked);
  const { member, terms } = purseOf(origin, policy, window);
  const own = await tools.desk.quota(space, member, terms);
  const payer: Payer = { has: (pot ?? own).left, pot, free: own.free ?? Number.POSITIVE_INFINITY };
  const left = Math.min(payer.has, payer.free);
  if (price <= left && price <= policy.confirmAbove) return undefined;
  const digest = orderDigest(asked, origin);
  if (await tools.desk.answered(space, { key, digest })) return undefined;

  // All entries of a challenge are alike.
  const less = deed.for ? [] : await cheaperChoices(order, asked, left, origin, basis, tools);
  const choices = [...(price > left ? [] : [asked]), ...less].slice(0, choicesMax);
  if (choices.length === 0) return undefined;
  const quote = await kept({ ...deed, id: quoteId(key), digest, choices }, asked, price <= left, basis, tools);
  const said = quote.choices.find((choice) => isAsked(choice, quote)) ?? asked;

  const costs = await Promise.all([said, ...quote.choices].map((choice) => moneyOfAll(choice, tools)));
  const [cost = 0, ...each] = costs;
  const funds = (await tools.budget.left()) ?? Number.POSITIVE_INFINITY;
  // A quote that was kept before may hold what the balance does not reach any more; and none holds what the operator's money does not.
  const buttons = quote.choices.flatMap((choice, index): Button[] =>
    priceOfAll(choice) > left || (each[index] ?? 0) > funds
      ? []
      : [{ label: labelOf(choice, asked, tools), command: 'order make', quote: `${quote.id}-${index + 1}` }],
  );
  if (buttons.length === 0) return undefined;
  const others = !pot && origin.step === undefined && priceOfAll(said) > left;
  const pots = others ? await potsFor(priceOfAll(said), own, origin, space, tools) : [];
  const parts =
    priceOfAll(said) > left
      ? shortOf(said, payer, pots, origin, basis)
      : cost > funds
        ? [{ kind: 'text', text: word('quote.unfunded') } as const]
        : tagOf(said, payer, level === 'operator' ? cost : undefined, tools);
  buttons.push({ label: word('order.drop'), command: 'order drop', quote: quote.id });
  return { to: 'private', jobs: [], parts: [...parts, { kind: 'buttons', buttons }] };
}
