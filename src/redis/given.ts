import { Cluster, Redis } from 'ioredis';
import type { Log } from '../log.ts';
import { type ClientOptions, connectBy, info, type Reach } from './client.ts';

/** Takes the server, or with several addresses the cluster, that the operator runs. Throws when it is older than 7, or stays away for `patience` milliseconds. */
export async function useGiven(url: string, log: Log, patience = 10_000): Promise<{ reach: Reach; describe: string }> {
  const urls = addresses(url);
  const reach = reachOf(url);
  const hosts = urls.map((one) => new URL(one).host).join(', ');
  const client = connectBy(reach, 'check', false, log);
  try {
    const fields = await info(client, patience);
    const version = fields.get('valkey_version') ?? fields.get('redis_version') ?? 'unknown';
    const product = fields.has('valkey_version') ? 'Valkey' : 'Redis';
    if (!(Number.parseInt(version, 10) >= 7))
      throw new Error(`${product} ${version} at ${hosts} is too old: 7 or Valkey is needed`);
    if (fields.get('maxmemory_policy') !== 'noeviction')
      log.warn(
        { policy: fields.get('maxmemory_policy') },
        `set maxmemory-policy to noeviction at ${hosts}: jobs may vanish`,
      );
    if (fields.get('aof_enabled') !== '1')
      log.warn(`set appendonly to yes at ${hosts}: accepted jobs do not outlive a restart of ${product}`);
    return { reach, describe: `${product} ${version} at ${hosts}` };
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

function cluster(urls: string[]): Reach {
  const first = new URL(urls[0] ?? '');
  const login = {
    ...(first.username ? { username: decodeURIComponent(first.username) } : {}),
    ...(first.password ? { password: decodeURIComponent(first.password) } : {}),
    ...(first.protocol === 'rediss:' ? { tls: {} } : {}),
  };
  return ({ retryStrategy, ...options }) =>
    new Cluster(urls, {
      redisOptions: { ...options, ...login },
      clusterRetryStrategy: retryStrategy,
    });
}
