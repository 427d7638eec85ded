import type { Card } from './card.ts';
import type { Desk } from './desk.ts';
import type { Job, JobRef, PostPlace } from './job.ts';
import type { ModelCard } from './model.ts';
import type { Origin, Platform, SpaceKey } from './origin.ts';
import type { Policy, QuotaWindow } from './policy.ts';
import type { Recipe } from './recipe.ts';
import type { Reports } from './reports.ts';
import type { SpaceSettings } from './settings.ts';
import type { Deed, Trail } from './trail.ts';
import type { Wishes } from './wishes.ts';
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
  /** Who is named, which for a workflow is whoever set it going. */
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
  /** The model's own parameter that it sets: offered only where some model lets members set that. */
  extra?: string;
  /** The platforms that have what it is about; all when left out. */
  only?: readonly Platform[];
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
    /** A role or a group of users, by the chat's own id. */
    | { kind: 'role' }
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
export type Surface = 'slash' | 'form' | 'button' | 'step';

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
  wishes: Wishes;
  settings: SpaceSettings;
  trail: Trail;
  reports: Reports;
  /** Notes on the space's trail what the caller did. It is done by then, and never fails for the note: the log has it instead. */
  note(deed: Omit<Deed, 'who'>): Promise<void>;
  /** Tells those who moderate the space, one `key` of at most 24 characters once; false when there is nobody to be told. */
  tell(notice: { key: string; parts: Part[] }): Promise<boolean>;
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
  /** The film is posted behind a cover, where the chat has one. */
  spoiler?: boolean | undefined;
}

/** A film to be made once more. */
export interface Again {
  recipe: Recipe;
  parent: string;
  spoiler?: boolean | undefined;
}

/** A press calls `command` with the job, or the quoted choice, as its only value; or with none. Either id is at most 24 characters long. */
export interface Button {
  label: string;
  command: string;
  job?: string;
  quote?: string;
}
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'facts'; facts: { label: string; value: string }[] }
  | { kind: 'cards'; cards: Card[] }
  /** Where something was asked, and its film where that stands, as a link where the chat has one. */
  | { kind: 'place'; label: string; origin: Origin; post?: { ref: string; place: PostPlace } }
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
  /** The platforms that have what it is about; all when left out. */
  only?: readonly Platform[];
  fields: F;
  /** What its form is called, where its summary is too long for a title. */
  title?: PlainWord;
  /** Its name in the menu of a message, for a command that can be made from one: its words go to the first text field, its picture to the first image field. */
  message?: PlainWord;
  /** Its name among the steps of a workflow, where it is less plain than in the chat's own menus. */
  step?: PlainWord;
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

/** Whether a platform has what a command is about. */
const isOffered = ({ only }: Pick<Leaf, 'only'> | Field, platform: Platform): boolean =>
  only === undefined || only.includes(platform);

/** The commands that a platform offers, with the fields that it has a use for. */
export function commandsOn(platform: Platform, commands: readonly Command[]): Command[] {
  const narrowed = (leaf: Leaf): Leaf[] => {
    if (!isOffered(leaf, platform)) return [];
    const fields = Object.entries(leaf.fields).filter(([, field]) => isOffered(field, platform));
    return [{ ...leaf, fields: Object.fromEntries(fields) }];
  };
  return commands.flatMap((command): Command[] => {
    if (!('subs' in command)) return narrowed(command);
    const subs = command.subs.flatMap(narrowed);
    return subs.length === 0 ? [] : [{ ...command, subs }];
  });
}

/** The leaf at a path such as `film cancel`. */
export function findCommand(commands: readonly Command[], path: string): Leaf | undefined {
  const [first, second, ...rest] = path.split(' ');
  const found = commands.find((entry) => entry.name === first);
  if (!found || rest.length > 0) return undefined;
  if ('subs' in found) return found.subs.find((sub) => sub.name === second);
  return second === undefined ? found : undefined;
}
