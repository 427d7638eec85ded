import type { ChallengeTerms, Phase, Preset, Voting } from './challenge.ts';

/** A film as a page shows it. `path` works for some hours, and from the page's own address. */
export interface FilmView {
  path: string;
  seconds: number;
  width: number;
  height: number;
  /** It is covered until somebody wants to see it. */
  spoiler: boolean;
}

/** A film by its number, while it has no name; no `film` where it is not to be shown. */
export interface NumberedFilm {
  number: number;
  film?: FilmView;
}

/** A place in the ranking. `score` is in per cent with its 95 % interval where pairs were judged, else a count of votes. */
export interface PlaceView extends NumberedFilm {
  place: number;
  name: string;
  score: number;
  interval?: [low: number, high: number];
  wins?: number;
  duels?: number;
}

/** What came of a challenge, and the season that it counts in. */
export interface EndedShown {
  phase: 'ended';
  count: number;
  places: PlaceView[];
  hash: string;
  opinions: number;
  leftOut: number;
  filmsLeftOut: number;
  season?: { id: string; name: string };
}

/** What is said of a challenge in each of its phases. Before the end nothing of it tells who entered. */
export type Shown =
  | { phase: 'announced' | 'open' | 'closing'; count: number }
  | { phase: 'voting'; count: number; films: NumberedFilm[] }
  /** The last vote is in, and the result is being reckoned. */
  | { phase: 'counting'; count: number; films: NumberedFilm[] }
  | EndedShown
  | { phase: 'cancelled'; count: number; why: string };

/** A challenge as its page shows it. */
export interface ChallengeView
  extends Pick<ChallengeTerms, 'title' | 'theme' | 'opensAt' | 'closesAt' | 'votesUntil' | 'zone'> {
  id: string;
  preset: Preset;
  voting: Voting;
  /** Whether films can be entered that are there already. */
  takesMade: boolean;
  /** A sentence each. */
  rules: string[];
  /** Where its picture is, as a film's `path`. */
  picture?: string;
  /** The hash over its entries, from the vote on. */
  seal?: string;
  shown: Shown;
  /** Whom it is for: everybody, those whom the studio lets in, or whoever has a link. */
  for: 'all' | 'studio' | 'link';
}

/** What is said to be the phase of a page, which is that of its challenge but while its votes are counted. */
export type ViewPhase = Phase | 'counting';
