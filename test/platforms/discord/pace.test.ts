import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPace } from '../../../platforms/discord/pace.ts';

describe('edits of cards', () => {
  beforeEach(() => {
    sent.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());
  const sent: string[] = [];
  const send = (what: string) => async () => void sent.push(what);

  test('the first goes at once, the next five seconds later, and the newest takes the place of those before it', async () => {
    const pace = createPace();
    pace.later('c/1', 'c', send('a'));
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual(['a']);
    pace.later('c/1', 'c', send('b'));
    pace.later('c/1', 'c', send('c'));
    await vi.advanceTimersByTimeAsync(4_900);
    expect(sent).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toEqual(['a', 'c']);
  });

  test('those of one channel come one after another, those of another beside them', async () => {
    const pace = createPace();
    for (const ref of ['c/1', 'c/2', 'c/3', 'd/1']) pace.later(ref, ref.slice(0, 1), send(ref));
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual(['c/1', 'd/1']);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(sent).toEqual(['c/1', 'd/1', 'c/2']);
  });

  test('what is dropped is not sent, and an older version is known', async () => {
    const pace = createPace();
    pace.later('c/1', 'c', send('a'));
    pace.drop('c/1');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toEqual([]);
    expect([pace.isNew('c/1', 3), pace.isNew('c/1', 2), pace.isNew('c/1', 3), pace.isNew('c/2', 1)]).toEqual([
      ...[true, false, true, true],
    ]);
  });

  test('what is left can be sent now', async () => {
    const pace = createPace();
    pace.later('c/1', 'c', send('a'));
    pace.later('c/2', 'c', send('b'));
    await pace.idle();
    expect(sent).toEqual(['a', 'b']);
  });
});
