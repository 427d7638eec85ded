import type { Part } from '../../src/domain/command.ts';
import { say } from '../../src/domain/words.ts';

/** How many rows of a table are shown at once. */
const rowsMax = 20;

export const pageField = { kind: 'integer', label: 'season.page', min: 1, max: 1_000 } as const;

/** The rows of a page, or of the last one where there are fewer. */
export function rowsOf<T>(all: readonly T[], page = 1): T[] {
  const last = Math.max(1, Math.ceil(all.length / rowsMax));
  const start = (Math.min(page, last) - 1) * rowsMax;
  return all.slice(start, start + rowsMax);
}

/** Says which page of some rows this is, where there are several. */
export function pagesOf(count: number, page = 1): Part[] {
  const pages = Math.ceil(count / rowsMax);
  if (pages < 2) return [];
  const text = say({ word: 'season.paged', with: { page: Math.min(page, pages), pages } });
  return [{ kind: 'text', text }];
}
