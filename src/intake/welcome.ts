import { type Button, type Call, levels, type Part, type Reply } from '../domain/command.ts';
import { forAll, type Rules } from '../domain/rules.ts';
import { budgetOf, lessOf, zoneOf } from '../domain/setup.ts';
import { say, word } from '../domain/words.ts';
import type { Log } from '../ports.ts';
import { type PolicyTools, policyOf } from './policy.ts';
import type { Basis } from './take.ts';

interface WelcomeTools extends PolicyTools {
  rules: Pick<Rules, 'read' | 'mayAsk'>;
  log: Log;
}

/** Commands by which a space is set up: who uses them needs no question. */
const settling = /^admin (?:policy|setup)/;

/** What the first manager is asked, with what holds now and answers of one press. */
async function asked(call: Call, { space }: Basis, tools: WelcomeTools): Promise<Part[]> {
  const { origin } = call;
  const [{ policy }, person] = await Promise.all([
    policyOf(forAll, call, space, tools),
    tools.rights(origin.platform).person(origin, origin.user),
  ]);
  const { credits, window } = policy;
  const own = zoneOf(person);
  const zone = own ?? policy.timeZone;
  const amount = (credits: number) => say({ word: 'policy.is.credits', with: { value: credits, window } });
  const less = lessOf(policy);
  const buttons: Button[] = [
    { label: amount(credits), command: 'admin setup' },
    ...(less < credits ? [{ label: amount(less), command: 'admin setupless' }] : []),
    { label: word('setup.leave'), command: 'admin setupleave' },
  ];
  const text = [
    say({ word: 'setup.ask', with: { credits, window } }),
    say({ word: own === undefined ? 'setup.ask.nowhere' : 'setup.ask.zone', with: { zone } }),
    say({ word: 'setup.ask.other', with: { credits, zone: own ?? 'Europe/Berlin', budget: budgetOf(policy) } }),
  ].join(' ');
  return [
    { kind: 'text', text },
    { kind: 'buttons', buttons },
  ];
}

/**
 * Asks a manager of a space for which nothing is settled how it is to be set up, behind a private answer, once a day. What was answered is
 * done by then: it goes out whatever becomes of the question.
 */
export async function question(reply: Reply, call: Call, basis: Basis, tools: WelcomeTools): Promise<Part[]> {
  const manages = levels.indexOf(basis.level) >= levels.indexOf('manager');
  if (!manages || !call.asks || reply.to !== 'private' || basis.why.book.has('space')) return [];
  if (call.origin.step !== undefined || settling.test(call.command)) return [];
  try {
    return (await tools.rules.mayAsk(basis.space)) ? await asked(call, basis, tools) : [];
  } catch (err) {
    tools.log.warn(
      { call: call.key, space: basis.space, err },
      'a manager was not asked how the space is to be set up',
    );
    return [];
  }
}
