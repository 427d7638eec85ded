import { z } from 'zod';
import type { FailureReason } from '../domain/errors.ts';
import type { TaskState } from '../ports.ts';

/** What the gateway said when it refused: its code, if it gave one, and at most 200 characters of its message, without the `secret` that we sent. */
export interface Complaint {
  code: string | undefined;
  message: string;
}

const told = z
  .union([
    z.string().transform((text) => ({ code: text, message: text })),
    z.object({
      code: z
        .union([z.string(), z.number().transform(String)])
        .optional()
        .catch(undefined),
      message: z.string().catch(''),
    }),
  ])
  .nullish()
  .catch(undefined);
const envelope = z.object({ error: told });

/** A task's id stands in a path: it must not walk out of it. */
const taskId = z.union([z.string().max(512), z.int().transform(String)]).refine((id) => !/^\.{0,2}$/.test(id));
const begun = z.object({ id: taskId });

const link = z.object({ url: z.string().min(1).max(8192) });
const task = z.object({
  status: z.string().min(1),
  progress: z.number().min(0).max(100).optional().catch(undefined),
  output: z
    .union([link, z.array(link).transform(([first]) => first)])
    .nullish()
    .catch(undefined),
  error: told,
});

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

const codes: Record<string, FailureReason> = {
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
  rate_limited: 'busy',
  rate_limit_exceeded: 'busy',
  all_providers_exhausted: 'busy',
};
const doubtful = new Set(['internal_error', 'upstream_error']);

/** What a code means by itself; `doubtful` where it leaves open whether something was taken, nothing for one that we do not know. */
export function meaningOf(code: string | undefined): FailureReason | 'doubtful' | undefined {
  const known = code?.toLowerCase() ?? '';
  if (doubtful.has(known)) return 'doubtful';
  return Object.hasOwn(codes, known) ? codes[known] : undefined;
}

/** Gateways like to repeat a key that they refuse; cut only once it is out, so that no half of it is left. */
function brief(said: { code?: string | undefined; message: string } | null | undefined, secret: string): Complaint {
  const clean = (text: string): string => (secret === '' ? text : text.replaceAll(secret, '(key)'));
  return { code: said?.code && clean(said.code).slice(0, 64), message: clean(said?.message ?? '').slice(0, 200) };
}

export function readComplaint(json: unknown, secret: string): Complaint {
  return brief(envelope.safeParse(json).data?.error, secret);
}

/** The id of a task that was taken; nothing where the reply holds none. */
export function readTaskId(json: unknown): string | undefined {
  return begun.safeParse(json).data?.id;
}

export function readModels(json: unknown): string[] | undefined {
  return modelList.safeParse(json).data?.data.map((model) => model.id);
}

const states: Record<string, 'completed' | 'failed' | 'cancelled' | 'expired'> = {
  completed: 'completed',
  succeeded: 'completed',
  failed: 'failed',
  upstream_failure: 'failed',
  rejected: 'failed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  expired: 'expired',
};

function failureOf(complaint: Complaint): FailureReason {
  const meaning = meaningOf(complaint.code);
  return meaning === undefined || meaning === 'doubtful' ? 'rejected' : meaning;
}

/** A task's state, in the words of any gateway of this shape; a status that we do not know is running. Nothing where the reply is no task. */
export function readTask(json: unknown, secret: string): TaskState | undefined {
  const found = task.safeParse(json).data;
  if (!found) return undefined;
  const status = found.status.toLowerCase();
  const state = Object.hasOwn(states, status) ? states[status] : undefined;
  if (state === undefined) {
    return { status: 'running', ...(found.progress === undefined ? {} : { percent: found.progress }) };
  }
  if (state === 'completed') return { status: 'completed', ...(found.output ? { url: found.output.url } : {}) };
  const complaint = brief(found.error, secret);
  const message = [complaint.code ?? `the task is ${status}`, complaint.message].filter(Boolean).join(': ');
  return { status: 'failed', reason: state === 'failed' ? failureOf(complaint) : state, message };
}
