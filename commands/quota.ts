import { command } from '../src/domain/command.ts';
import { moment, type PlainWord, say, word } from '../src/domain/words.ts';

export const quota = command({
  name: 'quota',
  summary: 'quota.summary',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash'],
  fields: {},
  run: async (_values, { call, space, desk, policy, window, why }) => {
    const { allowance, held, spent, left, renewsAt, entries } = await desk.quota(space, call.origin.user, {
      window,
      allowance: policy.credits,
      spend: policy.caps.spend,
    });
    const amount = (credits: number) => say({ word: 'amount.credits', with: { credits } });
    return {
      to: 'private',
      jobs: [],
      parts: [
        { kind: 'text', text: say({ word: 'quota.line', with: { left, allowance } }) },
        ...(why.tooNew === undefined
          ? []
          : [{ kind: 'text', text: say({ word: 'quota.new', with: { days: why.tooNew } }) } as const]),
        {
          kind: 'facts',
          facts: [
            { label: word('quota.held'), value: amount(held) },
            { label: word('quota.spent'), value: amount(spent) },
            { label: word('quota.renews'), value: moment(renewsAt, policy.timeZone) },
            ...entries.slice(0, 10).map((entry) => ({
              label: `${moment(entry.at, policy.timeZone)} · ${entry.job}`,
              value: `${amount(entry.credits)} ${word(`quota.entry.${entry.kind}` satisfies PlainWord)}`,
            })),
          ],
        },
      ],
    };
  },
});
