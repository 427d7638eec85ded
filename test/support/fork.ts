import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { runnable } from './compiled.ts';

/** The next thing that the process tells; rejects when it ends first. */
async function next<Message>(child: ChildProcess, what: string): Promise<Message> {
  const over = new AbortController();
  const { signal } = over;
  const ended = once(child, 'exit', { signal }).then(([code, by]) => {
    throw new Error(`the process of ${what} ended (${by ?? code})`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message;
  } finally {
    over.abort();
  }
}

/** Starts a fake, by a module that calls `serveForked`, by its path from the root, in a process of its own, which ends with this one: where it is, and its end. */
export async function forkFake<Address>(what: string, entry: string, given: object) {
  const { file, options } = runnable(entry);
  const child = fork(file, [JSON.stringify(given)], { execArgv: options });
  const address = await next<Address>(child, what);
  return {
    address,
    async close(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      const told = next<{ trouble: string | null }>(child, what);
      child.send({ close: true });
      const { trouble } = await told;
      await gone;
      if (trouble !== null) throw new Error(`${what} itself failed: ${trouble}`);
    },
  };
}
