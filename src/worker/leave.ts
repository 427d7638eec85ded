import { TransientError } from '../domain/errors.ts';
import { Fenced, RedisAway } from '../ports.ts';
import { cardPending, show } from '../show.ts';
import { again, backoff, end, type Next, type Turn } from './turn.ts';

/** Milliseconds until it is asked again whether the job's first card stands. */
const cardWait = 300;
/** After so many attempts at showing a last state, about eight minutes, the card stays as it is. */
const triesUntilUnshown = 12;

/** Whether the card shows the state now, or never will. */
async function shownAtLast(turn: Turn): Promise<boolean | Next> {
  const { tools } = turn;
  try {
    return await show(turn.job, undefined, tools);
  } catch (error) {
    if (turn.signal.aborted || error instanceof RedisAway || error instanceof Fenced) throw error;
    const attempt = turn.job.tries + 1;
    const foreseen = error instanceof TransientError;
    tools.log[foreseen ? 'warn' : 'error'](
      { job: turn.job.request.id, attempt, err: error },
      'the card was not edited',
    );
    if (attempt < triesUntilUnshown) return again(turn, backoff(turn.job.tries, foreseen ? error.retryAfter : 0));
    return tools.records.shown(turn.job, { ref: turn.job.card?.ref, version: turn.job.version });
  }
}

/**
 * Leaves a job with its card showing how it stands: at rest, or, with `until` (Unix milliseconds), waiting for somebody until then.
 * What changed meanwhile is the next step's.
 */
export async function leave(turn: Turn, until?: number): Promise<Next | undefined> {
  const now = turn.tools.now();
  if (cardPending(turn.job, now)) return end(turn, {}, now + cardWait, false);
  const shown = await shownAtLast(turn);
  if (typeof shown !== 'boolean') return shown;
  if (shown) return undefined;
  if (until === undefined) return end(turn, { tries: 0 }, now, false);
  const progress = { ...turn.job, tries: 0 };
  turn.job = await turn.tools.records.save(turn.job, progress, { due: until, visible: false, ended: true });
  return undefined;
}
