export interface Clock {
  /** Unix milliseconds, moved on by `advance`. */
  now(): number;
  advance(ms: number): void;
  /** Does it after so many ms of real time, at once for 0; never after `stop`. */
  later(ms: number, work: () => void): void;
  /** Never settles once the clock is stopped. */
  wait(ms: number): Promise<void>;
  stop(): void;
}

/** The one source of time and timers of the fake. */
export function createClock(): Clock {
  const timers = new Set<NodeJS.Timeout>();
  let offset = 0;
  let stopped = false;

  function later(ms: number, work: () => void): void {
    if (stopped) return;
    if (ms <= 0) {
      work();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  }

  return {
    now: () => Date.now() + offset,
    advance(ms) {
      offset += ms;
    },
    later,
    wait: (ms) => new Promise((done) => later(ms, done)),
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
