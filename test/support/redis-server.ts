import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A redis-server on 127.0.0.1 that keeps all it acknowledges in its folder, and stays at its port. */
export interface ServerProcess {
  port: number;
  /** `kill -9`; nothing when it has ended. */
  kill(): Promise<void>;
  /** Kills it if it still runs, and starts it over the same folder. */
  restart(): Promise<void>;
}

/** Starts one over `dir` on a free port. `more`: flags beside the usual ones, made anew for each try. */
export async function startServerProcess(
  dir: string,
  more: () => Promise<string[]> = async () => [],
): Promise<ServerProcess> {
  let port = await freePort();
  let flags = await more();
  let child: ChildProcess | undefined;
  for (let tries = 0; child === undefined; tries++) {
    child = await launch(port, dir, flags);
    if (child === undefined && tries > 5) throw new Error('redis-server found no free port');
    if (child === undefined) [port, flags] = [await freePort(), await more()];
  }
  const kill = async () => {
    if (child === undefined) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    child = undefined;
  };
  return {
    port,
    kill,
    restart: async () => {
      await kill();
      child = await launch(port, dir, flags);
      if (child === undefined) throw new Error(`redis-server did not come back on port ${port}`);
    },
  };
}

/** The server once it listens; nothing when it ended instead, as when another took the port. */
async function launch(port: number, dir: string, more: string[]): Promise<ChildProcess | undefined> {
  const flags = `--port ${port} --bind 127.0.0.1 --appendonly yes --appendfsync always --maxmemory-policy noeviction`;
  const child = spawn('redis-server', [...flags.split(' '), '--save', '', '--dir', dir, ...more], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  while (child.exitCode === null && !output.includes('Ready to accept connections')) await wait(10);
  return child.exitCode === null ? child : undefined;
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });
}
