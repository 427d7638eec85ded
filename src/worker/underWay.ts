import type { Job, JobRef } from '../domain/job.ts';
import { type Log, type Records, RedisAway } from '../ports.ts';

/** Milliseconds between attempts at handing a job back while Redis is away. */
const tryEvery = 500;

/** The jobs that have a step in this process. */
export interface UnderWay {
  /** False when one is running already, or has not been handed back yet. */
  enter(ref: JobRef): boolean;
  leave(ref: JobRef): void;
  /** The step was not done and its worker lives: nobody is to blame. The job stays under way until its record says so. */
  handBack(job: Job): void;
  /** When all that can be handed back has been. */
  allBack(): Promise<void>;
  close(): void;
}

export function createUnderWay(records: Pick<Records, 'handBack'>, log: Log): UnderWay {
  const running = new Set<string>();
  const goingBack = new Map<string, Promise<void>>();
  let closed = false;

  const bringBack = async (job: Job): Promise<void> => {
    const { id } = job.request;
    try {
      while (!closed) {
        try {
          return await records.handBack(job);
        } catch (error) {
          if (!(error instanceof RedisAway)) throw error;
          await new Promise((resolve) => setTimeout(resolve, tryEvery));
        }
      }
    } catch (error) {
      log.error({ job: id, err: error }, 'a job was not handed back; its step will count as a death');
    } finally {
      goingBack.delete(id);
    }
  };

  return {
    enter: ({ id }) => {
      if (running.has(id) || goingBack.has(id)) return false;
      running.add(id);
      return true;
    },
    leave: ({ id }) => void running.delete(id),
    handBack: (job) => void goingBack.set(job.request.id, bringBack(job)),
    allBack: async () => {
      await Promise.all(goingBack.values());
    },
    close: () => {
      closed = true;
    },
  };
}
