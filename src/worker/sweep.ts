import { type JobRef, nextStep } from '../domain/job.ts';
import type { SpaceKey } from '../domain/origin.ts';
import { type Lists, type Log, type Records, RedisAway, type WakeUps } from '../ports.ts';

/** Milliseconds until a job that was woken, or that rightly waits, is looked at again. */
const again = 15_000;
const atOnce = 200;

export interface SweepTools {
  lists: Pick<Lists, 'spaces' | 'overdue' | 'enlist'>;
  records: Pick<Records, 'read'>;
  wakeUps: Pick<WakeUps, 'add' | 'hasten'>;
  log: Log;
}

async function sweepSpace(space: SpaceKey, tools: SweepTools): Promise<number> {
  const overdue = await tools.lists.overdue(space, atOnce, again);
  if (overdue.some((entry) => entry.is === 'waiting')) await tools.lists.enlist(space);
  for (const { ref } of overdue.filter((entry) => entry.is === 'gone')) {
    tools.log.error({ job: ref.id, space }, 'an open job had no record');
  }
  const lost = overdue.filter((entry) => entry.is === 'lost');
  for (const { ref } of lost) await wake(ref, tools);
  return overdue.length === atOnce ? lost.length + (await sweepSpace(space, tools)) : lost.length;
}

/** One job that cannot be woken, as when its record cannot be read, must not keep the others asleep. */
async function wake(ref: JobRef, tools: SweepTools): Promise<void> {
  const fields = { job: ref.id, space: ref.space };
  try {
    const job = await tools.records.read(ref);
    if (!job) return;
    const step = nextStep(job) ?? 'deliver';
    await tools.wakeUps.add(step, [{ ref, generation: job.generation }]);
    // One that was left for later keeps its name taken.
    await tools.wakeUps.hasten(step, ref);
    tools.log.info({ ...fields, step }, 'woken: its progress was overdue');
  } catch (error) {
    if (error instanceof RedisAway) throw error;
    tools.log.error({ ...fields, err: error }, 'a job could not be woken');
  }
}

/**
 * Wakes every job whose progress is overdue: the one net under every handover between record and queue. Waking what is awake
 * changes nothing. Returns how many were woken.
 */
export async function sweep(tools: SweepTools): Promise<number> {
  let woken = 0;
  for (const space of await tools.lists.spaces()) woken += await sweepSpace(space, tools);
  return woken;
}
