/**
 * Every sentence a member can read, by key. English is the reference: another language is a second object of the same
 * type. A sentence with values is a function, so that a missing value is a compile error and no template engine is needed.
 * The text is plain: each platform escapes it for itself.
 */
import { en } from './words/en.ts';

export { day, moment } from './words/forms.ts';

type Catalog = typeof en;
export type Word = keyof Catalog;
type ValuesOf<W extends Word> = Catalog[W] extends (values: infer P) => string ? P : undefined;

/** A sentence by its key, with the values it needs. */
export type Said<W extends Word = Word> = W extends Word
  ? ValuesOf<W> extends undefined
    ? { word: W }
    : { word: W; with: ValuesOf<W> }
  : never;

/** A key whose sentence takes no values. */
export type PlainWord = { [W in Word]: ValuesOf<W> extends undefined ? W : never }[Word];

/** The sentence as a member reads it. */
export function say(said: Said): string {
  const sentence = en[said.word] as string | ((values: unknown) => string);
  return typeof sentence === 'string' ? sentence : sentence('with' in said ? said.with : undefined);
}

/** A sentence without values, by its key alone. */
export function word(key: PlainWord): string {
  return en[key];
}
