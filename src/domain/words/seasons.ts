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
  'season.action.change': 'Change when the season that runs ends by itself',
  'season.action.close': 'Close the season that runs, now',
  'season.title': 'What the season is called',
  'season.title.hint': 'Needed to open one alone',
  'season.closes': 'When it ends by itself',
  'season.closes.hint': 'Such as 90d, or 2026-12-01 18:00 by the clocks of this place; never, if it does not',
  'season.which': 'Which season',
  'season.which.hint': 'Its name or id; left out, the one that runs',
  'season.member': 'Of whom; you, if left out',
  'season.page': 'Which page',

  // Answers
  'season.rule': (p: { points: readonly number[] }) =>
    `The first ${p.points.length} places of a challenge are worth ${list(p.points, 'conjunction')} points, every later place ${n(p.points.at(-1) ?? 0, 'point')}; of several films of one member the best placed counts. ` +
    'Ties go to whoever has more first places, then more second places, and so on; those who are still level share a rank. ' +
    'A challenge counts in the season that runs when its result is told; challenges of closed places never count.',
  'season.opened': (p: { name: string; id: string; closes: number | undefined; timeZone: string }) =>
    `The season ${p.name} runs from now on, as ${p.id}, until ${p.closes === undefined ? '' : `${moment(p.closes, p.timeZone)}, or until `}/challenge season action:close. Every challenge of this space counts whose result is told meanwhile, but for those of places that are closed to others: they never count. Its beginning and its end are told to all here.`,
  'season.changed.closes': (p: { name: string; closes: number; timeZone: string }) =>
    `The season ${p.name} now ends by itself ${moment(p.closes, p.timeZone)}.`,
  'season.changed.never': (p: { name: string }) =>
    `The season ${p.name} no longer ends by itself, but with /challenge season action:close.`,
  'season.closed': (p: { name: string }) => `The season ${p.name} is closed. Its standings stay as they are now:`,
  'season.place.closed':
    'This place is closed to others, so only those in it are told. The season itself is for everybody.',
  'season.runs': (p: { name: string; from: number; timeZone: string }) =>
    `${p.name}, since ${moment(p.from, p.timeZone)}`,
  'season.ran': (p: { name: string; from: number; to: number; timeZone: string }) =>
    `${p.name}, from ${moment(p.from, p.timeZone)} to ${moment(p.to, p.timeZone)}`,
  'season.rank': 'Rank',
  'season.who': 'Who',
  'season.points': 'Points',
  'season.firsts': 'Firsts',
  'season.challenges': 'Challenges',
  'season.ends': 'It ends',
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

  // What the bot says to all
  'season.say.opened': (p: { name: string }) => `A season of challenges begins: ${p.name}`,
  'season.say.closed': (p: { name: string }) => `The season ${p.name} has ended`,
  'season.say.nobody': 'No challenge counted in it, so nobody has points.',
  'season.say.more': (p: { count: number }) => `${n(p.count, 'more has', 'more have')} points in it.`,

  // Refusals
  'season.name': (p: { most: number }) =>
    `A season's name is plain words, ${n(p.most, 'letter')} at the most, and mentions nobody. Nothing was opened.`,
  'season.name.missing': 'Say what the season is called, such as title:Spring. Nothing was opened.',
  'season.past':
    'A season ends after it begins, and in the time to come. Say when, such as closes:90d. Nothing was changed.',
  'season.closes.missing':
    'Say when it ends by itself, such as closes:90d, or closes:never if it does not. Nothing was changed.',
  'season.closes.other':
    'action:close ends the season now, so it takes no closes. To have it end at another time say action:change. Nothing was closed.',
  'season.running': 'A season runs already. Close it first: /challenge season action:close. Nothing was opened.',
  'season.over': 'That season is closed. Nothing was changed.',
  'season.none': 'No season runs here now.',
  'season.none.yet': 'There has been no season here yet.',
  'season.unknown': 'There is no season of that name here.',
  'season.changed': 'The result of a challenge came in at the same moment, so nothing was closed. Say it again.',

  // Its page
  'season.page.phase': (p: { over: boolean }) => (p.over ? 'The season is over' : 'The season runs'),
  'season.page.first': (p: { over: boolean; names: readonly string[]; points: number }) => {
    const who = p.names.length > 4 ? n(p.names.length, 'member') : list(p.names, 'conjunction');
    const several = p.names.length > 1;
    const done = p.over ? (several ? 'share the first place' : 'won') : several ? 'lead' : 'leads';
    return `${who} ${done} with ${n(p.points, 'point')}${several ? ' each' : ''}`;
  },
  'season.page.none':
    'No challenge counts in it yet. As soon as the result of the first is told in the chat, the standings begin here.',
  'season.page.nobody': 'No challenge counted in it, so nobody has points.',
  'season.page.began': 'Began',
  'season.page.ends': 'Ends',
  'season.page.ended': 'Ended',
  'season.page.open': 'when it is closed',
  'season.page.members': 'Members with points',
  'season.page.standings': 'Standings',
  'season.page.points': (p: { points: number }) => n(p.points, 'point'),
  'season.page.did': (p: { firsts: number; challenges: number }) =>
    `${p.firsts === 0 ? '' : `${n(p.firsts, 'first place')}, `}${n(p.challenges, 'challenge')}`,
  'season.page.more': (p: { count: number }) =>
    `${n(p.count, 'more has', 'more have')} points. /challenge standings in the chat tells of all.`,
  'season.page.challenges': 'The challenges that count',
  'season.page.challenges.more': (p: { count: number }) =>
    `And ${n(p.count, 'earlier one', 'earlier ones')}. /challenge hall in the chat tells of all.`,
  'season.page.won': (p: { names: readonly string[] }) => `Won by ${list(p.names, 'conjunction')}`,
  'season.page.films': (p: { count: number }) => n(p.count, 'film'),
  'season.page.rule': 'How points are given',
  'season.page.later': 'later',
  'season.page.about': (p: { first: string; count: number }) => `${p.first}, after ${n(p.count, 'challenge')}.`,
};
