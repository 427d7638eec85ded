import type { Cluster, Redis } from 'ioredis';
import { isUntold, type Job, jobState } from '../domain/job.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { auditBudget } from './auditBudget.ts';
import { dailies, keep, spaceKeys } from './keys.ts';
import { masters } from './masters.ts';
import { pairs, readJob } from './record.ts';

/** What an audit found: one sentence for every place where ledger, balances and records disagree. */
export interface Audit {
  spaces: number;
  lines: number;
  jobs: number;
  problems: string[];
}

interface Entry {
  member: string;
  window: string;
  held: number;
  ended: ('capture' | 'release')[];
}

interface Balance {
  member: string;
  window: string;
  held: number;
  spent: number;
  /** When something was last held, in Unix milliseconds. */
  heldAt: number;
}

const page = 1_000;

/** Every space that has books, and the keys of the balances it keeps. */
async function books(redis: Redis | Cluster): Promise<Map<SpaceKey, string[]>> {
  const found = new Map<SpaceKey, string[]>();
  for (const node of await masters(redis)) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', 'dailies:{*}:*', 'COUNT', page);
      for (const key of keys) {
        const [, space, kind] = /^dailies:{(.+?)}:(ledger$|quota:)/.exec(key) ?? [];
        if (space === undefined) continue;
        const balances = found.get(space as SpaceKey) ?? [];
        if (kind !== 'ledger') balances.push(key);
        found.set(space as SpaceKey, balances);
      }
      cursor = next;
    } while (cursor !== '0');
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

type Replayed = Awaited<ReturnType<typeof replay>>;

/** Replays one space's ledger into what each job and each balance should be. */
async function replay(redis: Redis | Cluster, space: SpaceKey, problems: string[]) {
  const jobs = new Map<string, Entry>();
  const balances = new Map<string, Balance>();
  let lines = 0;
  let from = '-';
  for (;;) {
    const read = await redis.xrange(spaceKeys(space).ledger, from, '+', 'COUNT', page);
    for (const [id, flat] of read) {
      lines += 1;
      from = `(${id}`;
      const { kind, member = '', window = '', credits = '', job = '' } = pairs(flat);
      const amount = Number(credits);
      const key = `${member} ${window}`;
      const balance = balances.get(key) ?? { member, window, held: 0, spent: 0, heldAt: 0 };
      balances.set(key, balance);
      const entry = jobs.get(job);
      if (kind === 'hold') {
        if (entry) problems.push(`${space} ${job}: held twice`);
        jobs.set(job, { member, window, held: amount, ended: [] });
        balance.held += amount;
        balance.heldAt = Number(id.split('-')[0]);
      } else if (kind === 'capture' || kind === 'release') {
        if (!entry) problems.push(`${space} ${job}: ${kind} without a hold`);
        else if (entry.held !== amount || entry.member !== member || entry.window !== window) {
          problems.push(`${space} ${job}: ${kind} of ${amount} differs from its hold of ${entry.held}`);
        }
        if (entry?.ended.length) problems.push(`${space} ${job}: ended twice (${entry.ended.join(', ')}, ${kind})`);
        entry?.ended.push(kind);
        balance.held -= amount;
        if (kind === 'capture') balance.spent += amount;
      } else problems.push(`${space} ${id}: a line of unknown kind`);
    }
    if (read.length < page) return { jobs, balances, lines };
  }
}

async function checkBalances(redis: Redis | Cluster, space: SpaceKey, replayed: Replayed, stored: readonly string[]) {
  const problems: string[] = [];
  const kept = new Set(stored);
  const strangers = new Set(stored);
  const read = async (key: string): Promise<[number, number]> => {
    const [held, spent] = await redis.hmget(key, 'held', 'spent');
    return [Number(held ?? 0), Number(spent ?? 0)];
  };
  for (const { member, window, held, spent, heldAt } of replayed.balances.values()) {
    const key = spaceKeys(space).quota(member, window);
    strangers.delete(key);
    if (!kept.has(key) && held === 0) {
      // A balance outlives every hold of its window by this much, and is forgotten then.
      if (Date.now() - heldAt < keep.quota * 1000) problems.push(`${space} ${member} ${window}: there is no balance`);
      continue;
    }
    const [storedHeld, storedSpent] = await read(key);
    if (storedHeld !== held || storedSpent !== spent) {
      problems.push(
        `${space} ${member} ${window}: the ledger comes to ${held} held and ${spent} spent, the balance says ${storedHeld} and ${storedSpent}`,
      );
    }
  }
  for (const key of strangers) {
    const [held, spent] = await read(key);
    if (held !== 0 || spent !== 0) problems.push(`${space} ${key}: ${held} held and ${spent} spent, not in the ledger`);
  }
  return problems;
}

/** A record, or why there is none to hold against the ledger. */
async function readable(redis: Redis | Cluster, key: string): Promise<{ job: Job | undefined } | { broken: string }> {
  const fields = await redis.hgetall(key);
  try {
    return { job: readJob(fields) };
  } catch (error) {
    return { broken: String(error).replace(/\s+/g, ' ').slice(0, 200) };
  }
}

async function checkJobs(redis: Redis | Cluster, space: SpaceKey, replayed: Replayed) {
  const problems: string[] = [];
  const keys = spaceKeys(space);
  for (const [id, entry] of replayed.jobs) {
    const found = await readable(redis, keys.job(id));
    if ('broken' in found) {
      problems.push(`${space} ${id}: the record cannot be read (${found.broken})`);
      continue;
    }
    const { job } = found;
    const [ended] = entry.ended;
    if (!job) {
      // A job at rest is forgotten after a month; one that still holds credits never is.
      if (!ended) problems.push(`${space} ${id}: holds credits and has no record`);
      continue;
    }
    const settled = ended && (ended === 'capture' ? 'captured' : 'released');
    if (job.settled !== settled) problems.push(`${space} ${id}: the record says ${job.settled}, the ledger ${settled}`);
    if (job.request.price !== entry.held)
      problems.push(`${space} ${id}: its price is ${job.request.price}, held ${entry.held}`);
    if (settled === 'captured' && jobState(job) !== 'delivered')
      problems.push(`${space} ${id}: paid, but never delivered`);
    if ((!settled || isUntold(job)) && (await redis.zscore(keys.open, id)) === null) {
      problems.push(`${space} ${id}: unfinished, and nobody would look at it again`);
    }
  }
  const open = await redis.zrange(keys.open, '0', '-1');
  if (open.length > 0 && (await redis.zscore(dailies.spaces, space)) === null) {
    problems.push(`${space}: has unfinished jobs, and the sweep does not know it`);
  }
  for (const id of open) {
    if (!replayed.jobs.has(id)) problems.push(`${space} ${id}: open, and not in the ledger`);
  }
  return problems;
}

/** Replays every ledger and holds it against the balances and the job records, and the budget against the jobs. Reads only; right while nothing is being written. */
export async function audit(redis: Redis | Cluster): Promise<Audit> {
  const found: Audit = { spaces: 0, lines: 0, jobs: 0, problems: [] };
  for (const [space, stored] of await books(redis)) {
    const replayed = await replay(redis, space, found.problems);
    found.problems.push(
      ...(await checkBalances(redis, space, replayed, stored)),
      ...(await checkJobs(redis, space, replayed)),
    );
    found.spaces += 1;
    found.lines += replayed.lines;
    found.jobs += replayed.jobs.size;
  }
  found.problems.push(...(await auditBudget(redis)));
  return found;
}
