import { setTimeout as wait } from 'node:timers/promises';
import { TransientError, UserError } from '../domain/errors.ts';
import { type Flag, type GatewayInfo, type Log, type Moderation, Refused } from '../ports.ts';

const triesMost = 3;

/**
 * The gateway's moderation, as its profile has it. Words that it could not look at are not taken: that is a `UserError` to the member and a
 * warning in the log. `within`: milliseconds that the answer may take in all; `pause`: that pass before it is asked for once more, doubling.
 */
export function createModeration(options: {
  info: Pick<GatewayInfo, 'moderate'>;
  log: Log;
  within?: number;
  pause?: number;
}): Moderation {
  const { info, log, within = 10_000, pause = 300 } = options;

  async function ask(text: string, signal: AbortSignal): Promise<Flag | undefined> {
    for (let tries = 1; ; tries++) {
      try {
        return await info.moderate(text, signal);
      } catch (error) {
        const again = error instanceof TransientError && !(error instanceof Refused) && tries < triesMost;
        if (!again || (error.retryAfter ?? 0) >= within || signal.aborted) throw error;
        await wait(Math.max(error.retryAfter ?? 0, pause * 2 ** (tries - 1)), undefined, { signal });
      }
    }
  }

  return {
    async look(text) {
      const limit = new AbortController();
      const late = new TransientError(`no verdict within ${within} ms`);
      const timer = setTimeout(() => limit.abort(late), within);
      try {
        return await ask(text, limit.signal);
      } catch (error) {
        if (!(error instanceof TransientError) && !limit.signal.aborted) throw error;
        log.warn(
          { err: limit.signal.aborted ? late : error },
          'words could not be looked at, so nothing was taken; a gateway without /moderations takes no moderation in the models file',
        );
        throw new UserError('unavailable', { word: 'moderation.away' }, { retryAfter: 60, cause: error });
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
