import { z } from 'zod';
import type { SpaceKey } from './origin.ts';
import { type Caps, type Policy, timeZoneSchema, windowKinds } from './policy.ts';

const credits = z.int().min(0).max(1_000_000);
const count = z.int().min(0).max(10_000);

/** What managers settle for a whole space, a channel, a role or a member; what is left out is not settled there. */
export const ruleSchema = z.strictObject({
  /** The allowance of a window: of those that apply the most generous holds. */
  credits: credits.exactOptional(),
  /** Caps: of those that apply the tightest holds. See {@link Caps} and {@link Policy}. */
  spend: credits.exactOptional(),
  once: count.exactOptional(),
  waiting: count.exactOptional(),
  seconds: z.int().min(1).max(10_000).exactOptional(),
  confirm: credits.exactOptional(),
  gifts: credits.exactOptional(),
  models: z.array(z.string().min(1)).min(1).max(50).exactOptional(),
  /** Days since somebody joined or, where that is not known, made their account, before they have any allowance. */
  age: z.int().min(0).max(3_650).exactOptional(),
  /** Films are covered. */
  spoiler: z.boolean().exactOptional(),
  /** Of a whole space alone: when allowances come anew, and what all its films together may come to; `money` in millionths of the currency. */
  window: z.enum(windowKinds).exactOptional(),
  zone: timeZoneSchema.exactOptional(),
  budget: credits.exactOptional(),
  money: z.int().min(0).max(1e15).exactOptional(),
});
export type Rule = z.infer<typeof ruleSchema>;
export type RuleName = keyof Rule;
export const ruleNames = Object.keys(ruleSchema.shape) as RuleName[];
/** What is settled for a whole space alone. */
export const spaceOnly: readonly RuleName[] = ['window', 'zone', 'budget', 'money'];

/** Whom a rule is for: `space`, or `channel`, `role` or `member` with the chat's own id behind a blank. */
export type Subject = 'space' | `${'channel' | 'role' | 'member'} ${string}`;
export const subjectPattern = /^(?:space|(?:channel|role|member) \S+)$/;
export type RuleBook = ReadonlyMap<Subject, Rule>;

/** How many rules a space may have. */
export const rulesMax = 500;

/** The rules of spaces. Redis away: `UserError`, in plain words. */
export interface Rules {
  read(space: SpaceKey): Promise<RuleBook>;
  /**
   * Replaces a rule, with a note on the trail; an empty one is none. `seen` is what it was thought to be: when somebody else changed it
   * meanwhile nothing is, and it is a `conflict`. `key` is the call's: again it changes nothing, and is false.
   */
  change(
    space: SpaceKey,
    subject: Subject,
    seen: Rule | undefined,
    rule: Rule,
    deed: { key: string; by: string; why: string },
  ): Promise<boolean>;
  /** Whether a manager may be asked how the space is to be set up: not within a day of the last time, nor once somebody said to leave it. */
  mayAsk(space: SpaceKey): Promise<boolean>;
  /** Nobody is asked that any more. */
  leave(space: SpaceKey): Promise<void>;
}

/** Who asks, as far as rules are about it. `days`: since they joined or made their account; nothing where the chat does not tell. */
export interface Asker {
  member: string;
  channel: string;
  roles: readonly string[];
  days?: number | undefined;
}

/** Somebody that something is asked about instead of whoever calls, and where; `roles`: with just those, and here for long enough. */
export interface Supposed {
  member?: string | undefined;
  channel?: string | undefined;
  roles?: readonly string[] | undefined;
}

/** Nobody in particular, nowhere: what holds is what is settled for all. */
export const forAll: Supposed = { member: '', channel: '', roles: [] };

/** Which rule decided something: `default` where no rule of the space did. */
export interface Decision {
  name: RuleName;
  value: NonNullable<Rule[RuleName]>;
  by: Subject | 'default';
  /** Other rules that were about it and gave way, as they had it. */
  over: { by: Subject | 'default'; value: NonNullable<Rule[RuleName]> }[];
}

export interface Resolved {
  policy: Policy;
  decisions: Decision[];
  /** Somebody who is too new for any allowance: how many days they have to be here. */
  tooNew?: number;
}

/** The rules that apply to somebody, each with whom it is for. */
function applying(book: RuleBook, { member, channel, roles }: Asker): [Subject, Rule][] {
  const subjects: Subject[] = [
    'space',
    `channel ${channel}`,
    ...roles.map((role): Subject => `role ${role}`),
    `member ${member}`,
  ];
  return subjects.flatMap((subject): [Subject, Rule][] => {
    const rule = book.get(subject);
    return rule ? [[subject, rule]] : [];
  });
}

type Value = NonNullable<Rule[RuleName]>;
/** Whether the first of two values wins. */
type Wins = (one: Value, other: Value) => boolean;
const most: Wins = (one, other) => one > other;
const least: Wins = (one, other) => one < other;
const wins: Partial<Record<RuleName, Wins>> = { credits: most, age: most, spoiler: most };

/** The base is what holds where a space settles nothing. What of it is a cap is a cap beside the rules; an allowance gives way to the space's own. */
export function resolve(base: Policy, book: RuleBook, asker: Asker): Resolved {
  const rules = applying(book, asker);
  const decisions: Decision[] = [];
  const decide = <N extends RuleName>(name: N, usual?: NonNullable<Rule[N]>): NonNullable<Rule[N]> | undefined => {
    const said = rules.flatMap(([by, rule]) => (rule[name] === undefined ? [] : [{ by, value: rule[name] as Value }]));
    const ofSpace = said.some(({ by }) => by === 'space');
    const all: { by: Subject | 'default'; value: Value }[] = [
      ...(usual === undefined || ofSpace ? [] : [{ by: 'default', value: usual as Value } as const]),
      ...said,
    ];
    const better = wins[name] ?? least;
    const [first] = all;
    if (!first) return undefined;
    const best = all.reduce((one, other) => (better(other.value, one.value) ? other : one), first);
    decisions.push({ name, ...best, over: all.filter((one) => one !== best) });
    return best.value as NonNullable<Rule[N]>;
  };
  const allowed = rules.flatMap(([by, { models }]) => (models ? [{ by, models }] : []));
  const [firstModels] = allowed;
  const models = firstModels?.models.filter((id) => allowed.every((one) => one.models.includes(id)));
  if (firstModels && models) {
    const [tightest = firstModels] = [...allowed].sort((a, b) => a.models.length - b.models.length);
    const over = allowed.filter((one) => one !== tightest).map(({ by, models: value }) => ({ by, value }));
    decisions.push({ name: 'models', value: models, by: tightest.by, over });
  }
  const caps: Caps = {
    ...{ spend: decide('spend'), atOnce: decide('once'), waiting: decide('waiting') },
    ...{ spaceCredits: decide('budget'), spaceMoney: decide('money') },
  };
  const age = decide('age');
  const tooNew = age !== undefined && asker.days !== undefined && asker.days < age ? age : undefined;
  const allowance = decide('credits', base.credits) ?? base.credits;
  const policy: Policy = {
    ...base,
    credits: tooNew === undefined ? allowance : 0,
    window: decide('window', base.window) ?? base.window,
    timeZone: decide('zone', base.timeZone) ?? base.timeZone,
    confirmAbove: decide('confirm', base.confirmAbove) ?? base.confirmAbove,
    gifts: decide('gifts', base.gifts) ?? base.gifts,
    ...{ caps, seconds: decide('seconds'), models },
    spoiler: decide('spoiler') ?? false,
  };
  return { policy, decisions, ...(tooNew === undefined ? {} : { tooNew }) };
}

/** The roles that some rule is for. */
export function rolesIn(book: RuleBook): string[] {
  return [...book.keys()].flatMap((subject) => (subject.startsWith('role ') ? [subject.slice('role '.length)] : []));
}

/** Whether a rule that applies asks how long somebody has been here. */
export const asksAge = (book: RuleBook, asker: Asker): boolean =>
  applying(book, asker).some(([, { age = 0 }]) => age > 0);
