import { type Cluster, Command, type Redis } from 'ioredis';

/** The slot of a cluster that a key lies in. */
const slotOf = (key: string): number => Number(new Command('get', [key]).getSlot());

/** Every command of the client with keys in two slots is refused, as a cluster refuses it: on each engine, in every suite. */
export function refuseCrossSlot(client: Redis | Cluster): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command: Command, ...more: []) => {
    const slots = new Set(command.getKeys().map((key) => slotOf(String(key))));
    if (slots.size < 2) return send(command, ...more);
    command.reject(
      new Error(`CROSSSLOT ${command.name} has keys in ${slots.size} slots: ${command.getKeys().join(' ')}`),
    );
    return command.promise;
  };
}

/** Makes the commands that mean one server mean all masters of a cluster. */
export function spread(cluster: Cluster): void {
  const each = async <T>(act: (node: Redis) => Promise<T>): Promise<T[]> => {
    // Only a cluster that has been reached knows its masters.
    if (cluster.status !== 'ready') await cluster.ping();
    return Promise.all(cluster.nodes('master').map(act));
  };
  const first = ([answer]: unknown[]): unknown => answer;
  Object.assign(cluster, {
    flushall: () => each((node) => node.flushall()).then(first),
    keys: (pattern: string) => each((node) => node.keys(pattern)).then((found) => found.flat()),
    dbsize: () => each((node) => node.dbsize()).then((counts) => counts.reduce((sum, count) => sum + count, 0)),
    config: (...args: ['SET', string, string]) => each((node) => node.config(...args)).then(first),
  });
}
