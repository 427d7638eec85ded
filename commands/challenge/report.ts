import type { Challenge, Entry } from '../../src/domain/challenge.ts';
import { type Context, command, type Part } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { say, word } from '../../src/domain/words.ts';
import { reportFacts, reportOn } from '../report.ts';
import { placeOf, shownOf } from './shown.ts';
import { meant, which } from './which.ts';

/** All that is needed to judge a film that is known by its number, and the button to act on it; nothing of whose it is. */
function noticeOf(
  challenge: Challenge,
  entry: Entry,
  count: number,
  reason: string | undefined,
  context: Context,
): Part[] {
  const { id, title, phase } = challenge;
  const button = {
    ...{ label: word('challenge.remove.button'), command: 'challenge remove', challenge: `${id}-${entry.number}` },
  };
  return [
    { kind: 'text', text: say({ word: 'challenge.report.notice', with: { title, secret: phase !== 'ended' } }) },
    {
      kind: 'facts',
      facts: [
        { label: word('challenge.report.challenge'), value: `${title} (${id})` },
        { label: word('challenge.film.number'), value: String(entry.number) },
        ...reportFacts(count, reason, context),
      ],
    },
    placeOf(entry, challenge, context),
    { kind: 'buttons', buttons: [button] },
  ];
}

/** A member tells those who moderate that something is wrong with a film that is shown by its number. */
export const report = command({
  name: 'report',
  summary: 'challenge.report',
  title: 'challenge.report.title',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash', 'button', 'form'],
  fields: {
    number: { kind: 'integer', label: 'challenge.number', min: 1, max: 999, required: true, ask: true },
    reason: { kind: 'text', label: 'report.reason', max: 300 },
    challenge: which,
  },
  run: async ({ number, reason, challenge: named }, context) => {
    const challenge = await meant(named, ['voting'], context);
    const entry = (await shownOf(challenge, context)).find((one) => one.number === number);
    const field = { field: 'number' };
    if (!entry) throw new UserError('unknown', { word: 'challenge.report.gone' }, field);
    if (entry.member === context.call.origin.user)
      throw new UserError('forbidden', { word: 'challenge.vote.own' }, field);
    const notice = (count: number) => noticeOf(challenge, entry, count, reason, context);
    return reportOn({ id: `${challenge.id}-${number}`, what: 'challenge report', reason, notice }, context);
  },
});
