import type { Job, JobRef, JobRequest } from './job.ts';
import type { Quota, Terms } from './ledger.ts';
import type { SpaceKey } from './origin.ts';
import type { Caps, QuotaWindow } from './policy.ts';
import type { Report } from './report.ts';

/** Everything that one accept writes. `digest` tells a repeated call from another one under the same key. */
export interface Order {
  space: SpaceKey;
  call: { key: string; digest: string };
  /** Whose window and lots pay, unless a pot does. */
  member: string;
  pot?: string | undefined;
  jobs: JobRequest[];
  window: QuotaWindow;
  /** Credits that the member may use up in this window. */
  allowance: number;
  caps: Caps;
  /** The space's own, for telling when credits come. */
  timeZone: string;
}

/** What was accepted; kept with the call, so that its repetition gets the same answer. Credits; Unix milliseconds. */
export interface Receipt {
  jobs: string[];
  price: number;
  left: number;
}

/**
 * What members' commands ask of the books. Every verb is idempotent by its key or by the state it leads to, and
 * throws {@link UserError} for what the member can mend; `unavailable` when Redis is away, with nothing written.
 */
export interface Desk {
  /** Hold, ledger lines, records, waiting list and the call's answer, all or nothing. The same call again gets its first receipt. */
  accept(order: Order): Promise<Receipt & { repeated: boolean }>;
  /** What a call was answered with, if it came before; with other content it is a `conflict`. */
  answered(space: SpaceKey, call: Order['call']): Promise<Receipt | undefined>;
  job(ref: JobRef): Promise<Job | undefined>;
  /** Newest first. */
  jobsOf(space: SpaceKey, member: string, limit: number): Promise<Job[]>;
  /** 1 = next of its space; nothing once it has left the waiting list. */
  position(ref: JobRef): Promise<number | undefined>;
  quota(space: SpaceKey, member: string, terms: Terms): Promise<Quota>;
  /** The space's window: the one that stands until it has ended, then the one that `following` makes of the present moment. */
  window(space: SpaceKey, following: (at: number) => QuotaWindow): Promise<QuotaWindow>;
  /** `released`: it was waiting and the hold is back; `asked`: it is under way and the gateway will be asked; `late`: it had ended. */
  cancel(ref: JobRef, by: string): Promise<'released' | 'asked' | 'late'>;
  /** All jobs of a space, newest first; those before one of them where that is given by its id. */
  jobsIn(space: SpaceKey, limit: number, before?: string): Promise<Job[]>;
  /**
   * Gives up a job that waits or is held: `released`: its hold is back; `asked`: its next step gives it back; `late`: it had ended;
   * `moving`: it is under way, and nothing was done.
   */
  release(ref: JobRef, by: string): Promise<'released' | 'asked' | 'late' | 'moving'>;
  /** What came of the jobs that ended in a month such as `2026-11`. */
  report(space: SpaceKey, month: string): Promise<Report>;
  /** A new generation of the post, or a parked job's next chance; false when there is nothing to post. */
  /**
   * Removes a film for good. `released`: it was waiting, is not made, and the hold is back; `noted`: it is taken out of its chat, or
   * never comes to stand there; `known`: it was removed before; `nothing`: there is no film.
   */
  remove(ref: JobRef, by: string, why?: string): Promise<'released' | 'noted' | 'known' | 'nothing'>;
  /** A new generation of the post, or a parked job's next chance; false when there is nothing to post, or it was removed. */
  redeliver(ref: JobRef): Promise<boolean>;
}
