import { expect, test } from 'vitest';
import { TransientError } from '../../src/domain/errors.ts';
import { within } from '../../src/worker/turn.ts';

/** An exchange whose other side never answers: it ends by its signal alone. */
const silence = (signal: AbortSignal) =>
  new Promise<never>((_, fail) => {
    signal.addEventListener('abort', () => fail(signal.reason));
  });

test('a silence ends as an error that may be tried again', async () => {
  await expect(within(20, new AbortController().signal, silence)).rejects.toBeInstanceOf(TransientError);
});

test('a stop from outside ends it with its own reason', async () => {
  const stop = new AbortController();
  const ended = within(60_000, stop.signal, silence);
  stop.abort('stopping');
  await expect(ended).rejects.toBe('stopping');
});

test('an answer in time leaves no timer behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const answered = await within(60_000, new AbortController().signal, async () => timers());
  expect(answered).toBe(before + 1);
  expect(timers()).toBe(before);
});
