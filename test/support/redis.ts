import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startEmbedded } from '../../src/redis/embedded.ts';

export type RedisKind = 'server' | 'embedded';

/** The engines that suites run on: both where redis-server is installed, else the embedded one; in CI both are a must. */
export const redisKinds: RedisKind[] = haveServer() ? ['server', 'embedded'] : ['embedded'];

/** A Redis of the test's own, on a free port. */
export interface TestRedis {
  /** As REDIS_URL takes it. */
  url: string;
  /** A client that keeps commands until it is connected. The same options as the product's, but for that. */
  connect(): Redis;
  /** A client for BullMQ's workers and for blocking reads. */
  workerConnect(): Redis;
  /** Takes it away at once: `kill -9` of the server; the embedded one breaks its connections. */
  kill(): Promise<void>;
  /** Brings it back at the same address with all that it had acknowledged. */
  restart(): Promise<void>;
  /** Ends the clients and the server, and removes its files. */
  close(): Promise<void>;
}

export async function startRedis(kind: RedisKind): Promise<TestRedis> {
  const engine = kind === 'server' ? await startServer() : await embedded();
  const clients: Redis[] = [];
  const client = (options: object) => {
    const made = new Redis(engine.url, { retryStrategy: () => 25, ...options });
    // A test that takes Redis away expects these; a command that fails throws all the same.
    made.on('error', (error) => made.emit('away', error));
    clients.push(made);
    return made;
  };
  return {
    url: engine.url,
    connect: () => client({ maxRetriesPerRequest: 1, commandTimeout: 5000 }),
    workerConnect: () => client({ maxRetriesPerRequest: null }),
    kill: engine.kill,
    restart: engine.restart,
    close: async () => {
      for (const made of clients) made.disconnect();
      await engine.close();
    },
  };
}

async function embedded() {
  const { port, password, cut, mend, close } = await startEmbedded();
  return { url: `redis://:${password}@127.0.0.1:${port}`, kill: cut, restart: mend, close };
}

async function startServer() {
  const dir = await mkdtemp(join(tmpdir(), 'dailies-redis-'));
  let port = await freePort();
  let child: ChildProcess | undefined;
  for (let tries = 0; child === undefined; tries++) {
    child = await launch(port, dir);
    if (child === undefined && tries > 5) throw new Error('redis-server found no free port');
    if (child === undefined) port = await freePort();
  }
  const kill = async () => {
    if (child === undefined) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    child = undefined;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart: async () => {
      await kill();
      child = await launch(port, dir);
      if (child === undefined) throw new Error(`redis-server did not come back on port ${port}`);
    },
    close: async () => {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The server once it listens; nothing when it ended instead, as when another took the port. */
async function launch(port: number, dir: string): Promise<ChildProcess | undefined> {
  const flags = `--port ${port} --bind 127.0.0.1 --appendonly yes --appendfsync always --maxmemory-policy noeviction`;
  const child = spawn('redis-server', [...flags.split(' '), '--save', '', '--dir', dir], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  while (child.exitCode === null && !output.includes('Ready to accept connections')) await wait(10);
  return child.exitCode === null ? child : undefined;
}

function freePort(): Promise<number> {
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

function haveServer(): boolean {
  try {
    execFileSync('redis-server', ['--version']);
    return true;
  } catch (cause) {
    if (process.env.CI === 'true')
      throw new Error('CI runs the suites on redis-server, which is not installed', { cause });
    return false;
  }
}
