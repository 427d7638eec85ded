import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.ts';
import { cards, dataUri, folder, key, picture, sandbox, until } from './support.ts';

const order = { model: 'sora-2', prompt: 'a paper boat in the rain', idempotency_key: 'j1' };
const forever = (): number => 3600_000;

test('the same key makes one film, however often and in whatever form it comes', async () => {
  const { submit, stats, url } = await sandbox();
  const answers = await Promise.all(Array.from({ length: 20 }, () => submit(order)));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 202]);
  expect((await submit({ ...order, seconds: '4', size: '16:9' })).status).toBe(200);
  expect(stats()).toMatchObject({ submits: 21, billed: 1, replays: 20 });
  const shown = await fetch(url.replace('/v1', '/sandbox/stats'));
  expect(await shown.json()).toEqual(stats());
});

test('the same key with another request is a conflict, a refused request leaves the key free', async () => {
  const { submit, stats } = await sandbox();
  expect((await submit({ ...order, seconds: 5 })).status).toBe(400);
  const { body } = await submit({ ...order, input_reference: dataUri(await picture(320, 180)) });
  expect(body.status).toBe('queued');
  for (const other of [
    { prompt: 'another' },
    { seconds: 8 },
    {},
    { input_reference: dataUri(await picture(640, 360)) },
  ]) {
    const answer = await submit({ ...order, ...other });
    expect([answer.status, answer.body.error.code]).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
  }
  expect(stats().billed).toBe(1);
});

test('too many unfinished tasks are told when to come back, but a repeated one is answered', async () => {
  const { submit, call } = await sandbox({ maxUnfinished: 2, delayMs: forever });
  const first = await submit(order);
  await submit({ ...order, idempotency_key: 'j2' });
  const refused = await submit({ ...order, idempotency_key: 'j3' });
  expect([refused.status, refused.body.error.code, refused.body.error.type]).toEqual([
    429,
    'RATE_LIMITED',
    'rate_limit_error',
  ]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await submit(order)).status).toBe(200);
  expect((await call(`/videos/${first.body.id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await submit({ ...order, idempotency_key: 'j3' })).status).toBe(202);
});

test('a cancelled task stays cancelled, a completed one stays completed', async () => {
  const { submit, call, poll, reached } = await sandbox({ delayMs: (prompt) => (prompt === 'slow' ? 3600_000 : 0) });
  const slow = await submit({ model: 'sora-2', prompt: 'slow' });
  await reached(slow.body.id, 'in_progress');
  expect((await call(`/videos/${slow.body.id}/content`)).status).toBe(404);
  expect((await call(`/videos/${slow.body.id}`, { method: 'DELETE' })).status).toBe(204);
  expect(await poll(slow.body.id)).toMatchObject({ status: 'cancelled', output: null });
  const quick = await submit(order);
  await reached(quick.body.id, 'completed');
  expect((await call(`/videos/${quick.body.id}`, { method: 'DELETE' })).status).toBe(204);
  expect(await poll(quick.body.id)).toMatchObject({ status: 'completed' });
});

test('the film comes after the delay of its prompt', async () => {
  const { submit, reached } = await sandbox({ delayMs: () => 300 });
  const begun = performance.now();
  await reached((await submit(order)).body.id, 'completed');
  expect(performance.now() - begun).toBeGreaterThan(295);
});

test('the link needs no key, and serves ranges', async () => {
  const { submit, reached, file, url } = await sandbox();
  const { output } = await reached((await submit(order)).body.id, 'completed');
  const link = output?.url as string;
  const whole = Buffer.from(await (await file(link)).arrayBuffer());
  for (const [range, from, to] of [
    ['bytes=0-99', 0, 100],
    ['bytes=100-', 100, whole.length],
    ['bytes=-50', whole.length - 50, whole.length],
    ['bytes=10-99999999', 10, whole.length],
  ] as const) {
    const part = await file(link, { range });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${whole.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(from, to))).toBe(true);
  }
  const outside = await file(link, { range: `bytes=${whole.length}-` });
  expect([outside.status, outside.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`]);
  const head = await fetch(link, { method: 'HEAD' });
  expect(head.headers.get('content-length')).toBe(String(whole.length));
  expect((await file(`${url.replace('/v1', '')}/media/guessed.mp4`)).status).toBe(404);
});

test('the link and the content end when they expire', async () => {
  const { submit, reached, file, call } = await sandbox({ linkTtlMs: 1 });
  const { id, output } = await reached((await submit(order)).body.id, 'completed');
  const ended = await until(async () => {
    const { status } = await file(output?.url as string);
    return status === 200 ? undefined : status;
  });
  expect(ended).toBe(410);
  const content = await call(`/videos/${id}/content`);
  expect([content.status, content.body.error.code]).toEqual([410, 'EXPIRED']);
});

test('a restart forgets no task, no key, no film and no bill', async () => {
  const dir = await folder();
  const first = await sandbox({ dir, delayMs: (prompt) => (prompt === 'slow' ? 3600_000 : 0) });
  const quick = await first.reached((await first.submit(order)).body.id, 'completed');
  const slow = await first.submit({ ...order, prompt: 'slow', idempotency_key: 'j2' });
  await first.close();

  const second = await sandbox({ dir });
  expect(await second.reached(slow.body.id, 'completed')).toMatchObject({ prompt: 'slow' });
  const known = await second.poll(quick.id);
  expect(known).toMatchObject({ status: 'completed', completed_at: quick.completed_at });
  expect((await second.file(known.output?.url as string)).status).toBe(200);
  expect((await second.submit(order)).body.id).toBe(quick.id);
  expect(second.stats()).toMatchObject({ billed: 2, replays: 1 });
});

test('every accepted task is on disk before it is answered', async () => {
  const dir = await folder();
  const { submit } = await sandbox({ dir, delayMs: forever });
  const { body } = await submit(order);
  const kept = JSON.parse(await readFile(join(dir, 'tasks', `${body.id}.json`), 'utf8'));
  expect(kept).toMatchObject({ id: body.id, key: 'j1', prompt: order.prompt });
});

test('after a day an ended task is forgotten with its files, but not its bill', async () => {
  const dir = await folder();
  const first = await sandbox({ dir });
  const video = await first.reached((await first.submit(order)).body.id, 'completed');
  await first.close();
  const path = join(dir, 'tasks', `${video.id}.json`);
  const task = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...task, createdAt: Date.now() - 25 * 3600_000 }));

  const second = await sandbox({ dir });
  expect((await second.call(`/videos/${video.id}`)).status).toBe(404);
  expect(await readdir(join(dir, 'tasks'))).toEqual([]);
  expect(second.stats().billed).toBe(1);
  expect((await second.submit(order)).status).toBe(202);
  await second.close();
  expect((await sandbox({ dir })).stats().billed).toBe(2);
});

test('a taken port is an error of the start', async () => {
  const { url } = await sandbox();
  await expect(startSandbox({ cards, key, port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE');
});
