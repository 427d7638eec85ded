import { CannotPost, TransientError } from '../domain/errors.ts';
import { isStanding, type Job } from '../domain/job.ts';
import { type PostedFilm, RedisAway } from '../ports.ts';
import { again, backoff, end, type Next, note, refOf, type Turn } from './turn.ts';

/** Milliseconds that taking a film away may take. */
const takeWithin = 120_000;
/** About half an hour of backoff; it is left standing then, and the log says so. */
const triesUntilLeft = 34;

/** All postings of a film, the last one first. */
const postingsOf = ({ post, earlier = [] }: Job): PostedFilm[] => [
  ...(post ? [{ ref: post.ref, place: post.place ?? 'asked' }] : []),
  ...earlier.toReversed(),
];

/** Takes every posting out of the chat. False when the chat does not let the bot do that with one of them. */
async function takeAll({ job, tools }: Turn): Promise<boolean> {
  const { id, origin } = job.request;
  let all = true;
  for (const film of postingsOf(job)) {
    try {
      await tools.poster(origin.platform).remove(origin, film);
    } catch (err) {
      if (!(err instanceof CannotPost)) throw err;
      all = false;
      tools.log.error({ job: id, post: film.ref, err }, 'a removed film still stands: the bot may not take it away');
    }
  }
  return all;
}

/** Writes down how it ended, for the card to say. */
export async function noteTaken(turn: Turn, well: boolean): Promise<void> {
  const { tools, job } = turn;
  const { times = 0 } = job.removed ?? {};
  const progress = { ...job, tries: 0, takenAway: { times, ...(well ? {} : { refused: true as const }) } };
  const due = tools.now() + takeWithin;
  turn.job = await tools.records.save(job, progress, { due, visible: true, ended: false });
}

/**
 * Takes a film that was removed out of its chat, wherever it was posted, and has links to it open no more. A worker that dies before this is
 * saved takes it away once more, to no effect. Returns the next step where it has to be tried later.
 */
export async function takeAway(turn: Turn): Promise<Next | undefined> {
  if (!isStanding(turn.job)) return undefined;
  const { tools, signal } = turn;
  const { id } = turn.job.request;
  try {
    await note(turn, {}, takeWithin);
    if (turn.job.asset) await tools.withheld.add(turn.job.asset.name);
    signal.throwIfAborted();
    const all = await takeAll(turn);
    await noteTaken(turn, all);
    if (all) tools.log.info({ job: id, space: refOf(turn.job).space, by: turn.job.removed?.by }, 'removed');
    return undefined;
  } catch (err) {
    if (signal.aborted || err instanceof RedisAway || !(err instanceof TransientError)) throw err;
    if (err.waits) return end(turn, {}, tools.now() + backoff(0, err.retryAfter), false);
    const attempt = turn.job.tries + 1;
    tools.log.warn({ job: id, attempt, err }, 'a removed film was not taken away');
    if (attempt < triesUntilLeft) return again(turn, backoff(turn.job.tries, err.retryAfter));
    tools.log.error({ job: id, attempt, err }, 'a removed film still stands: it was tried long enough');
    await noteTaken(turn, false);
    return undefined;
  }
}
