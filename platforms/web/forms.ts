import { type Command, commandsOn, type Field, type Leaf } from '../../src/domain/command.ts';
import { type ModelCard, membersMay } from '../../src/domain/model.ts';
import { pathsOf } from '../../src/domain/paths.ts';
import { modelChoices, suggestions } from '../../src/domain/suggest.ts';
import { word } from '../../src/domain/words.ts';
import { channels } from './refer.ts';

/** A field as the page's forms and completion need it; `suggest` are values worth offering. */
export interface FieldJson {
  name: string;
  kind: Field['kind'];
  label: string;
  hint: string | undefined;
  required: boolean;
  advanced: boolean;
  multiline: boolean;
  min: number | undefined;
  max: number | undefined;
  value: number | undefined;
  choices: { value: string; label: string }[] | undefined;
  suggest: string[];
}

export interface CommandJson {
  command: string;
  summary: string;
  who: Leaf['who'];
  surfaces: readonly string[];
  fields: FieldJson[];
}

function describeField(name: string, field: Field, models: readonly ModelCard[]): FieldJson {
  const choices =
    field.kind === 'choice'
      ? field.choices.map(({ value, label }) => ({ value, label: word(label) }))
      : field.kind === 'model'
        ? modelChoices(models)
        : undefined;
  return {
    name,
    kind: field.kind,
    label: word(field.label),
    hint: field.hint && word(field.hint),
    required: field.required === true,
    advanced: field.advanced === true,
    multiline: field.kind === 'text' && field.multiline === true,
    min: field.kind === 'integer' ? field.min : undefined,
    max: field.kind === 'integer' || field.kind === 'text' ? field.max : undefined,
    value: field.kind === 'integer' ? field.default : undefined,
    choices,
    suggest: field.kind === 'channel' ? [...channels] : suggestions(name, field, models),
  };
}

/** Every command of the studio by its path, with its fields in words: what the page's forms and its completion are made from. */
export function describeCommands(all: readonly Command[], models: readonly ModelCard[]): CommandJson[] {
  const commands = commandsOn('web', all);
  return pathsOf(commands).map(({ path, leaf }) => {
    const fields = Object.entries(leaf.fields).flatMap(([name, field]) =>
      field.extra === undefined || membersMay(models, field.extra) ? describeField(name, field, models) : [],
    );
    return { command: path, summary: word(leaf.summary), who: leaf.who, surfaces: leaf.surfaces, fields };
  });
}
