import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, type Redis } from 'ioredis';
import { startEmbedded } from '../../src/redis/embedded.ts';
import { reachOf } from '../../src/redis/given.ts';
import { startCluster } from './cluster.ts';
import { startServerProcess } from './redis-server.ts';
import { refuseCrossSlot, spread } from './slots.ts';
import { until } from './until.ts';

/**
 * `server` is redis-server, or with TEST_REDIS=cluster a cluster of three. `single` stays one server then too, for what a cluster
 * means nothing to, and `cluster` is always one.
 */
export type RedisKind = 'server' | 'single' | 'cluster' | 'embedded';

/** Whether the suites run on a cluster. */
const clustered = process.env.TEST_REDIS === 'cluster';

/**
 * The engines that suites run on: both where redis-server is installed, else the embedded one; in CI both are a must. The cluster
 * alone where it is asked for.
 */
export const redisKinds: RedisKind[] = clustered ? ['server'] : haveServer() ? ['server', 'embedded'] : ['embedded'];

/** What starts at once, for suites that only need some Redis; the cluster where it is asked for. */
export const quickKind: RedisKind = clustered ? 'server' : 'embedded';

/** A Redis of the test's own, on a free port. */
export interface TestRedis {
  /** As REDIS_URL takes it. */
  url: string;
  /**
   * A client that keeps commands until it is connected. The same options as the product's, but for that. On a cluster it is ioredis's
   * `Cluster`, whose commands for a whole server are for all masters.
   */
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
  const engine = await launch(kind);
  const reach = reachOf(engine.url);
  const clients: (Redis | Cluster)[] = [];
  const client = (options: { maxRetriesPerRequest: number | null; commandTimeout?: number }) => {
    const made = reach({ connectionName: 'test', connectTimeout: 5000, retryStrategy: () => 25, ...options });
    // A test that takes Redis away expects these; a command that fails throws all the same.
    made.on('error', (error) => made.emit('away', error));
    if (made instanceof Cluster) spread(made);
    // As the product does: a cluster's client would keep commands for as long as all nodes are away.
    if (made instanceof Cluster && options.maxRetriesPerRequest !== null)
      made.once('ready', () => {
        made.options.enableOfflineQueue = false;
      });
    refuseCrossSlot(made);
    clients.push(made);
    return made as Redis;
  };
  return {
    url: engine.url,
    connect: () => client({ maxRetriesPerRequest: 1, commandTimeout: 5000 }),
    workerConnect: () => client({ maxRetriesPerRequest: null }),
    kill: engine.kill,
    restart: async () => {
      await engine.restart();
      for (const made of clients)
        if (made instanceof Cluster) await until('it is reached again', () => ['ready', 'end'].includes(made.status));
    },
    close: async () => {
      for (const made of clients) made.disconnect();
      await engine.close();
    },
  };
}

/** A client of the same Redis, which is away for it from now on. */
export async function goneClient(like: Redis): Promise<Redis> {
  const gone = like.duplicate();
  await once(gone, 'ready');
  gone.disconnect();
  return gone;
}

function launch(kind: RedisKind) {
  if (kind === 'embedded') return embedded();
  return kind === 'cluster' || (kind === 'server' && clustered) ? startCluster() : startServer();
}

async function embedded() {
  const { port, password, cut, mend, close } = await startEmbedded();
  return { url: `redis://:${password}@127.0.0.1:${port}`, kill: cut, restart: mend, close };
}

async function startServer() {
  const dir = await mkdtemp(join(tmpdir(), 'dailies-redis-'));
  const { port, kill, restart } = await startServerProcess(dir);
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart,
    close: async () => {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
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
