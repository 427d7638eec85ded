import { JobFailure, LostAnswer, TransientError } from '../domain/errors.ts';
import type { ModelCard } from '../domain/model.ts';
import { RedisAway } from '../ports.ts';
import { showInPassing } from '../show.ts';
import { again, backoff, end, fail, grace, type Next, note, refOf, type Turn } from './turn.ts';

/** Milliseconds that a submit may take, and that a worker which sent one may still need to write down its answer. */
const submitWithin = 60_000;
const answerWithin = submitWithin + 15_000;
/** About twelve minutes of backoff. */
const triesUntilBusy = 15;
/** Milliseconds between attempts at writing down what a submit came to. */
const insistEvery = 500;

/** What may be done with a request that may be out already: nothing yet, repeat it under the gateway's promise, or give it up. */
function fateOf(turn: Turn, model: ModelCard): 'send' | 'wait' | 'unclear' {
  const { sentAt } = turn.job;
  const now = turn.tools.now();
  if (sentAt === undefined || now + submitWithin < sentAt + model.repeatWithin * 1000) return 'send';
  return now < sentAt + answerWithin ? 'wait' : 'unclear';
}

/**
 * Sends the paid request, once. Its time is noted before it goes out, so that a worker that dies here leaves a trace: what was
 * sent without an answer is repeated only under the gateway's promise to know the key again, and else given up, unpaid.
 */
export async function submit(turn: Turn): Promise<Next> {
  const { tools } = turn;
  const { recipe, id } = turn.job.request;
  const cancelled = () => fail(turn, new JobFailure('cancelled', 'cancelled before it was sent'));
  const repeated = turn.job.sentAt !== undefined;
  if (turn.job.cancel && !repeated) return cancelled();
  const model = tools.model(recipe.model);
  if (!model) return fail(turn, new JobFailure('model', `no card for ${recipe.model}`));
  const fate = fateOf(turn, model);
  if (fate === 'wait') return again(turn, (turn.job.sentAt ?? 0) + answerWithin - tools.now());
  if (fate === 'unclear') {
    return fail(turn, new JobFailure('unclear', 'sent, and no answer to tell whether it was taken'));
  }
  const image = recipe.image === undefined ? undefined : await tools.media.read(recipe.image);
  await note(turn, { sentAt: turn.job.sentAt ?? tools.now() }, submitWithin);
  if (turn.job.cancel && !repeated) return cancelled();
  // Another worker's answer may have come in between.
  if (turn.job.taskId !== undefined) return end(turn, { tries: 0 }, tools.now(), true);
  let taskId: string;
  try {
    // Not the worker's signal: a paid request that is out is waited for, also when the worker stops.
    ({ taskId } = await tools.video.submit({ key: id, recipe, image }, AbortSignal.timeout(submitWithin)));
  } catch (error) {
    return unanswered(turn, error, { repeated, model });
  }
  // Outside the attempt: what breaks from here on is never mistaken for a missing answer.
  return taken(turn, taskId, repeated);
}

/** The gateway has the task: that goes into the record whoever holds the job by now, and its first poll follows. */
async function taken(turn: Turn, taskId: string, repeated: boolean): Promise<Next> {
  const { tools, job } = turn;
  const ref = refOf(job);
  const at = tools.now();
  const next = { step: 'poll', at: tools.schedule.next({ ...job, submittedAt: at }, at) } as const;
  const noted = await insist(turn, () => tools.records.submitted(job, { taskId, at, due: next.at + answerWithin }));
  const fields = { job: ref.id, space: ref.space, task: taskId, repeated };
  if (noted === 'noted' || noted === 'known') tools.log.info(fields, 'submitted');
  else tools.log.error({ ...fields, noted }, 'a paid task whose film will not be posted');
  const eta = await tools.schedule.expect(job.request.recipe, at).catch((error: unknown) => {
    tools.log.warn({ job: ref.id, err: error }, 'no measured times to tell an ETA from');
    return undefined;
  });
  await insist(turn, () => tools.lists.freed(ref, 'submitted'));
  const progress = { ...job, tries: 0, bugs: 0, ...(eta === undefined ? {} : { eta }) };
  const more = { due: next.at + grace, visible: false, ended: true };
  turn.job = await insist(turn, () => tools.records.save(job, progress, more));
  await showInPassing(turn.job, tools);
  return next;
}

/** What a submit came to is written down as long as this process lives: while Redis is away there is nothing better to do. */
async function insist<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RedisAway) || turn.signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, insistEvery));
    }
  }
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
  if (error instanceof JobFailure) {
    return failed(repeated ? new JobFailure('unclear', error.message, { cause: error }) : error);
  }
  if (!(error instanceof TransientError || error instanceof LostAnswer) || error instanceof RedisAway) throw error;
  const lost = error instanceof LostAnswer || repeated;
  if (lost && fateOf(turn, model) !== 'send') {
    return failed(new JobFailure('unclear', 'sent, unanswered, and not to be repeated', { cause: error }));
  }
  if (job.tries + 1 >= triesUntilBusy) {
    return failed(new JobFailure(lost ? 'unclear' : 'busy', error.message, { cause: error }));
  }
  const fields = { job: job.request.id, attempt: job.tries + 1, lost, err: error };
  tools.log.warn(fields, 'the submit was not answered with a task');
  const wait = backoff(job.tries, error instanceof TransientError ? error.retryAfter : 0);
  return insist(turn, () => (lost ? again(turn, wait) : unsent(turn, wait)));
}

/** The gateway surely took nothing: the next attempt is a first one. */
async function unsent(turn: Turn, wait: number): Promise<Next> {
  const { sentAt: _, ...job } = turn.job;
  turn.job = job;
  return again(turn, wait);
}
