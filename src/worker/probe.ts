import { TransientError } from '../domain/errors.ts';
import type { PauseReason } from '../domain/gateway.ts';
import { type GatewayInfo, type Log, RedisAway, Refused, type Standing } from '../ports.ts';

/** Milliseconds between probes over all workers, and that one may take. */
const probeEvery = 30_000;
const probeWithin = 20_000;
const minute = 60_000;
const longestPatience = 3_600_000;

interface Pause {
  reason: PauseReason;
  lasted: number;
  relapses: number;
}

export interface ProbeTools {
  standing: Pick<Standing, 'resume'> & {
    read(): Promise<Pause | undefined>;
    /** True for one process in `ms` milliseconds. */
    turn(ms: number): Promise<boolean>;
  };
  info: Pick<GatewayInfo, 'probe'>;
  log: Log;
  /** Milliseconds between probes. */
  every?: number;
}

/**
 * How long a pause lasts at least, in milliseconds: none when the gateway says that it is well, ten minutes when it cannot be asked.
 * Where that was wrong within the last hour, a minute or ten, doubled with each time, an hour at the most.
 */
export function patience(answer: 'well' | 'unknown', relapses: number): number {
  if (answer === 'well' && relapses === 0) return 0;
  const [first, doublings] = answer === 'well' ? [minute, relapses - 1] : [10 * minute, relapses];
  return Math.min(longestPatience, first * 2 ** Math.min(doublings, 20));
}

/** While the gateway is paused, one worker at a time asks it whether it would take work again, and ends the pause when it would. */
export function startProbe(tools: ProbeTools): { close(): Promise<void> } {
  const { standing, info, log, every = probeEvery } = tools;
  const stopping = new AbortController();
  let wake = (): void => undefined;

  const ask = async (reason: PauseReason): Promise<'well' | 'ill' | 'unknown'> => {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new TransientError(`no answer within ${probeWithin} ms`)), probeWithin);
    try {
      return await info.probe(reason, AbortSignal.any([stopping.signal, limit.signal]));
    } catch (error) {
      if (error instanceof Refused) return 'ill';
      if (!(error instanceof TransientError) || stopping.signal.aborted) throw error;
      log.debug({ err: error }, 'the gateway did not answer the probe');
      return 'unknown';
    } finally {
      clearTimeout(timer);
    }
  };

  const round = async (): Promise<void> => {
    const pause = await standing.read();
    // A little less than the interval: the same worker that probed last is on time again.
    if (!pause || !(await standing.turn(Math.ceil(every * 0.9)))) return;
    const answer = await ask(pause.reason);
    const { lasted } = pause;
    log.debug({ reason: pause.reason, answer, lasted }, 'the paused gateway was probed');
    if (answer === 'ill' || lasted < patience(answer, pause.relapses)) return;
    await standing.resume();
    const how = answer === 'well' ? 'the gateway would take work again' : 'the gateway cannot be asked, so it is tried';
    log.info({ reason: pause.reason, lasted }, `${how}: new films are accepted`);
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await round();
      } catch (err) {
        if (!stopping.signal.aborted)
          log[err instanceof RedisAway ? 'warn' : 'error']({ err }, 'a probe of the gateway broke');
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, stopping.signal.aborted ? 0 : every);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();

  return {
    close: async () => {
      stopping.abort();
      wake();
      await running;
    },
  };
}
