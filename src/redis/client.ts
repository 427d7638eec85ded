import type { Cluster, Redis } from 'ioredis';
import type { Log } from '../log.ts';

export type Client = Redis | Cluster;

/** What sets our clients apart from those that ioredis makes by itself. */
export interface ClientOptions {
  connectionName: string;
  connectTimeout: number;
  retryStrategy: (times: number) => number;
  maxRetriesPerRequest: number | null;
  commandTimeout?: number;
  autoResendUnfulfilledCommands?: boolean;
}

/** How to reach the server: makes a client of it with the options added. */
export type Reach = (options: ClientOptions) => Client;

const retryStrategy = (times: number) => Math.min(25 * 2 ** Math.min(times, 10), 1000);

/**
 * A client that reconnects by itself. A command that cannot be answered within 2 s throws, and so do, at once, those that were
 * under way when the connection broke and those given while it is away: none is repeated or kept for later. A `blocking` one waits
 * without end, as BullMQ's workers and blocking reads need it.
 */
export function connectBy(reach: Reach, purpose: string, blocking: boolean, log: Log): Client {
  const client = reach({
    connectionName: connectionName(purpose),
    connectTimeout: 5000,
    retryStrategy,
    ...(blocking
      ? { maxRetriesPerRequest: null }
      : { maxRetriesPerRequest: 0, commandTimeout: 2000, autoResendUnfulfilledCommands: false }),
  });
  let away = false;
  client.on('error', (err: Error) => {
    if (!away) log.warn({ err, purpose }, 'Redis is away');
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info({ purpose }, 'Redis is back');
    away = false;
    // Until the first connection stands commands may wait for it; afterwards one that waits would act long after its caller was told "away".
    if (!blocking) client.options.enableOfflineQueue = false;
  });
  return client;
}

const ownName = `dailies:${process.pid}:`;
const connectionName = (purpose: string) => ownName + purpose.replace(/[^\w-]/g, '-');

/** Whether a process other than this one holds a connection to the server. */
export async function hasOthers(client: Redis): Promise<boolean> {
  const clients = String(await client.client('LIST'));
  return [...clients.matchAll(/ name=(\S*)/g)].some(
    ([, name]) => name?.startsWith('dailies:') && !name.startsWith(ownName),
  );
}

/** The fields of INFO, from one node. Throws when the server cannot be reached within `patience` milliseconds. */
export async function info(client: Client, patience: number): Promise<Map<string, string>> {
  const text = await untilReady(client, patience).then(() => client.info());
  return new Map(
    text
      .split(/\r?\n/)
      .flatMap((line) => [...line.matchAll(/^(\w+):(.*)$/g)].map(([, k, v]) => [k, v] as [string, string])),
  );
}

function untilReady(client: Client, patience: number): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((done, fail) => {
    let last: unknown;
    const timer = setTimeout(() => end(new Error('Redis does not answer', { cause: last })), patience);
    const onError = (error: unknown) => {
      last = error;
    };
    const onReady = () => end();
    const onEnd = () => end(new Error('Redis cannot be reached', { cause: last }));
    const end = (error?: Error) => {
      clearTimeout(timer);
      client.off('error', onError).off('ready', onReady).off('end', onEnd);
      if (error) fail(error);
      else done();
    };
    client.on('error', onError).on('ready', onReady).on('end', onEnd);
  });
}
