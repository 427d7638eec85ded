import { failureLine } from '../domain/card.ts';
import { TransientError } from '../domain/errors.ts';
import { isUntold, type Job } from '../domain/job.ts';
import { say, word } from '../domain/words.ts';
import { Fenced, RedisAway, type StepOutcome } from '../ports.ts';
import { showInPassing } from '../show.ts';
import { again, backoff, end, type Next, note, refOf, type Turn } from './turn.ts';

/** Milliseconds that telling a workflow may take. */
const tellWithin = 60_000;
/** About half an hour of backoff; its workflow is given up then, so that the job comes to rest. */
const triesUntilUntold = 40;

/** Milliseconds between looks whether a film that was delivered counts in its challenge: whoever looks after that does it within seconds. */
const entryWait = 1_500;

/** What the workflow is given of a film: nothing by which it could show others what its member alone may see. */
function given({ request, post }: Job): Omit<Extract<StepOutcome, { is: 'done' | 'entered' }>, 'is'> {
  const { id: job, origin, payer, recipe, price } = request;
  const isForAll = origin.visibility !== 'private' && post?.place !== 'private';
  const credits = payer.pot === undefined ? price : 0;
  return { job, post: isForAll ? post?.ref : undefined, seconds: recipe.seconds, credits };
}

/** How the step ended for its workflow; nothing while it has not. A film that is kept has ended it: whoever acts on that is somebody else. */
function outcomeOf(found: Job): StepOutcome | undefined {
  const { request, failure, post, refused, generation, settled } = found;
  if (failure) return { is: 'failed', job: request.id, why: failureLine(failure) };
  // What is posted is paid first.
  if (post) return settled === undefined ? undefined : { is: 'done', ...given(found) };
  return refused?.generation === generation ? { is: 'failed', job: request.id, why: word('workflow.kept') } : undefined;
}

/** The same where the film was made for a challenge, in which it has to count; `wait` while that is not settled. */
async function outcomeThere(outcome: StepOutcome, { job, tools }: Turn): Promise<StepOutcome | 'wait'> {
  const { id, for: made } = job.request;
  if (!made || job.failure) return outcome;
  const state = (await tools.challenges.entry(refOf(job).space, made.challenge, id))?.state ?? 'failed';
  if (state === 'asked' || state === 'made') return 'wait';
  if (state !== 'in') return { is: 'failed', job: id, why: say({ word: 'workflow.out', with: { state } }) };
  if (outcome.is === 'failed') return { ...outcome, why: word('workflow.kept.entry') };
  return { ...outcome, is: 'entered' };
}

/** Its thread need not wait for the workflow. */
async function showMeanwhile({ job, tools }: Turn): Promise<void> {
  const { post, failure, card, version } = job;
  if ((post || failure) && (card?.version ?? 0) < version) await showInPassing(job, tools);
}

/**
 * Tells the workflow that asked for a job how that ended, until it knows. A worker that dies before this is saved tells it once more, to
 * no effect. Returns the next step where it has to be told later.
 */
export async function tellStep(turn: Turn): Promise<Next | undefined> {
  const { tools, job } = turn;
  const { id, origin } = job.request;
  const found = isUntold(job) ? outcomeOf(job) : undefined;
  if (!found) return undefined;
  const outcome = await outcomeThere(found, turn);
  if (outcome === 'wait') {
    await showMeanwhile(turn);
    return end(turn, {}, tools.now() + entryWait, false);
  }
  const fields = { job: id, step: origin.step, outcome: outcome.is };
  await note(turn, {}, tellWithin);
  try {
    await tools.workflows(origin.platform).end(origin, outcome);
    tools.log.info(fields, 'its workflow was told');
  } catch (error) {
    if (turn.signal.aborted || error instanceof RedisAway || error instanceof Fenced) throw error;
    const foreseen = error instanceof TransientError;
    const attempt = turn.job.tries + 1;
    if (attempt < triesUntilUntold) {
      tools.log[foreseen ? 'warn' : 'error']({ ...fields, attempt, err: error }, 'its workflow was not told');
      await showMeanwhile(turn);
      return again(turn, backoff(turn.job.tries, foreseen ? error.retryAfter : 0));
    }
    tools.log.error({ ...fields, attempt, err: error }, 'its workflow was told in vain; it is left waiting');
  }
  await note(turn, { tries: 0, told: true }, tellWithin);
  return undefined;
}
