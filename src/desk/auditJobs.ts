import type { Cluster, Redis } from 'ioredis';
import { costOf } from '../domain/cost.ts';
import { isStanding, isUntold, type Job } from '../domain/job.ts';
import type { SpaceKey } from '../domain/origin.ts';
import type { Books, Held } from './books.ts';
import type { Difference, Mend } from './difference.ts';
import type { Kept } from './found.ts';
import { dailies, spaceKeys } from './keys.ts';
import { pairs, readJob } from './record.ts';

/** A record, or why there is none to hold against the ledger. */
async function readable(redis: Redis | Cluster, key: string): Promise<{ job: Job | undefined } | { broken: string }> {
  const fields = await redis.hgetall(key);
  try {
    return { job: readJob(fields) };
  } catch (error) {
    return { broken: String(error).replace(/\s+/g, ' ').slice(0, 200) };
  }
}

/** Jobs that are looked at together. */
const atOnce = 200;

const outcomes = { capture: 'captured', release: 'released' } as const;

/** The line that a job's end lacks. */
function endOf(id: string, held: Held, kind: 'capture' | 'release', seen: string, cost = 0): Mend {
  const draws = held.draws.flatMap(({ id: source, n }) => [source, String(n)]).join(' ');
  const { member, window, credits, pot } = held;
  const fields = { kind, member, window, credits: String(credits), job: id, draws, ...(pot === '' ? {} : { pot }) };
  const costs: Record<string, string> = cost === 0 ? {} : { cost: String(cost) };
  return { is: 'line', job: id, seen, fields: { ...fields, ...costs } };
}

/** How a job's record and its lines disagree about its end. */
function endDifference(id: string, held: Held, job: Job): Omit<Difference, 'space' | 'what'>[] {
  const [ended] = held.ended;
  const settled = ended && outcomes[ended];
  if (job.settled === settled) return [];
  const text = `the record says ${job.settled ?? 'it has not ended'}, the ledger ${settled ?? 'nothing of an end'}`;
  const kind = job.settled === 'captured' ? 'capture' : 'release';
  const mend: Mend | undefined =
    settled === undefined
      ? endOf(id, held, kind, job.settled ?? '', costOf(job))
      : { is: 'field', hash: `job:${id}`, field: 'settled', seen: job.settled ?? '', want: settled };
  // Both say that it ended, and not how: nobody can know which of them is right.
  return [{ gap: text, text, mend: settled !== undefined && job.settled !== undefined ? undefined : mend }];
}

/** Milliseconds after its acceptance in which a job's hold was written, by the same script. */
const withAccept = 5_000;

/** A hold of a job that had ended before the checkpoint: it is held once more, and that cannot be right. */
async function heldAgain(
  redis: Redis | Cluster,
  space: SpaceKey,
  { line: id, ended }: Held,
  { settled, acceptedAt }: Job,
): Promise<Mend | undefined> {
  if (settled === undefined || ended.length > 0 || Number(id.split('-')[0]) <= acceptedAt + withAccept)
    return undefined;
  const [line] = await redis.xrange(spaceKeys(space).ledger, id, id);
  return line && { is: 'void', line: { id, fields: pairs(line[1]) } };
}

async function differencesOf(redis: Redis | Cluster, space: SpaceKey, id: string, held: Held): Promise<Difference[]> {
  const keys = spaceKeys(space);
  const what = `job:${id}`;
  const say = (text: string, mend?: Mend): Difference => ({ space, what, gap: text, text, mend });
  const found = await readable(redis, keys.job(id));
  if ('broken' in found) return [say(`the record cannot be read (${found.broken})`)];
  const { job } = found;
  const [ended] = held.ended;
  // A job at rest is forgotten after a month; one that still holds credits never is.
  if (!job) return ended ? [] : [say('holds credits and has no record', endOf(id, held, 'release', ''))];
  const again = await heldAgain(redis, space, held, job);
  if (again) return [say('held once more after it had ended', again)];
  const differences = endDifference(id, held, job).map((one): Difference => ({ space, what, ...one }));
  if (job.request.price !== held.credits)
    differences.push(say(`its price is ${job.request.price}, held ${held.credits}`));
  if (ended === 'capture' && (job.failure || !job.post)) differences.push(say('paid, but never delivered'));
  if ((!ended || isUntold(job) || isStanding(job)) && (await redis.zscore(keys.open, id)) === null) {
    const mend = { is: 'member', set: 'open', key: 'open', entry: id, in: true } as const;
    differences.push(say('unfinished, and nobody would look at it again', mend));
  }
  const under = `under:${job.request.origin.user}`;
  if (!ended && (await redis.sismember(keys.all + under, id)) === 0) {
    const mend = { is: 'member', set: 'under', key: under, entry: id, in: true } as const;
    differences.push(say("unfinished, and not among its member's", mend));
  }
  return differences;
}

/** Holds every job of the ledger against its record, and the sets of unfinished ones against the ledger. */
export async function checkJobs(
  redis: Redis | Cluster,
  space: SpaceKey,
  books: Books,
  kept: Kept,
): Promise<Difference[]> {
  const keys = spaceKeys(space);
  const found: Difference[] = [];
  const jobs = [...books.jobs];
  for (let from = 0; from < jobs.length; from += atOnce) {
    const some = jobs.slice(from, from + atOnce).map(([id, held]) => differencesOf(redis, space, id, held));
    found.push(...(await Promise.all(some)).flat());
  }
  const open = await redis.zrange(keys.open, '0', '-1');
  if (open.length > 0 && (await redis.zscore(dailies.spaces, space)) === null) {
    const text = 'has unfinished jobs, and the sweep does not know it';
    found.push({ space, what: 'open', gap: text, text });
  }
  for (const id of open) {
    // What ended before the checkpoint may be open again, to be posted once more.
    if (books.jobs.has(id) || (await redis.hexists(keys.job(id), 'settled')) === 1) continue;
    found.push({ space, what: `job:${id}`, gap: 'open', text: 'open, and not in the ledger' });
  }
  for (const name of kept.under) {
    for (const id of await redis.smembers(keys.all + name)) {
      if (books.jobs.get(id)?.ended.length === 0) continue;
      const mend = { is: 'member', set: 'under', key: name, entry: id, in: false } as const;
      found.push({ space, what: `${name} ${id}`, gap: 'in', text: 'counts as unfinished, and has ended', mend });
    }
  }
  return found;
}
