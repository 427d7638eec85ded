import { challenges } from './challenges.ts';
import { crediting } from './crediting.ts';
import { entries } from './entries.ts';
import { films } from './films.ts';
import { credits, n } from './forms.ts';
import { managing } from './managing.ts';
import { moderation } from './moderation.ts';
import { pages } from './pages.ts';
import { policy } from './policy.ts';
import { refusals } from './refusals.ts';
import { seasons } from './seasons.ts';

/** The sentences in English, by key. */
export const en = {
  ...moderation,
  ...managing,
  ...crediting,
  ...policy,
  ...films,
  ...refusals,
  ...challenges,
  ...entries,
  ...pages,
  ...seasons,

  // Commands and their fields
  'video.summary': 'Make a video from words, and a picture if you like',
  'video.title': 'Make a video',
  'video.prompt': 'What happens in the film',
  'video.prompt.hint': 'A paper boat in the rain, drifting down a gutter',
  'video.image': 'A picture to begin with',
  'video.image.hint': 'It becomes the first frame. No real people: the video service refuses them.',
  'video.seconds': 'Seconds',
  'video.shape': 'Shape',
  'video.shape.landscape': 'Landscape',
  'video.shape.portrait': 'Portrait',
  'video.shape.square': 'Square',
  'video.resolution': 'Resolution',
  'video.resolution.hint': 'A tier such as 1K; the nearest one is taken',
  'video.size': 'Exact size',
  'video.size.hint': 'Such as 1365x768; wins over shape and resolution',
  'video.model': 'Model',
  'video.original': 'Originals only',
  'video.original.hint': 'Declined by the service if it shows known characters or brands',
  'video.characters': 'Characters',
  'video.characters.hint': 'Ids of characters made at the service; the prompt calls them by name',
  'video.message': 'Make a video of this',
  'video.step': 'Generate a video',
  'video.spoiler': 'Behind a spoiler',
  'video.spoiler.hint': 'Covered until somebody clicks on it',
  'video.pot': 'A pot that pays',
  'video.pot.hint': 'Its title or id, from /pot list; left out, you pay',
  'video.count': 'How many films',
  'video.count.hint': '1 to 4, each paid on its own',
  'jobs.summary': 'Your films and where they are',
  'jobs.job': 'One of them',
  'quota.summary': 'Your credits and what they went into',
  'help.summary': 'What you can ask for, and how',
  'help.topic': 'A command',
  'film.summary': 'What you can do with a film',
  'film.job': 'The film',
  'film.cancel': 'Cancel',
  'film.cancel.nth': (p: { n: number }) => `Cancel ${p.n}`,
  'film.again': 'Make it again',
  'film.redeliver': 'Post it again',
  'film.details': 'Details',
  'film.delete': 'Delete',
  'film.remove': 'Delete it for good',
  'film.report': 'Report',
  'film.more': 'More',
  'film.more.none': 'There is nothing else to do with this film now.',
  'film.more.head': 'More for this film:',
  'mentions.summary': 'Whether a film of yours notifies you',
  'mentions.on': 'Notify me when a film of mine arrives',
  'mentions.off': 'Do not notify me of my films',
  'mentions.on.done': 'From now on you are notified when a film of yours arrives.',
  'mentions.off.done': 'From now on your films arrive quietly. Turn it back on with /mentions on.',
  'admin.summary': 'For those who run this place',
  'admin.settings': 'How things are settled here',
  'admin.set': 'Settle something anew',
  'admin.workflows': 'Credits for workflows, anew each time',
  'admin.workflows.left': 'Left for workflows now',
  'admin.moderators': 'Moderators (a role or user group)',
  'admin.managers': 'Managers (a role or user group), besides those who run the place',
  'admin.staff': 'Where those in charge are told of things',
  'admin.clear': 'What is settled no more',
  'admin.clear.moderators': 'Moderators',
  'admin.clear.managers': 'Managers',
  'admin.clear.staff': 'The channel of those in charge',
  'admin.guests': 'Guests may ask for films',
  'admin.strangers': 'People of other workspaces may ask for films',
  'admin.nobody': 'nobody',
  'admin.nowhere': 'nowhere',
  'admin.yes': 'yes',
  'admin.no': 'no',
  'order.summary': 'Your answer to a price',
  'order.make': 'Make it',
  'order.drop': 'Never mind',
  'order.quote': 'Which of the choices',

  // The price, said before anything is taken
  'quote.price': (p: { count: number; price: number; seconds: number; size: string; model: string }) =>
    `${p.count === 1 ? `A film of ${n(p.seconds, 'second')}` : `${p.count} films of ${n(p.seconds, 'second')} each`} at ${p.size} by ${p.model} ` +
    `${p.count === 1 ? 'costs' : 'cost'} ${credits(p.price)}. Nothing is taken before you choose.`,
  'quote.short': 'What you have is enough for what follows; nothing is taken before you choose.',
  'quote.unfunded':
    'The people who run this bot set an amount for a while, and what is left of it does not cover this. It covers what follows; nothing is taken before you choose.',
  'quote.left': 'Left afterwards',
  'quote.money': 'Money',
  'quote.make': (p: { count: number; price: number }) =>
    `Make ${p.count === 1 ? 'it' : `all ${p.count}`} for ${credits(p.price)}`,
  'quote.shorter': (p: { count: number; seconds: number; price: number }) =>
    `${p.count === 1 ? '' : `${p.count} × `}${n(p.seconds, 'second')} for ${credits(p.price)}`,
  'quote.other': (p: { model: string; count: number; seconds: number; price: number }) =>
    `${p.model}, ${p.count === 1 ? '' : `${p.count} × `}${n(p.seconds, 'second')}, for ${credits(p.price)}`,
  'quote.dropped': 'All right, nothing was taken.',

  // Answers
  accepted: (p: {
    count: number;
    price: number;
    left: number;
    size: string;
    seconds: number;
    pot: string | undefined;
  }) =>
    `${p.count === 1 ? 'Your film is' : `Your ${p.count} films are`} on the way: ${n(p.seconds, 'second')}${p.count === 1 ? '' : ' each'} at ${p.size}. ` +
    `${credits(p.price)} ${p.price === 1 ? 'is' : 'are'} set aside${p.pot === undefined ? `, ${p.left} left. You pay` : ` by the pot ${p.pot}, which has ${p.left} left. It pays`} only for what arrives, and ${p.pot === undefined ? '' : 'you '}can cancel for free while it waits.`,
  'accepted.shape': (p: { asked: string; size: string; model: string }) =>
    `${p.model} makes nothing that is ${p.asked}; the nearest it makes is ${p.size}.`,
  'accepted.retired': (p: { model: string; instead: string }) =>
    `${p.model} is not made any more; ${p.instead} makes this one.`,
  'accepted.away': (p: { model: string; instead: string }) =>
    `${p.model} is not on offer right now; ${p.instead} makes this one.`,
  'accepted.cropped': 'Your picture was cropped to the shape of the film.',
  'accepted.id': 'Job',
  'accepted.price': 'Price',
  'accepted.left': 'Left',
  'accepted.left.pot': (p: { pot: string }) => `Left in the pot ${p.pot}`,
  'amount.credits': (p: { credits: number }) => credits(p.credits),
  /** Millionths of the operator's currency, which has no name here. */
  'amount.money': (p: { micros: number }) =>
    (p.micros / 1e6).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 4 }),
  'cancel.released': (p: { credits: number }) =>
    `Cancelled. ${credits(p.credits)} ${p.credits === 1 ? 'is' : 'are'} yours again.`,
  'cancel.returned': (p: { credits: number }) => `Cancelled. ${credits(p.credits)} went back to whoever paid.`,
  'cancel.asked':
    'The film is already being made, so the service was asked to stop it. If it arrives all the same it will be posted and paid for; if not, you get the credits back.',
  'cancel.late': 'This film has already ended; there is nothing to cancel.',
  'delete.sure':
    'Delete this film for good? It is taken out of the chat, and nobody can bring it back. What was paid for it stays paid.',
  'delete.sure.before':
    'Delete this film for good? It is not posted yet, and then never will be. Nothing is paid for it.',
  'delete.done': 'It is being taken out of the chat.',
  'delete.before': 'It will not be posted, and nothing is paid for it.',
  'delete.known': 'This film was removed before.',
  'delete.nothing': 'There is no film to delete.',
  'report.reason': 'What is wrong with it',
  'report.done': 'Thank you. Those who look after this place have been told, and need nothing more from you.',
  'report.removed': 'Thank you; this film was removed already.',
  'report.nobody':
    'The bot knows nobody here whom it could tell of this, so nobody was told. Please tell somebody who looks after this place yourself.',
  'report.later':
    'Those who look after this place could not be told just now. Please report the film once more in a minute.',
  'report.often': 'You have reported many films within an hour. Please wait a while before you report another one.',
  'report.notice': 'A member reported a film. You are told this once, however many report it.',
  'report.remove': 'Remove the film',
  'report.by': 'Reported by',
  'report.count': 'Members who reported it',
  'report.asked': 'Asked for by',
  'report.when': 'Asked for',
  'report.where': 'Where',
  'redeliver.removed': 'This film was removed, so it is not posted again.',
  'redeliver.again': 'It will be posted once more where it was asked for, for free.',
  'redeliver.retry': 'It gets another try.',
  'redeliver.notYet': 'There is no finished film to post yet.',
  'jobs.none': 'You have made no films here yet. Try /video with a few words.',
  'jobs.title': (p: { count: number }) => (p.count === 1 ? 'Your last film:' : `Your last ${p.count} films:`),
  'quota.held': 'Set aside for films under way',
  'quota.spent': 'Spent on films that arrived',
  'quota.renews': 'New credits',
  'help.intro':
    'Say what should happen in the film and it comes back to this thread. You pay with credits, by the second, and only for films that arrive.',
  'help.field.required': 'needed',
  'details.prompt': 'Prompt',
  'details.model': 'Model',
  'details.size': 'Size',
  'details.seconds': 'Seconds',
  'details.price': 'Credits',
  'details.state': 'State',
  'details.by': 'Asked by',
} as const;
