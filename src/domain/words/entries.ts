import type { Preset } from '../challenge.ts';
import { type FilmTerms, filmTerms, n } from './forms.ts';

/** The sentences about films that were there before, and about films that are reported in a vote, in English, by key. */
export const entries = {
  // Entering a film that is there already
  'challenge.submit': 'Enter a film of yours that is there already',
  'challenge.submit.which': 'Your film',
  'challenge.submit.button': (p: { title: string }) => `Enter in ${p.title}`,
  'challenge.submitted': (p: { title: string }) =>
    `Your film is entered in ${p.title}. Until entries close /challenge withdraw takes it out again; the film itself stays where it is.`,
  'challenge.entering': (p: { title: string; preset: Preset }) =>
    p.preset === 'sealed'
      ? `It is your entry in ${p.title}: it comes to you in private, and until entries close everybody else sees its hash alone.`
      : `It is your entry in ${p.title}.`,
  'challenge.mine.hash': 'Its hash, as everybody saw it',
  'challenge.withdrawn':
    'Your film is out of the challenge. It was made for it, so it is deleted, in the chat as well.',
  'challenge.withdrawn.brought':
    'Your film is out of the challenge, and cannot be entered in it again. It was made before, so it stays where it is.',
  'challenge.rule.made':
    'A film of yours that was made since entries opened may be entered too: More under it, or /challenge submit.',
  'challenge.submit.sealed':
    'The films of this challenge are sealed, so they are made for it alone: /challenge enter makes one. Nothing was entered.',
  'challenge.submit.compute':
    'Everybody has the same credits for this challenge, so its films are made with those alone: /challenge enter makes one. Nothing was entered.',
  'challenge.submit.others': 'Only whoever asked for a film can enter it. Nothing was entered.',
  'challenge.submit.state': 'Only a film that stands in the chat can be entered. Nothing was entered.',
  'challenge.submit.private':
    'That film was sent to you alone, and what is entered here is seen by all. Nothing was entered.',
  'challenge.submit.closed':
    'That film is of a closed place, and would be shown to others than those who are let in there. Nothing was entered.',
  'challenge.submit.before': 'That film was made before entries opened. Nothing was entered.',
  'challenge.submit.other': (p: FilmTerms) =>
    `Each film of this challenge: ${filmTerms(p)}. That one is another. Nothing was entered.`,
  'challenge.submit.paid': 'That film was made with credits that are for another challenge. Nothing was entered.',
  'challenge.submit.in': 'That film is in this challenge already.',
  'challenge.submit.was':
    'That film was in this challenge and left it, so it cannot be entered in it again. Nothing was entered.',
  'challenge.submit.elsewhere': 'That film is an entry of another challenge. Nothing was entered.',

  // Reporting a film that is shown by its number
  'challenge.report': 'Tell those who moderate that something is wrong with a film',
  'challenge.report.title': 'Report a film',
  'challenge.report.button': 'Report a film',
  'challenge.report.gone': 'There is no film of that number any more, or not yet.',
  'challenge.report.notice': (p: { title: string; secret: boolean }) =>
    `A member reported a film that is shown by its number in ${p.title}. You are told this once, however many report it.${p.secret ? ' Whose it is stays secret until the vote ends.' : ''}`,
  'challenge.report.challenge': 'Challenge',

  // Taking one out
  'challenge.remove': 'Take out a film that was reported',
  'challenge.remove.title': 'Disqualify a film',
  'challenge.remove.button': 'Disqualify',
  'challenge.delete': 'Delete it everywhere, for its author as well',
  'challenge.delete.hint': 'For what nobody may keep. Nothing brings it back.',
  'challenge.disqualified': (p: { name: string }) => `The film by ${p.name} is out of the challenge.`,
  'challenge.disqualified.number': (p: { number: number }) => `Number ${p.number} is out of the challenge.`,
  'challenge.disqualified.deleted': 'It is deleted everywhere, for its author as well.',
  'challenge.disqualified.forgotten':
    'Its record is not kept any more, so what stands of it in the chat has to be deleted there.',
  'challenge.disqualified.you': (p: { title: string; why: string; deleted: boolean }) =>
    `Your film is out of ${p.title}: ${p.why}. It ${p.deleted ? 'was deleted' : 'stays yours'}.`,
  'challenge.over.delete':
    'The vote is over, and its result stands. A film can still be deleted: say delete:yes. Nothing was changed.',

  // What does not count, because of who was blocked
  'challenge.say.blocked.films': (p: { count: number }) =>
    `${n(p.count, 'film is', 'films are')} left out, for ${p.count === 1 ? 'its author was' : 'their authors were'} blocked.`,
  'challenge.entry.barred': 'not shown, for you were blocked when entries closed',
} as const;
