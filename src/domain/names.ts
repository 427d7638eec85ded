/** What members and channels are called, by their ids, as far as that is known. */
export type Names = Readonly<Record<string, string>>;

/** What somebody or something is called; its id where nobody knows. */
export const called = (id: string, names: Names): string => (Object.hasOwn(names, id) ? (names[id] ?? id) : id);
