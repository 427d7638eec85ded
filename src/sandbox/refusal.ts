import { UserError } from '../domain/errors.ts';
import { say } from '../domain/words.ts';

const types: Record<number, string> = { 401: 'authentication_error', 429: 'rate_limit_error', 500: 'server_error' };

/** A request that the gateway does not serve, as it tells the caller: an HTTP status, a code and plain words. `retryAfter` is in seconds. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export function invalid(message: string): Refusal {
  return new Refusal(400, 'INVALID_REQUEST', message);
}

/** What was thrown, as a refusal; nothing for a fault of our own. */
export function refusalOf(thrown: unknown): Refusal | undefined {
  if (thrown instanceof Refusal) return thrown;
  return thrown instanceof UserError ? invalid(`${thrown.field ?? 'request'}: ${say(thrown.said)}`) : undefined;
}

/** The gateway's envelope for all errors. */
export function answer({ status, code, message, retryAfter }: Refusal): Response {
  const type = types[status] ?? 'invalid_request_error';
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return Response.json({ error: { message, type, code } }, { status, headers });
}
