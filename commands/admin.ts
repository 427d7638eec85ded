import { type Command, type Context, command, type Reply } from '../src/domain/command.ts';
import { UserError } from '../src/domain/errors.ts';
import { workflowMember } from '../src/domain/origin.ts';
import type { Settings } from '../src/domain/settings.ts';
import { moment, say, word } from '../src/domain/words.ts';
import { audit } from './admin/audit.ts';
import { jobs } from './admin/jobs.ts';
import { report } from './admin/report.ts';

const managed = { who: 'manager', reply: 'private', surfaces: ['slash'], only: ['slack'] } as const;

/** The settings as they are, and what is left for workflows in this window. */
async function shown(settings: Settings, { desk, space, window, policy }: Context): Promise<Reply> {
  const { workflowCredits, moderators, managers, guests, strangers } = settings;
  const { left, renewsAt } = await desk.quota(space, workflowMember, window, workflowCredits);
  const amount = (credits: number) => say({ word: 'amount.credits', with: { credits } });
  const answer = (yes: boolean) => word(yes ? 'admin.yes' : 'admin.no');
  const facts = [
    { label: word('admin.workflows'), value: amount(workflowCredits) },
    { label: word('admin.workflows.left'), value: amount(left) },
    { label: word('quota.renews'), value: moment(renewsAt, policy.timeZone) },
    { label: word('admin.moderators'), value: moderators ?? word('admin.nobody') },
    { label: word('admin.managers'), value: managers ?? word('admin.nobody') },
    { label: word('admin.guests'), value: answer(guests) },
    { label: word('admin.strangers'), value: answer(strangers) },
  ];
  return { to: 'private', jobs: [], parts: [{ kind: 'facts', facts }] };
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
  fields: {
    workflows: { kind: 'integer', label: 'admin.workflows', min: 0, max: 1_000_000 },
    moderators: { kind: 'role', clears: true, label: 'admin.moderators' },
    managers: { kind: 'role', clears: true, label: 'admin.managers' },
    guests: { kind: 'boolean', label: 'admin.guests' },
    strangers: { kind: 'boolean', label: 'admin.strangers' },
  },
  run: async ({ workflows, moderators, managers, guests, strangers }, context) => {
    const change: Partial<Settings> = {
      ...(workflows === undefined ? {} : { workflowCredits: workflows }),
      ...(moderators === undefined ? {} : { moderators }),
      ...(managers === undefined ? {} : { managers }),
      ...(guests === undefined ? {} : { guests }),
      ...(strangers === undefined ? {} : { strangers }),
    };
    if (Object.keys(change).length === 0) throw new UserError('invalid', { word: 'admin.nothing' });
    const { space, call } = context;
    return shown(await context.settings.change(space, change, call.origin.user), context);
  },
});

/** What those who manage a space settle for it. */
export const admin: Command = { name: 'admin', summary: 'admin.summary', subs: [settings, set, report, jobs, audit] };
