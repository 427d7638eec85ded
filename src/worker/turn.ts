import type { Challenges } from '../domain/challenge.ts';
import { JobFailure, TransientError } from '../domain/errors.ts';
import type { LostAnswerWay } from '../domain/gateway.ts';
import { isSlowed, type Job, type JobRef, nextStep, type Progress, requestOf, type Step } from '../domain/job.ts';
import type { ModelCard } from '../domain/model.ts';
import { type Platform, spaceKey } from '../domain/origin.ts';
import type { Wishes } from '../domain/wishes.ts';
import type {
  Budget,
  Lists,
  Media,
  Pressure,
  Records,
  Schedule,
  Slow,
  Standing,
  VideoApi,
  Withheld,
  Workflows,
} from '../ports.ts';
import { type ShowTools, showInPassing } from '../show.ts';

/** What steps work with. `now` is Unix milliseconds. */
export interface StepTools extends ShowTools {
  records: Pick<Records, 'save' | 'submitted' | 'settle' | 'shown'>;
  lists: Pick<Lists, 'freed'>;
  video: VideoApi;
  /** What the gateway's profile allows after a lost answer. */
  lostAnswer: readonly LostAnswerWay[];
  pressure: Pressure;
  standing: Pick<Standing, 'read'>;
  schedule: Schedule;
  budget: Pick<Budget, 'book'>;
  slow: Pick<Slow, 'count'>;
  /** Where the gateway may tell of a job's task; nothing where it does not. */
  hook(ref: JobRef): string | undefined;
  media: Pick<Media, 'read' | 'path' | 'fetch'>;
  withheld: Pick<Withheld, 'add'>;
  wishes: Pick<Wishes, 'mention'>;
  workflows(platform: Platform): Workflows;
  challenges: Pick<Challenges, 'entry'>;
  model(id: string): ModelCard | undefined;
  now(): number;
}

/** A step that comes next, and when (Unix milliseconds). */
export interface Next {
  step: Step;
  at: number;
}

/** One step of one job. `job` is always the record as last read or written, so that a later save loses nothing. */
export interface Turn {
  job: Job;
  tools: StepTools;
  signal: AbortSignal;
}

/** Milliseconds beyond its time until a step counts as overdue. */
export const grace = 15_000;

export const refOf = (job: Job): JobRef => ({ space: spaceKey(job.request.origin), id: job.request.id });

/** The longest that another side may have us wait, in milliseconds: a wait of years would be a hold without end. */
const longestAsked = 600_000;

/** 1 s, 2 s, 4 s … to a minute, each a fifth more or less; not sooner than the other side asked for, within reason. Milliseconds. */
export function backoff(tries: number, asked = 0): number {
  const wait = Math.min(60_000, 1_000 * 2 ** Math.min(tries, 10));
  return Math.max(Math.min(asked, longestAsked), wait * (0.8 + 0.4 * Math.random()));
}

/**
 * Bounds one exchange: after `ms` milliseconds it is aborted with a {@link TransientError}. Its timer ends with it; those of
 * `AbortSignal.timeout` would pile up, one for each poll.
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new TransientError(`no answer within ${ms} ms`)), ms);
  try {
    return await work(AbortSignal.any([signal, limit.signal]));
  } finally {
    clearTimeout(timer);
  }
}

/** Notes something before an effect; the step goes on. `within` milliseconds it should have ended. */
export async function note(turn: Turn, change: Partial<Progress>, within: number): Promise<void> {
  const due = turn.tools.now() + within + grace;
  turn.job = await turn.tools.records.save(turn.job, { ...turn.job, ...change }, { due, visible: false, ended: false });
}

/** Ends the step with what it changed. A change that members can see is shown on their card, and so is one that was not before. */
export async function end(turn: Turn, change: Partial<Progress>, at: number, visible: boolean): Promise<Next> {
  // Progress: what nobody foresaw before it counts no more.
  const progress = { ...turn.job, ...(change.tries === 0 ? { bugs: 0 } : {}), ...change };
  turn.job = await turn.tools.records.save(turn.job, progress, { due: at + grace, visible, ended: true });
  const step = nextStep(turn.job) ?? 'deliver';
  const behind = turn.job.card !== undefined && turn.job.card.version < turn.job.version;
  if ((visible || behind) && !turn.job.post && !turn.job.failure) await showInPassing(turn.job, turn.tools);
  return { step, at };
}

export const submittedAt = (job: Job): number => job.submittedAt ?? job.acceptedAt;

/** When the hold ends whatever the gateway says, or does not say. Unix milliseconds. */
export function lastLook(job: Job, tools: StepTools): number {
  const model = tools.model(job.request.recipe.model);
  return submittedAt(job) + (model?.reconcileFor ?? 86_400) * 1000;
}

/** When a task is looked at next: as its schedule has it, where the gateway's budget of polls has room, and never after its last look. */
export async function nextPoll(job: Job, tools: StepTools): Promise<number> {
  const wanted = await tools.schedule.next(job, tools.now());
  return tools.pressure.pollAt(Math.min(wanted, Math.max(lastLook(job, tools), tools.now())));
}

/** For how long the gateway must not know a task until it is lost. Milliseconds. */
export const knownAfter = 60_000;

const gatewayOf = (job: Job): string | undefined => job.gateway ?? job.sentTo;

/** Whether the job's task, or the order for it, is at another gateway than the one that is set up. */
export function isElsewhere({ job, tools }: Turn): boolean {
  const gateway = gatewayOf(job);
  return gateway !== undefined && gateway !== tools.video.name;
}

/** Milliseconds between looks at a task whose gateway is not set up. */
const awayEvery = 300_000;

/** Rests a job whose task is at another gateway: nobody here could tell of it. The operator is told each time, for it waits for them. */
export async function restElsewhere(turn: Turn): Promise<Next> {
  const { tools, job } = turn;
  const where = `the task is at ${gatewayOf(job)}, and ${tools.video.name} is set up`;
  if (tools.now() >= lastLook(job, tools)) return fail(turn, new JobFailure('overdue', where));
  const fields = { job: job.request.id, task: job.taskId, gateway: gatewayOf(job) };
  tools.log.error(fields, `${where}: set the former up again to get its film`);
  return end(turn, { late: true }, tools.now() + awayEvery, !job.late);
}

/** Ends the step undone; it is tried again after a while. */
export function again(turn: Turn, wait: number, change: Partial<Progress> = {}, visible = false): Promise<Next> {
  return end(turn, { ...change, tries: turn.job.tries + 1 }, turn.tools.now() + wait, visible);
}

/** The film is made and cannot be posted: it is kept until somebody asks for it, and nothing is paid meanwhile. */
export function keep(turn: Turn): Promise<Next> {
  const at = turn.tools.now();
  return end(turn, { tries: 0, refused: { generation: turn.job.generation, at } }, at, true);
}

/** Reasons that are the member's or the film's own; all others are for the operator to see. */
const expected: readonly string[] = ['policy', 'invalid', 'cancelled', 'abandoned', 'removed', 'rejected'];

/** Before it is written down: a worker that dies in between counts it once more, to no effect. */
async function countRefusal({ reason }: JobFailure, { tools, job }: Turn): Promise<void> {
  const { origin, id } = job.request;
  if (reason === 'policy' && isSlowed(origin)) await tools.slow.count(refOf(job).space, origin.user, requestOf(id));
}

/** The job ends without a film: the step that follows tells its thread and releases its hold. `bill`: what it cost all the same. */
export async function fail(turn: Turn, failure: JobFailure, bill?: number): Promise<Next> {
  const { tools, job } = turn;
  const ref = refOf(job);
  await tools.lists.freed(ref, 'ended');
  await countRefusal(failure, turn);
  const change = {
    tries: 0,
    failure: { reason: failure.reason, at: tools.now(), ...(failure.about ? { about: failure.about } : {}) },
    ...(bill === undefined ? {} : { bill }),
  };
  const next = await end(turn, change, tools.now(), true);
  const fields = {
    job: ref.id,
    space: ref.space,
    reason: failure.reason,
    ...(bill === undefined ? {} : { bill: bill / 1e6 }),
  };
  const said = 'the job ends without a film';
  if (expected.includes(failure.reason)) tools.log.info({ ...fields, why: failure.message }, said);
  else tools.log.error({ ...fields, err: failure }, said);
  return next;
}
