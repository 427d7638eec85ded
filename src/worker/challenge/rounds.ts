/** Work on many things side by side, `most` of them at once, and no thing twice at once. */
export interface Rounds {
  /** Begins with a thing as soon as there is room. One that is under way, or waits for its room, is left alone, and is nothing to wait for. */
  begin(thing: string, work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is under way. */
  done(): Promise<void>;
}

export function sideBySide(most: number): Rounds {
  const underWay = new Map<string, Promise<void>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn(work: () => Promise<void>): Promise<void> {
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      await work();
    } finally {
      // The room goes to whoever waits for it.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    async begin(thing, work) {
      if (underWay.has(thing)) return;
      const begun = inTurn(work).finally(() => underWay.delete(thing));
      underWay.set(thing, begun);
      await begun;
    },
    async done() {
      await Promise.allSettled(underWay.values());
    },
  };
}
