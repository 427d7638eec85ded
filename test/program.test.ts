import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createProgram, freePort, processesOf, root, runAudit } from './chaos/program.ts';
import { nodeArguments } from './support/compiled.ts';
import { type RedisKind, redisKinds, startRedis } from './support/redis.ts';
import { until } from './support/until.ts';

let closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

/** The program on a folder of its own; `embedded`: with a PATH on which no Redis is. */
async function setUp(env: Record<string, string> = {}, embedded = false, role = 'all') {
  const dir = await mkdtemp(join(tmpdir(), 'dailies-program-'));
  const bare = join(dir, 'bin');
  await mkdir(bare);
  await symlink(process.execPath, join(bare, 'node'));
  const program = createProgram(dir, await freePort(), embedded ? { ...env, PATH: bare } : env, role);
  closers.push(async () => {
    await program.kill();
    await rm(dir, { recursive: true, force: true });
  });
  return { program, dir };
}

type Program = Awaited<ReturnType<typeof setUp>>['program'];
const film = (program: Program, job: string, within = 15_000) =>
  until(
    `the film of ${job}`,
    async () => (await program.messages()).find((message) => message.video?.job === job),
    within,
  );
const quotaOf = async (program: Program) =>
  (await (await program.api('/api/quota')).json()) as { left: number; held: number; spent: number };

describe('the program, as a new user starts it', () => {
  test('has its banner within 15 s, delivers a film within 15 s more, and refuses with the balance when the quota is spent', async () => {
    const { program } = await setUp({ QUOTA_CREDITS: '5' }, true);
    expect(await program.start()).toBeLessThan(15_000);
    await until('the banner', () => program.output().includes('Dailies is ready.'));
    expect(program.output()).toContain(program.base);
    expect(program.output()).toMatch(/embedded: it forgets everything at exit/);
    const job = await program.ask('a paper boat in the rain');
    const { video } = await film(program, job);
    const bytes = await fetch(`${program.base}${video?.url}`);
    expect(bytes.headers.get('content-type')).toBe('video/mp4');
    expect(
      Buffer.from(await bytes.arrayBuffer())
        .subarray(4, 8)
        .toString(),
    ).toBe('ftyp');
    const refused = await program.api('/api/threads/chaos/calls', {
      method: 'POST',
      body: JSON.stringify({ command: 'video', values: { prompt: 'another' } }),
    });
    expect(refused.status).toBe(402);
    expect(await refused.json()).toMatchObject({
      balance: 1,
      error: expect.stringMatching(/costs 4 credits and you have 1/),
    });
    await until('captured', async () => (await quotaOf(program)).spent === 4);
  }, 60_000);

  test('stops on SIGTERM within 15 s with code 0, hands its work over, and leaves nothing running', async () => {
    const { program, dir } = await setUp();
    await program.start();
    const job = await program.ask('a lighthouse');
    await until('rendering', async () =>
      (await program.messages()).some((message) => message.job?.state === 'rendering'),
    );
    const { code, ms } = await program.stop();
    expect({ code, quick: ms < 15_000 }).toEqual({ code: 0, quick: true });
    await until('nothing is left', () => processesOf(dir).length === 0);
    if (!redisKinds.includes('server')) return;
    await program.start();
    await film(program, job, 25_000);
    await until('captured', async () => (await quotaOf(program)).spent === 4);
    await program.stop();
    expect(await runAudit(dir)).toMatchObject({ code: 0, output: expect.stringMatching(/1 jobs.*differences: 0/) });
  }, 90_000);

  test.each([
    [{ PORT: 'eighty' }, /PORT: got "eighty", takes/],
    [{ VIDEO_API_URL: 'https://gateway.example/v1', VIDEO_API_KEY: 'k' }, /BUDGET_MONEY/],
    [{ HOST: '0.0.0.0' }, /STUDIO_TOKEN/],
  ])('does not start with settings that cannot be used: %o', async (env, says) => {
    const { dir } = await setUp();
    const child = spawn(process.execPath, nodeArguments('src/main.ts'), {
      cwd: root,
      env: { PATH: process.env.PATH, DATA_DIR: dir, ...env },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(1);
    expect(said).toMatch(says);
    expect(said).not.toMatch(/^\s+at /m);
  });
});

test('web and worker apart, with the sandbox in the worker: what is asked of the one is made by the other', async () => {
  if (!redisKinds.includes('server')) return;
  const { program: web, dir } = await setUp({}, false, 'web');
  const worker = createProgram(dir, await freePort(), {}, 'worker');
  await worker.start();
  await web.start();
  const job = await web.ask('a paper boat');
  await film(web, job, 25_000);
}, 90_000);

describe('what cannot start says what to do, and leaves nothing behind', () => {
  const refusedStart = async (env: Record<string, string>): Promise<string> => {
    const child = spawn(process.execPath, nodeArguments('src/main.ts'), {
      cwd: root,
      env: { PATH: process.env.PATH, ...env },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
    expect(said).not.toMatch(/^\s+at /m);
    return said;
  };

  test('a port or a data folder that is taken', async () => {
    const { program, dir } = await setUp();
    await program.start();
    const other = await setUp();
    expect(await refusedStart({ PORT: new URL(program.base).port, DATA_DIR: other.dir })).toMatch(
      /^PORT: \d+ on .* is taken/,
    );
    await until('no Redis is left', () => processesOf(other.dir).length === 0);
    expect(await refusedStart({ PORT: String(await freePort()), DATA_DIR: dir })).toMatch(/^DATA_DIR: another sandbox/);
  }, 60_000);

  test('a data folder that cannot be written, a Redis that is not there', async () => {
    expect(await refusedStart({ DATA_DIR: join(root, 'package.json', 'data') })).toMatch(
      /^DATA_DIR: .* cannot be written/,
    );
    expect(await refusedStart({ REDIS_URL: 'redis://127.0.0.1:1' })).toMatch(/^REDIS_URL .* Start it/m);
  }, 60_000);
});

test('while Redis is away nothing is accepted, in plain words; when it is back the program goes on by itself', async () => {
  const redis = await startRedis(redisKinds[0] as RedisKind);
  closers.push(redis.close);
  const { program } = await setUp({ REDIS_URL: redis.url });
  await program.start();
  const job = await program.ask('before');
  await redis.kill();
  await until('not ready', async () => (await fetch(`${program.base}/readyz`)).status === 503);
  const refused = await program.api('/api/threads/chaos/calls', {
    method: 'POST',
    body: JSON.stringify({ command: 'video', values: { prompt: 'meanwhile' } }),
  });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  const { error } = (await refused.json()) as { error: string };
  expect(error).toMatch(/cannot reach its memory|lost the connection/);
  expect((await fetch(`${program.base}/healthz`)).status).toBe(200);
  await redis.restart();
  await until('ready', async () => (await fetch(`${program.base}/readyz`)).status === 200);
  await film(program, job, 40_000);
  await film(program, await program.ask('after'), 30_000);
  expect((await program.messages()).filter((message) => message.video)).toHaveLength(2);
}, 120_000);

test.runIf(redisKinds.includes('server'))(
  'a Redis that changes its password is told in the log, and no password is',
  async () => {
    const redis = await startRedis('server');
    closers.push(redis.close);
    const operator = redis.connect();
    await operator.config('SET', 'requirepass', 'hunter2secret');
    const { program } = await setUp({ REDIS_URL: redis.url.replace('//', '//:hunter2secret@'), LOG_LEVEL: 'debug' });
    await program.start();
    await operator.config('SET', 'requirepass', 'changed');
    await operator.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    const refusals = (): number =>
      program
        .output()
        .split('\n')
        .filter((line) => line.includes('WRONGPASS') && line.includes('the queue is out of reach')).length;
    await until('told of the queues and the workers, again and again', () => refusals() >= 24);
    expect(program.output()).not.toContain('hunter2secret');
    const lines = program
      .output()
      .split('\n')
      .filter((line) => /error|Error/.test(line));
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
  },
  60_000,
);
