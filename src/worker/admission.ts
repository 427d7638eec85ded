import type { Lists, Log, Standing, WakeUps } from '../ports.ts';
import { RedisAway } from '../ports.ts';
import { type SweepTools, sweep } from './sweep.ts';

/** Milliseconds between looks at the waiting lists: while jobs go through, when nobody calls; and between sweeps. */
const lookSoon = 10;
const lookEvery = 100;
const sweepEvery = 2_000;

export interface AdmissionTools extends SweepTools {
  lists: SweepTools['lists'] & Pick<Lists, 'admit' | 'leads' | 'resign'>;
  wakeUps: Pick<WakeUps, 'add' | 'hasten'>;
  standing: Pick<Standing, 'read'>;
  /** How many jobs may be handed over and not yet freed. */
  window: number;
  log: Log;
}

/** Hands waiting jobs to the queue, the spaces in turn. One worker at a time leads; any other takes over within seconds. */
export function startAdmission(tools: AdmissionTools): { nudge(): void; close(): Promise<void> } {
  let stopping = false;
  let nudged = false;
  let wake = (): void => undefined;
  let leadUntil = 0;
  let sweepAt = 0;
  let away = false;

  const leads = async (): Promise<boolean> => {
    const now = performance.now();
    if (now < leadUntil) return true;
    const led = await tools.lists.leads();
    leadUntil = led ? now + 1_000 : 0;
    return led;
  };

  /** Milliseconds until the next one. */
  const round = async (): Promise<number> => {
    nudged = false;
    if (!(await leads())) return lookEvery;
    let admitted = 0;
    // While the gateway is paused jobs stay in their lists, where they are cancelled for nothing.
    const paused = (await tools.standing.read()) !== undefined;
    for (let more = !paused; more && !stopping && (await leads()); ) {
      const refs = await tools.lists.admit(tools.window);
      if (refs.length > 0)
        await tools.wakeUps.add(
          'submit',
          refs.map((ref) => ({ ref, generation: 1 })),
        );
      more = refs.length > 0;
      admitted += refs.length;
    }
    if (performance.now() >= sweepAt) {
      await sweep(tools);
      sweepAt = performance.now() + sweepEvery;
    }
    return admitted > 0 ? lookSoon : lookEvery;
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, nudged || stopping ? 0 : ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const loop = async (): Promise<void> => {
    while (!stopping) {
      let wait = lookEvery;
      try {
        wait = await round();
        away = false;
      } catch (error) {
        leadUntil = 0;
        if (error instanceof RedisAway) tools.log[away ? 'debug' : 'warn']({ err: error }, 'admission waits for Redis');
        else tools.log.error({ err: error }, 'a round of admission broke');
        nudged = false;
        away = error instanceof RedisAway;
      }
      await pause(wait);
    }
    if (leadUntil === 0) return;
    await tools.lists
      .resign()
      .catch((err: unknown) => tools.log.warn({ err }, 'the lead was not given up; it runs out'));
  };
  const running = loop();

  return {
    nudge: () => {
      nudged = true;
      wake();
    },
    close: async () => {
      stopping = true;
      wake();
      await running;
    },
  };
}
