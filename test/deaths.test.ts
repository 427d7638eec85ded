import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createBoard } from '../platforms/web/board.ts';
import { createPoster, createRights } from '../platforms/web/post.ts';
import { audit } from '../src/desk/audit.ts';
import { TransientError } from '../src/domain/errors.ts';
import { startSandbox } from '../src/sandbox/server.ts';
import { sandboxCards } from '../src/video/cards.ts';
import { runnable } from './support/compiled.ts';
import { callOf, jobOf, startHouse } from './support/house.ts';
import { createTestLog } from './support/log.ts';
import { type RedisKind, redisKinds, startRedis } from './support/redis.ts';
import { until } from './support/until.ts';

let closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

test('a job that kills its worker is parked after its third death; the neighbour that died with it is delivered', async () => {
  const redis = await startRedis(redisKinds[0] as RedisKind);
  const sandbox = await startSandbox({ cards: sandboxCards, key: 'a-key', render: 'instant' });
  const dir = await mkdtemp(join(tmpdir(), 'dailies-deaths-'));
  closers.push(redis.close, sandbox.close, () => rm(dir, { recursive: true, force: true }));
  const connection = redis.connect();
  const board = createBoard(connection, 'studio');
  await board.open({ id: 'boats', channel: 'general', title: 'Boats' });

  // A house that takes the calls and posts no film, whatever its workers manage to do before it is closed.
  const film = async (): Promise<never> => {
    throw new TransientError('not from here');
  };
  const chat = { poster: { ...createPoster(board, []), film }, rights: createRights(board, []) };
  const gateway = { url: sandbox.url, key: 'a-key' };
  const shared = { redis, chat, gateway, models: sandboxCards, log: createTestLog(), dir };
  const { origin } = callOf('quota');
  const desk = await startHouse({ ...shared, concurrency: { submit: 1, poll: 1, deliver: 1 } });
  closers.push(desk.close);
  const poison = jobOf(await desk.handle(callOf('video', { prompt: 'poison' })));
  const neighbours: string[] = [];
  for (const prompt of ['a boat', 'a bridge', 'a lamp']) {
    neighbours.push(jobOf(await desk.handle(callOf('video', { prompt }))));
  }
  await desk.close();

  const deaths: (string | null)[] = [];
  let child: ChildProcess | undefined;
  let stopping = false;
  const spawn = (): void => {
    const { file, options } = runnable('test/support/deadly-worker.ts');
    child = fork(file, [redis.url, sandbox.url, dir], { execArgv: options });
    child.once('exit', (_code, signal) => {
      if (stopping) return;
      deaths.push(signal);
      if (deaths.length < 6) spawn();
    });
  };
  spawn();
  closers.push(async () => {
    stopping = true;
    child?.kill('SIGKILL');
  });

  const parked = await until(
    'parked',
    async () => {
      const job = await desk.job(origin, poison);
      return job.parked && job;
    },
    80_000,
  );
  expect(deaths.length).toBeGreaterThanOrEqual(3);
  expect(parked.settled).toBeUndefined();
  for (const id of neighbours) {
    await until(`${id} delivered`, async () => (await desk.job(origin, id)).settled === 'captured', 30_000);
  }
  expect(deaths).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL']);
  await until('its thread says so', async () => {
    const cards = (await board.messages('boats')).filter((message) => message.card?.job === poison);
    return cards.length === 1 && cards[0]?.card?.line.startsWith('Stuck');
  });
  const films = (await board.messages('boats')).flatMap((message) => (message.video ? [message.video.job] : []));
  expect(films.sort()).toEqual([...neighbours].sort());
  expect(sandbox.stats().billed).toBe(4);
  expect((await audit(connection)).problems).toEqual([]);
}, 150_000);
