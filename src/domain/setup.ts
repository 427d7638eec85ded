import { type Policy, timeZoneSchema } from './policy.ts';

/** The smaller allowance that is offered for a new space. */
export const lessOf = ({ credits }: Pick<Policy, 'credits'>): number => Math.max(1, Math.round(credits / 3));

/** The budget that is given as an example: what twenty members have. */
export const budgetOf = ({ credits }: Pick<Policy, 'credits'>): number =>
  Math.min(1_000_000, Math.max(1, credits) * 20);

/** A manager's own time zone, where the chat told one that there is. */
export const zoneOf = (person: { zone?: string } | undefined): string | undefined =>
  timeZoneSchema.safeParse(person?.zone).data;
