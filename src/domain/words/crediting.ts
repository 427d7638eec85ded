import type { LineKind } from '../ledger.ts';
import type { WindowKind } from '../policy.ts';
import { credits, moment, n } from './forms.ts';

interface Entry {
  credits: number;
  job: string;
  /** The other member, whoever was in charge, or the pot's title. */
  who: string | undefined;
}
const by = (who: string | undefined): string => (who === undefined ? '' : ` by ${who}`);
const film = (job: string): string => (job === '' ? '' : ` for ${job}`);
const pot = (who: string | undefined): string => (who === undefined ? '' : `, from the pot ${who}`);

const entries: Record<LineKind, (p: Entry) => string> = {
  hold: (p) => `${credits(p.credits)} set aside${film(p.job)}${pot(p.who)}`,
  capture: (p) => `${credits(p.credits)} paid${film(p.job)}${pot(p.who)}`,
  release: (p) => `${credits(p.credits)} given back${film(p.job)}${p.who === undefined ? '' : `, to the pot ${p.who}`}`,
  grant: (p) => `${credits(p.credits)} granted${by(p.who)}`,
  revoke: (p) => `${credits(p.credits)} taken back${by(p.who)}`,
  gave: (p) => `${credits(p.credits)} given to ${p.who ?? '…'}`,
  got: (p) => `${credits(p.credits)} given by ${p.who ?? '…'}`,
  expire: (p) => `${credits(p.credits)} ran out`,
  correct: (p) =>
    `put right${by(p.who)}: ${credits(Math.abs(p.credits))} ${p.credits < 0 ? 'given back' : 'more spent'}`,
  pledge: (p) => `${credits(p.credits)} put into the pot ${p.who ?? '…'}`,
  return: (p) => `${credits(p.credits)} back from the pot ${p.who ?? '…'}`,
};

/** What could pay instead. */
export const potsOffered = (pots: readonly { title: string; left: number }[]): string =>
  pots.length === 0
    ? ''
    : ` A pot could pay: ask once more with ${pots.map(({ title, left }) => `pot:"${title}" (${left} left)`).join(' or ')}.`;

/** The sentences about credits, in English, by key. */
export const crediting = {
  // What somebody has
  'quota.line': (p: { left: number; allowance: number; granted: number }) =>
    p.granted === 0
      ? `${credits(p.left)} left of ${p.allowance}.`
      : `${credits(p.left)} left, of ${p.allowance} that come anew and ${p.granted} that were granted.`,
  'quota.allowance': 'Allowance',
  'quota.allowance.each': (p: { credits: number; window: WindowKind }) => `${credits(p.credits)} each ${p.window}`,
  'quota.limit': 'Limit',
  'quota.limit.free': (p: { most: number; free: number; window: WindowKind }) =>
    `${credits(p.most)} each ${p.window}, whoever pays; ${p.free} of them ${p.free === 1 ? 'is' : 'are'} free`,
  'quota.granted': 'Granted',
  'quota.granted.lot': (p: { credits: number; expires: number | undefined; timeZone: string }) =>
    `${credits(p.credits)}, ${p.expires === undefined ? 'for as long as they last' : `until ${moment(p.expires, p.timeZone)}`}`,
  'quota.granted.later': 'Granted, lasting longer',
  'quota.byPots': 'For your films, by pots',
  'quota.pledged': 'Of this allowance, put into pots',
  'quota.pot': (p: { title: string }) => `Yours in the pot ${p.title}`,
  'quota.entry': (p: Entry & { kind: LineKind; why: string | undefined }) =>
    entries[p.kind](p) + (p.why === undefined ? '' : ` (${p.why})`),

  // Gifts
  'give.summary': 'Give a member some of the credits that you were granted',
  'give.member': 'Whom',
  'give.credits': 'How many credits',
  'give.note': 'What you would like to say with it',
  'give.nobody': 'That is no person here, or one who is not here any more. Credits are given to members of this place.',
  'give.done': (p: { name: string; credits: number; left: number }) =>
    `You gave ${p.name} ${credits(p.credits)}. They were told. You have ${p.left} left.`,
  'give.untold': (p: { name: string; credits: number; left: number }) =>
    `You gave ${p.name} ${credits(p.credits)}. The bot could not tell them, so do; their /quota shows it. You have ${p.left} left.`,
  'give.got': (p: { name: string; credits: number }) =>
    `${p.name} gave you ${credits(p.credits)} for films. /quota shows what you have.`,
  'give.where': 'Where',

  // Pots
  'pots.summary': 'Pots of credits, for films of a thread or a team',
  'pots.open': 'Open a pot, for this thread or for a team',
  'pots.pledge': 'Put some of your credits into a pot',
  'pots.fund': 'Put new credits into a pot',
  'pots.list': 'The pots that are open here',
  'pots.show': 'Who has what in a pot, and how long it is open',
  'pots.close': 'Close a pot; what is left goes back to each',
  'pots.pot': 'Its title or its id',
  'pots.title': 'What it is called',
  'pots.days': 'Days that it is open',
  'pots.for': 'Whose films it pays',
  'pots.for.thread': 'those asked for in this thread or channel',
  'pots.for.team': 'those of a team',
  'pots.role': 'The team',
  'pots.credits': 'How many credits',
  'pots.role.missing': 'Say which team the pot is for, as role:@film-team.',
  'pots.team.forbidden': 'Only those who moderate open a pot for a team. Anybody can open one for a thread.',
  'pots.close.forbidden': 'Only whoever opened a pot, or somebody who moderates, closes it.',
  'pots.opened': (p: { title: string; id: string; deadline: number; timeZone: string }) =>
    `The pot ${p.title} is open as ${p.id}, until ${moment(p.deadline, p.timeZone)}. Put credits in with /pot pledge, and have it pay with pot:"${p.title}".`,
  'pots.pledged': (p: { title: string; credits: number; left: number }) =>
    `You put ${credits(p.credits)} into the pot ${p.title}, which has ${p.left} now. What it does not use comes back to you.`,
  'pots.funded': (p: { title: string; credits: number; left: number }) =>
    `${credits(p.credits)} put into the pot ${p.title}, which has ${p.left} now.`,
  'pots.ended': (p: { title: string; credits: number; made: number }) =>
    `The pot ${p.title} is closed. ${credits(p.credits)} went back to whoever put ${p.credits === 1 ? 'it' : 'them'} in; what films under way hold follows if they fail.${p.made === 0 ? '' : ` ${credits(p.made)} that those in charge had put in ${p.made === 1 ? 'is' : 'are'} gone.`}`,
  'pots.none': 'No pots are open here. /pot open begins one for this thread.',
  'pots.head': (p: { count: number }) => `${n(p.count, 'pot is', 'pots are')} open here:`,
  'pots.more': (p: { count: number }) => `${p.count} more are open for longer. /pot show tells of one by its title.`,
  'pots.line': (p: { left: number; held: number; deadline: number; timeZone: string; yours: boolean; whose: string }) =>
    `${credits(p.left)} left${p.held === 0 ? '' : `, ${p.held} held by films under way`}; until ${moment(p.deadline, p.timeZone)}; for ${p.whose}` +
    (p.yours ? '' : ' (not for you here)'),
  'pots.whose.here': 'this place',
  'pots.whose.thread': 'another thread',
  'pots.whose.team': 'a team',
  'pots.whose.story': 'a story',
  'pots.whose.challenge': 'a challenge',
  'pots.by': 'Opened by',
  'pots.id': 'Id',
  'pots.what': 'What it has',
  'pots.charge': 'Those in charge',
  'pots.others': 'Others',
  'pots.share': (p: { left: number; held: number }) =>
    `${credits(p.left)} left${p.held === 0 ? '' : `, ${p.held} held by films under way`}`,

  // Receipts
  'receipt.from': 'Paid from',
  'receipt.window': (p: { credits: number }) => `${p.credits} of the allowance`,
  'receipt.workflow': 'the budget for workflows',
  'receipt.granted': (p: { credits: number }) => `${p.credits} of granted credits`,
  'receipt.pot': 'Paid by the pot',
  'receipt.share': (p: { name: string; credits: number }) => `${p.credits} by ${p.name}`,
  'receipt.back': 'Went back',
  'receipt.back.share': (p: { name: string; credits: number }) => `${p.credits} to ${p.name}`,
  'receipt.left': 'Left then',

  // What managers do with somebody's credits
  'credits.summary': 'Credits of members',
  'credits.grant': 'Grant a member credits beside their allowance',
  'credits.revoke': 'Take granted credits back',
  'credits.correct': 'Put right what a member has spent of their allowance',
  'credits.show': 'What a member has, and what it went into',
  'credits.member': 'Whose credits',
  'credits.credits': 'How many credits',
  'credits.correct.credits': 'Credits more spent; below 0, given back',
  'credits.days': 'Days after which they run out; left out, never',
  'credits.reason': 'Why',
  'credits.nobody':
    'That is no person here, or one who is not here any more. Credits are granted to members of this place.',
  'credits.zero': 'Say how many credits: above 0 when more were spent, below 0 to give some back.',
  'credits.granted': (p: { name: string; credits: number; days: number | undefined; left: number }) =>
    `${credits(p.credits)} granted to ${p.name}${p.days === undefined ? '' : `, for ${n(p.days, 'day')}`}. They have ${p.left} now.`,
  'credits.revoked': (p: { name: string; credits: number; left: number }) =>
    `${credits(p.credits)} taken back from ${p.name}. They have ${p.left} now.`,
  'credits.corrected': (p: { name: string; credits: number; spent: number; left: number }) =>
    `${p.credits < 0 ? `${credits(-p.credits)} given back to ${p.name}` : `${credits(p.credits)} more counted as spent by ${p.name}`}. ` +
    `Of their allowance ${p.spent} are spent now, and they have ${p.left}.`,
  'credits.of': (p: { name: string }) => `Credits of ${p.name}:`,
} as const;
