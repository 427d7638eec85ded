import { randomUUID } from 'node:crypto';
import { digest, type Size } from '../../src/domain/recipe.ts';

/** A picture as it came: what it was sent as, its bytes unless it is an address, and its type. */
export interface FaultyPicture {
  as: 'data-uri' | 'url' | 'file';
  bytes: Uint8Array | undefined;
  type: string;
  url?: string;
}

/** A task that was taken, and so billed. `cost` is in millionths of the currency; times are Unix milliseconds. */
export interface FaultyTask {
  id: string;
  /** Its id in the list of requests and in webhooks. */
  request: string;
  key: string | undefined;
  user: string | undefined;
  hook: string | undefined;
  model: string;
  prompt: string;
  seconds: number;
  size: Size;
  picture: FaultyPicture | undefined;
  status: 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled';
  error: { code: string; message: string } | undefined;
  cost: number;
  at: number;
  endedAt: number | undefined;
  polls: number;
}

/** What an order says, checked. */
export type FaultyOrder = Pick<
  FaultyTask,
  'key' | 'user' | 'hook' | 'model' | 'prompt' | 'seconds' | 'size' | 'picture' | 'cost'
>;

/** An order that was refused, as the list of requests keeps it. */
export interface FaultyRefusal {
  request: string;
  at: number;
  code: string;
  user: string | undefined;
  model: string | undefined;
}

/** What taking an order came to. */
type Taken = { is: 'new'; task: FaultyTask } | { is: 'known'; task: FaultyTask } | { is: 'conflict' } | { is: 'poor' };

const short = (): string => randomUUID().replaceAll('-', '').slice(0, 20);

/**
 * The tasks, keys and money of a gateway, in memory. `promiseMs` is for how long the same key makes nothing twice (0: it promises
 * nothing), `balance` is in millionths of the currency.
 */
export function createState(options: { promiseMs: number; balance: number; now(): number }) {
  const { promiseMs, now } = options;
  const tasks = new Map<string, FaultyTask>();
  const keys = new Map<string, { at: number; digest: string; task: FaultyTask }>();
  const refusals: FaultyRefusal[] = [];
  const money = { balance: options.balance, charged: 0 };

  function make(order: FaultyOrder): FaultyTask {
    const task: FaultyTask = {
      ...order,
      ...{ id: `video_${short()}`, request: `req_${short()}` },
      ...{ status: 'queued', error: undefined, at: now(), endedAt: undefined, polls: 0 },
    };
    tasks.set(task.id, task);
    money.charged += task.cost;
    money.balance -= task.cost;
    return task;
  }

  return {
    tasks,
    refusals,
    money,
    /** Takes an order: a task, and its price is gone. Under a key that it still knows it makes none. */
    take(order: FaultyOrder): Taken {
      const { key, ...rest } = order;
      const sum = digest({
        ...rest,
        picture: rest.picture && [...(rest.picture.bytes ?? []), rest.picture.url],
      }).toString('hex');
      const known = key === undefined ? undefined : keys.get(key);
      if (known && now() - known.at < promiseMs) {
        return known.digest === sum ? { is: 'known', task: known.task } : { is: 'conflict' };
      }
      if (order.cost > money.balance) return { is: 'poor' };
      const task = make(order);
      if (key !== undefined) keys.set(key, { at: now(), digest: sum, task });
      return { is: 'new', task };
    },
    /** Makes another task of the same order, billed like the first. */
    twin: (task: FaultyTask): FaultyTask => make(task),
    refuse(code: string, from: { user: string | undefined; model: string | undefined }): void {
      refusals.push({ request: `req_${short()}`, at: now(), code, ...from });
    },
    /** False when it had ended. */
    end(task: FaultyTask, status: 'completed' | 'failed' | 'cancelled', error?: FaultyTask['error']): boolean {
      if (task.endedAt !== undefined) return false;
      Object.assign(task, { status, error, endedAt: now() });
      return true;
    },
    forgetKeys: (): void => keys.clear(),
  };
}
export type FaultyState = ReturnType<typeof createState>;
