import type { JobRef, Step } from '../domain/job.ts';
import { type Log, type Records, RedisAway, type WakeUps } from '../ports.ts';

/** Looks after webhooks that came while there was no wake-up to hasten. */
export interface Heed {
  /**
   * To be called when a wake-up was just left for later: one that is noted by then found none, or one that was still active, and so
   * could not hasten it. Returns at once: BullMQ must be done with the entry before it may run again, or it forgets its new lock.
   */
  webhook(step: Step, ref: JobRef): void;
  /** When all that was begun has been looked after. */
  done(): Promise<void>;
}

export interface HeedTools {
  records: Pick<Records, 'isWoken'>;
  wakeUps: Pick<WakeUps, 'hasten'>;
  log: Log;
}

export function createHeed({ records, wakeUps, log }: HeedTools): Heed {
  const looking = new Set<Promise<void>>();

  const look = async (step: Step, ref: JobRef): Promise<void> => {
    try {
      const isWoken = () => records.isWoken(ref);
      if (await isWoken()) await wakeUps.hasten(step, ref, isWoken);
    } catch (err) {
      const level = err instanceof RedisAway ? 'warn' : 'error';
      log[level](
        { job: ref.id, space: ref.space, step, err },
        'nobody knows whether a webhook came; its time will come',
      );
    }
  };

  return {
    webhook: (step, ref) => {
      const one = look(step, ref).finally(() => looking.delete(one));
      looking.add(one);
    },
    done: async () => {
      await Promise.all(looking);
    },
  };
}
