import { type FailureReason, JobFailure, LostAnswer, TransientError } from '../domain/errors.ts';
import type { PauseReason } from '../domain/gateway.ts';
import type { Topic } from '../domain/verdict.ts';
import { Refused, Throttled } from '../ports.ts';
import type { Answer } from './http.ts';

/** What a gateway said when it refused: its code, if it gave one, and at most 200 characters of its message, cleaned of our secrets. */
export interface Complaint {
  code: string | undefined;
  message: string;
  /** What it was for, where it told. */
  about: readonly Topic[];
}

/** `doubtful`: it may have taken the order all the same. `throttled`: asked too often. `exhausted`: all its providers failed. */
type Meaning = FailureReason | 'doubtful' | 'throttled' | 'exhausted';

const codes: Record<string, Meaning> = {
  authentication_failed: 'misconfigured',
  invalid_api_key: 'misconfigured',
  insufficient_balance: 'funds',
  insufficient_quota: 'funds',
  billing_hard_limit_reached: 'funds',
  invalid_request: 'invalid',
  content_policy_violation: 'policy',
  moderation: 'policy',
  moderation_blocked: 'policy',
  sentinel_block: 'policy',
  model_not_found: 'model',
  model_disabled: 'model',
  rate_limited: 'throttled',
  rate_limit_exceeded: 'throttled',
  all_providers_exhausted: 'exhausted',
  internal_error: 'doubtful',
  upstream_error: 'doubtful',
  // Something was taken under our key before: which task, this answer does not say.
  idempotency_conflict: 'doubtful',
  idempotency_key_conflict: 'doubtful',
  idempotency_key_reused: 'doubtful',
};

/** Gateways write one code as `MODEL_NOT_FOUND`, `model_not_found` or `ModelNotFound`. */
const plain = (code: string): string => code.toLowerCase().replace(/[^a-z0-9]/g, '');
const meanings = new Map(Object.entries(codes).map(([code, meaning]) => [plain(code), meaning]));

function meaningOf(code: string | undefined): Meaning | undefined {
  return code === undefined ? undefined : meanings.get(plain(code));
}

/** Why a task failed, by the gateway's code: for a task that is known to be over, nothing is in doubt. */
export function failureOf({ code }: Pick<Complaint, 'code'>): FailureReason {
  const meaning = meaningOf(code);
  if (meaning === 'throttled' || meaning === 'exhausted') return 'busy';
  return meaning === undefined || meaning === 'doubtful' ? 'rejected' : meaning;
}

/** What was declined, of a refusal by the gateway's policy. */
export function toldOf(reason: FailureReason, { about }: Complaint): { about?: readonly Topic[] } {
  return reason === 'policy' && about.length > 0 ? { about } : {};
}

/** The statuses of an order that are a clear no by themselves. Any other leaves open what became of it. */
const clear: Record<number, Meaning> = {
  400: 'invalid',
  401: 'misconfigured',
  402: 'funds',
  403: 'misconfigured',
  404: 'misconfigured',
  405: 'misconfigured',
  410: 'misconfigured',
  413: 'invalid',
  415: 'invalid',
  422: 'invalid',
  429: 'throttled',
  451: 'policy',
};

function byStatus(status: number, message: string, model: string): Meaning {
  const named = message.includes(model) || /\bmodel\b/i.test(message);
  if ((status === 404 || status === 410) && named) return 'model';
  return status >= 300 && status < 400 ? 'misconfigured' : (clear[status] ?? 'doubtful');
}

/**
 * What the answer to a paid order means that brought no task: by the gateway's code, then by the status, never by its
 * `type`. `text` is the error's message.
 */
export function refusedOrder(answer: Answer, said: Complaint, text: string, model: string): Error {
  const { status, retryAfter } = answer;
  const wait = retryAfter === undefined ? {} : { retryAfter };
  const meaning = meaningOf(said.code) ?? byStatus(status, said.message, model);
  switch (meaning) {
    case 'doubtful':
      return new LostAnswer(text);
    case 'throttled':
      return new Throttled(text, wait);
    case 'exhausted':
      return new TransientError(text, { ...wait, most: 2 });
    default:
      return new JobFailure(meaning, text, toldOf(meaning, said));
  }
}

const pauses: Record<number, PauseReason> = { 401: 'misconfigured', 402: 'funds', 403: 'misconfigured' };

/** What any other call's answer means that did not bring what was asked for: nothing is lost, and it is asked again. */
export function refusedCall(
  { status, retryAfter }: Answer,
  { code }: Pick<Complaint, 'code'>,
  text: string,
): TransientError {
  const meaning = meaningOf(code);
  const wait = retryAfter === undefined ? {} : { retryAfter };
  if (meaning === 'funds' || meaning === 'misconfigured') return new Refused(meaning, text);
  const pause = meaning === undefined ? pauses[status] : undefined;
  if (pause) return new Refused(pause, text);
  return status === 429 || meaning === 'throttled' ? new Throttled(text, wait) : new TransientError(text, wait);
}
