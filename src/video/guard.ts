import { JobFailure } from '../domain/errors.ts';
import type { PauseReason } from '../domain/gateway.ts';
import {
  type Brake,
  type GatewayInfo,
  type Log,
  Refused,
  type Standing,
  Throttled,
  Unreached,
  type VideoApi,
} from '../ports.ts';

const alarms: Record<PauseReason, string> = {
  funds:
    'THE GATEWAY SAYS THAT ITS ACCOUNT IS EMPTY: nothing new is accepted. Top the account up; it goes on by itself as soon as the gateway takes work again',
  misconfigured:
    'THE GATEWAY REFUSES OUR KEY OR ADDRESS: nothing new is accepted. Check VIDEO_API_URL and VIDEO_API_KEY and restart, or mend the key at the gateway; it goes on by itself as soon as the gateway takes work again',
};

/** Why the gateway gives us nothing, when the answer to an order says so. */
function pausedBy(error: unknown): PauseReason | undefined {
  if (!(error instanceof JobFailure)) return undefined;
  return error.reason === 'funds' || error.reason === 'misconfigured' ? error.reason : undefined;
}

/** Milliseconds, and calls, without an answer from the gateway until the operator is told. */
const silentFor = 60_000;
const silentCalls = 3;

/** Milliseconds between questions to the gateway whether a refusal of one task's call is meant for all of us, and for one of them. */
const confirmEvery = 60_000;
const confirmWithin = 10_000;

/** Beside the calls: whether the gateway answers at all. */
export interface Guarded {
  video: VideoApi;
  info: GatewayInfo;
  reachable(): boolean;
}

/**
 * The same gateway, whose refusals are told to everybody: a 429 slows all workers, an empty account or a refused key pauses intake
 * and alarms the operator, a submit that is taken ends the pause. Errors come out as they went in. While the brake holds,
 * polls, cancels and searches are not sent at all: they throw {@link Throttled}. Submits ask {@link Pressure} themselves. A
 * gateway that cannot be reached for a minute is told once, and once more when it is back.
 */
export function guard(
  api: VideoApi & GatewayInfo,
  tools: { pressure: Brake; standing: Pick<Standing, 'read' | 'pause' | 'resume'>; log: Log; now?: () => number },
): Guarded {
  const { pressure, standing, log, now = () => performance.now() } = tools;
  let silence = { since: 0, last: Number.NEGATIVE_INFINITY, calls: 0 };
  let alarmed = false;

  const heard = (): void => {
    if (alarmed) log.info({ ms: Math.round(now() - silence.since) }, 'the gateway can be reached again');
    silence = { ...silence, last: Number.NEGATIVE_INFINITY };
    alarmed = false;
  };
  const silent = (err: Unreached): void => {
    // A call that failed long ago says nothing of now.
    const { since, last, calls } = silence;
    const goesOn = now() - last < silentFor;
    silence = goesOn ? { since, last: now(), calls: calls + 1 } : { since: now(), last: now(), calls: 1 };
    if (alarmed || silence.calls < silentCalls || now() - silence.since < silentFor) return;
    alarmed = true;
    log.error(
      { err },
      'THE GATEWAY CANNOT BE REACHED: films wait, and those that wait for a quarter of an hour are given up. Check VIDEO_API_URL and the network',
    );
  };

  const paused = async (reason: PauseReason, err: unknown): Promise<void> => {
    if (await standing.pause(reason)) log.error({ reason, err }, alarms[reason]);
  };

  let confirmedAt = Number.NEGATIVE_INFINITY;
  /** A refusal of a poll, a cancel or a search may be about that task alone: only a gateway that refuses a plain question too refuses us. */
  const confirmed = async (reason: PauseReason): Promise<boolean> => {
    if (performance.now() - confirmedAt < confirmEvery) return false;
    confirmedAt = performance.now();
    try {
      return (await api.probe(reason, AbortSignal.timeout(confirmWithin))) === 'ill';
    } catch (error) {
      return error instanceof Refused;
    }
  };

  const heed = async (error: unknown, sentAt: number, plain: boolean): Promise<void> => {
    if (error instanceof Throttled) {
      const age = performance.now() - sentAt;
      await pressure.slow({ asked: error.retryAfter, age });
      log.warn({ asked: error.retryAfter }, 'the gateway asked everybody to slow down');
    }
    const reason = pausedBy(error);
    if (reason !== undefined) return paused(reason, error);
    if (error instanceof Refused && (plain || (await confirmed(error.reason)))) await paused(error.reason, error);
  };

  /** What the answer means to the others never hides the answer itself. */
  const told = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (err) {
      log.warn({ err }, what);
    }
  };

  /** `plain`: a question about no task, whose refusal is meant for all of us. */
  const send = async <T>(work: () => Promise<T>, plain = false): Promise<T> => {
    const sentAt = performance.now();
    try {
      const answer = await work();
      heard();
      return answer;
    } catch (error) {
      if (error instanceof Unreached) silent(error);
      else heard();
      await told('the others were not told what the gateway refused', () => heed(error, sentAt, plain));
      throw error;
    }
  };

  /** Since when it is paused; nothing where it is not, or nobody knows. */
  const stands = (): Promise<number | undefined> =>
    standing.read().then(
      (pause) => pause?.since,
      () => undefined,
    );

  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    const held = await pressure.holds();
    if (held > 0) throw new Throttled('not sent: the gateway asked everybody to wait', { retryAfter: Math.ceil(held) });
    return send(work);
  };

  const video: VideoApi = {
    name: api.name,
    poll: (taskId, signal) => ask(() => api.poll(taskId, signal)),
    cancel: (taskId, signal) => ask(() => api.cancel(taskId, signal)),
    find: (key, sentAt, signal) => ask(() => api.find(key, sentAt, signal)),
    async submit(order, signal) {
      const before = await stands();
      const taken = await send(() => api.submit(order, signal));
      // Only what was sent in spite of the pause says that it is over; an order from before it says nothing.
      if (before === undefined) return taken;
      await told('the gateway takes work again, and the pause was not ended', async () => {
        if ((await standing.read())?.since !== before) return;
        await standing.resume();
        log.info({}, 'the gateway takes work again');
      });
      return taken;
    },
  };

  return {
    video,
    info: {
      ...api,
      models: (signal) => send(() => api.models(signal), true),
      estimate: (recipe, signal) => send(() => api.estimate(recipe, signal)),
      moderate: (text, signal) => send(() => api.moderate(text, signal)),
    },
    reachable: () => !alarmed,
  };
}
