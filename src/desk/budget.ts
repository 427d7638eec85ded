import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { reaching, told as toldToMember, untouched } from '../away.ts';
import { UserError } from '../domain/errors.ts';
import type { Job, JobRef } from '../domain/job.ts';
import type { QuotaWindow, WindowKind } from '../domain/policy.ts';
import { type Budget, type Log, RedisAway, type Standing } from '../ports.ts';
import { budgetKeys, keep } from './keys.ts';
import { readReservation } from './reservation.ts';
import { run } from './scripts.ts';

/** Milliseconds after which money returns that was set aside for a job nobody accepted. */
const returnAfter = 60_000;
const returnedAtOnce = 100;
const warnShare = 0.8;
const warnEvery = 60_000;
/** Bookings remembered at the most; one that is forgotten and repeated counts twice, on the safe side. */
const mostBooked = 500_000;

/** What a budget counts: millionths of the currency, or credits. */
export type BudgetOf = keyof typeof budgetKeys;

/** The operator's limit: `most` in what it is `of`, `window` the one that is open now, by `kind` and `timeZone`. */
export interface BudgetLimit {
  of: BudgetOf;
  most: number;
  kind: WindowKind;
  timeZone: string;
  window(): QuotaWindow;
}

/** What of the present window is used, in what the budget is of; `renewsAt` is Unix milliseconds. */
export interface BudgetState {
  spent: number;
  held: number;
  limit: number;
  renewsAt: number;
}

const listSchema = z.array(z.string());
type Asked = { ref: JobRef } & Record<BudgetOf, number>;
/** How an amount is told to the operator, and which variable it is of. */
const told = { money: { name: 'BUDGET_MONEY', unit: 1e6 }, credits: { name: 'BUDGET_CREDITS', unit: 1 } } as const;

/** Beside the port: what the sweep and the metrics need. */
export interface KeptBudget extends Budget {
  /** Keeps what was set aside for jobs that were accepted after all, and returns the rest, once it is a minute old. Returns how many it returned. */
  returnUnmatched(): Promise<number>;
  /** Nothing without a limit. */
  state(): Promise<BudgetState | undefined>;
}

/**
 * An operator's budget in Redis, of money or of credits: a hard stop over all processes; without a limit only the pause is asked. `job` reads a job's record.
 * `reserve` throws {@link UserError}; all else throws {@link RedisAway} when Redis is away.
 */
export function createBudget(tools: {
  redis: Redis | Cluster;
  standing: Pick<Standing, 'read'>;
  job(ref: JobRef): Promise<Job | undefined>;
  limit: BudgetLimit | undefined;
  log: Log;
}): KeptBudget {
  const { redis, standing, limit, log } = tools;
  const of = limit?.of ?? 'money';
  const { reserved, unmatched, booked, budget } = budgetKeys[of];
  const { name, unit } = told[of];
  let warnedAt = Number.NEGATIVE_INFINITY;

  const open = async (): Promise<void> => {
    const pause = await standing.read();
    if (pause) throw new UserError('unavailable', { word: `service.${pause.reason}` }, { retryAfter: 300 });
  };

  const setAside = async (jobs: readonly Asked[], limit: BudgetLimit, again = false): Promise<string[]> => {
    const { most, kind, timeZone } = limit;
    const { id, startsAt, endsAt } = limit.window();
    const answer = listSchema.parse(
      await run(
        redis,
        'reserve',
        [reserved, unmatched, booked, budget + id],
        [
          ...[most, id, startsAt, endsAt, keep.quota, warnShare],
          ...jobs.flatMap((asked) => [asked.ref.id, asked.ref.space, asked[of]]),
        ],
      ),
    );
    const [outcome, first, second, ...ids] = answer;
    if (outcome === 'reserved') {
      if (first === '1')
        log.warn({ window: id, used: Number(second) / unit, limit: most / unit }, `four fifths of ${name} used`);
      return ids;
    }
    if (outcome === 'window') {
      if (again) throw new UserError('unavailable', { word: 'service.clock' }, { retryAfter: 5 });
      return setAside(jobs, limit, true);
    }
    const sum = jobs.reduce((all, asked) => all + asked[of], 0);
    const left = Number(first);
    if (performance.now() - warnedAt > warnEvery) {
      warnedAt = performance.now();
      const amounts = { left: left / unit, asked: sum / unit, limit: most / unit };
      log.warn({ window: id, ...amounts }, `refused: ${name} does not cover it`);
    }
    if (sum > most) throw new UserError('unavailable', { word: 'budget.small', with: { window: kind } });
    const said = { word: 'budget.used', with: { window: kind, some: left > 0, renewsAt: endsAt, timeZone } } as const;
    const retryAfter = Math.max(1, Math.ceil((endsAt - Date.now()) / 1000));
    throw new UserError('unavailable', said, { retryAfter });
  };

  const matched = async (jobs: readonly Asked[], { window }: BudgetLimit, anew: boolean): Promise<string[]> => {
    const { id, endsAt } = window();
    const args = jobs.flatMap((asked) => [asked.ref.id, asked.ref.space, asked[of]]);
    const keys = [reserved, unmatched, booked, budget];
    return listSchema.parse(await run(redis, 'keep', keys, [id, endsAt, keep.quota, anew ? '1' : '0', ...args]));
  };

  const end = async (id: string, spent: number, { window }: BudgetLimit, unkept: boolean): Promise<boolean> => {
    const now = window();
    const args = [id, spent, now.id, now.endsAt, keep.quota, keep.booked, mostBooked, unkept ? '1' : '0'];
    return (await run(redis, 'book', [reserved, unmatched, booked, budget], args)) === 1;
  };

  const state = async (): Promise<BudgetState | undefined> => {
    if (!limit) return undefined;
    const { id, endsAt } = limit.window();
    const [held, spent] = await redis.hmget(budget + id, 'held', 'spent');
    return { spent: Number(spent ?? 0), held: Number(held ?? 0), limit: limit.most, renewsAt: endsAt };
  };

  /** One that was not kept in time: put right where its job was accepted, else given back. True when it was. */
  const settleOne = async (id: string, text: string, its: BudgetLimit): Promise<boolean> => {
    const reservation = readReservation(text);
    const job = reservation && (await tools.job({ space: reservation.space, id }));
    if (!reservation || !job || job.settled !== undefined) return end(id, 0, its, true);
    const { space, money } = reservation;
    const { money: reckoned = money, price } = job.request;
    await matched([{ ref: { space, id }, money: reckoned, credits: price }], its, true);
    return false;
  };

  return {
    reserve: (jobs) =>
      toldToMember(() =>
        untouched(async () => {
          await open();
          if (!limit) return [];
          const ids = await setAside(jobs, limit);
          return jobs.flatMap(({ ref }) => (ids.includes(ref.id) ? ref : []));
        }),
      ),

    keep: (jobs) =>
      reaching(async () => {
        if (!limit || jobs.length === 0) return;
        const missing = await matched(jobs, limit, false);
        // Its money had returned: the process stood still for long, or another one took the same call for refused.
        for (const asked of jobs.filter(({ ref }) => missing.includes(ref.id))) {
          const job = await tools.job(asked.ref);
          if (job && job.settled === undefined) await matched([asked], limit, true);
        }
      }),

    giveBack: (refs) =>
      reaching(async () => {
        if (!limit) return;
        for (const ref of refs) {
          if ((await tools.job(ref)) === undefined) await end(ref.id, 0, limit, true);
        }
      }),

    book: (id, spent) =>
      reaching(async () => {
        if (limit) await end(id, spent[of], limit, false);
      }),

    returnUnmatched: () =>
      reaching(async () => {
        if (!limit) return 0;
        const flat = listSchema.parse(
          await run(redis, 'unmatched', [reserved, unmatched], [returnAfter, returnedAtOnce]),
        );
        let returned = 0;
        for (let i = 0; i + 1 < flat.length; i += 2) {
          const id = flat[i] as string;
          try {
            if (await settleOne(id, flat[i + 1] as string, limit)) returned += 1;
          } catch (err) {
            if (err instanceof RedisAway) throw err;
            log.error({ job: id, err }, 'nobody knows whether the job was accepted; its money stays set aside');
          }
        }
        return returned;
      }),

    state: () => reaching(state),

    left: () =>
      toldToMember(() =>
        untouched(async () => {
          const is = await state();
          return is && Math.max(0, is.limit - is.held - is.spent);
        }),
      ),
  };
}
