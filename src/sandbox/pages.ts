import { invalid } from './refusal.ts';

const largest = 100;

/** A page's length: `limit`, 1 to 100, default 20. */
function limitOf(text: string | undefined): number {
  if (text === undefined) return 20;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > largest) throw invalid(`limit: takes 1 to ${largest}.`);
  return limit;
}

/** The entries that follow the one with the id `after`, and whether there are more. Throws a refusal for an id that is not there. */
export function page<T extends { id: string }>(
  entries: readonly T[],
  query: { after: string | undefined; limit: string | undefined },
): { data: T[]; more: boolean } {
  const { after } = query;
  const at = after === undefined ? 0 : entries.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && at === 0) throw invalid('cursor: there is no such place in the list.');
  const data = entries.slice(at, at + limitOf(query.limit));
  return { data, more: at + data.length < entries.length };
}
