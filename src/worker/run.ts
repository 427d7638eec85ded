import { type Job as BullJob, type ConnectionOptions, DelayedError, WaitingError, Worker } from 'bullmq';
import { type Job, type JobRef, nextStep, type Step, steps } from '../domain/job.ts';
import { Fenced, type Log, type Records, RedisAway, type WakeUps } from '../ports.ts';
import { queueNames, queuePrefix, type WakeUpData, wakeUpId } from '../queue.ts';
import { createGate } from './gate.ts';
import { createHeed } from './heed.ts';
import { advance } from './step.ts';
import type { Next, StepTools } from './turn.ts';
import { createUnderWay } from './underWay.ts';

/** Milliseconds that a stopping worker gives a submit that is out. */
const lastSubmit = 10_000;
/** Milliseconds that it gives its queues after that. */
const lastWord = 1_000;
/** A step whose job has died with this many workers runs with nothing beside it. */
const suspectAfter = 2;
/** Milliseconds until a job that is still under way here is looked at again. */
const lookAgain = 1_000;

/** BullMQ's workers for each queue: one takes its entries one after another, and 800 polls a second came late through it. */
const fetchers: Record<Step, number> = { submit: 1, poll: 4, deliver: 1 };

/** How a step ended, for the metrics. */
export type StepResult = 'onward' | 'again' | 'rest' | 'handed back' | 'broke';

export interface WorkerOptions {
  /** A connection for each of BullMQ's workers; it must wait for Redis rather than fail. */
  connection(purpose: string): ConnectionOptions;
  tools: StepTools;
  records: Pick<Records, 'read' | 'begin' | 'handBack' | 'isWoken'>;
  wakeUps: Pick<WakeUps, 'add' | 'hasten'>;
  /** Whether webhooks may come: then each wake-up left for later costs a read more. */
  webhooks: boolean;
  concurrency: Record<Step, number>;
  log: Log;
  measured(step: Step, result: StepResult, seconds: number): void;
}

function died(job: Job): number {
  return job.deaths + (job.trying === undefined ? 0 : 1);
}

/**
 * Runs the steps that the queues call for. A wake-up is only a hint: which step a job needs is read from its record. A worker
 * killed at any point leaves a record and a queue entry that another one takes up about ten seconds later.
 */
export function startWorkers(options: WorkerOptions): { close(): Promise<void> } {
  const { tools, records, wakeUps, log } = options;
  const gate = createGate();
  const underWay = createUnderWay(records, log);
  const heed = createHeed({ records, wakeUps, log });

  /** One step: begun, done, ended. What comes next is left to the caller. */
  const stepOf = async (ref: JobRef, step: Step, signal: AbortSignal): Promise<Next | undefined> => {
    signal.throwIfAborted();
    const begun = await records.begin(ref, step);
    if (!begun) return undefined;
    try {
      return await advance(begun, tools, signal);
    } catch (error) {
      if (error instanceof Fenced) {
        log.warn({ job: ref.id, space: ref.space, step }, 'another worker took the job over');
        return undefined;
      }
      underWay.handBack(begun);
      throw error;
    }
  };

  const process = async (
    queue: Step,
    entry: BullJob<WakeUpData>,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<void> => {
    const ref = entry.data;
    const fields = { job: ref.id, space: ref.space, step: queue };
    const started = performance.now();
    const measured = (result: StepResult): void => {
      const seconds = (performance.now() - started) / 1000;
      options.measured(queue, result, seconds);
      log.debug({ ...fields, result, ms: Math.round(seconds * 1000) }, 'step');
    };
    const later = async (at: number, left = (): void => undefined): Promise<never> => {
      measured('again');
      await entry.moveToDelayed(at, token);
      left();
      throw new DelayedError();
    };
    // BullMQ lost its lock on the step that runs here, as when Redis was away: one process never runs a job twice at once.
    if (!underWay.enter(ref)) return later(Date.now() + lookAgain);
    let next: Next | undefined;
    let generation = 1;
    try {
      const job = await records.read(ref);
      if (!job) {
        log.warn(fields, 'a wake-up without a record was dropped');
        return;
      }
      generation = job.generation;
      const step = nextStep(job) ?? 'deliver';
      if (step === queue) {
        const work = () => stepOf(ref, step, signal);
        next = await (died(job) >= suspectAfter ? gate.alone(work) : gate.shared(work));
      } else next = { step, at: Date.now() };
    } catch (error) {
      if (signal.aborted) {
        measured('handed back');
        await underWay.allBack();
        await entry.moveToWait(token);
        throw new WaitingError();
      }
      measured('broke');
      const level = error instanceof RedisAway ? 'warn' : 'error';
      log[level]({ ...fields, err: error }, 'a step could not be carried out; the sweep will wake the job again');
      return;
    } finally {
      underWay.leave(ref);
    }
    if (!next) return measured('rest');
    const { at } = next;
    const left = (): void => {
      if (options.webhooks && next.step !== 'deliver' && at > Date.now()) heed.webhook(next.step, ref);
    };
    if (wakeUpId(next.step, ref, generation) === entry.id && next.step === queue) return later(at, left);
    measured('onward');
    await wakeUps.add(next.step, [{ ref, generation, at }]);
    left();
  };

  const workers = steps.flatMap((step) =>
    Array.from({ length: fetchers[step] }, () => {
      const worker = new Worker<WakeUpData>(
        queueNames[step],
        (entry, token, signal) => process(step, entry, token, signal ?? new AbortController().signal),
        {
          connection: options.connection(queueNames[step]),
          prefix: queuePrefix,
          concurrency: Math.ceil(options.concurrency[step] / fetchers[step]),
          // A killed worker's entries are taken up after about ten seconds; how often is the record's business, not BullMQ's.
          lockDuration: 10_000,
          stalledInterval: 5_000,
          maxStalledCount: 1_000_000_000,
          drainDelay: 5,
        },
      );
      let away = false;
      worker.on('error', (error) => {
        log[away ? 'debug' : 'warn']({ queue: queueNames[step], err: error }, 'the queue is out of reach');
        away = true;
      });
      worker.on('active', () => {
        away = false;
      });
      worker.on('failed', (entry, error) => {
        log.warn(
          { job: entry?.data.id, queue: queueNames[step], err: error },
          'a wake-up was lost; the sweep makes up for it',
        );
      });
      return { step, worker };
    }),
  );
  const cancel = (wanted: (step: Step) => boolean): void => {
    for (const { step, worker } of workers) if (wanted(step)) worker.cancelAllJobs('stopping');
  };

  return {
    close: async () => {
      await Promise.all(workers.map(({ worker }) => worker.pause(true)));
      cancel((step) => step !== 'submit');
      const ended = Promise.all(workers.map(({ worker }) => worker.close())).then(() =>
        Promise.all([underWay.allBack(), heed.done()]),
      );
      // Without Redis nothing can be handed back: the locks run out, and what stopped here is taken up again.
      let late: NodeJS.Timeout | undefined;
      const bound = new Promise<void>((resolve) => {
        late = setTimeout(() => {
          cancel((step) => step === 'submit');
          underWay.close();
          late = setTimeout(resolve, lastWord);
        }, lastSubmit);
      });
      await Promise.race([ended, bound]);
      clearTimeout(late);
      underWay.close();
    },
  };
}
