import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createLog } from '../../src/log.ts';
import type { Client } from '../../src/redis/client.ts';
import { startPrivate } from '../../src/redis/private.ts';
import { redisKinds } from '../support/redis.ts';

const log = createLog('silent');
const cleanups: (() => unknown)[] = [];
const later = (act: () => unknown) => cleanups.push(act);
afterEach(async () => {
  for (const act of cleanups.splice(0).reverse()) await act();
});

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'dailies-test-'));
  later(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

const pidOf = async (client: Client) => Number(/process_id:(\d+)/.exec(await client.info())?.[1]);

const answers = (dataDir: string) =>
  new Promise((done) => {
    const stream = connect(join(dataDir, 'redis', 'redis.sock'), () => done(true));
    stream.on('error', () => done(false)).unref();
  });

/** The server of a folder, and a client that it takes for one of another process. */
async function open(dataDir: string) {
  const server = await startPrivate({ program: 'redis-server', dataDir, log });
  const client = server.reach({
    connectionName: 'dailies:1:other',
    connectTimeout: 1000,
    retryStrategy: () => 25,
    maxRetriesPerRequest: null,
  });
  client.on('error', (error) => client.emit('away', error));
  const close = async () => {
    client.disconnect();
    await server.close();
  };
  later(close);
  return { server, client, pid: await pidOf(client), close };
}

describe.each(redisKinds.filter((kind) => kind === 'server'))('the private %s', () => {
  test('keeps what it was told beyond its end, with each write on disk', async () => {
    const dataDir = await folder();
    const { client, close } = await open(dataDir);
    await client.set('film', 'paper boat');
    expect(await client.config('GET', 'appendfsync')).toContain('always');
    expect(await client.config('GET', 'maxmemory-policy')).toContain('noeviction');
    await close();
    expect(await answers(dataDir)).toBe(false);
    const again = await open(dataDir);
    expect(await again.client.get('film')).toBe('paper boat');
  });

  test('is started again with its data when it dies', async () => {
    const { client, pid } = await open(await folder());
    await client.set('film', 'paper boat');
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await pidOf(client)).not.toBe(pid), 5000);
    expect(await client.get('film')).toBe('paper boat');
  });

  test('is taken over when it has outlived its parent, and then ended', async () => {
    const dataDir = await folder();
    const source = `
      import { createLog } from './src/log.ts';
      import { startPrivate } from './src/redis/private.ts';
      const { reach } = await startPrivate({ program: 'redis-server', dataDir: ${JSON.stringify(dataDir)}, log: createLog('silent') });
      const client = reach({ connectionName: 'dailies:2:parent', connectTimeout: 1000, retryStrategy: () => 25, maxRetriesPerRequest: null });
      await client.set('film', 'paper boat');
      console.log('set');
    `;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const { client, close } = await open(dataDir);
    expect(await client.get('film')).toBe('paper boat');
    await close();
    expect(await answers(dataDir)).toBe(false);
  });

  test('is one for all who open the same folder at the same moment', async () => {
    const dataDir = await folder();
    const opened = await Promise.all([open(dataDir), open(dataDir), open(dataDir)]);
    expect(new Set(opened.map(({ pid }) => pid)).size).toBe(1);
  });

  test('is left running while another process uses it', async () => {
    const dataDir = await folder();
    const { server, client, pid } = await open(dataDir);
    await server.close();
    expect(await client.ping()).toBe('PONG');
    const other = await open(dataDir);
    expect(other.pid).toBe(pid);
    client.disconnect();
    await other.close();
    expect(await answers(dataDir)).toBe(false);
  });
});

test('a server that does not come up is an error that says why', async () => {
  const dataDir = await folder();
  await expect(startPrivate({ program: 'false', dataDir, log })).rejects.toThrow(
    'false did not start: it ended with 1',
  );
  await expect(startPrivate({ program: 'no-such-server', dataDir, log })).rejects.toThrow('ENOENT');
});
