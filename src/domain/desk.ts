import type { Job, JobRef, JobRequest } from './job.ts';
import type { SpaceKey } from './origin.ts';
import type { QuotaWindow } from './policy.ts';

/** Everything that one accept writes. `digest` tells a repeated call from another one under the same key. */
export interface Order {
  space: SpaceKey;
  call: { key: string; digest: string };
  member: string;
  jobs: JobRequest[];
  window: QuotaWindow;
  /** Credits that the member may use up in this window. */
  allowance: number;
  /** The space's own, for telling when credits come. */
  timeZone: string;
}

/** What was accepted; kept with the call, so that its repetition gets the same answer. Credits; Unix milliseconds. */
export interface Receipt {
  jobs: string[];
  price: number;
  left: number;
}

export interface LedgerLine {
  /** Sorts by time. */
  id: string;
  at: number;
  kind: 'hold' | 'capture' | 'release';
  member: string;
  window: string;
  credits: number;
  job: string;
}

/** A member's credits in one window. `left` = allowance − held − spent. */
export interface Quota {
  allowance: number;
  held: number;
  spent: number;
  left: number;
  renewsAt: number;
  /** The newest lines first, 50 at most. */
  entries: LedgerLine[];
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
  quota(space: SpaceKey, member: string, window: QuotaWindow, allowance: number): Promise<Quota>;
  /** `released`: it was waiting and the hold is back; `asked`: it is under way and the gateway will be asked; `late`: it had ended. */
  cancel(ref: JobRef, by: string): Promise<'released' | 'asked' | 'late'>;
  /**
   * Removes a film for good. `released`: it was waiting, is not made, and the hold is back; `noted`: it is taken out of its chat, or
   * never comes to stand there; `known`: it was removed before; `nothing`: there is no film.
   */
  remove(ref: JobRef, by: string, why?: string): Promise<'released' | 'noted' | 'known' | 'nothing'>;
  /** A new generation of the post, or a parked job's next chance; false when there is nothing to post, or it was removed. */
  redeliver(ref: JobRef): Promise<boolean>;
}
