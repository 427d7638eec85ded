import type { Field, FileRef, Leaf } from '../../src/domain/command.ts';
import { cardFor, type ModelCard, membersMay } from '../../src/domain/model.ts';
import { base32, type Origin } from '../../src/domain/origin.ts';
import { digest } from '../../src/domain/recipe.ts';
import { modelChoices, suggestions } from '../../src/domain/suggest.ts';
import { word } from '../../src/domain/words.ts';

/** What a member gave with a command. */
export interface Given {
  values: Record<string, unknown>;
  files: Record<string, FileRef>;
}

/** What a form may offer: all models, and those that will make the film, as far as that is known. */
export interface Offer {
  models: readonly ModelCard[];
  likely: readonly ModelCard[];
}

/** The fields that members may set on some model. */
export function offeredFields(leaf: Leaf, models: readonly ModelCard[]): [string, Field][] {
  return Object.entries(leaf.fields).filter(([, { extra }]) => extra === undefined || membersMay(models, extra));
}

/** What has to be there and is asked for by form where it is not. */
export function isAskedFor(leaf: Leaf, given: Pick<Given, 'values'>): boolean {
  return (
    leaf.surfaces.includes('form') &&
    Object.entries(leaf.fields).some(([name, { required, ask }]) => required && ask && given.values[name] === undefined)
  );
}

/** Fields that buttons fill in. */
const carriedFields = ['job', 'quote', 'challenge'];

/** Whether a command's form can be opened by itself, and not only by a button, which carries what nobody types. */
export const opensAlone = ({ surfaces, fields }: Leaf): boolean =>
  surfaces.includes('form') && !carriedFields.some((name) => fields[name]?.required);

/** Whether a press gives less than has to be there, and a form can ask for the rest. */
export function needsForm(leaf: Leaf, values: Given['values']): boolean {
  return (
    leaf.surfaces.includes('form') &&
    Object.entries(leaf.fields).some(([name, { required }]) => required && values[name] === undefined)
  );
}

/** The name of a command's first field of a kind. */
export const fieldOf = (leaf: Leaf, kind: Field['kind']): string | undefined =>
  Object.entries(leaf.fields).find(([, field]) => field.kind === kind)?.[0];

/** The values that a select offers for a field, no more than `most`; nothing for one that is typed. `seconds` says a length in words. */
export function offers(
  [name, field]: [string, Field],
  { models, likely }: Offer,
  most: number,
  seconds: (value: string) => string,
): { value: string; label: string }[] | undefined {
  const plainly = (value: string) => ({ value, label: name === 'seconds' ? seconds(value) : value });
  const found =
    field.kind === 'choice'
      ? field.choices.map(({ value, label }) => ({ value, label: word(label) }))
      : field.kind === 'model'
        ? modelChoices(models)
        : suggestions(name, field, likely).map(plainly);
  return found.length > 0 && found.length <= most ? found : undefined;
}

/** A form that is sent twice with the same in it is one deed; with something else, another. */
export function sentDeed(opened: string, { values, files }: Given): string {
  const pictures = Object.entries(files).map(([name, file]) => [name, file.name, file.size]);
  return `${opened}:${base32(digest({ values, pictures }).subarray(0, 10))}`;
}

/** What was typed into a form's first text field, which is lost with it. */
export function wroteIn(leaf: Leaf, values: Record<string, unknown>): string | undefined {
  const name = fieldOf(leaf, 'text');
  const text = name === undefined ? undefined : values[name];
  return typeof text === 'string' ? text : undefined;
}

/** Which models there are for members, and which is the usual one of a space. */
export interface ModelTools {
  models(): readonly ModelCard[];
  usual(origin: Origin): ModelCard | undefined;
}

/** The model that will make a film, as far as that is known: the one that was named, else the space's own. */
export function likelyModels(origin: Origin, named: unknown, { models, usual }: ModelTools): readonly ModelCard[] {
  const all = models();
  const chosen = named === undefined ? usual(origin) : cardFor(all, String(named));
  return chosen ? [chosen] : all;
}
