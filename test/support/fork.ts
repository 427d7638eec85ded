import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Node without type stripping of its own needs a loader for the child's `.ts`. */
function loader(): string[] {
  if ('typescript' in process.features && process.features.typescript) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}

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

/** Starts a fake, by a module that calls `serveForked`, in a process of its own, which ends with this one: where it is, and its end. */
export async function forkFake<Address>(what: string, entry: URL, options: object) {
  const child = fork(fileURLToPath(entry), [JSON.stringify(options)], { execArgv: loader() });
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
