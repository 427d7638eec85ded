import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorCode, commitmentOf, sealOf, voterCode } from '../../src/domain/tally/seal.ts';
import { readTally, tallyHash, verifyTally, writeTally } from '../../src/domain/tally.ts';
import { anyEnded, ended, judged, named, voter } from './tally-rig.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const text = writeTally(judged);
const seal = sealOf({ challenge: 'c-1', seed: 'seed', entries: judged.entries });
const film = 'f'.repeat(64);
const other = '0'.repeat(64);

describe('what is posted', () => {
  it('is a commitment that anyone can compute with a shell', () => {
    const committed = { challenge: 'c-1', author: 'U1', film, nonce: 'ab' };
    expect(commitmentOf(committed)).toBe(sha256(`["dailies-entry-1","c-1","U1","${film}","ab"]`));
  });

  it.each(['challenge', 'author', 'film', 'nonce'] as const)('is another commitment with another %s', (key) => {
    const committed = { challenge: 'c-1', author: 'U1', film, nonce: 'ab' };
    expect(commitmentOf({ ...committed, [key]: 'x' })).not.toBe(commitmentOf(committed));
  });

  it('is a seal over the entries by number, in whatever order they come', () => {
    const entries = [
      { number: 2, commitment: other },
      { number: 1, commitment: film },
    ];
    expect(sealOf({ challenge: 'c-1', seed: 's', entries })).toBe(
      sha256(`["dailies-seal-1","c-1","s",[[1,"${film}"],[2,"${other}"]]]`),
    );
    const swapped = entries.map(({ number, commitment }) => ({ number: 3 - number, commitment }));
    expect(sealOf({ challenge: 'c-1', seed: 's', entries: swapped })).not.toBe(
      sealOf({ challenge: 'c-1', seed: 's', entries }),
    );
  });

  it('is a code for each voter, which tells nothing without the salt', () => {
    expect(voterCode('a salt of this challenge', 'U1')).toMatch(/^[a-z2-7]{16}$/);
    expect(voterCode('a salt of this challenge', 'U1')).toBe(voterCode('a salt of this challenge', 'U1'));
    expect(voterCode('a salt of this challenge', 'U2')).not.toBe(voterCode('a salt of this challenge', 'U1'));
    expect(voterCode('a salt of another one...', 'U1')).not.toBe(voterCode('a salt of this challenge', 'U1'));
    expect(() => voterCode('too short', 'U1')).toThrow('at least 16 characters');
  });

  it('is a code for each author, which is not the one of their ballots', () => {
    const [salt, another] = ['a salt of this challenge', 'a salt of another one...'];
    expect(authorCode(salt, 'U1')).toMatch(/^[a-z2-7]{16}$/);
    expect(authorCode(salt, 'U1')).toBe(authorCode(salt, 'U1'));
    const others = [authorCode(salt, 'U2'), authorCode(another, 'U1'), voterCode(salt, 'U1')];
    expect(new Set([authorCode(salt, 'U1'), ...others]).size).toBe(4);
    expect(() => authorCode('too short', 'U1')).toThrow('at least 16 characters');
  });
});

describe('a tally', () => {
  it('is read by people too: an entry, a ballot and a place each on a line', () => {
    const lines = text.split('\n');
    expect(lines[1]).toBe('"format": "dailies-tally-1",');
    expect(lines.filter((line) => line.startsWith('{"voter":'))).toHaveLength(5);
    expect(lines.filter((line) => line.startsWith('{"number":'))).toHaveLength(4);
    expect(lines.filter((line) => line.startsWith('{"place":'))).toHaveLength(4);
    expect(text).not.toContain('a salt of this challenge');
    expect(text).not.toContain('member 1');
    expect(text).not.toContain('author 1');
  });

  it('is the same to the byte whatever the order of entries, ballots and keys', () => {
    const turned = (value: object): object => Object.fromEntries(Object.entries(value).reverse());
    const again = writeTally({
      leftOut: 0,
      ballots: [...judged.ballots].reverse().map((ballot) => turned(ballot) as typeof ballot),
      entries: [...judged.entries].reverse().map((entry) => turned(entry) as typeof entry),
      challenge: turned(judged.challenge) as typeof judged.challenge,
    });
    expect(again).toBe(text);
  });

  it('verifies, alone and with what was posted, in either case of its digits', () => {
    expect(verifyTally(text)).toEqual([]);
    expect(verifyTally(text, { seal, hash: tallyHash(text) })).toEqual([]);
    expect(verifyTally(text, { seal: seal.toUpperCase(), hash: tallyHash(text).toUpperCase() })).toEqual([]);
    expect(tallyHash(text)).toBe(sha256(text));
  });

  it('tells the result by the ballots that are in it', () => {
    const { tally } = readTally(writeTally(named));
    expect(tally?.result).toEqual([
      { place: 1, entry: 3, score: 2 },
      { place: 2, entry: 1, score: 1 },
      { place: 3, entry: 2, score: 1 },
    ]);
  });

  it('keeps an entry that left after the seal, without a place, and counts no ballot about it', () => {
    const entries = judged.entries.map((entry) => (entry.number === 1 ? { ...entry, out: true as const } : entry));
    const written = writeTally({ ...judged, entries });
    expect(verifyTally(written, { seal })).toEqual([]);
    const { tally } = readTally(written);
    expect(tally?.ballots).toHaveLength(5);
    expect(tally?.result.map(({ entry, duels }) => [entry, duels])).toEqual([
      [2, 2],
      [3, 2],
      [4, 2],
    ]);
  });

  it('always verifies when it was written, and writes the same again when it was read', () => {
    fc.assert(
      fc.property(anyEnded, (some) => {
        const written = writeTally(some);
        const { challenge, entries } = some;
        const posted = {
          hash: tallyHash(written),
          seal: sealOf({ challenge: challenge.id, seed: challenge.seed, entries }),
        };
        expect(verifyTally(written, posted)).toEqual([]);
        const { tally } = readTally(written);
        expect(tally && writeTally({ ...tally, challenge: { ...challenge } })).toBe(written);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    [
      'a voter twice',
      ended(
        2,
        [1, 2].map((choice) => ({ voter: voter(1), choice })),
        { voting: 'one' },
      ),
      'more than one vote',
    ],
    [
      'a foreign commitment',
      { ...judged, entries: judged.entries.map((entry) => ({ ...entry, commitment: film })) },
      'its commitment',
    ],
    ['a voter in clear', ended(2, [{ voter: 'ada', pair: [1, 2], choice: 1 }]), 'is no voter code'],
  ])('is not written of %s', (_what, some, why) => {
    expect(() => writeTally(some)).toThrow(why);
  });
});
