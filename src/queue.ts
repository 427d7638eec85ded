import { type Job as BullJob, type ConnectionOptions, Queue } from 'bullmq';
import { type JobRef, type Step, steps } from './domain/job.ts';
import type { SpaceKey } from './domain/origin.ts';
import { type Log, RedisAway, type WakeUp, type WakeUps } from './ports.ts';

/** BullMQ's prefix: all queues lie in the deployment's slot. */
export const queuePrefix = '{dailies}';
export const queueNames = { submit: 'submits', poll: 'polls', deliver: 'deliveries' } as const satisfies Record<
  Step,
  string
>;

/** All that a queue entry carries: the record is the truth. */
export type WakeUpData = JobRef & { space: SpaceKey };

/** Entries are gone when they are done: their ids dedupe only while they wait, and a kept one would swallow the next of its name. */
const leaveNothing = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

/** One entry for each step of a job; a delivery for each generation of its post. */
export function wakeUpId(step: Step, ref: JobRef, generation: number): string {
  return step === 'deliver' ? `${ref.id}-d${generation}` : ref.id;
}

/** The queues as their callers see them: a place to leave wake-ups. A failing add is {@link RedisAway}; the sweep makes up for it. */
export function createWakeUps(connection: ConnectionOptions, log: Log): WakeUps & { close(): Promise<void> } {
  const queues = Object.fromEntries(
    steps.map((step) => {
      const queue = new Queue<WakeUpData>(queueNames[step], {
        connection,
        prefix: queuePrefix,
        defaultJobOptions: leaveNothing,
        streams: { events: { maxLen: 100 } },
      });
      // Without a listener BullMQ prints the error itself, the password that the client tried included.
      queue.on('error', (error) => log.debug({ queue: queueNames[step], err: error }, 'the queue is out of reach'));
      return [step, queue];
    }),
  ) as Record<Step, Queue<WakeUpData>>;

  const reach = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new RedisAway(true, error);
    }
  };

  return {
    add: (step: Step, wakeUps: readonly WakeUp[]) =>
      reach(async () => {
        const now = Date.now();
        await queues[step].addBulk(
          wakeUps.map(({ ref, generation, at = now }) => ({
            name: step,
            data: ref,
            opts: { jobId: wakeUpId(step, ref, generation), delay: Math.max(0, Math.round(at - now)) },
          })),
        );
      }),

    hasten: (step, ref, wanted) =>
      reach(async () => {
        const entry: BullJob<WakeUpData> | undefined = await queues[step].getJob(wakeUpId(step, ref, 1));
        if (!entry || !(await entry.isDelayed())) return;
        if (wanted && !(await wanted())) return;
        await entry.promote().catch((error: unknown) => {
          // It began to run by itself between the two commands.
          if (!(error instanceof Error && /delayed/i.test(error.message))) throw error;
        });
      }),

    close: async () => {
      await Promise.all(Object.values(queues).map((queue) => queue.close()));
    },
  };
}
