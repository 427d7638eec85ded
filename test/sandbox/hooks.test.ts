import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { isTakenHook } from '../../src/sandbox/hookAddress.ts';
import { json, type Script, startScripted } from '../support/scripted.ts';
import { until } from '../support/until.ts';
import { folder, sandbox } from './support.ts';

const secret = 'whsec_bm9ib2R5LWtub3dzLXRoaXMtb25l';
const order = { model: 'sora-2', prompt: 'a paper boat in the rain', user: 'j1' };

async function receiver(script: Script = json(200, {})) {
  const server = await startScripted(script);
  onTestFinished(server.close);
  const url = `${server.origin}/hooks/j1?sig=1`;
  return { ...server, url };
}

test('a completed video is told once, signed, with the ids of both the request and the video', async () => {
  const { seen, url } = await receiver();
  const { submit, call, reached } = await sandbox({ webhookSecret: secret });
  const { id } = (await submit({ ...order, webhook_url: url })).body;
  const video = await reached(id, 'completed');
  await until('told', () => seen.length === 1);
  const [first] = seen;
  const headers = first?.headers as Record<string, string>;
  const event = new Webhook(secret).verify(first?.body ?? '', headers);
  const { data } = (await call('/requests?user=j1')).json as { data: { id: string }[] };
  expect(event).toMatchObject({
    type: 'video.completed',
    data: {
      ...{ id: data[0]?.id, video_id: id, object: 'video.generation', status: 'completed', user: 'j1' },
      output: { url: video.output?.url },
    },
  });
  expect([first?.method, first?.path]).toEqual(['POST', '/hooks/j1?sig=1']);
  expect(() => new Webhook('whsec_b3RoZXI=').verify(first?.body ?? '', headers)).toThrow('signature');
  expect(() => new Webhook(secret).verify(`${first?.body} `, headers)).toThrow('signature');
});

test('a failed and a cancelled video are told too', async () => {
  const { seen, url } = await receiver();
  const { submit, call, reached } = await sandbox({ delayMs: (prompt) => (prompt === 'slow' ? 3600_000 : 0) });
  await submit({ ...order, prompt: 'fail please', webhook_url: url });
  const { id } = (await submit({ ...order, prompt: 'slow', webhook_url: url })).body;
  await reached(id, 'in_progress');
  await call(`/videos/${id}`, { method: 'DELETE' });
  await until('told', () => seen.length === 2);
  const events = seen.map(({ body }) => JSON.parse(body));
  expect(events.map(({ type }) => type).sort()).toEqual(['video.cancelled', 'video.failed']);
  expect(events.find(({ type }) => type === 'video.failed').data.error.code).toBe('UPSTREAM_ERROR');
});

test('what is not taken is sent again under the same id, and then given up', async () => {
  const logged: object[] = [];
  const { seen, url, on } = await receiver(json(500, {}));
  const options = { webhookSecret: secret, webhookRetryMs: [1, 1, 1] };
  const { submit } = await sandbox({ ...options, log: { error: (fields) => logged.push(fields) } });
  await submit({ ...order, webhook_url: url });
  await until('given up', () => logged.length === 1);
  expect(seen).toHaveLength(4);
  expect(new Set(seen.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  for (const { body, headers } of seen) new Webhook(secret).verify(body, headers as Record<string, string>);
  expect(JSON.stringify(logged)).not.toContain('sig=1');

  on((reply) => (seen.length < 6 ? reply.destroy() : reply.writeHead(204).end()));
  await submit({ ...order, webhook_url: url });
  await until('taken at the second try', () => seen.length === 6);
});

test('it follows no redirect', async () => {
  const [elsewhere, logged] = [await receiver(), [] as object[]];
  const { url } = await receiver((reply) => reply.writeHead(307, { location: elsewhere.url }).end());
  const { submit } = await sandbox({ webhookRetryMs: [], log: { error: (fields) => logged.push(fields) } });
  await submit({ ...order, webhook_url: url });
  await until('given up', () => logged.length === 1);
  expect(elsewhere.seen).toEqual([]);
});

test('an address elsewhere is taken, and never called', async () => {
  const hosts: string[] = [];
  const listen = (message: unknown) => hosts.push((message as { request: ClientRequest }).request.host);
  subscribe('http.client.request.start', listen);
  onTestFinished(() => void unsubscribe('http.client.request.start', listen));
  const { seen, url } = await receiver();
  const { submit, reached } = await sandbox();
  const { id } = (await submit({ ...order, webhook_url: 'https://hooks.example.com/a' })).body;
  await reached(id, 'completed');
  await submit({ ...order, webhook_url: url });
  await until('told', () => seen.length === 1);
  expect(new Set(hosts)).toEqual(new Set(['127.0.0.1']));
});

test('closing waits for nobody: a receiver that is silent, and a retry that is due in an hour', async () => {
  const silent = await receiver(() => undefined);
  const refusing = await receiver(json(503, {}));
  const { submit, close } = await sandbox({ webhookRetryMs: [3600_000] });
  await submit({ ...order, webhook_url: silent.url });
  await submit({ ...order, webhook_url: refusing.url });
  await until('under way', () => silent.seen.length === 1 && refusing.seen.length === 1);
  const begun = performance.now();
  await close();
  expect(performance.now() - begun).toBeLessThan(3000);
});

test('a webhook outlives a restart, under the same secret', async () => {
  const { seen, url } = await receiver();
  const dir = await folder();
  const first = await sandbox({ dir, delayMs: () => 3600_000 });
  await first.submit({ ...order, webhook_url: url });
  const { key } = (await first.call('/webhooks/secret')).json as { key: string };
  expect(key).toMatch(/^whsec_/);
  await first.close();
  await sandbox({ dir });
  await until('told', () => seen.length === 1);
  new Webhook(key).verify(seen[0]?.body ?? '', seen[0]?.headers as Record<string, string>);
});

test.each([
  ['https://hooks.example.com/a', true],
  ['https://hooks.example.com:8443/a', true],
  ['https://hooks.example.com:9000/a', false],
  ['http://hooks.example.com/a', false],
  ['https://93.184.216.34/a', false],
  ['https://[2606:2800::1]/a', false],
  ['http://127.0.0.1:3000/a', true],
  ['http://2130706433:3000/a', true],
  ['http://localhost:3000/a', true],
  ['http://[::1]:3000/a', true],
  ['http://127.0.0.1.example.com/a', false],
  ['http://169.254.169.254/latest', false],
  ['ftp://localhost/a', false],
  ['nowhere', false],
])('a webhook to %s is taken: %s', async (address, taken) => {
  expect(isTakenHook(address)).toBe(taken);
});

test('an order with an address that is not taken is refused', async () => {
  const { submit, stats } = await sandbox();
  expect((await submit({ ...order, webhook_url: 'http://example.com/' })).status).toBe(400);
  expect((await submit({ ...order, webhook_url: 'https://hooks.example.com/a' })).status).toBe(202);
  expect(stats().billed).toBe(1);
});
