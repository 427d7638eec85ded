import { randomBytes } from 'node:crypto';
import type { Entry, EntryState } from '../../domain/challenge.ts';
import { CannotPost } from '../../domain/errors.ts';
import { type Job, jobState } from '../../domain/job.ts';
import { digest } from '../../domain/recipe.ts';
import { commitmentOf } from '../../domain/tally/seal.ts';
import { say } from '../../domain/words.ts';
import type { Look } from './tools.ts';

/** Milliseconds in which a film that took its place has to be accepted: longer than a price that was said holds. */
export const acceptedWithin = 3_900_000;

/** What has become of the film of an entry that was on its way. */
function stateOf(job: Job): EntryState {
  const state = jobState(job);
  if (job.removed) return job.removed.by === job.request.origin.user ? 'withdrawn' : 'deleted';
  if (state === 'failed' || state === 'cancelled') return 'failed';
  // It counts from the moment when its author has it, or cannot be given it: then it is paid, or kept for them.
  return job.asset && (job.post || job.refused) ? 'in' : 'made';
}

/** The hash of a film that was sealed is said at once, in the thread of its challenge. */
async function tellSeal({ space, challenge, tools }: Look, { job, commitment = '', nonce = '' }: Entry): Promise<void> {
  const { place } = challenge.said.opened ?? challenge;
  const text = say({ word: 'challenge.say.sealed', with: { commitment } });
  // Whose film it is, nothing of it tells.
  const key = `s${digest([challenge.id, nonce]).toString('hex').slice(0, 20)}`;
  try {
    await tools.poster(place.platform).announce(place, { key, parts: [{ kind: 'text', text }] });
  } catch (err) {
    if (!(err instanceof CannotPost)) throw err;
    tools.log.warn(
      { space, challenge: challenge.id, job, err },
      'the hash of an entry was not said; it stands in the tally',
    );
  }
}

/** What was paid for it of somebody's own credits, and by whom where that is not its author. */
export function paidBy({ request, paid }: Job): Pick<Entry, 'paid'> {
  const { member, window, pot } = request.payer;
  if (pot !== undefined || !paid) return {};
  const of = (from: 'window' | 'granted') =>
    paid.from.reduce((sum, one) => sum + (one.from === from ? one.credits : 0), 0);
  const other = member === request.origin.user ? {} : { member };
  return { paid: { ...other, window, allowance: of('window'), granted: of('granted') } };
}

/** What an entry keeps of its film: the job's record is forgotten a month after it, and a challenge may last longer. */
async function entered(
  { space, challenge, tools }: Look,
  { member, brought }: Entry,
  job: Job,
): Promise<Partial<Entry>> {
  const { id, preset } = challenge;
  const { asset } = job;
  if (!asset) return {};
  const author = await tools.votes.author(space, id, member);
  const film = asset.name.split('.')[0] ?? '';
  const nonce = randomBytes(16).toString('hex');
  const commitment = commitmentOf({ challenge: id, author, film, nonce });
  return {
    ...{ film, author, nonce, commitment, asset, ...(brought ? {} : paidBy(job)) },
    ...(job.request.spoiler ? { spoiler: true } : {}),
    ...(preset === 'sealed' ? { untold: true } : {}),
  };
}

/** Looks after entries whose film is on its way. Returns how many still are. */
export async function arrive(look: Look): Promise<number> {
  const { space, challenge, tools } = look;
  const { challenges } = tools;
  const { id } = challenge;
  const waited = await challenges.arriving(space, id);
  if (waited.length === 0) return 0;
  const entries = new Map((await challenges.entries(space, id)).map((entry) => [entry.job, entry]));
  let waiting = 0;
  for (const job of waited) {
    const entry = entries.get(job);
    if (!entry) continue;
    if (entry.state === 'in') {
      await tellSeal(look, entry);
      await challenges.note(space, id, job, ['in'], { untold: undefined });
      continue;
    }
    const found = await tools.desk.job({ space, id: job });
    if (!found) {
      if (tools.now() - entry.at < acceptedWithin) waiting += 1;
      else await challenges.leave(space, id, job);
      continue;
    }
    const state = stateOf(found);
    if (state === 'made') waiting += 1;
    if (state === entry.state) continue;
    const change = { state, ...(state === 'in' ? await entered(look, entry, found) : {}) };
    await challenges.note(space, id, job, ['asked', 'made'], change);
  }
  return waiting;
}

/** Entries whose film was deleted since it was entered count no more; what is shown of those that do not is taken out of the chat. */
export async function sift({ space, challenge, tools }: Look): Promise<void> {
  const { challenges, desk, poster, log } = tools;
  const { id } = challenge;
  const { place } = challenge.said.voting ?? challenge;
  for (const entry of await challenges.entries(space, id)) {
    const { job, state, shown } = entry;
    const removed = state === 'in' ? (await desk.job({ space, id: job }))?.removed : undefined;
    if (removed)
      await challenges.note(space, id, job, ['in'], { state: removed.by === entry.member ? 'withdrawn' : 'deleted' });
    if (shown === undefined || (state === 'in' && !removed)) continue;
    try {
      await poster(place.platform).remove(place, { ref: shown, place: 'asked' });
    } catch (err) {
      if (!(err instanceof CannotPost)) throw err;
      log.error(
        { space, challenge: id, job, err },
        'the chat does not let the bot take out a film that counts no more',
      );
    }
    await challenges.note(space, id, job, [...gone], { shown: undefined });
  }
}
const gone = ['withdrawn', 'disqualified', 'deleted', 'failed'] as const;
