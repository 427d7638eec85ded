import {
  type Command,
  type Context,
  command,
  type Fact,
  type Fields,
  findCommand,
  nobody,
  type Reply,
  type Values,
} from '../src/domain/command.ts';
import { UserError } from '../src/domain/errors.ts';
import { workflowMember } from '../src/domain/origin.ts';
import { pausedAt, type Settings, type SettingsChange } from '../src/domain/settings.ts';
import { moment, say, word } from '../src/domain/words.ts';
import { audit } from './admin/audit.ts';
import { block } from './admin/block.ts';
import { creditsOfMembers } from './admin/credits.ts';
import { intake } from './admin/intake.ts';
import { jobs } from './admin/jobs.ts';
import { policy } from './admin/policy.ts';
import { report } from './admin/report.ts';
import { setup, setupLeave, setupLess } from './admin/setup.ts';
import { answer, managed } from './answer.ts';

/** The studio has no roles, and who runs it stands in the operator's settings. */
const chats = ['discord', 'slack'] as const;

const fields = {
  moderators: { kind: 'role', label: 'admin.moderators', clears: true, only: chats },
  managers: { kind: 'role', label: 'admin.managers', clears: true, only: chats },
  staff: { kind: 'channel', label: 'admin.staff', clears: true },
  workflows: { kind: 'integer', label: 'admin.workflows', min: 0, max: 1_000_000, only: ['slack'] },
  guests: { kind: 'boolean', label: 'admin.guests', only: ['slack'] },
  strangers: { kind: 'boolean', label: 'admin.strangers', only: ['slack'] },
  // Where a role or a channel is picked from a list, nobody is not on it.
  clear: {
    ...{ kind: 'choice', label: 'admin.clear', only: ['discord'] },
    choices: [
      { value: 'moderators', label: 'admin.clear.moderators' },
      { value: 'managers', label: 'admin.clear.managers' },
      { value: 'staff', label: 'admin.clear.staff' },
    ],
  },
  reason: { kind: 'text', label: 'policy.reason', max: 200 },
} as const satisfies Fields;

/** What is left for workflows in this window. */
async function leftForWorkflows({ desk, space, window, policy }: Context, credits: number): Promise<Fact[]> {
  const { left, renewsAt } = await desk.quota(space, workflowMember, { window, allowance: credits });
  return [
    { label: word('admin.workflows.left'), value: say({ word: 'amount.credits', with: { credits: left } }) },
    { label: word('quota.renews'), value: moment(renewsAt, policy.timeZone), at: renewsAt },
  ];
}

/** The settings as they are, as far as this chat has what they are about. */
async function shown(settings: Settings, context: Context): Promise<Reply> {
  const { workflowCredits, moderators, managers, staff, guests, strangers } = settings;
  const has = fieldsHere(context);
  const paused = pausedAt(settings, Date.now());
  const label = (name: keyof typeof fields) => word(fields[name].label);
  const group = (name: 'moderators' | 'managers', role: string | undefined): Fact =>
    role === undefined
      ? { label: label(name), value: word('admin.nobody') }
      : { label: label(name), value: role, refers: 'role' };
  const either = (name: 'guests' | 'strangers', yes: boolean): Fact => ({
    ...{ label: label(name), value: word(yes ? 'admin.yes' : 'admin.no') },
  });
  const credits = say({ word: 'amount.credits', with: { credits: workflowCredits } });
  const facts: Fact[] = [
    ...(has('workflows')
      ? [{ label: label('workflows'), value: credits }, ...(await leftForWorkflows(context, workflowCredits))]
      : []),
    ...(has('moderators') ? [group('moderators', moderators)] : []),
    ...(has('managers') ? [group('managers', managers)] : []),
    staff === undefined
      ? { label: label('staff'), value: word('admin.nowhere') }
      : { label: label('staff'), value: staff, refers: 'channel' },
    ...(paused
      ? [
          {
            label: word('intake.state'),
            value: say({
              word: 'intake.state.paused',
              with: { why: paused.why, until: paused.until, timeZone: context.policy.timeZone },
            }),
          },
        ]
      : []),
    ...(has('guests') ? [either('guests', guests)] : []),
    ...(has('strangers') ? [either('strangers', strangers)] : []),
  ];
  return answer({ kind: 'facts', facts });
}

/** The names of what can be settled in this chat. */
const namesHere = ({ commands }: Context): string[] =>
  Object.keys(findCommand(commands, 'admin set')?.fields ?? {}).filter((name) => name !== 'reason');
const fieldsHere = (context: Context) => {
  const names = namesHere(context);
  return (name: keyof typeof fields): boolean => names.includes(name);
};

/** What was given, as a change of the settings; nobody and no channel unsettle. */
function changeOf({ workflows, guests, strangers, clear, reason: _, ...ids }: Values<typeof fields>): SettingsChange {
  const settled = Object.entries(ids).flatMap(([name, id]) =>
    id === undefined ? [] : [[name, id === nobody ? null : id] as const],
  );
  return {
    ...(clear === undefined ? {} : { [clear]: null }),
    ...Object.fromEntries(settled),
    ...(workflows === undefined ? {} : { workflowCredits: workflows }),
    ...(guests === undefined ? {} : { guests }),
    ...(strangers === undefined ? {} : { strangers }),
  };
}

const settings = command({
  ...managed,
  name: 'settings',
  summary: 'admin.settings',
  fields: {},
  run: async (_values, context) => shown(await context.settings.read(context.space), context),
});

const set = command({
  ...managed,
  name: 'set',
  summary: 'admin.set',
  fields,
  run: async (values, context) => {
    const change = changeOf(values);
    if (Object.keys(change).length === 0) {
      throw new UserError('invalid', { word: 'admin.nothing', with: { names: namesHere(context) } });
    }
    const { space, call } = context;
    for (const field of ['moderators', 'managers'] as const) {
      // Discord's role of everybody has the server's own id.
      if (values[field] === call.origin.space) throw new UserError('invalid', { word: 'admin.everybody' }, { field });
    }
    return shown(await context.settings.change(space, change, call.origin.user), context);
  },
});

/** What those who manage a space settle for it. */
export const admin: Command = {
  name: 'admin',
  summary: 'admin.summary',
  subs: [settings, set, report, jobs, audit, block, creditsOfMembers, intake, policy, setup, setupLess, setupLeave],
};
