import { Cluster, type Redis } from 'ioredis';
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
 * under way when the connection broke and those given while it is away: none is repeated or kept for later. On a cluster one that
 * found its node away, and so was not sent, first asks who has the slot now. A `blocking` one waits without end, as BullMQ's workers
 * and blocking reads need it.
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
  if (client instanceof Cluster) tellOfNodes(client, purpose, log);
  return client;
}

/** One node that is away is told of once, until it is back. */
function tellOfNodes(cluster: Cluster, purpose: string, log: Log): void {
  const gone = new Set<string>();
  cluster.on('node error', (err: Error, node: string) => {
    if (!gone.has(node)) log.warn({ err, purpose, node }, 'a node of the Redis cluster is away');
    gone.add(node);
  });
  cluster.on('+node', (found: Redis) => {
    const node = `${found.options.host}:${found.options.port}`;
    found.on('ready', () => {
      if (gone.delete(node)) log.info({ purpose, node }, 'the node of the Redis cluster is back');
    });
  });
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

/** The fields of INFO, of the server or of each master of the cluster. Throws when none can be reached within `patience` milliseconds. */
export async function infos(client: Client, patience: number): Promise<Map<string, string>[]> {
  await untilReady(client, patience);
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  return Promise.all(nodes.map(async (node) => fieldsOf(await node.info())));
}

const fieldsOf = (text: string): Map<string, string> =>
  new Map([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value] as [string, string]));

function untilReady(client: Client, patience: number): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((done, fail) => {
    let last: unknown;
    const timer = setTimeout(() => end(new Error('Redis does not answer', { cause: last })), patience);
    const onError = (error: Error & { lastNodeError?: Error }) => {
      last = error;
      if (/cluster support disabled/.test(String(error.lastNodeError)))
        end(new Error('the addresses are of single servers, not of a cluster: name one'));
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
