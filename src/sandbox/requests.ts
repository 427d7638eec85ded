import { randomBytes } from 'node:crypto';
import { invalid, Refusal } from './refusal.ts';
import { requestIdOf, type Task } from './task.ts';

/** An order that was refused. Times are Unix milliseconds. */
interface Rejection {
  id: string;
  at: number;
  code: string;
  message: string;
  model: string | null;
  user: string | null;
}

/** A request as the API lists it. */
export type Listed = Record<string, unknown> & { id: string };

/** What was asked of the gateway: taken orders and the newest refused ones. */
export interface Requests {
  /** Notes an order that was refused; `fields` is what came, of any shape. */
  refused(fields: unknown, refusal: Refusal): void;
  /** Newest first; `createdAfter` is an ISO time or Unix seconds. */
  list(filter: { createdAfter: string | undefined; user: string | undefined }): Listed[];
  get(id: string): Listed;
}

const kept = 1000;
const words = { queued: 'pending', in_progress: 'processing', completed: 'completed', failed: 'upstream_failure' };

function shape(from: { id: string; at: number; status: string; user: string | null; model: string | null }): Listed {
  return {
    ...{ id: from.id, object: 'request', status: from.status, endpoint: '/v1/videos', modality: 'video' },
    ...{ model: from.model, user: from.user, session_id: null, currency: 'USD' },
    ...{ created_at: new Date(from.at).toISOString(), video_id: null, cost: 0, duration_ms: null },
    ...{ error_code: null, error_message: null },
  };
}

function listedTask(task: Task): Listed {
  const { createdAt: at, completedAt, model, error } = task;
  const status = task.status === 'cancelled' ? 'cancelled' : words[task.status];
  return {
    ...shape({ id: requestIdOf(task), at, status, user: task.user ?? null, model }),
    video_id: task.id,
    cost: task.status === 'completed' ? task.cost : 0,
    duration_ms: completedAt === undefined ? null : completedAt - at,
    error_code: error?.code ?? null,
    error_message: error?.message ?? null,
  };
}

function listedRejection({ id, at, user, model, code, message }: Rejection): Listed {
  return { ...shape({ id, at, status: 'rejected', user, model }), error_code: code, error_message: message };
}

function textOf(fields: unknown, name: string): string | null {
  const value = fields !== null && typeof fields === 'object' ? Reflect.get(fields, name) : undefined;
  return typeof value === 'string' ? value.slice(0, 512) : null;
}

function readTime(text: string): number {
  const at = /^\d{1,11}(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(at)) throw invalid('created_after: takes an ISO time or Unix seconds.');
  return at;
}

/** Refused orders are kept in memory alone, the newest 1000. */
export function openRequests(tasks: () => Iterable<Task>): Requests {
  const rejections: Rejection[] = [];
  return {
    refused(fields, { code, message }) {
      const id = `req_${randomBytes(12).toString('hex')}`;
      rejections.push({
        ...{ id, at: Date.now(), code, message },
        model: textOf(fields, 'model'),
        user: textOf(fields, 'user'),
      });
      if (rejections.length > kept) rejections.shift();
    },
    list({ createdAfter, user }) {
      const after = createdAfter === undefined ? 0 : readTime(createdAfter);
      const wanted = (at: number, whose: string | null | undefined): boolean =>
        at >= after && (user === undefined || whose === user);
      const found = [
        ...[...tasks()]
          .filter((task) => wanted(task.createdAt, task.user))
          .map((task) => ({ task, at: task.createdAt })),
        ...rejections.filter((one) => wanted(one.at, one.user)).map((refused) => ({ refused, at: refused.at })),
      ];
      // Equal times keep the order in which they came, so that pages neither repeat nor skip.
      return found
        .reverse()
        .sort((a, b) => b.at - a.at)
        .map((one) => ('task' in one ? listedTask(one.task) : listedRejection(one.refused)));
    },
    get(id) {
      const refused = rejections.find((one) => one.id === id);
      if (refused) return listedRejection(refused);
      for (const task of tasks()) if (requestIdOf(task) === id) return listedTask(task);
      throw new Refusal(404, 'NOT_FOUND', 'There is no such request.');
    },
  };
}
