import { command } from '../src/domain/command.ts';
import { say } from '../src/domain/words.ts';
import { answer } from './answer.ts';
import { statementOf } from './statement.ts';

export const quota = command({
  name: 'quota',
  summary: 'quota.summary',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash'],
  fields: {},
  run: async (_values, context) => {
    const { call, policy, why } = context;
    const parts = await statementOf(call.origin.user, policy, context);
    const days = why.tooNew;
    const note =
      days === undefined ? [] : [{ kind: 'text', text: say({ word: 'quota.new', with: { days } }) } as const];
    return answer(...parts.slice(0, 1), ...note, ...parts.slice(1));
  },
});
