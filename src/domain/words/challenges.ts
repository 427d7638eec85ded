import type { Phase, Preset, Voting } from '../challenge.ts';
import { credits, type FilmTerms, filmTerms, list, moment, n, nth } from './forms.ts';

const voted: Record<Voting, string> = {
  pairs: 'Whoever votes is shown two films at a time and says which one; each opinion stays secret.',
  one: 'Whoever votes names one film, and may change their mind until the end; each opinion stays secret.',
};
const shown: Record<Preset, string> = {
  open: 'Films are posted as they come.',
  sealed: 'Films stay sealed until entries close: their authors get them in private, and everybody the hash of each.',
};
const states: Record<Phase, string> = {
  announced: 'entries are not open yet',
  open: 'entries are open',
  closing: 'entries are closed; the last films are on their way',
  voting: 'the vote is open',
  ended: 'it has ended',
  cancelled: 'it was called off',
};
/** The sentences about challenges, in English, by key. */
export const challenges = {
  'challenge.summary': 'Challenges: films for one theme, and a vote',
  'challenge.open': 'Open a challenge',
  'challenge.open.title': 'A new challenge',
  'challenge.enter.title': 'Enter a challenge',
  'challenge.enter.button': 'Enter',
  'challenge.vote.button': 'Vote',
  'challenge.show.button': 'Details',
  'challenge.edit': 'Change a challenge before its first entry, or extend it',
  'challenge.enter': 'Make a film for a challenge',
  'challenge.withdraw': 'Take your film out of a challenge',
  'challenge.vote': 'Vote in a challenge',
  'challenge.choose': 'Which film is the better one',
  'challenge.show': 'Where a challenge stands, and what came of it',
  'challenge.cancel': 'Call a challenge off',
  'challenge.disqualify': 'Take a film out of a challenge',

  // Fields
  'challenge.which': 'Which challenge',
  'challenge.which.hint': 'Its title or its id; left out where there is only one',
  'challenge.title': 'Title',
  'challenge.theme': 'What the films are about',
  'challenge.closes': 'When entries close',
  'challenge.when.hint': 'Such as 3d, or 2026-12-01 18:00 by the clocks of this place',
  'challenge.preset': 'What is seen of the films before',
  'challenge.preset.sealed': 'Sealed: nothing until entries close',
  'challenge.preset.open': 'Open: films are posted as they come',
  'challenge.picture': 'A picture for the announcement',
  'challenge.opens': 'When entries open',
  'challenge.votes': 'When the vote ends',
  'challenge.voting': 'How is voted',
  'challenge.voting.pairs': 'Two films at a time: which one?',
  'challenge.voting.one': 'One vote for one film',
  'challenge.entries': 'Films that one member may enter',
  'challenge.seconds': 'Seconds of each film',
  'challenge.model': 'The model of all films',
  'challenge.shape': 'The shape of all films',
  'challenge.compute': 'Credits that everybody who enters has for this alone',
  'challenge.prizes': 'Credits for each place, the first one first',
  'challenge.prizes.hint': 'Such as 50 30 20; 0 for none',
  'challenge.least': 'Entries without which it is called off',
  'challenge.role': 'The role or group that may enter',
  'challenge.ping': 'The role or group that is notified',
  'challenge.prompt': 'What happens in your film',
  'challenge.prompt.hint': 'As the theme of the challenge has it',
  'challenge.film': 'Your film, where you entered several',
  'challenge.number': 'The number of the film',
  'challenge.reason': 'Why',

  // Answers
  'challenge.opened': (p: { title: string; id: string; opensAt: number; closesAt: number; timeZone: string }) =>
    `The challenge ${p.title} stands, as ${p.id}. It is announced when entries open, ${moment(p.opensAt, p.timeZone)}; they close ${moment(p.closesAt, p.timeZone)}. Until the first entry /challenge edit changes anything of it.`,
  'challenge.edited': 'Changed. It is now:',
  'challenge.left': (p: { credits: number }) => `Of your credits for this challenge ${p.credits} are left.`,
  'challenge.entered.you': (p: { title: string }) =>
    `A workflow has a film made in your name, for the challenge ${p.title}. It costs you no credits of your own. /challenge withdraw takes it out again, until entries close.`,
  'challenge.cancelled':
    'It is called off. Those who entered are told, and what they paid for their films comes back to them.',
  'challenge.none': 'There are no challenges here now.',
  'challenge.list': (p: { count: number }) => `${n(p.count, 'challenge')} here:`,
  'challenge.line': (p: { phase: Phase; entries: number; at: number; timeZone: string }) =>
    `${states[p.phase]}; ${n(p.entries, 'film')}; ${moment(p.at, p.timeZone)}`,

  // What is shown
  'challenge.phase': 'Where it stands',
  'challenge.is': (p: { phase: Phase }) => states[p.phase],
  'challenge.count': 'Films',
  'challenge.mine': 'Yours',
  'challenge.ballots': 'Your opinions so far',
  'challenge.code': 'Your name in the tally file, which nobody else is told',
  'challenge.code.author': 'What stands for you there as an author',
  'challenge.rules': 'Rules',
  'challenge.rule.preset': (p: { preset: Preset }) => shown[p.preset],
  'challenge.rule.voting': (p: { voting: Voting }) => voted[p.voting],
  'challenge.rule.entries': (p: { most: number }) => `Each may enter ${n(p.most, 'film')}.`,
  'challenge.rule.film': (p: FilmTerms) => `Each film: ${filmTerms(p)}.`,
  'challenge.rule.compute': (p: { credits: number }) =>
    `Everybody who enters has ${credits(p.credits)} for it that count here alone.`,
  'challenge.rule.prizes': (p: { prizes: readonly number[] }) =>
    `Prizes: ${list(
      p.prizes.map((prize, index) => `${credits(prize)} for the ${nth(index + 1)} place`),
      'conjunction',
    )}.`,
  'challenge.rule.least': (p: { least: number }) => `With fewer than ${n(p.least, 'film')} it is called off.`,
  'challenge.rule.ties':
    'A tie goes to whoever won more of the duels between those tied, then to whoever entered first.',

  'challenge.entry.asked': 'not taken yet',
  'challenge.entry.made': 'being made',
  'challenge.entry.in': 'entered',
  'challenge.entry.failed': 'no film came of it',
  'challenge.entry.withdrawn': 'withdrawn',
  'challenge.entry.disqualified': 'disqualified',
  'challenge.entry.deleted': 'deleted',

  // What is asked of voters
  'challenge.which.one': 'Which one?',
  'challenge.number.n': (p: { number: number }) => `Number ${p.number}`,
  'challenge.neither': 'I cannot tell',
  'challenge.voted.all': (p: { count: number }) =>
    `You have judged all that there is for you to judge: ${n(p.count, 'pair')}. Thank you.`,
  'challenge.voted.so': (p: { count: number }) =>
    `Noted, which makes ${p.count}. Each more makes the result surer; stop whenever you like.`,
  'challenge.named': (p: { number: number }) => `Noted: Number ${p.number}. Until the vote ends you may name another.`,
  'challenge.name.one': 'Which one is the best? /challenge vote number:7 names one.',

  // What the bot says to all
  'challenge.say.opened': (p: { title: string }) => `A challenge: ${p.title}`,
  'challenge.say.theme': 'Theme',
  'challenge.say.closes': 'Entries close',
  'challenge.say.votes': 'The vote ends',
  'challenge.say.sealed': (p: { commitment: string }) => `A film was entered and sealed: ${p.commitment}`,
  'challenge.say.lastDay': (p: { title: string }) => `The last day to enter ${p.title}.`,
  'challenge.say.voting': (p: { title: string; count: number }) =>
    `Entries for ${p.title} are closed. Here are ${n(p.count, 'film')}, numbered and without names. Which is the best?`,
  'challenge.say.seal': 'Seal of all entries',
  'challenge.say.ended': (p: { title: string }) => `The result of ${p.title}`,
  'challenge.say.few': (p: { title: string; count: number; least: number }) =>
    `${p.title} is called off: ${p.count === 0 ? 'there is no film to show' : `there are ${n(p.count, 'film')}, and ${p.least} were needed`}. What was paid for films comes back.`,
  'challenge.say.nobody': (p: { title: string }) =>
    `${p.title} has ended. There is no film to show, so there is no result.`,
  'challenge.say.cancelled': (p: { title: string; why: string }) =>
    `${p.title} is called off: ${p.why}. What was paid for films comes back.`,
  'challenge.page': 'Page',
  'challenge.say.tally': 'SHA-256 of the tally file',
  'challenge.say.blocked': (p: { count: number }) =>
    `${n(p.count, 'opinion')} of voters who were blocked meanwhile ${p.count === 1 ? 'is' : 'are'} left out.`,
  'challenge.place': 'Place',
  'challenge.film.number': 'Film',
  'challenge.author': 'By',
  'challenge.score': 'Chance to beat the average, %',
  'challenge.range': '95 %',
  'challenge.votes.count': 'Votes',
  'challenge.won': (p: { title: string; place: number; credits: number }) =>
    `Your film came ${nth(p.place)} in ${p.title}.${p.credits === 0 ? '' : ` ${credits(p.credits)} ${p.credits === 1 ? 'is' : 'are'} yours.`}`,
  'challenge.first': (p: { place: number; name: string }) => `${nth(p.place)}, by ${p.name}`,
  'challenge.prize': (p: { title: string; place: number }) => `${nth(p.place)} place in ${p.title}`,
  'challenge.refund': (p: { title: string }) => `${p.title} was called off`,

  // Refusals
  'challenge.times':
    'Entries have to close after they open, and the vote after that, and both in the time to come. Say when, such as 3d or 2026-12-01 18:00.',
  'challenge.many': (p: { most: number }) =>
    `${n(p.most, 'challenge is', 'challenges are')} under way here, which is as many as there may be.`,
  'challenge.changed':
    'Somebody changed it, or entered, at the same moment, so nothing was changed. Look at it, and say it again.',
  'challenge.fixed': (p: { names: readonly string[] }) =>
    `Somebody has entered by its rules, so ${list(p.names, 'conjunction')} ${p.names.length === 1 ? 'stays' : 'stay'} as ${p.names.length === 1 ? 'it is' : 'they are'}. It can still be extended.`,
  'challenge.sooner': 'Somebody has entered, so it can be extended and not cut short.',
  'challenge.other':
    'Its rules were changed meanwhile, so nothing was taken. Look at them with /challenge show, and ask again.',
  'challenge.entry.soon': 'That film is just being taken. Try again in a moment.',
  'challenge.number.alone': 'Say the number of the film, as it is shown.',
  'challenge.unshown': 'the chat did not let the films be shown',
  'challenge.closed': 'Entries are not open. Nothing was taken.',
  'challenge.most': 'As many films are entered as one member may enter. Nothing was taken.',
  'challenge.full': 'There are as many entries as a challenge can have. Nothing was taken.',
  'challenge.unknown': 'There is no challenge of that name here. /challenge show lists what there is.',
  'challenge.none.now': 'There is no challenge here for that now. /challenge show lists what there is.',
  'challenge.several': 'Several are under way here. Say which, by its title or its id; /challenge show lists them.',
  'challenge.role.missing': 'Only those of a certain role may enter this one. Nothing was taken.',
  'challenge.prizes.wrong': (p: { most: number }) =>
    `Prizes are whole credits with blanks between, ${p.most} at the most, such as 50 30 20.`,
  'challenge.entry.none': 'You have no film in this challenge.',
  'challenge.entry.several': (p: { jobs: readonly string[] }) =>
    `You entered several films. Say which: ${list(p.jobs)}.`,
  'challenge.entry.unknown': 'There is no such film in this challenge.',
  'challenge.withdraw.late': 'Entries are closed: a film can be taken out no more.',
  'challenge.vote.closed': 'There is no vote now.',
  'challenge.vote.own': 'That film is your own.',
  'challenge.vote.few': 'There are too few films of others for you to compare.',
  'challenge.vote.gone': 'That question was answered, or is another by now. Here is the present one:',
  'challenge.over': 'It is over; nothing was changed.',
  'when.unknown': (p: { got: string }) =>
    `"${p.got}" is no time that I know. Say how long from now, such as 3d or 1d 6h, or when, such as 2026-12-01 18:00.`,
  'when.far': 'That is more than a year ahead.',
};
