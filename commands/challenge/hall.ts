import { factsPart, pageFacts } from '../../src/domain/challengeParts.ts';
import { command, type Part } from '../../src/domain/command.ts';
import { hallOf, type Won, type WonSeason } from '../../src/domain/hall.ts';
import { dayAt } from '../../src/domain/policy.ts';
import { word } from '../../src/domain/words.ts';
import { answer, told } from '../answer.ts';
import { pageField, pagesOf, rowsOf } from './page.ts';

const namesOf = (winners: readonly { name: string }[]): string => winners.map(({ name }) => name).join(', ');

export const hall = command({
  name: 'hall',
  summary: 'season.hall',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash'],
  fields: { page: pageField },
  run: async ({ page }, context) => {
    const { seasons: kept, space, policy, seasonPage } = context;
    const day = (at: number): string => dayAt(at, policy.timeZone);
    const { challenges, seasons } = hallOf(await kept.results(space), await kept.list(space));
    if (challenges.length === 0) return told(word('season.hall.none'));
    const seasonRow = ({ name, to, winners }: WonSeason): string[] => [
      ...[name, day(to), namesOf(winners), String(winners[0]?.points ?? 0)],
    ];
    const challengeRow = ({ title, endedAt, winners }: Won): string[] => [title, day(endedAt), namesOf(winners)];
    const ended = rowsOf(seasons, page);
    const links = ended.flatMap(({ id, name }) => pageFacts(seasonPage(id)).map((fact) => ({ ...fact, label: name })));
    const over: Part = {
      kind: 'table',
      title: word('season.hall.seasons'),
      head: (['season', 'ended', 'won', 'points'] as const).map((one) => word(`season.${one}`)),
      rows: ended.map(seasonRow),
    };
    const won: Part = {
      kind: 'table',
      title: word('season.hall.challenges'),
      head: (['challenge', 'ended', 'won'] as const).map((one) => word(`season.${one}`)),
      rows: rowsOf(challenges, page).map(challengeRow),
    };
    return answer(
      ...(seasons.length === 0 ? [] : [over, ...factsPart(links)]),
      won,
      ...pagesOf(Math.max(challenges.length, seasons.length), page),
    );
  },
});
