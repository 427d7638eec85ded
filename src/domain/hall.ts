import { inOrder, type Placed, pointsFor, type Result, type Season, type Standing } from './season.ts';

/** What a member did in one challenge. Without a season it counted in none, and gave no points. */
export interface Past extends Pick<Result, 'id' | 'title' | 'endedAt' | 'films' | 'season'> {
  /** As they were called then. */
  name: string;
  place: number;
  points?: number;
}

/** The challenges in which a member has a place, the newest first. */
export function historyOf(results: readonly Result[], member: string): Past[] {
  return inOrder(results)
    .reverse()
    .flatMap(({ id, title, endedAt, films, places, season }) => {
      const { name, place } = places.find((one) => one.member === member) ?? {};
      if (name === undefined || place === undefined) return [];
      const counted = season === undefined ? {} : { season, points: pointsFor(place) };
      return [{ id, title, endedAt, films, name, place, ...counted }];
    });
}

/** A challenge that was won, and by whom: several where several came first. */
export interface Won extends Pick<Result, 'id' | 'title' | 'endedAt' | 'films'> {
  winners: Pick<Placed, 'member' | 'name'>[];
}

/** The challenges of some results that somebody won, the newest first. */
export function wonIn(results: readonly Result[]): Won[] {
  return inOrder(results)
    .reverse()
    .flatMap(({ id, title, endedAt, films, places }) => {
      const winners = places.filter(({ place }) => place === 1).map(({ member, name }) => ({ member, name }));
      return winners.length === 0 ? [] : [{ id, title, endedAt, films, winners }];
    });
}

/** A season that is over, and who won it. */
export interface WonSeason extends Pick<Season, 'id' | 'name' | 'from'> {
  to: number;
  winners: Standing[];
}

/** Who won what in a space, by the names that they had then, the newest first. */
export interface Hall {
  challenges: Won[];
  seasons: WonSeason[];
}

/** The winners of every challenge, and of every season that is over and had a challenge. */
export function hallOf(results: readonly Result[], seasons: readonly Season[]): Hall {
  const over = seasons.flatMap(({ id, name, from, to, final = [] }): WonSeason[] => {
    const winners = final.filter(({ rank }) => rank === 1);
    return to === undefined || winners.length === 0 ? [] : [{ id, name, from, to, winners }];
  });
  return { challenges: wonIn(results), seasons: over.sort((one, other) => other.from - one.from) };
}
