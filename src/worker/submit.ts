import { JobFailure, LostAnswer, TransientError } from '../domain/errors.ts';
import type { ModelCard } from '../domain/model.ts';
import { RedisAway, Unreached } from '../ports.ts';
import { fateOf, giveUp, seek, waitOn } from './lost.ts';
import { forgetSent, insist, submitWithin, taken } from './taken.ts';
import { again, backoff, end, fail, isElsewhere, type Next, note, refOf, restElsewhere, type Turn } from './turn.ts';

/** About twelve minutes of backoff. */
const triesUntilBusy = 15;
/** Milliseconds until a job that was held up by a paused gateway is looked at again. */
const pausedFor = 15_000;

/**
 * Sends the paid request, once. Its time is noted before it goes out, so that a worker that dies here leaves a trace: what was
 * sent without an answer is repeated or looked for only as the gateway's profile says, and else given up, unpaid.
 */
export async function submit(turn: Turn): Promise<Next> {
  const { tools, job } = turn;
  const { recipe } = job.request;
  const sent = job.sentAt !== undefined;
  if (job.cancel && !sent) return cancelled(turn);
  if (sent && isElsewhere(turn)) return restElsewhere(turn);
  const model = tools.model(recipe.model);
  if (!model && !sent) return fail(turn, new JobFailure('model', `no card for ${recipe.model}`));
  const longest = (job.admittedAt ?? job.acceptedAt) + (model?.reconcileFor ?? 86_400) * 1000;
  if (tools.now() >= longest) {
    return fail(turn, new JobFailure(sent ? 'unclear' : 'busy', 'not taken within the longest wait'));
  }
  switch (fateOf(turn, model)) {
    case 'wait':
      return waitOn(turn, model);
    case 'seek':
      return seek(turn);
    case 'unclear':
      return fail(
        turn,
        job.cancel ? stopped() : new JobFailure('unclear', 'sent, and no answer to tell whether it was taken'),
      );
    case 'send':
      return send(turn, model, sent);
  }
}

/** Cancelled after it was sent, and nothing tells whether it was taken: the member has nothing to pay, the operator may have. */
const stopped = (): JobFailure => new JobFailure('cancelled', 'cancelled, and nobody knows whether it was taken');

/** Cancelled with nothing out: nothing can have been paid for, unless one was sent before and lost. */
function cancelled(turn: Turn): Promise<Next> {
  forgetSent(turn);
  const before = turn.job.resentSince !== undefined;
  return fail(turn, before ? stopped() : new JobFailure('cancelled', 'cancelled before it was sent'));
}

/** Not now, and nobody's fault: the gateway is given nothing new, or as much as it bears. Milliseconds; 0: go. */
async function heldUp(turn: Turn): Promise<number> {
  if (await turn.tools.standing.read()) return pausedFor;
  const { wait } = await turn.tools.pressure.enter(turn.job.request.id);
  return wait;
}

async function send(turn: Turn, model: ModelCard | undefined, repeated: boolean): Promise<Next> {
  const { tools } = turn;
  const { recipe, id } = turn.job.request;
  const bytes = recipe.image === undefined ? undefined : await tools.media.read(recipe.image);
  const wait = await heldUp(turn);
  if (wait > 0) return end(turn, {}, tools.now() + wait, false);
  let taskId: string;
  try {
    const sentAt = turn.job.sentAt ?? tools.now();
    await note(turn, { sentAt, sentTo: tools.video.name }, submitWithin);
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
 * request that may have been taken before, is repeated only as {@link fateOf} allows, and else looked for.
 */
async function unanswered(
  turn: Turn,
  error: unknown,
  { repeated, model }: { repeated: boolean; model: ModelCard | undefined },
): Promise<Next> {
  const { tools } = turn;
  if (repeated) {
    await insist(turn, () => note(turn, {}, submitWithin));
    if (turn.job.taskId !== undefined) return insist(turn, () => end(turn, { tries: 0 }, tools.now(), true));
  }
  if (error instanceof JobFailure && !repeated) {
    // A clear no to the only request that went out: nothing was taken, and nothing can have been paid for.
    forgetSent(turn);
    return insist(turn, () => fail(turn, error));
  }
  const foreseen = error instanceof TransientError || error instanceof LostAnswer || error instanceof JobFailure;
  if (!foreseen || error instanceof RedisAway) throw error;
  const lost = error instanceof LostAnswer || repeated;
  return insist(turn, () => (lost ? maybeTaken(turn, error, model) : notTaken(turn, error)));
}

/** How often it is worth trying, and after how many milliseconds at the least. */
function patienceWith(error: Error): { most: number; retryAfter: number | undefined } {
  const asked = error instanceof TransientError ? error : undefined;
  return { most: asked?.most ?? triesUntilBusy, retryAfter: asked?.retryAfter };
}

/** The gateway surely took nothing: the next attempt is a first one, unless there were enough. */
function notTaken(turn: Turn, error: Error): Promise<Next> {
  const { tools, job } = turn;
  const { most, retryAfter } = patienceWith(error);
  forgetSent(turn);
  const reason = error instanceof Unreached ? 'unreachable' : 'busy';
  if (job.tries + 1 >= most) return fail(turn, new JobFailure(reason, error.message, { cause: error }));
  tools.log.warn({ job: job.request.id, attempt: job.tries + 1, err: error }, 'the submit was not taken');
  return again(turn, backoff(job.tries, retryAfter));
}

/** The gateway may have it: repeated while that is promised to be harmless, and only looked for after that. */
function maybeTaken(turn: Turn, error: Error, model: ModelCard | undefined): Promise<Next> {
  const { tools, job } = turn;
  // A gateway that refuses us by now says nothing of what it took before; a no to the repeated request is its last word on repeating.
  const aboutUs = error instanceof JobFailure && (error.reason === 'funds' || error.reason === 'misconfigured');
  const lastWord = error instanceof JobFailure && !aboutUs;
  const { most, retryAfter } = patienceWith(error);
  if (lastWord || job.tries + 1 >= most || fateOf(turn, model) !== 'send') return giveUp(turn, model, error);
  tools.log.warn(
    { job: job.request.id, attempt: job.tries + 1, err: error },
    'the submit was not answered with a task',
  );
  return again(turn, backoff(job.tries, retryAfter), {}, job.tries === 0);
}
