import type { ChallengeView } from '../domain/challengeView.ts';
import type { SeasonPageView } from '../domain/seasonView.ts';

/** What pages show that everybody may open, or whoever has a link. */
export interface Pages {
  /** Nothing where there is none of that id, or it is closed and `key`, that of a link, does not open it. Redis away: a `UserError`. */
  challenge(id: string, key?: string): Promise<ChallengeView | undefined>;
  /** Nothing where there is none of that id. Redis away: a `UserError`. */
  season(id: string): Promise<SeasonPageView | undefined>;
  /** The tally file of one that ended, to the byte. */
  tally(id: string, key?: string): Promise<{ text: string; for: ChallengeView['for'] } | undefined>;
}
