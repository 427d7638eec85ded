import { costOf } from '../domain/cost.ts';
import { CannotPost, JobFailure, TransientError } from '../domain/errors.ts';
import type { Asset, Job, Progress } from '../domain/job.ts';
import { isNobodys } from '../domain/origin.ts';
import { type Film, LinkExpired, RedisAway } from '../ports.ts';
import { leave } from './leave.ts';
import { takeAway } from './takeAway.ts';
import { tellStep } from './tell.ts';
import {
  again,
  backoff,
  end,
  fail,
  isElsewhere,
  keep,
  knownAfter,
  type Next,
  note,
  refOf,
  restElsewhere,
  type Turn,
  within,
} from './turn.ts';

/** Milliseconds that asking for a link, bringing a film home, and posting it may take. */
const askWithin = 20_000;
const fetchWithin = 300_000;
const postWithin = 900_000;
/** About eight minutes of backoff. */
const triesUntilLost = 12;
/** About half an hour of backoff; the film is kept then. */
const triesUntilKept = 34;
/** How many postings of a film are remembered besides the last. */
const earlierMost = 50;

/** A link to the film: the one that was told, or a new one when that has expired. */
async function linkOf(turn: Turn): Promise<string> {
  const { tools, job, signal } = turn;
  if (job.output?.url !== undefined) return job.output.url;
  const state = await within(askWithin, signal, (bounded) => tools.video.poll(job.taskId as string, bounded));
  const missingSince = job.missingSince ?? tools.now();
  if (state.status === 'missing' && tools.now() - missingSince < knownAfter) {
    await note(turn, { missingSince }, fetchWithin);
    throw new TransientError('the gateway does not know the task just now');
  }
  if (state.status === 'failed' || state.status === 'missing') {
    throw new JobFailure('expired', `the link expired, and the task is ${state.status}`);
  }
  if (state.status === 'running' || state.url === undefined) throw new TransientError('there is no new link yet');
  await note(turn, { output: { url: state.url, at: job.output?.at ?? tools.now() } }, fetchWithin);
  return state.url;
}

async function fetchFilm(turn: Turn): Promise<void> {
  const { tools, signal } = turn;
  const url = await linkOf(turn);
  await note(turn, {}, fetchWithin);
  try {
    const asset = await within(fetchWithin, signal, (bounded) => tools.media.fetch(url, bounded));
    await note(turn, { tries: 0, asset }, postWithin);
  } catch (error) {
    if (!(error instanceof LinkExpired)) throw error;
    await note(turn, { output: { at: turn.job.output?.at ?? tools.now() } }, fetchWithin);
    throw new TransientError('the link expired', { cause: error });
  }
}

/** Brings the film home. A link that expired is asked for anew; a film that stays out of reach ends the job, unpaid. */
async function bringHome(turn: Turn): Promise<Next | undefined> {
  if (turn.job.output?.url === undefined && isElsewhere(turn)) return restElsewhere(turn);
  try {
    await fetchFilm(turn);
    return undefined;
  } catch (error) {
    if (turn.signal.aborted || error instanceof RedisAway || !(error instanceof TransientError)) throw error;
    const { id } = turn.job.request;
    const attempt = turn.job.tries + 1;
    turn.tools.log.warn({ job: id, attempt, err: error }, 'the film was not fetched');
    if (attempt < triesUntilLost) return again(turn, backoff(turn.job.tries, error.retryAfter));
    return fail(
      turn,
      new JobFailure('expired', 'the film stayed out of reach; is VIDEO_API_DIALECT right?', { cause: error }),
    );
  }
}

/** Whether whoever asked is to be notified. Nobody waits for a film because that cannot be read. */
async function wantsMention({ job, tools }: Turn): Promise<boolean> {
  const { id, origin, mention: member = origin.user } = job.request;
  // What is posted to be taken away.
  if (job.removed) return false;
  // A workflow that nobody set going.
  if (isNobodys({ ...origin, user: member })) return false;
  try {
    return await tools.wishes.mention(refOf(job).space, member);
  } catch (error) {
    tools.log.warn({ job: id, err: error }, 'whether to mention could not be read; nobody is');
    return false;
  }
}

/** The film as its poster gets it. What an attempt notes for a later one is for the present generation alone. */
async function filmOf(turn: Turn, asset: Asset, repeated: boolean): Promise<Omit<Film, 'note'>> {
  const { request, generation, card, mark } = turn.job;
  const { id, origin, requester, recipe, spoiler = false } = request;
  return {
    job: id,
    key: `${id}-d${generation}`,
    repeated,
    before: mark?.generation === generation ? mark.text : undefined,
    requester,
    requesterId: request.mention ?? origin.user,
    prompt: recipe.prompt,
    asset,
    file: turn.tools.media.path(asset.name),
    card: card?.ref,
    mention: await wantsMention(turn),
    spoiler,
  };
}

/** Where a film stands already that is posted once more: should it be removed, all of it goes. */
function before({ post, earlier = [] }: Job): Pick<Progress, 'earlier'> {
  return post ? { earlier: [...earlier, { ref: post.ref, place: post.place ?? 'asked' }].slice(-earlierMost) } : {};
}

/** Posts the film, once for each generation. The attempt is noted first; the poster looks for what an earlier one left. */
async function post(turn: Turn, asset: Asset): Promise<Next | undefined> {
  const { tools, signal } = turn;
  const { generation, posting } = turn.job;
  const { id, origin } = turn.job.request;
  try {
    await note(turn, { posting: generation }, postWithin);
    signal.throwIfAborted();
    const film = await filmOf(turn, asset, posting === generation);
    const { ref, place } = await within(postWithin, signal, (bounded) => {
      const mark = async (text: string): Promise<void> => {
        bounded.throwIfAborted();
        await note(turn, { posting: generation, mark: { generation, text } }, postWithin);
      };
      return tools.poster(origin.platform).film(origin, { ...film, note: mark }, bounded);
    });
    await end(turn, { tries: 0, post: { ref, generation, place }, ...before(turn.job) }, tools.now(), true);
    tools.log.info({ job: id, space: refOf(turn.job).space, post: ref, place, generation }, 'delivered');
    return undefined;
  } catch (error) {
    if (signal.aborted || error instanceof RedisAway) throw error;
    if (!(error instanceof TransientError || error instanceof CannotPost)) throw error;
    if (error instanceof TransientError && error.waits) {
      tools.log.debug({ job: id, err: error }, 'the film waits for its turn');
      return end(turn, {}, tools.now() + backoff(0, error.retryAfter), false);
    }
    tools.log.warn({ job: id, attempt: turn.job.tries + 1, err: error }, 'the film was not posted');
    if (error instanceof TransientError && turn.job.tries + 1 < triesUntilKept) {
      return again(turn, backoff(turn.job.tries, error.retryAfter));
    }
    return keep(turn);
  }
}

/** Whether a posting was begun whose end nobody knows. */
const isCutOff = ({ posting, post, refused, generation }: Job): boolean =>
  posting === generation && post?.generation !== generation && refused?.generation !== generation;

/** Brings the film to its thread, unless it stands there. */
async function bring(turn: Turn): Promise<Next | undefined> {
  if (!turn.job.asset) {
    const next = await bringHome(turn);
    if (next) return next;
  }
  // What was posted is paid before it is posted once more.
  if (turn.job.post) await settle(turn);
  return turn.job.post?.generation === turn.job.generation ? undefined : post(turn, turn.job.asset as Asset);
}

/** A film that was removed is posted no more; only a posting that was cut off is ended, for it may stand, and nobody knows where. */
async function withhold(turn: Turn): Promise<Next | undefined> {
  const { job } = turn;
  if (job.asset && isCutOff(job)) return bring(turn);
  // It may have been shown elsewhere than in its own place.
  if (job.asset) await turn.tools.withheld.add(job.asset.name);
  return job.post ? undefined : fail(turn, new JobFailure('removed', 'removed before it was posted'));
}

/**
 * From a finished task to a film in its thread and a settled hold; for a job that failed, to plain words and a released one; for a film that
 * was removed, to one that stands nowhere.
 */
export async function deliver(turn: Turn): Promise<Next | undefined> {
  if (!turn.job.failure) {
    const next = await (turn.job.removed ? withhold(turn) : bring(turn));
    if (next) return next;
  }
  await settle(turn);
  return (await takeAway(turn)) ?? (await tellStep(turn)) ?? leave(turn);
}

/** The operator's budget first, which is idempotent: a worker that dies in between books it once more, to no effect. */
async function settle(turn: Turn): Promise<void> {
  if (turn.job.request.money !== undefined) {
    const { id, price } = turn.job.request;
    await turn.tools.budget.book(id, { money: costOf(turn.job), credits: turn.job.failure ? 0 : price });
  }
  if (turn.job.settled !== undefined) return;
  turn.job = await turn.tools.records.settle(turn.job, turn.job.failure ? 'released' : 'captured');
  await turn.tools.lists.freed(refOf(turn.job), 'ended');
}
