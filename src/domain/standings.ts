import type { Part } from './command.ts';
import type { Tally } from './tally/file.ts';
import { say, word } from './words.ts';

/** The result of a challenge as a table, the first place first. */
export function standingsTable({ challenge, entries, result }: Tally): Part {
  const authors = new Map(entries.map(({ number, author }) => [number, author.name]));
  const pairs = challenge.voting === 'pairs';
  const head = [
    word('challenge.place'),
    word('challenge.author'),
    word('challenge.film.number'),
    ...(pairs ? [word('challenge.score'), word('challenge.range')] : [word('challenge.votes.count')]),
  ];
  const rows = result.map(({ place, entry, score, interval }) => [
    ...[String(place), authors.get(entry) ?? '', String(entry)],
    ...(pairs ? [score.toFixed(1), (interval ?? []).map((bound) => bound.toFixed(0)).join('\u2013')] : [String(score)]),
  ]);
  return { kind: 'table', title: say({ word: 'challenge.say.ended', with: { title: challenge.title } }), head, rows };
}
