import type { Context, Fact } from '../src/domain/command.ts';
import type { Job, Paid } from '../src/domain/job.ts';
import { workflowMember } from '../src/domain/origin.ts';
import { say, word } from '../src/domain/words.ts';
import { hasPaid, isManager, isMine } from './own.ts';
import { nameOf } from './statement.ts';

const nameIn = async ({ member }: Paid, context: Context): Promise<string> =>
  member === undefined ? word('pots.charge') : nameOf(member, context);

/** What a pot paid, by whoever had put it in; where the film came to nothing, that it went back to each. */
async function potFacts(pot: string, paid: readonly Paid[], job: Job, context: Context): Promise<Fact[]> {
  const shares = await Promise.all(
    paid.map(async (one) => ({ name: await nameIn(one, context), credits: one.credits })),
  );
  const told = (said: 'receipt.share' | 'receipt.back.share') =>
    shares.map((share) => say({ word: said, with: share })).join(', ');
  const title = (await context.pots.find(context.space, pot))?.title ?? pot;
  const back = { label: word('receipt.back'), value: told('receipt.back.share') };
  return [
    { label: word('receipt.pot'), value: `${title}: ${told('receipt.share')}` },
    ...(job.settled === 'released' ? [back] : []),
  ];
}

/** From what a film is paid. Of credits only whoever pays, and those who manage the space, read more than that workflows do. */
export async function receiptOf(job: Job, context: Context): Promise<Fact[]> {
  const { paid, request } = job;
  if (!paid) return [];
  const { pot, member } = request.payer;
  const manages = isManager(context);
  const left = { label: word('receipt.left'), value: say({ word: 'amount.credits', with: { credits: paid.left } }) };
  if (pot !== undefined)
    return [...(await potFacts(pot, paid.from, job, context)), ...(isMine(job, context) || manages ? [left] : [])];
  if (member === workflowMember)
    return [{ label: word('receipt.from'), value: word('receipt.workflow') }, ...(manages ? [left] : [])];
  if (!hasPaid(job, context) && !manages) return [];
  const from = paid.from.map(({ from: source, credits }) =>
    say({ word: source === 'granted' ? 'receipt.granted' : 'receipt.window', with: { credits } }),
  );
  return [{ label: word('receipt.from'), value: from.join(', ') }, left];
}
