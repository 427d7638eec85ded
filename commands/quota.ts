import { command } from '../src/domain/command.ts';
import { statementOf } from './statement.ts';

export const quota = command({
  name: 'quota',
  summary: 'quota.summary',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash'],
  fields: {},
  run: async (_values, context) => ({
    to: 'private',
    jobs: [],
    parts: await statementOf(context.call.origin.user, context.policy, context),
  }),
});
