import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { isSlacks, upload } from '../../../platforms/slack/transfer.ts';
import { TransientError } from '../../../src/domain/errors.ts';
import { useClosing } from '../../support/closing.ts';
import { tempFolder } from '../../support/folder.ts';
import { startLossy } from '../../support/lossy.ts';
import { until } from '../../support/until.ts';
import { mib, type PosterRigOptions, startPoster } from './poster-rig.ts';
import { adapterOn } from './rig.ts';

const { closing, later } = useClosing();
const begin = async (options: PosterRigOptions = {}) => closing(await startPoster(options));

describe('an upload', () => {
  test.each([
    ['breaks in the middle', { method: 'upload' }],
    ['is answered with 500', { method: 'upload', status: 500 }],
    ['is answered with 404', { method: 'upload', status: 404 }],
    ['gets no address', { method: 'files.getUploadURLExternal', status: 503 }],
    ['is not completed', { method: 'files.completeUploadExternal' }],
    ['is not heard of', { method: 'files.info', error: 'internal_error' }],
  ])('that %s is tried again, and one film comes of it', async (_what, fault) => {
    const { fake, post, posts, origin } = await begin();
    await fake.fail(fault);
    await expect(post(origin, {}, 3 * mib)).rejects.toThrow(TransientError);
    const { ref } = await post(origin, {}, 3 * mib);
    expect((await posts()).films.map(({ ts }) => ts)).toEqual([ref.split('/')[1]]);
  });

  test.each([
    ['while it goes out', 0],
    ['when all of it went out', 3 * mib],
  ])('that is stopped %s throws the reason and leaves no post; the next attempt makes one', async (_when, bytes) => {
    const { fake, post, posts, origin, requests } = await begin();
    await fake.fail({ method: 'upload', hang: 60_000, after: false });
    const stop = new AbortController();
    const posting = post(origin, {}, 3 * mib, stop.signal);
    await until('under way', async () => (await requests('upload')).some((one) => one.bytes >= bytes));
    stop.abort(new Error('the bot stops'));
    await expect(posting).rejects.toThrow('the bot stops');
    expect(await requests('files.completeUploadExternal')).toEqual([]);
    await fake.forgetFaults();
    await post(origin, {}, 3 * mib);
    expect((await posts()).films).toHaveLength(1);
  });

  test.each(['invalid_blocks', 'invalid_arguments'])(
    'whose blocks are not taken (%s) comes with plain words',
    async (error) => {
      const { fake, world, post, posts, origin, log } = await begin();
      await fake.fail({ method: 'files.completeUploadExternal', error });
      const prompt = '<!channel> *bold* https://evil.example';
      await post(origin, { prompt });
      const [film] = (await posts()).films;
      expect(film).toMatchObject({ blocks: [], pinged: { users: [world.ada], groups: [], everyone: false } });
      expect(film?.text.replaceAll('\u200b', '')).toBe(`<@${world.ada}> &lt;!channel&gt; *bold* https://evil.example`);
      expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    },
  );

  test('of a film that is not on the disk is a bug, and no refusal of Slack’s', async () => {
    const { post, origin, posts } = await begin({
      slack: { link: () => ({ url: 'https://films.example', until: 1 }) },
    });
    await expect(post(origin, { file: '/nowhere.mp4' })).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await posts()).toEqual({ films: [], words: [] });
  });

  test('to an address that is not Slack’s own is not begun', async () => {
    const { fake, filmOf, origin, marks, requests, folder } = await begin();
    // The fake's addresses are of another origin than this way to it.
    const way = await startLossy(fake.api, () => 'pass');
    try {
      const there = { api: way.url, token: fake.token, appToken: fake.appToken };
      const { poster } = adapterOn(there, { media: { path: () => folder.path } }).slack;
      const posting = poster.film(origin, await filmOf(), new AbortController().signal);
      await expect(posting).rejects.toThrow('not its own');
    } finally {
      await way.close();
    }
    expect(await requests('upload')).toEqual([]);
    expect(marks.size).toBe(0);
  });
});

describe('the bytes of a film', () => {
  async function serverWith(listener: RequestListener) {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    later(async () => {
      server.closeAllConnections();
      server.close();
    });
    const sockets = () =>
      new Promise<number>((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      );
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
      nobodyIsLeft: () => until('no socket is left', async () => (await sockets()) === 0),
    };
  }
  /** A file of so many bytes that repeat at no power of two. */
  async function fileOf(bytes: number) {
    const folder = await tempFolder();
    later(folder.remove);
    const content = Buffer.alloc(
      bytes,
      Uint8Array.from({ length: 251 }, (_, n) => n),
    );
    const path = join(folder.path, 'a.mp4');
    await writeFile(path, content);
    return {
      content,
      send: (url: string, signal = new AbortController().signal) => upload(url, path, signal),
    };
  }

  test.each([1, 65_536, 1_000_003])('%i of them arrive as they are, once', async (bytes) => {
    const got: unknown[] = [];
    let arrived = Buffer.alloc(0);
    const { url } = await serverWith(async (request, response) => {
      const { method, headers } = request;
      got.push([method, headers['content-type'], headers['content-length'], headers.authorization]);
      arrived = await buffer(request);
      response.end('OK');
    });
    const { content, send } = await fileOf(bytes);
    await send(url);
    expect(got).toEqual([['POST', 'application/octet-stream', String(bytes), undefined]]);
    expect(arrived.equals(content)).toBe(true);
  });

  test('that are refused before they arrived: the upload ends', async () => {
    let arrived = 0;
    const { url, nobodyIsLeft } = await serverWith((request, response) => {
      request.on('data', (chunk: Buffer) => {
        arrived += chunk.length;
      });
      request.once('data', () => response.writeHead(413).end('too large'));
    });
    const { send } = await fileOf(20 * mib);
    await expect(send(url)).rejects.toMatchObject({ name: 'FileRefused' });
    await nobodyIsLeft();
    expect(arrived).toBeLessThan(20 * mib);
  });

  test('that nobody takes any more, or that are stopped: it ends, and leaves no socket', async () => {
    const { send } = await fileOf(20 * mib);
    const cut = await serverWith((request) => request.once('data', () => request.socket.destroy()));
    await expect(send(cut.url)).rejects.toThrow(TransientError);
    let came = false;
    const silent = await serverWith((request) => {
      came = true;
      request.resume();
    });
    const stop = new AbortController();
    const sent = send(silent.url, stop.signal);
    await until('under way', () => came);
    stop.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
    await silent.nobodyIsLeft();
    await expect(send(silent.url, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });
});

test.each([
  ['https://files.slack.com/upload/v1/abc', true],
  ['https://slack.com/x', true],
  ['https://files-edge.slack.com/x', true],
  ['https://a.slack-files.com/x', true],
  ['http://files.slack.com/x', false],
  ['https://files.slack.com:8443/x', false],
  ['https://slack.com.evil.example/x', false],
  ['https://evilslack.com/x', false],
  ['https://files.slack.com@evil.example/x', false],
  ['https://evil.example/files.slack.com', false],
  ['https://evil.example#.slack.com', false],
  ['ftp://files.slack.com/x', false],
  ['files.slack.com', false],
  ['', false],
  ['http://127.0.0.1:1234/x', true],
  ['http://127.0.0.1:12345/x', false],
])('%s is Slack’s own: %s', (address, own) => {
  expect(isSlacks(address, 'http://127.0.0.1:1234')).toBe(own);
  if (address.includes('127.0.0.1')) expect(isSlacks(address, undefined)).toBe(false);
});
