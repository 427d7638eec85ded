import { describe, expect, test } from 'vitest';
import { JobFailure, LostAnswer, TransientError } from '../../src/domain/errors.ts';
import type { PauseReason } from '../../src/domain/gateway.ts';
import { type GatewayInfo, Refused, Throttled, Unreached, type VideoApi } from '../../src/ports.ts';
import { guard } from '../../src/video/guard.ts';
import { createTestLog } from '../support/log.ts';

const order = {
  key: 'j1',
  sentAt: 0,
  recipe: { model: 'sora-2', prompt: 'a boat', seconds: 4, size: '1365x768' },
  picture: undefined,
  hook: undefined,
} as const;
const { signal } = new AbortController();

/** A guarded gateway that fails as it is told; what it was asked, and what stands after it. */
function rig(fails?: Error) {
  const state = {
    fails,
    sent: [] as string[],
    probes: 0,
    ill: true,
    since: 1,
    now: 0,
    slowed: [] as (number | undefined)[],
    held: 0,
    paused: undefined as PauseReason | undefined,
    broken: undefined as Error | undefined,
  };
  const answer = async <T>(call: string, value: T): Promise<T> => {
    state.sent.push(call);
    if (state.fails) throw state.fails;
    return value;
  };
  const api: VideoApi & GatewayInfo = {
    name: 'http://gateway.test',
    submit: () => answer('submit', { taskId: 't' }),
    poll: () => answer('poll', { status: 'running' }),
    cancel: () => answer('cancel', undefined),
    find: () => answer('find', { status: 'none' }),
    models: () => answer('models', ['sora-2']),
    schema: async () => undefined,
    estimate: () => answer('estimate', 1),
    moderate: () => answer('moderate', undefined),
    webhookSecret: async () => undefined,
    probe: async () => {
      state.probes += 1;
      return state.ill ? 'ill' : 'well';
    },
  };
  const log = createTestLog();
  const check = (): void => {
    if (state.broken) throw state.broken;
  };
  const { video, info, reachable } = guard(api, {
    now: () => state.now,
    log,
    pressure: {
      slow: async ({ asked, age }) => {
        check();
        expect(age).toBeGreaterThanOrEqual(0);
        state.slowed.push(asked);
      },
      holds: async () => state.held,
    },
    standing: {
      read: async () => state.paused && { reason: state.paused, since: state.since },
      pause: async (reason) => {
        check();
        const newly = state.paused === undefined;
        state.paused ??= reason;
        return newly;
      },
      resume: async () => {
        check();
        state.paused = undefined;
      },
    },
  });
  const calls = {
    submit: () => video.submit(order, signal),
    poll: () => video.poll('t', signal),
    cancel: () => video.cancel('t', signal),
    find: () => video.find('j1', 0, signal),
  };
  return {
    state,
    log,
    video,
    info,
    reachable,
    calls,
    errors: () => log.lines.filter(({ level }) => level === 'error'),
  };
}
const names = ['submit', 'poll', 'cancel', 'find'] as const;

describe('guard', () => {
  test('a gateway that answers is only passed on', async () => {
    const { calls, state, log, video } = rig();
    expect(video.name).toBe('http://gateway.test');
    expect(await calls.submit()).toEqual({ taskId: 't' });
    expect(await calls.poll()).toEqual({ status: 'running' });
    expect(await calls.find()).toEqual({ status: 'none' });
    await calls.cancel();
    expect(state).toMatchObject({ sent: ['submit', 'poll', 'find', 'cancel'], slowed: [], paused: undefined });
    expect(log.lines).toEqual([]);
  });

  test.each(names)('a 429 to %s slows everybody, and comes out as it is', async (name) => {
    const throttled = new Throttled('429', { retryAfter: 7_000 });
    const { calls, state } = rig(throttled);
    await expect(calls[name]()).rejects.toBe(throttled);
    expect(state.slowed).toEqual([7_000]);
    state.fails = new Throttled('429');
    await expect(calls[name]()).rejects.toBe(state.fails);
    expect(state.slowed).toEqual([7_000, undefined]);
    expect(state.paused).toBeUndefined();
  });

  test.each([
    ['submit', new JobFailure('funds', '402'), 'funds', /ACCOUNT IS EMPTY.*Top the account up/],
    ['submit', new JobFailure('misconfigured', '401'), 'misconfigured', /VIDEO_API_KEY/],
    ['poll', new Refused('misconfigured', '401'), 'misconfigured', /VIDEO_API_KEY/],
    ['cancel', new Refused('misconfigured', '403'), 'misconfigured', /VIDEO_API_KEY/],
    ['find', new Refused('funds', '402'), 'funds', /Top the account up/],
  ] as const)('%s that meets %s pauses, with one alarm that says what to do', async (name, error, reason, says) => {
    const { calls, state, errors } = rig(error);
    for (let i = 0; i < 5; i++) await expect(calls[name]()).rejects.toBe(error);
    expect(state.paused).toBe(reason);
    expect(errors()).toHaveLength(1);
    expect(errors()[0]).toMatchObject({ fields: { reason, err: error }, message: expect.stringMatching(says) });
  });

  test.each([
    ['submit', new JobFailure('policy', 'no')],
    ['submit', new JobFailure('model', 'no')],
    ['submit', new LostAnswer('lost')],
    ['submit', new TransientError('later')],
    ['poll', new TransientError('later')],
    ['poll', new Error('a bug')],
  ] as const)('%s that meets %s concerns nobody else', async (name, error) => {
    const { calls, state, log } = rig(error);
    await expect(calls[name]()).rejects.toBe(error);
    expect(state).toMatchObject({ slowed: [], paused: undefined });
    expect(log.lines).toEqual([]);
  });

  test('a submit that is taken ends a pause; a poll does not', async () => {
    const { calls, state, log } = rig();
    state.paused = 'funds';
    await calls.poll();
    expect(state.paused).toBe('funds');
    await calls.submit();
    expect(state.paused).toBeUndefined();
    expect(log.lines.map(({ level }) => level)).toEqual(['info']);
  });

  test('an order from before a pause, or from before another one, ends none', async () => {
    const { calls, state } = rig();
    const early = calls.submit();
    state.paused = 'funds';
    await early;
    expect(state.paused).toBe('funds');
    const between = calls.submit();
    state.since = 2;
    await between;
    expect(state.paused).toBe('funds');
  });

  test.each(['poll', 'cancel', 'find'] as const)(
    'a %s that is refused for its own task pauses nobody',
    async (name) => {
      const { calls, state, errors } = rig(new Refused('misconfigured', '403'));
      state.ill = false;
      for (let i = 0; i < 5; i++) await expect(calls[name]()).rejects.toBe(state.fails);
      expect([state.paused, state.probes, errors()]).toEqual([undefined, 1, []]);
    },
  );

  test.each(['models', 'estimate'] as const)(
    'a plain question that is refused pauses before anybody loses a film (%s)',
    async (name) => {
      const { info, state, errors } = rig(new Refused('misconfigured', '401'));
      const ask = name === 'models' ? info.models(signal) : info.estimate(order.recipe, signal);
      await expect(ask).rejects.toBe(state.fails);
      expect([state.paused, errors().length]).toEqual(['misconfigured', 1]);
    },
  );

  test('a gateway that cannot be reached for a minute is told once, and once more when it is back', async () => {
    const { calls, state, log, reachable } = rig(new Unreached('no connection: ECONNREFUSED'));
    for (const at of [0, 30_000, 59_000]) {
      state.now = at;
      await expect(calls.poll()).rejects.toBe(state.fails);
    }
    expect([reachable(), log.lines]).toEqual([true, []]);
    for (const at of [61_000, 90_000]) {
      state.now = at;
      await expect(calls.submit()).rejects.toBe(state.fails);
    }
    expect(reachable()).toBe(false);
    expect(log.lines.map(({ level }) => level)).toEqual(['error']);
    state.fails = undefined;
    await calls.poll();
    expect(reachable()).toBe(true);
    expect(log.lines.map(({ level }) => level)).toEqual(['error', 'info']);
  });

  test('while everybody waits, polls, cancels and searches are not sent; a submit has asked before', async () => {
    const { calls, state } = rig();
    state.held = 4_000;
    for (const name of ['poll', 'cancel', 'find'] as const) {
      await expect(calls[name]()).rejects.toSatisfy(
        (error) => error instanceof Throttled && error.retryAfter === 4_000,
      );
    }
    expect(state).toMatchObject({ sent: [], slowed: [] });
    await calls.submit();
    expect(state.sent).toEqual(['submit']);
  });

  test('when the others cannot be told, the answer stands all the same', async () => {
    const refused = new JobFailure('funds', '402');
    const { calls, state, log } = rig(refused);
    state.broken = new TransientError('Redis is away');
    await expect(calls.submit()).rejects.toBe(refused);
    state.fails = undefined;
    state.paused = 'funds';
    expect(await calls.submit()).toEqual({ taskId: 't' });
    expect(log.lines.map(({ level, fields }) => [level, fields.err])).toEqual([
      ['warn', state.broken],
      ['warn', state.broken],
    ]);
  });
});
