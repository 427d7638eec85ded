import type { SpaceKey } from './origin.ts';

/** What members wish to be like for themselves, in one space. Redis away: `UserError`, in plain words. */
export interface Wishes {
  /** Whether a film of theirs names them so that they are notified; yes, unless they said otherwise. */
  mention(space: SpaceKey, member: string): Promise<boolean>;
  setMention(space: SpaceKey, member: string, wanted: boolean): Promise<void>;
}
