import type { Challenges } from '../domain/challenge.ts';
import type { Level, Part, Reply } from '../domain/command.ts';
import type { Desk, Order, Receipt } from '../domain/desk.ts';
import { UserError } from '../domain/errors.ts';
import { type JobRef, type JobRequest, jobIds } from '../domain/job.ts';
import type { Origin, SpaceKey } from '../domain/origin.ts';
import type { Policy, QuotaWindow } from '../domain/policy.ts';
import { type Choice, orderDigest, type Quote } from '../domain/quote.ts';
import type { Resolved, RuleBook } from '../domain/rules.ts';
import { type Said, say, word } from '../domain/words.ts';
import type { Budget, Lists, Prices } from '../ports.ts';
import { type ShowTools, show } from '../show.ts';
import { type PurseTools, potsFor, purseOf } from './purse.ts';

/** What accepting an order takes. */
export interface TakeTools extends ShowTools, PurseTools {
  desk: Desk;
  challenges: Pick<Challenges, 'enter' | 'leave'>;
  lists: Pick<Lists, 'enlist'>;
  budget: Pick<Budget, 'reserve' | 'keep' | 'giveBack' | 'left'>;
  prices: Prices;
  /** Tells the admission that there is work. */
  nudge(): void;
}

/** What a call is reckoned by: the space it came from, what its member may do there, the space's policy, and the window of quota that is open. */
export interface Basis {
  space: SpaceKey;
  level: Level;
  policy: Policy;
  window: QuotaWindow;
  /** The rules of the space, and which of them decided what. */
  why: Omit<Resolved, 'policy'> & { book: RuleBook };
}

/** Work that goes on after the answer. */
export type Later = (work: Promise<void>) => void;

/**
 * The admission is told, and the cards are posted while the member already has the answer. Whatever fails here, the jobs are
 * accepted: the sweep and the worker make up for it.
 */
async function announce(jobs: string[], space: SpaceKey, tools: TakeTools, later: Later): Promise<void> {
  try {
    await tools.lists.enlist(space);
    tools.nudge();
  } catch (error) {
    tools.log.warn({ jobs, space, err: error }, 'accepted; the sweep will hand it over');
  }
  for (const id of jobs) later(postCard({ space, id }, tools));
}

async function postCard(ref: JobRef, tools: TakeTools): Promise<void> {
  try {
    const [job, position] = await Promise.all([tools.desk.job(ref), tools.desk.position(ref)]);
    if (!job) throw new Error('the record is gone');
    tools.log.info({ job: ref.id, space: ref.space, price: job.request.price, position }, 'accepted');
    await show(job, position, tools);
    // What changed while the first card was on its way had no card to be shown on.
    const [now, place] = await Promise.all([tools.desk.job(ref), tools.desk.position(ref)]);
    if (now && now.version > job.version) await show(now, place, tools);
  } catch (error) {
    tools.log.warn({ job: ref.id, space: ref.space, err: error }, 'accepted; the worker will post the card');
  }
}

/**
 * The operator's money first, then the member's credits. What was set aside for nothing returns; where nobody knows (Redis went away
 * in between) the sweep finds out.
 */
async function acceptWithin(order: Order, tools: TakeTools, later: Later): Promise<Receipt & { repeated: boolean }> {
  const { space, jobs } = order;
  const asked = jobs.map(({ id, money = 0, price }) => ({ ref: { space, id }, money, credits: price }));
  let newly: JobRef[];
  try {
    newly = await tools.budget.reserve(asked);
  } catch (error) {
    const known = error instanceof UserError ? await tools.desk.answered(space, order.call) : undefined;
    if (known) return { ...known, repeated: true };
    throw error;
  }
  const tell = (err: unknown): void =>
    tools.log.warn(
      { jobs: order.jobs.map(({ id }) => id), space, err },
      'the budget was not told; its sweep makes up for it',
    );
  try {
    const receipt = await tools.desk.accept(order);
    // Whoever set it aside: the same call may have been taken by another process between the two steps.
    later(tools.budget.keep(asked).catch(tell));
    return receipt;
  } catch (error) {
    if (error instanceof UserError && error.refusal !== 'unavailable') later(tools.budget.giveBack(newly).catch(tell));
    throw error;
  }
}

const cancelLabel = (count: number, index: number): string =>
  count === 1 ? word('film.cancel') : say({ word: 'film.cancel.nth', with: { n: index + 1 } });

/** `pot`: what pays is called, where that is a pot. */
function acceptedReply(receipt: Receipt, { recipe, notes }: Choice, pot: string | undefined): Reply {
  const { jobs, price, left } = receipt;
  const { size, seconds } = recipe;
  const amount = (credits: number) => say({ word: 'amount.credits', with: { credits } });
  const parts: Part[] = [
    { kind: 'text', text: say({ word: 'accepted', with: { count: jobs.length, price, left, size, seconds, pot } }) },
    ...notes.map((note): Part => ({ kind: 'text', text: say(note) })),
    {
      kind: 'facts',
      facts: [
        { label: word('accepted.id'), value: jobs.join(', ') },
        { label: word('accepted.price'), value: amount(price) },
        { label: leftLabel(pot), value: amount(left) },
      ],
    },
    {
      kind: 'buttons',
      buttons: jobs.map((job, index) => ({ label: cancelLabel(jobs.length, index), command: 'film cancel', job })),
    },
  ];
  return { to: 'private', parts, jobs };
}

/** What is left, and of what. */
export const leftLabel = (pot: string | undefined): string =>
  pot === undefined ? word('accepted.left') : say({ word: 'accepted.left.pot', with: { pot } });

type Shortage = Said<'balance.short'>['with'];
const shortageIn = ({ said }: UserError): Shortage | undefined =>
  said.word === 'balance.short' ? said.with : undefined;

/** Which call it is, where its films belong, and who asked for them. */
export type Deed = Pick<Quote, 'key' | 'origin' | 'requester' | 'mention' | 'parent' | 'spoiler' | 'pot' | 'for'>;

/** A balance that does not reach, as what it is: nobody's own where a workflow asks, and not there yet for who is new. */
export function shortfall(
  { price, left, renewsAt, timeZone, pots = [] }: Shortage,
  { step }: Pick<Origin, 'step'>,
  { why }: Pick<Basis, 'why'>,
): Said {
  if (step !== undefined) return { word: 'workflow.short', with: { price, left, renewsAt, timeZone } };
  if (why.tooNew !== undefined) return { word: 'balance.new', with: { price, left, days: why.tooNew } };
  return { word: 'balance.short', with: { price, left, renewsAt, timeZone, pots } };
}

/** The bot may post there, or nothing is begun. */
export async function mayPost(origin: Deed['origin'], tools: Pick<TakeTools, 'rights'>): Promise<void> {
  const why = await tools.rights(origin.platform).cannotPost(origin);
  if (why) throw new UserError('forbidden', why);
}

/** A film of a challenge takes its place there first, and gives it back where it is not accepted. */
async function entering<T>(
  { for: made, origin: { user: member }, requester: name }: Deed,
  [first]: readonly JobRequest[],
  space: SpaceKey,
  { challenges, log }: TakeTools,
  accept: () => Promise<T>,
): Promise<T> {
  if (made === undefined || first === undefined) return accept();
  const { id: job } = first;
  const newly = await challenges.enter(space, made.challenge, { job, member, name, edition: made.edition });
  try {
    return await accept();
  } catch (error) {
    // Where nobody knows whether it was, whoever looks after the challenge finds out.
    if (newly && error instanceof UserError && error.said.word !== 'service.unsure') {
      await challenges.leave(space, made.challenge, job).catch((err: unknown) => {
        log.warn({ job, space, err }, 'a place in a challenge was not given back; it ends by itself');
      });
    }
    throw error;
  }
}

/** From a choice to accepted jobs: money, hold, card, and the words that tell of it. */
export async function take(choice: Choice, deed: Deed, basis: Basis, tools: TakeTools, later: Later): Promise<Reply> {
  const { recipe, count, price } = choice;
  const { key, origin, requester, mention, parent, spoiler, pot, for: made } = deed;
  const { space, window, policy } = basis;
  const money = await tools.prices.money(recipe);
  const { member, terms } = purseOf(origin, policy, window, pot);
  const payer = { member, window: window.id, ...(pot === undefined ? {} : { pot }) };
  const jobs = jobIds(key, count).map((id): JobRequest => {
    const request = { id, origin, requester, recipe, price, money, payer, timeZone: policy.timeZone };
    return {
      ...request,
      ...(mention === undefined ? {} : { mention }),
      ...(parent === undefined ? {} : { parent }),
      ...(spoiler ? { spoiler } : {}),
      ...(made === undefined ? {} : { for: made }),
    };
  });
  const call = { key, digest: orderDigest(choice, origin) };
  const { allowance, spend } = terms;
  const caps = { ...policy.caps, spend };
  const order: Order = { space, call, member, pot, jobs, window, allowance, caps, timeZone: policy.timeZone };
  const paying = pot === undefined ? undefined : ((await tools.pots.find(space, pot))?.title ?? pot);
  const accept = () => acceptWithin(order, tools, later);
  const receipt = await entering(deed, jobs, space, tools, accept).catch(async (error: unknown) => {
    const shortage = error instanceof UserError ? shortageIn(error) : undefined;
    if (!shortage) throw error;
    // A balance that does not reach is said with the pots that would.
    const own = await tools.desk.quota(space, member, terms);
    const pots = origin.step === undefined ? await potsFor(shortage.price, own, origin, space, tools) : [];
    const said = shortfall({ ...shortage, pots }, origin, basis);
    throw new UserError('balance', said, { balance: shortage.left, cause: error });
  });
  if (!receipt.repeated) await announce(receipt.jobs, space, tools, later);
  return acceptedReply(receipt, choice, paying);
}
