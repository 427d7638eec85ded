import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jobIdPattern, jobIds, jobState, nextStep, steps } from '../../src/domain/job.ts';
import { at, jobOf, type Point } from './film.ts';

const expected: Record<Point, [state: string, next: string | undefined]> = {
  waiting: ['queued', 'submit'],
  admitted: ['queued', 'submit'],
  sent: ['queued', 'submit'],
  rendering: ['rendering', 'poll'],
  late: ['rendering', 'poll'],
  stopping: ['rendering', 'poll'],
  rendered: ['rendered', 'deliver'],
  fetched: ['rendered', 'deliver'],
  posted: ['delivered', 'deliver'],
  paid: ['delivered', 'deliver'],
  shown: ['delivered', undefined],
  wantedAgain: ['delivered', 'deliver'],
  refusedAgain: ['delivered', undefined],
  kept: ['rendered', undefined],
  keptShown: ['rendered', undefined],
  keptWantedAgain: ['rendered', 'deliver'],
  failed: ['failed', 'deliver'],
  released: ['failed', 'deliver'],
  failedShown: ['failed', undefined],
  failedUnpaidShown: ['failed', 'deliver'],
  cancelled: ['cancelled', 'deliver'],
  removing: ['removed', 'deliver'],
  removed: ['removed', 'deliver'],
  removedShown: ['removed', undefined],
  removedByOwner: ['removed', 'deliver'],
  removedInVain: ['removed', undefined],
  removedAnew: ['removed', 'deliver'],
  removedRendering: ['removed', 'poll'],
  removedKept: ['removed', 'deliver'],
  removedUnposted: ['removed', 'deliver'],
  removedParked: ['removed', undefined],
  parked: ['queued', undefined],
  parkedRendering: ['rendering', undefined],
  parkedRendered: ['rendered', undefined],
  parkedFailed: ['failed', 'deliver'],
};

describe('the next step follows from what is missing', () => {
  test.each(Object.entries(expected) as [Point, (typeof expected)[Point]][])('%s: %s', (point, [state, next]) => {
    expect(jobState(at[point])).toBe(state);
    expect(nextStep(at[point])).toBe(next);
  });

  test.each(['failedShown', 'shown'] as const)(
    '%s, where a workflow waits to be told: deliver, until it was',
    (point) => {
      const request = { ...at[point].request, origin: { ...at[point].request.origin, step: 'Fx1' } };
      expect(nextStep({ ...at[point], request })).toBe('deliver');
      expect(nextStep({ ...at[point], request, told: true })).toBeUndefined();
    },
  );

  test('every shape of a record has a state and a step, or rests', () => {
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const generation = fc.integer({ min: 1, max: 3 });
    const shape = fc.record({
      version: fc.integer({ min: 1, max: 5 }),
      generation,
      taskId: maybe(fc.constant('t')),
      output: maybe(fc.constant({ at: 1 })),
      post: maybe(fc.record({ ref: fc.constant('p'), generation })),
      refused: maybe(fc.record({ generation, at: fc.constant(1) })),
      failure: maybe(fc.constant({ reason: 'policy' as const, at: 1 })),
      parked: maybe(fc.constant(true)),
      settled: maybe(fc.constantFrom('captured' as const, 'released' as const)),
      card: maybe(fc.record({ ref: fc.constant('c'), version: fc.integer({ min: 1, max: 5 }) })),
    });
    fc.assert(
      fc.property(shape, (fields) => {
        const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
        const job = jobOf(given);
        const next = nextStep(job);
        if (next !== undefined) expect(steps).toContain(next);
        if (job.failure && job.settled === undefined) expect(next).toBe('deliver');
        if (next === undefined && job.settled === undefined) expect(job.parked ?? job.refused).toBeTruthy();
        if (next === 'submit') expect(job.taskId).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the ids of jobs', () => {
  test('the same call gives the same ids, another call others', () => {
    expect(jobIds('web:s:ada:1', 3)).toEqual(jobIds('web:s:ada:1', 3));
    expect(jobIds('web:s:ada:1', 1)[0]).toBe(jobIds('web:s:ada:1', 3)[0]);
    expect(jobIds('web:s:ada:1', 1)).not.toEqual(jobIds('web:s:ada:2', 1));
  });

  test('whatever the call, they fit their pattern, number through, and hold no colon', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (key, count) => {
        const ids = jobIds(key, count);
        expect(new Set(ids).size).toBe(count);
        for (const [index, id] of ids.entries()) {
          expect(id).toMatch(jobIdPattern);
          expect(id.endsWith(`-${index + 1}`)).toBe(true);
          expect(Number.isNaN(Number(id))).toBe(true);
        }
      }),
    );
  });

  test.each([
    '',
    'j',
    'jabc-1',
    'jabcdefghijklmnop',
    'jabcdefghijklmnop-',
    'JABCDEFGHIJKLMNOP-1',
    'jabcdefghijklmnop-123',
    'jabcdefghijklmno1-1',
    'jabcdefghijklmnop-1\n',
    ' jabcdefghijklmnop-1',
    'jabcdefghijklmnop-1:2',
    '12',
  ])('%j is none', (id) => {
    expect(jobIdPattern.test(id)).toBe(false);
  });
});
