import { createHash } from 'node:crypto';
import { type Standing, tieRule } from './scores.ts';
import { type Counted, faultsOf, resultOf } from './tally/faults.ts';
import { type Ballot, isPair, type Tally, tallySchema } from './tally/file.ts';
import { sealOf } from './tally/seal.ts';

/** A challenge as it ended: all of a tally that is not computed from the rest. Entries carry the commitments that were posted. */
export interface Ended extends Pick<Tally, 'entries' | 'ballots' | 'leftOut' | 'filmsLeftOut'> {
  challenge: Omit<Tally['challenge'], 'ties'>;
}

/** What was posted of a challenge, in hex: the seal when its entries closed, and the hash of its tally at the end. */
export interface Posted {
  seal?: string | undefined;
  hash?: string | undefined;
}

/** How many things that are wrong with the format are told at once. */
const issuesMax = 10;

/** Ballots by voter, and of a voter by pair: an order that tells nothing of when they were cast. */
function byVoter(one: Ballot, other: Ballot): number {
  if (one.voter !== other.voter) return one.voter < other.voter ? -1 : 1;
  const [a, b] = [one, other].map((ballot) => (isPair(ballot) ? ballot.pair : [ballot.choice, ballot.choice]));
  if (!a || !b) return 0;
  return Math.min(...a) - Math.min(...b) || Math.max(...a) - Math.max(...b);
}

/** A list with one of its values a line. */
const lines = (values: readonly unknown[]): string =>
  values.length === 0 ? '[]' : `[\n${values.map((value) => JSON.stringify(value)).join(',\n')}\n]`;

/**
 * The tally file of a challenge: JSON, the same to the byte for the same challenge, an entry, a ballot and a place each on a line of its own.
 * Throws where a value is not of the format or where something could not be right, so that what is written always verifies.
 */
export function writeTally({ challenge, entries, ballots, leftOut, filmsLeftOut }: Ended): string {
  const { id, seed } = challenge;
  const counted: Counted = {
    format: 'dailies-tally-1',
    challenge: { ...challenge, ties: tieRule },
    seal: sealOf({ challenge: id, seed, entries }),
    entries: [...entries].sort((a, b) => a.number - b.number),
    ballots: [...ballots].sort(byVoter),
    leftOut,
    ...(filmsLeftOut === undefined ? {} : { filmsLeftOut }),
  };
  const faults = faultsOf(counted);
  if (faults.length > 0) throw new Error(`[tally] ${faults.slice(0, issuesMax).join(' ')}`);
  const tally = tallySchema.parse({ ...counted, result: resultOf(counted) });
  const parts: [string, string][] = [
    ['format', JSON.stringify(tally.format)],
    ['challenge', JSON.stringify(tally.challenge)],
    ['seal', JSON.stringify(tally.seal)],
    ['entries', lines(tally.entries)],
    ['ballots', lines(tally.ballots)],
    ['leftOut', JSON.stringify(tally.leftOut)],
    ...(filmsLeftOut === undefined ? [] : [['filmsLeftOut', JSON.stringify(filmsLeftOut)] satisfies [string, string]]),
    ['result', lines(tally.result)],
  ];
  return `{\n${parts.map(([name, value]) => `"${name}": ${value}`).join(',\n')}\n}\n`;
}

/** SHA-256 of a tally file's text, in hex: what is posted with it. */
export function tallyHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What a tally file says, or why it is none. */
export function readTally(text: string): { tally: Tally } | { tally?: undefined; problems: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problems: ['The file is no JSON.'] };
  }
  const { data, error } = tallySchema.safeParse(json);
  if (data) return { tally: data };
  const problems = error.issues
    .slice(0, issuesMax)
    .map(
      ({ path, message }) => `The format is not dailies-tally-1: ${[...path.map(String), ''].join(': ')}${message}.`,
    );
  return { problems };
}

/** Where the result in a file is not what its ballots come to. */
function resultFaults(said: readonly Standing[], found: readonly Standing[]): string[] {
  const known = new Set(found.map(({ entry }) => entry));
  const strange = said.flatMap(({ entry }) =>
    known.has(entry) ? [] : [`The result gives a place to ${entry}, which is no entry that can have one.`],
  );
  const differing = found.flatMap((standing) => {
    const mine = said.filter(({ entry }) => entry === standing.entry);
    const [first] = mine;
    if (!first || mine.length > 1)
      return [`The result has entry ${standing.entry} ${first ? 'more than once' : 'nowhere'}.`];
    return (['place', 'score', 'interval', 'wins', 'duels'] as const).flatMap((key) => {
      const [told, by] = [first[key], standing[key]].map((value) => JSON.stringify(value) ?? 'not told');
      return told === by
        ? []
        : [`Entry ${standing.entry}: its ${key} is ${told} in the file, and ${by} by the ballots.`];
    });
  });
  const sorted = said.every(({ place }, index) => index === 0 || place >= (said[index - 1]?.place ?? 0));
  return [...strange, ...differing, ...(sorted ? [] : ['The result is not in the order of its places.'])];
}

/**
 * What does not add up in a tally file, a sentence each; nothing if all does. Never throws, whatever the text. It says that the result follows
 * from the ballots, that commitments and seal belong to the entries and, where they are `posted`, that they and the file are those that
 * were posted; not that the ballots are those that were cast. Own votes cannot be seen here, for codes do not tell who a voter is.
 */
export function verifyTally(text: string, posted: Posted = {}): string[] {
  const sameFile = posted.hash === undefined || posted.hash.toLowerCase() === tallyHash(text);
  const hash = sameFile ? [] : ['The hash of the file is not the one that was posted: something in it is different.'];
  const read = readTally(text);
  if (!read.tally) return [...hash, ...read.problems];
  const { tally } = read;
  const sameSeal = posted.seal === undefined || posted.seal.toLowerCase() === tally.seal;
  const seal = sameSeal ? [] : ['The seal in the file is not the one that was posted when entries closed.'];
  const unique = new Set(tally.entries.map(({ number }) => number)).size === tally.entries.length;
  const result = unique ? resultFaults(tally.result, resultOf(tally)) : [];
  return [...hash, ...seal, ...faultsOf(tally), ...result];
}
