import { type Won, wonIn } from './hall.ts';
import { pointsByPlace, type Result, type Season, type Standing, standingsIn } from './season.ts';
import { say } from './words.ts';

/** A season as it is shown, in chat and on its page. Times are Unix milliseconds. */
export interface SeasonView extends Pick<Season, 'id' | 'name' | 'from' | 'closes'> {
  /** Left out while it runs. */
  to?: number;
  /** How points are given and ties are broken, in a few sentences. */
  rule: string;
  standings: Standing[];
  /** Those that count in it and that somebody won, the newest first. */
  challenges: Won[];
}

/** The rule by which points are given, in words. */
export const ruleInWords = (): string => say({ word: 'season.rule', with: { points: pointsByPlace } });

/** A season as it is shown, of all results of its space. */
export function seasonView(season: Season, results: readonly Result[]): SeasonView {
  const { id, name, from, closes, to } = season;
  return {
    ...{ id, name, from, ...(closes === undefined ? {} : { closes }), ...(to === undefined ? {} : { to }) },
    rule: ruleInWords(),
    standings: standingsIn(season, results),
    challenges: wonIn(results.filter((result) => result.season === id)),
  };
}

/** Somebody in a season, by name alone. */
export type NamedStanding = Omit<Standing, 'member'>;

/** A challenge of a season, and the names of those who won it. */
export interface NamedWon extends Omit<Won, 'winners'> {
  winners: string[];
}

/** A season as its page shows it: nothing of it is an id of the chat's. */
export interface SeasonPageView extends Omit<SeasonView, 'standings' | 'challenges'> {
  zone: string;
  standings: NamedStanding[];
  challenges: NamedWon[];
  /** Whom it is for: everybody, or those whom the studio lets in. */
  for: 'all' | 'studio';
}

/** What of a season is for everybody. */
export function namedView({ standings, challenges, ...view }: SeasonView): Omit<SeasonPageView, 'zone' | 'for'> {
  return {
    ...view,
    standings: standings.map(({ member: _, ...standing }) => standing),
    challenges: challenges.map(({ winners, ...won }) => ({ ...won, winners: winners.map(({ name }) => name) })),
  };
}
