import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeOptions, programBeside } from '../program.ts';
import type { Scene } from './render/film.ts';

/** One film to be made into `file`. */
export interface ToRender {
  scene: Scene;
  file: string;
}
export type FromRender = { percent: number } | { bytes: number } | { failed: string };

/** The film as it lies on disk: `file` is its path. */
export interface Made {
  file: string;
  bytes: number;
}
/** What turns an order into a film. `progress` hears 0–99. Aborted: it throws the signal's reason. */
export interface Maker {
  make(order: ToRender, progress: (percent: number) => void, signal: AbortSignal): Promise<Made>;
  close(): Promise<void>;
}

const entry = programBeside('./render/process', import.meta.url);
const longest = 10 * 60_000;

function start(): ChildProcess {
  const child = fork(fileURLToPath(entry), [], {
    execArgv: nodeOptions(entry),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.unref();
  return child;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** One film by one child. The child is killed when the film is no longer wanted, for nothing else stops an encoder. */
function film(
  child: ChildProcess,
  order: ToRender,
  progress: (percent: number) => void,
  signal: AbortSignal,
): Promise<Made> {
  let heard = '';
  const listen = (chunk: Buffer): void => {
    heard = (heard + chunk.toString()).slice(-2000);
  };
  const stop = (): void => void child.kill('SIGKILL');
  const limit = setTimeout(stop, longest);
  let forget = (): void => undefined;
  const made = new Promise<Made>((resolve, reject) => {
    const message = (told: FromRender): void => {
      if ('percent' in told) progress(Math.min(99, told.percent));
      else if ('bytes' in told) resolve({ file: order.file, bytes: told.bytes });
      else reject(new Error(`The renderer failed: ${told.failed}`));
    };
    const exit = (code: number | null, by: string | null): void => {
      reject(signal.aborted ? signal.reason : new Error(`The renderer ended (${by ?? code}): ${heard}`));
    };
    child.on('message', message).on('exit', exit).on('error', reject);
    forget = () => void child.off('message', message).off('exit', exit).off('error', reject);
  });
  child.stderr?.on('data', listen);
  signal.addEventListener('abort', stop, { once: true });
  child.send(order, (error) => {
    if (error) stop();
  });
  return made.finally(() => {
    clearTimeout(limit);
    signal.removeEventListener('abort', stop);
    child.stderr?.off('data', listen);
    forget();
  });
}

/** Renders in child processes of low priority, one film at a time each; they live on for the next film and end with this process. */
export function renderer(): Maker {
  const idle: ChildProcess[] = [];
  const all = new Set<ChildProcess>();

  function take(): ChildProcess {
    const child = idle.pop();
    if (child?.connected) return child;
    const fresh = start();
    all.add(fresh);
    for (const end of ['exit', 'error']) fresh.on(end, () => all.delete(fresh));
    return fresh;
  }

  return {
    async make(order, progress, signal) {
      signal.throwIfAborted();
      const child = take();
      try {
        return await film(child, order, progress, signal);
      } finally {
        if (child.connected && !child.killed) idle.push(child);
      }
    },
    async close() {
      const children = [...all];
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(children.map(ended));
    },
  };
}
