import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import type { Media, Withheld } from '../../src/ports.ts';
import { BadRequest } from './parse.ts';

const types: Record<string, string> = {
  mp4: 'video/mp4',
  png: 'image/png',
  jpg: 'image/jpeg',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
const typeOf = (name: string): string => types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

const publicFiles = [
  'base.css',
  'pages.css',
  'season.css',
  'studio.css',
  'panels.css',
  'studio.js',
  'dom.js',
  'complete.js',
  'composer.js',
  'picture.js',
  'form.js',
  'fields.js',
  'admin.js',
  'sections.js',
  'members.js',
  'quota.js',
  'message.js',
  'table.js',
  'card.js',
  'thread.js',
  'icon.svg',
  'try-1.svg',
  'try-2.svg',
  'try-3.svg',
] as const;

/** The page's own files. `version` changes when any of them does. */
interface PublicFiles {
  version: string;
  find(name: string): { body: string; type: string } | undefined;
}

/** Reads them, once. */
export function readPublic(): PublicFiles {
  const bodies = new Map<string, string>(
    publicFiles.map((name) => [name, readFileSync(new URL(`./public/${name}`, import.meta.url), 'utf8')]),
  );
  const version = createHash('sha256')
    .update([...bodies.values()].join('\0'))
    .digest('hex')
    .slice(0, 12);
  return {
    version,
    find(name) {
      const body = bodies.get(name);
      return body === undefined ? undefined : { body, type: typeOf(name) };
    },
  };
}

/** One of the page's own files. */
export function servePublic(c: Context, files: PublicFiles, name: string): Response | Promise<Response> {
  const file = files.find(name);
  if (!file) return c.notFound();
  c.header('Cache-Control', 'no-cache');
  const etag = `"${files.version}"`;
  c.header('ETag', etag);
  if (c.req.header('if-none-match') === etag) return c.body(null, 304);
  return c.body(file.body, 200, { 'Content-Type': file.type });
}

const mediaPattern = /^[0-9a-f]{64}\.(?:mp4|png|jpg)$/;

/** The bytes that a Range header wants, both ends included; nothing for a range outside the file, all for none or a strange one. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number; part: boolean } | undefined {
  const all = { start: 0, end: size - 1, part: false };
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return all;
  const [, from = '', to = ''] = found;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start > end ? undefined : { start, end, part: true };
}

/** Where stored files lie, and which of them are nobody's to see: films that were removed. */
export interface Shelf {
  media: Pick<Media, 'path'>;
  withheld: Pick<Withheld, 'has'>;
}

/** A film or picture of the media store, whole or in part; none that was removed, whoever kept its address. */
export async function serveMedia(c: Context, { media, withheld }: Shelf, name: string): Promise<Response> {
  if (!mediaPattern.test(name) || (await withheld.has(name))) throw new BadRequest('error.none', undefined, 404);
  const path = media.path(name);
  const file = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file?.isFile()) throw new BadRequest('error.none', undefined, 404);
  c.header('Accept-Ranges', 'bytes');
  c.header('ETag', `"${name}"`);
  c.header('Cache-Control', 'private, max-age=31536000, immutable');
  if (c.req.header('if-none-match') === `"${name}"`) return c.body(null, 304);
  const range = rangeOf(c.req.header('range'), file.size);
  if (!range) {
    c.header('Content-Range', `bytes */${file.size}`);
    return c.body(null, 416);
  }
  const { start, end, part } = range;
  if (part) c.header('Content-Range', `bytes ${start}-${end}/${file.size}`);
  c.header('Content-Type', typeOf(name));
  c.header('Content-Length', String(end - start + 1));
  if (c.req.method === 'HEAD' || file.size === 0) return c.body(null, part ? 206 : 200);
  const bytes = Readable.toWeb(createReadStream(path, { start, end })) as ReadableStream<Uint8Array>;
  return c.body(bytes, part ? 206 : 200);
}
