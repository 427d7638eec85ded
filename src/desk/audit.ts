import { setTimeout as wait } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import type { SpaceKey } from '../domain/origin.ts';
import { checkBalances } from './auditBalances.ts';
import { auditBudget } from './auditBudget.ts';
import { checkJobs } from './auditJobs.ts';
import { type Difference, tellDifference } from './difference.ts';
import { type Kept, spacesWithBooks } from './found.ts';
import { spaceKeys } from './keys.ts';
import { replay } from './replay.ts';

/** What an audit found: a difference for every place where ledger, balances, pots, budgets and records disagree. */
export interface Audit {
  spaces: number;
  lines: number;
  jobs: number;
  differences: Difference[];
  /** The same, a sentence each. */
  problems: string[];
}

/** Milliseconds between looks, and how often it is looked at the most. */
const usualPause = 500;
const looks = 5;

/** A difference, and whether nothing was written while it was looked for: then there is nothing to wait for. */
interface Seen {
  difference: Difference;
  sure: boolean;
}

async function lookAt(redis: Redis | Cluster, spaces: ReadonlyMap<SpaceKey, Kept>) {
  const found = { spaces: 0, lines: 0, jobs: 0, seen: [] as Seen[] };
  for (const [space, kept] of spaces) {
    const { books, lines, at } = await replay(redis, space);
    const wrong = [...books.wrong.values()].map(({ line, why }): Difference => {
      return { space, what: `line ${line.id}`, gap: why, text: why, mend: { is: 'void', line } };
    });
    const balances = await checkBalances(redis, space, books, kept);
    // Balances change with a line of the ledger, in one script.
    const [last] = await redis.xrevrange(spaceKeys(space).ledger, '+', '-', 'COUNT', 1);
    const sure = (last?.[0] ?? at) === at;
    found.seen.push(
      ...[...wrong, ...balances].map((one) => ({ difference: { ...one, at }, sure })),
      ...(await checkJobs(redis, space, books, kept)).map((one) => ({ difference: { ...one, at }, sure: false })),
    );
    found.spaces += 1;
    found.lines += lines;
    found.jobs += books.jobs.size;
  }
  found.seen.push(...(await auditBudget(redis)).map((difference) => ({ difference, sure: false })));
  return found;
}

const same = (one: Difference) => (other: Difference) =>
  one.space === other.space && one.what === other.what && one.gap === other.gap;

/**
 * Replays every ledger from its checkpoint and holds it against the balances, lots, pots and job records, and the operator's budget
 * against the jobs. Reads only. Right while the program runs too: what was written meanwhile looks like a difference, and is another one,
 * or none, the next time. `pause` in milliseconds.
 */
export async function audit(redis: Redis | Cluster, pause = usualPause): Promise<Audit> {
  const { seen, ...first } = await lookAt(redis, await spacesWithBooks(redis));
  const sure = seen.filter((one) => one.sure).map(({ difference }) => difference);
  let pending = seen.filter((one) => !one.sure).map(({ difference }) => difference);
  for (let look = 1; look < looks && pending.length > 0; look++) {
    await wait(pause);
    const concerned = new Set(pending.map(({ space }) => space));
    const spaces = [...(await spacesWithBooks(redis))].filter(([space]) => concerned.has(space));
    const again = await lookAt(redis, new Map(spaces));
    const still = again.seen.filter(({ difference }) => pending.some(same(difference)));
    sure.push(...still.filter((one) => one.sure).map(({ difference }) => difference));
    // As they were seen last.
    pending = still.filter((one) => !one.sure).map(({ difference }) => difference);
  }
  const differences = [...sure, ...pending];
  return { ...first, differences, problems: differences.map(tellDifference) };
}
