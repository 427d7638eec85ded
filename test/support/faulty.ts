import type { ModelCard } from '../../src/domain/model.ts';
import { sora2 } from './faulty-cards.ts';
import type { Fault } from './faulty-faults.ts';
import { type Notice, type Notified, notify } from './faulty-hooks.ts';
import { createServe, type ServeOptions } from './faulty-serve.ts';
import { type FaultyCall, listen, type Seen } from './faulty-server.ts';
import { eventOf } from './faulty-shapes.ts';
import { createState, type FaultyTask } from './faulty-state.ts';

export interface FaultyOptions
  extends Partial<Pick<ServeOptions, 'key' | 'dialect' | 'keyIn' | 'replayStatus' | 'ranges'>> {
  /** What it serves. Default: one model, `sora-2`. */
  cards?: readonly ModelCard[];
  /** For how many milliseconds the same key makes nothing twice; 0: it promises nothing. Default: for ever. */
  promiseMs?: number;
  /** Millionths of the currency that it will bill; then 402. Default 1000 of it. */
  balance?: number;
  /** When a task completes: at so many polls of it, or after milliseconds by its prompt (undefined: never). Default: when the test says `finish`. */
  completes?: { afterPolls: number } | { afterMs(prompt: string): number | undefined };
  webhookSecret?: string;
  /** Its clock, Unix milliseconds. */
  now?(): number;
}

/** A gateway on loopback whose every fault is the test's, and which remembers what it was asked, what it took and what it billed. */
export interface Faulty {
  /** The API's base, `http://…/v1`. */
  url: string;
  origin: string;
  key: string;
  secret: string;
  /** Every request that came, in order. */
  requests: readonly Seen[];
  /** Every task that was taken, by id. */
  tasks: ReadonlyMap<string, FaultyTask>;
  /** Tasks taken, and what they cost, in millionths of the currency. Neither a failure nor a cancel gives it back. */
  readonly billed: number;
  readonly charged: number;
  /** How often something was asked of it. */
  count(call: FaultyCall): number;
  /** The next `times` requests of a kind go wrong so, after those scripted before. */
  next(call: FaultyCall, fault: Fault, times?: number): void;
  /** All requests of a kind go wrong so, while no `next` is left; nothing: not any more. */
  always(call: FaultyCall, fault: Fault | undefined): void;
  /** How many faults given to `next` have not happened. */
  unused(): number;
  /** The task of a job, by the `user` or the key that it was ordered under; the newest. Throws when there is none. */
  taskOf(user: string): FaultyTask;
  finish(id: string): void;
  fail(id: string, error: { code: string; message: string }): void;
  /** Gives it money to bill. */
  fund(micros: number): void;
  /** It knows no key any more. */
  forgetKeys(): void;
  /** Sends a task's webhook now, true or forged; a task that ends sends its own by itself. */
  notify(id: string, notice?: Notice): Promise<Notified>;
  /** The webhooks that were answered or given up. */
  notified: readonly Notified[];
  close(): Promise<void>;
}

/** A gateway in memory. It does everything right until a fault is scripted, from `faults` in faulty-faults.ts or of the test's own. */
export async function startFaulty(options: FaultyOptions = {}): Promise<Faulty> {
  const {
    key = 'sk-faulty-9f8e7d6c5b4a',
    webhookSecret: secret = 'whsec_ZmF1bHR5LWdhdGV3YXktc2VjcmV0',
    completes,
  } = options;
  const { promiseMs = Number.POSITIVE_INFINITY, balance = 1e9, now = Date.now, dialect = 'both' } = options;
  const state = createState({ promiseMs, balance, now });
  const queues = new Map<FaultyCall, Fault[]>();
  const standing = new Map<FaultyCall, Fault>();
  const timers = new Set<NodeJS.Timeout>();
  const notified: Notified[] = [];
  const sending = new Set<Promise<Notified>>();
  const closing = new AbortController();

  function taskBy(id: string): FaultyTask {
    const task = state.tasks.get(id);
    if (!task) throw new Error(`there is no task ${id}`);
    return task;
  }

  function send(task: FaultyTask, notice: Notice = {}): Promise<Notified> {
    const to = notice.to ?? task.hook;
    if (to === undefined) throw new Error(`${task.id} was ordered without a webhook`);
    const one = notify(to, eventOf(task, server.origin, dialect), secret, notice, closing.signal);
    sending.add(one);
    return one.then((done) => {
      sending.delete(one);
      notified.push(done);
      return done;
    });
  }

  function end(
    task: FaultyTask,
    ...how: [status: 'completed' | 'failed' | 'cancelled', error?: FaultyTask['error']]
  ): void {
    if (state.end(task, ...how) && task.hook !== undefined && !closing.signal.aborted) void send(task);
  }

  function taken(task: FaultyTask): void {
    const ms = completes && 'afterMs' in completes ? completes.afterMs(task.prompt) : undefined;
    if (ms === undefined) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      end(task, 'completed');
    }, ms);
    timers.add(timer);
  }

  function looked(task: FaultyTask): void {
    task.polls++;
    if (task.status === 'queued') task.status = 'in_progress';
    if (completes && 'afterPolls' in completes && task.polls >= completes.afterPolls) end(task, 'completed');
  }

  const serve = createServe({
    ...{ state, key, secret, dialect, taken, looked, cards: options.cards ?? [sora2] },
    ...{ keyIn: options.keyIn ?? 'both', replayStatus: options.replayStatus ?? 200, ranges: options.ranges ?? true },
    origin: () => server.origin,
    cancel: (task) => end(task, 'cancelled'),
  });
  const server = await listen({
    serve,
    faultFor: (call) => queues.get(call)?.shift() ?? standing.get(call),
    twin: state.twin,
  });

  return {
    ...{ url: `${server.origin}/v1`, origin: server.origin, key, secret },
    ...{ requests: server.requests, tasks: state.tasks, notified },
    get billed() {
      return state.tasks.size;
    },
    get charged() {
      return state.money.charged;
    },
    count: (call) => server.requests.filter((seen) => seen.call === call).length,
    next(call, fault, times = 1) {
      queues.set(call, [...(queues.get(call) ?? []), ...Array<Fault>(times).fill(fault)]);
    },
    always(call, fault) {
      if (fault) standing.set(call, fault);
      else standing.delete(call);
    },
    unused: () => [...queues.values()].reduce((sum, queue) => sum + queue.length, 0),
    taskOf(user) {
      const found = [...state.tasks.values()].reverse().find((task) => task.user === user || task.key === user);
      if (!found) throw new Error(`no task was ordered for ${user}`);
      return found;
    },
    finish: (id) => end(taskBy(id), 'completed'),
    fail: (id, error) => end(taskBy(id), 'failed', error),
    fund(micros) {
      state.money.balance += micros;
    },
    forgetKeys: state.forgetKeys,
    notify: (id, notice) => send(taskBy(id), notice),
    async close() {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([...sending, server.close()]);
    },
  };
}
