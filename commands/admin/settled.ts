import type { Context, Fact } from '../../src/domain/command.ts';
import { type Policy, type QuotaWindow, type WindowKind, windowAt, windowKinds } from '../../src/domain/policy.ts';
import type { Decision, Rule, RuleName } from '../../src/domain/rules.ts';
import { type Said, say, word } from '../../src/domain/words.ts';

/** What is settled, in words; a window's name stands in those that come anew. */
export function settledWords<N extends RuleName>(name: N, value: NonNullable<Rule[N]>, window: WindowKind): string {
  const timed = ['credits', 'spend', 'budget', 'money'].includes(name);
  const said = { word: `policy.is.${name}`, with: { value, ...(timed ? { window } : {}) } };
  return say(said as Said);
}

/** The rules of a name that applied, and how one of them was chosen. */
function chosen({ name, over }: Decision): string | undefined {
  const count = over.length + 1;
  if (count === 1) return undefined;
  switch (name) {
    case 'credits':
      return say({ word: 'policy.best.most', with: { count } });
    case 'age':
      return say({ word: 'policy.best.longest', with: { count } });
    case 'spoiler':
      return say({ word: 'policy.best.any', with: { count } });
    case 'models':
      return say({ word: 'policy.best.both', with: { count } });
    default:
      return say({ word: 'policy.best.least', with: { count } });
  }
}

/** What holds, and which rule says so. A role is named by the chat. */
export function factOf(decision: Decision, { window }: Policy): Fact {
  const { name, value, by } = decision;
  const plain = settledWords(name, value as NonNullable<Rule[typeof name]>, window);
  const how = chosen(decision);
  const what = how === undefined ? plain : say({ word: 'policy.ranked', with: { what: plain, how } });
  const [kind = '', id = ''] = by.split(' ');
  if (kind === 'role') return { label: say({ word: 'policy.by.role', with: { what } }), value: id, refers: 'role' };
  return { label: what, value: word(`policy.by.${kind as 'default' | 'space' | 'channel' | 'member'}`) };
}

const kindOf = ({ id }: QuotaWindow): WindowKind => windowKinds.find((kind) => id.startsWith(`${kind}:`)) ?? 'week';

/** What follows the window that stands, where that is another than it would be begun now; nothing where it is the same. */
export function followingWords({ window, timeZone }: Policy, stands: Context['window']): string | undefined {
  const now = windowAt(Date.now(), window, timeZone);
  if (now.id === stands.id && now.endsAt === stands.endsAt) return undefined;
  return say({ word: 'policy.follows', with: { was: kindOf(stands), endsAt: stands.endsAt, window, timeZone } });
}
