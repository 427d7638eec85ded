import type { Entry } from '../domain/challenge.ts';
import type { FilmView } from '../domain/challengeView.ts';
import type { Desk } from '../domain/desk.ts';
import type { SpaceKey } from '../domain/origin.ts';
import type { Withheld } from '../ports.ts';

const hour = 3_600_000;
/** Links of a page are the same for so long, so that a browser fetches a film once. */
const stable = 6 * hour;

/** Until when a link of a page made now works: in 6 to 12 hours. */
export const linkedUntil = (now: number): number => (Math.floor(now / stable) + 2) * stable;

export interface FilmTools {
  desk: Pick<Desk, 'job'>;
  withheld: Pick<Withheld, 'has'>;
  /** Where a file of the media store can be had until then, from the page's own address; nothing once it is gone. */
  path(name: string, until: number): Promise<string | undefined>;
  now(): number;
}

/** The film of an entry, unless it was taken away or is kept no more. */
export async function filmOf(
  space: SpaceKey,
  { job: id, state }: Pick<Entry, 'job' | 'state'>,
  tools: FilmTools,
): Promise<FilmView | undefined> {
  if (state !== 'in') return undefined;
  const job = await tools.desk.job({ space, id });
  if (!job?.asset || job.removed || (await tools.withheld.has(job.asset.name))) return undefined;
  const { name, seconds, width, height } = job.asset;
  const path = await tools.path(name, linkedUntil(tools.now()));
  if (path === undefined) return undefined;
  return { path, seconds, width, height, spoiler: job.request.spoiler ?? false };
}
