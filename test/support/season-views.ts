import type { Result, Season } from '../../src/domain/season.ts';
import { namedView, type SeasonPageView, seasonView } from '../../src/domain/seasonView.ts';

const day = 86_400_000;
const from = Date.UTC(2026, 8, 1, 9);

/** Who had which place in each of some challenges, the first first. */
const orders = [
  ['The rainy week', 'mira ada Jun lin bob Teo'],
  ['Ten seconds of nothing', 'ada mira bob lin eve'],
  ['Found in a pocket', 'mira Jun ada eve kim lin bob'],
  ['A door that opens', 'bob mira lin ada Teo'],
  ['Night bus', 'ada lin mira Jun kim'],
] as const;

/** What came of some challenges of a season. */
export const resultsOf = (season: string): Result[] =>
  orders.map(([title, order], index) => {
    const names = order.split(' ');
    const places = names.map((name, at) => ({ member: `U0${name.toUpperCase()}`, name, place: at + 1 }));
    const id = `c${'abcdefgh'[index]}bcdefgh`;
    return { id, title, endedAt: from + (index + 1) * 12 * day, films: names.length + index, places, season };
  });

/** What the page of a season shows. */
export function seasonViewOf(change: Partial<Season & SeasonPageView> = {}, results?: Result[]): SeasonPageView {
  const season: Season = { id: 'sabcdefgh', name: 'Autumn', from, edition: 1, said: {}, ...change };
  return {
    ...namedView(seasonView(season, results ?? resultsOf(season.id))),
    ...{ zone: change.zone ?? 'Europe/Berlin', for: change.for ?? 'all' },
  };
}
