import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Ballot } from '../../src/domain/tally/file.ts';
import { authorCode, commitmentOf, voterCode } from '../../src/domain/tally/seal.ts';
import { type Ended, writeTally } from '../../src/domain/tally.ts';

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

const salt = 'a salt of this challenge';
/** The code of the voter of some number, and of the author of the entry of one. */
export const voter = (index: number): string => voterCode(salt, `member ${index}`);
export const author = (number: number): string => authorCode(salt, `author ${number}`);

/** A challenge that ended with these ballots, about entries 1 to `count`. */
export function ended(count: number, ballots: readonly Ballot[], more: Partial<Ended['challenge']> = {}): Ended {
  const challenge = {
    ...{ id: 'c-1', title: 'Rain in “two” minutes', closedAt: 1_000, endedAt: 2_000 },
    ...{ voting: 'pairs' as const, seed: 'seed', ...more },
  };
  const entries = Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const by = { id: author(number), name: `Author ${number}` };
    const [film, nonce] = [hex(`film ${number}`), hex(`nonce ${number}`).slice(0, 32)];
    const commitment = commitmentOf({ challenge: challenge.id, author: by.id, film, nonce });
    return { number, id: `job ${number}`, film, nonce, commitment, enteredAt: 100 + number, author: by };
  });
  return { challenge, entries, ballots: [...ballots], leftOut: 0 };
}

/** Any challenge that can have ended: of either way of voting, with no ballot or some, and entries that are out of it. */
export const anyEnded: fc.Arbitrary<Ended> = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom('pairs' as const, 'one' as const), fc.nat({ max: 9 }))
  .chain(([count, voting, leftOut]) => {
    const number = fc.integer({ min: 1, max: Math.max(1, count) });
    const pairs = fc
      .uniqueArray(fc.tuple(fc.nat({ max: 6 }), number, number), {
        selector: ([who, one, other]) => `${who} ${Math.min(one, other)} ${Math.max(one, other)}`,
        maxLength: 30,
      })
      .map((all) => all.filter(([, left, right]) => left !== right))
      .map((all) =>
        all.map(([who, left, right]): Ballot => ({ voter: voter(who), pair: [left, right], choice: left })),
      );
    const one = fc
      .uniqueArray(fc.tuple(fc.nat({ max: 20 }), number), { selector: ([who]) => who, maxLength: 20 })
      .map((all) => all.map(([who, choice]): Ballot => ({ voter: voter(who), choice })));
    const ballots = count === 0 ? fc.constant<Ballot[]>([]) : voting === 'pairs' ? pairs : one;
    const texts = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
    return fc
      .tuple(ballots, texts, texts, texts, fc.array(fc.nat({ max: 6 }), { maxLength: 2 }), fc.nat({ max: 2 }))
      .map(([cast, title, seed, name, out, films]) => {
        const made = ended(count, cast, { voting, title, seed });
        const entries = made.entries.map((entry) => ({
          ...entry,
          author: { ...entry.author, name },
          ...(out.includes(entry.number) ? { out: true as const } : {}),
        }));
        return { ...made, entries, leftOut, ...(films === 0 ? {} : { filmsLeftOut: films }) };
      });
  });

/** Four entries, judged by three voters. */
export const judged = ended(4, [
  { voter: voter(1), pair: [1, 2], choice: 1 },
  { voter: voter(1), pair: [4, 3], choice: 3 },
  { voter: voter(2), pair: [1, 3], choice: 1 },
  { voter: voter(2), pair: [2, 4], choice: 2 },
  { voter: voter(3), pair: [3, 2], choice: 2 },
]);

/** Three entries, of which four voters named one each. */
export const named = ended(
  3,
  [3, 1, 3, 2].map((choice, index) => ({ voter: voter(index), choice })),
  { voting: 'one' },
);

/** The tally of the first of them, with something changed in its JSON. */
// biome-ignore lint/suspicious/noExplicitAny: what is tampered with has no type
export function tampered(of: Ended, change: (json: any) => void): string {
  const json = JSON.parse(writeTally(of));
  change(json);
  return JSON.stringify(json);
}
