import { type Call, type Field, type Leaf, nobody } from './command.ts';
import { UserError } from './errors.ts';
import { jobIdPattern } from './job.ts';
import type { ModelCard } from './model.ts';
import { quotePattern } from './quote.ts';
import { unnamed } from './text.ts';

const answers = new Map<unknown, boolean>([
  ...([true, 'true', 'yes', 'on'] as const).map((value) => [value, true] as const),
  ...([false, 'false', 'no', 'off'] as const).map((value) => [value, false] as const),
]);

/** What somebody typed, short enough to be said back. */
function shortly(got: string): string {
  const letters = [...got];
  return letters.length > 40 ? `${letters.slice(0, 40).join('')}…` : got;
}

/** A value of any kind, short enough to be said back; lists and objects, which may be endlessly deep, are not looked into. */
const told = (value: unknown): string => (typeof value === 'object' ? 'something else' : shortly(String(value)));

function readText(name: string, value: unknown, max: number): string {
  const fail = (said: UserError['said']) => new UserError('invalid', said, { field: name });
  if (typeof value !== 'string') throw fail({ word: 'field.text', with: { field: name } });
  // Control characters say nothing, and some of them would say it to a terminal.
  const trimmed = value.replace(/[^\P{Cc}\n\t]/gu, '').trim();
  if (!/[^\s\p{Cf}\u3164\u2800\u115f\u1160]/u.test(trimmed)) throw fail({ word: 'field.empty', with: { field: name } });
  const got = [...trimmed].length;
  if (got > max) throw fail({ word: 'field.long', with: { field: name, max, got } });
  return trimmed;
}

/** An id of any chat's, in which names of the studio's members and channels are told as they are; never with the sign that stands before a name. */
const idPattern = /^[\p{L}\p{M}\p{N}_.-]{1,40}$/u;

/** The models that a call may name, and those of them that are offered instead of one that is not known. */
interface Models {
  known: readonly ModelCard[];
  offered: readonly ModelCard[];
}

function readValue(name: string, field: Field, value: unknown, models: Models): unknown {
  const fail = (said: UserError['said']) => new UserError('invalid', said, { field: name });
  const oneOf = (takes: readonly string[], refuse: (got: string) => UserError['said']): string => {
    const got = readText(name, value, 200);
    const found = takes.find((taken) => taken.toLowerCase() === got.toLowerCase());
    if (found === undefined) throw fail(refuse(shortly(got)));
    return found;
  };
  switch (field.kind) {
    case 'text':
      return readText(name, value, field.max);
    case 'choice': {
      const takes = field.choices.map((choice) => choice.value);
      return oneOf(takes, (got) => ({ word: 'field.choice', with: { field: name, takes, got } }));
    }
    case 'model': {
      const takes = models.offered.map((model) => model.id);
      if (takes.length === 0) throw new UserError('unavailable', { word: 'model.none' });
      const ids = models.known.flatMap((model) => [model.id, ...model.snapshots]);
      return oneOf(ids, (got) => ({ word: 'model.unknown', with: { takes, got } }));
    }
    case 'boolean': {
      const answer = answers.get(typeof value === 'string' ? value.trim().toLowerCase() : value);
      if (answer !== undefined) return answer;
      const got = told(value);
      throw fail({ word: 'field.boolean', with: { field: name, got } });
    }
    case 'integer': {
      const { min, max } = field;
      const number = typeof value === 'string' && /^\s*-?\d{1,9}\s*$/.test(value) ? Number(value) : value;
      if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
      const got = told(value);
      throw fail({ word: 'field.integer', with: { field: name, min, max, got } });
    }
    case 'image':
      if (value !== null && typeof value === 'object' && 'open' in value && typeof value.open === 'function')
        return value;
      throw fail({ word: 'field.picture', with: { field: name } });
    case 'job': {
      const got = typeof value === 'string' ? value.trim() : '';
      if (!jobIdPattern.test(got)) throw new UserError('unknown', { word: 'job.unknown' }, { field: name });
      return got;
    }
    case 'member':
    case 'channel':
    case 'role': {
      const got = typeof value === 'string' ? value.trim() : '';
      const clears = field.kind !== 'member' && field.clears === true;
      if (field.kind !== 'member' && /^(?:nobody|none)$/i.test(got)) {
        if (clears) return nobody;
      } else if (idPattern.test(got)) return got;
      const word = `field.${field.kind}` as const;
      throw fail(word === 'field.member' ? { word, with: { field: name } } : { word, with: { field: name, clears } });
    }
    case 'quote': {
      const got = typeof value === 'string' ? value.trim() : '';
      if (!quotePattern.test(got)) throw new UserError('unknown', { word: 'quote.gone' }, { field: name });
      return got;
    }
  }
}

/**
 * A call's values checked against the command's fields: typed, trimmed, defaults filled in; or a {@link UserError} naming the field.
 * A model may be any that is `known`, by its id or a snapshot; whether it is still offered is a matter of the order.
 */
export function readValues(
  leaf: Leaf,
  call: Call,
  known: readonly ModelCard[],
  offered: readonly ModelCard[] = known,
): Record<string, unknown> {
  const given: Record<string, unknown> = { ...call.values, ...call.files };
  const takes = Object.keys(leaf.fields);
  for (const got of Object.keys(given)) {
    if (got === unnamed)
      throw new UserError('invalid', { word: 'field.unnamed', with: { got: told(given[got]), takes } });
    if (!Object.hasOwn(leaf.fields, got)) {
      throw new UserError('invalid', { word: 'field.unknown', with: { got: shortly(got), takes } }, { field: got });
    }
  }
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(leaf.fields)) {
    const value = given[name];
    const absent = value === undefined || value === null || (value === '' && field.required !== true);
    if (!absent) values[name] = readValue(name, field, value, { known, offered });
    else if (field.required)
      throw new UserError('invalid', { word: 'field.missing', with: { field: name } }, { field: name });
    else if (field.kind === 'integer' && field.default !== undefined) values[name] = field.default;
  }
  return values;
}
