import { z } from 'zod';
import type { FailureReason } from '../domain/errors.ts';
import type { Topic } from '../domain/verdict.ts';
import type { TaskState } from '../ports.ts';
import { type Complaint, failureOf, toldOf } from './refusals.ts';
import { categories, topicsIn } from './verdicts.ts';

/** Takes our secrets out of a text. */
export type Clean = (text: string) => string;

/** The signed parts of our own addresses: whoever has one can open what it leads to. */
const signed = /(\/(?:media|hooks\/video)\/)[^\s"'<>]+/g;

/** Gateways like to repeat a key, or a signed link, that they refuse. The longest first, so that no part of one is left by another. */
export function cleaner(secrets: readonly (string | undefined)[]): Clean {
  const known = secrets.flatMap((secret) => secret || []).sort((a, b) => b.length - a.length);
  const cleaned = (text: string): string => known.reduce((rest, secret) => rest.replaceAll(secret, '(secret)'), text);
  return (text) => cleaned(text).replaceAll(signed, '$1(signed)');
}

const spoken = z.object({
  code: z
    .union([z.string(), z.number().transform(String)])
    .optional()
    .catch(undefined),
  message: z.string().catch(''),
  categories: categories.optional().catch(undefined),
});
const word = z.string().transform((text) => ({ code: text, message: text }));
const told = z.union([word, spoken]).nullish().catch(undefined);
const envelope = z.union([
  z.object({ error: z.union([word, spoken]) }).transform(({ error }) => error),
  z.object({ detail: z.string() }).transform(({ detail }) => ({ code: undefined, message: detail })),
  z.object({ message: z.string() }).pipe(spoken),
]);

/** A task's id stands in a path: it must not walk out of it. */
export const taskId = z.union([z.string().max(512), z.int().transform(String)]).refine((id) => !/^\.{0,2}$/.test(id));
const begun = z.object({ id: taskId });

const decimal = z.string().regex(/^\d{1,12}(\.\d{1,18})?$/);
/** Dollars as a number or a numeric string, read as millionths; nothing for what is no price. */
export const micros = z
  .union([z.number().nonnegative().max(1e9), decimal.transform(Number)])
  .transform((dollars) => Math.round(dollars * 1e6))
  .optional()
  .catch(undefined);
const priced = z.object({ cost: micros }).nullish().catch(undefined);
const makerName = z.string().min(1).max(200).optional().catch(undefined);
const made = z.object({ executed_model: makerName, provider: makerName }).nullish().catch(undefined);
const unixSeconds = z.number().positive().nullish().catch(undefined);

const url = z.string().min(1).max(8192);
const link = z.object({ url });
const task = z.object({
  status: z.string().min(1),
  progress: z.number().min(0).max(100).optional().catch(undefined),
  output: z
    .union([link, z.array(link).transform(([first]) => first)])
    .nullish()
    .catch(undefined),
  unsigned_urls: z.array(url).nullish().catch(undefined),
  metadata: z.unknown().optional(),
  usage: priced,
  created_at: unixSeconds,
  completed_at: unixSeconds,
  error: told,
});

/** Milliseconds from which on whole seconds tell well enough how long a film took. */
const longEnough = 10_000;

/** Who really made the film, and how long it took: what a gateway with several providers tells beside it. */
function makingOf(found: z.infer<typeof task>): { by?: string; took?: number } {
  const maker = made.parse(found.metadata);
  const by = [maker?.provider, maker?.executed_model].filter(Boolean).join('/');
  const took = 1000 * ((found.completed_at ?? 0) - (found.created_at ?? 0));
  const known = found.completed_at && found.created_at && took >= longEnough;
  return { ...(by === '' ? {} : { by }), ...(known ? { took } : {}) };
}

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Cut only once it is clean, so that no half of a secret is left. */
export function complaint(
  said: (Parameters<typeof topicsIn>[0] & { code?: string | undefined }) | null | undefined,
  clean: Clean,
): Complaint {
  return {
    code: said?.code && clean(said.code).slice(0, 64),
    message: clean(said?.message ?? '').slice(0, 200),
    about: topicsIn(said ?? {}),
  };
}

export function readComplaint(json: unknown, clean: Clean): Complaint {
  return complaint(envelope.safeParse(json).data, clean);
}

/** Code and message as one text, or nothing where neither was said. */
export function textOf({ code, message }: Pick<Complaint, 'code' | 'message'>): string {
  return code === undefined || message.startsWith(code) ? message : [code, message].filter(Boolean).join(': ');
}

/** The id of a task that was taken; nothing where the reply holds none. */
export function readTaskId(json: unknown): string | undefined {
  return begun.safeParse(json).data?.id;
}

export function readModels(json: unknown): string[] | undefined {
  return modelList.safeParse(json).data?.data.map((model) => model.id);
}

/** What a status word means, over all gateways of this shape. */
const statuses: Record<string, 'running' | 'completed' | 'failed' | 'cancelled' | 'expired'> = {
  queued: 'running',
  in_queue: 'running',
  pending: 'running',
  not_start: 'running',
  starting: 'running',
  running: 'running',
  processing: 'running',
  in_progress: 'running',
  completed: 'completed',
  succeeded: 'completed',
  failed: 'failed',
  upstream_failure: 'failed',
  rejected: 'failed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  expired: 'expired',
};

/** How replies are read: what to take out of their texts, and whom to tell of a status word that nobody knows. */
export interface Reading {
  clean: Clean;
  unknownStatus(status: string): void;
}

/** A word that we do not know is running, and told of. */
export function statusOf(status: string, reading: Reading): (typeof statuses)[string] {
  const known = status.toLowerCase();
  if (Object.hasOwn(statuses, known)) return statuses[known] as (typeof statuses)[string];
  reading.unknownStatus(reading.clean(status).slice(0, 64));
  return 'running';
}

/** Why a task that ended without a film did so, for its thread and for the operator. */
export function endOf(
  status: 'failed' | 'cancelled' | 'expired',
  said: Complaint,
): { reason: FailureReason; message: string; about?: readonly Topic[] } {
  const reason = status === 'failed' ? failureOf(said) : status;
  return { reason, message: textOf(said) || `the task is ${status}`, ...toldOf(reason, said) };
}

/** A task's state, in the words of any gateway of this shape. Nothing where the reply is no task. */
export function readTask(json: unknown, reading: Reading): TaskState | undefined {
  const found = task.safeParse(json).data;
  if (!found) return undefined;
  const cost = priced.parse(found.metadata)?.cost ?? found.usage?.cost;
  const bill = cost === undefined ? {} : { bill: cost };
  const status = statusOf(found.status, reading);
  switch (status) {
    case 'running':
      return { status, ...(found.progress === undefined ? {} : { percent: found.progress }) };
    case 'completed': {
      const film = found.output?.url ?? found.unsigned_urls?.[0];
      return { status, ...(film === undefined ? {} : { url: film }), ...bill, ...makingOf(found) };
    }
    default:
      return { status: 'failed', ...endOf(status, complaint(found.error, reading.clean)), ...bill };
  }
}
