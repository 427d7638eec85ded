import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPace } from '../../../platforms/discord/pace.ts';
import { createMemory } from '../../../platforms/shared/memory.ts';
import { TooSoon } from '../../../src/ports.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('changes of cards on their way', () => {
  test('of one card are five seconds apart', () => {
    const pace = createPace();
    pace.takeTurn('c/1', 'c');
    vi.advanceTimersByTime(4_900);
    expect(() => pace.takeTurn('c/1', 'c')).toThrow(TooSoon);
    vi.advanceTimersByTime(200);
    expect(() => pace.takeTurn('c/1', 'c')).not.toThrow();
  });

  test('of one channel come one after another, those of another beside them', () => {
    const pace = createPace();
    pace.takeTurn('c/1', 'c');
    pace.takeTurn('d/1', 'd');
    expect(() => pace.takeTurn('c/2', 'c')).toThrow(TooSoon);
    vi.advanceTimersByTime(1_600);
    expect(() => pace.takeTurn('c/2', 'c')).not.toThrow();
  });

  test('an older version than one that was shown is known', () => {
    const pace = createPace();
    expect([pace.isNew('c/1', 3), pace.isNew('c/1', 2), pace.isNew('c/1', 3), pace.isNew('c/2', 1)]).toEqual([
      ...[true, false, true, true],
    ]);
  });
});

test('what is remembered goes with its time, and the oldest for the newest', () => {
  const memory = createMemory<number>(2, 1_000);
  memory.note('a', 1);
  memory.note('b', 2);
  memory.note('a', 3);
  memory.note('c', 4);
  expect(['a', 'b', 'c'].map((key) => memory.read(key))).toEqual([3, undefined, 4]);
  memory.drop('c');
  expect(memory.read('c')).toBeUndefined();
  vi.advanceTimersByTime(1_001);
  expect(memory.read('a')).toBeUndefined();
});
