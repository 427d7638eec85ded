import { type Challenge, type ChallengeTerms, isLive, takesMade } from '../../src/domain/challenge.ts';
import type { Context } from '../../src/domain/command.ts';
import { type Job, jobState } from '../../src/domain/job.ts';
import { cardFor, fits } from '../../src/domain/model.ts';
import type { Said } from '../../src/domain/words.ts';
import { isMine } from '../own.ts';
import { known } from './which.ts';

/** Challenges that a film is offered to at once. */
const offeredMost = 3;

/** Why whoever asks may not enter now: out of time, or not in the role where there has to be one. */
export async function closedTo(
  { phase, closesAt, role }: Pick<Challenge, 'phase' | 'closesAt' | 'role'>,
  { roles }: Context,
): Promise<Said | undefined> {
  if (phase !== 'open' || Date.now() >= closesAt) return { word: 'challenge.closed' };
  if (role !== undefined && (await roles([role])).length === 0) return { word: 'challenge.role.missing' };
  return undefined;
}

/** Whether a film of a closed place would be shown to others than those who are let in there. */
function getsOut({ request: { origin } }: Job, { place }: ChallengeTerms): boolean {
  const { closed, channel, thread } = origin;
  if (closed === undefined) return false;
  return place.closed !== closed || place.channel !== channel || (closed === true && place.thread !== thread);
}

/** Whether a film is another than each of a challenge has to be. */
function isOther({ request: { recipe } }: Job, terms: ChallengeTerms, { models }: Context): boolean {
  const { seconds, model, shape } = terms;
  const idOf = (name: string): string => cardFor(models, name)?.id ?? name;
  return (
    (seconds !== undefined && seconds !== recipe.seconds) ||
    (model !== undefined && idOf(model) !== idOf(recipe.model)) ||
    (shape !== undefined && !fits(shape, recipe.size))
  );
}

/** Why a film that was there before is none that a challenge takes. */
function filmMisfit(job: Job, terms: ChallengeTerms, context: Context): Said | undefined {
  const { request, asset, post, settled, acceptedAt } = job;
  const { seconds, model, shape } = terms;
  if (!isMine(job, context)) return { word: 'challenge.submit.others' };
  if (jobState(job) !== 'delivered' || !asset || settled !== 'captured') return { word: 'challenge.submit.state' };
  if (request.origin.visibility === 'private' || post?.place === 'private') return { word: 'challenge.submit.private' };
  if (getsOut(job, terms)) return { word: 'challenge.submit.closed' };
  if (acceptedAt < terms.opensAt) return { word: 'challenge.submit.before' };
  if (isOther(job, terms, context)) return { word: 'challenge.submit.other', with: { seconds, model, shape } };
  return undefined;
}

/** Whether a film was paid from what its author has for a challenge; where nobody knows any more, one that was made for a challenge was. */
async function isEndowed({ request }: Job, { pots, space }: Context): Promise<boolean> {
  const { pot } = request.payer;
  if (pot === undefined || request.for === undefined) return false;
  const kind = (await pots.find(space, pot))?.for.kind;
  return kind === undefined || kind === 'challenge';
}

/** Whether the film was made for a challenge, where it counts or may come to. */
async function isElsewhere({ request: { id, for: made } }: Job, { challenges, space }: Context): Promise<boolean> {
  if (made === undefined) return false;
  return (await challenges.entries(space, made.challenge)).some((entry) => entry.job === id && isLive(entry));
}

/** Why a film that is there already cannot be entered in a challenge by whoever asks, in words; nothing where it can. */
export async function misfit(job: Job, challenge: Challenge, context: Context): Promise<Said | undefined> {
  const { space, challenges, call } = context;
  const { id, preset, most } = challenge;
  const closed = await closedTo(challenge, context);
  if (closed) return closed;
  if (!takesMade(challenge))
    return { word: preset === 'open' ? 'challenge.submit.compute' : 'challenge.submit.sealed' };
  const film = filmMisfit(job, challenge, context);
  if (film) return film;
  const entries = await challenges.entries(space, id);
  const same = entries.find((entry) => entry.job === job.request.id);
  if (same) return { word: isLive(same) ? 'challenge.submit.in' : 'challenge.submit.was' };
  if (await isElsewhere(job, context)) return { word: 'challenge.submit.elsewhere' };
  if (await isEndowed(job, context)) return { word: 'challenge.submit.paid' };
  const mine = entries.filter((entry) => entry.member === call.origin.user && isLive(entry));
  return mine.length < most ? undefined : { word: 'challenge.most' };
}

/** The challenges that a film fits, the newest first. */
export async function fittedBy(job: Job, context: Context): Promise<Challenge[]> {
  if (!isMine(job, context)) return [];
  const found: Challenge[] = [];
  for (const challenge of await known(context)) {
    if (found.length === offeredMost) break;
    if (!(await misfit(job, challenge, context))) found.push(challenge);
  }
  return found;
}
