import { type Context, command, type Reply } from '../../src/domain/command.ts';
import { forAll, type Rule } from '../../src/domain/rules.ts';
import { lessOf, zoneOf } from '../../src/domain/setup.ts';
import { word } from '../../src/domain/words.ts';
import { told } from '../answer.ts';
import { settle, windowField, zoneField, zoneIn } from './rule.ts';

const managed = { who: 'manager', reply: 'private' } as const;

/** Writes down what holds for all, with what was chosen; times are the manager's own where the chat tells them. */
async function settleFor(chosen: Rule, context: Context): Promise<Reply> {
  const { call, why } = context;
  const { policy } = await context.policyOf(forAll);
  const seen = why.book.get('space');
  const own = seen?.zone === undefined ? zoneOf(await context.person(call.origin.user)) : undefined;
  const { credits, window, timeZone } = policy;
  const rule = { credits, window, zone: own ?? timeZone, ...seen, ...chosen };
  return settle('space', rule, word('setup.why'), context);
}

export const setup = command({
  ...managed,
  name: 'setup',
  summary: 'setup.summary',
  surfaces: ['slash', 'button'],
  fields: {
    credits: { kind: 'integer', label: 'policy.credits', min: 0, max: 1_000_000 },
    window: windowField,
    zone: zoneField,
    budget: { kind: 'integer', label: 'policy.budget', min: 0, max: 1_000_000 },
  },
  run: async ({ credits, window, zone, budget }, context) => {
    const chosen: Rule = {
      ...(credits === undefined ? {} : { credits }),
      ...(window === undefined ? {} : { window: window as NonNullable<Rule['window']> }),
      ...(zone === undefined ? {} : { zone: zoneIn(zone) }),
      ...(budget === undefined ? {} : { budget }),
    };
    // The button of a question that somebody else answered meanwhile.
    if (Object.keys(chosen).length === 0 && context.why.book.has('space')) return told(word('setup.known'));
    return settleFor(chosen, context);
  },
});

/** What the buttons of the question do that `setup` itself does not; a press carries no values. */
export const setupLess = command({
  ...managed,
  name: 'setupless',
  summary: 'setup.less',
  surfaces: ['button'],
  fields: {},
  run: async (_values, context) => {
    if (context.why.book.has('space')) return told(word('setup.known'));
    return settleFor({ credits: lessOf((await context.policyOf(forAll)).policy) }, context);
  },
});

export const setupLeave = command({
  ...managed,
  name: 'setupleave',
  summary: 'setup.leave',
  surfaces: ['button'],
  fields: {},
  run: async (_values, { rules, space }) => {
    await rules.leave(space);
    return told(word('setup.left'));
  },
});
