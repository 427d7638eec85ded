/** Lets many pieces of work run side by side, or one of them alone. */
export interface Gate {
  shared<T>(work: () => Promise<T>): Promise<T>;
  /** Waits until nothing else runs, and keeps everything else waiting. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(): Gate {
  let running = 0;
  let closed = 0;
  let waiting: (() => void)[] = [];
  const changed = (): void => {
    const wake = waiting;
    waiting = [];
    for (const go of wake) go();
  };
  const until = async (free: () => boolean): Promise<void> => {
    while (!free()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      changed();
    }
  };
  let turn = Promise.resolve();
  return {
    shared: async (work) => {
      await until(() => closed === 0);
      return counted(work);
    },
    alone: async (work) => {
      closed += 1;
      const before = turn;
      let done = (): void => undefined;
      turn = new Promise((resolve) => {
        done = resolve;
      });
      try {
        await before;
        await until(() => running === 0);
        return await counted(work);
      } finally {
        closed -= 1;
        done();
        changed();
      }
    },
  };
}
