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
 * - *origin*: where it was asked, and so where it is answered. *place*: where something is said to all who can read there.
 * - *announcement*: what is said in a place, once a key. *exhibit*: a film that is shown there without a word of who made it.
 * - *step of a workflow*: a call by a workflow of the chat, which waits to be told how that ended.
 *
 * Every member of a port is used by its callers and none is optional. Every implementation passes its contract in `test/support`.
 */
import type { FileRef } from './domain/command.ts';
import { TransientError } from './domain/errors.ts';
import type { Asset, Job, JobRef, Outcome, Progress, Step } from './domain/job.ts';
import type { SpaceKey } from './domain/origin.ts';
import type { Quote } from './domain/quote.ts';
import type { Size } from './domain/recipe.ts';

export * from './ports/chat.ts';
export * from './ports/gateway.ts';
export * from './ports/pages.ts';
export * from './ports/rights.ts';

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

/** Stored pictures that another film may begin with. */
export interface Stored {
  /** Keeps a stored picture as long as one that came just now; false when it is gone. */
  renew(name: string): Promise<boolean>;
}

/** The films and pictures that we keep, by the hash of their content. */
export interface Media {
  /** Where a stored file lies. */
  path(name: string): string;
  read(name: string): Promise<Uint8Array>;
  /** Brings a finished film home, checked to be a playable MP4. Throws {@link TransientError}, {@link LinkExpired} or `JobFailure`. */
  fetch(url: string, signal: AbortSignal): Promise<Asset>;
}

/** The stored films that are shown to nobody any more, by no link and not in the studio: their jobs' films were removed. Redis away: {@link RedisAway}. */
export interface Withheld {
  add(name: string): Promise<void>;
  has(name: string): Promise<boolean>;
}

/** Makes films smaller, for chats that take no large ones. */
export interface Fitting {
  /**
   * The film at no more than `bytes`, in the media store; nothing where that cannot be done: no ffmpeg here, or a film so long that it
   * would be a smear. Throws the reason of the signal when that is aborted.
   */
  fit(asset: Asset, bytes: number, signal: AbortSignal): Promise<Asset | undefined>;
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

/** Repeated refusals slow the member that they were of, and nobody else. */
export interface Slow {
  /** Milliseconds until the member may ask for a film again in this space; 0: now. Redis away: `UserError`, in plain words. */
  left(space: SpaceKey, member: string): Promise<number>;
  /** A request of theirs was refused for what it says; the same request counts once. Redis away: {@link RedisAway}. */
  count(space: SpaceKey, member: string, request: string): Promise<void>;
}

/** Small secrets at rest, encrypted. A secret that does not open throws an Error that names the setting to look at. Redis away: {@link RedisAway}. */
export interface Vault {
  keep(name: string, text: string): Promise<void>;
  open(name: string): Promise<string | undefined>;
  drop(name: string): Promise<void>;
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

/** What there is to look after in spaces, whether somebody calls there or not. */
export interface Upkeep {
  /** Spaces that may have credits that run out, pots, or a budget; known some minutes late. */
  spaces(): Promise<SpaceKey[]>;
  /**
   * What a space's films come to in its present window, held and spent together; money in millionths of the currency, `endsAt` in Unix
   * milliseconds. `told`: at which per cent of which budget its managers were last told of it.
   */
  used(
    space: SpaceKey,
  ): Promise<
    { window: string; endsAt: number; credits: number; money: number; told: { share: number; of: string } } | undefined
  >;
  told(space: SpaceKey, window: string, told: { share: number; of: string }): Promise<void>;
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
  /** Makes a wake-up that lies in wait run now, if there is one; `wanted` is asked last of all, for another may have hastened it meanwhile. */
  hasten(step: Step, ref: JobRef, wanted?: () => Promise<boolean>): Promise<void>;
}

/** Where a log line goes; its fields always name the `job`, and what else is known. Implemented by the program's logger. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
