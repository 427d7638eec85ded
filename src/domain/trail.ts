import type { SpaceKey } from './origin.ts';

/**
 * One thing that somebody did who looks after a space. `what` is a command's path or the name of what was changed, `about` the member,
 * channel, job or rule it was done to, `before` and `after` what that was and is, as JSON.
 */
export interface Deed {
  who: string;
  what: string;
  about?: string;
  why?: string;
  before?: string;
  after?: string;
}

/** A deed as it was noted: `id` sorts by time, `at` is Unix milliseconds. */
export interface TrailEntry extends Deed {
  id: string;
  at: number;
}

/** What those who look after a space did in it; the newest ten thousand are kept. Redis away: `UserError`, in plain words. */
export interface Trail {
  /** Once for each call, by its key, and for each `what`. */
  note(space: SpaceKey, key: string, deed: Deed): Promise<void>;
  /** The newest first, from before an entry where one is given. */
  read(space: SpaceKey, limit: number, before?: string): Promise<TrailEntry[]>;
}
