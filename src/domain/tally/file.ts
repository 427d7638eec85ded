import { z } from 'zod';

/** A SHA-256 in hex. */
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hex');

/** Unix milliseconds. */
const moment = z.int().nonnegative();

/** An entry's number in the screening. */
const number = z.int().positive();

const text = z.string().min(1).max(1_000);

/** The seed, and in words how ties are broken, are part of what anyone needs to come to the same result. */
const challengeSchema = z.strictObject({
  id: text,
  title: text,
  closedAt: moment,
  endedAt: moment,
  /** `pairs`: which of two; `one`: everybody names one entry. */
  voting: z.enum(['pairs', 'one']),
  seed: text,
  ties: text,
});

const entrySchema = z.strictObject({
  number,
  id: text,
  film: sha256Schema,
  nonce: z.string().regex(/^[0-9a-f]{32,128}$/, 'is not 32 to 128 hex digits'),
  commitment: sha256Schema,
  enteredAt: moment,
  /** What stands for whoever made it, in this challenge alone; of entries of an earlier version it is the chat's own id of theirs. */
  author: z.strictObject({ id: text, name: text }),
  /** It left the challenge after entries had closed: it is sealed with the others, has no place, and ballots that name it count for nothing. */
  out: z.literal(true).exactOptional(),
});

const voter = z.string().regex(/^[a-z2-7]{16}$/, 'is no voter code');

/** `pair`: as it was shown, left and right; `choice`: the one of them that won. */
const pairBallotSchema = z.strictObject({ voter, pair: z.tuple([number, number]), choice: number });

const oneBallotSchema = z.strictObject({ voter, choice: number });

const percent = z.number().min(0).max(100);

const standingSchema = z.strictObject({
  place: z.int().positive(),
  entry: number,
  score: z.number().nonnegative(),
  interval: z.tuple([percent, percent]).exactOptional(),
  wins: z.int().nonnegative().exactOptional(),
  duels: z.int().nonnegative().exactOptional(),
});

/** What is published when a challenge ends, and from which anyone can compute the result again. */
export const tallySchema = z.strictObject({
  format: z.literal('dailies-tally-1'),
  challenge: challengeSchema,
  /** What was posted when entries closed. */
  seal: sha256Schema,
  entries: z.array(entrySchema).max(500),
  ballots: z.array(z.union([pairBallotSchema, oneBallotSchema])).max(1_000_000),
  /** How many ballots are not here because their voters were blocked later. */
  leftOut: z.int().nonnegative(),
  /** How many films have no place because their authors were blocked: when entries closed, and so are not here, or by the end, and are `out`. */
  filmsLeftOut: z.int().positive().exactOptional(),
  result: z.array(standingSchema),
});

export type Tally = z.infer<typeof tallySchema>;
type PairBallot = z.infer<typeof pairBallotSchema>;
export type Ballot = PairBallot | z.infer<typeof oneBallotSchema>;

/** Whether a ballot is about a pair. */
export const isPair = (ballot: Ballot): ballot is PairBallot => 'pair' in ballot;
