import { JobFailure, LostAnswer, TransientError } from '../domain/errors.ts';
import type { ModelCard } from '../domain/model.ts';
import { RedisAway } from '../ports.ts';
import { again, backoff, end, fail, type Next, note, refOf, type Turn } from './turn.ts';

/** Milliseconds that a submit may take. */
const submitWithin = 60_000;
/** How often a task id is tried to be written, over about seven seconds. */
const insistences = 8;
/** About twelve minutes of backoff. */
const triesUntilBusy = 15;

/** Whether the request may be sent: never before, or under a key that the gateway promised to know again. */
function maySend(turn: Turn, model: ModelCard): boolean {
  const { sentAt } = turn.job;
  return sentAt === undefined || turn.tools.now() < sentAt + model.repeatWithin * 1000;
}

/**
 * Sends the paid request, once. Its time is noted before it goes out, so that a worker that dies here leaves a trace: what was
 * sent without an answer is repeated only under the gateway's promise to know the key again, and else given up, unpaid.
 */
export async function submit(turn: Turn): Promise<Next> {
  const { tools } = turn;
  const { recipe, id } = turn.job.request;
  const model = tools.model(recipe.model);
  if (turn.job.cancel && turn.job.sentAt === undefined) {
    return fail(turn, new JobFailure('cancelled', 'cancelled before it was sent'));
  }
  if (!model) return fail(turn, new JobFailure('model', `no card for ${recipe.model}`));
  if (!maySend(turn, model))
    return fail(turn, new JobFailure('unclear', 'sent, and no answer to tell whether it was taken'));
  const image = recipe.image === undefined ? undefined : await tools.media.read(recipe.image);
  const repeated = turn.job.sentAt !== undefined;
  await note(turn, { sentAt: turn.job.sentAt ?? tools.now() }, submitWithin);
  let taskId: string;
  try {
    // Not the worker's signal: a paid request that is out is waited for, also when the worker stops.
    ({ taskId } = await tools.video.submit({ key: id, recipe, image }, AbortSignal.timeout(submitWithin)));
  } catch (error) {
    return unanswered(turn, error, repeated);
  }
  tools.log.info({ job: id, space: refOf(turn.job).space, task: taskId, repeated }, 'submitted');
  const at = tools.now();
  const eta = await tools.schedule.expect(recipe, at).catch((error: unknown) => {
    tools.log.warn({ job: id, err: error }, 'no measured times to tell an ETA from');
    return undefined;
  });
  const change = { tries: 0, taskId, submittedAt: at, ...(eta === undefined ? {} : { eta }) };
  const next = await insist(() => end(turn, change, tools.schedule.next({ ...turn.job, submittedAt: at }, at), true));
  await tools.lists.freed(refOf(turn.job), 'submitted');
  return next;
}

/** A task that was paid for must get into the record: a Redis that is briefly away is waited for. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RedisAway) || attempt === insistences) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250 * attempt));
    }
  }
}

/** No task came back: a clear no ends the job, a clear "not now" is tried again, and a silence is repeated only as {@link maySend} allows. */
async function unanswered(turn: Turn, error: unknown, repeated: boolean): Promise<Next> {
  if (!(error instanceof TransientError || error instanceof LostAnswer)) throw error;
  const { tools, job } = turn;
  const lost = error instanceof LostAnswer || repeated;
  if (job.tries + 1 >= triesUntilBusy) {
    return fail(turn, new JobFailure(lost ? 'unclear' : 'busy', error.message, { cause: error }));
  }
  const fields = { job: job.request.id, attempt: job.tries + 1, lost, err: error };
  tools.log.warn(fields, 'the submit was not answered with a task');
  const wait = backoff(job.tries, error instanceof TransientError ? error.retryAfter : 0);
  return lost ? again(turn, wait) : unsent(turn, wait);
}

/** The gateway surely took nothing: the next attempt is a first one. */
async function unsent(turn: Turn, wait: number): Promise<Next> {
  const { sentAt: _, ...job } = turn.job;
  turn.job = job;
  return again(turn, wait);
}
