import type { Card } from './card.ts';
import type { Desk } from './desk.ts';
import { UserError } from './errors.ts';
import { type Job, type JobRef, jobIdPattern } from './job.ts';
import type { ModelCard } from './model.ts';
import type { Origin, SpaceKey } from './origin.ts';
import type { Policy, QuotaWindow } from './policy.ts';
import { quotePattern } from './quote.ts';
import type { Recipe } from './recipe.ts';
import type { PlainWord } from './words.ts';

/** A file that a member attached. `open` yields its bytes; the platform brings its own access rights to it. */
export interface FileRef {
  name: string;
  /** Bytes, where the platform tells it beforehand. */
  size?: number;
  open(): AsyncIterable<Uint8Array>;
}

export const levels = ['anyone', 'moderator', 'manager', 'operator'] as const;
/** What somebody may do here, by the platform's own rights; each includes those before it. */
export type Level = (typeof levels)[number];

/**
 * What a member did, on any platform. `key` names the deed itself, not the event that told us of it: the same key again
 * gets the same answer. `command` is the path, as in `film cancel`.
 */
export interface Call {
  key: string;
  origin: Origin;
  who: { id: string; name: string };
  command: string;
  values: Record<string, unknown>;
  files: Record<string, FileRef>;
  /** Whether the member can be answered with a question: then what is dear is asked about first, and not taken at once. */
  asks: boolean;
}

interface FieldBase {
  label: PlainWord;
  hint?: PlainWord;
  required?: boolean;
  /** Optional as typed, but asked for by form when it is missing. */
  ask?: boolean;
  /** Shown behind "more". */
  advanced?: boolean;
}
export type Field = FieldBase &
  (
    | { kind: 'text'; max: number; multiline?: boolean }
    | { kind: 'choice'; choices: readonly { value: string; label: PlainWord }[] }
    | { kind: 'integer'; min: number; max: number; default?: number }
    | { kind: 'boolean' }
    | { kind: 'image' }
    | { kind: 'model' }
    | { kind: 'job' }
    | { kind: 'quote' }
  );
export type Fields = Readonly<Record<string, Field>>;

interface ValueKinds {
  integer: number;
  boolean: boolean;
  image: FileRef;
}
type ValueOf<F extends Field> = F['kind'] extends keyof ValueKinds ? ValueKinds[F['kind']] : string;
export type Values<F extends Fields> = {
  [K in keyof F as F[K]['required'] extends true ? K : never]: ValueOf<F[K]>;
} & { [K in keyof F as F[K]['required'] extends true ? never : K]?: ValueOf<F[K]> | undefined };

/** Where a command can be reached. */
export type Surface = 'slash' | 'form' | 'message' | 'button' | 'step';

/** What a command's `run` works with, made anew for each call. */
export interface Context {
  call: Call;
  space: SpaceKey;
  level: Level;
  policy: Policy;
  window: QuotaWindow;
  models: readonly ModelCard[];
  commands: readonly Command[];
  desk: Desk;
  /** The whole way from a wish to an accepted job, and the words that tell of it. */
  make(order: Wanted | Again): Promise<Reply>;
  /** Takes one of the choices that the member was quoted. */
  choose(quote: string): Promise<Reply>;
  /** Forgets a quote. */
  decline(quote: string): Promise<Reply>;
  /** Has the worker look at a job now. */
  wake(ref: JobRef): Promise<void>;
  /** A job as a card, with its position read now. */
  card(job: Job): Promise<Card>;
}

/** A film as wished for. What is left out is chosen from the model's card. */
export interface Wanted {
  prompt: string;
  count: number;
  image?: FileRef | undefined;
  seconds?: number | undefined;
  shape?: string | undefined;
  resolution?: string | undefined;
  size?: string | undefined;
  /** A model's id or one of its snapshots. */
  model?: string | undefined;
  /** Nothing that shows known characters or brands. */
  original?: boolean | undefined;
  /** Ids of characters, with commas or blanks between. */
  characters?: string | undefined;
}

/** A film to be made once more. */
export interface Again {
  recipe: Recipe;
  parent: string;
}

/** A press calls `command` with the job, or the quoted choice, as its only value. Either id is at most 24 characters long. */
export type Button = { label: string; command: string } & ({ job: string } | { quote: string });
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'facts'; facts: { label: string; value: string }[] }
  | { kind: 'cards'; cards: Card[] }
  | { kind: 'buttons'; buttons: Button[] };

/** An answer as plain data, in plain text: each platform renders and escapes it. `jobs` are the ids it accepted. */
export interface Reply {
  to: 'private' | 'thread';
  parts: Part[];
  jobs: string[];
}

interface CommandBase {
  name: string;
  summary: PlainWord;
}
interface Runnable<F extends Fields> extends CommandBase {
  /** `owner`: whoever asked for the film at hand, or a moderator. */
  who: Level | 'owner';
  reply: Reply['to'];
  surfaces: readonly Surface[];
  fields: F;
  run(values: Values<F>, context: Context): Promise<Reply>;
}

/** A leaf: fields and what they lead to. */
export interface Leaf extends Runnable<Fields> {
  run(values: Record<string, unknown>, context: Context): Promise<Reply>;
}
/** A command has fields or sub-commands, never both. */
export type Command = Leaf | (CommandBase & { subs: readonly Leaf[] });

/** Declares a command; the types of `run`'s values follow from the fields. */
export function command<const F extends Fields>(declared: Runnable<F>): Leaf {
  return { ...declared, run: (values, context) => declared.run(values as Values<F>, context) };
}

/** The leaf at a path such as `film cancel`. */
export function findCommand(commands: readonly Command[], path: string): Leaf | undefined {
  const [first, second, ...rest] = path.split(' ');
  const found = commands.find((entry) => entry.name === first);
  if (!found || rest.length > 0) return undefined;
  if ('subs' in found) return found.subs.find((sub) => sub.name === second);
  return second === undefined ? found : undefined;
}

const answers = new Map<unknown, boolean>([
  ...([true, 'true', 'yes', 'on'] as const).map((value) => [value, true] as const),
  ...([false, 'false', 'no', 'off'] as const).map((value) => [value, false] as const),
]);

/** What somebody typed, short enough to be said back. */
function shortly(got: string): string {
  const letters = [...got];
  return letters.length > 40 ? `${letters.slice(0, 40).join('')}…` : got;
}

function readText(name: string, value: unknown, max: number): string {
  const fail = (said: UserError['said']) => new UserError('invalid', said, { field: name });
  if (typeof value !== 'string') throw fail({ word: 'field.text', with: { field: name } });
  const trimmed = value.trim();
  if (!/[^\s\p{Cf}\p{Cc}]/u.test(trimmed)) throw fail({ word: 'field.empty', with: { field: name } });
  const got = [...trimmed].length;
  if (got > max) throw fail({ word: 'field.long', with: { field: name, max, got } });
  return trimmed;
}

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
      const ids = models.known.flatMap((model) => [model.id, ...model.snapshots]);
      return oneOf(ids, (got) => ({ word: 'model.unknown', with: { takes, got } }));
    }
    case 'boolean': {
      const answer = answers.get(typeof value === 'string' ? value.trim().toLowerCase() : value);
      if (answer !== undefined) return answer;
      const got = shortly(typeof value === 'object' ? JSON.stringify(value) : String(value));
      throw fail({ word: 'field.boolean', with: { field: name, got } });
    }
    case 'integer': {
      const { min, max } = field;
      const number = typeof value === 'string' && /^\s*-?\d{1,9}\s*$/.test(value) ? Number(value) : value;
      if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
      const got = shortly(typeof value === 'object' ? JSON.stringify(value) : String(value));
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
