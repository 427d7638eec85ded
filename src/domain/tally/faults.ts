import { rankByDuels, rankByVotes, type Standing, tieRule } from '../scores.ts';
import { type Ballot, isPair, type Tally } from './file.ts';
import { commitmentOf, sealOf } from './seal.ts';

/** A tally before its ballots were counted. */
export type Counted = Omit<Tally, 'result'>;

/** What comes up a second time, each once. */
function repeated<T>(values: readonly T[]): T[] {
  const seen = new Set<T>();
  const again = new Set<T>();
  for (const value of values) (seen.has(value) ? again : seen).add(value);
  return [...again];
}

/** What is wrong with a tally's entries. */
function entryFaults({ challenge, entries, seal }: Counted): string[] {
  const twice = repeated(entries.map(({ number }) => number)).map((number) => `Two entries have the number ${number}.`);
  const same = repeated(entries.map(({ id }) => id)).map((id) => `Two entries have the id ${id}.`);
  const own = entries.flatMap(({ number, film, nonce, author, commitment, enteredAt }) => [
    ...(commitmentOf({ challenge: challenge.id, author: author.id, film, nonce }) === commitment
      ? []
      : [`Entry ${number}: its commitment is not that of its film, author and nonce in this challenge.`]),
    ...(enteredAt > challenge.closedAt ? [`Entry ${number} was entered after entries had closed.`] : []),
  ]);
  const sealed = sealOf({ challenge: challenge.id, seed: challenge.seed, entries }) === seal;
  return [...twice, ...same, ...own, ...(sealed ? [] : ['The seal is not that of these entries and this seed.'])];
}

/** What is wrong with one ballot. */
function ballotFault(ballot: Ballot, voting: Tally['challenge']['voting'], known: ReadonlySet<number>): string[] {
  const { choice } = ballot;
  if (isPair(ballot) !== (voting === 'pairs'))
    return [
      voting === 'pairs'
        ? 'it is about no pair, and pairs were judged.'
        : 'it is about a pair, and one was to be named.',
    ];
  const [left, right] = isPair(ballot) ? ballot.pair : [choice, undefined];
  const unknown = [...new Set([left, right ?? left, choice])].filter((entry) => !known.has(entry));
  return [
    ...unknown.map((entry) => `there is no entry ${entry}.`),
    ...(left === right ? [`its pair is entry ${left} twice.`] : []),
    ...(choice === left || choice === right ? [] : [`its choice, ${choice}, is none of its pair.`]),
  ];
}

/** What is the same in two ballots only if a voter judged something twice. */
const judged = (ballot: Ballot): string =>
  isPair(ballot) ? `${ballot.voter} ${Math.min(...ballot.pair)} ${Math.max(...ballot.pair)}` : ballot.voter;

function ballotFaults({ challenge, entries, ballots }: Counted): string[] {
  const known = new Set(entries.map(({ number }) => number));
  const own = ballots.flatMap((ballot, index) =>
    ballotFault(ballot, challenge.voting, known).map((fault) => `Ballot ${index + 1}: ${fault}`),
  );
  const twice = repeated(ballots.map(judged)).map((text) => {
    const [voter, one, other] = text.split(' ');
    return one === undefined
      ? `Voter ${voter} has more than one vote.`
      : `Voter ${voter} judged the pair of ${one} and ${other} more than once.`;
  });
  return [...own, ...twice];
}

/** What cannot be right of a tally, whatever its result: an empty list if nothing. */
export function faultsOf(tally: Counted): string[] {
  const { closedAt, endedAt, ties } = tally.challenge;
  return [
    ...(endedAt < closedAt ? ['Voting ended before entries closed.'] : []),
    ...(ties === tieRule ? [] : ['The rule of ties is not the one of this format.']),
    ...entryFaults(tally),
    ...ballotFaults(tally),
  ];
}

/** What the ballots of a tally come to. */
export function resultOf({ challenge, entries, ballots }: Counted): Standing[] {
  const there = entries.filter(({ out }) => !out);
  if (challenge.voting === 'one')
    return rankByVotes(
      there,
      ballots.map(({ choice }) => choice),
    );
  const duels = ballots.filter(isPair).map(({ pair: [left, right], choice }) => ({
    winner: choice,
    loser: choice === left ? right : left,
  }));
  return rankByDuels(there, duels);
}
