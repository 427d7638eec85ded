import type { Again, Call, Reply, Wanted } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import { jobIds } from '../domain/job.ts';
import { cardFor, type ModelCard, priceOf } from '../domain/model.ts';
import type { Origin } from '../domain/origin.ts';
import { cook } from './cook.ts';
import { checkPause } from './pause.ts';
import { allowed, basisAt, checkLength } from './policy.ts';
import { potFor } from './purse.ts';
import { ask, type QuoteTools } from './quote.ts';
import { screen, writtenFor } from './screen.ts';
import { type Basis, type Deed, type Later, mayPost, take } from './take.ts';

/** Nothing is begun for a workflow where no credits are set aside for any. */
function mayUseWorkflows({ origin }: Call, { policy }: Basis): void {
  if (origin.step === undefined || policy.workflowCredits > 0) return;
  throw new UserError('forbidden', { word: 'workflow.unset' });
}

/** Whether films are taken here at all; a call that was taken while they were gets its answer. */
async function isOpen(call: Call, basis: Basis, tools: QuoteTools): Promise<void> {
  try {
    mayUseWorkflows(call, basis);
    await checkPause(basis, tools);
  } catch (error) {
    const [id] = jobIds(call.key, 1);
    if (!(error instanceof UserError) || id === undefined) throw error;
    if (!(await tools.desk.job({ space: basis.space, id }))) throw error;
  }
}

/** Where a film belongs: where it was asked for, unless it is an entry that goes elsewhere, or is for its member alone. */
function belongs(asked: Origin, order: Wanted | Again): Origin {
  if ('recipe' in order ? order.hidden : order.entry?.sealed) return { ...asked, visibility: 'private' };
  const place = 'recipe' in order ? undefined : order.entry?.place;
  return place ? { ...asked, ...place, visibility: 'thread' } : asked;
}

/** From a checked order to accepted jobs; what is dear becomes a quote first, where the member can be asked. */
export async function make(
  order: Wanted | Again,
  call: Call,
  asking: Basis,
  tools: QuoteTools,
  later: Later,
): Promise<Reply> {
  const { key, who } = call;
  const entry = 'recipe' in order ? undefined : order.entry;
  const origin = belongs(call.origin, order);
  // What holds is what holds where the film goes.
  const basis = entry?.place ? await basisAt(origin, asking, tools) : asking;
  await isOpen(call, basis, tools);
  await mayPost(origin, tools);
  await screen({ key, origin, who, written: writtenFor(order, tools.models) }, basis.space, tools);
  checkLength('recipe' in order ? order.recipe : order, basis.policy);
  const kitchen = allowed(tools, basis.policy);
  const named = 'recipe' in order ? undefined : order.pot;
  const pot = named === undefined ? undefined : await potFor(named, origin, basis.space, tools, entry?.challenge);
  const { recipe, notes } = await cook(order, origin, kitchen);
  const model = cardFor(kitchen.models, recipe.model) as ModelCard;
  const count = 'recipe' in order ? 1 : order.count;
  const asked = { recipe, count, price: priceOf(model, recipe.seconds), notes };
  const deed: Deed = {
    ...{ key, origin, requester: who.name },
    ...(who.id === origin.user ? {} : { mention: who.id }),
    ...('parent' in order ? { parent: order.parent } : {}),
    ...(order.spoiler || basis.policy.spoiler ? { spoiler: true } : {}),
    ...(pot ? { pot: pot.id } : {}),
    ...(entry ? { for: { challenge: entry.challenge, edition: entry.edition } } : {}),
  };
  const question = call.asks ? await ask(order, asked, deed, basis, kitchen, pot) : undefined;
  return question ?? take(asked, deed, basis, tools, later);
}
