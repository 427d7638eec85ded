import { setTimeout as wait } from 'node:timers/promises';

/** The value below which this share (0–1) of the values lies; not a number when there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** `callers` at once, each with its next piece of work when its last has ended, `count` pieces in all. */
export async function callAll(count: number, callers: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

/** Pieces of work a second that so many callers get done, each with its next when its last has ended. `work` gets its caller's number. */
export async function callFor(
  ms: number,
  callers: number,
  work: (caller: number, n: number) => Promise<unknown>,
): Promise<number> {
  const began = performance.now();
  let done = 0;
  const caller = async (number: number): Promise<void> => {
    for (let n = 0; performance.now() - began < ms; n += 1) {
      await work(number, n);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  return done / ((performance.now() - began) / 1000);
}

/**
 * Begins `rate` pieces of work a second by the clock, however long the earlier ones take, and returns how many milliseconds each
 * took from when it was to begin: a caller who had to wait is counted with his wait.
 */
export async function openLoop(
  rate: number,
  seconds: number,
  work: (n: number) => Promise<unknown>,
): Promise<number[]> {
  const began = performance.now() + 10;
  const took: number[] = [];
  const all: Promise<void>[] = [];
  const one = async (n: number, at: number): Promise<void> => {
    await work(n);
    took.push(performance.now() - at);
  };
  for (let n = 0; n < rate * seconds; n += 1) {
    const at = began + (n * 1000) / rate;
    const ahead = at - performance.now();
    if (ahead > 0) await wait(ahead);
    all.push(one(n, at));
  }
  await Promise.all(all);
  return took;
}
