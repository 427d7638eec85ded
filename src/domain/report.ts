import { Temporal } from 'temporal-polyfill';

/** What came of some jobs. Those that were cancelled count nowhere but by what they cost. */
export interface ReportLine {
  /** Films that arrived and were paid. */
  films: number;
  /** Jobs that ended without a film. */
  failed: number;
  credits: number;
  /** What it cost the operator, in millionths of the currency. */
  money: number;
  /** Milliseconds from acceptance to the end, of all films that arrived together. */
  waited: number;
}

/** What came of the jobs that ended in one month of a space; each counted once in each grouping, under its id. */
export interface Report {
  /** Such as `2026-11`. */
  month: string;
  total: ReportLine;
  members: Record<string, ReportLine>;
  models: Record<string, ReportLine>;
  /** What was asked for in private is under {@link privately}. */
  channels: Record<string, ReportLine>;
}

/** Stands for all places that only one member sees. */
export const privately = 'private';

export const monthPattern = /^\d{4}-(?:0[1-9]|1[0-2])$/;

/** The month that an instant is in, where a space is. `at` is Unix milliseconds. */
export const monthAt = (at: number, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toPlainYearMonth().toString();
