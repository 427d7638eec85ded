import { RedisAway } from '../ports.ts';
import { showInPassing } from '../show.ts';
import { grace, type Next, nextPoll, refOf, type Turn } from './turn.ts';

/** Milliseconds that a paid request may take, and that a worker which sent one may still need to write down its answer. */
export const submitWithin = 60_000;
export const answerWithin = submitWithin + 15_000;
/** Milliseconds between attempts at writing down what a submit came to. */
const insistEvery = 500;

/** The gateway has the task: that goes into the record whoever holds the job by now, and its first poll follows. */
export async function taken(turn: Turn, taskId: string, repeated: boolean): Promise<Next> {
  const { tools, job } = turn;
  const ref = refOf(job);
  const at = tools.now();
  const begun = { ...job, submittedAt: job.submittedAt ?? at };
  const gateway = tools.video.name;
  const noted = await insist(turn, () =>
    tools.records.submitted(job, { taskId, gateway, at, due: at + submitWithin + answerWithin }),
  );
  const fields = { job: ref.id, space: ref.space, task: taskId, repeated };
  if (noted === 'noted' || noted === 'known') tools.log.info(fields, 'submitted');
  else tools.log.error({ ...fields, noted }, 'a paid task whose film will not be posted');
  const next = { step: 'poll', at: await insist(turn, () => nextPoll(begun, tools)) } as const;
  const eta = await tools.schedule.expect(begun, at).catch((error: unknown) => {
    tools.log.warn({ job: ref.id, err: error }, 'no measured times to tell an ETA from');
    return undefined;
  });
  await insist(turn, () => tools.lists.freed(ref, 'submitted'));
  const { sought: _, seeking: __, ...rest } = job;
  const progress = { ...rest, tries: 0, bugs: 0, ...(eta === undefined ? {} : { eta }) };
  const more = { due: next.at + grace, visible: false, ended: true };
  turn.job = await insist(turn, () => tools.records.save(job, progress, more));
  await showInPassing(turn.job, tools);
  return next;
}

/** What a submit came to is written down as long as this process lives: while Redis is away there is nothing better to do. */
export async function insist<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RedisAway) || turn.signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, insistEvery));
    }
  }
}

/** The gateway surely took nothing: nothing is out any more, and nothing can have been paid for. */
export function forgetSent(turn: Turn): void {
  const { sentAt: _, sentTo: __, sought: ___, seeking: ____, ...job } = turn.job;
  turn.job = job;
}
