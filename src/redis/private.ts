import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Log } from '../log.ts';
import { connectBy, hasOthers, type Reach } from './client.ts';
import { socketPath, withLock } from './place.ts';

const patience = 20_000;

/** A server of our own behind a unix socket, every write on disk before its answer. It is started again should it die. */
export interface PrivateRedis {
  reach: Reach;
  /** Ends the server, unless another process of the house still uses it. */
  close(): Promise<void>;
}

/**
 * Starts `program` over the data in `dataDir`/redis, or takes the server that runs there already: one that outlived its parent,
 * or one that another process of the house has started. Throws with the end of the server's log when it does not come up.
 */
export async function startPrivate(options: { program: string; dataDir: string; log: Log }): Promise<PrivateRedis> {
  const { program, log } = options;
  const dir = join(options.dataDir, 'redis');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const socket = await socketPath(dir);
  const reach: Reach = (more) => new Redis({ ...more, path: socket });
  const start = () =>
    withLock(join(dir, 'starting'), patience, async () => {
      if (!(await answers(socket))) await launch(program, dir, socket);
    });

  let closing = false;
  let reviving: Promise<void> | undefined;
  await start();
  const watch = connectBy(reach, 'watch', true, log) as Redis;
  watch.on('close', () => {
    if (!closing)
      reviving ??= revive().finally(() => {
        reviving = undefined;
      });
  });

  async function revive(): Promise<void> {
    for (let pause = 100; !closing; pause = Math.min(pause * 2, 5000)) {
      try {
        return await start();
      } catch (err) {
        log.error({ err }, 'the private Redis ended and does not start; trying again');
      }
      await wait(pause);
    }
  }

  return {
    reach,
    close: async () => {
      if (closing) return;
      closing = true;
      await reviving;
      try {
        if (!(await answers(socket))) return;
        if (await isUsed(watch)) log.info('another process uses the private Redis; it is left running');
        else await shutDown(watch, socket);
      } finally {
        watch.disconnect();
      }
    },
  };
}

/** Whether something listens at the socket. Throws for any other trouble than there being no server. */
function answers(socket: string): Promise<boolean> {
  return new Promise((done, fail) => {
    const stream = connect(socket);
    stream.once('connect', () => {
      stream.destroy();
      done(true);
    });
    stream.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') done(false);
      else fail(error);
    });
  });
}

async function launch(program: string, dir: string, socket: string): Promise<void> {
  const logFile = join(dir, 'server.log');
  const output = await open(logFile, 'a', 0o600);
  const flags = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '600',
    dir,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
    loglevel: 'warning',
  };
  try {
    const child = spawn(
      program,
      Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
      // A group of its own: Ctrl-C in a terminal must not end it before the steps under way have been saved.
      { cwd: dir, detached: true, stdio: ['ignore', output.fd, output.fd] },
    );
    let gone: string | undefined;
    child.once('error', (error) => {
      gone = error.message;
    });
    child.once('exit', (code, signal) => {
      gone ??= `it ended with ${signal ?? code}`;
    });
    child.unref();
    for (const since = Date.now(); !(await answers(socket)); await wait(20)) {
      if (gone === undefined && Date.now() - since < patience) continue;
      const tail = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-5).join('\n');
      throw new Error(`${program} did not start: ${gone ?? 'it does not listen'}\n${tail}`);
    }
  } finally {
    await output.close();
  }
}

/** Whether others stay connected for longer than a client takes to leave. Several that end at once do not count each other. */
async function isUsed(watch: Redis): Promise<boolean> {
  await watch.client('SETNAME', 'leaving');
  for (let looks = 0; await hasOthers(watch); looks++) {
    if (looks === 10) return true;
    await wait(50);
  }
  return false;
}

async function shutDown(watch: Redis, socket: string): Promise<void> {
  const ended = once(watch, 'close');
  const refused = watch.shutdown().then(
    () => ended,
    (error: Error) => {
      if (watch.status === 'ready') throw error;
    },
  );
  await Promise.race([ended, refused]);
  for (const since = Date.now(); Date.now() - since < 5000 && (await answers(socket)); ) await wait(20);
}
