import type { Cluster, Redis } from 'ioredis';
import type { BudgetOf } from './budget.ts';
import type { Difference } from './difference.ts';
import { keysLike } from './found.ts';
import { budgetKeys, spaceKeys } from './keys.ts';
import { type Reservation, readReservation } from './reservation.ts';

async function troubleOf(
  redis: Redis | Cluster,
  of: BudgetOf,
  id: string,
  { space }: Reservation,
): Promise<string | undefined> {
  // Until somebody says that it was accepted, and for a minute at the most, there need be no job.
  if ((await redis.zscore(budgetKeys[of].unmatched, id)) !== null) return undefined;
  const keys = spaceKeys(space);
  if ((await redis.exists(keys.job(id))) === 0) return 'there is no such job';
  if ((await redis.zscore(keys.open, id)) !== null) return undefined;
  const settled = await redis.hget(keys.job(id), 'settled');
  return settled === null ? 'the job is not open' : `the job has ended (${settled})`;
}

/** Holds what is set aside in the operator's budgets against the jobs it is for, and against the sums. */
export async function auditBudget(redis: Redis | Cluster): Promise<Difference[]> {
  return [...(await auditOne(redis, 'money')), ...(await auditOne(redis, 'credits'))];
}

async function auditOne(redis: Redis | Cluster, of: BudgetOf): Promise<Difference[]> {
  const { budget, reserved } = budgetKeys[of];
  const found: Difference[] = [];
  const say = (what: string, text: string, gap = text) => found.push({ space: 'budget', what, gap, text });
  const sums = new Map<string, number>();
  for await (const key of keysLike(redis, `${budget}*`)) sums.set(key.slice(budget.length), 0);
  for (const [id, text] of Object.entries(await redis.hgetall(reserved))) {
    const reservation = readReservation(text);
    if (!reservation) {
      say(id, 'what is set aside cannot be read');
      continue;
    }
    const { money, window } = reservation;
    sums.set(window, (sums.get(window) ?? 0) + money);
    const trouble = await troubleOf(redis, of, id, reservation);
    if (trouble !== undefined) say(id, `${money} set aside, and ${trouble}`);
  }
  for (const [window, sum] of sums) {
    const held = Number((await redis.hget(budget + window, 'held')) ?? 0);
    if (held !== sum) say(window, `${held} held, and ${sum} set aside for jobs`, String(held - sum));
  }
  return found;
}
