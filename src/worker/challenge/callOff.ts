import { type Entry, isLive } from '../../domain/challenge.ts';
import { say } from '../../domain/words.ts';
import { announce, type Look } from './tools.ts';

/** What its author paid for an entry comes back: a film that is on its way is stopped, one that arrived stays theirs. */
async function giveBack({ space, challenge, tools }: Look, entry: Entry): Promise<void> {
  const ref = { space, id: entry.job };
  const job = await tools.desk.job(ref);
  if (!job) return;
  if (job.settled === undefined) {
    await tools.desk.cancel(ref, challenge.calledOffBy ?? challenge.by);
    await tools.wake(space, entry.job);
    return;
  }
  // What a pot paid was nobody's own.
  if (job.settled !== 'captured' || job.request.payer.pot !== undefined) return;
  const why = say({ word: 'challenge.refund', with: { title: challenge.title } });
  const to = { member: entry.member, credits: job.request.price, by: challenge.calledOffBy ?? challenge.by, why };
  await tools.ledger.grant(space, `challenge ${challenge.id} back ${entry.job}`, to);
}

/** Ends a challenge without a result: all are told, and what was paid comes back. */
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
  for (const entry of await tools.challenges.entries(space, id)) if (isLive(entry)) await giveBack(look, entry);
  await tools.challenges.turn(space, id, { from: 'cancelled', to: 'cancelled' });
}
