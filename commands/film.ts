import { moreOf } from '../src/domain/card.ts';
import { type Button, type Command, type Context, command, type Part } from '../src/domain/command.ts';
import { UserError } from '../src/domain/errors.ts';
import type { Job } from '../src/domain/job.ts';
import { cardFor } from '../src/domain/model.ts';
import { say, word } from '../src/domain/words.ts';
import { answer, told } from './answer.ts';
import { fittedBy } from './challenge/fits.ts';
import { hasPaid, isMine, isThere, mayAct, ownFilm, seenFilm, shownFilm } from './own.ts';
import { receiptOf } from './receipt.ts';
import { ask, remove } from './remove.ts';
import { report } from './report.ts';

const fields = { job: { kind: 'job', label: 'film.job', required: true } } as const;
const pressed = { who: 'owner', reply: 'private', surfaces: ['button'], fields } as const;

/** What somebody does with the film of another stands on the trail. */
const noted = async (what: string, job: Job, context: Context): Promise<void> => {
  if (!isMine(job, context)) await context.note({ what, about: job.request.id });
};

const cancel = command({
  ...pressed,
  name: 'cancel',
  summary: 'film.cancel',
  run: async ({ job: id }, context) => {
    const job = await ownFilm(id, context);
    const ref = { space: context.space, id };
    const outcome = await context.desk.cancel(ref, context.call.origin.user);
    if (outcome !== 'late') await context.wake(ref);
    await noted('film cancel', job, context);
    if (outcome !== 'released') return told(word(`cancel.${outcome}`));
    const said = hasPaid(job, context) ? 'cancel.released' : 'cancel.returned';
    return told(say({ word: said, with: { credits: job.request.price } }));
  },
});

const again = command({
  ...pressed,
  name: 'again',
  summary: 'film.again',
  // Anybody who can see a film may make it for themselves: they pay.
  who: 'anyone',
  run: async ({ job: id }, context) => {
    const job = await seenFilm(id, context);
    if (job.removed && !isMine(job, context)) {
      throw new UserError('forbidden', { word: 'again.removed' }, { field: 'job' });
    }
    const { closed, visibility } = job.request.origin;
    if (closed && !isThere(job, context)) {
      const word = closed === 'channel' ? 'again.closed.channel' : 'again.closed';
      throw new UserError('forbidden', { word }, { field: 'job' });
    }
    const { recipe, spoiler } = job.request;
    // Made again where all see it, a sealed film would tell whose it is.
    return context.make({ recipe, parent: id, spoiler, hidden: visibility === 'private' });
  },
});

const redeliver = command({
  ...pressed,
  name: 'redeliver',
  summary: 'film.redeliver',
  run: async ({ job: id }, context) => {
    const job = await ownFilm(id, context);
    if (job.removed) throw new UserError('conflict', { word: 'redeliver.removed' }, { field: 'job' });
    const ref = { space: context.space, id };
    if (!(await context.desk.redeliver(ref))) return told(word('redeliver.notYet'));
    await context.wake(ref);
    await noted('film redeliver', job, context);
    return told(word(job.parked ? 'redeliver.retry' : 'redeliver.again'));
  },
});

const details = command({
  ...pressed,
  name: 'details',
  summary: 'film.details',
  who: 'anyone',
  run: async ({ job: id }, context) => {
    const job = await shownFilm(id, context);
    const card = await context.card(job);
    const { recipe, requester } = job.request;
    const model = cardFor(context.models, recipe.model);
    const facts = [
      // What a moderator removed is read by those alone who may act on it.
      { label: word('details.prompt'), value: mayAct(job, context) ? recipe.prompt : card.prompt },
      { label: word('details.by'), value: requester },
      { label: word('details.state'), value: card.line },
      { label: word('details.model'), value: model?.label ?? recipe.model },
      { label: word('details.seconds'), value: String(recipe.seconds) },
      { label: word('details.size'), value: recipe.size },
      { label: word('details.price'), value: String(job.request.price) },
      ...(await receiptOf(job, context)),
      { label: word('accepted.id'), value: id },
    ];
    return answer({ kind: 'facts', facts });
  },
});

/** What is not shown on the film itself; the wish about mentions is offered to whoever's film it is. */
const more = command({
  ...pressed,
  name: 'more',
  summary: 'film.more',
  who: 'anyone',
  run: async ({ job: id }, context) => {
    const job = await seenFilm(id, context);
    const { user } = context.call.origin;
    const mine = isMine(job, context);
    const { actions, state } = await context.card(job);
    const redeliverable = actions.includes('redeliver') && (mine || context.level !== 'anyone');
    const offered = moreOf(state).filter((action) => (action === 'report' ? !mine : mayAct(job, context)));
    const wish = (await context.wishes.mention(context.space, user)) ? 'off' : 'on';
    const taking = await fittedBy(job, context);
    const buttons: Button[] = [
      ...taking.map(({ id: challenge, title }) => ({
        label: say({ word: 'challenge.submit.button', with: { title } }),
        ...{ command: 'challenge submit', job: id, challenge },
      })),
      ...(redeliverable ? [{ label: word('film.redeliver'), command: 'film redeliver', job: id }] : []),
      ...offered.map((action) => ({ label: word(`film.${action}`), command: `film ${action}`, job: id })),
      ...(mine ? [{ label: word(`mentions.${wish}`), command: `mentions ${wish}` }] : []),
    ];
    if (buttons.length === 0) return told(word('film.more.none'));
    const parts: Part[] = [
      { kind: 'text', text: word('film.more.head') },
      { kind: 'buttons', buttons },
    ];
    return answer(...parts);
  },
});

const subs = [cancel, again, redeliver, details, more, report, ask, remove];

export const film: Command = { name: 'film', summary: 'film.summary', subs };
