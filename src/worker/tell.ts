import { failureLine } from '../domain/card.ts';
import { TransientError } from '../domain/errors.ts';
import { isUntold, type Job } from '../domain/job.ts';
import { word } from '../domain/words.ts';
import { Fenced, RedisAway, type StepOutcome } from '../ports.ts';
import { showInPassing } from '../show.ts';
import { again, backoff, type Next, note, type Turn } from './turn.ts';

/** Milliseconds that telling a workflow may take. */
const tellWithin = 60_000;
/** About half an hour of backoff; its workflow is given up then, so that the job comes to rest. */
const triesUntilUntold = 40;

/** How the step ended for its workflow; nothing while it has not. A film that is kept has ended it: whoever acts on that is somebody else. */
function outcomeOf({ request, failure, post, refused, generation, settled }: Job): StepOutcome | undefined {
  const { id: job, recipe, price } = request;
  if (failure) return { is: 'failed', job, why: failureLine(failure) };
  // What is posted is paid first.
  if (post) {
    if (settled === undefined) return undefined;
    return { is: 'done', job, post: post.ref, seconds: recipe.seconds, credits: price };
  }
  return refused?.generation === generation ? { is: 'failed', job, why: word('workflow.kept') } : undefined;
}

/**
 * Tells the workflow that asked for a job how that ended, until it knows. A worker that dies before this is saved tells it once more, to
 * no effect. Returns the next step where it has to be told later.
 */
export async function tellStep(turn: Turn): Promise<Next | undefined> {
  const { tools, job } = turn;
  const { id, origin } = job.request;
  const outcome = isUntold(job) ? outcomeOf(job) : undefined;
  if (!outcome) return undefined;
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
      // Its thread need not wait for the workflow.
      const { post, failure, card, version } = turn.job;
      if ((post || failure) && (card?.version ?? 0) < version) await showInPassing(turn.job, tools);
      return again(turn, backoff(turn.job.tries, foreseen ? error.retryAfter : 0));
    }
    tools.log.error({ ...fields, attempt, err: error }, 'its workflow was told in vain; it is left waiting');
  }
  await note(turn, { tries: 0, told: true }, tellWithin);
  return undefined;
}
