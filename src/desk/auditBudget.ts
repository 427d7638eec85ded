import type { Cluster, Redis } from 'ioredis';
import { dailies, spaceKeys } from './keys.ts';
import { masters } from './masters.ts';
import { type Reservation, readReservation } from './reservation.ts';

/** The windows of the budget that are remembered. */
async function windows(redis: Redis | Cluster): Promise<Set<string>> {
  const found = new Set<string>();
  for (const node of await masters(redis)) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', `${dailies.budget}*`, 'COUNT', 1_000);
      for (const key of keys) found.add(key.slice(dailies.budget.length));
      cursor = next;
    } while (cursor !== '0');
  }
  return found;
}

async function troubleOf(redis: Redis | Cluster, id: string, { space }: Reservation): Promise<string | undefined> {
  // Until somebody says that it was accepted, and for a minute at the most, there need be no job.
  if ((await redis.zscore(dailies.unmatched, id)) !== null) return undefined;
  const keys = spaceKeys(space);
  if ((await redis.exists(keys.job(id))) === 0) return 'there is no such job';
  if ((await redis.zscore(keys.open, id)) !== null) return undefined;
  const settled = await redis.hget(keys.job(id), 'settled');
  return settled === null ? 'the job is not open' : `the job has ended (${settled})`;
}

/** Holds what is set aside in the operator's budget against the jobs it is for, and against the sums. A sentence for each difference. */
export async function auditBudget(redis: Redis | Cluster): Promise<string[]> {
  const problems: string[] = [];
  const sums = new Map([...(await windows(redis))].map((window) => [window, 0]));
  for (const [id, text] of Object.entries(await redis.hgetall(dailies.reserved))) {
    const reservation = readReservation(text);
    if (!reservation) {
      problems.push(`budget ${id}: what is set aside cannot be read`);
      continue;
    }
    const { money, window } = reservation;
    sums.set(window, (sums.get(window) ?? 0) + money);
    const trouble = await troubleOf(redis, id, reservation);
    if (trouble !== undefined) problems.push(`budget ${id}: ${money} set aside, and ${trouble}`);
  }
  for (const [window, sum] of sums) {
    const held = Number((await redis.hget(dailies.budget + window, 'held')) ?? 0);
    if (held !== sum) problems.push(`budget ${window}: ${held} held, and ${sum} set aside for jobs`);
  }
  return problems;
}
