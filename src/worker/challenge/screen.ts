import { randomUUID } from 'node:crypto';
import { type Challenge, type Entry, isLive, termsSchema } from '../../domain/challenge.ts';
import { timeFact } from '../../domain/challengeParts.ts';
import { CannotPost, TransientError } from '../../domain/errors.ts';
import { digest } from '../../domain/recipe.ts';
import { sealOf } from '../../domain/tally/seal.ts';
import { say, word } from '../../domain/words.ts';
import type { Place, PostedFilm } from '../../ports.ts';
import { sift } from './arrive.ts';
import { announce, blockedIn, type Look, pageOf } from './tools.ts';

/** Milliseconds after entries closed in which films under way are waited for; and after that, in which a chat that shows none is asked again. */
export const patience = 2 * 3_600_000;
/** Why an entry does not count that the chat did not let the bot show. */
export const unshown = 'not shown';
/** Milliseconds between tries where the chat shows none. */
const again = 60_000;
/** Films of a challenge that are shown in one look, and milliseconds for one. */
const atOnce = 10;
const showWithin = 300_000;

/** The order of the screening: by lot, the same for the same seed. */
const lot = ({ seed }: Challenge, { job }: Entry): string => digest([seed, job]).toString('hex');

/** Whether its author has the film of an entry, and so pays it: what is only kept for them would compete for nothing. */
async function isGiven({ job: id }: Entry, { space, tools }: Look): Promise<boolean> {
  const job = await tools.desk.job({ space, id });
  return job === undefined || job.post !== undefined || job.settled === 'captured';
}

/** What counts, in its order; what still is not there, or not its author's, when the wait is over does not, nor what is of somebody who is blocked. */
async function ordered(look: Look): Promise<Entry[]> {
  const { space, challenge, tools } = look;
  await sift(look);
  const live: Entry[] = [];
  for (const entry of (await tools.challenges.entries(space, challenge.id)).filter(isLive)) {
    const { job, state } = entry;
    if (state === 'in' && (await isGiven(entry, look))) live.push(entry);
    else await tools.challenges.note(space, challenge.id, job, [state], { state: 'failed', why: 'late' });
  }
  const blocked = await blockedIn(look);
  const found = live.filter(({ member }) => !blocked.has(member));
  return found.sort((one, other) => (lot(challenge, one) < lot(challenge, other) ? -1 : 1));
}

/** Settles once what is shown, in which order, and until when is voted: whatever becomes of an entry later, its number is nobody else's. */
async function settle(look: Look): Promise<void> {
  const { space, challenge, tools } = look;
  const { id, least, closesAt, votesUntil, seed, version } = challenge;
  const entries = await ordered(look);
  const count = entries.length;
  const now = tools.now();
  if (count === 0 || count < least) {
    const fields = { few: String(count) };
    await tools.challenges.turn(space, id, { from: 'closing', to: 'cancelled', due: now, version, fields });
    return;
  }
  const commitments = entries.map(({ commitment = '' }, index) => ({ number: index + 1, commitment }));
  const seal = sealOf({ challenge: id, seed, entries: commitments });
  // What came late costs nobody their time to vote: half of it is left at the least.
  const until = Math.max(votesUntil, now + Math.ceil((votesUntil - closesAt) / 2));
  const terms = termsSchema.parse({ ...challenge, votesUntil: until });
  const order = entries.map(({ job }) => job).join(' ');
  const fields = { seal, order, votes: String(until), terms: JSON.stringify(terms) };
  await tools.challenges.turn(space, id, { from: 'closing', to: 'closing', due: now, version, fields });
}

/** Takes a film out again that need not stand there: it is shown elsewhere by now, or counts no more. */
async function takeBack({ tools }: Look, place: Place, film: PostedFilm): Promise<void> {
  tools.log.warn({ ...place, ref: film.ref }, 'an entry was shown in vain; it is taken out again');
  await tools.poster(place.platform).remove(place, film);
}

/** Shows one film by its number, without a name. False where the chat does not let the bot. */
async function exhibit(look: Look, { job }: Entry, number: number, place: Place): Promise<boolean> {
  const { space, challenge, tools } = look;
  const { challenges, log } = tools;
  const { id } = challenge;
  const attempt = randomUUID();
  const entry = await challenges.attempt(space, id, job, attempt);
  if (!entry?.asset) return true;
  const { asset, mark, spoiler = false } = entry;
  const note = async (text: string): Promise<void> => {
    if (!(await challenges.mark(space, id, job, attempt, text))) throw new TransientError('another shows this entry');
  };
  try {
    const film = await tools.poster(place.platform).exhibit(
      place,
      {
        key: `${id}-${number}`,
        ...{ repeated: entry.attempt !== undefined, before: mark, note },
        caption: say({ word: 'challenge.number.n', with: { number } }),
        ...{ asset, file: tools.media.path(asset.name), spoiler },
      },
      AbortSignal.any([tools.stopping, AbortSignal.timeout(showWithin)]),
    );
    if (!(await challenges.shows(space, id, job, film.ref))) await takeBack(look, place, film);
    return true;
  } catch (err) {
    if (!(err instanceof CannotPost)) throw err;
    log.error({ space, challenge: id, job, err }, 'the chat does not show an entry; it is asked again');
    return false;
  }
}

/** Announces the vote, under which the films are shown. */
async function place(look: Look, count: number): Promise<Place> {
  const { challenge } = look;
  const { id, title, votesUntil, seal = '' } = challenge;
  const facts = [
    timeFact(word('challenge.say.votes'), votesUntil, challenge),
    { label: word('challenge.say.seal'), value: seal },
    ...pageOf(look),
  ];
  const told = await announce(look, 'voting', {
    thread: title,
    ...(challenge.ping === undefined ? {} : { ping: challenge.ping }),
    parts: [
      { kind: 'text', text: say({ word: 'challenge.say.voting', with: { title, count } }) },
      { kind: 'facts', facts },
      {
        kind: 'buttons',
        buttons: [
          { label: word('challenge.vote.button'), command: 'challenge vote', challenge: id },
          { label: word('challenge.report.button'), command: 'challenge report', challenge: id },
        ],
      },
    ],
  });
  return told?.place ?? challenge.place;
}

/** Numbers the entries and shows those that still count, some at a time. True when all are shown that the chat lets the bot show. */
async function show(look: Look, order: readonly string[]): Promise<boolean> {
  const { space, challenge, tools } = look;
  const { challenges } = tools;
  const { id } = challenge;
  const entries = new Map((await challenges.entries(space, id)).map((entry) => [entry.job, entry]));
  // Of somebody who was blocked when the order was settled; until then, letting them in again undid it.
  for (const { job, state } of entries.values()) {
    if (state === 'in' && !order.includes(job)) await challenges.note(space, id, job, ['in'], { state: 'barred' });
  }
  for (const [index, job] of order.entries()) {
    const { state, number } = entries.get(job) ?? {};
    if (state !== undefined && number === undefined)
      await challenges.note(space, id, job, [state], { number: index + 1 });
  }
  const rest = order.flatMap((job) => {
    const entry = entries.get(job);
    return entry?.state === 'in' && entry.shown === undefined ? [entry] : [];
  });
  if (rest.length === 0) return true;
  const where = await place(look, order.length);
  const now = tools.now();
  for (const entry of rest.slice(0, atOnce)) {
    // An upload takes longer than the lead lasts by itself.
    if (tools.stopping.aborted || !(await tools.leads())) return false;
    if (await exhibit(look, entry, order.indexOf(entry.job) + 1, where)) continue;
    if (now < challenge.turnedAt + 2 * patience) {
      await challenges.turn(space, id, { from: 'closing', to: 'closing', due: now + again });
      return false;
    }
    await challenges.note(space, id, entry.job, ['in'], { state: 'failed', why: unshown });
  }
  return rest.length <= atOnce;
}

/** Closes a challenge with what was entered: the films are shown by numbers, their seal is said, and the vote begins. */
export async function screen(look: Look): Promise<void> {
  const { space, challenge, tools } = look;
  const { id, order, votesUntil } = challenge;
  if (!order) return settle(look);
  if (!(await show(look, order))) return;
  const shown = (await tools.challenges.entries(space, id)).filter((entry) => entry.shown !== undefined);
  const step =
    shown.length === 0
      ? ({ to: 'cancelled', due: tools.now(), fields: { why: word('challenge.unshown') } } as const)
      : ({ to: 'voting', due: votesUntil } as const);
  await tools.challenges.turn(space, id, { from: 'closing', ...step });
}
