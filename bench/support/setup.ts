import { Cluster, type Redis } from 'ioredis';
import { z } from 'zod';
import { createLog, type Log } from '../../src/log.ts';
import type { Client } from '../../src/redis/client.ts';
import { openRedis } from '../../src/redis.ts';
import { tempFolder } from '../../test/support/folder.ts';
import { startChild } from './child.ts';

/** A log that costs what the program's does and shows only what went wrong. */
export function createBenchLog(): Log {
  const loud = /^\{"level":"(warn|error|fatal)"/;
  return createLog('info', { write: (line: string) => void (loud.test(line) && process.stderr.write(line)) });
}

function single(client: Client): Redis {
  if (client instanceof Cluster) throw new Error('benchmarks run on a single Redis');
  return client;
}

/** The Redis that the program starts when it is given none, over an empty folder, with every write on disk before its answer. */
export async function startRedis(log: Log) {
  const folder = await tempFolder();
  const house = await openRedis({ dataDir: folder.path, log });
  return {
    dataDir: folder.path,
    kind: house.kind,
    connect: (): Redis => single(house.connect('bench')),
    workerConnect: (): Redis => single(house.connect('bench', { blocking: true })),
    close: async () => {
      await house.close();
      await folder.remove();
    },
  };
}

/**
 * A gateway in a process of its own; its films are there `least` to `most` milliseconds after their submit. `finish` ends the
 * wait: those that are not there yet come evenly within `finishWithin` milliseconds from then.
 */
export async function startGateway(options: { least: number; most: number; finishWithin?: number }) {
  const child = startChild('./gateway.ts', options);
  const url = await child.ask('url', z.string());
  const counts = z.object({
    submits: z.number(),
    polls: z.number(),
    films: z.number(),
  });
  return {
    url,
    key: 'bench',
    counts: () => child.ask('counts', counts),
    finish: () => child.ask('finish', z.null()),
    close: child.close,
  };
}
