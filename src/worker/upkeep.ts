import { TransientError } from '../domain/errors.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { SpaceKey } from '../domain/origin.ts';
import type { Pots } from '../domain/pot.ts';
import { digest } from '../domain/recipe.ts';
import type { Rules } from '../domain/rules.ts';
import { say } from '../domain/words.ts';
import { RedisAway, type Upkeep } from '../ports.ts';
import { type StaffTools, tellStaff } from '../staff.ts';

/** Lots that are ended in one space at once. */
const lotsAtOnce = 200;
const hour = 3_600_000;
/** Shares of a space's budget at which its managers are told, per cent. */
const shares = [100, 80] as const;

export interface UpkeepTools extends StaffTools {
  upkeep: Upkeep;
  ledger: Pick<Ledger, 'expire'>;
  pots: Pick<Pots, 'closeDue'>;
  rules: Pick<Rules, 'read'>;
  /** What a space's windows are reckoned in. */
  timeZone(space: SpaceKey): Promise<string>;
}

/** Tells a space's managers once when four fifths of its budget are used, and once when nothing is left. */
async function tellBudget(space: SpaceKey, tools: UpkeepTools): Promise<void> {
  const { budget, money } = (await tools.rules.read(space)).get('space') ?? {};
  if (budget === undefined && money === undefined) return;
  const is = await tools.upkeep.used(space);
  if (!is) return;
  const part = (used: number, most: number | undefined) =>
    most === undefined ? 0 : most === 0 ? 100 : (100 * used) / most;
  const used = Math.max(part(is.credits, budget), part(is.money, money));
  const share = shares.find((one) => used >= one);
  // Another budget is told of anew, and one that nobody could be told of an hour later.
  const of = `${budget ?? ''}/${money ?? ''}`;
  const unheard = `${of} unheard ${Math.floor(Date.now() / hour)}`;
  if (share === undefined || ([of, unheard].includes(is.told.of) && is.told.share >= share)) return;
  const zone = await tools.timeZone(space);
  const text = say({ word: 'budget.told', with: { share, renewsAt: is.endsAt, timeZone: zone } });
  const key = `b${share}-${digest(`${space} ${is.window} ${of}`).toString('hex').slice(0, 16)}`;
  const heard = await tellStaff(space, 'managers', { key, parts: [{ kind: 'text', text }] }, tools);
  await tools.upkeep.told(space, is.window, { share, of: heard ? of : unheard });
}

async function keepUp(space: SpaceKey, tools: UpkeepTools): Promise<void> {
  while ((await tools.ledger.expire(space, lotsAtOnce)) === lotsAtOnce);
  const closed = await tools.pots.closeDue(space);
  if (closed > 0) tools.log.info({ space, closed }, 'pots whose time was over went back to their contributors');
  await tellBudget(space, tools);
}

/**
 * What time does to credits, in every space: granted ones run out, pots return at their deadline, and managers are told of their budget. Each
 * of it is idempotent, so that several processes may do it; one space that is in trouble keeps none of the others.
 */
export async function upkeep(tools: UpkeepTools): Promise<void> {
  for (const space of await tools.upkeep.spaces()) {
    try {
      await keepUp(space, tools);
    } catch (err) {
      if (err instanceof RedisAway) throw err;
      const level = err instanceof TransientError ? 'warn' : 'error';
      tools.log[level]({ space, err }, 'a space was not looked after; next time');
    }
  }
}
