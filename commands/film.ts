import { type Button, type Command, command, type Part, type Reply } from '../src/domain/command.ts';
import { UserError } from '../src/domain/errors.ts';
import { cardFor } from '../src/domain/model.ts';
import { say, word } from '../src/domain/words.ts';
import { isThere, ownFilm, seenFilm } from './own.ts';

const told = (text: string): Reply => ({ to: 'private', jobs: [], parts: [{ kind: 'text', text }] });
const fields = { job: { kind: 'job', label: 'film.job', required: true } } as const;
const pressed = { who: 'owner', reply: 'private', surfaces: ['button'], fields } as const;

const cancel = command({
  ...pressed,
  name: 'cancel',
  summary: 'film.cancel',
  run: async ({ job: id }, context) => {
    const job = await ownFilm(id, context);
    const ref = { space: context.space, id };
    const outcome = await context.desk.cancel(ref, context.call.origin.user);
    if (outcome !== 'late') await context.wake(ref);
    if (outcome !== 'released') return told(word(`cancel.${outcome}`));
    return told(say({ word: 'cancel.released', with: { credits: job.request.price } }));
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
    const { closed } = job.request.origin;
    if (closed && !isThere(job, context)) {
      const word = closed === 'channel' ? 'again.closed.channel' : 'again.closed';
      throw new UserError('forbidden', { word }, { field: 'job' });
    }
    return context.make({ recipe: job.request.recipe, parent: id, spoiler: job.request.spoiler });
  },
});

const redeliver = command({
  ...pressed,
  name: 'redeliver',
  summary: 'film.redeliver',
  run: async ({ job: id }, context) => {
    const job = await ownFilm(id, context);
    const ref = { space: context.space, id };
    if (!(await context.desk.redeliver(ref))) return told(word('redeliver.notYet'));
    await context.wake(ref);
    return told(word(job.parked ? 'redeliver.retry' : 'redeliver.again'));
  },
});

const details = command({
  ...pressed,
  name: 'details',
  summary: 'film.details',
  who: 'anyone',
  run: async ({ job: id }, context) => {
    const job = await seenFilm(id, context);
    const card = await context.card(job);
    const { recipe, requester } = job.request;
    const model = cardFor(context.models, recipe.model);
    const facts = [
      { label: word('details.prompt'), value: recipe.prompt },
      { label: word('details.by'), value: requester },
      { label: word('details.state'), value: card.line },
      { label: word('details.model'), value: model?.label ?? recipe.model },
      { label: word('details.seconds'), value: String(recipe.seconds) },
      { label: word('details.size'), value: recipe.size },
      { label: word('details.price'), value: String(job.request.price) },
      { label: word('accepted.id'), value: id },
    ];
    return { to: 'private', jobs: [], parts: [{ kind: 'facts', facts }] };
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
    const mine = job.request.origin.user === user;
    const { actions } = await context.card(job);
    const redeliverable = actions.includes('redeliver') && (mine || context.level !== 'anyone');
    const wish = (await context.wishes.mention(context.space, user)) ? 'off' : 'on';
    const buttons: Button[] = [
      ...(redeliverable ? [{ label: word('film.redeliver'), command: 'film redeliver', job: id }] : []),
      ...(mine ? [{ label: word(`mentions.${wish}`), command: `mentions ${wish}` }] : []),
    ];
    if (buttons.length === 0) return told(word('film.more.none'));
    const parts: Part[] = [
      { kind: 'text', text: word('film.more.head') },
      { kind: 'buttons', buttons },
    ];
    return { to: 'private', jobs: [], parts };
  },
});

export const film: Command = { name: 'film', summary: 'film.summary', subs: [cancel, again, redeliver, details, more] };
