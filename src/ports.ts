/**
 * The interfaces that the flow needs from outside, and the words of the house.
 *
 * - *space*: a guild, a workspace, the studio: the unit with quotas, policies and one Redis slot.
 * - *call*: what a member did, once. *job*: one film on its way. *recipe*: all that is needed to make it.
 * - *hold*: credits set aside for a job. *capture*: they are paid. *release*: they are given back. Exactly one of the two ends a hold.
 * - *accept*: the one script after which a request is never lost. *settle*: the one script that ends its hold.
 * - *waiting list*: a space's accepted jobs that wait for their turn. *admission*: hands them to the queue, space by space.
 * - *step*: submit, poll or deliver; *epoch*: who may write a job's record now. *wake-up*: a queue entry that says "look at this job".
 * - *open set*: a space's unfinished jobs, by when progress is due. *sweep*: wakes what is overdue.
 * - *card*: the message that shows where a job is. *film*: the message that brings the video. *generation*: which posting of it.
 * - *quote*: a price said before anything is held, with *choices* of one press each.
 * - *origin*: where it was asked, and so where it is answered.
 *
 * Every member of a port is used by its callers and none is optional. Every implementation passes its contract in `test/support`.
 */
import type { Card } from './domain/card.ts';
import type { Call, FileRef, Level, Reply } from './domain/command.ts';
import { type FailureReason, TransientError } from './domain/errors.ts';
import type { PauseReason } from './domain/gateway.ts';
import type { Asset, Job, JobRef, Outcome, Progress, Step } from './domain/job.ts';
import type { Origin, SpaceKey } from './domain/origin.ts';
import type { Quote } from './domain/quote.ts';
import type { Recipe, Size } from './domain/recipe.ts';

/** A chat's way in. `handle` answers every call with a reply or a {@link UserError}; anything else it throws is a bug, logged by its job or call. */
export interface Receiver {
  listen(handle: (call: Call) => Promise<Reply>): Promise<void>;
  /** Takes no new calls, and ends those under way. */
  close(): Promise<void>;
}

/** A film on its way to its thread. `file` is a path in the media store. */
export interface Film {
  job: string;
  /** The same for every attempt of one posting: what makes it one post. */
  key: string;
  /** An attempt was made before: look whether it is there already. */
  repeated: boolean;
  requester: string;
  requesterId: string;
  prompt: string;
  asset: Asset;
  file: string;
  /** The card it replies to. */
  card: string | undefined;
}

/**
 * A chat's way out, by the bot's own rights alone. Throws {@link CannotPost} when the chat refuses for good,
 * {@link TransientError} when the same may be tried again. A returned ref is the chat's own id of the message.
 */
export interface Poster {
  /** Posts the card, or edits the one at `ref`. An older version never replaces a newer. */
  card(origin: Origin, card: Card, ref: string | undefined): Promise<string>;
  film(origin: Origin, film: Film): Promise<string>;
}

/** Asked before anything is held, and at every press. */
export interface Rights {
  canPost(origin: Origin): Promise<boolean>;
  level(origin: Origin): Promise<Level>;
}

/**
 * What the gateway says of a task, each only where it tells: `percent`; `bill`, what the task cost, in millionths of the currency; `took`,
 * the milliseconds from its acceptance to its film; `by`, provider and model that made it.
 */
export type TaskState =
  | { status: 'running'; percent?: number }
  | { status: 'completed'; url?: string; bill?: number; took?: number; by?: string }
  | { status: 'failed'; reason: FailureReason; message: string; bill?: number }
  | { status: 'missing' };

/** What the gateway's list of requests says of one that was sent under a job's id. */
export type Found =
  | { status: 'none' }
  | { status: 'taken'; taskId: string }
  | { status: 'failed'; reason: FailureReason; message: string; bill?: number };

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

/** What the gateway tells beside its tasks; {@link TransientError} where it does not. */
export interface GatewayInfo {
  /** The ids it serves. */
  models(signal: AbortSignal): Promise<string[]>;
  /** A model's parameters as a JSON schema; nothing where it tells none. */
  schema(model: string, signal: AbortSignal): Promise<Record<string, unknown> | undefined>;
  /** The price of a film in millionths of the currency, without making it; nothing where it says none. Throws {@link LostAnswer} when it made one. */
  estimate(recipe: Recipe, signal: AbortSignal): Promise<number | undefined>;
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

/** The operator's money, in millionths of the currency. Every verb is idempotent by the job's id. */
export interface Budget {
  /**
   * Sets money aside before a job is accepted; what is not {@link Budget.keep}-ed within a minute returns. Throws {@link UserError}
   * when the window's money is used up or the gateway is paused. Returns the jobs for which it was newly set aside.
   */
  reserve(jobs: readonly { ref: JobRef; money: number }[]): Promise<JobRef[]>;
  /** They were accepted. */
  keep(refs: readonly JobRef[]): Promise<void>;
  /** Ends a reservation: `spent` is what it came to, 0 for nothing. */
  book(id: string, spent: number): Promise<void>;
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

/** A member's picture, checked and upright. */
export interface Picture {
  width: number;
  height: number;
  /** Cut and scaled to exactly this size, and stored; `name` is its name in the media store. */
  fit(size: Size): Promise<{ name: string; cropped: boolean }>;
}
export interface Pictures {
  /** Throws {@link UserError} for what is no usable picture. */
  open(file: FileRef): Promise<Picture>;
}

/** The films and pictures that we keep, by the hash of their content. */
export interface Media {
  /** Where a stored file lies. */
  path(name: string): string;
  read(name: string): Promise<Uint8Array>;
  /** Brings a finished film home, checked to be a playable MP4. Throws {@link TransientError}, {@link LinkExpired} or `JobFailure`. */
  fetch(url: string, signal: AbortSignal): Promise<Asset>;
}

/** The film's link no longer works; the gateway may give a new one. */
export class LinkExpired extends Error {
  override readonly name = 'LinkExpired';
}

/** A job's record was taken over by another worker: the present one must stop, having changed nothing. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** Redis did not answer. `unsure`: a command was under way, and may have been carried out. */
export class RedisAway extends TransientError {
  readonly unsure: boolean;

  constructor(unsure: boolean, cause: unknown) {
    super('Redis does not answer', { cause });
    this.unsure = unsure;
  }
}

/** The prices that members were told and may still take; each is forgotten an hour after it was said. Redis away: `UserError`, in plain words. */
export interface Quotes {
  /** Keeps a quote. What is kept under its id already stands, and is returned. */
  keep(space: SpaceKey, quote: Quote): Promise<Quote>;
  find(space: SpaceKey, id: string): Promise<Quote | undefined>;
  drop(space: SpaceKey, id: string): Promise<void>;
}

/** The books as the worker writes them; fenced by the epoch that `begin` gave. Redis away: {@link RedisAway}. */
export interface Records {
  read(ref: JobRef): Promise<Job | undefined>;
  /** Notes that a step begins, before it acts, and takes the job's epoch. Steps that ended with their worker are counted; `parked` when it is one too many. */
  begin(ref: JobRef, step: Step): Promise<Job | undefined>;
  /** Writes what a step learned and ends it. `due` is when progress is expected by; `visible` when members can see the change. Returns the job as it is now. */
  save(job: Job, progress: Progress, more: { due: number; visible: boolean; ended: boolean }): Promise<Job>;
  /**
   * Notes the task of a paid submit, also when another worker holds the job by now: a fact is never fenced. `other` and `settled`
   * mean that a task was paid for which no film will be posted.
   */
  submitted(
    job: Job,
    task: { taskId: string; gateway: string; at: number; due: number },
  ): Promise<'noted' | 'known' | 'other' | 'settled' | 'gone'>;
  /** Ends the hold, once. */
  settle(job: Job, outcome: Outcome): Promise<Job>;
  /** Notes which version its card shows. True when that was the last thing to do, and the job is at rest. */
  shown(job: Job, card: { ref: string | undefined; version: number }): Promise<boolean>;
  /** The step was not done; nobody is to blame. */
  handBack(job: Job): Promise<void>;
  /**
   * A webhook told of the job: notes its id, for the step that looks next, and the task's id where a submit's answer was lost.
   * `known` when the same webhook was noted before, `gone` when there is no such job or it has ended.
   */
  woken(
    ref: JobRef,
    hook: { id: string; taskId: string | undefined; gateway: string },
  ): Promise<'noted' | 'known' | 'gone'>;
  /** Whether a webhook came that no step has looked after. */
  isWoken(ref: JobRef): Promise<boolean>;
}

/** An overdue job: still on the waiting list, lost on its way to or from the queue, or gone (open without a record: told once). */
export interface Overdue {
  ref: JobRef;
  is: 'waiting' | 'lost' | 'gone';
}

/** The waiting lists and open sets of all spaces. */
export interface Lists {
  /** Spaces that may have unfinished jobs. */
  spaces(): Promise<SpaceKey[]>;
  /** Puts a space in the round of admission. */
  enlist(space: SpaceKey): Promise<void>;
  /** Jobs for the queue, the spaces in turn, each counted against the submit window until it is {@link Lists.freed}. */
  admit(window: number): Promise<JobRef[]>;
  /** How far a job has come; when that is what the window counts to, its place is free. */
  freed(ref: JobRef, reached: 'submitted' | 'rendered' | 'ended'): Promise<void>;
  /** Whether this worker runs admission and sweep for the next seconds; one does at a time. */
  leads(): Promise<boolean>;
  /** Lets another worker lead at once. */
  resign(): Promise<void>;
  /** Jobs whose progress is overdue. Each is due again after `again` milliseconds. */
  overdue(space: SpaceKey, limit: number, again: number): Promise<Overdue[]>;
}

export interface WakeUp {
  ref: JobRef;
  generation: number;
  at?: number;
}

/** Queue entries that say "look at this job". Adding one that is there already changes nothing. */
export interface WakeUps {
  /** `at` in Unix milliseconds; left out: now. */
  add(step: Step, wakeUps: readonly WakeUp[]): Promise<void>;
  /** Makes a wake-up that lies in wait run now, if there is one. */
  hasten(step: Step, ref: JobRef): Promise<void>;
}

/** Where a log line goes; its fields always name the `job`, and what else is known. Implemented by the program's logger. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
