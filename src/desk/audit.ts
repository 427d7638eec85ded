import { Cluster, type Redis } from 'ioredis';
import { jobState } from '../domain/job.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { spaceKeys } from './keys.ts';
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

const page = 1_000;

async function spacesWithLedger(redis: Redis | Cluster): Promise<SpaceKey[]> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const found = new Set<SpaceKey>();
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', 'dailies:{*}:ledger', 'COUNT', page);
      for (const key of keys) found.add(/\{(.+)\}/.exec(key)?.[1] as SpaceKey);
      cursor = next;
    } while (cursor !== '0');
  }
  return [...found].sort();
}

/** Replays one space's ledger into what each job and each balance should be. */
async function replay(redis: Redis | Cluster, space: SpaceKey, problems: string[]) {
  const jobs = new Map<string, Entry>();
  const balances = new Map<string, { member: string; window: string; held: number; spent: number }>();
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
      const balance = balances.get(key) ?? { member, window, held: 0, spent: 0 };
      balances.set(key, balance);
      const entry = jobs.get(job);
      if (kind === 'hold') {
        if (entry) problems.push(`${space} ${job}: held twice`);
        jobs.set(job, { member, window, held: amount, ended: [] });
        balance.held += amount;
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

async function checkBalances(redis: Redis | Cluster, space: SpaceKey, replayed: Awaited<ReturnType<typeof replay>>) {
  const problems: string[] = [];
  for (const { member, window, held, spent } of replayed.balances.values()) {
    const stored = await redis.hmget(spaceKeys(space).quota(member, window), 'held', 'spent');
    const [storedHeld, storedSpent] = stored.map((value) => Number(value ?? 0));
    const expired = stored[0] === null && held === 0;
    if (!expired && (storedHeld !== held || storedSpent !== spent)) {
      problems.push(
        `${space} ${member} ${window}: the ledger comes to ${held} held and ${spent} spent, the balance says ${storedHeld} and ${storedSpent}`,
      );
    }
  }
  return problems;
}

async function checkJobs(redis: Redis | Cluster, space: SpaceKey, replayed: Awaited<ReturnType<typeof replay>>) {
  const problems: string[] = [];
  const keys = spaceKeys(space);
  for (const [id, entry] of replayed.jobs) {
    const job = readJob(await redis.hgetall(keys.job(id)));
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
    if (!settled && (await redis.zscore(keys.open, id)) === null) {
      problems.push(`${space} ${id}: unfinished, and nobody would look at it again`);
    }
  }
  for (const id of await redis.zrange(keys.open, '0', '-1')) {
    if (!replayed.jobs.has(id)) problems.push(`${space} ${id}: open, and not in the ledger`);
  }
  return problems;
}

/** Replays every ledger and holds it against the balances and the job records. Reads only; right while nothing is being written. */
export async function audit(redis: Redis | Cluster): Promise<Audit> {
  const found: Audit = { spaces: 0, lines: 0, jobs: 0, problems: [] };
  for (const space of await spacesWithLedger(redis)) {
    const replayed = await replay(redis, space, found.problems);
    found.problems.push(...(await checkBalances(redis, space, replayed)), ...(await checkJobs(redis, space, replayed)));
    found.spaces += 1;
    found.lines += replayed.lines;
    found.jobs += replayed.jobs.size;
  }
  return found;
}
