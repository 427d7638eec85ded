import { type Context, command, type Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { isSeasonName, seasonNameMax } from '../../src/domain/season.ts';
import { seasonView } from '../../src/domain/seasonView.ts';
import { say } from '../../src/domain/words.ts';
import { answer, managed, told } from '../answer.ts';
import { oneLine } from './open.ts';
import { seasonNamed, standingsParts } from './standings.ts';

async function open(title: string | undefined, { seasons, space, call, note }: Context): Promise<Reply> {
  if (title === undefined) throw new UserError('invalid', { word: 'season.name.missing' }, { field: 'title' });
  const name = oneLine(title).trim();
  if (!isSeasonName(name)) {
    throw new UserError('invalid', { word: 'season.name', with: { most: seasonNameMax } }, { field: 'title' });
  }
  const id = await seasons.open(space, call.key, name);
  await note({ what: 'challenge season', about: id, after: JSON.stringify({ action: 'open', name }) });
  return told(say({ word: 'season.opened', with: { name, id } }));
}

async function close(title: string | undefined, context: Context): Promise<Reply> {
  const { seasons, space, call, note } = context;
  const named = title === undefined ? undefined : seasonNamed(title, await seasons.list(space), 'title').id;
  const id = await seasons.close(space, call.key, named);
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
        { value: 'close', label: 'season.action.close' },
      ],
    },
    title: { kind: 'text', label: 'season.title', hint: 'season.title.hint', max: 80 },
  },
  run: ({ action, title }, context) => (action === 'open' ? open(title, context) : close(title, context)),
});
