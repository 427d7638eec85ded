import type { Challenge, Entry } from '../../src/domain/challenge.ts';
import { isLive } from '../../src/domain/challenge.ts';
import { type Context, command } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { say, word } from '../../src/domain/words.ts';
import { told } from '../answer.ts';
import { meant, which } from './which.ts';

/** The live entry that is meant, of some: the one that was named, else the only one. */
function pick(entries: readonly Entry[], job: string | undefined): Entry {
  const live = entries.filter(isLive);
  const named = job === undefined ? live : live.filter((one) => one.job === job);
  const [one, another] = named;
  if (another) {
    const jobs = named.map((entry) => entry.job);
    throw new UserError('invalid', { word: 'challenge.entry.several', with: { jobs } }, { field: 'film' });
  }
  if (!one)
    throw new UserError('unknown', { word: job === undefined ? 'challenge.entry.none' : 'challenge.entry.unknown' });
  return one;
}

/** Takes an entry out, once, and its film out of the chat. */
async function takeOut(
  { id }: Challenge,
  { job }: Entry,
  state: 'withdrawn' | 'disqualified',
  why: string | undefined,
  context: Context,
): Promise<void> {
  const { challenges, space, desk, call } = context;
  const ref = { space, id: job };
  // Not accepted yet: its film would be made all the same.
  if (state === 'withdrawn' && !(await desk.job(ref))) {
    throw new UserError('busy', { word: 'challenge.entry.soon' }, { retryAfter: 5 });
  }
  const change = { state, ...(why === undefined ? {} : { why }) };
  if (!(await challenges.note(space, id, job, ['asked', 'made', 'in'], change))) return;
  // One that was disqualified stays its author's own, where nobody else sees it.
  if (state === 'withdrawn' && (await desk.remove(ref, call.origin.user, why)) !== 'nothing') await context.wake(ref);
}

export const withdraw = command({
  name: 'withdraw',
  summary: 'challenge.withdraw',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash'],
  fields: { challenge: which, film: { kind: 'job', label: 'challenge.film' } },
  run: async ({ challenge: named, film }, context) => {
    const challenge = await meant(named, ['open'], context);
    if (challenge.phase !== 'open' || Date.now() >= challenge.closesAt) {
      throw new UserError('conflict', { word: 'challenge.withdraw.late' }, { field: 'challenge' });
    }
    const { user } = context.call.origin;
    const mine = (await context.challenges.entries(context.space, challenge.id)).filter(
      ({ member }) => member === user,
    );
    await takeOut(challenge, pick(mine, film), 'withdrawn', undefined, context);
    return told(word('challenge.withdrawn'));
  },
});

export const disqualify = command({
  name: 'disqualify',
  summary: 'challenge.disqualify',
  who: 'moderator',
  reply: 'private',
  surfaces: ['slash'],
  fields: {
    reason: { kind: 'text', label: 'challenge.reason', max: 200, required: true },
    challenge: which,
    number: { kind: 'integer', label: 'challenge.number', min: 1, max: 999 },
    film: { kind: 'job', label: 'challenge.film' },
  },
  run: async ({ challenge: named, number, film, reason }, context) => {
    const challenge = await meant(named, ['open', 'closing', 'voting'], context);
    if (!['open', 'closing', 'voting'].includes(challenge.phase)) {
      throw new UserError('conflict', { word: 'challenge.over' }, { field: 'challenge' });
    }
    const entries = await context.challenges.entries(context.space, challenge.id);
    // Nobody finds out whose number it is by trying: films are told apart by numbers from the screening on, and by nothing else.
    const numbered = entries.some((one) => one.number !== undefined);
    if (numbered ? number === undefined || film !== undefined : film === undefined) {
      throw new UserError('invalid', { word: numbered ? 'challenge.number.alone' : 'challenge.entry.unknown' });
    }
    const entry = pick(numbered ? entries.filter((one) => one.number === number) : entries, film);
    await takeOut(challenge, entry, 'disqualified', reason, context);
    const about = { title: challenge.title, why: reason };
    await context.tellMember(entry.member, {
      key: `x${entry.job.slice(1, 17)}`,
      parts: [{ kind: 'text', text: say({ word: 'challenge.disqualified.you', with: about }) }],
    });
    return told(say({ word: 'challenge.disqualified', with: { name: entry.name } }));
  },
});
