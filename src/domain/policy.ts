import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

export const windowKinds = ['day', 'week', 'month'] as const;
export type WindowKind = (typeof windowKinds)[number];

export const timeZoneSchema = z.string().refine((zone) => {
  try {
    Temporal.Now.zonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}, 'a time zone name such as Europe/Berlin or UTC');

/** What a space grants its members: `credits` anew in each window, whose midnight is the space's own. */
export interface Policy {
  credits: number;
  window: WindowKind;
  timeZone: string;
  /** Credits above which a call is not taken before its price was said and confirmed, where the surface can ask. */
  confirmAbove: number;
  /** Credits for all workflows of the space together, anew in each window. */
  workflowCredits: number;
}

/** What {@link Policy.confirmAbove} is where a space says nothing else. */
export const confirmAbove = 16;

/** One window of quota. `id` sorts by time; `startsAt` and `endsAt` are Unix milliseconds, the end exclusive. */
export interface QuotaWindow {
  id: string;
  startsAt: number;
  endsAt: number;
}

/** The window that holds an instant. Weeks begin on Monday; days are calendar days, 23 or 25 hours long where clocks change. */
export function windowAt(at: number, kind: WindowKind, timeZone: string): QuotaWindow {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).startOfDay();
  const first =
    kind === 'day' ? today : kind === 'week' ? today.subtract({ days: today.dayOfWeek - 1 }) : today.with({ day: 1 });
  const start = first.startOfDay();
  const end = start.add(kind === 'day' ? { days: 1 } : kind === 'week' ? { weeks: 1 } : { months: 1 }).startOfDay();
  return {
    id: `${kind}:${start.toPlainDate().toString()}`,
    startsAt: start.epochMilliseconds,
    endsAt: end.epochMilliseconds,
  };
}
