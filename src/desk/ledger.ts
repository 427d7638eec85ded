import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { told } from '../away.ts';
import { UserError } from '../domain/errors.ts';
import { type Ledger, mostCredits } from '../domain/ledger.ts';
import { base32, type SpaceKey } from '../domain/origin.ts';
import { digest } from '../domain/recipe.ts';
import { callName, keep, spaceKeys } from './keys.ts';
import { run } from './scripts.ts';

const answerSchema = z.tuple([z.string()]).rest(z.string());
/** Seconds that what was given on a day is remembered: longer than a day lasts anywhere. */
const givenKept = 2 * 86_400;

/** An amount that a verb may move: whole, and from `least` to {@link mostCredits}. */
export function checked(credits: number, least = 1): number {
  if (Number.isInteger(credits) && credits >= least && credits <= mostCredits) return credits;
  throw new UserError('invalid', { word: 'credits.amount', with: { most: mostCredits } }, { field: 'credits' });
}

/** The name of something that a call makes: the same call makes the same. */
export const madeBy = (kind: string, key: string, bytes: number): string =>
  kind + base32(digest(`${kind} ${key}`).subarray(0, bytes));

/** A clock that is behind or before its time: nothing was written, and the same may be asked again. */
const betweenWindows = (): UserError => new UserError('unavailable', { word: 'service.clock' }, { retryAfter: 5 });

/**
 * Runs a verb under its call's key. A repeated call gets its first answer; the same key with something else in it is a `conflict`.
 * `refused` makes an error of what the script would not do.
 */
export async function verb(
  redis: Redis | Cluster,
  name: Parameters<typeof run>[1],
  { space, key, what }: { space: SpaceKey; key: string; what: unknown },
  args: (string | number)[],
  refused: (why: string, left: number) => UserError | undefined,
): Promise<string> {
  const mark = digest({ name, what }).toString('hex');
  const [outcome, first = '', second = ''] = answerSchema.parse(
    await run(redis, name, [spaceKeys(space).all], [callName(key), mark, keep.call, ...args]),
  );
  if (outcome === 'done') return first;
  if (outcome === 'repeated') {
    if (first !== mark) throw new UserError('conflict', { word: 'call.conflict' }, { field: 'id' });
    return second;
  }
  const error = outcome === 'window' ? betweenWindows() : refused(outcome, Number(first));
  throw error ?? new Error(`${name} answered ${outcome}`);
}

/** Credits beside those of a window, in Redis. */
export function createLedger(redis: Redis | Cluster): Ledger {
  return {
    grant: (space, key, to) =>
      told(async () => {
        const { member, credits, expires = 0, by, why } = to;
        const args = [keep.record, member, madeBy('g', key, 8), checked(credits), expires, by, why];
        // When they run out is reckoned from the call, and a repetition comes later.
        await verb(redis, 'grant', { space, key, what: { member, credits, by, why } }, args, (outcome) =>
          outcome === 'over' ? new UserError('invalid', { word: 'credits.past' }, { field: 'days' }) : undefined,
        );
      }),

    revoke: (space, key, from) =>
      told(async () => {
        const { member, credits, by, why } = from;
        const args = [keep.record, member, checked(credits), by, why];
        await verb(redis, 'revoke', { space, key, what: from }, args, (outcome, left) =>
          outcome === 'short'
            ? new UserError('balance', { word: 'credits.short', with: { left } }, { field: 'credits', balance: left })
            : undefined,
        );
      }),

    give: (space, key, gift) =>
      told(async () => {
        const { from, to, credits, day, most, note } = gift;
        const field = { field: 'credits' };
        if (from === to) throw new UserError('invalid', { word: 'give.self' }, { field: 'member' });
        const args = [keep.record, from, to, checked(credits), madeBy('g', key, 8), day, most, givenKept, note];
        // The limit is a manager's, who may change it between a call and its repetition.
        await verb(redis, 'give', { space, key, what: { from, to, credits, note } }, args, (outcome, left) => {
          if (outcome === 'day') return new UserError('balance', { word: 'give.day', with: { most, left } }, field);
          if (outcome !== 'short') return undefined;
          return new UserError('balance', { word: 'give.short', with: { left } }, { ...field, balance: left });
        });
      }),

    correct: (space, key, { member, credits, window, by, why }) =>
      told(async () => {
        if (credits === 0) throw new UserError('invalid', { word: 'credits.amount', with: { most: mostCredits } });
        const { id, startsAt, endsAt } = window;
        const args = [keep.record, member, checked(credits, -mostCredits), id, startsAt, endsAt, keep.quota, by, why];
        const spent = await verb(
          redis,
          'adjust',
          { space, key, what: { member, credits, by, why } },
          args,
          (outcome, left) =>
            outcome === 'short'
              ? new UserError('invalid', { word: 'correct.short', with: { spent: left } }, { field: 'credits' })
              : undefined,
        );
        return Number(spent);
      }),

    expire: (space, limit) =>
      told(async () => z.int().parse(await run(redis, 'expire', [spaceKeys(space).all], [limit, keep.record]))),
  };
}
