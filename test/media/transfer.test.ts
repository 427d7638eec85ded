import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMedia } from '../../src/media/media.ts';
import { tempFolder } from '../support/folder.ts';
import { tinyMp4 } from '../support/mp4.ts';
import { type Script, type Scripted, startScripted } from '../support/scripted.ts';

const never = new AbortController().signal;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let server: Scripted;
let media: ReturnType<typeof createMedia>;
let film: Buffer;
let other: Buffer;

/** A film with so many bytes of padding behind it, that a cut falls where it should. */
async function padded(seconds: number): Promise<Buffer> {
  const free = Buffer.concat([Buffer.alloc(8), randomBytes(900_000)]);
  free.writeUInt32BE(free.length, 0);
  free.write('free', 4, 'latin1');
  return Buffer.concat([await tinyMp4(64, 48, seconds), free]);
}
beforeAll(async () => {
  [film, other] = [await padded(2), await padded(3)];
  folder = await tempFolder();
  server = await startScripted();
  media = createMedia({ dir: folder.path, origins: [server.origin], maxFilmBytes: 2_000_000 });
});
beforeEach(() => {
  server.seen.length = 0;
});
afterAll(async () => {
  await media.close();
  await server.close();
  await folder.remove();
});

const bring = () => media.fetch(`${server.origin}/film.mp4`, never);
const nameOf = (bytes: Buffer): string => `${createHash('sha256').update(bytes).digest('hex')}.mp4`;
/** From which byte on each request asked; nothing where it asked for all. */
const starts = () =>
  server.seen.map(({ headers }) => headers.range && Number(/^bytes=(\d+)-$/.exec(headers.range)?.[1]));
const requests = () => starts().map((start) => (start === undefined ? 'all' : 'rest'));

interface Host {
  /** Where each transfer is cut, in turn; then they come whole. */
  cuts: number[];
  /** What it has at the n-th request. */
  has?: (request: number) => Buffer;
  tag?: (bytes: Buffer) => Record<string, string>;
  /** What a Range is answered with, if not as it should be. */
  range?: (from: number, bytes: Buffer) => { status: number; headers: Record<string, string>; body: Buffer };
}
const etag = (bytes: Buffer): Record<string, string> => ({ etag: `"${nameOf(bytes).slice(0, 16)}"` });

/** A host as RFC 9110 has it: a Range counts while `If-Range` names the state that it has. */
function host({ cuts, has = () => film, tag = etag, range }: Host): Script {
  const left = [...cuts];
  return (reply, { headers }) => {
    const bytes = has(server.seen.length);
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1]);
    const valid = Number.isInteger(from) && Object.values(tag(bytes)).includes(headers['if-range'] as string);
    const whole = { status: 200, headers: {}, body: bytes };
    const rest = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
    const part = range?.(from, bytes) ?? { status: 206, headers: rest, body: bytes.subarray(from) };
    const answer = valid ? part : whole;
    reply.writeHead(answer.status, { 'content-length': answer.body.length, ...tag(bytes), ...answer.headers });
    const cut = left.shift();
    if (cut === undefined) reply.end(answer.body);
    else reply.write(answer.body.subarray(0, cut), () => reply.socket?.end());
  };
}

describe('a cut transfer', () => {
  it('goes on where it was cut', async () => {
    server.on(host({ cuts: [500_000, 300_000] }));
    expect(await bring()).toMatchObject({ name: nameOf(film), bytes: film.length, seconds: 2 });
    const [all, second = 0, third = 0] = starts() as number[];
    expect(all).toBeUndefined();
    // What was still on its way to us when the line broke is asked for again.
    expect(second).toBeGreaterThan(0);
    expect(second).toBeLessThanOrEqual(500_000);
    expect(third).toBeGreaterThan(second);
    expect(third).toBeLessThanOrEqual(second + 300_000);
    expect(server.seen).toHaveLength(3);
    expect(server.seen[1]?.headers['if-range']).toBe(etag(film).etag);
  });

  it('goes on by the date of the film where there is no tag', async () => {
    const tag = () => ({ 'last-modified': 'Mon, 02 Nov 2026 10:00:00 GMT' });
    server.on(host({ cuts: [500_000], tag }));
    expect(await bring()).toMatchObject({ name: nameOf(film) });
    expect(requests()).toEqual(['all', 'rest']);
  });

  it.each([
    ['there is neither tag nor date', () => ({})],
    ['the tag is weak', () => ({ etag: 'W/"1"' })],
    ['the date is too fresh to prove anything', () => ({ 'last-modified': new Date().toUTCString() })],
  ])('begins anew where %s', async (_why, tag) => {
    server.on(host({ cuts: [500_000], tag: tag as Host['tag'] as never }));
    expect(await bring()).toMatchObject({ name: nameOf(film) });
    expect(requests()).toEqual(['all', 'all']);
  });

  it('begins anew where the host knows no ranges', async () => {
    server.on(host({ cuts: [500_000, 500_000], range: (_from, bytes) => ({ status: 200, headers: {}, body: bytes }) }));
    expect(await bring()).toMatchObject({ name: nameOf(film) });
    expect(server.seen).toHaveLength(3);
  });

  it('begins anew where the film has changed in between', async () => {
    server.on(host({ cuts: [500_000], has: (request) => (request === 1 ? film : other) }));
    expect(await bring()).toMatchObject({ name: nameOf(other), seconds: 3 });
    expect(requests()).toEqual(['all', 'rest']);
  });

  const answers = (headers: (from: number, bytes: Buffer) => Record<string, string>): Host['range'] => {
    return (from, bytes) => ({ status: 206, headers: headers(from, bytes), body: bytes.subarray(from) });
  };
  it.each([
    [
      'another place',
      answers((from, all) => ({ 'content-range': `bytes ${from - 1}-${all.length - 2}/${all.length}` })),
    ],
    [
      'another length',
      answers((from, all) => ({ 'content-range': `bytes ${from}-${all.length - 1}/${all.length + 1}` })),
    ],
    ['no length', answers((from, all) => ({ 'content-range': `bytes ${from}-${all.length - 1}/*` }))],
    ['nothing', answers(() => ({}))],
    [
      'another tag',
      answers((from, all) => ({ 'content-range': `bytes ${from}-${all.length - 1}/${all.length}`, etag: '"else"' })),
    ],
  ])('begins anew where a range comes back that names %s', async (_what, range) => {
    server.on(host({ cuts: [500_000], range: range as never }));
    expect(await bring()).toMatchObject({ name: nameOf(film) });
    expect(requests()).toEqual(['all', 'rest', 'all']);
  });

  it('is not gone on with for ever, and leaves nothing behind', async () => {
    server.on(host({ cuts: Array.from({ length: 50 }, () => 10_000) }));
    await expect(bring()).rejects.toThrow(/cut/);
    expect(requests()).toEqual(['all', 'rest', 'rest', 'rest', 'rest']);
    expect((await readdir(folder.path)).filter((file) => file.startsWith('.'))).toEqual([]);
  });

  it('counts all that came against the limit of one film', async () => {
    const small = createMedia({ dir: folder.path, origins: [server.origin], maxFilmBytes: 600_000 });
    server.on((reply) => reply.writeHead(200, { ...etag(film) }).end(film));
    await expect(small.fetch(`${server.origin}/film.mp4`, never)).rejects.toMatchObject({ reason: 'rejected' });
    await small.close();
  });

  it('asks for the rest only of a film', async () => {
    const refused: Host['range'] = () => ({ status: 416, headers: {}, body: Buffer.alloc(0) });
    server.on(host({ cuts: [500_000], range: refused }));
    await expect(bring()).rejects.toThrow('416');
    expect((await readdir(folder.path)).filter((file) => file.startsWith('.'))).toEqual([]);
  });
});
