import type { JobRef } from './job.ts';

/** What a report comes to. `tell`: those who look after the space are to be told now, by whoever got this answer; `often`: the member reports too much. */
export type Reported =
  | { is: 'often' }
  | {
      is: 'tell' | 'known' /** How many members reported the film. */;
      count: number /** Whether this one had not before. */;
      fresh: boolean;
    };

/** Members' reports of films, each kept for 30 days. Redis away: `UserError`, in plain words. */
export interface Reports {
  /** Takes note of a report; of those at the same time one alone is to tell. */
  note(ref: JobRef, by: string): Promise<Reported>;
  /** Ends the telling that {@link Reports.note} asked for; in vain, and the next report is to tell again. */
  told(ref: JobRef, well: boolean): Promise<void>;
  /** Whether those who look after the space were told of a film. */
  isTold(ref: JobRef): Promise<boolean>;
}
