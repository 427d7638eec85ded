import { JobFailure, TransientError } from '../domain/errors.ts';
import type { ModelCard } from '../domain/model.ts';
import { RedisAway } from '../ports.ts';
import { answerWithin, forgetSent, submitWithin, taken } from './taken.ts';
import { again, backoff, end, fail, type Next, refOf, type Turn, within } from './turn.ts';

/** Milliseconds that a look into the gateway's list may take. */
const seekWithin = 30_000;
/** Milliseconds after each look without a trace; after the last one the request was never taken. Lists lag by minutes. */
const looks = [60_000, 120_000, 240_000, 0] as const;
/** About twelve minutes of backoff. */
const triesUntilUnclear = 15;

/**
 * What may be done with a request that may be out already, by the gateway's profile: nothing yet, repeat it, look for it, or give it
 * up. One that somebody cancelled is not repeated: that could make what nobody wants any more.
 */
export function fateOf(turn: Turn, model: ModelCard | undefined): 'send' | 'wait' | 'seek' | 'unclear' {
  const { sentAt, seeking, cancel } = turn.job;
  const now = turn.tools.now();
  if (sentAt === undefined) return 'send';
  for (const way of turn.tools.lostAnswer) {
    if (way === 'reconcile') return now < sentAt + answerWithin ? 'wait' : 'seek';
    const known = (model?.repeatWithin ?? 0) * 1000;
    if (!seeking && !cancel && now + submitWithin < sentAt + known) return 'send';
  }
  return now < waitUntil(turn, model, sentAt) ? 'wait' : 'unclear';
}

/** Whether the gateway tells of the task by a webhook. */
const isAnnounced = ({ tools, job }: Turn): boolean => tools.hook(refOf(job)) !== undefined;

/** How long a lost answer may still turn up: by the worker that sent it, or, where the gateway calls webhooks, with the film. */
function waitUntil(turn: Turn, model: ModelCard | undefined, sentAt: number): number {
  return sentAt + (isAnnounced(turn) ? Math.max(answerWithin, (model?.deadline ?? 1_800) * 1000) : answerWithin);
}

/** Nothing can be done yet but to wait for the answer. */
export function waitOn(turn: Turn, model: ModelCard | undefined): Promise<Next> {
  const { sentAt = 0 } = turn.job;
  const now = turn.tools.now();
  const due = Math.max(now, now < sentAt + answerWithin ? sentAt + answerWithin : waitUntil(turn, model, sentAt));
  return end(turn, {}, due, false);
}

/** Looks for a lost submit in the gateway's list of requests. Only a list that lacks it again and again says that it was never taken. */
export async function seek(turn: Turn): Promise<Next> {
  const { tools, job, signal } = turn;
  const { id } = job.request;
  const found = await within(seekWithin, signal, (bounded) =>
    tools.video.find(id, job.resentSince ?? job.sentAt ?? 0, bounded),
  ).catch((error: unknown) => {
    if (signal.aborted || error instanceof RedisAway || !(error instanceof TransientError)) throw error;
    return error;
  });
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
  if (found.status === 'failed')
    return fail(turn, new JobFailure(found.reason, found.message, { about: found.about }), found.bill);
  const wait = looks[sought - 1] ?? 0;
  if (wait > 0) return end(turn, { tries: 0, sought }, tools.now() + wait, false);
  return absent(turn);
}

/** The list lacks it for minutes: it was not taken, and is sent again, once. A gateway that loses a second one is not to be trusted with a third. */
function absent(turn: Turn): Promise<Next> {
  const { tools, job } = turn;
  if (job.resentSince !== undefined) {
    return fail(turn, new JobFailure('unclear', 'sent twice, unanswered, and not in the list of requests'));
  }
  forgetSent(turn);
  if (job.cancel) return fail(turn, new JobFailure('cancelled', 'cancelled, and never taken'));
  return end(turn, { tries: 0, resentSince: job.sentAt ?? tools.now() }, tools.now(), false);
}

/**
 * No answer, and the key is not to be repeated again: the request is looked for, or waited for, as long as the profile or a webhook
 * may still tell; else the job ends.
 */
export function giveUp(turn: Turn, model: ModelCard | undefined, why: Error): Promise<Next> {
  const { tools, job } = turn;
  const { sentAt = tools.now() } = job;
  const announced = isAnnounced(turn) && tools.now() < waitUntil(turn, model, sentAt);
  if (job.seeking || !(tools.lostAnswer.includes('reconcile') || announced)) {
    return fail(turn, new JobFailure('unclear', 'sent, unanswered, and not to be repeated', { cause: why }));
  }
  tools.log.warn({ job: job.request.id, err: why }, 'the submit was not answered; its task is looked for');
  return end(turn, { tries: 0, seeking: true }, Math.max(tools.now(), sentAt + answerWithin), job.tries === 0);
}
