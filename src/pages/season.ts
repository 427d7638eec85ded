import { spaceOf } from '../domain/origin.ts';
import { type Seasons, seasonIdPattern } from '../domain/season.ts';
import { namedView, seasonView } from '../domain/seasonView.ts';
import type { Pages } from '../ports.ts';
import { createSoon } from './soon.ts';

export interface SeasonPageTools {
  seasons: Pick<Seasons, 'where' | 'find' | 'results'>;
  now(): number;
}

/** What is to be seen of seasons. What came of challenges in closed places counts in none, so they are for all of a chat. */
export function createSeasonPages({ seasons, now }: SeasonPageTools): Pick<Pages, 'season'> {
  const soon = createSoon<ReturnType<typeof namedView>>(now);

  return {
    async season(id) {
      if (!seasonIdPattern.test(id)) return undefined;
      const space = await seasons.where(id);
      const season = space && (await seasons.find(space, id));
      if (!space || !season) return undefined;
      // A link that a whole community follows at once is one look at all results.
      const view = await soon(`${id} ${season.edition}`, async () =>
        namedView(seasonView(season, await seasons.results(space))),
      );
      return { ...view, zone: season.zone ?? 'UTC', for: spaceOf(space).platform === 'web' ? 'studio' : 'all' };
    },
  };
}
