import { randomBytes } from 'node:crypto';
import { join, relative } from 'node:path';
import { pixels } from '../domain/recipe.ts';
import type { Order } from './order.ts';
import { even } from './picture.ts';
import { Refusal } from './refusal.ts';
import type { Made, Maker } from './renderer.ts';
import type { Store } from './store.ts';
import { isOver, newTask, type Task } from './task.ts';

/** What the sandbox tells of itself, in the words of pino. */
export interface SandboxLog {
  error(fields: object, message: string): void;
}

export interface GatewayOptions {
  store: Store;
  maker: Maker;
  /** How many films are made at the same time. */
  pool: number;
  linkTtlMs: number;
  maxUnfinished: number;
  /** Hears of every task that ends. */
  onEnd(task: Task): void;
  log: SandboxLog;
}

/** The tasks and their way from queued to ended. */
export interface Gateway {
  /** Takes an order, once per key. It is on disk before this returns. Throws a {@link Refusal}. */
  accept(order: Order): { task: Task; replay: boolean };
  get(id: string): Task;
  /** All that were not swept, oldest first. */
  tasks(): Iterable<Task>;
  /** Stops a task that has not ended. */
  cancel(id: string): void;
  /** Stops it, and takes it away with its film. */
  remove(id: string): void;
  byToken(token: string): Task | undefined;
  /** Goes on with what an earlier process left. */
  resume(): void;
  sweep(now: number): void;
  count(): { billed: number; rendering: number; queued: number };
  close(): Promise<void>;
}

const day = 24 * 3600_000;

export function openGateway({ store, maker, pool, linkTtlMs, maxUnfinished, onEnd, log }: GatewayOptions): Gateway {
  const keys = new Map<string, Task>();
  const tokens = new Map<string, Task>();
  const waiting: Task[] = [];
  const running = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  const state = { unfinished: 0, closed: false };

  function end(task: Task, result: Partial<Task> & Pick<Task, 'status'>): void {
    if (isOver(task)) return;
    Object.assign(task, result, { completedAt: Date.now() });
    state.unfinished--;
    store.save(task);
    onEnd(task);
  }

  function deliver(task: Task, { file, bytes }: Made): void {
    const token = randomBytes(24).toString('base64url');
    const expiresAt = Date.now() + linkTtlMs;
    end(task, { status: 'completed', progress: 100, token, file: relative(store.dir, file), bytes, expiresAt });
    tokens.set(token, task);
  }

  async function make(task: Task, signal: AbortSignal): Promise<Made> {
    const { width, height } = pixels(task.size);
    const scene = {
      prompt: task.prompt,
      note: `${task.model}  ·  ${task.seconds} s`,
      seconds: task.seconds,
      width: even(width),
      height: even(height),
      ...(task.picture === undefined ? {} : { picture: join(store.dir, task.picture) }),
    };
    const order = { scene, file: join(store.dir, 'films', `${task.id}.mp4`) };
    return maker.make(
      order,
      (percent) => {
        task.progress = percent;
      },
      signal,
    );
  }

  async function run(task: Task, signal: AbortSignal): Promise<void> {
    task.status = 'in_progress';
    try {
      if (/\bfail please\b/i.test(task.prompt)) {
        end(task, {
          status: 'failed',
          error: { code: 'UPSTREAM_ERROR', message: 'The prompt asked the sandbox to fail.' },
        });
        return;
      }
      deliver(task, await make(task, signal));
    } catch (error) {
      if (signal.aborted) return;
      log.error({ task: task.id, err: error }, 'the sandbox could not render a film');
      end(task, { status: 'failed', error: { code: 'INTERNAL_ERROR', message: 'The film could not be rendered.' } });
    }
  }

  function pump(): void {
    while (!state.closed && running.size < pool) {
      const task = waiting.shift();
      if (!task) return;
      if (isOver(task)) continue;
      const stop = new AbortController();
      const ended = run(task, stop.signal).finally(() => {
        running.delete(task.id);
        pump();
      });
      running.set(task.id, { stop, ended });
    }
  }

  function enqueue(task: Task): void {
    state.unfinished++;
    waiting.push(task);
    // The caller is told "queued" first, even where the film is there at once.
    setImmediate(pump);
  }

  function get(id: string): Task {
    const task = store.tasks.get(id);
    if (!task || task.deleted) throw new Refusal(404, 'NOT_FOUND', 'There is no such video.');
    return task;
  }

  function cancel(id: string): Task {
    const task = get(id);
    end(task, { status: 'cancelled' });
    running.get(id)?.stop.abort();
    return task;
  }

  return {
    get,
    accept(order) {
      const known = order.key === undefined ? undefined : keys.get(order.key);
      if (known?.digest === order.digest) return { task: known, replay: true };
      if (known)
        throw new Refusal(409, 'IDEMPOTENCY_CONFLICT', 'This idempotency_key came before with another request.');
      if (state.unfinished >= maxUnfinished) {
        throw new Refusal(429, 'RATE_LIMITED', `${maxUnfinished} videos are unfinished; try again in a while.`, 5);
      }
      const task = newTask(order);
      store.save(task, order.picture);
      if (task.key !== undefined) keys.set(task.key, task);
      enqueue(task);
      return { task, replay: false };
    },
    tasks: () => store.tasks.values(),
    cancel,
    remove(id) {
      const task = cancel(id);
      if (task.token !== undefined) tokens.delete(task.token);
      store.save(Object.assign(task, { deleted: true }));
    },
    byToken: (token) => tokens.get(token),
    resume() {
      for (const task of store.tasks.values()) {
        if (task.key !== undefined) keys.set(task.key, task);
        if (task.token !== undefined && !task.deleted) tokens.set(task.token, task);
        if (isOver(task)) continue;
        Object.assign(task, { status: 'queued', progress: 0 });
        enqueue(task);
      }
    },
    sweep(now) {
      for (const task of store.sweep(now - day)) {
        if (task.key !== undefined) keys.delete(task.key);
        if (task.token !== undefined) tokens.delete(task.token);
      }
    },
    count: () => ({ billed: store.billed(), rendering: running.size, queued: state.unfinished - running.size }),
    async close() {
      state.closed = true;
      const left = [...running.values()];
      for (const { stop } of left) stop.abort(new Error('The sandbox is closing.'));
      await Promise.all(left.map(({ ended }) => ended));
      await maker.close();
      store.close();
    },
  };
}
