import { type Entry, isLive } from '../../domain/challenge.ts';
import { UserError } from '../../domain/errors.ts';
import type { SpaceKey } from '../../domain/origin.ts';
import { windowAt } from '../../domain/policy.ts';
import { say } from '../../domain/words.ts';
import { acceptedWithin, paidBy, sift } from './arrive.ts';
import { unshown } from './screen.ts';
import { announce, type ChallengeTools, type Look } from './tools.ts';

/** What was paid comes back to whoever paid, as what it was: an allowance to its window, if that still stands, and granted credits as such. */
async function refund({ space, challenge, tools }: Look, { job, member: author, paid }: Entry): Promise<void> {
  if (!paid) return;
  const { title, calledOffBy: by = challenge.by } = challenge;
  const why = say({ word: 'challenge.refund', with: { title } });
  const { member = author, allowance, granted, window } = paid;
  const key = `challenge ${challenge.id} back ${job}`;
  if (granted > 0) await tools.ledger.grant(space, `${key} granted`, { member, credits: granted, by, why });
  const stands = await standing(space, tools);
  if (allowance === 0 || stands.id !== window) return;
  try {
    await tools.ledger.correct(space, key, { member, credits: -allowance, window: stands, by, why });
  } catch (err) {
    // Less is spent than that: somebody gave it back by hand.
    if (!(err instanceof UserError && err.said.word === 'correct.short')) throw err;
    tools.log.warn({ space, challenge: challenge.id, job, err }, 'what was paid for an entry was given back before');
  }
}

const standing = (space: SpaceKey, { desk }: Pick<ChallengeTools, 'desk'>) =>
  desk.window(space, (at) => windowAt(at, 'day', 'UTC'));

/**
 * A film on its way is stopped; one that arrived stays its author's, and what they paid comes back. One that is kept for them is not paid
 * yet. False while its end is not known.
 */
async function giveBack(look: Look, entry: Entry): Promise<boolean> {
  const { space, challenge, tools } = look;
  const { challenges, desk } = tools;
  const { id } = challenge;
  const ref = { space, id: entry.job };
  const job = await desk.job(ref);
  // It may be accepted yet.
  if (!job && waits(entry)) {
    if (tools.now() - entry.at < acceptedWithin) return false;
    await challenges.leave(space, id, entry.job);
    return true;
  }
  if (job && job.settled === undefined) {
    if (waits(entry) && !job.cancel) {
      await desk.cancel(ref, challenge.calledOffBy ?? challenge.by);
      await tools.wake(space, entry.job);
    }
    return false;
  }
  // What was there before was not paid for this.
  if (job?.settled !== 'released' && !entry.brought) await refund(look, { ...entry, ...(job ? paidBy(job) : {}) });
  await challenges.note(space, id, entry.job, [entry.state], { state: 'failed', why: 'called off' });
  return true;
}

const waits = ({ state }: Entry): boolean => state === 'asked' || state === 'made';
/** Whose film counted, or still may, or would have if the chat had shown it or its author not been blocked. */
const isOwed = (entry: Entry): boolean =>
  isLive(entry) || entry.state === 'barred' || (entry.state === 'failed' && entry.why === unshown);

/** Ends a challenge without a result: all are told, and what was paid comes back, of films on their way as soon as their end is known. */
export async function callOff(look: Look): Promise<void> {
  const { space, challenge, tools } = look;
  const { id, title, few, least, why = '' } = challenge;
  const text =
    few === undefined
      ? say({ word: 'challenge.say.cancelled', with: { title, why } })
      : few === 0
        ? say({ word: 'challenge.say.nobody', with: { title } })
        : say({ word: 'challenge.say.few', with: { title, count: few, least } });
  // What nobody was told of needs no end.
  if (challenge.said.opened) await announce(look, 'ended', { parts: [{ kind: 'text', text }] });
  let open = false;
  for (const entry of await tools.challenges.entries(space, id)) {
    if (isOwed(entry) && !(await giveBack(look, entry))) open = true;
  }
  // Films go back to their authors: what was shown of them to vote on is taken out.
  await sift(look);
  if (!open) await tools.challenges.turn(space, id, { from: 'cancelled', to: 'cancelled' });
}
