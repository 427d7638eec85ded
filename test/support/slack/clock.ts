export interface Clock {
  /** Unix milliseconds, moved on by `advance`. */
  now(): number;
  /** Timers go off that much earlier. */
  advance(ms: number): void;
  /** Does it after so many ms of this clock, at once for 0; never after `stop`. Gives what takes it back. */
  later(ms: number, work: () => void): () => void;
  /** Never settles once the clock is stopped. */
  wait(ms: number): Promise<void>;
  stop(): void;
}

interface Timer {
  due: number;
  work(): void;
  handle?: NodeJS.Timeout;
}

/** The one source of time and timers of the fake. */
export function createClock(): Clock {
  const timers = new Set<Timer>();
  let offset = 0;
  let stopped = false;
  const now = () => Date.now() + offset;

  function arm(timer: Timer): void {
    clearTimeout(timer.handle);
    timer.handle = setTimeout(
      () => {
        timers.delete(timer);
        timer.work();
      },
      Math.max(0, timer.due - now()),
    );
  }

  function later(ms: number, work: () => void): () => void {
    if (stopped) return () => undefined;
    if (ms <= 0) {
      work();
      return () => undefined;
    }
    const timer: Timer = { due: now() + ms, work };
    timers.add(timer);
    arm(timer);
    return () => {
      clearTimeout(timer.handle);
      timers.delete(timer);
    };
  }

  return {
    now,
    later,
    advance(ms) {
      offset += ms;
      for (const timer of timers) arm(timer);
    },
    wait: (ms) => new Promise((done) => void later(ms, done)),
    stop() {
      stopped = true;
      for (const { handle } of timers) clearTimeout(handle);
      timers.clear();
    },
  };
}
