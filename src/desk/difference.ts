import type { SpaceKey } from '../domain/origin.ts';
import type { Line } from './books.ts';

/**
 * How a difference is put right, each with a line that says so: a hash's `field` is set to what the ledger comes to; a `line` that is
 * missing of a job's end is written, and one that is `said` of anything else; one that cannot be right is voided; an unfinished job is looked at again.
 */
export type Mend =
  | { is: 'field'; hash: string; field: string; seen: string; want: string }
  | { is: 'line'; job: string; seen: string; fields: Record<string, string> }
  | { is: 'said'; fields: Record<string, string> }
  | { is: 'void'; line: Line }
  | { is: 'member'; set: 'open' | 'under'; key: string; entry: string; in: boolean };

/** Where books and balances disagree. `what` names the key, `gap` how far apart they are; the same both a moment later is no accident. */
export interface Difference {
  /** `budget` for the operator's own. */
  space: SpaceKey | 'budget';
  what: string;
  gap: string;
  /** What an operator reads, behind space and key. */
  text: string;
  mend?: Mend | undefined;
  /** The last line of the ledger that it was found by. */
  at?: string;
}

/** A difference as it is printed. */
export const tellDifference = ({ space, what, text }: Difference): string => `${space} ${what}: ${text}`;
