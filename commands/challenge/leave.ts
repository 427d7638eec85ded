import { type Challenge, type Entry, isLive } from '../../src/domain/challenge.ts';
import { type Context, command } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { word } from '../../src/domain/words.ts';
import { told } from '../answer.ts';
import { meant, which } from './which.ts';

/** The entry that is meant, of some: the one that was named, else the only one; a live one, unless `any`. */
export function pick(entries: readonly Entry[], job: string | undefined, any = false): Entry {
  const live = any ? entries : entries.filter(isLive);
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

/** Takes an entry out, once; a film that was made for it is deleted. */
async function takeBack({ id }: Challenge, { job, brought }: Entry, context: Context): Promise<void> {
  const { challenges, space, desk, call } = context;
  const ref = { space, id: job };
  // Not accepted yet: its film would be made all the same.
  if (!brought && !(await desk.job(ref))) {
    throw new UserError('busy', { word: 'challenge.entry.soon' }, { retryAfter: 5 });
  }
  if (!(await challenges.note(space, id, job, ['asked', 'made', 'in'], { state: 'withdrawn' }))) return;
  if (!brought && (await desk.remove(ref, call.origin.user)) !== 'nothing') await context.wake(ref);
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
    const entry = pick(mine, film);
    await takeBack(challenge, entry, context);
    return told(word(entry.brought ? 'challenge.withdrawn.brought' : 'challenge.withdrawn'));
  },
});
