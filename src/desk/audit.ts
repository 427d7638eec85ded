import { setTimeout as wait } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import type { SpaceKey } from '../domain/origin.ts';
import { checkBalances } from './auditBalances.ts';
import { auditBudget } from './auditBudget.ts';
import { checkJobs } from './auditJobs.ts';
import { type Difference, tellDifference } from './difference.ts';
import { type Kept, spacesWithBooks } from './found.ts';
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

/** Milliseconds between looks, and how often it is looked: what is being written while it is read looks like a difference, and is another one the next time. */
const usualPause = 500;
const looks = 3;

async function lookAt(redis: Redis | Cluster, spaces: ReadonlyMap<SpaceKey, Kept>) {
  const found: Omit<Audit, 'problems'> = { spaces: 0, lines: 0, jobs: 0, differences: [] };
  for (const [space, kept] of spaces) {
    const { books, lines } = await replay(redis, space);
    const wrong = [...books.wrong.values()].map(({ line, why }): Difference => {
      return { space, what: `line ${line.id}`, gap: why, text: why, mend: { is: 'void', line } };
    });
    found.differences.push(
      ...wrong,
      ...(await checkBalances(redis, space, books, kept)),
      ...(await checkJobs(redis, space, books, kept)),
    );
    found.spaces += 1;
    found.lines += lines;
    found.jobs += books.jobs.size;
  }
  found.differences.push(...(await auditBudget(redis)));
  return found;
}

const same = (one: Difference) => (other: Difference) =>
  one.space === other.space && one.what === other.what && one.gap === other.gap;

/**
 * Replays every ledger from its checkpoint and holds it against the balances, lots, pots and job records, and the operator's budget
 * against the jobs. Reads only. Right while the program runs too: what is not there again a moment later was on its way.
 `pause` in milliseconds.
 */
export async function audit(redis: Redis | Cluster, pause = usualPause): Promise<Audit> {
  const first = await lookAt(redis, await spacesWithBooks(redis));
  let { differences } = first;
  for (let look = 1; look < looks && differences.length > 0; look++) {
    await wait(pause);
    const concerned = new Set(differences.map(({ space }) => space));
    const spaces = [...(await spacesWithBooks(redis))].filter(([space]) => concerned.has(space));
    const again = await lookAt(redis, new Map(spaces));
    differences = differences.filter((one) => again.differences.some(same(one)));
  }
  return { ...first, differences, problems: differences.map(tellDifference) };
}
