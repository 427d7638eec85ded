import { type Context, command, type Group } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { mostCredits } from '../../src/domain/ledger.ts';
import { say } from '../../src/domain/words.ts';
import { answer, managed, told } from '../answer.ts';
import { creditsOf, nameOf, statementOf } from '../statement.ts';

const member = { kind: 'member', label: 'credits.member', required: true } as const;
const credits = { kind: 'integer', label: 'credits.credits', min: 1, max: mostCredits, required: true } as const;
const reason = { kind: 'text', label: 'credits.reason', max: 200, required: true } as const;

const dayMs = 86_400_000;

/** What a member has now. */
const leftOf = async (whose: string, context: Context): Promise<number> =>
  (await creditsOf(whose, (await context.policyOf({ member: whose })).policy, context)).left;

const grant = command({
  ...managed,
  name: 'grant',
  summary: 'credits.grant',
  fields: { member, credits, reason, days: { kind: 'integer', label: 'credits.days', min: 1, max: 3_650 } },
  run: async ({ member: to, credits: amount, reason: why, days }, context) => {
    const { ledger, space, call } = context;
    const person = await context.person(to);
    if (!person) throw new UserError('invalid', { word: 'credits.nobody' }, { field: 'member' });
    const expires = days === undefined ? undefined : Date.now() + days * dayMs;
    await ledger.grant(space, call.key, { member: to, credits: amount, expires, by: call.origin.user, why });
    const left = await leftOf(to, context);
    return told(say({ word: 'credits.granted', with: { name: person.name, credits: amount, days, left } }));
  },
});

const revoke = command({
  ...managed,
  name: 'revoke',
  summary: 'credits.revoke',
  fields: { member, credits, reason },
  run: async ({ member: from, credits: amount, reason: why }, context) => {
    const { ledger, space, call } = context;
    await ledger.revoke(space, call.key, { member: from, credits: amount, by: call.origin.user, why });
    const [name, left] = await Promise.all([nameOf(from, context), leftOf(from, context)]);
    return told(say({ word: 'credits.revoked', with: { name, credits: amount, left } }));
  },
});

const correct = command({
  ...managed,
  name: 'correct',
  summary: 'credits.correct',
  fields: {
    member,
    credits: { ...credits, label: 'credits.correct.credits', min: -mostCredits },
    reason,
  },
  run: async ({ member: of, credits: amount, reason: why }, context) => {
    const { ledger, space, call, window } = context;
    if (amount === 0) throw new UserError('invalid', { word: 'credits.zero' }, { field: 'credits' });
    const by = call.origin.user;
    const spent = await ledger.correct(space, call.key, { member: of, credits: amount, window, by, why });
    const [name, left] = await Promise.all([nameOf(of, context), leftOf(of, context)]);
    return told(say({ word: 'credits.corrected', with: { name, credits: amount, spent, left } }));
  },
});

const show = command({
  ...managed,
  name: 'show',
  summary: 'credits.show',
  fields: { member },
  run: async ({ member: of }, context) => {
    const [name, { policy }] = await Promise.all([nameOf(of, context), context.policyOf({ member: of })]);
    const head = { kind: 'text', text: say({ word: 'credits.of', with: { name } }) } as const;
    return answer(head, ...(await statementOf(of, policy, context)));
  },
});

/** What managers do with the credits of members. Somebody who has left can be granted none. */
export const creditsOfMembers: Group = {
  name: 'credits',
  summary: 'credits.summary',
  subs: [grant, revoke, correct, show],
};
