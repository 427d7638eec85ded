import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Refusal, UserError } from '../../src/domain/errors.ts';
import { say as sayToMember } from '../../src/domain/words.ts';
import { type Log, RedisAway } from '../../src/ports.ts';
import { BadRequest } from './parse.ts';

const statuses: Record<Refusal, ContentfulStatusCode> = {
  invalid: 400,
  balance: 402,
  forbidden: 403,
  unknown: 404,
  conflict: 409,
  busy: 429,
  unavailable: 503,
};
/** Seconds after which to come back, where the refusal itself does not say. */
const comeBack: Partial<Record<Refusal, number>> = { busy: 30, unavailable: 10 };

function connectionLost(error: unknown): boolean {
  const names = ['MaxRetriesPerRequestError', 'ClusterAllFailedError'];
  const texts = /Connection is closed|Command timed out|isn't writeable|ECONN|EPIPE|ENOENT|CLUSTERDOWN|LOADING/;
  if (error instanceof RedisAway) return true;
  return error instanceof Error && (names.includes(error.name) || texts.test(error.message));
}

/** An error as JSON `{ error, field?, balance? }` with its status: refusals in words; what is a bug only in the log. */
export function answerError(c: Context, thrown: unknown, log: Log): Response {
  if (thrown instanceof BadRequest) {
    return c.json({ error: thrown.message, ...(thrown.field ? { field: thrown.field } : {}) }, thrown.status);
  }
  const away = !(thrown instanceof UserError) && connectionLost(thrown);
  if (away) log.warn({ err: thrown, path: c.req.path }, 'the board cannot be reached');
  const refused =
    thrown instanceof UserError ? thrown : away ? new UserError('unavailable', { word: 'service.away' }) : undefined;
  if (!refused) {
    log.error({ err: thrown, path: c.req.path }, 'a request to the studio broke');
    return c.json({ error: sayToMember({ word: 'service.broken' }) }, 500);
  }
  const wait = refused.retryAfter ?? comeBack[refused.refusal];
  if (wait !== undefined) c.header('Retry-After', String(Math.ceil(wait)));
  const { field, balance } = refused;
  return c.json(
    {
      error: sayToMember(refused.said),
      ...(field === undefined ? {} : { field }),
      ...(balance === undefined ? {} : { balance }),
    },
    statuses[refused.refusal],
  );
}
