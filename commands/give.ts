import { command, type Part } from '../src/domain/command.ts';
import { UserError } from '../src/domain/errors.ts';
import { requestId } from '../src/domain/job.ts';
import { mostCredits } from '../src/domain/ledger.ts';
import { dayAt } from '../src/domain/policy.ts';
import { say, word } from '../src/domain/words.ts';
import { told } from './answer.ts';
import { creditsOf } from './statement.ts';

export const give = command({
  name: 'give',
  summary: 'give.summary',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash'],
  fields: {
    member: { kind: 'member', label: 'give.member', required: true, positional: true },
    credits: { kind: 'integer', label: 'give.credits', min: 1, max: mostCredits, required: true, positional: true },
    note: { kind: 'text', label: 'give.note', max: 200 },
  },
  run: async ({ member: to, credits, note = '' }, context) => {
    const { call, space, ledger, policy } = context;
    const { user: from, closed } = call.origin;
    if (to === from) throw new UserError('invalid', { word: 'give.self' }, { field: 'member' });
    const person = await context.person(to);
    if (!person) throw new UserError('invalid', { word: 'give.nobody' }, { field: 'member' });
    const day = dayAt(Date.now(), policy.timeZone);
    await ledger.give(space, call.key, { from, to, credits, day, most: policy.gifts, note });
    const parts: Part[] = [
      { kind: 'text', text: say({ word: 'give.got', with: { name: call.who.name, credits } }) },
      ...(note === '' ? [] : [{ kind: 'text', text: note } as const]),
      // Where it was given is not told of a place that is closed to others.
      ...(closed ? [] : [{ kind: 'place', label: word('give.where'), origin: call.origin } as const]),
    ];
    const heard = await context.tellMember(to, { key: `${requestId(call.key)}-g`, parts });
    const { left } = await creditsOf(from, policy, context);
    return told(say({ word: heard ? 'give.done' : 'give.untold', with: { name: person.name, credits, left } }));
  },
});
