import { factsPart, pageFacts, timeFact } from './challengeParts.ts';
import type { Part } from './command.ts';
import type { Season, Standing } from './season.ts';
import { ruleInWords, type SeasonView } from './seasonView.ts';
import { say, word } from './words.ts';

/** How many of the first are told of to all. */
const firstTold = 10;

/** Standings as a table. */
export function seasonTable(title: string, standings: readonly Standing[]): Part {
  const head = (['rank', 'who', 'points', 'firsts', 'challenges'] as const).map((one) => word(`season.${one}`));
  const rows = standings.map(({ rank, name, points, firsts, challenges }) =>
    [rank, name, points, firsts, challenges].map(String),
  );
  return { kind: 'table', title, head, rows };
}

/** What all are told when a season begins. `page`: where its page can be opened. */
export function openedParts({ name, closes, zone = 'UTC' }: Season, page: string | undefined): Part[] {
  const ends = closes === undefined ? [] : [timeFact(word('season.ends'), closes, { zone })];
  return [
    { kind: 'text', text: say({ word: 'season.say.opened', with: { name } }) },
    { kind: 'text', text: ruleInWords() },
    ...factsPart([...ends, ...pageFacts(page)]),
  ];
}

/** What all are told when a season has ended: the first of its standings. `page`: where its page can be opened. */
export function closedParts({ name, standings, challenges }: SeasonView, page: string | undefined): Part[] {
  const title = say({ word: 'season.say.closed', with: { name } });
  const counted = { label: word('season.challenges'), value: String(challenges.length) };
  const facts: Part = { kind: 'facts', facts: [counted, ...pageFacts(page)] };
  if (standings.length === 0) {
    return [{ kind: 'text', text: title }, { kind: 'text', text: word('season.say.nobody') }, facts];
  }
  const more = standings.length - firstTold;
  return [
    seasonTable(title, standings.slice(0, firstTold)),
    ...(more > 0 ? [{ kind: 'text', text: say({ word: 'season.say.more', with: { count: more } }) } as const] : []),
    facts,
  ];
}
