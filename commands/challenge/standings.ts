import { factsPart, pageFacts, timeFact } from '../../src/domain/challengeParts.ts';
import { type Context, command, type Part } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import type { Season } from '../../src/domain/season.ts';
import { seasonTable } from '../../src/domain/seasonParts.ts';
import { type SeasonView, seasonView } from '../../src/domain/seasonView.ts';
import { say, word } from '../../src/domain/words.ts';
import { answer } from '../answer.ts';
import { pageField, pagesOf, rowsOf } from './page.ts';

/** The season that is called so, by its id or its name, the newest one where several are; else a `UserError` about a field. */
export function seasonNamed(named: string, seasons: readonly Season[], field: string): Season {
  const name = named.trim().toLowerCase();
  const found = seasons.find(({ id }) => id === name) ?? seasons.find((one) => one.name.toLowerCase() === name);
  if (!found) throw new UserError('unknown', { word: 'season.unknown' }, { field });
  return found;
}

/** A season as a table, with what whoever asks has in it. */
export function standingsParts(view: SeasonView, context: Context, page?: number): Part[] {
  const { call, policy, seasonPage } = context;
  const { timeZone } = policy;
  const { id, name, from, closes, to, rule, standings } = view;
  const title =
    to === undefined
      ? say({ word: 'season.runs', with: { name, from, timeZone } })
      : say({ word: 'season.ran', with: { name, from, to, timeZone } });
  const counted = { label: word('season.challenges'), value: String(view.challenges.length) };
  const own = standings.find(({ member }) => member === call.origin.user);
  const mine = own && { label: word('season.own'), value: say({ word: 'season.own.line', with: own }) };
  const ends =
    to === undefined && closes !== undefined ? timeFact(word('season.ends'), closes, { zone: timeZone }) : undefined;
  const facts = [...(ends ? [ends] : []), ...pageFacts(seasonPage(id))];
  const rules: Part = { kind: 'text', text: rule };
  if (standings.length === 0) {
    return [{ kind: 'text', text: title }, { kind: 'text', text: word('season.empty') }, ...factsPart(facts), rules];
  }
  return [
    seasonTable(title, rowsOf(standings, page)),
    ...pagesOf(standings.length, page),
    ...factsPart([counted, ...(mine ? [mine] : []), ...facts]),
    rules,
  ];
}

export const standings = command({
  name: 'standings',
  summary: 'season.standings',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash'],
  fields: {
    season: { kind: 'text', label: 'season.which', hint: 'season.which.hint', max: 80 },
    page: pageField,
  },
  run: async ({ season: named, page }, context) => {
    const { seasons, space } = context;
    const all = await seasons.list(space);
    // Where none runs, the last one that did.
    const season = named === undefined ? all[0] : seasonNamed(named, all, 'season');
    if (!season) throw new UserError('unknown', { word: 'season.none.yet' }, { field: 'season' });
    return answer(...standingsParts(seasonView(season, await seasons.results(space)), context, page));
  },
});
