import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import busboy from 'busboy';
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendMultipart } from '../../../platforms/discord/multipart.ts';
import { createRest } from '../../../platforms/discord/rest.ts';
import { useClosing } from '../../support/closing.ts';
import { tempFolder } from '../../support/folder.ts';
import { createTestLog } from '../../support/log.ts';
import { until } from '../../support/until.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
beforeAll(async () => {
  folder = await tempFolder();
});
afterAll(() => folder.remove());
const { closing, later } = useClosing();

async function serverWith(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return closing({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
    sockets: () =>
      new Promise<number>((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  });
}

/** What a multipart request brought, as a parser of somebody else's reads it. */
async function received(request: IncomingMessage) {
  const parts: Record<string, unknown> = {};
  const parser = busboy({ headers: request.headers });
  parser.on('field', (name, value) => {
    parts[name] = JSON.parse(value);
  });
  parser.on('file', (name, stream, { filename, mimeType }) => {
    const hash = createHash('sha256');
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      bytes += chunk.length;
    });
    stream.on('end', () => {
      parts[name] = { filename, mimeType, bytes, sha256: hash.digest('hex') };
    });
  });
  request.pipe(parser);
  await once(parser, 'close');
  return parts;
}

/** A file of so many bytes that repeat at no power of two. */
async function fileOf(bytes: number) {
  const path = join(folder.path, `${bytes}.mp4`);
  const content = Buffer.from(Uint8Array.from({ length: bytes }, (_, n) => n % 251));
  await writeFile(path, content);
  return {
    file: { path, name: 'a-film.mp4', type: 'video/mp4' },
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}
const payload = { content: 'one “line”\r\n--and another', nonce: 'n' };
const send = (url: string, file: Awaited<ReturnType<typeof fileOf>>['file'], signal?: AbortSignal) =>
  sendMultipart(url, { payload, file }, { method: 'POST', headers: { authorization: 'Bot x' }, signal });

describe('a message with a file', () => {
  test.each([0, 1, 262_144, 1_000_003])('of %i bytes arrives as it is, with its words', async (bytes) => {
    let got: unknown;
    const { url } = await serverWith(async (request, response) => {
      got = { ...(await received(request)), authorization: request.headers.authorization };
      response.setHeader('content-type', 'application/json').setHeader('x-ratelimit-limit', '5').end('{"id":"1"}');
    });
    const { file, sha256 } = await fileOf(bytes);
    for (const time of ['once', 'again']) {
      const answer = await send(url, file);
      expect([time, answer.status, answer.headers.get('x-ratelimit-limit'), await answer.json()]).toEqual([
        ...[time, 200, '5', { id: '1' }],
      ]);
      expect(got).toEqual({
        ...{ payload_json: payload, authorization: 'Bot x' },
        'files[0]': { filename: 'a-film.mp4', mimeType: 'video/mp4', bytes, sha256 },
      });
    }
  });

  test('that is refused before it has arrived: the answer counts, and the upload ends', async () => {
    let arrived = 0;
    const { url, sockets } = await serverWith((request, response) => {
      request.on('data', (chunk: Buffer) => {
        arrived += chunk.length;
      });
      request.once('data', () => response.writeHead(413).end('<html>too large</html>'));
    });
    const { file } = await fileOf(20_000_000);
    const answer = await send(url, file);
    expect([answer.status, await answer.text()]).toEqual([413, '<html>too large</html>']);
    await until('no socket is left', async () => (await sockets()) === 0, 10_000);
    expect(arrived).toBeLessThan(20_000_000);
  });

  test('whose server answers and hangs up at once: what of the answer came counts, else the connection broke', async () => {
    const { url, sockets } = await serverWith((request, response) => {
      request.once('data', () => {
        request.pause();
        response.writeHead(413, { connection: 'close' }).end('<html>too large</html>');
      });
    });
    const { file } = await fileOf(20_000_000);
    const came = await send(url, file).catch((error: unknown) => error);
    if (came instanceof Response) expect(came.status).toBe(413);
    else expect(came).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    await until('no socket is left', async () => (await sockets()) === 0);
  });

  test('whose connection breaks, or that is stopped, rejects, and leaves no socket', async () => {
    const cut = await serverWith((request) => request.once('data', () => request.socket.destroy()));
    const { file } = await fileOf(20_000_000);
    await expect(send(cut.url, file)).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    const silent = await serverWith((request) => request.resume());
    const stop = new AbortController();
    const sent = send(silent.url, file, stop.signal);
    await until('under way', async () => (await silent.sockets()) === 1);
    stop.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    await until('no socket is left', async () => (await silent.sockets()) === 0);
  });

  test('that is not there says so, and asks nobody', async () => {
    const { url, sockets } = await serverWith((_request, response) => void response.end());
    const missing = { path: join(folder.path, 'none.mp4'), name: 'a.mp4', type: 'video/mp4' };
    await expect(send(url, missing)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await sockets()).toBe(0);
  });
});

test('a form of the library arrives, whichever undici was loaded first', async () => {
  const came: unknown[] = [];
  const { url } = await serverWith(async (request, response) => {
    came.push(await received(request));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  const rest = createRest({ token: 'x', appId: undefined, api: url, log: createTestLog(), limited: () => undefined });
  later(async () => rest.close());
  const before = getGlobalDispatcher();
  const agent = new Agent();
  setGlobalDispatcher(agent);
  try {
    const files = [{ data: 'hello', name: 'a.txt' }];
    await rest.answers.post('/webhooks/1/x', { auth: false, body: { content: 'a' }, files });
  } finally {
    setGlobalDispatcher(before);
    await agent.close();
  }
  expect(came).toEqual([
    {
      payload_json: { content: 'a' },
      'files[0]': expect.objectContaining({
        filename: 'a.txt',
        bytes: 5,
        sha256: createHash('sha256').update('hello').digest('hex'),
      }),
    },
  ]);
});
