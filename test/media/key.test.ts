import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../src/domain/errors.ts';
import { createMedia } from '../../src/media/media.ts';
import { LinkExpired, Refused } from '../../src/ports.ts';
import { tempFolder } from '../support/folder.ts';
import { tinyMp4 } from '../support/mp4.ts';
import { json, type Scripted, startScripted } from '../support/scripted.ts';

const key = 'sk-never-to-be-seen';
const never = new AbortController().signal;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let gateway: Scripted;
let cdn: Scripted;
let media: ReturnType<typeof createMedia>;
let film: Uint8Array;
beforeAll(async () => {
  film = await tinyMp4(64, 48, 1);
  folder = await tempFolder();
  gateway = await startScripted();
  cdn = await startScripted();
  const origins = [gateway.origin, cdn.origin];
  media = createMedia({ dir: folder.path, origins, authorized: { prefix: `${gateway.origin}/v1/videos/`, key } });
});
beforeEach(() => {
  for (const server of [gateway, cdn]) {
    server.seen.length = 0;
    server.on((reply) => reply.end(film));
  }
});
afterAll(async () => {
  await media.close();
  await Promise.all([gateway.close(), cdn.close()]);
  await folder.remove();
});

const bring = (url: string) => media.fetch(url, never);
const content = (): string => `${gateway.origin}/v1/videos/video_1/content`;
const keysOf = (server: Scripted) => server.seen.map(({ headers }) => headers.authorization);
const failure = (url: string): Promise<Error> =>
  bring(url).then(
    () => expect.unreachable('it came'),
    (error) => error,
  );

describe("the gateway's key", () => {
  it('opens a film below the prefix', async () => {
    expect(await bring(content())).toMatchObject({ seconds: 1 });
    expect(keysOf(gateway)).toEqual([`Bearer ${key}`]);
  });

  it.each([
    ['another path', '/v1/videos'],
    ['a path that only begins alike', '/v1/videosandmore/content'],
    ['a path that climbs out', '/v1/videos/../keys'],
    ['a path that climbs out, written otherwise', '/v1/videos/%2e%2e/keys'],
    ['a path that a host may read as climbing out', '/v1/videos/..%2fkeys'],
    ['the prefix as a query', '/?/v1/videos/'],
  ])('is not sent to %s', async (_what, path) => {
    await bring(`${gateway.origin}${path}`);
    expect(keysOf(gateway)).toEqual([undefined]);
  });

  it('is not sent to another port of the same host, nor to a host that begins alike', async () => {
    await bring(`${cdn.origin}/v1/videos/video_1/content`);
    expect(keysOf(cdn)).toEqual([undefined]);
    const { host } = new URL(gateway.origin);
    const error = await failure(`http://${host}.example.invalid/v1/videos/1/content`);
    expect(error.message).toMatch(/usable URL|HTTPS/);
  });

  it('stays at home when the film lies elsewhere, and is there again on the way back', async () => {
    gateway.on((reply) => reply.writeHead(302, { location: `${cdn.origin}/v1/videos/hop` }).end());
    cdn.on((reply) => reply.writeHead(307, { location: content() }).end());
    await failure(content());
    expect(keysOf(gateway)).toEqual([`Bearer ${key}`, `Bearer ${key}`]);
    expect(keysOf(cdn)).toEqual([undefined, undefined]);
  });

  it('refused is no expired link: the operator has to act, and the film is still there', async () => {
    gateway.on(json(401, { error: { message: `bad key ${key}` } }));
    expect(await failure(content())).toMatchObject({ constructor: Refused, reason: 'misconfigured' });
    gateway.on(json(403, {}));
    const error = await failure(content());
    expect(error).toBeInstanceOf(TransientError);
    expect(error).not.toBeInstanceOf(LinkExpired);
  });

  it('is not what a media host refuses: there the link has expired', async () => {
    gateway.on((reply) => reply.writeHead(302, { location: `${cdn.origin}/film.mp4` }).end());
    for (const status of [401, 403]) {
      cdn.on(json(status, {}));
      expect(await failure(content())).toBeInstanceOf(LinkExpired);
    }
  });

  it('stands in no error', async () => {
    const scripts = [
      json(401, { error: key }),
      json(500, {}),
      json(200, { error: key }),
      (reply: { socket: { resetAndDestroy(): unknown } | null }) => void reply.socket?.resetAndDestroy(),
    ];
    for (const script of scripts) {
      gateway.on(script as never);
      const error = await failure(content());
      expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(key);
    }
    const odd = createMedia({
      dir: folder.path,
      origins: [gateway.origin],
      authorized: { prefix: content(), key: `${key}\n` },
    });
    const error = await odd.fetch(`${content()}/x`, never).catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(key);
    await odd.close();
  });
});
