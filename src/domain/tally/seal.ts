import { createHmac } from 'node:crypto';
import { base32 } from '../origin.ts';
import { digest } from '../recipe.ts';

/** What a commitment is about. `film` is the SHA-256 of its bytes in hex, `author` an {@link authorCode}, `nonce` 32 random hex digits or more. */
export interface Committed {
  challenge: string;
  author: string;
  film: string;
  nonce: string;
}

/** Shorter salts could be guessed, and with them who is behind a code. */
const saltMin = 16;

/**
 * The hash (SHA-256, hex) that is posted when a film is entered: of the JSON text `["dailies-entry-1",challenge,author,film,nonce]`, without
 * blanks. Until the nonce is published it tells nothing; from then on neither film nor author can be another.
 */
export function commitmentOf({ challenge, author, film, nonce }: Committed): string {
  return digest(['dailies-entry-1', challenge, author, film, nonce]).toString('hex');
}

/**
 * The hash (SHA-256, hex) that is posted when entries close, before anybody votes: of the JSON text
 * `["dailies-seal-1",challenge,seed,[[number,commitment],…]]`, by number and without blanks. From then on no entry can be added, left out
 * or numbered anew, and the order in which pairs are asked about is settled.
 */
export function sealOf(sealed: {
  challenge: string;
  seed: string;
  entries: readonly { number: number; commitment: string }[];
}): string {
  const { challenge, seed, entries } = sealed;
  const byNumber = [...entries].sort((a, b) => a.number - b.number);
  const listed = byNumber.map(({ number, commitment }) => [number, commitment]);
  return digest(['dailies-seal-1', challenge, seed, listed]).toString('hex');
}

/** 16 letters and digits that stand for somebody. Who has not the salt can neither tell whom, nor whether a guess is right. */
function codeOf(salt: string, text: string): string {
  if (salt.length < saltMin) throw new RangeError(`[tally] a salt needs at least ${saltMin} characters`);
  return base32(createHmac('sha256', salt).update(text).digest().subarray(0, 10));
}

/**
 * What stands for a voter where ballots are published: 16 letters and digits, from an HMAC (SHA-256) of the member's id. `salt` is a secret
 * of at least 16 characters, one for each challenge, that is never published: who has it can tell whose ballots are whose.
 */
export const voterCode = (salt: string, member: string): string => codeOf(salt, member);

/**
 * What stands for an author beside their name: the same, of the JSON text `["dailies-author-1",member]`, which is no member's id. So
 * nothing leads from it to the member, to their ballots, or to what they entered elsewhere.
 */
export const authorCode = (salt: string, member: string): string =>
  codeOf(salt, JSON.stringify(['dailies-author-1', member]));
