import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type ModelCard, moneyOf } from '../domain/model.ts';
import { sizeSchema } from '../domain/recipe.ts';
import type { Order } from './order.ts';

const ended = ['completed', 'failed', 'cancelled'] as const;

/** One accepted film, as it is kept on disk. Times are Unix milliseconds, `cost` is in dollars; `file` is relative to the sandbox's folder. */
export const taskSchema = z.object({
  id: z.string(),
  key: z.string().optional(),
  digest: z.string(),
  model: z.string(),
  prompt: z.string(),
  seconds: z.int(),
  size: sizeSchema,
  cost: z.number(),
  user: z.string().optional(),
  hook: z.string().optional(),
  picture: z.string().optional(),
  status: z.enum(['queued', 'in_progress', ...ended]),
  progress: z.int(),
  createdAt: z.number(),
  completedAt: z.number().optional(),
  expiresAt: z.number().optional(),
  token: z.string().optional(),
  file: z.string().optional(),
  bytes: z.int().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Taken away by its owner: as OpenAI's DELETE has it, it is not there any more. */
  deleted: z.boolean().optional(),
});
export type Task = z.infer<typeof taskSchema>;

export function isOver(task: Task): boolean {
  return ended.some((status) => status === task.status);
}

/** In dollars, by the model's card. Nobody pays it. */
export function costOf(model: ModelCard, seconds: number): number {
  return moneyOf(model, seconds) / 1e6;
}

export function newTask({ model, modelId, picture, prompt, seconds, size, digest, ...order }: Order): Task {
  const id = `video_${randomBytes(15).toString('hex')}`;
  return {
    ...{ id, digest, model: modelId, prompt, seconds, size },
    ...(order.key === undefined ? {} : { key: order.key }),
    ...(order.user === undefined ? {} : { user: order.user }),
    ...(order.hook === undefined ? {} : { hook: order.hook }),
    ...(picture ? { picture: `pictures/${id}.jpg` } : {}),
    cost: costOf(model, seconds),
    status: 'queued',
    progress: 0,
    createdAt: Date.now(),
  };
}

/** The id under which a task stands in the list of requests and in webhooks: as in the real one's documents, it is not the video's. */
export function requestIdOf(task: Task): string {
  return `req_${createHash('sha256').update(task.id).digest('hex').slice(0, 24)}`;
}

/** `output`: films by a link in the video object; `content`: OpenAI's own shape, the bytes under the video's path. */
export type SandboxDialect = 'output' | 'content' | 'both';

const unixSeconds = (ms: number | undefined): number | null => (ms === undefined ? null : Math.floor(ms / 1000));

/** The task as the API shows it. `origin` is the address under which the caller reached us. */
export function videoOf(task: Task, origin: string, dialect: SandboxDialect): Record<string, unknown> {
  const { status, cost } = task;
  const output = task.token && {
    url: `${origin}/media/${task.token}.mp4`,
    content_type: 'video/mp4',
    size_bytes: task.bytes,
  };
  const paid = status === 'completed' ? { cost } : { cost_estimate: cost };
  const metadata = {
    ...{ model: task.model, executed_model: task.model, provider: 'sandbox', provider_name: 'Sandbox' },
    ...{ cost_currency: 'USD', ...paid },
  };
  return {
    id: task.id,
    object: 'video',
    status,
    progress: task.progress,
    created_at: unixSeconds(task.createdAt),
    completed_at: unixSeconds(task.completedAt),
    expires_at: unixSeconds(task.expiresAt),
    model: task.model,
    prompt: task.prompt,
    seconds: String(task.seconds),
    size: task.size,
    error: task.error ?? null,
    ...(dialect === 'content' ? { remixed_from_video_id: null } : { output: output ?? null, metadata }),
  };
}

/** The event that tells of an ended task: the video with the request's id, and the video's own beside it. */
export function eventOf(task: Task, origin: string, dialect: SandboxDialect): Record<string, unknown> {
  const video = videoOf(task, origin, dialect);
  const ids = { id: requestIdOf(task), object: 'video.generation', video_id: task.id, user: task.user ?? null };
  return { type: `video.${task.status}`, timestamp: new Date().toISOString(), data: { ...video, ...ids } };
}
