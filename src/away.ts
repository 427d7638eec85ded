import { UserError } from './domain/errors.ts';
import { RedisAway } from './ports.ts';

const lost = /connection is closed|max retries|econnreset|timed out|etimedout|epipe|flushed|cluster redirections/i;
const refused =
  /stream isn't writeable|cluster isn't ready|econnrefused|enoent|loading|clusterdown|masterdown|readonly|oom command|noauth|wrongpass|noperm|misconf|busy redis|tryagain|noreplicas|none of.*nodes/i;

/** Runs a command of ours; a Redis that is away comes out as {@link RedisAway}, anything else as it is. */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const ours = error instanceof RedisAway || error instanceof UserError;
    if (ours || !(error instanceof Error)) throw error;
    const text = `${error.name} ${error.message}`;
    if (refused.test(text)) throw new RedisAway(false, error);
    if (lost.test(text)) throw new RedisAway(true, error);
    throw error;
  }
}

/** As {@link reaching}, where nothing is taken, or not yet: when Redis is away here, nothing can have happened. */
export async function untouched<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await reaching(work);
  } catch (error) {
    throw error instanceof RedisAway ? new RedisAway(false, error) : error;
  }
}

/** As {@link reaching}, for what a member asked: they are told when Redis is away, and whether something may have been taken after all. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await reaching(work);
  } catch (error) {
    if (!(error instanceof RedisAway)) throw error;
    const said = { word: error.unsure ? 'service.unsure' : 'service.away' } as const;
    throw new UserError('unavailable', said, { retryAfter: 30, cause: error });
  }
}
