import type { Call, Wanted } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import type { ModelCard } from '../domain/model.ts';
import { isNobodys, type Origin, type Platform, type SpaceKey } from '../domain/origin.ts';
import type { Policy } from '../domain/policy.ts';
import {
  type Asker,
  asksAge,
  type Resolved,
  type RuleBook,
  type Rules,
  resolve,
  rolesIn,
  type Supposed,
} from '../domain/rules.ts';
import type { Rights } from '../ports.ts';
import type { Offer } from './pick.ts';
import type { Basis } from './take.ts';

const day = 86_400_000;

/** What finding out about what holds for somebody takes; `base` is what holds where a space settles nothing. */
export interface PolicyTools {
  base(space: SpaceKey): Promise<Policy>;
  rules: Pick<Rules, 'read'>;
  rights(platform: Platform): Rights;
}

/** Whole days since somebody joined or, where the chat does not tell that, since their account was made. */
async function daysOf({ origin }: Pick<Call, 'origin'>, tools: PolicyTools): Promise<number | undefined> {
  const { joined, account } = await tools.rights(origin.platform).since(origin);
  const at = joined ?? account;
  return at === undefined ? undefined : Math.max(0, Math.floor((Date.now() - at) / day));
}

/** What the rules of a space come to for whoever calls; the chat is asked for no more than they need. */
export async function policyFor(
  call: Pick<Call, 'origin'>,
  space: SpaceKey,
  tools: PolicyTools,
): Promise<Resolved & { book: RuleBook }> {
  const { origin } = call;
  const [base, book] = await Promise.all([tools.base(space), tools.rules.read(space)]);
  const among = isNobodys(origin) ? [] : rolesIn(book);
  const roles = among.length === 0 ? [] : await tools.rights(origin.platform).roles(origin, among);
  const asker: Asker = { member: origin.user, channel: origin.channel, roles };
  const aged = !isNobodys(origin) && asksAge(book, asker);
  return { ...resolve(base, book, aged ? { ...asker, days: await daysOf(call, tools) } : asker), book };
}

/** What a call is reckoned by in another place than its own. */
export async function basisAt(origin: Origin, basis: Basis, tools: PolicyTools): Promise<Basis> {
  const { policy, ...why } = await policyFor({ origin }, basis.space, tools);
  return { ...basis, policy, why };
}

/** What would hold for somebody else, or somewhere else. */
export function policyOf(
  { member, channel, roles }: Supposed,
  { origin }: Pick<Call, 'origin'>,
  space: SpaceKey,
  tools: PolicyTools,
): Promise<Resolved & { book: RuleBook }> {
  const { step: _, thread: __, ...here } = origin;
  const there: Origin = { ...here, user: member ?? origin.user, channel: channel ?? origin.channel };
  return roles
    ? supposed({ member: there.user, channel: there.channel, roles }, space, tools)
    : policyFor({ origin: there }, space, tools);
}

async function supposed(asker: Asker, space: SpaceKey, tools: PolicyTools): Promise<Resolved & { book: RuleBook }> {
  const [base, book] = await Promise.all([tools.base(space), tools.rules.read(space)]);
  return { ...resolve(base, book, asker), book };
}

/** The models as whoever asks may choose them: those that are allowed, with the lengths that are. Where that leaves none, `offered` is a {@link UserError}. */
export function allowed<T extends Pick<Offer, 'models' | 'offered'>>(
  tools: T,
  { models: ids, seconds: most }: Policy,
): T {
  if (ids === undefined && most === undefined) return tools;
  const shortened = new Map(
    tools.models.map((card): [ModelCard, ModelCard] => {
      const seconds = card.seconds.filter((length) => most === undefined || length <= most);
      const [shortest] = seconds;
      if (shortest === undefined || seconds.length === card.seconds.length) return [card, card];
      const usual = seconds.includes(card.defaultSeconds) ? card.defaultSeconds : (seconds.at(-1) ?? shortest);
      return [card, { ...card, seconds: [shortest, ...seconds.slice(1)], defaultSeconds: usual }];
    }),
  );
  const may = (card: ModelCard): boolean =>
    (ids === undefined || ids.includes(card.id)) && (most === undefined || (card.seconds[0] ?? 0) <= most);
  return {
    ...tools,
    models: [...shortened.values()],
    offered: () => {
      const all = tools.offered();
      const left = all.flatMap((card) => (may(card) ? (shortened.get(card) ?? []) : []));
      // Whoever made the rules can mend that, and nobody else.
      if (all.length > 0 && left.length === 0) throw new UserError('forbidden', { word: 'model.barred' });
      return left;
    },
  };
}

/** A film that is longer than it may be is a {@link UserError}. */
export function checkLength({ seconds }: Pick<Wanted, 'seconds'>, { seconds: most }: Policy): void {
  if (seconds === undefined || most === undefined || seconds <= most) return;
  throw new UserError('forbidden', { word: 'cap.seconds', with: { most } }, { field: 'seconds' });
}
