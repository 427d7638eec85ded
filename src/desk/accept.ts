import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { untouched } from '../away.ts';
import type { Order, Receipt } from '../domain/desk.ts';
import { UserError } from '../domain/errors.ts';
import { callName, dailies, keep, spaceKeys } from './keys.ts';
import { roomLeft } from './memory.ts';
import { run } from './scripts.ts';

/** Milliseconds after which an accepted job is looked at again, should its way to the queue have broken. */
const acceptedDue = 10_000;

const answerSchema = z.tuple([z.string()]).rest(z.string());
const jobsSchema = z.array(z.string());

/** Which limit a call went over, as a {@link UserError}. `left` is what of it is free. */
function capped(which: string, left: number, order: Order, price: number): UserError {
  const { caps, window, timeZone } = order;
  const renews = { renewsAt: window.endsAt, timeZone };
  switch (which) {
    case 'once':
      return new UserError('busy', { word: 'cap.once', with: { most: caps.atOnce ?? 0 } }, { retryAfter: 60 });
    case 'waiting':
      return new UserError('busy', { word: 'cap.waiting', with: { most: caps.waiting ?? 0 } }, { retryAfter: 60 });
    case 'spend':
      return new UserError('balance', { word: 'cap.spend', with: { price, left, ...renews } }, { balance: left });
    case 'credits':
    case 'money':
      return new UserError(
        'busy',
        { word: 'cap.space', with: { some: left > 0, ...renews } },
        { retryAfter: Math.max(1, Math.ceil((window.endsAt - Date.now()) / 1000)) },
      );
    default:
      throw new Error(`accept answered with the cap ${which}`);
  }
}

const limit = (most: number | undefined): string => (most === undefined ? '' : String(most));
const priceOf = ({ jobs }: Order): number => jobs.reduce((sum, job) => sum + job.price, 0);

/** The answer that a call was given first. Throws a {@link UserError} when another one came under its key. */
export function firstReceipt(call: Order['call'], digest: string, jobs: string, price: string, left: string): Receipt {
  if (digest !== call.digest) throw new UserError('conflict', { word: 'call.conflict' }, { field: 'id' });
  return { jobs: jobsSchema.parse(JSON.parse(jobs)), price: Number(price), left: Number(left) };
}

/** What the script is asked, as its header says. */
export function acceptArgs(order: Order): (string | number)[] {
  const { call, member, window, jobs, caps, pot, allowance } = order;
  const ids = JSON.stringify(jobs.map((job) => job.id));
  const asker = jobs[0]?.origin.user ?? member;
  return [
    ...[callName(call.key), call.digest, ids, asker, member, pot ?? ''],
    ...[window.id, window.startsAt, window.endsAt, allowance],
    ...[acceptedDue, keep.call, keep.quota, keep.record],
    ...[caps.spend, caps.atOnce, caps.waiting, caps.spaceCredits, caps.spaceMoney].map(limit),
    ...jobs.flatMap((job) => [job.id, JSON.stringify(job), job.price, job.money ?? 0]),
  ];
}

function receiptOf(order: Order, answer: unknown): Receipt & { repeated: boolean } {
  const [outcome, first = '', second = '', third = '', fourth = ''] = answerSchema.parse(answer);
  const { call, window, timeZone } = order;
  const price = priceOf(order);
  switch (outcome) {
    case 'accepted':
      return { jobs: order.jobs.map((job) => job.id), price, left: Number(first), repeated: false };
    case 'repeated':
      return { ...firstReceipt(call, first, second, third, fourth), repeated: true };
    case 'balance': {
      const left = Number(first);
      const said = { word: 'balance.short', with: { price, left, renewsAt: window.endsAt, timeZone } } as const;
      throw new UserError('balance', said, { balance: left });
    }
    case 'pot':
      throw new UserError('balance', { word: 'pot.short', with: { price, left: Number(first) } }, { field: 'pot' });
    case 'cap':
      throw capped(first, Number(second), order, price);
    case 'taken':
      throw new UserError('conflict', { word: 'call.conflict' }, { field: 'id' });
    case 'window':
      throw new UserError('unavailable', { word: 'service.clock' }, { retryAfter: 5 });
    default:
      throw new Error(`accept answered ${outcome}`);
  }
}

/** Accepts an order, or throws a {@link UserError}. */
export function createAccept(redis: Redis | Cluster) {
  const room = roomLeft(redis);

  return async (order: Order): Promise<Receipt & { repeated: boolean }> => {
    const { space, call } = order;
    const keys = spaceKeys(space);
    await untouched(async () => {
      // A repeated call takes no room: it gets its answer.
      const full = !(await room()) && (await redis.exists(keys.call(call.key))) === 0;
      if (full) throw new UserError('unavailable', { word: 'service.full' }, { retryAfter: 60 });
      await redis.zadd(dailies.spaces, Date.now(), space);
    });
    return receiptOf(order, await run(redis, 'accept', [keys.all], acceptArgs(order)));
  };
}
