import type { WindowKind } from '../policy.ts';
import { credits, list, moment, n } from './forms.ts';

const money = (micros: number): string =>
  (micros / 1e6).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 6 });

/** What is settled of credits and films, and by which rule, in English, by key. */
export const policy = {
  'policy.summary': 'Credits and limits: for all, a channel, a role or a member',
  'policy.show': 'What holds for somebody, which rule says so, and all rules',
  'policy.set': 'Settle it for all, or for one channel, role or member',
  'policy.clear': 'Take a whole rule away',
  'policy.reason': 'Why',
  'policy.member': 'For this member',
  'policy.role': 'For this role or user group',
  'policy.channel': 'For this channel',
  'policy.credits': 'Credits, anew each time',
  'policy.spend': 'Credits that a member may use at a time',
  'policy.once': 'Films under way at once',
  'policy.waiting': 'Films that wait',
  'policy.seconds': 'Seconds of a film',
  'policy.confirm': 'Credits above which the price is asked about first',
  'policy.gifts': 'Credits that may be given away in a day',
  'policy.models': 'Models that may be chosen',
  'policy.models.hint': 'Their ids, with commas between',
  'policy.age': 'Days to be here before there are credits',
  'policy.spoiler': 'Films are posted behind a spoiler',
  'policy.window': 'How often credits come anew, for all',
  'policy.window.day': 'each day',
  'policy.window.week': 'each week',
  'policy.window.month': 'each month',
  'policy.zone': 'Time zone of this place',
  'policy.zone.hint': 'Such as Europe/Berlin or UTC',
  'policy.budget': 'Credits that all together may use at a time',
  'policy.money': 'Money that all together may cost at a time',
  'policy.money.hint': 'Such as 12.50',
  'policy.unset': 'What is settled no more',
  'policy.unset.hint': 'Names such as seconds, models',

  // A value with its name
  'policy.is.credits': (p: { value: number; window: WindowKind }) => `${credits(p.value)} a ${p.window}`,
  'policy.is.spend': (p: { value: number; window: WindowKind }) =>
    `At most ${credits(p.value)} used a ${p.window}, granted ones among them`,
  'policy.is.once': (p: { value: number }) => `At most ${n(p.value, 'film')} under way at once`,
  'policy.is.waiting': (p: { value: number }) => `At most ${n(p.value, 'film')} waiting`,
  'policy.is.seconds': (p: { value: number }) => `At most ${n(p.value, 'second')} a film`,
  'policy.is.confirm': (p: { value: number }) => `The price is asked about first above ${credits(p.value)}`,
  'policy.is.gifts': (p: { value: number }) => `At most ${credits(p.value)} given away a day`,
  'policy.is.models': (p: { value: readonly string[] }) =>
    p.value.length === 0 ? 'No model at all' : `Only ${list(p.value, 'conjunction')}`,
  'policy.is.age': (p: { value: number }) => `Credits only after ${n(p.value, 'day')} here`,
  'policy.is.spoiler': (p: { value: boolean }) => (p.value ? 'Films behind a spoiler' : 'Films without a spoiler'),
  'policy.is.window': (p: { value: WindowKind }) => `New credits each ${p.value}`,
  'policy.is.zone': (p: { value: string }) => `Time zone ${p.value}`,
  'policy.is.budget': (p: { value: number; window: WindowKind }) =>
    `At most ${credits(p.value)} a ${p.window} for all together`,
  'policy.is.money': (p: { value: number; window: WindowKind }) =>
    `At most ${money(p.value)} in money a ${p.window} for all together`,

  // Which rule decided, and why
  'policy.best.most': (p: { count: number }) => `the most generous of ${p.count}`,
  'policy.best.longest': (p: { count: number }) => `the longest of ${p.count}`,
  'policy.best.least': (p: { count: number }) => `the tightest of ${p.count}`,
  'policy.best.both': (p: { count: number }) => `what all ${p.count} rules of it allow`,
  'policy.best.any': (p: { count: number }) => `as one of ${p.count} says`,
  'policy.ranked': (p: { what: string; how: string }) => `${p.what} (${p.how})`,
  'policy.by.default': 'nobody settled it here; this is how it is otherwise',
  'policy.by.space': 'the rule for all',
  'policy.by.channel': 'the rule for this channel',
  'policy.by.member': 'the rule for this member',
  'policy.by.role': (p: { what: string }) => `${p.what}, by the rule for the role`,

  'policy.holds': 'What holds, and which rule says so:',
  'policy.holds.member': 'For',
  'policy.holds.channel': 'In',
  'policy.holds.role': 'With just the role',
  'policy.new': (p: { days: number }) =>
    `Who is new here has no credits of their own before they are here for ${n(p.days, 'day')}, and that is so now.`,
  'balance.new': (p: { price: number; left: number; days: number }) =>
    `This costs ${credits(p.price)} and you have ${p.left}: who is new here has no credits of their own before they are here for ${n(p.days, 'day')}. Nothing was taken.`,
  'quota.new': (p: { days: number }) =>
    `You are new here, so you have no credits of your own yet. They come once you are here for ${n(p.days, 'day')}.`,
  'policy.rules': 'All rules of this place',
  'policy.rules.none': 'There are no rules here; all is as it is without any. /admin policy set makes one.',
  'policy.rules.for': 'For',
  'policy.rules.what': 'What',
  'policy.rules.value': 'Value',
  'policy.rules.all': 'all',
  'policy.rules.more': (p: { count: number }) =>
    `${n(p.count, 'more line')} ${p.count === 1 ? 'is' : 'are'} in the file.`,
  'policy.rules.id': (p: { kind: 'channel' | 'role' | 'member'; id: string }) => `${p.kind} ${p.id}`,
  'policy.follows': (p: { endsAt: number; window: WindowKind; timeZone: string; was: WindowKind }) =>
    `The ${p.was} that stands now goes on until its end, ${moment(p.endsAt, p.timeZone)}. From then on credits come anew each ${p.window}, at midnight in ${p.timeZone}.`,

  // What the first manager of a place is asked
  'setup.summary': 'Settle the credits, the time zone and the budget of this place',
  'setup.less': 'Settle a third of the usual credits',
  'setup.leave': 'Leave it',
  'setup.ask': (p: { credits: number; window: WindowKind }) =>
    `You manage this place, and nobody has settled yet how much may be made here. As it is, each member has ${credits(p.credits)} a ${p.window}, and there is no limit for all together.`,
  'setup.ask.zone': (p: { zone: string }) => `Days begin at midnight in ${p.zone}, as your profile has it.`,
  'setup.ask.nowhere': (p: { zone: string }) =>
    `Days begin at midnight in ${p.zone}, for your own time zone is not known here.`,
  'setup.ask.other': (p: { credits: number; zone: string; budget: number }) =>
    `Choose an amount, or say your own with a budget for all together: /admin setup credits:${p.credits} window:week zone:${p.zone} budget:${p.budget}. All of it can be changed later.`,
  'setup.why': 'set up',
  'setup.known': 'This place is set up already, so nothing was changed. /admin policy show says how.',
  'setup.left':
    'All right, it stays as it is. /admin setup and /admin policy set are there when you want it otherwise.',

  // What was changed
  'policy.done': 'Settled:',
  'policy.done.before': 'That was done before; nothing more was changed. /admin policy show tells how it is now.',
  'policy.done.same': 'That is how it was already; nothing was changed.',
  'policy.done.cleared': 'The rule was taken away:',
  'policy.unsettled': 'not settled',
  'policy.change': (p: { before: string; after: string }) => `${p.before} → ${p.after}`,

  // What is not taken
  'policy.subject': 'A rule is for one member, one role or one channel, or for all when none is named.',
  'policy.nothing': (p: { names: readonly string[] }) =>
    `Say what to settle: ${list(p.names)}; or unset with such names, for what is settled no more.`,
  'policy.spaceOnly': (p: { names: readonly string[] }) =>
    `${list(p.names, 'conjunction')} ${p.names.length === 1 ? 'is' : 'are'} settled for all alone; leave out the member, role or channel.`,
  'policy.person': 'There is no such member here, or it is a bot. Bots ask for no films.',
  'policy.none': 'There is no such rule here. /admin policy show lists those there are.',
  'policy.zone.wrong': (p: { got: string }) =>
    `There is no time zone "${p.got}". Say a name such as Europe/Berlin, America/New_York or UTC.`,
  'policy.money.wrong': 'Say an amount of money with a point before its cents, such as 12.50.',
  'policy.unset.wrong': (p: { got: string; names: readonly string[] }) =>
    `"${p.got}" is nothing that is settled. The names are ${list(p.names, 'conjunction')}.`,
} as const;
