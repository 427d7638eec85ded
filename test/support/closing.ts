import { afterEach } from 'vitest';

/** What a test opens is closed after it, the last first. To be called where tests are declared. */
export function useClosing() {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  return {
    later: (...close: (() => Promise<unknown>)[]) => void closers.push(...close),
    closing<T extends { close(): Promise<unknown> }>(thing: T): T {
      closers.push(() => thing.close());
      return thing;
    },
  };
}
