import type { Cluster, Redis } from 'ioredis';
import type { Job, Outcome } from '../domain/job.ts';
import { type SpaceKey, spaceKey } from '../domain/origin.ts';
import { monthAt, privately, type Report, type ReportLine } from '../domain/report.ts';
import { keep, spaceKeys } from './keys.ts';

const counts = ['films', 'failed', 'credits', 'money', 'waited'] as const satisfies (keyof ReportLine)[];

/** What a job is counted under: all of them, its member, its model, its channel. */
function headingsOf({ request: { origin, recipe } }: Job): string[] {
  const channel = origin.visibility === 'private' ? privately : origin.channel;
  return ['t:', `m:${origin.user}`, `o:${recipe.model}`, `c:${channel}`];
}

/**
 * What the script that ends a job's hold adds to the month's report: the report's key, and as arguments its TTL and fields, each with
 * how much it grows. `money` is what the job cost, in millionths of the currency; `now` is Unix milliseconds.
 */
export function reportArgs(
  job: Job,
  outcome: Outcome,
  money: number,
  now: number,
): { key: string; args: (string | number)[] } {
  const { origin, price, timeZone = 'UTC' } = job.request;
  const arrived = outcome === 'captured';
  const line: ReportLine = {
    films: arrived ? 1 : 0,
    failed: arrived || job.failure?.reason === 'cancelled' ? 0 : 1,
    credits: arrived ? price : 0,
    money,
    waited: arrived ? Math.max(0, Math.round(now - job.acceptedAt)) : 0,
  };
  const grown = counts.filter((count) => line[count] !== 0);
  const fields = headingsOf(job).flatMap((heading) => grown.flatMap((count) => [`${heading}|${count}`, line[count]]));
  return { key: spaceKeys(spaceKey(origin)).monthly(monthAt(now, timeZone)), args: [keep.monthly, ...fields] };
}

const none = (): ReportLine => ({ films: 0, failed: 0, credits: 0, money: 0, waited: 0 });

/** The month's report as it stands; all zero where nothing ended, or it is not kept any more. */
export async function readReport(redis: Redis | Cluster, space: SpaceKey, month: string): Promise<Report> {
  const total = none();
  const groups = new Map<string, Map<string, ReportLine>>(['m', 'o', 'c'].map((group) => [group, new Map()]));
  for (const [field, value] of Object.entries(await redis.hgetall(spaceKeys(space).monthly(month)))) {
    const [, group = '', id = '', name = ''] = /^([^:]*):(.*)\|([^|]*)$/s.exec(field) ?? [];
    const count = counts.find((one) => one === name);
    const lines = groups.get(group);
    if (count === undefined || (group !== 't' && !lines))
      throw new Error(`the report of ${month} has a field ${field}`);
    const line = lines ? (lines.get(id) ?? none()) : total;
    lines?.set(id, line);
    line[count] = Number(value);
  }
  const of = (group: string): Record<string, ReportLine> => Object.fromEntries(groups.get(group) ?? []);
  return { month, total, members: of('m'), models: of('o'), channels: of('c') };
}
