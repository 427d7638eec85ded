import { type Context, command, type Fact, type Fields, type Reply, type Values } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { cardFor } from '../../src/domain/model.ts';
import { timeZoneSchema, type WindowKind, windowAt, windowKinds } from '../../src/domain/policy.ts';
import {
  forAll,
  type Rule,
  type RuleName,
  ruleNames,
  ruleSchema,
  type Subject,
  spaceOnly,
} from '../../src/domain/rules.ts';
import { say, word } from '../../src/domain/words.ts';
import { answer, managed, told } from '../answer.ts';
import { followingWords, settledWords } from './settled.ts';

const credits = { kind: 'integer', min: 0, max: 1_000_000 } as const;
const count = { kind: 'integer', min: 0, max: 10_000 } as const;
const reason = { kind: 'text', label: 'policy.reason', max: 200, required: true } as const;

const whom = {
  member: { kind: 'member', label: 'policy.member' },
  role: { kind: 'role', label: 'policy.role', only: ['discord', 'slack'] },
  channel: { kind: 'channel', label: 'policy.channel' },
} as const satisfies Fields;

export const windowField = {
  kind: 'choice',
  label: 'policy.window',
  choices: windowKinds.map((value) => ({ value, label: `policy.window.${value}` as const })),
} as const;
export const zoneField = { kind: 'text', label: 'policy.zone', hint: 'policy.zone.hint', max: 60 } as const;

const fields = {
  // Words without a name are the first text: why.
  reason,
  ...whom,
  credits: { ...credits, label: 'policy.credits' },
  spend: { ...credits, label: 'policy.spend' },
  once: { ...count, label: 'policy.once' },
  waiting: { ...count, label: 'policy.waiting' },
  seconds: { kind: 'integer', label: 'policy.seconds', min: 1, max: 10_000 },
  confirm: { ...credits, label: 'policy.confirm' },
  gifts: { ...credits, label: 'policy.gifts' },
  models: { kind: 'text', label: 'policy.models', hint: 'policy.models.hint', max: 500 },
  age: { kind: 'integer', label: 'policy.age', min: 0, max: 3_650 },
  spoiler: { kind: 'boolean', label: 'policy.spoiler', only: ['discord', 'web'] },
  window: windowField,
  zone: zoneField,
  budget: { ...credits, label: 'policy.budget' },
  money: { kind: 'text', label: 'policy.money', hint: 'policy.money.hint', max: 20 },
  unset: { kind: 'text', label: 'policy.unset', hint: 'policy.unset.hint', max: 200 },
} as const satisfies Fields;

/** What can be settled in this chat. */
const namesIn = ({ call }: Context): string[] =>
  ruleNames.filter((name) => {
    const { only } = fields[name] as { only?: readonly string[] };
    return only === undefined || only.includes(call.origin.platform);
  });

/** Whom a rule is for: one that was named, else all. */
function subjectOf({ member, role, channel }: Values<typeof whom>, { call }: Context): Subject {
  const given = Object.entries({ member, role, channel }).filter(([, id]) => id !== undefined);
  const [only] = given;
  if (given.length > 1) throw new UserError('invalid', { word: 'policy.subject' });
  // Discord's role of everybody has the server's own id.
  if (role === call.origin.space) throw new UserError('invalid', { word: 'admin.everybody' }, { field: 'role' });
  return only ? (only.join(' ') as Subject) : 'space';
}

const listIn = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter((one) => one !== ''))];

/** Models by their ids; one that is not known is told with those that are. */
function modelsIn(text: string, { models }: Context): string[] {
  const ids = listIn(text).map((got) => {
    const card = cardFor(models, got);
    if (card) return card.id;
    const takes = models.map(({ id }) => id);
    throw new UserError('invalid', { word: 'model.unknown', with: { got, takes } }, { field: 'models' });
  });
  if (ids.length === 0) throw new UserError('invalid', { word: 'field.empty', with: { field: 'models' } });
  return [...new Set(ids)];
}

/** A decimal amount in millionths. */
function moneyIn(text: string): number {
  const [, whole = '', part = ''] = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === '') throw new UserError('invalid', { word: 'policy.money.wrong' }, { field: 'money' });
  return Number(whole) * 1e6 + Number(part.padEnd(6, '0'));
}

/** A time zone by its name; another word is a refusal. */
export function zoneIn(got: string): string {
  if (timeZoneSchema.safeParse(got).success) return got;
  throw new UserError('invalid', { word: 'policy.zone.wrong', with: { got } }, { field: 'zone' });
}

function unsetIn(text: string, context: Context): RuleName[] {
  const names = namesIn(context);
  return listIn(text.toLowerCase()).map((got) => {
    const name = ruleNames.find((one) => one === got);
    if (name) return name;
    throw new UserError('invalid', { word: 'policy.unset.wrong', with: { got, names } }, { field: 'unset' });
  });
}

/** What was given, as it is kept. */
function ruleOf(values: Values<typeof fields>, context: Context): Rule {
  const { models, zone, money } = values;
  const given = Object.fromEntries(Object.entries(values).filter(([name]) => ruleNames.some((one) => one === name)));
  const read = {
    ...(models === undefined ? {} : { models: modelsIn(models, context) }),
    ...(zone === undefined ? {} : { zone: zoneIn(zone) }),
    ...(money === undefined ? {} : { money: moneyIn(money) }),
  };
  return ruleSchema.parse({ ...given, ...read });
}

const valueIn = (rule: Rule, name: RuleName, window: WindowKind): string => {
  const value = rule[name];
  return value === undefined ? word('policy.unsettled') : settledWords(name, value, window);
};

/** What a rule was, and is, where that is another; and from when on. */
async function changed(subject: Subject, before: Rule, after: Rule, context: Context): Promise<Reply> {
  const { policy } = await context.policyOf(forAll);
  const facts = ruleNames.flatMap((name): Fact[] => {
    const was = valueIn(before, name, before.window ?? context.policy.window);
    const is = valueIn(after, name, policy.window);
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) return [];
    return [
      { label: word(fields[name].label), value: say({ word: 'policy.change', with: { before: was, after: is } }) },
    ];
  });
  const changed = before.window !== after.window || before.zone !== after.zone;
  // A window stands from its first film on; before that there is none to wait for.
  const stands = await context.desk.window(context.space, (at) => windowAt(at, policy.window, policy.timeZone));
  const follows = subject === 'space' && changed ? followingWords(policy, stands) : undefined;
  if (facts.length === 0) return told(word('policy.done.same'));
  return answer(
    { kind: 'text', text: word(Object.keys(after).length === 0 ? 'policy.done.cleared' : 'policy.done') },
    { kind: 'facts', facts },
    ...(follows === undefined ? [] : [{ kind: 'text', text: follows } as const]),
  );
}

/** Replaces a rule as this call saw it; where somebody else did so meanwhile, a refusal. */
export async function settle(subject: Subject, after: Rule, why: string, context: Context): Promise<Reply> {
  const { rules, space, call } = context;
  const seen = context.why.book.get(subject);
  const done = await rules.change(space, subject, seen, after, { key: call.key, by: call.origin.user, why });
  // What it was before the first time is not known any more.
  if (!done) return told(word('policy.done.before'));
  return changed(subject, seen ?? {}, after, context);
}

export const set = command({
  ...managed,
  name: 'set',
  summary: 'policy.set',
  fields,
  run: async (values, context) => {
    const subject = subjectOf(values, context);
    const given = ruleOf(values, context);
    const unset = values.unset === undefined ? [] : unsetIn(values.unset, context);
    const named = [...(Object.keys(given) as RuleName[]), ...unset];
    if (named.length === 0) {
      throw new UserError('invalid', { word: 'policy.nothing', with: { names: namesIn(context) } });
    }
    const names = [...new Set(named)].filter((name) => spaceOnly.includes(name));
    if (subject !== 'space' && names.length > 0) {
      throw new UserError('invalid', { word: 'policy.spaceOnly', with: { names } });
    }
    const { member, reason: why } = values;
    // What is settled of somebody who left can still be settled no more.
    if (member !== undefined && Object.keys(given).length > 0 && !(await context.person(member))) {
      throw new UserError('unknown', { word: 'policy.person' }, { field: 'member' });
    }
    const kept = Object.entries(context.why.book.get(subject) ?? {}).filter(
      ([name]) => !unset.some((one) => one === name),
    );
    return settle(subject, { ...Object.fromEntries(kept), ...given }, why, context);
  },
});

export const clear = command({
  ...managed,
  name: 'clear',
  summary: 'policy.clear',
  fields: { reason, ...whom },
  run: async (values, context) => {
    const subject = subjectOf(values, context);
    if (!context.why.book.has(subject)) throw new UserError('unknown', { word: 'policy.none' });
    return settle(subject, {}, values.reason, context);
  },
});
