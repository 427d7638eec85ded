/** The interfaces to the video gateway; `src/ports.ts` has the words of the house. */
import { type FailureReason, TransientError } from '../domain/errors.ts';
import type { PauseReason } from '../domain/gateway.ts';
import type { Job, JobRef } from '../domain/job.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { Topic } from '../domain/verdict.ts';

/**
 * What the gateway says of a task, each only where it tells: `percent`; `bill`, what the task cost, in millionths of the currency; `took`,
 * the milliseconds from its acceptance to its film; `by`, provider and model that made it; `about`, what a refusal of its words was for.
 */
export type TaskState =
  | { status: 'running'; percent?: number }
  | { status: 'completed'; url?: string; bill?: number; took?: number; by?: string }
  | { status: 'failed'; reason: FailureReason; message: string; about?: readonly Topic[]; bill?: number }
  | { status: 'missing' };

/** What the gateway's list of requests says of one that was sent under a job's id. */
export type Found =
  | { status: 'none' }
  | { status: 'taken'; taskId: string }
  | { status: 'failed'; reason: FailureReason; message: string; about?: readonly Topic[]; bill?: number };

/** A paid order. `key` makes a repetition harmless where the profile says so; `sentAt` is when it was first sent, in Unix milliseconds; `picture` is a name in the media store, `hook` where to send a webhook. */
export interface TaskOrder {
  key: string;
  sentAt: number;
  recipe: Recipe;
  picture: { name: string; bytes: Uint8Array } | undefined;
  hook: string | undefined;
}

/** The gateway asked everybody to slow down (429). Nothing was taken. */
export class Throttled extends TransientError {}

/** The gateway could not be reached: nothing was sent. */
export class Unreached extends TransientError {}

/** The gateway refuses us for a reason that only the operator can mend, on a call that does not end a job for it. */
export class Refused extends TransientError {
  readonly reason: PauseReason;

  constructor(reason: PauseReason, message: string, more: { cause?: unknown } = {}) {
    super(message, more);
    this.reason = reason;
  }
}

/**
 * The video gateway, a call each with its own rules for repetition. Errors: {@link TransientError} (nothing was taken; try
 * again), {@link LostAnswer} (a submit that may have been taken), `JobFailure` (a clear no).
 */
export interface VideoApi {
  /** Which gateway it is: noted with every task, for another one would not know it. */
  name: string;
  submit(order: TaskOrder, signal: AbortSignal): Promise<{ taskId: string }>;
  poll(taskId: string, signal: AbortSignal): Promise<TaskState>;
  /** Asks it to stop; it may complete all the same. */
  cancel(taskId: string, signal: AbortSignal): Promise<void>;
  /** Looks in its list of requests for one sent under `key` at `sentAt` (Unix milliseconds) or later. */
  find(key: string, sentAt: number, signal: AbortSignal): Promise<Found>;
}

/** Words that the gateway's moderation would not have; `about` names what for, as far as that is known. */
export interface Flag {
  about: readonly Topic[];
}

/** Looks at words before anything is held for them. */
export interface Moderation {
  /** Nothing where they may be sent. Throws `UserError` when they could not be looked at. */
  look(text: string): Promise<Flag | undefined>;
}

/** What the gateway tells beside its tasks; {@link TransientError} where it does not. */
export interface GatewayInfo {
  /** The ids it serves. */
  models(signal: AbortSignal): Promise<string[]>;
  /** A model's parameters as a JSON schema; nothing where it tells none. */
  schema(model: string, signal: AbortSignal): Promise<Record<string, unknown> | undefined>;
  /** The price of a film in millionths of the currency, without making it; nothing where it says none. Throws {@link LostAnswer} when it made one. */
  estimate(recipe: Recipe, signal: AbortSignal): Promise<number | undefined>;
  /** What its moderation says of words, by the model of the profile, if one is named there; nothing where it has nothing against them. */
  moderate(text: string, signal: AbortSignal): Promise<Flag | undefined>;
  /** What it signs its webhooks with; nothing where it does not tell. */
  webhookSecret(signal: AbortSignal): Promise<string | undefined>;
  /** Whether it would take work now, as far as it can be asked for nothing; `unknown` where it cannot. */
  probe(reason: PauseReason, signal: AbortSignal): Promise<'well' | 'ill' | 'unknown'>;
}

/** The gateway's limits, kept by all workers together. Waits are milliseconds, times Unix milliseconds. */
export interface Pressure {
  /** A place for one paid request, kept until {@link Pressure.leave} or a crash; else how long to wait before asking again. */
  enter(job: string): Promise<{ wait: number }>;
  leave(job: string): Promise<void>;
  /** The first free time for a poll at or after `wanted`, reserved. */
  pollAt(wanted: number): Promise<number>;
}

/** What a 429 does to everybody. Milliseconds. */
export interface Brake {
  /** A call was refused that was sent `age` ago. Without `asked` the wait grows with each refusal, 1 s to 60 s. */
  slow(refused: { asked: number | undefined; age: number }): Promise<void>;
  /** How long nobody may call, 0 when nothing stands; known a second late of what other processes were told. */
  holds(): Promise<number>;
}

/** Whether the gateway is given new work. It is paused by a refusal that only the operator can mend, and resumes by itself. */
export interface Standing {
  read(): Promise<{ reason: PauseReason; since: number } | undefined>;
  /** True when it was not paused before. */
  pause(reason: PauseReason): Promise<boolean>;
  resume(): Promise<void>;
}

/** What a job costs: the operator in millionths of the currency, and whoever pays in credits. */
export interface Costs {
  ref: JobRef;
  money: number;
  credits: number;
}

/** The operator's budgets, of money in millionths of the currency and of credits. Every verb is idempotent by the job's id. */
export interface Budget {
  /**
   * Sets money aside before a job is accepted; what is not {@link Budget.keep}-ed within a minute returns. Throws {@link UserError}
   * when the window's money is used up or the gateway is paused. Returns the jobs for which it was newly set aside.
   */
  reserve(jobs: readonly Costs[]): Promise<JobRef[]>;
  /** They were accepted, at this cost. */
  keep(jobs: readonly Costs[]): Promise<void>;
  /** They were refused: what was set aside for them returns, unless the same jobs were accepted elsewhere. */
  giveBack(refs: readonly JobRef[]): Promise<void>;
  /** What is left of the window's money; nothing where there is no limit. */
  left(): Promise<number | undefined>;
  /** Ends a reservation: `spent` is what it came to, 0 for nothing. */
  book(id: string, spent: { money: number; credits: number }): Promise<void>;
}

/** What a film costs the operator, in millionths of the currency, as well as it can be known beforehand. */
export interface Prices {
  money(recipe: Recipe): Promise<number>;
}

/** When to look at a task again, and when it should be there. */
export interface Schedule {
  /** Unix milliseconds of the next poll. */
  next(job: Job, now: number): Promise<number>;
  /** Unix milliseconds when a task should be there, given that it was not at `now`; nothing while too few were measured. */
  expect(job: Job, now: number): Promise<number | undefined>;
  /** After how many milliseconds a film was noticed; what it really took, where the gateway tells; and whether a webhook announced it. */
  learn(recipe: Recipe, noticed: { ms: number; took?: number | undefined; announced: boolean }): Promise<void>;
}
