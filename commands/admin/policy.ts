import { type Context, command, type Fact, type Group, type Part } from '../../src/domain/command.ts';
import { csvOf } from '../../src/domain/csv.ts';
import { UserError } from '../../src/domain/errors.ts';
import { forAll, type Rule, type RuleBook, ruleNames, type Subject } from '../../src/domain/rules.ts';
import { say, word } from '../../src/domain/words.ts';
import { answer } from '../answer.ts';
import { clear, set } from './rule.ts';
import { factOf, followingWords, settledWords } from './settled.ts';

/** How many lines stand in the table; all are in the file. */
const listed = 30;
/** Letters of a cell. */
const cell = 60;

const shortened = (text: string): string =>
  [...text].length <= cell ? text : `${[...text].slice(0, cell - 1).join('')}…`;

/** Whom a rule is for, by name where that is known. */
async function subjectWords(subject: Subject, { person }: Pick<Context, 'person'>): Promise<string> {
  if (subject === 'space') return word('policy.rules.all');
  const [kind, id] = subject.split(' ') as ['channel' | 'role' | 'member', string];
  const name = kind === 'member' ? (await person(id))?.name : undefined;
  return say({ word: 'policy.rules.id', with: { kind, id: name ?? id } });
}

/** The rule for all first, then channels, roles and members. */
const order = ['space', 'channel', 'role', 'member'];
const inOrder = (book: RuleBook): [Subject, Rule][] =>
  [...book].sort(([one], [other]) => {
    const by = order.indexOf(one.split(' ')[0] ?? '') - order.indexOf(other.split(' ')[0] ?? '');
    return by || (one < other ? -1 : 1);
  });

/** All rules, a line for each thing that one settles; who or what their ids are, as far as the chat shows that. */
async function rulesOf(book: RuleBook, context: Context): Promise<Part[]> {
  const { window } = (await context.policyOf(forAll)).policy;
  const lines = inOrder(book).flatMap(([subject, rule]) =>
    ruleNames.flatMap((name) => {
      const value = rule[name];
      return value === undefined ? [] : [{ subject, cells: [name, settledWords(name, value, window)] }];
    }),
  );
  if (lines.length === 0) return [{ kind: 'text', text: word('policy.rules.none') }];
  const shown = lines.slice(0, listed);
  const subjects = [...new Set(shown.map(({ subject }) => subject))];
  const named = new Map(
    await Promise.all(subjects.map(async (one) => [one, await subjectWords(one, context)] as const)),
  );
  const head = (['for', 'what', 'value'] as const).map((name) => word(`policy.rules.${name}`));
  const rows = shown.map(({ subject, cells }) => [named.get(subject) ?? subject, ...cells].map(shortened));
  const legend = subjects.flatMap((subject): Fact[] => {
    const [kind, id = ''] = subject.split(' ');
    return kind === 'role' || kind === 'channel'
      ? [{ label: named.get(subject) ?? subject, value: id, refers: kind }]
      : [];
  });
  const file = csvOf(
    head,
    lines.map(({ subject, cells }) => [subject, ...cells]),
  );
  return [
    { kind: 'table', title: word('policy.rules'), head, rows },
    // The studio's channels are called what they are.
    ...(legend.length === 0 || context.call.origin.platform === 'web'
      ? []
      : [{ kind: 'facts', facts: legend } as const]),
    ...(lines.length > listed
      ? [
          { kind: 'text', text: say({ word: 'policy.rules.more', with: { count: lines.length - listed } }) } as const,
          { kind: 'file', name: 'policy.csv', text: file, type: 'text/csv' } as const,
        ]
      : []),
  ];
}

const show = command({
  name: 'show',
  summary: 'policy.show',
  who: 'manager',
  reply: 'private',
  surfaces: ['slash'],
  fields: {
    member: { kind: 'member', label: 'policy.member' },
    channel: { kind: 'channel', label: 'policy.channel' },
    role: { kind: 'role', label: 'policy.role', only: ['discord', 'slack'] },
  },
  run: async ({ member, channel, role }, context) => {
    if (member !== undefined && role !== undefined) throw new UserError('invalid', { word: 'policy.subject' });
    if (member !== undefined && !(await context.person(member))) {
      throw new UserError('unknown', { word: 'policy.person' }, { field: 'member' });
    }
    const { origin } = context.call;
    const asked = role === undefined ? { member, channel } : { member: '', channel, roles: [role] };
    const { policy, decisions, tooNew, book } = await context.policyOf(asked);
    const about: Fact[] = [
      role === undefined
        ? { label: word('policy.holds.member'), value: member ?? origin.user, refers: 'member' }
        : { label: word('policy.holds.role'), value: role, refers: 'role' },
      { label: word('policy.holds.channel'), value: channel ?? origin.channel, refers: 'channel' },
    ];
    const more = [
      ...(tooNew === undefined ? [] : [say({ word: 'policy.new', with: { days: tooNew } })]),
      ...[followingWords(policy, context.window) ?? []].flat(),
    ];
    return answer(
      { kind: 'text', text: word('policy.holds') },
      { kind: 'facts', facts: [...about, ...decisions.map((decision) => factOf(decision, policy))] },
      ...more.map((text): Part => ({ kind: 'text', text })),
      ...(await rulesOf(book, context)),
    );
  },
});

/** What members may have and may do, and why. */
export const policy: Group = { name: 'policy', summary: 'policy.summary', subs: [show, set, clear] };
