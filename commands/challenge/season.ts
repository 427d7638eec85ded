import { factsPart, pageFacts } from '../../src/domain/challengeParts.ts';
import { type Context, command, type Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { isSeasonName, seasonNameMax } from '../../src/domain/season.ts';
import { seasonView } from '../../src/domain/seasonView.ts';
import { readWhen } from '../../src/domain/when.ts';
import { say, word } from '../../src/domain/words.ts';
import { answer, managed, told } from '../answer.ts';
import { oneLine, placeOf, whenField } from './open.ts';
import { seasonNamed, standingsParts } from './standings.ts';

interface Asked {
  title: string | undefined;
  closes: string | undefined;
}

/** When it ends by itself, in Unix milliseconds; nothing where it does not. */
function endOf(written: string | undefined, { policy }: Context): number | undefined {
  if (written === undefined || written.trim().toLowerCase() === 'never') return undefined;
  return readWhen(written, 'closes', policy.timeZone, Date.now());
}

/** The season that is named, which runs or not; nothing where none is. */
const idOf = async (title: string | undefined, { seasons, space }: Context): Promise<string | undefined> =>
  title === undefined ? undefined : seasonNamed(title, await seasons.list(space), 'title').id;

async function open({ title, closes }: Asked, context: Context): Promise<Reply> {
  const { seasons, space, call, policy, note, seasonPage } = context;
  if (title === undefined) throw new UserError('invalid', { word: 'season.name.missing' }, { field: 'title' });
  const name = oneLine(title).trim();
  if (!isSeasonName(name)) {
    throw new UserError('invalid', { word: 'season.name', with: { most: seasonNameMax } }, { field: 'title' });
  }
  const place = placeOf(context);
  const end = endOf(closes, context);
  const terms = { name, place, zone: policy.timeZone, ...(end === undefined ? {} : { closes: end }) };
  const id = await seasons.open(space, call.key, terms);
  await note({ what: 'challenge season', about: id, after: JSON.stringify({ action: 'open', name, closes: end }) });
  // A repetition of the call says what the first one settled.
  const opened = (await seasons.find(space, id)) ?? terms;
  const about = { name: opened.name, id, closes: opened.closes, timeZone: policy.timeZone };
  return answer(
    { kind: 'text', text: say({ word: 'season.opened', with: about }) },
    ...(place.closed === undefined ? [] : [{ kind: 'text', text: word('season.place.closed') } as const]),
    ...factsPart(pageFacts(seasonPage(id))),
  );
}

async function change({ title, closes }: Asked, context: Context): Promise<Reply> {
  const { seasons, space, call, policy, note } = context;
  if (closes === undefined) throw new UserError('invalid', { word: 'season.closes.missing' }, { field: 'closes' });
  const end = endOf(closes, context);
  const named = await idOf(title, context);
  const id = await seasons.change(space, call.key, { id: named, closes: end, place: placeOf(context) });
  const { name, closes: at } = seasonNamed(id, await seasons.list(space), 'title');
  await note({ what: 'challenge season', about: id, after: JSON.stringify({ action: 'change', name, closes: end }) });
  if (at === undefined) return told(say({ word: 'season.changed.never', with: { name } }));
  return told(say({ word: 'season.changed.closes', with: { name, closes: at, timeZone: policy.timeZone } }));
}

async function close({ title, closes }: Asked, context: Context): Promise<Reply> {
  const { seasons, space, call, note } = context;
  if (closes !== undefined) throw new UserError('invalid', { word: 'season.closes.other' }, { field: 'closes' });
  const id = await seasons.close(space, call.key, { id: await idOf(title, context), place: placeOf(context) });
  const season = seasonNamed(id, await seasons.list(space), 'title');
  const { name } = season;
  await note({ what: 'challenge season', about: id, after: JSON.stringify({ action: 'close', name }) });
  const view = seasonView(season, await seasons.results(space));
  return answer(
    { kind: 'text', text: say({ word: 'season.closed', with: { name } }) },
    ...standingsParts(view, context),
  );
}

export const season = command({
  ...managed,
  name: 'season',
  summary: 'season.summary',
  fields: {
    action: {
      kind: 'choice',
      label: 'season.action',
      required: true,
      choices: [
        { value: 'open', label: 'season.action.open' },
        { value: 'change', label: 'season.action.change' },
        { value: 'close', label: 'season.action.close' },
      ],
    },
    title: { kind: 'text', label: 'season.title', hint: 'season.title.hint', max: 80 },
    closes: { ...whenField, label: 'season.closes', hint: 'season.closes.hint' },
  },
  run: ({ action, title, closes }, context) => {
    const asked = { title, closes };
    if (action === 'open') return open(asked, context);
    return action === 'change' ? change(asked, context) : close(asked, context);
  },
});
