import { Cluster, Redis } from 'ioredis';
import type { Log } from '../log.ts';
import { type ClientOptions, connectBy, infos, type Reach } from './client.ts';

/** Takes the server, or with several addresses the cluster, that the operator runs. Throws when it is older than 7, or stays away for `patience` milliseconds. */
export async function useGiven(url: string, log: Log, patience = 10_000): Promise<{ reach: Reach; describe: string }> {
  const urls = addresses(url);
  const reach = reachOf(url);
  const hosts = urls.map((one) => new URL(one).host).join(', ');
  const client = connectBy(reach, 'check', false, log);
  try {
    const nodes = await infos(client, patience);
    const of = (name: string) => nodes.map((fields) => fields.get(name));
    const product = nodes[0]?.has('valkey_version') ? 'Valkey' : 'Redis';
    const versions = nodes.map((fields) => fields.get('valkey_version') ?? fields.get('redis_version') ?? 'unknown');
    const old = versions.find((version) => !(Number.parseInt(version, 10) >= 7));
    if (old !== undefined) throw new Error(`${product} ${old} at ${hosts} is too old: 7 or Valkey is needed`);
    if (urls.length === 1 && of('cluster_enabled').includes('1'))
      throw new Error(`${hosts} is a node of a cluster: name several of its nodes, with commas between`);
    const policies = of('maxmemory_policy').filter((policy) => policy !== 'noeviction');
    if (policies.length > 0) log.warn({ policies }, `set maxmemory-policy to noeviction at ${hosts}: jobs may vanish`);
    if (of('aof_enabled').some((enabled) => enabled !== '1'))
      log.warn(`set appendonly to yes at ${hosts}: accepted jobs do not outlive a restart of ${product}`);
    const many = urls.length > 1 ? `, a cluster of ${nodes.length} masters` : '';
    return { reach, describe: `${product} ${versions[0]} at ${hosts}${many}` };
  } catch (cause) {
    throw new Error(`REDIS_URL (${hosts}) cannot be used`, { cause });
  } finally {
    client.disconnect();
  }
}

const addresses = (url: string): string[] => url.split(',').map((one) => one.trim());

/** How to reach what REDIS_URL names: the one server, or the cluster that the servers of a comma list belong to. */
export function reachOf(url: string): Reach {
  const urls = addresses(url);
  return urls.length > 1 ? cluster(urls) : (options: ClientOptions) => new Redis(url, options);
}

/**
 * By default a cluster's client sends again what was under way when a connection broke. A node that is connected anew once answers
 * such a command with an error of its own, which is not repeated; what was not sent at all finds its node by up to six tries.
 */
const unrepeated = {
  clusterNodeRetryStrategy: (times: number) => (times > 1 ? null : 25),
  maxRedirections: 6,
  slotsRefreshTimeout: 500,
} as const;

/** What may wait is asked for again while a replica takes over, which takes half a minute; then its caller is told. */
const patient = { maxRedirections: 300 } as const;

/**
 * ioredis's client of a cluster, put right in two points. A command's time begins when it is given, not when a node is found that it
 * can be sent to. And one that BullMQ takes down when it has lost all nodes, to connect it anew, is tried again when that was in vain:
 * else it would have ended for good, with its worker asking it in a loop that lets nothing else run.
 */
function mended(client: Cluster): Cluster {
  const send = client.sendCommand.bind(client);
  const connect = client.connect.bind(client);
  const duplicate = client.duplicate.bind(client);
  const { commandTimeout } = client.options.redisOptions ?? {};
  return Object.assign(client, {
    sendCommand: (...[command, ...more]: Parameters<Cluster['sendCommand']>) => {
      if (commandTimeout !== undefined) command.setTimeout(commandTimeout);
      return send(command, ...more);
    },
    connect: () => {
      Reflect.set(client, 'manuallyClosing', false);
      return connect();
    },
    // BullMQ blocks on one of its own.
    duplicate: (...given: Parameters<Cluster['duplicate']>) => mended(duplicate(...given)),
  }) as Cluster;
}

function cluster(urls: string[]): Reach {
  const first = new URL(urls[0] ?? '');
  const secure = first.protocol === 'rediss:';
  const login = {
    ...(first.username ? { username: decodeURIComponent(first.username) } : {}),
    ...(first.password ? { password: decodeURIComponent(first.password) } : {}),
    ...(secure ? { tls: {} } : {}),
  };
  return ({ retryStrategy, ...options }) =>
    mended(
      new Cluster(urls, {
        redisOptions: { ...options, ...login },
        clusterRetryStrategy: retryStrategy,
        ...(options.maxRetriesPerRequest === null ? patient : unrepeated),
        // A certificate is for a name, not for what it resolves to.
        ...(secure ? { dnsLookup: (name: string, done: (error: null, name: string) => void) => done(null, name) } : {}),
      }),
    );
}
