import { JobFailure } from '../domain/errors.ts';
import { isStanding, type Job, nextStep, type Step } from '../domain/job.ts';
import { Fenced, RedisAway } from '../ports.ts';
import { deliver } from './deliver.ts';
import { leave } from './leave.ts';
import { poll } from './poll.ts';
import { submit } from './submit.ts';
import { noteTaken } from './takeAway.ts';
import { tellStep } from './tell.ts';
import { again, backoff, fail, keep, type Next, type StepTools, type Turn } from './turn.ts';

/** A film that nobody could be given is kept this long, in milliseconds; then its hold is released. */
const keepUndelivered = 7 * 86_400_000;
/** After so many failures of one step that nobody foresaw, the job ends. */
const brokenAfter = 5;

const steps: Record<Step, (turn: Turn) => Promise<Next | undefined>> = { submit, poll, deliver };

/** A job that waits for somebody to act: parked, or refused by its chat. When nobody does in time, it ends. */
async function waits(turn: Turn): Promise<Next | undefined> {
  const { tools } = turn;
  // Whoever may act on a film that is kept, its workflow does not wait for them.
  const next = await tellStep(turn);
  if (next) return next;
  // It keeps killing its worker: it is left standing, which its card says.
  if (isStanding(turn.job)) await noteTaken(turn, false);
  const { job } = turn;
  const { id, recipe } = job.request;
  if (job.settled !== undefined) {
    // Paid or given back: only a posting more was wanted, and nobody has to act.
    if (job.refused?.generation !== job.generation) {
      const refused = { generation: job.generation, at: tools.now() };
      const more = { due: tools.now() + 60_000, visible: true, ended: false };
      turn.job = await tools.records.save(job, { ...job, refused }, more);
    }
    return leave(turn);
  }
  if (job.givenUp) return fail(turn, new JobFailure('abandoned', `given up by ${job.givenUp.by}`));
  const longest = (tools.model(recipe.model)?.reconcileFor ?? 86_400) * 1000;
  const limit = job.refused ? job.refused.at + keepUndelivered : job.acceptedAt + longest;
  if (tools.now() >= limit) {
    return fail(turn, new JobFailure(job.refused ? 'expired' : 'stuck', 'nobody came for it in time'));
  }
  if (job.parked && job.cancel && job.sentAt === undefined) {
    return fail(turn, new JobFailure('cancelled', 'cancelled while parked, before it was sent'));
  }
  if (job.parked) tools.log.error({ job: id, deaths: job.deaths }, 'parked: it keeps killing its worker');
  return leave(turn, limit);
}

/**
 * One step of a job that was just begun. Says what comes next; nothing when the job is at rest or waits for somebody. Throws
 * {@link Fenced} when another worker holds the job, {@link RedisAway}, and what `signal` was aborted with; nothing else.
 */
export async function advance(job: Job, tools: StepTools, signal: AbortSignal): Promise<Next | undefined> {
  const turn: Turn = { job, tools, signal };
  const step = nextStep(job);
  try {
    return await (step === undefined ? waits(turn) : steps[step](turn));
  } catch (error) {
    if (error instanceof Fenced || error instanceof RedisAway) throw error;
    if (error instanceof JobFailure) return fail(turn, error);
    if (signal.aborted) throw error;
    const bugs = (turn.job.bugs ?? 0) + 1;
    tools.log.error({ job: job.request.id, step, attempt: bugs, err: error }, 'a step broke');
    const posted = turn.job.post?.generation === turn.job.generation || isStanding(turn.job);
    if (bugs < brokenAfter || turn.job.failure || posted) return again(turn, backoff(bugs), { bugs });
    if (turn.job.asset) return keep(turn);
    return fail(turn, new JobFailure('broken', `${step} broke ${bugs} times`, { cause: error }));
  }
}
