import { Redis } from 'ioredis';
import type { Log } from './log.ts';
import { type Client, type ClientOptions, connectBy } from './redis/client.ts';
import { startEmbedded } from './redis/embedded.ts';
import { useGiven } from './redis/given.ts';
import { findServer } from './redis/place.ts';
import { startPrivate } from './redis/private.ts';

/** The Redis that holds all state. `describe` is for the banner, and says when the state is not kept. */
export interface RedisHouse {
  kind: 'given' | 'private' | 'embedded';
  describe: string;
  /**
   * A client of its own, named for its purpose; it reconnects by itself. While Redis is away its commands throw, within 2 s. With
   * `blocking` they wait instead: for BullMQ's workers, for subscriptions and for commands that block.
   */
  connect(purpose: string, options?: { blocking: boolean }): Client;
  /** Ends all clients, and the server if it was started here and no other process uses it. */
  close(): Promise<void>;
}

/**
 * Opens the Redis of `url` (a comma list is a cluster); without one a server found on the PATH, private and kept in `dataDir`;
 * without that an engine inside this process, which forgets.
 */
export async function openRedis(options: { url?: string | undefined; dataDir: string; log: Log }): Promise<RedisHouse> {
  const { log } = options;
  const { kind, describe, reach, close } = await launch(options);
  const clients = new Set<Client>();
  return {
    kind,
    describe,
    connect: (purpose, { blocking } = { blocking: false }) => {
      const client = connectBy(reach, purpose, blocking, log);
      clients.add(client);
      client.once('end', () => clients.delete(client));
      return client;
    },
    close: async () => {
      for (const client of clients) client.disconnect();
      await close();
    },
  };
}

async function launch({ url, dataDir, log }: { url?: string | undefined; dataDir: string; log: Log }) {
  if (url !== undefined) {
    const given = await useGiven(url, log);
    return { kind: 'given' as const, ...given, close: async () => undefined };
  }
  const program = await findServer();
  if (program !== undefined) {
    const { reach, close } = await startPrivate({ program, dataDir, log });
    return { kind: 'private' as const, describe: `${program}, private, kept in ${dataDir}/redis`, reach, close };
  }
  const { port, password, close } = await startEmbedded();
  return {
    kind: 'embedded' as const,
    describe: `embedded: it forgets everything at exit. To keep it: ${installHint()}, or set REDIS_URL`,
    reach: (more: ClientOptions) => new Redis({ ...more, host: '127.0.0.1', port, password }),
    close,
  };
}

function installHint(): string {
  return process.platform === 'darwin' ? 'brew install redis' : 'sudo apt install redis-server';
}
