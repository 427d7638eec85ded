import { type Won, wonIn } from './hall.ts';
import { pointsByPlace, type Result, type Season, type Standing, standingsIn } from './season.ts';
import { say } from './words.ts';

/** A season as it is shown, in chat and on its page. Times are Unix milliseconds. */
export interface SeasonView {
  id: string;
  name: string;
  from: number;
  /** Left out while it runs. */
  to?: number;
  /** How points are given and ties are broken, in a few sentences. */
  rule: string;
  standings: Standing[];
  /** Those that count in it and that somebody won, the newest first. */
  challenges: Won[];
}

/** The rule by which points are given, in words. */
const ruleInWords = (): string => say({ word: 'season.rule', with: { points: pointsByPlace } });

/** A season as it is shown, of all results of its space. */
export function seasonView(season: Season, results: readonly Result[]): SeasonView {
  const { id, name, from, to } = season;
  return {
    ...{ id, name, from, ...(to === undefined ? {} : { to }) },
    rule: ruleInWords(),
    standings: standingsIn(season, results),
    challenges: wonIn(results.filter((result) => result.season === id)),
  };
}
