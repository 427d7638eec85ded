import type { Call, Reply } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import { cardFor } from '../domain/model.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { firstJobOf, type Quote, readQuote } from '../domain/quote.ts';
import { word } from '../domain/words.ts';
import { keepPicture } from './cook.ts';
import { checkPause } from './pause.ts';
import { allowed, basisAt, checkLength } from './policy.ts';
import { potFor } from './purse.ts';
import type { QuoteTools } from './quote.ts';
import { screen, writtenIn } from './screen.ts';
import { type Basis, type Later, mayPost, take } from './take.ts';

/** The quote as far as it may be answered by this member, and was not. */
async function quoted(
  id: string,
  call: Call,
  space: SpaceKey,
  { quotes, desk }: QuoteTools,
): Promise<{ quote: Quote | undefined; taken: boolean }> {
  const [quote, job] = await Promise.all([quotes.find(space, id), desk.job({ space, id: firstJobOf(id) })]);
  const member = quote?.origin.user ?? job?.request.origin.user;
  if (member !== undefined && member !== call.origin.user) {
    throw new UserError('forbidden', { word: 'quote.forbidden' }, { field: 'quote' });
  }
  return { quote, taken: job !== undefined };
}

const chosen = (cause?: unknown): UserError =>
  new UserError('conflict', { word: 'quote.chosen' }, { field: 'quote', cause });

/** Takes a choice for the price that was said, under the key of the call that asked: one quote, one charge. */
export async function choose(text: string, call: Call, basis: Basis, tools: QuoteTools, later: Later): Promise<Reply> {
  const { id, index } = readQuote(text);
  const { quote, taken } = await quoted(id, call, basis.space, tools);
  const choice = quote?.choices[index];
  if (!quote || !choice) {
    throw taken ? chosen() : new UserError('unknown', { word: 'quote.gone' }, { field: 'quote' });
  }
  if (!taken) await checkPause(basis, tools);
  await mayPost(quote.origin, tools);
  // What holds is what holds where it was asked for, wherever it is pressed.
  const there = await basisAt(quote.origin, basis, tools);
  const { policy } = there;
  const { model } = choice.recipe;
  const kitchen = allowed(tools, policy);
  const card = cardFor(kitchen.models, model);
  if (!taken && (!card || !kitchen.offered().includes(card))) {
    throw new UserError('invalid', { word: 'quote.model', with: { model: card?.label ?? model } }, { field: 'quote' });
  }
  if (!taken) {
    checkLength(choice.recipe, policy);
    if (quote.pot !== undefined) {
      await potFor(quote.pot, quote.origin, basis.space, tools, quote.for?.challenge);
    }
    const { key, origin } = quote;
    await screen({ key, origin, who: call.who, written: writtenIn(choice.recipe, tools.models) }, basis.space, tools);
    await keepPicture(choice.recipe.image, tools);
  }
  try {
    return await take(choice, quote, there, tools, later);
  } catch (error) {
    throw error instanceof UserError && error.refusal === 'conflict' ? chosen(error) : error;
  }
}

/** Forgets a quote, so that nothing of it can be taken any more. */
export async function decline(text: string, call: Call, { space }: Basis, tools: QuoteTools): Promise<Reply> {
  const { id } = readQuote(text);
  if ((await quoted(id, call, space, tools)).taken) throw chosen();
  await tools.quotes.drop(space, id);
  return { to: 'private', jobs: [], parts: [{ kind: 'text', text: word('quote.dropped') }] };
}
