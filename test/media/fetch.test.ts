import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JobFailure, TransientError } from '../../src/domain/errors.ts';
import { createMedia } from '../../src/media/media.ts';
import { LinkExpired } from '../../src/ports.ts';
import { tempFolder } from '../support/folder.ts';
import { tinyMp4 } from '../support/mp4.ts';
import { closedPort, json, type Script, type Scripted, startScripted } from '../support/scripted.ts';

const never = new AbortController().signal;
const maxFilmBytes = 200_000;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let server: Scripted;
let stranger: Scripted;
let media: ReturnType<typeof createMedia>;
let film: Uint8Array;
beforeAll(async () => {
  film = await tinyMp4(64, 48, 2);
  folder = await tempFolder();
  server = await startScripted();
  stranger = await startScripted((reply) => reply.end(film));
  media = createMedia({ dir: folder.path, origins: [server.origin], maxFilmBytes, timeoutMs: 8_000, idleMs: 4_000 });
});
beforeEach(() => {
  server.seen.length = 0;
  stranger.seen.length = 0;
});
afterAll(async () => {
  await media.close();
  await Promise.all([server.close(), stranger.close()]);
  await folder.remove();
});

const serve =
  (bytes: Uint8Array, headers: Record<string, string> = {}): Script =>
  (reply) => {
    reply.writeHead(200, { 'content-type': 'video/mp4', ...headers }).end(bytes);
  };
const redirect =
  (to: string): Script =>
  (reply) => {
    reply.writeHead(302, { location: to }).end('moved');
  };
const bring = (path = '/film.mp4') => media.fetch(`${server.origin}${path}`, never);
async function kindOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    (value) => expect.unreachable(`it gave ${JSON.stringify(value)}`),
    (thrown: Error) => thrown,
  );
  if (error instanceof JobFailure) return error.reason;
  if (error instanceof TransientError) return 'transient';
  return error instanceof LinkExpired ? 'expired' : `${error.name}: ${error.message}`;
}
const drafts = async (): Promise<string[]> => (await readdir(folder.path)).filter((file) => file.startsWith('.'));

describe('a film', () => {
  it('comes home under its hash, measured from the file itself, and without a key on the way', async () => {
    server.on(serve(film));
    const name = `${createHash('sha256').update(film).digest('hex')}.mp4`;
    expect(await bring()).toEqual({ name, bytes: film.length, seconds: 2, width: 64, height: 48 });
    expect(new Uint8Array(await media.read(name))).toEqual(film);
    expect(server.seen[0]?.headers).not.toHaveProperty('authorization');
    expect(await drafts()).toEqual([]);
  });

  it('comes in chunks without a length', async () => {
    server.on((reply) => {
      reply.write(film.subarray(0, 100), () => reply.end(film.subarray(100)));
    });
    expect(await bring()).toMatchObject({ bytes: film.length, seconds: 2 });
  });

  it('comes after three redirects, and not after four', async () => {
    const hop =
      (last: number): Script =>
      (reply, seen) => {
        const step = Number(seen.path.slice(1));
        (step === last ? serve(film) : redirect(`/${step + 1}`))(reply, seen);
      };
    server.on(hop(3));
    expect(await bring('/0')).toMatchObject({ seconds: 2 });
    server.on(hop(4));
    expect(await kindOf(bring('/0'))).toBe('misconfigured');
  });

  const cutAt = (share: number) => film.subarray(0, Math.floor(film.length * share));
  it.each([
    ['404, for it may not be there yet', json(404, {}), 'transient'],
    ['403', json(403, {}), 'expired'],
    ['410', json(410, {}), 'expired'],
    ['400 of an old signature', json(400, {}), 'expired'],
    ['408', json(408, {}), 'transient'],
    ['429', json(429, {}), 'transient'],
    ['500', json(500, {}), 'transient'],
    ['503', json(503, {}), 'transient'],
    ['204', (reply) => reply.writeHead(204).end(), 'transient'],
    ['a redirect to nowhere', (reply) => reply.writeHead(302).end(), 'transient'],
    ['a reset', (reply) => reply.socket?.resetAndDestroy(), 'transient'],
    [
      'a transfer cut short of its length',
      (reply) => {
        reply.writeHead(200, { 'content-length': film.length });
        reply.write(cutAt(0.8), () => reply.socket?.destroy());
      },
      'transient',
    ],
    [
      'a transfer that ends early without a length',
      (reply) => {
        reply.socket?.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n'), cutAt(0.97)]));
      },
      'transient',
    ],
    [
      'JSON served as video/mp4',
      (reply) => serve(Buffer.from('{"error":{"message":"no"}}'))(reply, {} as never),
      'transient',
    ],
    ['nothing at all', (reply) => reply.writeHead(200).end(), 'transient'],
    ['a header and no index', (reply) => reply.end(film.subarray(0, Buffer.from(film).readUInt32BE(0))), 'transient'],
    [
      'a header and an index of rubbish',
      (reply) => {
        const rubbish = Buffer.alloc(64, 7);
        rubbish.writeUInt32BE(64, 0);
        rubbish.write('moov', 4);
        reply.end(Buffer.concat([film.subarray(0, Buffer.from(film).readUInt32BE(0)), rubbish]));
      },
      'transient',
    ],
    [
      'a length over the limit',
      (reply) => reply.writeHead(200, { 'content-length': 10_000_000 }).write('x'),
      'rejected',
    ],
    ['more than the limit, unannounced', (reply) => reply.write(Buffer.alloc(maxFilmBytes + 1)), 'rejected'],
    ['a redirect to another scheme', redirect('file:///etc/passwd'), 'misconfigured'],
    ['a redirect to plain HTTP', redirect('http://example.invalid/film.mp4'), 'misconfigured'],
    ['a redirect with a password', redirect('https://user:pass@example.invalid/'), 'misconfigured'],
    ['a redirect to no URL', redirect('https://'), 'misconfigured'],
    ['a redirect to a private address', redirect('https://10.0.0.1/film.mp4'), 'misconfigured'],
    ['a redirect to a metadata service', redirect('https://169.254.169.254/latest'), 'misconfigured'],
    ['a redirect to a mapped loopback', redirect('https://[::ffff:127.0.0.1]/'), 'misconfigured'],
    ['a redirect to a name of a private address', redirect('https://localhost/'), 'misconfigured'],
  ] satisfies [string, Script, string][])('reads %s as it should', async (_name, script, kind) => {
    server.on(script);
    expect(await kindOf(bring())).toBe(kind);
    expect(await drafts()).toEqual([]);
  });

  it.each([
    ['{"error":{"message":"no"}}', 'the file is no MP4'],
    ['', 'the file is empty'],
  ])('that is %j is no film, and the operator is told why', async (text, why) => {
    server.on(serve(Buffer.from(text)));
    await expect(bring()).rejects.toThrow(why);
  });

  it('without length is no film', async () => {
    const still = Buffer.from(film);
    const times = still.indexOf('stts');
    for (let entry = 0; entry < still.readUInt32BE(times + 8); entry++) still.writeUInt32BE(0, times + 16 + entry * 8);
    server.on(serve(still));
    await expect(bring()).rejects.toThrow('it has no length');
  });

  it('without a picture is no film', async () => {
    const sound = Buffer.from(film);
    sound.write('soun', sound.indexOf('vide'), 'latin1');
    server.on(serve(sound));
    await expect(bring()).rejects.toThrow('there is no picture in it');
  });

  it('asks no other service of this machine, by link or by redirect', async () => {
    expect(await kindOf(media.fetch('http://192.168.0.1/film.mp4', never))).toBe('misconfigured');
    const { port } = new URL(stranger.origin);
    expect(await kindOf(media.fetch(`https://localhost:${port}/`, never))).toBe('misconfigured');
    server.on(redirect(`${stranger.origin}/film.mp4`));
    expect(await kindOf(bring())).toBe('misconfigured');
    expect(stranger.seen).toEqual([]);
  });

  it('is to be asked for anew when the gateway has moved to another port, where it may be a stranger', async () => {
    expect(await kindOf(media.fetch(`${stranger.origin}/film.mp4`, never))).toBe('expired');
    expect(stranger.seen).toEqual([]);
  });

  it('may be tried again where nobody listens', async () => {
    const origin = `http://127.0.0.1:${await closedPort()}`;
    const other = createMedia({ dir: folder.path, origins: [origin] });
    expect(await kindOf(other.fetch(`${origin}/film.mp4`, never))).toBe('transient');
    await other.close();
  });

  it('passes on Retry-After as milliseconds', async () => {
    server.on(json(503, {}, { 'retry-after': '9' }));
    await expect(bring()).rejects.toMatchObject({ retryAfter: 9_000 });
  });

  const trickle: Script = (reply) => {
    reply.writeHead(200);
    const timer = setInterval(() => reply.write(Buffer.alloc(1)), 20);
    reply.on('close', () => clearInterval(timer));
  };
  it.each([
    ['silence before the answer', () => undefined, { idleMs: 150 }],
    ['silence within the film', (reply) => reply.writeHead(200).write('x'), { idleMs: 150 }],
    ['a film that only trickles', trickle, { timeoutMs: 200 }],
  ] satisfies [string, Script, object][])('is given up for %s', async (_name, script, limits) => {
    server.on(script);
    const hasty = createMedia({ dir: folder.path, origins: [server.origin], ...limits });
    expect(await kindOf(hasty.fetch(`${server.origin}/film.mp4`, never))).toBe('transient');
    expect(await drafts()).toEqual([]);
    await hasty.close();
  });

  it('throws the reason of its signal, and leaves nothing behind', async () => {
    const stop = new AbortController();
    server.on((reply) => {
      reply.writeHead(200).write(film.subarray(0, 50), () => stop.abort(new Error('closing down')));
    });
    await expect(media.fetch(`${server.origin}/film.mp4`, stop.signal)).rejects.toThrow('closing down');
    expect(await drafts()).toEqual([]);
  });
});
