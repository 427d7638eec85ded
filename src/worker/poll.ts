import { JobFailure, TransientError } from '../domain/errors.ts';
import type { TaskState } from '../ports.ts';
import { RedisAway } from '../ports.ts';
import {
  again,
  backoff,
  end,
  fail,
  isElsewhere,
  knownAfter,
  lastLook,
  type Next,
  nextPoll,
  refOf,
  restElsewhere,
  submittedAt,
  type Turn,
  within,
} from './turn.ts';

/** Milliseconds that one question to the gateway may take. */
const pollWithin = 20_000;
/** The film was announced and has no link: that is asked once more after this many milliseconds. */
const recheckLink = 3_000;

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
    return fail(turn, new JobFailure('lost', 'completed, and no link to the film; is VIDEO_API_DIALECT right?'), bill);
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
  tools.log.info(
    {
      job: id,
      task: job.taskId,
      ms,
      ...(took === undefined ? {} : { took }),
      ...(bill === undefined ? {} : { bill: bill / 1e6 }),
    },
    'rendered',
  );
  tellMaker(turn, state.by);
  return end(turn, { tries: 0, output: { url, at }, ...cost }, at, true);
}

/** A task that is new may not be known everywhere yet, and any other may be out of sight while somebody deploys: only a gateway that keeps saying so has lost it. */
function missing(turn: Turn): Promise<Next> {
  const { tools, job } = turn;
  if (job.stopAsked) return fail(turn, new JobFailure('cancelled', 'stopped at the gateway'));
  const missingSince = job.missingSince ?? tools.now();
  if (tools.now() - missingSince < knownAfter) return again(turn, backoff(Math.min(job.tries, 3)), { missingSince });
  return fail(turn, new JobFailure('lost', 'the gateway does not know the task any more'));
}

/** Asks where the film is. No blip ends a job: only a clear answer does, or the end of the longest wait. */
export async function poll(turn: Turn): Promise<Next> {
  const next = await look(turn);
  return { ...next, at: Math.min(next.at, Math.max(lastLook(turn.job, turn.tools), turn.tools.now())) };
}

/** Only a gateway that says so again and again, and nothing else in between, has lost a task. */
function forgetMissing(turn: Turn): void {
  const { missingSince: _, ...job } = turn.job;
  turn.job = job;
}

async function look(turn: Turn): Promise<Next> {
  const { tools, job, signal } = turn;
  const taskId = job.taskId as string;
  if (isElsewhere(turn)) return restElsewhere(turn);
  let state: TaskState;
  try {
    state = await within(pollWithin, signal, (bounded) => tools.video.poll(taskId, bounded));
  } catch (error) {
    if (signal.aborted || error instanceof RedisAway || !(error instanceof TransientError)) throw error;
    forgetMissing(turn);
    tools.log.warn(
      { job: job.request.id, attempt: job.tries + 1, err: error },
      'the gateway did not say where the film is',
    );
    if (tools.now() >= lastLook(job, tools))
      return fail(turn, new JobFailure('overdue', error.message, { cause: error }));
    const wait = Math.max(backoff(job.tries, error.retryAfter), (await nextPoll(job, tools)) - tools.now());
    return again(turn, wait);
  }
  if (tools.now() >= lastLook(job, tools) && (state.status === 'running' || state.status === 'missing')) {
    return fail(turn, new JobFailure('overdue', `${state.status} at the end of the longest wait`));
  }
  if (state.status !== 'missing') forgetMissing(turn);
  switch (state.status) {
    case 'running':
      return running(turn, state.percent);
    case 'completed':
      return completed(turn, state);
    case 'failed':
      return fail(turn, new JobFailure(state.reason, state.message, { about: state.about }), state.bill);
    case 'missing':
      return missing(turn);
  }
}
