import { type Challenge, type Entry, isLive, termsSchema } from '../../domain/challenge.ts';
import { timeFact } from '../../domain/challengeParts.ts';
import { CannotPost } from '../../domain/errors.ts';
import { digest } from '../../domain/recipe.ts';
import { sealOf } from '../../domain/tally/seal.ts';
import { say, word } from '../../domain/words.ts';
import type { Place } from '../../ports.ts';
import { announce, type Look, pageFacts } from './tools.ts';

/** Milliseconds after entries closed in which films under way are waited for. */
export const patience = 2 * 3_600_000;
/** Films that are shown in one look. */
const atOnce = 10;
/** Milliseconds in which one film is shown. */
const showWithin = 900_000;

/** The order of the screening: by lot, the same for the same seed. */
const lot = ({ seed }: Challenge, { job }: Entry): string => digest([seed, job]).toString('hex');

/** Numbers what counts; what still is not there when the wait is over does not. */
async function numbered({ space, challenge, tools }: Look): Promise<Entry[]> {
  const { challenges, desk } = tools;
  const { id } = challenge;
  const found: Entry[] = [];
  for (const entry of (await challenges.entries(space, id)).filter(isLive)) {
    if (entry.state !== 'in') {
      await challenges.note(space, id, entry.job, ['asked', 'made'], { state: 'failed', why: 'late' });
      continue;
    }
    // Deleted after it was entered, by its author or those who moderate.
    if ((await desk.job({ space, id: entry.job }))?.removed) {
      await challenges.note(space, id, entry.job, ['in'], { state: 'deleted' });
    } else found.push(entry);
  }
  found.sort((one, other) => (lot(challenge, one) < lot(challenge, other) ? -1 : 1));
  const all: Entry[] = [];
  for (const [index, entry] of found.entries()) {
    const number = entry.number ?? index + 1;
    if (entry.number === undefined) await challenges.note(space, id, entry.job, ['in'], { number });
    all.push({ ...entry, number });
  }
  return all;
}

/** Shows one film by its number, without a name. */
async function exhibit({ space, challenge, tools }: Look, entry: Entry, place: Place): Promise<void> {
  const { challenges, desk, log } = tools;
  const { id } = challenge;
  const job = await desk.job({ space, id: entry.job });
  if (!job?.asset) return;
  const number = entry.number ?? 0;
  const note = async (mark: string): Promise<void> =>
    void (await challenges.note(space, id, entry.job, ['in'], { mark }));
  try {
    const { ref } = await tools.poster(place.platform).exhibit(
      place,
      {
        key: `${id}-${number}`,
        repeated: entry.mark !== undefined,
        before: entry.mark,
        note,
        caption: say({ word: 'challenge.number.n', with: { number } }),
        asset: job.asset,
        file: tools.media.path(job.asset.name),
        spoiler: job.request.spoiler ?? false,
      },
      AbortSignal.timeout(showWithin),
    );
    await challenges.note(space, id, entry.job, ['in'], { shown: ref });
  } catch (err) {
    if (!(err instanceof CannotPost)) throw err;
    log.error({ space, challenge: id, job: entry.job, err }, 'the chat does not show an entry');
    await challenges.note(space, id, entry.job, ['in'], { state: 'failed', why: 'not shown' });
  }
}

/** Closes a challenge with what was entered: the films are shown by numbers, their seal is said, and the vote begins. */
export async function screen(look: Look): Promise<void> {
  const { space, challenge, tools } = look;
  const { id, title, least, closesAt, votesUntil, turnedAt, seed } = challenge;
  const entries = await numbered(look);
  const count = entries.length;
  const now = tools.now();
  if (count === 0 || count < least) {
    await tools.challenges.turn(space, id, {
      from: 'closing',
      to: 'cancelled',
      due: now,
      fields: { few: String(count) },
    });
    return;
  }
  const commitments = entries.map(({ number = 0, commitment = '' }) => ({ number, commitment }));
  const seal = sealOf({ challenge: id, seed, entries: commitments });
  // What came late costs nobody their time to vote: half of it is left at the least.
  const until = Math.max(votesUntil, turnedAt + Math.ceil((votesUntil - closesAt) / 2));
  const facts = [
    timeFact(word('challenge.say.votes'), until, challenge),
    { label: word('challenge.say.seal'), value: seal },
    ...pageFacts(look),
  ];
  const told = await announce(look, 'voting', {
    thread: title,
    ...(challenge.ping === undefined ? {} : { ping: challenge.ping }),
    parts: [
      { kind: 'text', text: say({ word: 'challenge.say.voting', with: { title, count } }) },
      { kind: 'facts', facts },
      {
        kind: 'buttons',
        buttons: [{ label: word('challenge.vote.button'), command: 'challenge vote', challenge: id }],
      },
    ],
  });
  const place = told?.place ?? challenge.place;
  const rest = entries.filter(({ shown }) => shown === undefined);
  for (const entry of rest.slice(0, atOnce)) await exhibit(look, entry, place);
  // Other challenges have their turn in between.
  if (rest.length > atOnce) return;
  const terms = termsSchema.parse({ ...challenge, votesUntil: until });
  const fields = { seal, votes: String(until), terms: JSON.stringify(terms) };
  await tools.challenges.turn(space, id, { from: 'closing', to: 'voting', due: until, fields });
}
