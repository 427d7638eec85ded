import { JobFailure } from '../domain/errors.ts';
import type { PauseReason } from '../domain/gateway.ts';
import { type Brake, type Log, Refused, type Standing, Throttled, type VideoApi } from '../ports.ts';

const alarms: Record<PauseReason, string> = {
  funds:
    'THE GATEWAY SAYS THAT ITS ACCOUNT IS EMPTY: nothing new is accepted. Top the account up; it goes on by itself as soon as the gateway takes work again',
  misconfigured:
    'THE GATEWAY REFUSES OUR KEY OR ADDRESS: nothing new is accepted. Check VIDEO_API_URL and VIDEO_API_KEY and restart, or mend the key at the gateway; it goes on by itself as soon as the gateway takes work again',
};

/** Why the gateway gives us nothing, when an error says so. */
function pausedBy(error: unknown): PauseReason | undefined {
  if (error instanceof Refused) return error.reason;
  if (!(error instanceof JobFailure)) return undefined;
  return error.reason === 'funds' || error.reason === 'misconfigured' ? error.reason : undefined;
}

/**
 * The same gateway, whose refusals are told to everybody: a 429 slows all workers, an empty account or a refused key pauses intake
 * and alarms the operator, a submit that is taken ends the pause. Errors come out as they went in. While the brake holds,
 * polls, cancels and searches are not sent at all: they throw {@link Throttled}. Submits ask {@link Pressure} themselves.
 */
export function guard(
  api: VideoApi,
  tools: { pressure: Brake; standing: Pick<Standing, 'read' | 'pause' | 'resume'>; log: Log },
): VideoApi {
  const { pressure, standing, log } = tools;

  const heed = async (error: unknown, sentAt: number): Promise<void> => {
    if (error instanceof Throttled) {
      const age = performance.now() - sentAt;
      await pressure.slow({ asked: error.retryAfter, age });
      log.warn({ asked: error.retryAfter }, 'the gateway asked everybody to slow down');
    }
    const reason = pausedBy(error);
    if (reason !== undefined && (await standing.pause(reason))) log.error({ reason, err: error }, alarms[reason]);
  };

  /** What the answer means to the others never hides the answer itself. */
  const told = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (err) {
      log.warn({ err }, what);
    }
  };

  const send = async <T>(work: () => Promise<T>): Promise<T> => {
    const sentAt = performance.now();
    try {
      return await work();
    } catch (error) {
      await told('the others were not told what the gateway refused', () => heed(error, sentAt));
      throw error;
    }
  };

  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    const held = await pressure.holds();
    if (held > 0) throw new Throttled('not sent: the gateway asked everybody to wait', { retryAfter: Math.ceil(held) });
    return send(work);
  };

  return {
    name: api.name,
    poll: (taskId, signal) => ask(() => api.poll(taskId, signal)),
    cancel: (taskId, signal) => ask(() => api.cancel(taskId, signal)),
    find: (key, sentAt, signal) => ask(() => api.find(key, sentAt, signal)),
    async submit(order, signal) {
      const taken = await send(() => api.submit(order, signal));
      await told('the gateway takes work again, and the pause was not ended', async () => {
        if ((await standing.read()) === undefined) return;
        await standing.resume();
        log.info({}, 'the gateway takes work again');
      });
      return taken;
    },
  };
}
