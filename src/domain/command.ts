import type { Blocks } from './blocks.ts';
import type { Card } from './card.ts';
import type { Challenge, Challenges } from './challenge.ts';
import type { Desk } from './desk.ts';
import type { Field, Fields, FileRef, IdKind, Values } from './field.ts';
import type { Job, JobRef, PostPlace } from './job.ts';
import type { Ledger } from './ledger.ts';
import type { ModelCard } from './model.ts';
import type { Origin, Platform, SpaceKey } from './origin.ts';
import type { Policy, QuotaWindow } from './policy.ts';
import type { Pots } from './pot.ts';
import type { Recipe } from './recipe.ts';
import type { Reports } from './reports.ts';
import type { Resolved, RuleBook, Rules, Supposed } from './rules.ts';
import type { Seasons } from './season.ts';
import type { SpaceSettings } from './settings.ts';
import type { Deed, Trail } from './trail.ts';
import type { Votes } from './vote.ts';
import type { Wishes } from './wishes.ts';
import type { PlainWord } from './words.ts';

export * from './field.ts';

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

/** Somebody, by the name that the chat shows; `zone`: their own time zone, where the chat tells it. */
export interface Person {
  name: string;
  zone?: string;
}
/** Since when, in Unix milliseconds. */
export interface Since {
  account?: number;
  joined?: number;
}

/** Where a command can be reached. */
export type Surface = 'slash' | 'form' | 'button' | 'step';

/** What a command's `run` works with, made anew for each call. */
export interface Context {
  call: Call;
  space: SpaceKey;
  level: Level;
  policy: Policy;
  window: QuotaWindow;
  why: Omit<Resolved, 'policy'> & { book: RuleBook };
  /** What holds for another member, or in another channel. Left out: for whoever asks, and here. */
  policyOf(asked: Supposed): Promise<Resolved & { book: RuleBook }>;
  rules: Rules;
  ledger: Ledger;
  pots: Pots;
  challenges: Challenges;
  votes: Votes;
  seasons: Seasons;
  models: readonly ModelCard[];
  commands: readonly Command[];
  desk: Desk;
  wishes: Wishes;
  settings: SpaceSettings;
  trail: Trail;
  blocks: Blocks;
  /** What another member may do here; nothing more than anyone, where the chat does not let them ask at all. */
  levelOf(member: string): Promise<Level>;
  reports: Reports;
  /** Notes on the space's trail what the caller did. It is done by then, and never fails for the note: the log has it instead. */
  note(deed: Omit<Deed, 'who'>): Promise<void>;
  /** Tells those who moderate the space, one `key` of at most 24 characters once; false when there is nobody to be told. */
  tell(notice: { key: string; parts: Part[] }): Promise<boolean>;
  /** Tells a member something in private, a `key` as before; false when they could not be told. What was done stands by then: it never fails. */
  tellMember(member: string, notice: { key: string; parts: Part[] }): Promise<boolean>;
  /** The whole way from a wish to an accepted job, and the words that tell of it. */
  make(order: Wanted | Again): Promise<Reply>;
  /** Takes one of the choices that the member was quoted. */
  choose(quote: string): Promise<Reply>;
  /** Forgets a quote. */
  decline(quote: string): Promise<Reply>;
  /** Keeps a picture that is shown with what the bot says, and gives back its name. */
  picture(file: FileRef): Promise<string>;
  /** Where the page of a season can be opened; nothing where members cannot reach this program. */
  seasonPage(id: string): string | undefined;
  /** Has the worker look at a job now. */
  wake(ref: JobRef): Promise<void>;
  /** Which of these roles, or groups of users, whoever asked is in. */
  roles(among: readonly string[]): Promise<string[]>;
  /** When the account of whoever asked was made, and when they joined; only what the chat tells. */
  since(): Promise<Since>;
  /** A person of this space; nothing for bots, and for who is not there. */
  person(member: string): Promise<Person | undefined>;
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
  /** The pot that pays, by its id or its title. */
  pot?: string | undefined;
  /** The challenge that it is an entry of; `sealed`: only its member gets it; `place`: where else it goes than where it is asked for. */
  entry?: { challenge: string; edition: number; sealed: boolean; place?: Challenge['place'] | undefined } | undefined;
}

/** A film to be made once more. */
export interface Again {
  recipe: Recipe;
  parent: string;
  spoiler?: boolean | undefined;
  /** It is for its member alone. */
  hidden: boolean;
}

/** A press calls `command` with the ids that it carries, of a job, a quoted choice or a challenge; mostly with one, or with none. Each is at most 24 characters long. */
export interface Button {
  label: string;
  command: string;
  job?: string;
  quote?: string;
  /** See {@link challengePattern}. */
  challenge?: string;
}
/**
 * `refers`: whom or what of the chat's the value is the id of; it is shown by its name where that notifies nobody. `at`: the moment that the
 * value says in words, in Unix milliseconds; a chat that shows moments in the reader's own time shows it so.
 */
export interface Fact {
  label: string;
  value: string;
  refers?: IdKind;
  /** The value is an address of this program's own, which can be followed. */
  opens?: true;
  at?: number;
}
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'facts'; facts: Fact[] }
  | { kind: 'cards'; cards: Card[] }
  | { kind: 'buttons'; buttons: Button[] }
  /** Plain text in cells; every row is as long as the head. The first column says what a row is about, and numbers stand on the right. */
  | { kind: 'table'; title?: string; head: string[]; rows: string[][] }
  /** `name` has lower-case letters, digits, dashes and dots alone. */
  | { kind: 'file'; name: string; text: string; type: 'text/csv' }
  /** Where something was asked, and its film where that stands, as a link where the chat has one. */
  | { kind: 'place'; label: string; origin: Origin; post?: { ref: string; place: PostPlace } };

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
  /** Its step acts for a member, who has to be named: what comes of it is theirs, and the workflows' budget pays. Left out: it is the workflow's. */
  stepFor?: 'member';
  run(values: Values<F>, context: Context): Promise<Reply>;
}

/** A leaf: fields and what they lead to. */
export interface Leaf extends Runnable<Fields> {
  run(values: Record<string, unknown>, context: Context): Promise<Reply>;
}
/** Sub-commands that belong together, as `credits` in `admin credits grant`. */
export interface Group extends CommandBase {
  subs: readonly Leaf[];
}
/** A command has fields or sub-commands, never both; some of those may be groups of further ones. */
export type Command = Leaf | (CommandBase & { subs: readonly (Leaf | Group)[] });

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
  /** What is left without sub-commands is not there. */
  const having = <S, T extends object>(entry: T, subs: S[]): (T & { subs: S[] })[] =>
    subs.length === 0 ? [] : [{ ...entry, subs }];
  return commands.flatMap((command): Command[] => {
    if (!('subs' in command)) return narrowed(command);
    const subs = command.subs.flatMap((sub): (Leaf | Group)[] =>
      'subs' in sub ? having(sub, sub.subs.flatMap(narrowed)) : narrowed(sub),
    );
    return having(command, subs);
  });
}

/** The leaf at a path such as `quota`, `film cancel` or `admin credits grant`. */
export function findCommand(commands: readonly Command[], path: string): Leaf | undefined {
  const within = (entries: readonly Command[], [first, ...rest]: readonly string[]): Leaf | undefined => {
    const found = entries.find(({ name }) => name === first);
    if (found && 'subs' in found) return within(found.subs, rest);
    return rest.length === 0 ? found : undefined;
  };
  return within(commands, path.split(' '));
}
