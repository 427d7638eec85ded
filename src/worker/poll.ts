import { JobFailure, TransientError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { TaskState } from '../ports.ts';
import { RedisAway } from '../ports.ts';
import { again, backoff, end, fail, type Next, refOf, type Turn, within } from './turn.ts';

/** Milliseconds that one question to the gateway may take. */
const pollWithin = 20_000;
/** A task that was just made may not be known everywhere yet. Milliseconds. */
const knownAfter = 60_000;
/** The film was announced and has no link: that is asked once more after this many milliseconds. */
const recheckLink = 3_000;

async function askToStop(turn: Turn, taskId: string): Promise<boolean> {
  if (!turn.job.cancel || turn.job.stopAsked) return turn.job.stopAsked ?? false;
  try {
    await within(pollWithin, turn.signal, (signal) => turn.tools.video.cancel(taskId, signal));
    return true;
  } catch (error) {
    if (turn.signal.aborted) throw error;
    turn.tools.log.warn({ job: turn.job.request.id, err: error }, 'the gateway could not be asked to stop');
    return false;
  }
}

function submittedAt(job: Job): number {
  return job.submittedAt ?? job.acceptedAt;
}

async function running(turn: Turn, percent: number | undefined, stopAsked: boolean): Promise<Next> {
  const { tools, job } = turn;
  const now = tools.now();
  const model = tools.model(job.request.recipe.model);
  const age = now - submittedAt(job);
  const late = age > (model?.deadline ?? 1_800) * 1000;
  if (late && !job.late)
    tools.log.warn({ job: job.request.id, task: job.taskId }, 'past its deadline; looking in now and then');
  const change = { tries: 0, late, stopAsked, ...(percent === undefined ? {} : { percent }) };
  const seen = late !== (job.late ?? false) || stopAsked !== (job.stopAsked ?? false);
  return end(turn, change, tools.schedule.next({ ...job, ...change }, now), seen);
}

async function completed(turn: Turn, url: string | undefined): Promise<Next> {
  const { tools, job } = turn;
  const { recipe, id } = job.request;
  if (url === undefined) {
    if (!job.unlinked) return end(turn, { unlinked: true }, tools.now() + recheckLink, false);
    return fail(turn, new JobFailure('lost', 'completed, and no link to the film'));
  }
  const at = tools.now();
  if (!job.late) {
    await tools.schedule.learn(recipe, at - submittedAt(job)).catch((error: unknown) => {
      tools.log.warn({ job: id, err: error }, 'its time was not noted');
    });
  }
  await tools.lists.freed(refOf(job), 'rendered');
  tools.log.info({ job: id, task: job.taskId, ms: at - submittedAt(job) }, 'rendered');
  return end(turn, { tries: 0, output: { url, at } }, at, true);
}

function missing(turn: Turn, stopAsked: boolean): Promise<Next> {
  if (stopAsked) return fail(turn, new JobFailure('cancelled', 'stopped at the gateway'));
  const young = turn.tools.now() - submittedAt(turn.job) < knownAfter;
  if (young) return again(turn, backoff(Math.min(turn.job.tries, 3)));
  return fail(turn, new JobFailure('lost', 'the gateway does not know the task any more'));
}

/** When the hold ends whatever the gateway says, or does not say. */
function lastLook(turn: Turn): number {
  const model = turn.tools.model(turn.job.request.recipe.model);
  return submittedAt(turn.job) + (model?.reconcileFor ?? 86_400) * 1000;
}

/** Asks where the film is. No blip ends a job: only a clear answer does, or the end of the longest wait. */
export async function poll(turn: Turn): Promise<Next> {
  const next = await look(turn);
  return { ...next, at: Math.min(next.at, Math.max(lastLook(turn), turn.tools.now())) };
}

async function look(turn: Turn): Promise<Next> {
  const { tools, job, signal } = turn;
  const taskId = job.taskId as string;
  let state: TaskState;
  let stopAsked: boolean;
  try {
    stopAsked = await askToStop(turn, taskId);
    state = await within(pollWithin, signal, (bounded) => tools.video.poll(taskId, bounded));
  } catch (error) {
    if (signal.aborted || error instanceof RedisAway || error instanceof JobFailure) throw error;
    if (!(error instanceof TransientError)) throw error;
    tools.log.warn(
      { job: job.request.id, attempt: job.tries + 1, err: error },
      'the gateway did not say where the film is',
    );
    if (tools.now() >= lastLook(turn)) return fail(turn, new JobFailure('overdue', error.message, { cause: error }));
    const wait = Math.max(backoff(job.tries, error.retryAfter), tools.schedule.next(job, tools.now()) - tools.now());
    return again(turn, wait);
  }
  if (tools.now() >= lastLook(turn) && (state.status === 'running' || state.status === 'missing')) {
    return fail(turn, new JobFailure('overdue', `${state.status} at the end of the longest wait`));
  }
  switch (state.status) {
    case 'running':
      return running(turn, state.percent, stopAsked);
    case 'completed':
      return completed(turn, state.url);
    case 'failed':
      return fail(turn, new JobFailure(state.reason, state.message));
    case 'missing':
      return missing(turn, stopAsked);
  }
}
