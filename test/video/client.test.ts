import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../src/domain/errors.ts';
import { gatewayProfileSchema } from '../../src/domain/gateway.ts';
import { createVideoApi } from '../../src/video/client.ts';
import { failureOf, half, key, kindOf, never, order, recipe, refused, reset } from '../gateway/rig.ts';
import { closedPort, json, type Script, type Scripted, startScripted } from '../support/scripted.ts';

const shape = { dialect: 'output', profile: gatewayProfileSchema.parse({}) } as const;

let server: Scripted;
let api: ReturnType<typeof createVideoApi>;
beforeAll(async () => {
  server = await startScripted();
  api = createVideoApi({ baseUrl: `${server.origin}/v1/`, key, ...shape, timeoutMs: 5_000 });
});
beforeEach(() => {
  server.seen.length = 0;
});
afterAll(async () => {
  await api.close();
  await server.close();
});

const submit = (signal = never) => api.submit(order, signal);
const silence: Script = () => undefined;
const drip: Script = (reply) => {
  reply.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => reply.write(' '), 20);
  reply.on('close', () => clearInterval(timer));
};
const flood: Script = (reply) => reply.writeHead(200).end(`{"id":"video_1","status":"queued"${' '.repeat(8_000_000)}}`);

describe('a submit', () => {
  it('sends the recipe as the page says, with the API key in the header and the idempotency key in the body', async () => {
    server.on(json(202, { id: 'video_1', object: 'video', status: 'queued', some: 'thing new' }));
    expect(await submit()).toEqual({ taskId: 'video_1' });
    const [seen] = server.seen;
    expect([seen?.method, seen?.path]).toEqual(['POST', '/v1/videos']);
    expect(seen?.headers).toMatchObject({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });
    expect(JSON.parse(seen?.body ?? '')).toEqual({
      model: 'sora-2',
      prompt: 'a paper boat',
      seconds: '8',
      size: '1365x768',
      idempotency_key: 'jabc-1',
      user: 'jabc-1',
    });
  });

  it('lets extras add, but never change what was agreed on', async () => {
    server.on(json(202, { id: 'video_1' }));
    const extras = { n: 4, duration: 20, seconds: '20', model: 'dear', user: 'x', idempotency_key: 'x', seed: 7 };
    await api.submit({ ...order, recipe: { ...recipe, extras } }, never);
    const body = JSON.parse(server.seen[0]?.body ?? '');
    expect(body).toMatchObject({ model: 'sora-2', seconds: '8', user: 'jabc-1', idempotency_key: 'jabc-1', seed: 7 });
    expect(Object.keys(body)).not.toContain('n');
    expect(Object.keys(body)).not.toContain('duration');
  });

  it.each([
    ['png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47)],
    ['jpeg', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)],
  ])('carries a %s as a data URI', async (type, bytes) => {
    server.on(json(200, { id: 'video_1' }));
    await api.submit({ ...order, picture: { name: 'boat', bytes } }, never);
    const image_url = `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`;
    expect(JSON.parse(server.seen[0]?.body ?? '').input_reference).toEqual({ image_url });
  });

  it.each([
    ['401 AUTHENTICATION_FAILED', json(401, refused('AUTHENTICATION_FAILED', `bad key ${key}`)), 'misconfigured'],
    ['401 without a code', json(401, {}), 'misconfigured'],
    ['403', json(403, refused(null)), 'misconfigured'],
    ['403 with a moderation code', json(403, refused('moderation_blocked')), 'policy'],
    ['402 INSUFFICIENT_BALANCE', json(402, refused('INSUFFICIENT_BALANCE')), 'funds'],
    ['402 without a code', json(402, {}), 'funds'],
    ['429 insufficient_quota', json(429, refused('insufficient_quota')), 'funds'],
    ['400 INVALID_REQUEST', json(400, refused('INVALID_REQUEST')), 'invalid'],
    ['400 with an unknown code', json(400, refused('strange')), 'invalid'],
    ['413', json(413, {}), 'invalid'],
    ['400 CONTENT_POLICY_VIOLATION', json(400, refused('CONTENT_POLICY_VIOLATION')), 'policy'],
    ['400 moderation_blocked', json(400, refused('moderation_blocked')), 'policy'],
    ['400 sentinel_block', json(400, refused('sentinel_block')), 'policy'],
    ['404 MODEL_NOT_FOUND', json(404, refused('MODEL_NOT_FOUND')), 'model'],
    ['404 MODEL_DISABLED', json(404, refused('MODEL_DISABLED')), 'model'],
    ['404 of a wrong base URL', json(404, {}), 'misconfigured'],
    ['a redirect', json(307, {}, { location: 'http://127.0.0.1:1/' }), 'misconfigured'],
    ['429 RATE_LIMITED', json(429, refused('RATE_LIMITED')), 'throttled'],
    ['502 ALL_PROVIDERS_EXHAUSTED', json(502, refused('ALL_PROVIDERS_EXHAUSTED')), 'transient, 2 at most'],
    ['502 without a code', json(502, {}), 'lost answer'],
    ['500 INTERNAL_ERROR', json(500, refused('INTERNAL_ERROR')), 'lost answer'],
    ['400 UPSTREAM_ERROR', json(400, refused('UPSTREAM_ERROR')), 'lost answer'],
    ['503', json(503, {}), 'lost answer'],
    ['408', json(408, {}), 'lost answer'],
    ['409', json(409, {}), 'lost answer'],
    ['a reset after it was sent', reset, 'lost answer'],
    ['an answer cut in the middle', half, 'lost answer'],
    ['an answer without an id', json(202, { status: 'queued' }), 'lost answer'],
    ['an id that would leave its path', json(202, { id: '..' }), 'lost answer'],
    ['an answer that is no JSON', (reply) => reply.writeHead(200).end('<html>'), 'lost answer'],
    ['an endless answer', flood, 'lost answer'],
  ] satisfies [string, Script, string][])('reads %s as it should', async (_name, script, kind) => {
    server.on(script);
    expect(await kindOf(submit())).toBe(kind);
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['silence', silence],
    ['an answer that only trickles', drip],
  ])('gives up on %s, not knowing whether it was taken', async (_name, script) => {
    const hasty = createVideoApi({ baseUrl: server.origin, key, ...shape, timeoutMs: 150 });
    server.on(script);
    expect(await kindOf(hasty.submit(order, never))).toBe('lost answer');
    await hasty.close();
  });

  it.each([
    ['nobody listens', async () => `http://127.0.0.1:${await closedPort()}`],
    ['the name does not exist', async () => 'http://nowhere.invalid'],
  ])('knows that nothing was sent when %s', async (_name, baseUrl) => {
    const away = createVideoApi({ baseUrl: await baseUrl(), key, ...shape, timeoutMs: 4_000 });
    expect(await kindOf(away.submit(order, never))).toBe('transient');
    await away.close();
  });

  it('knows that nothing was sent when the handshake breaks', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => {
      sockets.push(socket);
      socket.once('data', () => socket.resetAndDestroy());
    });
    await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done));
    const { port } = mute.address() as { port: number };
    const away = createVideoApi({ baseUrl: `https://127.0.0.1:${port}`, key, ...shape });
    expect(await kindOf(away.submit(order, never))).toBe('transient');
    expect(sockets).toHaveLength(1);
    await away.close();
    await new Promise((done) => mute.close(done));
  });

  it('takes a connection of its own, so that a closing one never makes it doubtful', async () => {
    const ports: (number | undefined)[] = [];
    server.on((reply, seen) => {
      ports.push(reply.socket?.remotePort);
      json(200, { id: 'video_1', status: 'queued' })(reply, seen);
    });
    await api.poll('video_1', never);
    await submit();
    await api.poll('video_1', never);
    expect(server.seen.map((seen) => seen.headers.connection)).toEqual(['keep-alive', 'close', 'keep-alive']);
    expect([ports[0] === ports[1], ports[0] === ports[2]]).toEqual([false, true]);
  });

  it.each([
    ['seconds', '7', 7_000, 7_000],
    ['a date', new Date(Date.now() + 90_000).toUTCString(), 80_000, 91_000],
  ])('passes on Retry-After in %s as milliseconds', async (_name, header, least, most) => {
    server.on(json(429, refused('RATE_LIMITED'), { 'retry-after': header }));
    const error = await failureOf(submit());
    expect(error).toBeInstanceOf(TransientError);
    expect((error as TransientError).retryAfter).toBeGreaterThanOrEqual(least);
    expect((error as TransientError).retryAfter).toBeLessThanOrEqual(most);
  });

  it('is doubtful when it is aborted on its way, and not begun when aborted before', async () => {
    const stop = new AbortController();
    const patient = createVideoApi({ baseUrl: server.origin, key, ...shape, timeoutMs: 600_000 });
    server.on(() => stop.abort(new Error('closing down')));
    expect(await kindOf(patient.submit(order, stop.signal))).toBe('lost answer');
    await expect(patient.submit(order, stop.signal)).rejects.toThrow('closing down');
    expect(server.seen).toHaveLength(1);
    await patient.close();
  });

  it('keeps messages short and the key out of them, even where a cut would leave half of it', async () => {
    server.on(json(400, refused('INVALID_REQUEST', `${'x'.repeat(190)}${key}${'y'.repeat(5_000)}`)));
    const { message } = await failureOf(submit());
    expect(message).not.toContain(key.slice(0, 6));
    expect(message.length).toBeLessThan(300);
    expect(message).toContain('400 INVALID_REQUEST');
  });
});

describe('a poll', () => {
  const task = (rest: object): Script => json(200, { id: 'video_1', object: 'video', ...rest });
  const poll = (signal = never) => api.poll('video_1', signal);

  it.each([
    ['queued', { status: 'queued' }, { status: 'running' }],
    ['in progress', { status: 'in_progress', progress: 40 }, { status: 'running', percent: 40 }],
    ['an odd percentage', { status: 'in_progress', progress: '?' }, { status: 'running' }],
    ['a status of tomorrow', { status: 'NOT_START' }, { status: 'running' }],
    [
      'completed',
      { status: 'completed', output: { url: 'https://m/1', size_bytes: 1 } },
      { status: 'completed', url: 'https://m/1' },
    ],
    [
      'succeeded, in a list',
      { status: 'succeeded', output: [{ url: 'https://m/1' }] },
      { status: 'completed', url: 'https://m/1' },
    ],
    ['completed without a URL', { status: 'completed', output: null }, { status: 'completed' }],
    ['failed', { status: 'failed', error: null }, { status: 'failed', reason: 'rejected' }],
    [
      'failed by moderation',
      { status: 'failed', error: { code: 'moderation_blocked', message: 'no' } },
      { status: 'failed', reason: 'policy', message: 'moderation_blocked: no' },
    ],
    [
      'failed by exhaustion',
      { status: 'failed', error: { code: 'ALL_PROVIDERS_EXHAUSTED' } },
      { status: 'failed', reason: 'busy' },
    ],
    ['failed upstream', { status: 'failed', error: { code: 'UPSTREAM_ERROR' } }, { reason: 'rejected' }],
    ['failed by funds', { status: 'failed', error: { code: 'INSUFFICIENT_BALANCE' } }, { reason: 'funds' }],
    ['failed in words', { status: 'failed', error: 'sentinel_block' }, { status: 'failed', reason: 'policy' }],
    ['canceled', { status: 'canceled' }, { status: 'failed', reason: 'cancelled' }],
    ['cancelled', { status: 'cancelled' }, { status: 'failed', reason: 'cancelled' }],
    ['expired', { status: 'expired' }, { status: 'failed', reason: 'expired' }],
  ])('reads %s', async (_name, rest, state) => {
    server.on(task(rest));
    expect(await poll()).toMatchObject(state);
  });

  it('asks for the id as one piece of the path, with no url where there is none', async () => {
    server.on(task({ status: 'completed' }));
    expect(await api.poll('a/b?c', never)).not.toHaveProperty('url');
    expect(server.seen[0]?.path).toBe('/v1/videos/a%2Fb%3Fc');
  });

  it('reads 404 as missing', async () => {
    server.on(json(404, refused('NOT_FOUND')));
    expect(await poll()).toEqual({ status: 'missing' });
  });

  it.each([
    ['401', json(401, refused('AUTHENTICATION_FAILED')), 'refused: misconfigured'],
    ['402', json(402, {}), 'refused: funds'],
    ['403', json(403, {}), 'refused: misconfigured'],
    ['408', json(408, {}), 'transient'],
    ['429', json(429, {}), 'throttled'],
    ['429 insufficient_quota', json(429, refused('insufficient_quota')), 'refused: funds'],
    ['500', json(500, refused('INTERNAL_ERROR')), 'transient'],
    ['502 exhausted', json(502, refused('ALL_PROVIDERS_EXHAUSTED')), 'transient'],
    ['a reset', reset, 'transient'],
    ['a cut answer', half, 'transient'],
    ['an endless answer', flood, 'transient'],
    ['no JSON', (reply) => reply.writeHead(200).end('<html>'), 'transient'],
    ['JSON that is no task', json(200, ['?']), 'transient'],
  ] satisfies [string, Script, string][])('never fails a job for %s', async (_name, script, kind) => {
    server.on(script);
    expect(await kindOf(poll())).toBe(kind);
  });

  it('throws the reason of its signal', async () => {
    const stop = new AbortController();
    const patient = createVideoApi({ baseUrl: server.origin, key, ...shape, timeoutMs: 600_000 });
    server.on(() => stop.abort(new Error('closing down')));
    await expect(patient.poll('video_1', stop.signal)).rejects.toThrow('closing down');
    await patient.close();
  });
});

describe('a cancel', () => {
  it.each([
    ['204', (reply) => reply.writeHead(204).end()],
    ['404', json(404, {})],
    ['400 cancel_failed', json(400, refused('cancel_failed'))],
  ] satisfies [string, Script][])('is done with %s', async (_name, script) => {
    server.on(script);
    await api.cancel('video_1', never);
    expect(server.seen[0]).toMatchObject({ method: 'DELETE', path: '/v1/videos/video_1' });
  });

  it.each([
    ['500', json(500, {}), 'transient'],
    ['429', json(429, {}), 'throttled'],
    ['401', json(401, {}), 'refused: misconfigured'],
    ['402', json(402, {}), 'refused: funds'],
    ['a reset', reset, 'transient'],
  ] satisfies [string, Script, string][])('is to be tried again after %s', async (_name, script, kind) => {
    server.on(script);
    expect(await kindOf(api.cancel('video_1', never))).toBe(kind);
  });
});

describe('the list of models', () => {
  it('is read leniently', async () => {
    server.on(json(200, { object: 'list', data: [{ id: 'sora-2', owned_by: 'x' }, { id: 'other' }] }));
    expect(await api.models(never)).toEqual(['sora-2', 'other']);
  });

  it.each([
    ['401', json(401, {}), 'refused: misconfigured'],
    ['404', json(404, {}), 'transient'],
    ['500', json(500, {}), 'transient'],
    ['no list', json(200, {}), 'transient'],
  ] satisfies [string, Script, string][])('reads %s as it should', async (_name, script, kind) => {
    server.on(script);
    expect(await kindOf(api.models(never))).toBe(kind);
  });
});
