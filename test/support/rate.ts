import { setTimeout as wait } from 'node:timers/promises';

/** Begins so many pieces of work, one each `apartMs` by the clock, however long the earlier ones take; what they gave. */
export const evenly = <T>(count: number, apartMs: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => {
      await wait(n * apartMs);
      return work(n);
    }),
  );

/** The value that this share (0–1] of the values does not exceed; the last is 1. Not a number when there are none. */
export function rank(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

/** Median, p99 and the last of some milliseconds, in words. */
export function spread(values: readonly number[]): string {
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => Math.round(rank(values, share)));
  return `p50 ${p50} ms, p99 ${p99} ms, at most ${most} ms`;
}
