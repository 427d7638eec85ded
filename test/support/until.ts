import { setTimeout as wait } from 'node:timers/promises';

/** On a machine that has little time, conditions are waited for so many times longer. */
const patience = Number(process.env.TEST_PATIENCE ?? 1);

/** Waits until a condition gives something other than undefined or false, and returns it; throws what it last saw when it takes too long. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 15_000,
): Promise<T> {
  const most = withinMs * patience;
  const end = performance.now() + most;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`${what}: not within ${most} ms`, { cause: last });
    await wait(15);
  }
}
