/** Sentences of one chat by their keys; one with values is a function of them. */
type Catalog = Readonly<Record<string, string | ((...values: never[]) => string)>>;
type Arguments<C extends Catalog, K extends keyof C> = C[K] extends (...values: infer A) => string ? A : [];

/** Says the sentence of a key, with its values. */
export const sayer =
  <C extends Catalog>(catalog: C) =>
  <K extends keyof C>(key: K, ...values: Arguments<C, K>): string => {
    const sentence = catalog[key] as string | ((...given: unknown[]) => string);
    return typeof sentence === 'string' ? sentence : sentence(...values);
  };
