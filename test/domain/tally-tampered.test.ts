import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealOf } from '../../src/domain/tally/seal.ts';
import { tallyHash, verifyTally, writeTally } from '../../src/domain/tally.ts';
import { anyEnded, author, judged, named, tampered, voter } from './tally-rig.ts';

const text = writeTally(judged);
const seal = sealOf({ challenge: 'c-1', seed: 'seed', entries: judged.entries });
const other = '0'.repeat(64);

describe('what was tampered with', () => {
  const one = (change: Parameters<typeof tampered>[1]): string => tampered(named, change);
  const two = (change: Parameters<typeof tampered>[1]): string => tampered(judged, change);
  it.each([
    ['text that is no JSON', `${text}.`, 'no JSON'],
    ['an empty file', '', 'no JSON'],
    ['another format', two((json) => (json.format = 'dailies-tally-2')), 'The format is not dailies-tally-1: format: '],
    ['a key that is not of the format', two((json) => (json.extra = 1)), 'extra'],
    ['a film that is no hash', two((json) => (json.entries[1].film = 'x')), 'entries: 1: film: is no SHA-256 in hex'],
    ['films left out that are none', two((json) => (json.filmsLeftOut = 0)), 'filmsLeftOut'],
    ['no result', two((json) => delete json.result), 'result: '],
    [
      'a changed choice',
      two((json) => (json.ballots[0].choice = json.ballots[0].pair.find((n: number) => n !== json.ballots[0].choice))),
      'by the ballots',
    ],
    ['a ballot removed', two((json) => json.ballots.pop()), 'by the ballots'],
    ['a ballot twice', two((json) => json.ballots.push(json.ballots[0])), 'more than once'],
    [
      'a pair again the other way round',
      two((json) => json.ballots.push({ ...json.ballots[0], pair: [...json.ballots[0].pair].reverse() })),
      'more than once',
    ],
    ['a ballot for an entry that is not there', two((json) => (json.ballots[0].pair[0] = 9)), 'there is no entry 9'],
    [
      'a choice that is none of its pair',
      two((json) => (json.ballots[0] = { voter: voter(1), pair: [1, 2], choice: 3 })),
      'its choice, 3, is none of its pair',
    ],
    [
      'a pair of one film',
      two((json) => (json.ballots[0] = { voter: voter(1), pair: [2, 2], choice: 2 })),
      'its pair is entry 2 twice',
    ],
    [
      'a vote for one among pairs',
      two((json) => json.ballots.push({ voter: voter(9), choice: 1 })),
      'Ballot 6: it is about no pair',
    ],
    [
      'a pair among votes for one',
      one((json) => json.ballots.push({ voter: voter(9), pair: [1, 2], choice: 1 })),
      'Ballot 5: it is about a pair',
    ],
    [
      'a second vote',
      one((json) => json.ballots.push({ voter: voter(1), choice: 2 })),
      `Voter ${voter(1)} has more than one vote`,
    ],
    ['a vote for what is not there', one((json) => (json.ballots[0].choice = 7)), 'Ballot 1: there is no entry 7'],
    [
      'a vote given to another',
      one((json) => (json.ballots[0].choice = (json.ballots[0].choice % 3) + 1)),
      'its score is',
    ],
    ['another film', two((json) => (json.entries[0].film = other)), 'Entry 1: its commitment is not that of its film'],
    ['another nonce', two((json) => (json.entries[2].nonce = '1'.repeat(32))), 'Entry 3: its commitment'],
    ['another author', two((json) => (json.entries[3].author.id = author(1))), 'Entry 4: its commitment'],
    [
      'a changed commitment',
      two((json) => (json.entries[0].commitment = other)),
      'The seal is not that of these entries',
    ],
    ['another seed', two((json) => (json.challenge.seed = 'mine')), 'The seal is not that of these entries'],
    ['another seal', two((json) => (json.seal = other)), 'The seal is not that of these entries'],
    ['the entries of another challenge', two((json) => (json.challenge.id = 'c-2')), 'in this challenge'],
    ['an entry removed', two((json) => json.entries.pop()), 'The seal is not that of these entries'],
    [
      'two numbers exchanged',
      two((json) => ([json.entries[0].number, json.entries[1].number] = [2, 1])),
      'The seal is not that of these entries',
    ],
    ['a number twice', two((json) => (json.entries[1].number = 1)), 'Two entries have the number 1'],
    ['an id twice', two((json) => (json.entries[1].id = json.entries[0].id)), 'Two entries have the id job 1'],
    [
      'an entry after the closing',
      two((json) => (json.entries[1].enteredAt = 1_001)),
      'Entry 2 was entered after entries had closed',
    ],
    [
      'a vote that ended before it began',
      two((json) => (json.challenge.endedAt = 999)),
      'Voting ended before entries closed',
    ],
    ['another rule of ties', two((json) => (json.challenge.ties = 'By lot.')), 'The rule of ties'],
    ['a way of voting that was not', two((json) => (json.challenge.voting = 'one')), 'one was to be named'],
    ['a better score', two((json) => (json.result[1].score += 0.01)), 'its score is'],
    ['a narrower interval', two((json) => (json.result[0].interval[0] += 1)), 'its interval is'],
    ['one win more', two((json) => (json.result[2].wins += 1)), 'its wins is'],
    ['one duel less', two((json) => (json.result[2].duels -= 1)), 'its duels is'],
    [
      'places exchanged',
      two((json) => ([json.result[0].place, json.result[1].place] = [2, 1])),
      'its place is 2 in the file, and 1 by the ballots',
    ],
    [
      'entries of two places exchanged',
      two((json) => ([json.result[0].entry, json.result[1].entry] = [json.result[1].entry, json.result[0].entry])),
      'its place is',
    ],
    ['a place left out', two((json) => json.result.pop()), 'nowhere'],
    ['a place twice', two((json) => json.result.push(json.result[0])), 'more than once'],
    [
      'a place for nobody',
      two((json) => json.result.push({ ...json.result[0], entry: 8, place: 5 })),
      'gives a place to 8, which is no entry',
    ],
    [
      'a place for who is out',
      two((json) => (json.entries[0].out = true)),
      'gives a place to 1, which is no entry that can have one',
    ],
    [
      'the last place listed first',
      two((json) => json.result.unshift(json.result.pop())),
      'not in the order of its places',
    ],
    [
      'an interval for votes',
      one((json) => (json.result[0].interval = [0, 100])),
      'its interval is [0,100] in the file, and not told by the ballots',
    ],
  ])('is found: %s', (_what, file, why) => {
    expect(verifyTally(file).join('\n')).toContain(why);
  });

  it('is found by what was posted, where it adds up in itself', () => {
    const ballots = judged.ballots.slice(1);
    const without = writeTally({ ...judged, ballots });
    expect(verifyTally(without)).toEqual([]);
    expect(verifyTally(without, { seal })).toEqual([]);
    expect(verifyTally(without, { hash: tallyHash(text) })).toEqual([
      'The hash of the file is not the one that was posted: something in it is different.',
    ]);
    const reseeded = writeTally({ ...judged, challenge: { ...judged.challenge, seed: 'mine' } });
    expect(verifyTally(reseeded)).toEqual([]);
    expect(verifyTally(reseeded, { seal })).toEqual([
      'The seal in the file is not the one that was posted when entries closed.',
    ]);
  });

  it('is found by the hash whatever single ballot or place was changed, even if the rest was computed anew', () => {
    const withBallots = anyEnded.filter(({ ballots }) => ballots.length > 0);
    fc.assert(
      fc.property(withBallots, fc.nat(), (some, at) => {
        const hash = tallyHash(writeTally(some));
        const index = at % some.ballots.length;
        const ballots = some.ballots.flatMap((ballot, place) => {
          if (place !== index) return [ballot];
          if (!('pair' in ballot)) return [];
          const [left, right] = ballot.pair;
          return [{ ...ballot, choice: ballot.choice === left ? right : left }];
        });
        const changed = writeTally({ ...some, ballots });
        expect(verifyTally(changed)).toEqual([]);
        expect(verifyTally(changed, { hash })).not.toEqual([]);
        const moved = tampered(some, (json) => {
          const standing = json.result[at % json.result.length];
          if (standing) standing.score += 1;
        });
        expect(verifyTally(moved, { hash })).not.toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('is found without the hash too when a place, score, number of wins or choice alone was changed', () => {
    const some = anyEnded.filter(({ entries, ballots }) => ballots.length > 0 && entries.every(({ out }) => !out));
    const key = fc.constantFrom('place', 'score', 'wins', 'choice');
    fc.assert(
      fc.property(some, key, fc.nat(), (of, what, at) => {
        const changed = tampered(of, (json) => {
          const [ballot, standing] = [json.ballots[at % json.ballots.length], json.result[at % json.result.length]];
          if (what !== 'choice') standing[what] = (standing[what] ?? 0) + 1;
          else
            ballot.choice =
              ballot.pair?.find((entry: number) => entry !== ballot.choice) ??
              (ballot.choice % json.entries.length) + 1;
        });
        const same = what === 'choice' && of.challenge.voting === 'one' && of.entries.length === 1;
        expect(verifyTally(changed).length > 0).toBe(!same);
      }),
      { numRuns: 150 },
    );
  });

  it('never makes the check throw, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ ...JSON.parse(text), entries: value })),
        ),
        (garbage) => {
          expect(verifyTally(garbage)).not.toEqual([]);
        },
      ),
    );
    expect(verifyTally('['.repeat(200_000))).toEqual(['The file is no JSON.']);
    expect(verifyTally(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)).not.toEqual([]);
    expect(verifyTally('{"__proto__": {"format": "dailies-tally-1"}}')).not.toEqual([]);
  });
});
