import type { Preset, Voting } from '../challenge.ts';
import type { ViewPhase } from '../challengeView.ts';
import { moment, n, nth } from './forms.ts';

const phases: Record<ViewPhase, string> = {
  announced: 'Coming up',
  open: 'Entries are open',
  closing: 'Entries are closed',
  voting: 'The vote is open',
  counting: 'The vote has ended',
  ended: 'The result',
  cancelled: 'Called off',
};
const before: Record<Preset, string> = {
  sealed: 'Every film stays sealed until entries close: until then nobody but its author sees it, here or in the chat.',
  open: 'The films stand in the chat, as they come.',
};
const votes: Record<Voting, string> = {
  pairs:
    'You are shown two films at a time and say which one is better. Stop whenever you like: each answer makes the result surer.',
  one: 'You name the number of the film that you like best, and may change your mind until the vote ends.',
};
const score: Record<Voting, (score: number) => string> = {
  pairs: (value) => `${value.toFixed(1)} %`,
  one: (value) => n(value, 'vote'),
};

/** The sentences of pages that everybody may open, in English, by key. */
export const pages = {
  'page.skip': 'Skip to the page',
  'page.title': (p: { title: string }) => `${p.title} · Dailies`,
  'page.foot': 'Made with Dailies, a bot with which a community makes videos together on its own server.',
  'page.phase': (p: { phase: ViewPhase }) => phases[p.phase],
  'page.picture': 'The picture of this challenge',
  'page.opens': 'Entries open',
  'page.opened': 'Entries opened',
  'page.closes': 'Entries close',
  'page.closed': 'Entries closed',
  'page.votes': 'The vote ends',
  'page.voted': 'The vote ended',
  'page.so.far': 'Films so far',
  'page.films': 'Films',
  'page.opinions': 'Opinions',
  'page.ballots': 'Votes',
  'page.before': (p: { preset: Preset }) => before[p.preset],
  'page.enter': 'How to enter',
  'page.enter.soon': 'When entries open, it is announced in the chat, with a button to enter.',
  'page.enter.how': (p: { button: string }) =>
    `Press “${p.button}” under the announcement in the chat, and say what happens in your film.`,
  'page.enter.made': (p: { button: string }) =>
    `Or take a film of your own that was made since entries opened: press “${p.button}” under it in the chat.`,
  'page.closing': 'The last films are on their way. When all are there, they are shown here, and the vote begins.',
  'page.vote': 'How to vote',
  'page.vote.how': (p: { voting: Voting; button: string }) =>
    `Press “${p.button}” under the announcement in the chat. ${votes[p.voting]}`,
  'page.vote.own': 'Nobody is asked about a film of their own, and nobody is told who voted for which.',
  'page.counting': 'The votes are being counted. The result will be here in a moment.',
  'page.number': (p: { number: number }) => `Number ${p.number}`,
  'page.film.label': (p: { number: number }) => `Film number ${p.number}`,
  'page.film.by': (p: { number: number; name: string }) => `Film number ${p.number}, by ${p.name}`,
  'page.film.gone': 'This film is not shown any more.',
  'page.film.covered': 'Covered by whoever made it. Show it',
  'page.none': 'No film is left in it, so there is no ranking.',
  'page.ranking': 'The ranking',
  'page.place': (p: { place: number }) => nth(p.place),
  'page.score': (p: { voting: Voting; score: number }) => score[p.voting](p.score),
  'page.score.means': 'chance to beat the average film here',
  'page.interval': (p: { low: number; high: number }) => `95 % sure: ${p.low.toFixed(0)} to ${p.high.toFixed(0)} %`,
  'page.duels': (p: { wins: number; duels: number }) => `won ${p.wins} of ${n(p.duels, 'duel')}`,
  'page.check': 'Check it yourself',
  'page.check.how':
    'The tally has every opinion under a code that only its voter knows. Save it, and let a copy of Dailies reckon the result anew and hold it against the two hashes, which were posted in the chat as well:',
  'page.tally': 'Save the tally',
  'page.tally.hash': 'SHA-256 of the tally',
  'page.seal': 'Seal of all entries, said before the vote',
  'page.rules': 'Rules',
  'page.season': 'Counts in the season',
  'page.few': (p: { count: number; least: number }) =>
    p.count === 0 ? 'There was no film to show.' : `There were ${n(p.count, 'film')}, and ${p.least} were needed.`,
  'page.cancelled': 'This challenge was called off, and what was paid for films came back.',
  'page.why': 'Why',
  'page.missing': 'There is nothing here',
  'page.missing.why':
    'Either there is no such page, or it is not for everybody. A link from a closed place works for a week; ask there for a new one.',
  'page.away': 'Back in a moment',
  'page.broken': 'Something broke',

  // What a chat shows of a link
  'page.about.announced': (p: { theme: string; at: number; zone: string }) =>
    `${p.theme}. Entries open ${moment(p.at, p.zone)}.`,
  'page.about.open': (p: { theme: string; count: number; at: number; zone: string }) =>
    `${p.theme}. ${n(p.count, 'film')} so far; entries close ${moment(p.at, p.zone)}.`,
  'page.about.closing': (p: { theme: string }) => `${p.theme}. Entries are closed; the vote begins soon.`,
  'page.about.voting': (p: { theme: string; count: number; at: number; zone: string }) =>
    `${p.theme}. ${n(p.count, 'film')}, numbered and without names; the vote ends ${moment(p.at, p.zone)}.`,
  'page.about.counting': (p: { theme: string; count: number }) =>
    `${p.theme}. ${n(p.count, 'film')}; the votes are being counted.`,
  'page.about.ended': (p: { theme: string; name: string; count: number }) =>
    `${p.theme}. ${n(p.count, 'film')}, and the first place goes to ${p.name}.`,
  'page.about.none': (p: { theme: string }) => `${p.theme}. It has ended without a ranking.`,
  'page.about.cancelled': (p: { theme: string }) => `${p.theme}. This challenge was called off.`,
};
