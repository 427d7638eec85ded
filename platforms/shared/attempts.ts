import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds until what was refused for good is tried once more: it may be mended. */
export const mendedAfter = 300_000;
/** Milliseconds that a start waits for its connection, and a stop for an end. */
const readyMost = 5_000;
const closeMost = 3_000;

/** Waits for an end, but not for one that hangs. */
export const soon = (end: Promise<unknown> | undefined): Promise<unknown> =>
  Promise.race([end, wait(closeMost, undefined, { ref: false })]);

export interface AttemptsOptions {
  /** Milliseconds between attempts, doubling from the one to the other. */
  againAfter: { least: number; most: number };
  /** Tries to connect; what it makes of a failure it plans by `again`. Rejects where it is refused for good. `pause`: milliseconds until the next. */
  attempt(pause: number): Promise<void>;
  /** Tells of a refusal that came when nobody waited; `seconds` until it is tried once more. */
  refused(err: unknown, seconds: number): void;
}

/** Attempts to connect, one after the other. */
export function createAttempts({ againAfter, attempt, refused }: AttemptsOptions) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let closed = false;

  function plan(pause: number, next: number): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = attempt(next).catch(onRefused);
    }, pause);
  }
  function onRefused(err: unknown): void {
    refused(err, mendedAfter / 1000);
    plan(mendedAfter, againAfter.least);
  }

  return {
    isClosed: () => closed,
    /** The next attempt comes after `pause` milliseconds, and the one after it later. */
    again: (pause: number) => plan(pause, Math.min(pause * 2, againAfter.most)),
    /** The next attempt comes at once. */
    atOnce: () => plan(0, againAfter.least),
    /** The next attempt comes when what was refused may be mended. */
    onceMended: () => plan(mendedAfter, againAfter.least),
    /** The first attempt, in the background where it takes long. Rejects where it is refused for good meanwhile. */
    async begin(): Promise<void> {
      const first = attempt(againAfter.least);
      let waited = false;
      running = first.catch((err: unknown) => {
        if (waited) onRefused(err);
      });
      await Promise.race([first, wait(readyMost, undefined, { ref: false })]);
      waited = true;
    },
    /** Tries no more, and waits for what is under way. */
    async end(): Promise<void> {
      closed = true;
      clearTimeout(timer);
      await soon(running);
    },
  };
}
