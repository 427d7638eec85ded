import { JobFailure, LostAnswer, TransientError } from '../domain/errors.ts';
import type { ModelCard } from '../domain/model.ts';
import { RedisAway } from '../ports.ts';
import { fateOf, mayBeFound, seek, waitOn } from './lost.ts';
import { insist, submitWithin, taken, unsent } from './taken.ts';
import { again, backoff, end, fail, type Next, note, refOf, type Turn } from './turn.ts';

/** About twelve minutes of backoff. */
const triesUntilBusy = 15;
/** Milliseconds until a job that was held up by a paused gateway is looked at again. */
const pausedFor = 15_000;

/**
 * Sends the paid request, once. Its time is noted before it goes out, so that a worker that dies here leaves a trace: what was
 * sent without an answer is repeated or looked for only as the gateway's profile says, and else given up, unpaid.
 */
export async function submit(turn: Turn): Promise<Next> {
  const { tools } = turn;
  const { recipe } = turn.job.request;
  const repeated = turn.job.sentAt !== undefined;
  if (turn.job.cancel && !repeated) return cancelled(turn);
  const model = tools.model(recipe.model);
  if (!model) return fail(turn, new JobFailure('model', `no card for ${recipe.model}`));
  switch (fateOf(turn, model)) {
    case 'wait':
      return waitOn(turn, model);
    case 'seek':
      return seek(turn);
    case 'unclear':
      return fail(turn, new JobFailure('unclear', 'sent, and no answer to tell whether it was taken'));
    case 'send':
      return send(turn, model, repeated);
  }
}

const cancelled = (turn: Turn): Promise<Next> =>
  fail(turn, new JobFailure('cancelled', 'cancelled before it was sent'));

/** Not now, and nobody's fault: the gateway is given nothing new, or as much as it bears. Milliseconds; 0: go. */
async function heldUp(turn: Turn): Promise<number> {
  if (await turn.tools.standing.read()) return pausedFor;
  const { wait } = await turn.tools.pressure.enter(turn.job.request.id);
  return wait;
}

async function send(turn: Turn, model: ModelCard, repeated: boolean): Promise<Next> {
  const { tools } = turn;
  const { recipe, id } = turn.job.request;
  const bytes = recipe.image === undefined ? undefined : await tools.media.read(recipe.image);
  const wait = await heldUp(turn);
  if (wait > 0) return end(turn, {}, tools.now() + wait, false);
  let taskId: string;
  try {
    const sentAt = turn.job.sentAt ?? tools.now();
    await note(turn, { sentAt }, submitWithin);
    if (turn.job.cancel && !repeated) return await cancelled(turn);
    // Another worker's answer may have come in between.
    if (turn.job.taskId !== undefined) return await end(turn, { tries: 0 }, tools.now(), true);
    const picture = recipe.image === undefined || !bytes ? undefined : { name: recipe.image, bytes };
    const order = { key: id, sentAt, recipe, picture, hook: tools.hook(refOf(turn.job)) };
    // Not the worker's signal: a paid request that is out is waited for, also when the worker stops.
    ({ taskId } = await tools.video.submit(order, AbortSignal.timeout(submitWithin)));
  } catch (error) {
    return await unanswered(turn, error, { repeated, model });
  } finally {
    await tools.pressure
      .leave(id)
      .catch((err: unknown) => tools.log.warn({ job: id, err }, 'its place runs out by itself'));
  }
  // Outside the attempt: what breaks from here on is never mistaken for a missing answer.
  return taken(turn, taskId, repeated);
}

/**
 * No task came back. A clear no to a first request ends the job, a clear "not now" is tried again; a silence, and any no to a
 * request that may have been taken before, is repeated only as {@link fateOf} allows.
 */
async function unanswered(
  turn: Turn,
  error: unknown,
  { repeated, model }: { repeated: boolean; model: ModelCard },
): Promise<Next> {
  const { tools } = turn;
  const failed = (failure: JobFailure) => insist(turn, () => fail(turn, failure));
  if (repeated) {
    await insist(turn, () => note(turn, {}, submitWithin));
    if (turn.job.taskId !== undefined) return insist(turn, () => end(turn, { tries: 0 }, tools.now(), true));
  }
  const { job } = turn;
  // A gateway that refuses us by now says nothing of what it took before.
  const aboutUs = error instanceof JobFailure && (error.reason === 'funds' || error.reason === 'misconfigured');
  if (error instanceof JobFailure && !(repeated && aboutUs)) {
    return failed(repeated ? new JobFailure('unclear', error.message, { cause: error }) : error);
  }
  const foreseen = error instanceof TransientError || error instanceof LostAnswer || error instanceof JobFailure;
  if (!foreseen || error instanceof RedisAway) throw error;
  const lost = error instanceof LostAnswer || repeated;
  const fate = lost ? fateOf(turn, model) : 'send';
  // Where neither a look into a list nor a webhook can tell any more, waiting for this worker's own answer is in vain.
  const hopeless = fate === 'unclear' || (fate === 'wait' && !mayBeFound(turn));
  if (hopeless) return failed(new JobFailure('unclear', 'sent, unanswered, and not to be repeated', { cause: error }));
  const most = Math.min(triesUntilBusy, (error instanceof TransientError && error.most) || triesUntilBusy);
  if (job.tries + 1 >= most && fate === 'send') {
    return failed(new JobFailure(lost ? 'unclear' : 'busy', error.message, { cause: error }));
  }
  const fields = { job: job.request.id, attempt: job.tries + 1, lost, err: error };
  tools.log.warn(fields, 'the submit was not answered with a task');
  const wait = backoff(job.tries, error instanceof TransientError ? error.retryAfter : 0);
  return insist(turn, () => (lost ? again(turn, wait, {}, job.tries === 0) : unsent(turn, wait)));
}
