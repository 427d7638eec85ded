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

/** What no film goes over, whatever credits are there; left out for no limit. */
export interface Caps {
  /** Credits that a member may hold and spend in a window, of pots too. */
  spend?: number | undefined;
  /** Films of a member that are accepted and have not ended, and those of them that wait. */
  atOnce?: number | undefined;
  waiting?: number | undefined;
  /** What the whole space may hold and spend in a window: credits, and millionths of the currency. */
  spaceCredits?: number | undefined;
  spaceMoney?: number | undefined;
}

/** What holds for whoever asks: `credits` anew in each window, whose midnight is the space's own. */
export interface Policy {
  credits: number;
  window: WindowKind;
  timeZone: string;
  /** Credits above which a call is not taken before its price was said and confirmed, where the surface can ask. */
  confirmAbove: number;
  /** Credits for all workflows of the space together, anew in each window. */
  workflowCredits: number;
  caps: Caps;
  /** The longest film, in seconds. */
  seconds?: number | undefined;
  /** The models that may be chosen, by their ids; all when left out. */
  models?: readonly string[] | undefined;
  /** Granted credits that a member may give away in a day. */
  gifts: number;
  /** Films are posted behind a cover, where the chat has one. */
  spoiler: boolean;
}

/** What {@link Policy.confirmAbove} is where a space says nothing else. */
const confirmAbove = 16;

/** What {@link Policy.gifts} is where a space says nothing else. */
const giftsADay = 100;

/** What holds in a space whose managers settle nothing. */
export function usualPolicy(quota: Pick<Policy, 'credits' | 'window' | 'timeZone'>, workflowCredits: number): Policy {
  return { ...quota, confirmAbove, gifts: giftsADay, caps: {}, spoiler: false, workflowCredits };
}

/** The calendar day that holds an instant, such as `2026-11-30`. `at` is Unix milliseconds. */
export const dayAt = (at: number, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();

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
