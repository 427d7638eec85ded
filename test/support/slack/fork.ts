import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FakeSlack, FakeSlackOptions } from './api.ts';
import { connect } from './client.ts';
import type { Address } from './server.ts';

/** Node without type stripping of its own needs a loader for the child's `.ts`. */
function loader(): string[] {
  if ('typescript' in process.features && process.features.typescript) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}

/** The next thing that the process tells; rejects when it ends first. */
async function next<Message>(child: ChildProcess): Promise<Message> {
  const over = new AbortController();
  const { signal } = over;
  const ended = once(child, 'exit', { signal }).then(([code, by]) => {
    throw new Error(`the fake Slack's process ended (${by ?? code})`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message;
  } finally {
    ended.catch(() => undefined);
    over.abort();
  }
}

/** Starts the fake in a process of its own, which ends with this one. */
export async function forkFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const entry = fileURLToPath(new URL('./process.ts', import.meta.url));
  const child = fork(entry, [JSON.stringify(options)], { execArgv: loader() });
  const address = await next<Address>(child);
  return connect(address, async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    const told = next<{ trouble: string | null }>(child);
    child.send({ close: true });
    const { trouble } = await told;
    await gone;
    if (trouble !== null) throw new Error(`the fake Slack itself failed: ${trouble}`);
  });
}
