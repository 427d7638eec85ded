import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quickKind, startRedis, type TestRedis } from '../../support/redis.ts';
import { startStudio, type TestStudio } from './studio.ts';

const token = 'a-token-of-sixteen-letters';
let redis: TestRedis;
let open: TestStudio;
let closed: TestStudio;
beforeAll(async () => {
  redis = await startRedis(quickKind);
  open = await startStudio(redis.connect());
  closed = await startStudio(redis.connect(), { token });
});
afterAll(async () => {
  await open.close();
  await closed.close();
  await redis.close();
});

/** A request with headers that fetch does not let one set; `body` pieces are sent as fast as they are taken. */
function raw(
  studio: TestStudio,
  options: { path: string; method?: string; headers?: Record<string, string> },
  body?: { piece: Buffer; times: number },
): Promise<{ status: number; text: string; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = false;
    const asked = request({ host: '127.0.0.1', port: studio.port, ...options }, (answer) => {
      let text = '';
      answered = true;
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
        if (text.endsWith('}')) resolve({ status: answer.statusCode ?? 0, text, sent });
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, sent }));
    });
    asked.on('error', (error) => {
      if (!answered) reject(error);
    });
    const send = (): void => {
      while (body && sent < body.piece.length * body.times && !answered) {
        sent += body.piece.length;
        if (!asked.write(body.piece)) {
          asked.once('drain', send);
          return;
        }
      }
      if (!answered) asked.end();
      else asked.destroy();
    };
    send();
  });
}

const member = { 'x-member': 'ada' };

describe('the studio without a token', () => {
  it.each(['evil.example', 'localhost.evil.example', 'evil:80'])('does not answer to the name %j', async (host) => {
    const { status } = await raw(open, { path: '/api/commands', headers: { ...member, host } });
    expect(status).toBe(403);
  });

  it.each(['localhost:3000', '127.0.0.1', '[::1]:80', 'films.example'])('answers to %s', async (host) => {
    expect((await raw(open, { path: '/api/commands', headers: { ...member, host } })).status).toBe(200);
  });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://evil.example' },
    { origin: 'null' },
  ])('refuses a page of another site: %j', async (headers) => {
    const answer = await open.ask('/api/threads/lab/calls', { command: 'quota' }, { headers });
    expect(answer.status).toBe(403);
    expect(open.house.calls).toEqual([]);
  });

  it('takes requests of its own page', async () => {
    const headers = { 'sec-fetch-site': 'same-origin', origin: open.url };
    expect((await open.ask('/api/threads/own/calls', { command: 'quota' }, { headers })).status).toBe(202);
  });

  it('forbids scripts and styles from anywhere but itself, and sniffing', async () => {
    const { headers, text } = await open.ask('/t/welcome');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self'; (?!.*unsafe)/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(text).not.toMatch(/ style=| on\w+=|https?:\/\/(?!www\.w3\.org)/);
  });
});

describe('the studio with a token', () => {
  it.each(['/', '/t/welcome', '/api/commands', `/media/${'a'.repeat(64)}.mp4`])('keeps %s closed', async (path) => {
    expect((await closed.ask(path)).status).toBe(401);
    expect((await closed.ask(path, undefined, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect((await closed.ask(path, undefined, { headers: { authorization: `Bearer ${token}` } })).status).not.toBe(401);
  });

  it('lets a browser in by its login page', async () => {
    const lost = await closed.ask('/t/welcome', undefined, { headers: { accept: 'text/html' } });
    expect([lost.status, lost.headers.get('location')]).toEqual([302, '/login']);
    const login = (sent: string) =>
      fetch(`${closed.url}/login`, { method: 'POST', body: new URLSearchParams({ token: sent }), redirect: 'manual' });
    expect((await login('wrong')).status).toBe(401);
    const welcome = await login(token);
    expect(welcome.status).toBe(303);
    const cookie = welcome.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).not.toContain(token);
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    expect((await closed.ask('/t/welcome', undefined, { headers })).status).toBe(200);
  });
});

describe('a large upload', () => {
  const piece = Buffer.alloc(1024 * 1024, 'x');
  const type = { ...member, 'content-type': 'multipart/form-data; boundary=b' };
  const path = '/api/threads/lab/calls';

  it('is refused by its announced length before it is sent', async () => {
    const length = String(200 * piece.length);
    const headers = { ...type, 'content-length': length };
    const answer = await raw(open, { path, method: 'POST', headers }, { piece, times: 200 });
    expect([answer.status, JSON.parse(answer.text).field]).toEqual([400, 'body']);
    expect(answer.sent).toBeLessThan(24 * piece.length);
  });

  it('is refused at the cap when its length is not told, and the sender gets the answer', async () => {
    const answer = await raw(open, { path, method: 'POST', headers: type }, { piece, times: 200 });
    expect([answer.status, JSON.parse(answer.text).field]).toEqual([400, 'body']);
    expect(answer.sent).toBeLessThan(80 * piece.length);
  });

  it('is refused so that fetch, which sends all it has, reads the answer too', async () => {
    const form = new FormData();
    form.append('command', 'video');
    form.append('image', new File([new Uint8Array(60 * 1024 * 1024)], 'big.png'));
    expect((await open.ask(path, form)).status).toBe(400);
  });
});

describe('a stored film', () => {
  const name = `${'c'.repeat(64)}.mp4`;
  const get = (range?: string) => open.ask(`/media/${name}`, undefined, { headers: range ? { range } : {} });
  beforeAll(() => open.house.store(name, Buffer.from('0123456789')));

  it.each([
    [undefined, 200, '0123456789', null],
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['pages=1-2', 200, '0123456789', null],
  ])('comes by the range %s', async (range, status, text, told) => {
    const answer = await get(range);
    expect([answer.status, answer.text, answer.headers.get('content-range')]).toEqual([status, text, told]);
  });

  it('may be kept for ever, as what it is', async () => {
    const { headers } = await get();
    expect(headers.get('content-type')).toBe('video/mp4');
    expect(headers.get('cache-control')).toContain('immutable');
  });

  it('is nobody’s to see once it was removed, whoever kept its address, and in no part', async () => {
    const removed = `${'e'.repeat(64)}.mp4`;
    await open.house.store(removed, Buffer.from('0123456789'));
    const ask = (headers = {}) => open.ask(`/media/${removed}`, undefined, { headers });
    expect((await ask()).status).toBe(200);
    await open.withheld.add(removed);
    for (const headers of [{}, { range: 'bytes=2-4' }, { 'if-none-match': `"${removed}"` }])
      expect(await ask(headers)).toMatchObject({ status: 404, json: { error: expect.any(String) } });
    expect((await get()).status).toBe(200);
  });

  it.each(['..%2f..%2fetc%2fpasswd', 'x.mp4', `${'d'.repeat(64)}.mp4`, `${'c'.repeat(64)}.svg`])(
    'is not %s',
    async (odd) => {
      expect((await open.ask(`/media/${odd}`)).status).toBe(404);
    },
  );
});
