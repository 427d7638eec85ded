import type { Log } from '../log.ts';

/** Milliseconds: the longest stop. */
const stopWithin = 15_000;

/** Things to close, the last opened first. */
export function createClosing(log: Log) {
  const steps: { name: string; close: () => Promise<unknown> }[] = [];
  return {
    add: (name: string, close: () => Promise<unknown>) => void steps.push({ name, close }),
    run: async () => {
      for (const { name, close } of steps.reverse()) {
        await close().catch((err: unknown) => log.error({ err, part: name }, 'a part did not close'));
      }
    },
  };
}
export type Closing = ReturnType<typeof createClosing>;

/** SIGTERM and SIGINT close everything and end the process; a second one ends it at once. */
export function stopOnSignals(closing: Closing, log: Log): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({}, 'the stop took too long; what was under way is taken up at the next start');
      process.exit(1);
    }, stopWithin - 1_000).unref();
    void closing.run().then(() => {
      log.info({}, 'stopped');
      process.exit(0);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
