import { randomBytes } from 'node:crypto';
import type { EntryState } from '../../domain/challenge.ts';
import { type Job, jobState } from '../../domain/job.ts';
import { digest } from '../../domain/recipe.ts';
import { commitmentOf } from '../../domain/tally/seal.ts';
import { say } from '../../domain/words.ts';
import type { Look } from './tools.ts';

/** Milliseconds in which a film that took its place has to be accepted: longer than a price that was said holds. */
const acceptedWithin = 3_900_000;

/** What has become of the film of an entry that was on its way. */
function stateOf(job: Job): EntryState {
  const state = jobState(job);
  if (job.removed) return job.removed.by === job.request.origin.user ? 'withdrawn' : 'deleted';
  if (state === 'failed' || state === 'cancelled') return 'failed';
  // It counts from the moment when its author has it, or cannot be given it: then it is paid, or kept for them.
  return job.asset && (job.post || job.refused) ? 'in' : 'made';
}

/** The hash of a film that was sealed is said at once, in the thread of its challenge. */
async function tellSeal({ space, challenge, tools }: Look, job: string, commitment: string): Promise<void> {
  const { place } = challenge.said.opened ?? challenge;
  const text = say({ word: 'challenge.say.sealed', with: { commitment } });
  // Whose film it is, nothing of it tells.
  const key = `s${digest([challenge.id, job]).toString('hex').slice(0, 20)}`;
  try {
    await tools.poster(place.platform).announce(place, { key, parts: [{ kind: 'text', text }] });
  } catch (err) {
    tools.log.warn(
      { space, challenge: challenge.id, job, err },
      'the hash of an entry was not said; it stands in the tally',
    );
  }
}

/** Looks after entries whose film is on its way. Returns how many still are. */
export async function arrive(look: Look): Promise<number> {
  const { space, challenge, tools } = look;
  const { challenges } = tools;
  const { id, preset } = challenge;
  const waited = await challenges.arriving(space, id);
  if (waited.length === 0) return 0;
  const entries = new Map((await challenges.entries(space, id)).map((entry) => [entry.job, entry]));
  let waiting = 0;
  for (const job of waited) {
    const entry = entries.get(job);
    if (!entry) continue;
    const found = await tools.desk.job({ space, id: job });
    if (!found) {
      if (tools.now() - entry.at < acceptedWithin) waiting += 1;
      else await challenges.leave(space, id, job);
      continue;
    }
    const state = stateOf(found);
    if (state === 'made') waiting += 1;
    if (state === entry.state) continue;
    const film = found.asset?.name.split('.')[0] ?? '';
    const nonce = randomBytes(16).toString('hex');
    const commitment = commitmentOf({ challenge: id, author: entry.member, film, nonce });
    const sealed = state === 'in' ? { film, nonce, commitment } : {};
    const done = await challenges.note(space, id, job, ['asked', 'made'], { state, ...sealed });
    if (done && state === 'in' && preset === 'sealed') await tellSeal(look, job, commitment);
  }
  return waiting;
}
