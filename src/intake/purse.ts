import { UserError } from '../domain/errors.ts';
import type { Terms } from '../domain/ledger.ts';
import { type Origin, type Platform, type SpaceKey, workflowMember } from '../domain/origin.ts';
import type { Policy, QuotaWindow } from '../domain/policy.ts';
import { type Pot, type Pots, potIdPattern } from '../domain/pot.ts';
import type { Rights } from '../ports.ts';

/** What paying takes. */
export interface PurseTools {
  pots: Pick<Pots, 'find' | 'list'>;
  rights(platform: Platform): Rights;
}

/** Whose credits a call takes unless a pot pays, and how many those are in a window: its member's own, or what the space sets aside for workflows. */
export function purseOf({ step, user }: Origin, policy: Policy, window: QuotaWindow): { member: string; terms: Terms } {
  if (step !== undefined) return { member: workflowMember, terms: { window, allowance: policy.workflowCredits } };
  return { member: user, terms: { window, allowance: policy.credits, spend: policy.caps.spend } };
}

/** Whether whoever asks may have a film paid by a pot. */
export async function mayUse(
  { for: whose }: Pot,
  origin: Origin,
  { rights }: Pick<PurseTools, 'rights'>,
): Promise<boolean> {
  switch (whose.kind) {
    case 'thread':
      return whose.channel === origin.channel && (whose.thread === undefined || whose.thread === origin.thread);
    case 'team':
      return (await rights(origin.platform).roles(origin, [whose.role])).length > 0;
    case 'story':
    case 'challenge':
      return true;
  }
}

/** A pot by its id or its title; one that is not open, or that is not for whoever asks, is a {@link UserError}. */
export async function potFor(named: string, origin: Origin, space: SpaceKey, tools: PurseTools): Promise<Pot> {
  const open = await openPot(named, space, tools.pots);
  if (await mayUse(open, origin, tools)) return open;
  throw new UserError('forbidden', { word: 'pot.forbidden' }, { field: 'pot' });
}

/** A pot that is open, by its id or its title. */
export async function openPot(named: string, space: SpaceKey, pots: PurseTools['pots']): Promise<Pot> {
  const name = named.trim().toLowerCase();
  const found = potIdPattern.test(name)
    ? [await pots.find(space, name)]
    : (await pots.list(space)).filter(({ title }) => title.toLowerCase() === name);
  const [pot, another] = found;
  if (another) throw new UserError('invalid', { word: 'pot.several' }, { field: 'pot' });
  if (pot && pot.closed === undefined && pot.deadline > Date.now()) return pot;
  throw new UserError('unknown', { word: pot ? 'pot.closed' : 'pot.unknown' }, { field: 'pot' });
}
