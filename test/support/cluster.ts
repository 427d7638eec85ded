import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort, type ServerProcess, startServerProcess } from './redis-server.ts';
import { until } from './until.ts';

const slots = 16_384;
const masters = 3;

/** A Redis Cluster of three masters on loopback, each with a third of the slots and without a replica. */
export async function startCluster() {
  const dir = await mkdtemp(join(tmpdir(), 'dailies-cluster-'));
  const nodes = await Promise.all(Array.from({ length: masters }, (_, index) => startMaster(join(dir, String(index)))));
  const all = (act: (node: ServerProcess) => Promise<void>) => Promise.all(nodes.map(act));
  const close = async () => {
    await all((node) => node.kill());
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await joined(nodes);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    /** As REDIS_URL takes it. */
    url: nodes.map(({ port }) => `redis://127.0.0.1:${port}`).join(','),
    nodes,
    /** `kill -9` of all three. */
    kill: async () => void (await all((node) => node.kill())),
    /** Brings all three back with what they had acknowledged; it returns when they serve every slot again. */
    restart: async () => {
      await all((node) => node.restart());
      await withClients(nodes, serving);
    },
    close,
  };
}

type Master = ServerProcess & { bus: number };

async function startMaster(dir: string): Promise<Master> {
  await mkdir(dir);
  let bus = 0;
  const node = await startServerProcess(dir, async () => {
    bus = await freePort();
    // Nobody takes over here, so nothing is won by giving up a node that is only slow.
    return ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '30000'];
  });
  return { ...node, bus };
}

/** Gives each its slots, and makes them known to each other: each to each, for gossip takes seconds. */
async function joined(nodes: readonly Master[]): Promise<void> {
  await withClients(nodes, async (clients) => {
    await Promise.all(
      clients.map(async (client, index) => {
        const from = Math.ceil((slots * index) / masters);
        const to = Math.ceil((slots * (index + 1)) / masters) - 1;
        await client.cluster('SET-CONFIG-EPOCH', index + 1);
        await client.cluster('ADDSLOTSRANGE', from, to);
      }),
    );
    await Promise.all(
      clients.flatMap((client, index) =>
        nodes.slice(index + 1).map(({ port, bus }) => client.call('CLUSTER', 'MEET', '127.0.0.1', port, bus)),
      ),
    );
    await serving(clients);
  });
}

/** Waits until each knows all three and serves. A master refuses everything in its first two seconds. */
async function serving(clients: readonly Redis[]): Promise<void> {
  await until(
    'the cluster serves',
    async () => {
      const states = await Promise.all(clients.map((client) => client.cluster('INFO')));
      return states.every(
        (state) =>
          String(state).includes('cluster_state:ok') &&
          String(state).includes(`cluster_slots_ok:${slots}`) &&
          String(state).includes(`cluster_known_nodes:${masters}`),
      );
    },
    30_000,
  );
}

async function withClients<T>(nodes: readonly ServerProcess[], act: (clients: Redis[]) => Promise<T>): Promise<T> {
  const clients = nodes.map(({ port }) => new Redis({ host: '127.0.0.1', port, enableReadyCheck: false }));
  try {
    return await act(clients);
  } finally {
    for (const client of clients) client.disconnect();
  }
}
