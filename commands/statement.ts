import type { Context, Fact, Part } from '../src/domain/command.ts';
import { TransientError } from '../src/domain/errors.ts';
import type { LedgerLine, Quota } from '../src/domain/ledger.ts';
import type { Policy } from '../src/domain/policy.ts';
import { moment, say, word } from '../src/domain/words.ts';

type Tools = Pick<Context, 'space' | 'desk' | 'window' | 'pots' | 'person'>;

const listed = 10;
/** Lots, and pots, that are told one by one. */
const told = 5;
/** Lines in which `with` is a pot. */
const ofPots: readonly LedgerLine['kind'][] = ['hold', 'capture', 'release', 'pledge', 'return'];

/** A member's credits, by what holds for them. */
export const creditsOf = (member: string, policy: Policy, { desk, space, window }: Tools): Promise<Quota> =>
  desk.quota(space, member, { window, allowance: policy.credits, spend: policy.caps.spend });

/** What a member is called; by their id, where they are not here any more or the chat does not tell now. */
export async function nameOf(member: string, { person }: Pick<Context, 'person'>): Promise<string> {
  try {
    return (await person(member))?.name ?? member;
  } catch (error) {
    if (error instanceof TransientError) return member;
    throw error;
  }
}

/** The names of the members and pots in some lines, by their ids. */
async function namesIn(lines: readonly LedgerLine[], { space, pots, person }: Tools): Promise<Map<string, string>> {
  const ids = new Map(
    lines.flatMap((line): [string, LedgerLine['kind']][] => (line.with === undefined ? [] : [[line.with, line.kind]])),
  );
  const named = [...ids].map(
    async ([id, kind]): Promise<[string, string]> => [
      id,
      ofPots.includes(kind) ? ((await pots.find(space, id))?.title ?? id) : await nameOf(id, { person }),
    ],
  );
  return new Map(await Promise.all(named));
}

/** What somebody has, each line in words, and the last that happened to it. */
export async function statementOf(member: string, policy: Policy, tools: Tools): Promise<Part[]> {
  const [quota, open] = await Promise.all([creditsOf(member, policy, tools), tools.pots.list(tools.space)]);
  const { allowance, held, spent, pledged, byPots, left, free, renewsAt, lots } = quota;
  const lines = quota.entries.slice(0, listed);
  const names = await namesIn(lines, tools);
  const { timeZone, caps } = policy;
  const amount = (credits: number) => say({ word: 'amount.credits', with: { credits } });
  const granted = lots.reduce((sum, lot) => sum + lot.left, 0);
  const later = lots.slice(told).reduce((sum, lot) => sum + lot.left, 0);
  const facts: Fact[] = [
    {
      label: word('quota.allowance'),
      value: say({ word: 'quota.allowance.each', with: { credits: allowance, window: policy.window } }),
    },
    ...(caps.spend === undefined || free === undefined
      ? []
      : [
          {
            label: word('quota.limit'),
            value: say({ word: 'quota.limit.free', with: { most: caps.spend, free, window: policy.window } }),
          },
        ]),
    ...lots.slice(0, told).map((lot): Fact => {
      const value = { credits: lot.left, expires: lot.expires, timeZone };
      return { label: word('quota.granted'), value: say({ word: 'quota.granted.lot', with: value }) };
    }),
    ...(later === 0 ? [] : [{ label: word('quota.granted.later'), value: amount(later) }]),
    { label: word('quota.held'), value: amount(held) },
    { label: word('quota.spent'), value: amount(spent) },
    ...(byPots === 0 ? [] : [{ label: word('quota.byPots'), value: amount(byPots) }]),
    ...(pledged === 0 ? [] : [{ label: word('quota.pledged'), value: amount(pledged) }]),
    ...open
      .flatMap(({ title, shares }): Fact[] => {
        const mine = shares.find((share) => share.member === member);
        const credits = mine ? mine.left + mine.held : 0;
        return credits === 0 ? [] : [{ label: say({ word: 'quota.pot', with: { title } }), value: amount(credits) }];
      })
      .slice(0, told),
    { label: word('quota.renews'), value: moment(renewsAt, timeZone), at: renewsAt },
    ...lines.map(({ at, kind, credits, job, with: other, why }): Fact => {
      const who = other === undefined ? undefined : names.get(other);
      return {
        label: moment(at, timeZone),
        value: say({ word: 'quota.entry', with: { kind, credits, job, who, why } }),
      };
    }),
  ];
  return [
    { kind: 'text', text: say({ word: 'quota.line', with: { left, allowance, granted } }) },
    { kind: 'facts', facts },
  ];
}
