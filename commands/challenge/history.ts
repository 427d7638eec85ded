import { command } from '../../src/domain/command.ts';
import { historyOf, type Past } from '../../src/domain/hall.ts';
import { dayAt } from '../../src/domain/policy.ts';
import { say, word } from '../../src/domain/words.ts';
import { answer, told } from '../answer.ts';
import { pageField, pagesOf, rowsOf } from './page.ts';

export const history = command({
  name: 'history',
  summary: 'season.history',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash'],
  fields: { member: { kind: 'member', label: 'season.member' }, page: pageField },
  run: async ({ member, page }, { seasons, space, call, policy }) => {
    const [results, all] = await Promise.all([seasons.results(space), seasons.list(space)]);
    const past = historyOf(results, member ?? call.origin.user);
    const [newest] = past;
    if (!newest) return told(word(member === undefined ? 'season.history.none' : 'season.history.none.of'));
    const names = new Map(all.map(({ id, name }) => [id, name]));
    const points = past.reduce((sum, one) => sum + (one.points ?? 0), 0);
    const about = { name: newest.name, count: past.length, points };
    const head = (['challenge', 'ended', 'place', 'points', 'season'] as const).map((one) => word(`season.${one}`));
    const rowOf = ({ title, endedAt, place, films, points: worth, season }: Past): string[] => [
      ...[title, dayAt(endedAt, policy.timeZone), say({ word: 'season.place.of', with: { place, films } })],
      ...[worth === undefined ? '' : String(worth)],
      season === undefined ? word('season.uncounted') : (names.get(season) ?? season),
    ];
    const title = say({ word: 'season.history.of', with: about });
    const rows = rowsOf(past, page).map(rowOf);
    return answer({ kind: 'table', title, head, rows }, ...pagesOf(past.length, page));
  },
});
