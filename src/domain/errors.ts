import type { Topic } from './verdict.ts';
import type { Said, Word } from './words.ts';

/** What kind of refusal a {@link UserError} is; the surfaces map it to their own form (the studio: an HTTP status). */
export type Refusal = 'invalid' | 'unknown' | 'forbidden' | 'balance' | 'conflict' | 'busy' | 'unavailable';

/**
 * The member has to do something else: said to them in plain words, nothing held, never retried.
 * `word` names the sentence in the catalog, `field` the command's field at fault, `retryAfter` is in seconds.
 */
export class UserError<W extends Word = Word> extends Error {
  override readonly name = 'UserError';
  readonly refusal: Refusal;
  readonly said: Said<W>;
  readonly field: string | undefined;
  readonly balance: number | undefined;
  readonly retryAfter: number | undefined;

  constructor(
    refusal: Refusal,
    said: Said<W>,
    more: { field?: string; balance?: number; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(`${refusal}: ${said.word}`, { cause: more.cause });
    this.refusal = refusal;
    this.said = said;
    this.field = more.field;
    this.balance = more.balance;
    this.retryAfter = more.retryAfter;
  }
}

/**
 * Nothing happened and the same step may be tried again, not sooner than `retryAfter` milliseconds from now, and not more than
 * `most` times in all. `waits`: its turn has not come, which counts as no try.
 */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  readonly retryAfter: number | undefined;
  readonly most: number | undefined;
  readonly waits: boolean;

  constructor(message: string, more: { retryAfter?: number; most?: number; waits?: boolean; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.retryAfter = more.retryAfter;
    this.most = more.most;
    this.waits = more.waits ?? false;
  }
}

/** A paid request was sent and its answer never came: it may or may not have been accepted. Never repeated blindly. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
}

/** Why a job ended without a film. Each has its sentence to members in the catalog, under `failed.<reason>`. */
export const failureReasons = [
  'policy',
  'invalid',
  'model',
  'funds',
  'misconfigured',
  'busy',
  'unreachable',
  'rejected',
  'lost',
  'unclear',
  'expired',
  'overdue',
  'stuck',
  'cancelled',
  'abandoned',
  'removed',
  'broken',
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** The job has ended without a film: tell its thread, release its hold. `message` is for the operator alone. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly reason: FailureReason;
  /** What was declined, where the reason is `policy` and that was told. */
  readonly about: readonly Topic[] | undefined;

  constructor(
    reason: FailureReason,
    message: string,
    more: { about?: readonly Topic[] | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.reason = reason;
    this.about = more.about;
  }
}

/** The chat will not take the film there, now or later, without somebody acting. The film is kept. */
export class CannotPost extends Error {
  override readonly name = 'CannotPost';
}
