import { type Context, command, type Reply } from '../src/domain/command.ts';
import type { Job } from '../src/domain/job.ts';
import { word } from '../src/domain/words.ts';
import { answer, told } from './answer.ts';
import { isMine, removableFilm } from './own.ts';

const pressed = {
  who: 'owner',
  reply: 'private',
  surfaces: ['button'],
  fields: { job: { kind: 'job', label: 'film.job', required: true } },
} as const;

const isGone = ({ removed, failure, post }: Job): boolean => removed !== undefined || (failure !== undefined && !post);

/** A challenge that has ended is looked after once more, so that what it shows of the film leaves the chat as well. */
async function leaveScreening({ request: { id, for: made } }: Job, { challenges, space }: Context): Promise<void> {
  const challenge = made?.challenge ?? (await challenges.broughtTo(space, id));
  if (challenge === undefined) return;
  await challenges.turn(space, challenge, { from: 'ended', to: 'ended', due: Date.now() });
}

async function removed(job: Job, context: Context): Promise<Reply> {
  const { space, desk, call, note, wake } = context;
  const { id } = job.request;
  const outcome = await desk.remove({ space, id }, call.origin.user);
  if (outcome !== 'nothing') await leaveScreening(job, context);
  if (outcome === 'nothing' || outcome === 'known') return told(word(`delete.${outcome}`));
  if (!isMine(job, context)) await note({ what: 'film delete', about: id });
  await wake({ space, id });
  return told(word(job.post ? 'delete.done' : 'delete.before'));
}

/** Asks once, for nothing brings a film back. */
export const ask = command({
  ...pressed,
  name: 'delete',
  summary: 'film.delete',
  run: async ({ job: id }, context) => {
    const job = await removableFilm(id, context);
    if (isGone(job)) return removed(job, context);
    const text = word(job.post ? 'delete.sure' : 'delete.sure.before');
    const button = { label: word('film.remove'), command: 'film remove', job: id };
    return answer({ kind: 'text', text }, { kind: 'buttons', buttons: [button] });
  },
});

/** Removes at once: the answer to that question, and what moderators press who were told of a report. */
export const remove = command({
  ...pressed,
  name: 'remove',
  summary: 'film.remove',
  run: async ({ job: id }, context) => removed(await removableFilm(id, context), context),
});
