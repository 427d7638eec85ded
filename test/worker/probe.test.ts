import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { TransientError } from '../../src/domain/errors.ts';
import type { PauseReason } from '../../src/domain/gateway.ts';
import { RedisAway, Refused } from '../../src/ports.ts';
import { patience, startProbe } from '../../src/worker/probe.ts';
import { createTestLog } from '../support/log.ts';
import { until } from '../support/until.ts';

const minute = 60_000;
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanups.splice(0)) await close();
});

type Answer = 'well' | 'ill' | 'unknown' | Error;

/** Workers that probe one gateway, over a standing in memory. */
function given(
  pause: { reason: PauseReason; ago: number; relapses: number } | undefined,
  answers: Answer[],
  count = 1,
) {
  const state = {
    pause: pause && { reason: pause.reason, since: 0, lasted: pause.ago, relapses: pause.relapses },
    probes: [] as { reason: PauseReason; at: number }[],
    turnUntil: 0,
    rounds: 0,
    away: undefined as Error | undefined,
  };
  const log = createTestLog();
  const start = () =>
    startProbe({
      every: 20,
      log,
      standing: {
        read: async () => {
          state.rounds += 1;
          if (state.away) throw state.away;
          return state.pause;
        },
        resume: async () => {
          state.pause = undefined;
        },
        turn: async (ms) => {
          const now = performance.now();
          if (now < state.turnUntil) return false;
          state.turnUntil = now + ms;
          return true;
        },
      },
      info: {
        probe: async (reason) => {
          const answer = answers[Math.min(state.probes.length, answers.length - 1)] as Answer;
          state.probes.push({ reason, at: performance.now() });
          if (answer instanceof Error) throw answer;
          return answer;
        },
      },
    });
  const probes = Array.from({ length: count }, start);
  for (const probe of probes) cleanups.push(probe.close);
  const infos = () => log.lines.filter(({ level }) => level === 'info');
  return { state, log, infos, probes };
}
const fresh = { reason: 'funds', ago: 1_000, relapses: 0 } as const;

describe('probe', () => {
  test('a gateway that is not paused is left alone', async () => {
    const { state } = given(undefined, ['well']);
    await until('some rounds', () => state.rounds > 5);
    expect(state.probes).toEqual([]);
  });

  test('ends the pause when the gateway is well again, and tells of it', async () => {
    const { state, infos } = given(fresh, ['ill', 'ill', 'well']);
    await until('it resumes', () => state.pause === undefined);
    expect(state.probes.map(({ reason }) => reason)).toEqual(['funds', 'funds', 'funds']);
    await until('it is told', () => infos().length === 1);
  });

  test.each<[string, Answer]>([
    ['is ill', 'ill'],
    ['refuses the probe', new Refused('misconfigured', '401')],
    ['cannot be asked', 'unknown'],
    ['does not answer', new TransientError('503')],
  ])('stays paused while the gateway %s', async (_what, answer) => {
    const { state } = given({ ...fresh, ago: 9 * minute }, [answer]);
    await until('several probes', () => state.probes.length > 5);
    expect(state.pause).toBeDefined();
  });

  test.each<[string, Answer]>([
    ['cannot be asked', 'unknown'],
    ['does not answer', new TransientError('503')],
  ])('tries a gateway that %s after ten minutes', async (_what, answer) => {
    const { state } = given({ ...fresh, ago: 10 * minute }, [answer]);
    await until('it resumes', () => state.pause === undefined);
  });

  test('one that is ill is not tried however long it lasts', async () => {
    const { state } = given({ ...fresh, ago: 600 * minute }, ['ill']);
    await until('several probes', () => state.probes.length > 5);
    expect(state.pause).toBeDefined();
  });

  test('a gateway that said it was well and was not is believed later and later', async () => {
    const { state } = given({ reason: 'funds', ago: minute / 2, relapses: 1 }, ['well']);
    await until('several probes', () => state.probes.length > 5);
    expect(state.pause).toBeDefined();
    state.pause = { reason: 'funds', since: 0, lasted: minute, relapses: 1 };
    await until('it resumes', () => state.pause === undefined);
  });

  test('patience doubles with each relapse, to an hour', () => {
    expect([0, 1, 2, 3, 9].map((n) => patience('unknown', n) / minute)).toEqual([10, 20, 40, 60, 60]);
    expect([0, 1, 2, 3, 9].map((n) => patience('well', n) / minute)).toEqual([0, 1, 2, 4, 60]);
    fc.assert(
      fc.property(fc.constantFrom('well', 'unknown'), fc.nat(10_000), (answer, relapses) => {
        const ms = patience(answer, relapses);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(60 * minute);
        expect(patience(answer, relapses + 1)).toBeGreaterThanOrEqual(ms);
      }),
    );
  });

  test('of many workers one asks at a time', async () => {
    const { state } = given(fresh, ['ill'], 8);
    await until('several probes', () => state.probes.length >= 6);
    const gaps = state.probes.slice(1).map(({ at }, i) => at - (state.probes[i]?.at as number));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(17);
  });

  test('Redis away, or a bug, ends one round and not the probing', async () => {
    const { state, log } = given(fresh, [new Error('a bug'), 'ill', 'ill', 'well']);
    await until('the bug is told', () => log.lines.some(({ level }) => level === 'error'));
    state.away = new RedisAway(false, undefined);
    await until('that Redis is away is told', () => log.lines.some(({ level }) => level === 'warn'));
    state.away = undefined;
    await until('it resumes', () => state.pause === undefined);
  });

  test('close ends a probe that is under way, and no other follows', async () => {
    let asked = 0;
    const probe = startProbe({
      log: createTestLog(),
      standing: {
        read: async () => ({ reason: 'funds', since: 0, lasted: 0, relapses: 0 }),
        resume: async () => undefined,
        turn: async () => true,
      },
      info: {
        probe: (_reason, signal) => {
          asked += 1;
          return new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => reject(new TransientError('stopped', { cause: signal.reason }))),
          );
        },
      },
    });
    await until('it asks', () => asked === 1);
    await probe.close();
    expect(asked).toBe(1);
  });
});
