/** A count with its noun. */
export const n = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
export const credits = (count: number): string => n(count, 'credit');
export const list = (
  values: readonly (string | number)[],
  type: 'disjunction' | 'conjunction' = 'disjunction',
): string => new Intl.ListFormat('en', { type }).format(values.map(String));
