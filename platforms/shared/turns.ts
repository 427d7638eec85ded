import { TransientError } from '../../src/domain/errors.ts';

/** Films of one channel that are posted, or wait for their turn, in one process. */
const most = 8;
/** Milliseconds after which another one comes again. */
const again = 5_000;

/**
 * Keeps one busy channel from taking all places of a worker: Discord and Slack take about a message a second in each channel, and what
 * waits for that keeps the films of others waiting. Beyond a few they are sent away for a while, with a {@link TransientError}.
 */
export function createTurns() {
  const taken = new Map<string, number>();
  return async <T>(channel: string, work: () => Promise<T>): Promise<T> => {
    const before = taken.get(channel) ?? 0;
    if (before >= most)
      throw new TransientError('the channel has enough films on their way', { retryAfter: again, waits: true });
    taken.set(channel, before + 1);
    try {
      return await work();
    } finally {
      const now = (taken.get(channel) ?? 1) - 1;
      if (now === 0) taken.delete(channel);
      else taken.set(channel, now);
    }
  };
}
