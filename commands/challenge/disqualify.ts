import type { Challenge, Entry } from '../../src/domain/challenge.ts';
import { type Context, command, type Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { say, word } from '../../src/domain/words.ts';
import { answer } from '../answer.ts';
import { pick } from './leave.ts';
import { numberWord } from './shown.ts';
import { meant, which } from './which.ts';

const reason = { kind: 'text', label: 'challenge.reason', max: 200, required: true } as const;
const deletes = { kind: 'boolean', label: 'challenge.delete', hint: 'challenge.delete.hint' } as const;

interface Judgement {
  reason: string;
  /** The film is deleted everywhere. */
  deletes: boolean;
}

/** Once the vote is over nothing of its result changes, but what nobody may keep can still be deleted. */
function checkPhase({ phase }: Challenge, { deletes: deleted }: Judgement): void {
  if (['open', 'closing', 'voting'].includes(phase) || (phase === 'ended' && deleted)) return;
  const said = phase === 'ended' ? 'challenge.over.delete' : 'challenge.over';
  throw new UserError('conflict', { word: said }, { field: 'challenge' });
}

/** Deletes a film with all that stands of it. False where its record is not kept any more. */
async function deleteFilm(entry: Entry, why: string, context: Context): Promise<boolean> {
  const { space, desk, call } = context;
  const ref = { space, id: entry.job };
  if (!(await desk.job(ref))) return false;
  if ((await desk.remove(ref, call.origin.user, why)) !== 'nothing') await context.wake(ref);
  return true;
}

/** Takes an entry out, and tells whoever made it. What is said of it names nobody while it is known by its number. */
async function takeOut(
  challenge: Challenge,
  entry: Entry,
  { reason: why, deletes: deleted }: Judgement,
  context: Context,
): Promise<Reply> {
  const { challenges, space, tellMember } = context;
  const { id, title, phase } = challenge;
  const { job, number, name } = entry;
  // Deleted after the end, it keeps its place.
  const state = phase === 'ended' ? ('deleted' as const) : ('disqualified' as const);
  await challenges.note(space, id, job, ['asked', 'made', 'in'], { state, why });
  const about = number === undefined ? job : `${id}-${number}`;
  await context.note({ what: deleted ? 'challenge disqualify delete' : 'challenge disqualify', about, why });
  const gone = deleted ? await deleteFilm(entry, why, context) : undefined;
  // Nobody looks after one that has ended: what is shown of the film would stay.
  if (phase === 'ended') await challenges.turn(space, id, { from: phase, to: phase, due: Date.now() });
  const told = { title, why, deleted };
  const parts = [{ kind: 'text', text: say({ word: 'challenge.disqualified.you', with: told }) } as const];
  await tellMember(entry.member, { key: `x${job.slice(1, 17)}${deleted ? 'd' : ''}`, parts });
  const out =
    number === undefined
      ? say({ word: 'challenge.disqualified', with: { name } })
      : say({ word: 'challenge.disqualified.number', with: { number } });
  const more = gone ? 'challenge.disqualified.deleted' : 'challenge.disqualified.forgotten';
  const said = [
    ...(phase === 'ended' ? [numberWord(number ?? 0)] : [out]),
    ...(gone === undefined ? [] : [word(more)]),
  ];
  return answer(...said.map((text) => ({ kind: 'text', text }) as const));
}

/** Takes out the one that is meant of a challenge's entries. */
async function judge(
  challenge: Challenge,
  judgement: Judgement,
  context: Context,
  meantIn: (entries: readonly Entry[]) => Entry,
): Promise<Reply> {
  checkPhase(challenge, judgement);
  const entries = await context.challenges.entries(context.space, challenge.id);
  return takeOut(challenge, meantIn(entries), judgement, context);
}

export const disqualify = command({
  name: 'disqualify',
  summary: 'challenge.disqualify',
  who: 'moderator',
  reply: 'private',
  surfaces: ['slash'],
  fields: {
    reason,
    challenge: which,
    number: { kind: 'integer', label: 'challenge.number', min: 1, max: 999 },
    film: { kind: 'job', label: 'challenge.film' },
    delete: deletes,
  },
  run: async ({ challenge: named, number, film, reason: why, delete: deleted = false }, context) => {
    const challenge = await meant(named, ['open', 'closing', 'voting'], context);
    return judge(challenge, { reason: why, deletes: deleted }, context, (entries) => {
      // Nobody finds out whose number it is by trying: films are told apart by numbers from the screening on, and by nothing else.
      const numbered = entries.some((one) => one.number !== undefined);
      if (numbered ? number === undefined || film !== undefined : film === undefined) {
        throw new UserError('invalid', { word: numbered ? 'challenge.number.alone' : 'challenge.entry.unknown' });
      }
      return pick(numbered ? entries.filter((one) => one.number === number) : entries, film, deleted);
    });
  },
});

/** The challenge of a film that those who moderate were told of, wherever that was; else one that they may know of. */
async function toldOf(id: string, film: string, context: Context): Promise<Challenge> {
  const { challenges, reports, space } = context;
  const found = (await reports.isTold({ space, id: film })) ? await challenges.find(space, id) : undefined;
  return found ?? meant(id, ['voting'], context);
}

/** What a moderator presses who was told of a report: the film is known by its number, and why is asked. */
export const remove = command({
  name: 'remove',
  summary: 'challenge.remove',
  title: 'challenge.remove.title',
  who: 'moderator',
  reply: 'private',
  surfaces: ['button', 'form'],
  fields: { challenge: { ...which, required: true }, reason, delete: deletes },
  run: async ({ challenge: film, reason: why, delete: deleted = false }, context) => {
    const [, id, number] = /^(c[a-z2-7]{8})-(\d{1,3})$/.exec(film) ?? [];
    if (id === undefined) throw new UserError('unknown', { word: 'challenge.unknown' }, { field: 'challenge' });
    const challenge = await toldOf(id, film, context);
    return judge(challenge, { reason: why, deletes: deleted }, context, (entries) => {
      const numbered = entries.filter((one) => one.number === Number(number));
      return pick(numbered, undefined, deleted);
    });
  },
});
