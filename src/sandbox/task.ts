import { z } from 'zod';
import { sizeSchema } from '../domain/recipe.ts';

const ended = ['completed', 'failed', 'cancelled'] as const;

/** One accepted film, as it is kept on disk. Times are Unix milliseconds; `file` is relative to the sandbox's folder. */
export const taskSchema = z.object({
  id: z.string(),
  key: z.string().optional(),
  digest: z.string(),
  model: z.string(),
  prompt: z.string(),
  seconds: z.int(),
  size: sizeSchema,
  cost: z.number(),
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
});
export type Task = z.infer<typeof taskSchema>;

export function isOver(task: Task): boolean {
  return ended.some((status) => status === task.status);
}

const unixSeconds = (ms: number | undefined): number | null => (ms === undefined ? null : Math.floor(ms / 1000));

/** The task as the API shows it. `origin` is the address under which the caller reached us. */
export function videoOf(task: Task, origin: string): Record<string, unknown> {
  const { status, cost } = task;
  const output = task.token && {
    url: `${origin}/media/${task.token}.mp4`,
    content_type: 'video/mp4',
    size_bytes: task.bytes,
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
    output: output ?? null,
    error: task.error ?? null,
    metadata: {
      model: task.model,
      executed_model: task.model,
      provider: 'sandbox',
      provider_name: 'Sandbox',
      cost_currency: 'USD',
      ...(status === 'completed' ? { cost } : { cost_estimate: cost }),
    },
  };
}
