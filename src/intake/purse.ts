import { UserError } from '../domain/errors.ts';
import type { Quota, Terms } from '../domain/ledger.ts';
import { isNobodys, type Origin, type Platform, type SpaceKey, workflowMember } from '../domain/origin.ts';
import type { Policy, QuotaWindow } from '../domain/policy.ts';
import { mayKnow, mayUse, openPot, type Pot, type Pots, type PotUser } from '../domain/pot.ts';
import type { Rights } from '../ports.ts';

/** What paying takes. */
export interface PurseTools {
  pots: Pick<Pots, 'find' | 'list'>;
  rights(platform: Platform): Rights;
}

/**
 * Whose credits a call takes unless a `pot` pays, and how many those are in a window: its member's own, or what the space sets aside for
 * workflows. What a member's own pot pays for a step counts as theirs.
 */
export function purseOf(
  origin: Origin,
  policy: Policy,
  window: QuotaWindow,
  pot?: string,
): { member: string; terms: Terms } {
  const own = origin.step === undefined || (pot !== undefined && !isNobodys(origin));
  if (!own) return { member: workflowMember, terms: { window, allowance: policy.workflowCredits } };
  return { member: origin.user, terms: { window, allowance: policy.credits, spend: policy.caps.spend } };
}

const userOf = (origin: Origin, { rights }: Pick<PurseTools, 'rights'>, entering?: string): PotUser => ({
  ...{ origin, entering },
  roles: (among) => rights(origin.platform).roles(origin, among),
});

/** A pot by its id or its title; one that is not open, or that is not for whoever asks, is a {@link UserError}. */
export async function potFor(
  named: string,
  origin: Origin,
  space: SpaceKey,
  tools: PurseTools,
  entering?: string,
): Promise<Pot> {
  const user = userOf(origin, tools, entering);
  const open = await openPot(named, space, tools.pots, user);
  if (await mayUse(open, user)) return open;
  throw new UserError('forbidden', { word: 'pot.forbidden' }, { field: 'pot' });
}

/** How many pots are offered at once. */
const offeredMost = 3;

/** Pots that could pay a price for whoever asks, by their deadline; none where it is more than what their limit leaves `free`. */
export async function potsFor(
  price: number,
  { free = price }: Pick<Quota, 'free'>,
  origin: Origin,
  space: SpaceKey,
  tools: PurseTools,
): Promise<Pot[]> {
  if (price > free) return [];
  const user = userOf(origin, tools);
  const able = (await tools.pots.list(space)).filter((pot) => pot.left >= price && mayKnow(pot, user));
  const usable = await Promise.all(able.map(async (pot) => ((await mayUse(pot, user)) ? [pot] : [])));
  return usable.flat().slice(0, offeredMost);
}
