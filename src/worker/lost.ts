import { JobFailure, TransientError } from '../domain/errors.ts';
import type { ModelCard } from '../domain/model.ts';
import { RedisAway } from '../ports.ts';
import { answerWithin, submitWithin, taken, unsent } from './taken.ts';
import { again, backoff, end, fail, type Next, refOf, type Turn, within } from './turn.ts';

/** Milliseconds that a look into the gateway's list may take, and between looks; after so many without a trace there is none. */
const seekWithin = 30_000;
const lookEvery = 30_000;
const looksUntilNone = 3;
/** About twelve minutes of backoff. */
const triesUntilUnclear = 15;

/** What may be done with a request that may be out already, by the gateway's profile: nothing yet, repeat it, look for it, or give it up. */
export function fateOf(turn: Turn, model: ModelCard): 'send' | 'wait' | 'seek' | 'unclear' {
  const { sentAt } = turn.job;
  const now = turn.tools.now();
  if (sentAt === undefined) return 'send';
  for (const way of turn.tools.lostAnswer) {
    if (way === 'reconcile') return now < sentAt + answerWithin ? 'wait' : 'seek';
    if (now + submitWithin < sentAt + model.repeatWithin * 1000) return 'send';
  }
  return now < waitUntil(turn, model, sentAt) ? 'wait' : 'unclear';
}

/** How long a lost answer may still turn up: by the worker that sent it, or, where the gateway calls webhooks, with the film. */
function waitUntil(turn: Turn, model: ModelCard, sentAt: number): number {
  const announced = turn.tools.hook(refOf(turn.job)) !== undefined;
  return sentAt + (announced ? Math.max(answerWithin, model.deadline * 1000) : answerWithin);
}

/** Nothing can be done yet but to wait for the answer. */
export function waitOn(turn: Turn, model: ModelCard): Promise<Next> {
  const { sentAt = 0 } = turn.job;
  const now = turn.tools.now();
  const due = Math.max(now, now < sentAt + answerWithin ? sentAt + answerWithin : waitUntil(turn, model, sentAt));
  return end(turn, {}, due, false);
}

/** Whether a list or a webhook may still tell of a lost submit. */
export function mayBeFound(turn: Turn): boolean {
  return turn.tools.lostAnswer.includes('reconcile') || turn.tools.hook(refOf(turn.job)) !== undefined;
}

/** Looks for a lost submit in the gateway's list of requests. Only a list that lacks it again and again says that it was never taken. */
export async function seek(turn: Turn): Promise<Next> {
  const { tools, job, signal } = turn;
  const { id } = job.request;
  const found = await within(seekWithin, signal, (bounded) => tools.video.find(id, job.sentAt ?? 0, bounded)).catch(
    (error: unknown) => {
      if (signal.aborted || error instanceof RedisAway || !(error instanceof TransientError)) throw error;
      return error;
    },
  );
  if (found instanceof TransientError) {
    tools.log.warn({ job: id, attempt: job.tries + 1, err: found }, 'the list of requests could not be read');
    if (job.tries + 1 < triesUntilUnclear) return again(turn, backoff(job.tries, found.retryAfter));
    return fail(
      turn,
      new JobFailure('unclear', 'sent, unanswered, and the list of requests stayed out of reach', { cause: found }),
    );
  }
  const sought = (job.sought ?? 0) + 1;
  tools.log.info({ job: id, found: found.status, sought }, 'a lost submit was looked for');
  if (found.status === 'taken') return taken(turn, found.taskId, true);
  if (found.status === 'failed') return fail(turn, new JobFailure(found.reason, found.message), found.bill);
  if (sought < looksUntilNone) return end(turn, { tries: 0, sought }, tools.now() + lookEvery, false);
  const { sought: _, ...rest } = turn.job;
  turn.job = rest;
  if (job.cancel) return fail(turn, new JobFailure('cancelled', 'cancelled, and never taken'));
  return unsent(turn, 0);
}
