import { list, moment, n } from './forms.ts';

/** The sentences about seasons, in English, by key. */
export const seasons = {
  'season.summary': 'Open or close a season of points; challenges of closed places never count in one',
  'season.standings': 'Points over the challenges of a season',
  'season.history': 'Places and points in past challenges, yours or of another',
  'season.hall': 'Who won the challenges and seasons of this space',

  // Fields
  'season.action': 'What to do',
  'season.action.open': 'Open a new season',
  'season.action.close': 'Close the season that runs',
  'season.title': 'What the season is called',
  'season.title.hint': 'To close one it may be left out',
  'season.which': 'Which season',
  'season.which.hint': 'Its name or id; left out, the one that runs',
  'season.member': 'Of whom; you, if left out',
  'season.page': 'Which page',

  // Answers
  'season.rule': (p: { points: readonly number[] }) =>
    `The first ${p.points.length} places of a challenge are worth ${list(p.points, 'conjunction')} points, every later place ${n(p.points.at(-1) ?? 0, 'point')}; of several films of one member the best placed counts. ` +
    'Ties go to whoever has more first places, then more second places, and so on; those who are still level share a rank. ' +
    'A challenge counts in the season that runs when its result is told; challenges of closed places never count.',
  'season.opened': (p: { name: string; id: string }) =>
    `The season ${p.name} runs from now on, as ${p.id}, until /challenge season action:close. Every challenge of this space counts whose result is told meanwhile, but for those of places that are closed to others: they never count.`,
  'season.closed': (p: { name: string }) => `The season ${p.name} is closed. Its standings stay as they are now:`,
  'season.runs': (p: { name: string; from: number; timeZone: string }) =>
    `${p.name}, since ${moment(p.from, p.timeZone)}`,
  'season.ran': (p: { name: string; from: number; to: number; timeZone: string }) =>
    `${p.name}, from ${moment(p.from, p.timeZone)} to ${moment(p.to, p.timeZone)}`,
  'season.rank': 'Rank',
  'season.who': 'Who',
  'season.points': 'Points',
  'season.firsts': 'Firsts',
  'season.challenges': 'Challenges',
  'season.empty': 'No challenge counts in it yet.',
  'season.own': 'You',
  'season.own.line': (p: { rank: number; points: number }) => `rank ${p.rank}, with ${n(p.points, 'point')}`,
  'season.won': 'Won by',
  'season.paged': (p: { page: number; pages: number }) =>
    `Page ${p.page} of ${p.pages}. For another: page:${p.page < p.pages ? p.page + 1 : 1}`,
  'season.history.of': (p: { name: string; count: number; points: number }) =>
    `${p.name}: ${n(p.count, 'challenge')}, ${n(p.points, 'point')} in seasons`,
  'season.history.none': 'None of your films has had a place in a challenge here.',
  'season.history.none.of': 'No film of theirs has had a place in a challenge here.',
  'season.challenge': 'Challenge',
  'season.ended': 'Ended',
  'season.place': 'Place',
  'season.place.of': (p: { place: number; films: number }) => `${p.place} of ${p.films}`,
  'season.season': 'Season',
  'season.uncounted': 'none',
  'season.hall.none': 'Nobody has won anything here yet.',
  'season.hall.seasons': 'Seasons',
  'season.hall.challenges': 'Challenges',

  // Refusals
  'season.name': (p: { most: number }) =>
    `A season's name is plain words, ${n(p.most, 'letter')} at the most, and mentions nobody. Nothing was opened.`,
  'season.name.missing': 'Say what the season is called, such as title:Spring. Nothing was opened.',
  'season.running': 'A season runs already. Close it first: /challenge season action:close. Nothing was opened.',
  'season.over': 'That season is closed. Nothing was changed.',
  'season.none': 'No season runs here now.',
  'season.none.yet': 'There has been no season here yet.',
  'season.unknown': 'There is no season of that name here.',
  'season.changed': 'The result of a challenge came in at the same moment, so nothing was closed. Say it again.',
};
