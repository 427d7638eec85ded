import { LostAnswer } from '../domain/errors.ts';
import type { GatewayProfile } from '../domain/gateway.ts';
import { cardFor, type ModelCard, moneyOf } from '../domain/model.ts';
import { digest, type Recipe } from '../domain/recipe.ts';
import type { GatewayInfo, Log, Prices } from '../ports.ts';

/** Milliseconds that a dry run may take, that its answer is good for, and that a card's price stands in for one that failed. */
const dryRunWithin = 3_000;
const goodFor = 600_000;
const failedFor = 60_000;
const kept = 500;

/**
 * What films cost the operator: by the gateway's dry run where its profile offers one (asked once for all prompts), else by the
 * model's card, also when the dry run fails. A dry run that made a paid task, or whose answer was lost, is the last one of this process.
 */
export function createPrices(options: {
  info: Pick<GatewayInfo, 'estimate'>;
  profile: Pick<GatewayProfile, 'dryRun'>;
  cards: readonly ModelCard[];
  log: Log;
  now?: () => number;
}): Prices {
  const { info, cards, log, now = Date.now } = options;
  const known = new Map<string, { money: Promise<number>; until: number }>();
  let { dryRun } = options.profile;

  const estimate = async (recipe: Recipe): Promise<number | undefined> => {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new LostAnswer(`no price within ${dryRunWithin} ms`)), dryRunWithin);
    try {
      return await info.estimate(recipe, limit.signal);
    } catch (err) {
      const { model } = recipe;
      if (err instanceof LostAnswer) {
        // Nobody knows what it made: the card's price is as good, and costs nothing.
        dryRun = false;
        log.error(
          { model, err },
          'A DRY RUN MAY HAVE MADE A PAID TASK: its answer was a task, or was lost. If the gateway does not know dryRun, set it to false in the models file; no more are sent until the next start',
        );
      } else log.warn({ model, err }, 'the gateway gave no price; the card says it');
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  };

  /** Until one dry run was answered with a price, one is out at a time: a gateway that does not know them makes a film of each. */
  let proven = false;
  let proving = false;
  const tried = async (recipe: Recipe): Promise<number | undefined> => {
    if (proven) return estimate(recipe);
    proving = true;
    const money = await estimate(recipe);
    proven = money !== undefined;
    proving = false;
    return money;
  };

  const ask = (recipe: Recipe, byCard: number): Promise<number> => {
    const key = digest({ ...recipe, prompt: '' }).toString('base64');
    const found = known.get(key);
    if (found && now() < found.until) return found.money;
    if (proving) return Promise.resolve(byCard);
    const entry = { money: Promise.resolve(byCard), until: now() + goodFor };
    entry.money = tried(recipe).then((money) => {
      if (money === undefined) entry.until = now() + failedFor;
      // A price of nothing is no price: the budget would set nothing aside.
      return money || byCard;
    });
    known.delete(key);
    known.set(key, entry);
    const [oldest] = known.keys();
    if (known.size > kept && oldest !== undefined) known.delete(oldest);
    return entry.money;
  };

  return {
    async money(recipe) {
      const card = cardFor(cards, recipe.model);
      if (!card) throw new Error(`no card for ${recipe.model}`);
      const byCard = moneyOf(card, recipe.seconds);
      return dryRun ? ask(recipe, byCard) : byCard;
    },
  };
}
