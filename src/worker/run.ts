import { type Job as BullJob, type ConnectionOptions, DelayedError, WaitingError, Worker } from 'bullmq';
import { type Job, nextStep, type Step, steps } from '../domain/job.ts';
import { Fenced, type Log, type Records, type WakeUps } from '../ports.ts';
import { queueNames, queuePrefix, type WakeUpData, wakeUpId } from '../queue.ts';
import { createGate } from './gate.ts';
import { advance } from './step.ts';
import { type Next, refOf, type StepTools } from './turn.ts';

/** Milliseconds that a stopping worker gives a submit that is out. */
const lastSubmit = 10_000;
/** A step whose job has died with this many workers runs with nothing beside it. */
const suspectAfter = 2;

/** How a step ended, for the metrics. */
export type StepResult = 'onward' | 'again' | 'rest' | 'handed back' | 'broke';

export interface WorkerOptions {
  /** A connection for each of BullMQ's workers; it must wait for Redis rather than fail. */
  connection(purpose: string): ConnectionOptions;
  tools: StepTools;
  records: Pick<Records, 'read' | 'begin' | 'handBack'>;
  wakeUps: Pick<WakeUps, 'add'>;
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

  /** One step: begun, done, ended. What comes next is left to the caller. */
  const stepOf = async (job: Job, step: Step, signal: AbortSignal): Promise<Next | undefined> => {
    signal.throwIfAborted();
    const ref = refOf(job);
    const begun = await records.begin(ref, step);
    if (!begun) return undefined;
    try {
      return await advance(begun, tools, signal);
    } catch (error) {
      if (error instanceof Fenced) {
        log.warn({ job: ref.id, space: ref.space, step }, 'another worker took the job over');
        return undefined;
      }
      if (signal.aborted) await records.handBack(begun);
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
        const work = () => stepOf(job, step, signal);
        next = await (died(job) >= suspectAfter ? gate.alone(work) : gate.shared(work));
      } else next = { step, at: Date.now() };
    } catch (error) {
      if (signal.aborted) {
        measured('handed back');
        await entry.moveToWait(token);
        throw new WaitingError();
      }
      measured('broke');
      log.error({ ...fields, err: error }, 'a step could not be carried out; the sweep will wake the job again');
      return;
    }
    if (!next) return measured('rest');
    if (wakeUpId(next.step, ref, generation) === entry.id && next.step === queue) {
      measured('again');
      await entry.moveToDelayed(next.at, token);
      throw new DelayedError();
    }
    measured('onward');
    await wakeUps.add(next.step, [{ ref, generation, at: next.at }]);
  };

  const workers = Object.fromEntries(
    steps.map((step) => {
      const worker = new Worker<WakeUpData>(
        queueNames[step],
        (entry, token, signal) => process(step, entry, token, signal ?? new AbortController().signal),
        {
          connection: options.connection(queueNames[step]),
          prefix: queuePrefix,
          concurrency: options.concurrency[step],
          // A killed worker's entries are taken up after about ten seconds; how often is the record's business, not BullMQ's.
          lockDuration: 10_000,
          stalledInterval: 5_000,
          maxStalledCount: 1_000_000_000,
          drainDelay: 5,
        },
      );
      worker.on('error', (error) => log.warn({ queue: queueNames[step], err: error }, 'the queue is out of reach'));
      return [step, worker];
    }),
  ) as Record<Step, Worker<WakeUpData>>;

  return {
    close: async () => {
      await Promise.all(steps.map((step) => workers[step].pause(true)));
      workers.poll.cancelAllJobs('stopping');
      workers.deliver.cancelAllJobs('stopping');
      const ended = Promise.all(steps.map((step) => workers[step].close()));
      const late = setTimeout(() => workers.submit.cancelAllJobs('stopping'), lastSubmit);
      await ended;
      clearTimeout(late);
    },
  };
}
