import { Cluster, type Redis } from 'ioredis';

/** The servers that hold keys: the one, or every master of a cluster. */
export async function masters(redis: Redis | Cluster): Promise<Redis[]> {
  if (!(redis instanceof Cluster)) return [redis];
  // One that was just opened has yet to ask the cluster for them: a command waits for that.
  if (redis.status !== 'ready') await redis.ping();
  return redis.nodes('master');
}
