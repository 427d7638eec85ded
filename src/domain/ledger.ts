import type { SpaceKey } from './origin.ts';
import type { QuotaWindow } from './policy.ts';

/**
 * What happened to somebody's credits: a film held, paid or gave back; credits were granted by those in charge, taken back, given to or got
 * from another member, ran out, or were corrected; they were put into a pot, or came back from one.
 */
export const lineKinds = [
  ...([
    'hold',
    'capture',
    'release',
    'grant',
    'revoke',
    'gave',
    'got',
    'expire',
    'correct',
    'pledge',
    'return',
  ] as const),
] as const;
export type LineKind = (typeof lineKinds)[number];

/** A line of the books as its member reads it. `with` is the other member, whoever was in charge, or the pot. */
export interface LedgerLine {
  /** Sorts by time. */
  id: string;
  at: number;
  kind: LineKind;
  member: string;
  window: string;
  credits: number;
  job: string;
  with?: string;
  why?: string;
}

/** Credits that were granted or given; `expires` is Unix milliseconds, left out for never. */
export interface Lot {
  id: string;
  left: number;
  held: number;
  expires?: number;
}

/** A member's credits. `left` is what can be spent now: of the window's allowance what is not held, spent or pledged, and the lots. */
export interface Quota {
  allowance: number;
  /** By films under way and by films that arrived, of the window's allowance and of lots together. */
  held: number;
  spent: number;
  /** Of the window's allowance, in pots. */
  pledged: number;
  /** What pots paid for them in this window, or set aside. */
  byPots: number;
  left: number;
  /** What of the most that may be used in the window is free, whoever pays: themself or a pot. Left out without such a limit. */
  free?: number;
  renewsAt: number;
  /** Those that run out first come first. */
  lots: Lot[];
  /** The newest lines first, 50 at most. */
  entries: LedgerLine[];
}

/** What a member's credits are reckoned by, in one window. `spend`: the most that may be held and spent in it, of pots too, whatever is there. */
export interface Terms {
  window: QuotaWindow;
  allowance: number;
  spend?: number | undefined;
}

/** Credits that one verb may move. */
export const mostCredits = 1_000_000;

/** Who did it, and why. */
export interface InCharge {
  by: string;
  why: string;
}

/**
 * Credits beside those of a window. Each verb is a line in the books, and idempotent by the key of its call: the same again gets the same
 * answer, another one under the same key is a `conflict`. A {@link UserError} says what cannot be done, with nothing written;
 * `unavailable` when Redis is away.
 */
export interface Ledger {
  /** `expires` in Unix milliseconds. */
  grant(
    space: SpaceKey,
    key: string,
    to: { member: string; credits: number; expires?: number | undefined } & InCharge,
  ): Promise<void>;
  /** Takes granted credits back, those that would last longest first. */
  revoke(space: SpaceKey, key: string, from: { member: string; credits: number } & InCharge): Promise<void>;
  /** Granted credits change hands with what is left of their time. `most` credits may be given in a `day`, a calendar day's name. */
  give(
    space: SpaceKey,
    key: string,
    gift: { from: string; to: string; credits: number; day: string; most: number; note: string },
  ): Promise<void>;
  /** Puts right what a member has used of the present window, by `credits` more or, below 0, less. Returns what is spent of it then. */
  correct(
    space: SpaceKey,
    key: string,
    of: { member: string; credits: number; window: QuotaWindow } & InCharge,
  ): Promise<number>;
  /** Ends granted credits whose time is over. Returns how many lots were looked at, `limit` at the most. */
  expire(space: SpaceKey, limit: number): Promise<number>;
}
