import { JobFailure, TransientError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { TaskState } from '../ports.ts';
import { RedisAway } from '../ports.ts';
import { again, backoff, end, fail, type Next, nextPoll, refOf, type Turn, within } from './turn.ts';

/** Milliseconds that one question to the gateway may take. */
const pollWithin = 20_000;
/** A task that was just made may not be known everywhere yet. Milliseconds. */
const knownAfter = 60_000;
/** The film was announced and has no link: that is asked once more after this many milliseconds. */
const recheckLink = 3_000;
/** Milliseconds between looks at a task whose gateway is not set up. */
const awayEvery = 300_000;

/** Once, and only while it is being made: at some gateways the same call deletes a film that is there. */
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

async function running(turn: Turn, percent: number | undefined): Promise<Next> {
  const { tools, job } = turn;
  const stopAsked = await askToStop(turn, job.taskId as string);
  const now = tools.now();
  const model = tools.model(job.request.recipe.model);
  const age = now - submittedAt(job);
  const late = age > (model?.deadline ?? 1_800) * 1000;
  if (late && !job.late)
    tools.log.warn({ job: job.request.id, task: job.taskId }, 'past its deadline; looking in now and then');
  const eta = await etaNow(turn, now);
  const grown = percent !== undefined && percent !== job.percent;
  const told = { ...(grown ? { percent, percentAt: now } : {}), ...(eta === undefined ? {} : { eta }) };
  const change = { tries: 0, late, stopAsked, ...told };
  const seen = late !== (job.late ?? false) || stopAsked !== (job.stopAsked ?? false) || eta !== job.eta;
  return end(turn, change, await nextPoll({ ...job, ...change }, tools), seen);
}

/** The time that was told, as long as it lies ahead; then a new one, by what is usual for a film that takes this long. */
async function etaNow({ tools, job }: Turn, now: number): Promise<number | undefined> {
  if (job.eta !== undefined && job.eta > now) return job.eta;
  try {
    return (await tools.schedule.expect(job, now)) ?? job.eta;
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    return job.eta;
  }
}

/** A task at another gateway than the one that is set up: nobody there could tell of it. */
async function elsewhere(turn: Turn): Promise<Next> {
  const { tools, job } = turn;
  const { id } = job.request;
  const where = `the task is at ${job.gateway}, and ${tools.video.name} is set up`;
  if (tools.now() >= lastLook(turn)) return fail(turn, new JobFailure('overdue', where));
  tools.log.error(
    { job: id, task: job.taskId, gateway: job.gateway },
    `${where}: set the former up again to get its film`,
  );
  return end(turn, { late: true }, tools.now() + awayEvery, !job.late);
}

/** A film that another model made, or none: it is posted all the same, and the operator is told what the money went into. */
function tellMaker({ tools, job }: Turn, by: string | undefined): void {
  const { recipe, id } = job.request;
  if (by === undefined) return;
  const fields = { job: id, task: job.taskId, by };
  if (/\b(mock|replay)\b/i.test(by)) {
    tools.log.error(fields, 'the gateway gave a placeholder: its key replays films and makes none');
    return;
  }
  const card = tools.model(recipe.model);
  const ids = card ? [card.id, ...card.snapshots] : [recipe.model];
  if (!ids.includes(by.slice(by.lastIndexOf('/') + 1)))
    tools.log.warn(fields, `another model than ${recipe.model} made the film`);
}

async function completed(turn: Turn, state: TaskState & { status: 'completed' }): Promise<Next> {
  const { tools, job } = turn;
  const { recipe, id } = job.request;
  const { url, bill } = state;
  if (url === undefined) {
    if (!job.unlinked) return end(turn, { unlinked: true }, tools.now() + recheckLink, false);
    return fail(turn, new JobFailure('lost', 'completed, and no link to the film'), bill);
  }
  const at = tools.now();
  const ms = at - submittedAt(job);
  const { took } = state;
  if (!job.late) {
    await tools.schedule.learn(recipe, { ms, took, announced: job.wake !== undefined }).catch((error: unknown) => {
      tools.log.warn({ job: id, err: error }, 'its time was not noted');
    });
  }
  await tools.lists.freed(refOf(job), 'rendered');
  const cost = bill === undefined ? {} : { bill };
  tools.log.info({ job: id, task: job.taskId, ms, ...(took === undefined ? {} : { took }), ...cost }, 'rendered');
  tellMaker(turn, state.by);
  return end(turn, { tries: 0, output: { url, at }, ...cost }, at, true);
}

function missing(turn: Turn): Promise<Next> {
  if (turn.job.stopAsked) return fail(turn, new JobFailure('cancelled', 'stopped at the gateway'));
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
  if (job.gateway !== undefined && job.gateway !== tools.video.name) return elsewhere(turn);
  let state: TaskState;
  try {
    state = await within(pollWithin, signal, (bounded) => tools.video.poll(taskId, bounded));
  } catch (error) {
    if (signal.aborted || error instanceof RedisAway || error instanceof JobFailure) throw error;
    if (!(error instanceof TransientError)) throw error;
    tools.log.warn(
      { job: job.request.id, attempt: job.tries + 1, err: error },
      'the gateway did not say where the film is',
    );
    if (tools.now() >= lastLook(turn)) return fail(turn, new JobFailure('overdue', error.message, { cause: error }));
    const wait = Math.max(backoff(job.tries, error.retryAfter), (await nextPoll(job, tools)) - tools.now());
    return again(turn, wait);
  }
  if (tools.now() >= lastLook(turn) && (state.status === 'running' || state.status === 'missing')) {
    return fail(turn, new JobFailure('overdue', `${state.status} at the end of the longest wait`));
  }
  switch (state.status) {
    case 'running':
      return running(turn, state.percent);
    case 'completed':
      return completed(turn, state);
    case 'failed':
      return fail(turn, new JobFailure(state.reason, state.message), state.bill);
    case 'missing':
      return missing(turn);
  }
}
