import { type Job as BullJob, Queue } from 'bullmq';
import type { JobRef, Step } from '../../src/domain/job.ts';
import type { Log, Records, TaskState } from '../../src/ports.ts';
import { createWakeUps, queueNames, queuePrefix } from '../../src/queue.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { startWorkers } from '../../src/worker/run.ts';
import { sweep } from '../../src/worker/sweep.ts';
import { deskOn } from '../desk/rig.ts';
import { createFakeChat } from '../support/chat.ts';
import type { TestRedis } from '../support/redis.ts';

/** A gateway's call that goes on until the test lets it. */
export function createGate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((done) => {
    open = done;
  });
  return { open, opened };
}

export interface HookedOptions {
  log: Log;
  webhooks?: boolean;
  /** Stands in front of the records as the workers see them. */
  records?: (records: Records) => Records;
  poll?: () => Promise<TaskState>;
  submit?: () => Promise<{ taskId: string }>;
}

const hour = 3_600_000;

/** Workers on a Redis of the test's own, with a gateway that is the test's; the next poll of every task is an hour away. */
export function startHooked(redis: TestRedis, options: HookedOptions) {
  const { log } = options;
  const rig = deskOn(redis.connect());
  const wakeUps = createWakeUps(redis.connect(), log);
  const chat = createFakeChat();
  const records = options.records?.(rig.records) ?? rig.records;
  const asked = { polls: 0, submits: 0 };
  const never = async (): Promise<never> => {
    throw new Error('nobody asks for this here');
  };
  const workers = startWorkers({
    connection: () => redis.workerConnect(),
    tools: {
      records,
      lists: rig.lists,
      log,
      poster: () => chat.poster,
      wishes: { mention: async () => true },
      workflows: () => chat.workflows,
      challenges: { entry: async () => undefined },
      video: {
        name: 'gateway',
        submit: async () => {
          asked.submits += 1;
          return (await options.submit?.()) ?? { taskId: 'video_1' };
        },
        poll: async () => {
          asked.polls += 1;
          return (await options.poll?.()) ?? { status: 'running' };
        },
        cancel: never,
        find: never,
      },
      lostAnswer: [],
      pressure: { enter: async () => ({ wait: 0 }), leave: async () => undefined, pollAt: async (at) => at },
      standing: { read: async () => undefined },
      schedule: {
        next: async (_job, now) => now + hour,
        expect: async () => undefined,
        learn: async () => undefined,
      },
      budget: { book: async () => undefined },
      slow: { count: async () => undefined },
      withheld: { add: never },
      hook: () => 'https://films.example.org/hooks',
      media: { path: (name) => name, read: never, fetch: never },
      model: (id) => sandboxCards.find((card) => card.id === id),
      now: Date.now,
    },
    records,
    wakeUps,
    webhooks: options.webhooks ?? true,
    concurrency: { submit: 2, poll: 8, deliver: 2 },
    log,
    measured: () => undefined,
  });
  const connection = redis.connect();
  const queues = Object.fromEntries(
    (['submit', 'poll'] as const).map((step) => [
      step,
      new Queue(queueNames[step], { connection, prefix: queuePrefix }),
    ]),
  );
  let hooks = 0;
  return {
    ...rig,
    asked,
    /** Wakes a step now. */
    wake: (step: Step, ref: JobRef) => wakeUps.add(step, [{ ref, generation: 1 }]),
    sweep: () => sweep({ ...rig, wakeUps, log }),
    /** As the webhook's receiver does it: noted, then hastened. */
    async hook(ref: JobRef): Promise<void> {
      hooks += 1;
      await rig.records.woken(ref, { id: `msg_${hooks}`, taskId: 'video_1', gateway: 'gateway' });
      await wakeUps.hasten('poll', ref);
      await wakeUps.hasten('submit', ref);
    },
    /** Whether the step's entry lies there for later. */
    async delayed(step: 'submit' | 'poll', ref: JobRef): Promise<boolean> {
      const entry: BullJob | undefined = await queues[step]?.getJob(ref.id);
      return entry !== undefined && (await entry.isDelayed());
    },
    async close(): Promise<void> {
      await workers.close();
      await wakeUps.close();
      await Promise.all(Object.values(queues).map((queue) => queue.close()));
    },
  };
}
