import { type ModelCard, moneyOf } from '../../src/domain/model.ts';
import type { FaultyRefusal, FaultyTask } from './faulty-state.ts';

export type Json = Record<string, unknown>;

/** An answer before it is sent. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Json | string | Uint8Array | undefined;
}

export const answerOf = (status: number, body?: Answer['body'], headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body,
});

/** The envelope of a refusal. `Retry-After` and the like go into `headers`. */
export function refusalOf(status: number, code: string, message = 'no', headers: Record<string, string> = {}): Answer {
  return answerOf(status, { error: { message, type: 'any_error', code } }, headers);
}

/** Which task or order a request is refused for. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

const unix = (ms: number | undefined): number | null => (ms === undefined ? null : Math.floor(ms / 1000));
const dollars = (micros: number): number => micros / 1e6;

/** A task as `GET /videos/{id}` shows it; `output` with a link, unless the dialect is OpenAI's own. */
export function videoOf(task: FaultyTask, origin: string, dialect: 'output' | 'content' | 'both'): Json {
  const done = task.status === 'completed';
  const output = done ? { url: `${origin}/film/${task.id}.mp4`, content_type: 'video/mp4' } : null;
  const cost = done ? { cost: dollars(task.cost) } : { cost_estimate: dollars(task.cost) };
  const metadata = { model: task.model, executed_model: task.model, provider: 'faulty', cost_currency: 'USD', ...cost };
  return {
    ...{ id: task.id, object: 'video', status: task.status, model: task.model, prompt: task.prompt },
    ...{ progress: done ? 100 : 0, seconds: String(task.seconds), size: task.size, error: task.error ?? null },
    ...{ created_at: unix(task.at), completed_at: unix(task.endedAt) },
    expires_at: task.endedAt === undefined ? null : unix(task.endedAt + 3600_000),
    ...(dialect === 'content' ? {} : { output, metadata }),
  };
}

/** The event of an ended task, with the request's id and the video's. */
export function eventOf(task: FaultyTask, origin: string, dialect: 'output' | 'content' | 'both'): Json {
  const ids = { id: task.request, object: 'video.generation', video_id: task.id, user: task.user ?? null };
  const data = { ...videoOf(task, origin, dialect), ...ids };
  return { type: `video.${task.status}`, timestamp: new Date(task.endedAt ?? task.at).toISOString(), data };
}

const listed = {
  ...{ queued: 'pending', in_progress: 'processing', completed: 'completed', failed: 'upstream_failure' },
  cancelled: 'cancelled',
};

/** An entry of the list of requests. */
export function requestOf(one: FaultyTask | FaultyRefusal): Json & { id: string } {
  const task = 'polls' in one ? one : undefined;
  return {
    ...{ id: one.request, object: 'request', status: task ? listed[task.status] : 'rejected', endpoint: '/v1/videos' },
    ...{ modality: 'video', model: one.model ?? null, user: one.user ?? null, session_id: null, currency: 'USD' },
    video_id: task?.id ?? null,
    created_at: new Date(one.at).toISOString(),
    cost: task?.status === 'completed' ? dollars(task.cost) : 0,
    duration_ms: task?.endedAt === undefined ? null : task.endedAt - task.at,
    error_code: 'code' in one ? one.code : (one.error?.code ?? null),
    error_message: task?.error?.message ?? null,
  };
}

export const modelOf = (id: string): Json => ({ id, object: 'model', created: 1, owned_by: 'faulty' });

/** A verdict on words, in OpenAI's shape: those that say "flag please" are flagged, as violence. */
export function moderationOf(body: string): Json {
  const { input, model } = JSON.parse(body) as { input: unknown; model?: unknown };
  const flagged = typeof input === 'string' && /\bflag please\b/i.test(input);
  return {
    id: 'modr-1',
    model: model ?? 'faulty',
    results: [{ flagged, categories: { violence: flagged, hate: false } }],
  };
}

/** The parameters of a model, as a JSON schema. */
export function parametersOf(card: ModelCard): Json {
  const sizes = ['auto', ...card.sizes.map(({ size }) => size)];
  return {
    type: 'object',
    required: ['model', 'prompt'],
    properties: {
      model: { type: 'string', enum: [card.id, ...card.snapshots] },
      prompt: { type: 'string', maxLength: card.promptMax },
      seconds: { type: 'integer', enum: card.seconds },
      size: { type: 'string', enum: sizes },
    },
  };
}

/** The price of a film without making it. */
export function estimateOf(card: ModelCard, seconds: number): Json {
  const total = moneyOf(card, seconds);
  return {
    estimated: true,
    model: card.id,
    provider: 'faulty',
    total_cost_micros: total,
    currency: 'USD',
    components: [],
  };
}
