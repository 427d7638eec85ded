import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeOptions } from '../program.ts';

type Told<Answer> = { answer: Answer } | { failed: string };

/** The order made the process fail, take too long or die. */
export class Failed extends Error {
  override readonly name = 'Failed';
}

/** A process of our own, for what could block this one or take its memory. */
export interface Child<Order, Answer> {
  /**
   * Gives it an order, the next one when this is answered. Throws {@link Failed}, the reason of the signal, or another error
   * where the process did not even start; it is of no use then, and is to be ended. `timeoutMs` counts from its start.
   */
  ask(order: Order, limits: { timeoutMs: number; signal?: AbortSignal }): Promise<Answer>;
  running(): boolean;
  /** Kills it. */
  end(): Promise<void>;
}

const startWithin = 30_000;

const isRunning = (child: ChildProcess): boolean =>
  child.exitCode === null && child.signalCode === null && child.pid !== undefined;

/** The next thing that a process tells. */
function next<Message>(child: ChildProcess, withinMs: number, signal: AbortSignal | undefined): Promise<Message> {
  let forget = (): void => undefined;
  const told = new Promise<Message>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it took over ${withinMs} ms`)), withinMs);
    const ended = (code: number | null, by: string | null): void => reject(new Error(`it ended (${by ?? code})`));
    const stopped = (): void => reject(signal?.reason);
    const hear = (message: unknown): void => resolve(message as Message);
    child.on('message', hear).on('exit', ended).on('error', reject);
    signal?.addEventListener('abort', stopped);
    forget = () => {
      clearTimeout(timer);
      child.off('message', hear).off('exit', ended).off('error', reject);
      signal?.removeEventListener('abort', stopped);
    };
  });
  return told.finally(() => forget());
}

/** Starts the process whose program `entry` is, with so many megabytes for its objects. The program calls {@link serve}. */
export function startChild<Order extends object, Answer>(entry: URL, megabytes: number): Child<Order, Answer> {
  const child = fork(fileURLToPath(entry), [], {
    execArgv: [`--max-old-space-size=${megabytes}`, ...nodeOptions(entry)],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let heard = '';
  let ready = false;
  child.stderr?.on('data', (chunk: Buffer) => {
    heard = (heard + chunk.toString()).slice(-2000);
  });

  async function start(signal?: AbortSignal): Promise<void> {
    try {
      await next(child, startWithin, signal);
      ready = true;
    } catch (cause) {
      signal?.throwIfAborted();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`a process did not start: ${why} ${heard}`.trimEnd(), { cause });
    }
  }

  return {
    running: () => isRunning(child),
    async ask(order, { timeoutMs, signal }) {
      signal?.throwIfAborted();
      if (!ready) await start(signal);
      const told = next<Told<Answer>>(child, timeoutMs, signal).catch((cause: Error) => {
        signal?.throwIfAborted();
        throw new Failed(cause.message, { cause });
      });
      const unsent = new Promise<never>((_, reject) => {
        child.send(order, (error) => {
          if (error) reject(error);
        });
      });
      const message = await Promise.race([told, unsent]);
      if ('answer' in message) return message.answer;
      throw new Failed(message.failed);
    },
    async end() {
      if (!isRunning(child)) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The other end, in the process itself: answers each order by its work, and ends with who started it. */
export function serve<Order, Answer>(work: (order: Order) => Promise<Answer>): void {
  const tell = (message: Told<Answer> | { ready: true }): void => {
    if (process.connected) process.send?.(message);
  };
  process.on('disconnect', () => process.exit());
  process.on('message', async (order: Order) => {
    try {
      tell({ answer: await work(order) });
    } catch (error) {
      tell({ failed: error instanceof Error ? error.message : String(error) });
    }
  });
  tell({ ready: true });
}
