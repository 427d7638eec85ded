import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Refusal } from './refusal.ts';

/** The first and last byte that a `Range` header asks for; nothing when it is to be ignored, `none` when it lies outside. */
function readRange(header: string | undefined, size: number): { first: number; last: number } | 'none' | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!parts || (!parts[1] && !parts[2])) return undefined;
  const from = parts[1] ? Number(parts[1]) : Math.max(0, size - Number(parts[2]));
  const last = parts[1] && parts[2] ? Math.min(Number(parts[2]), size - 1) : size - 1;
  if (parts[1] && parts[2] && Number(parts[2]) < from) return undefined;
  return from > last ? 'none' : { first: from, last };
}

/** An MP4 file as an answer, whole or the part that `range` asks for. */
export async function serveFile(path: string, range: string | undefined): Promise<Response> {
  const found = await stat(path).catch((cause: unknown) => {
    throw Object.assign(new Refusal(404, 'NOT_FOUND', 'The film is gone.'), { cause });
  });
  const headers = { 'content-type': 'video/mp4', 'accept-ranges': 'bytes', 'cache-control': 'private, no-store' };
  const asked = readRange(range, found.size);
  if (asked === 'none') {
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${found.size}` } });
  }
  const { first, last } = asked ?? { first: 0, last: found.size - 1 };
  const body = Readable.toWeb(createReadStream(path, { start: first, end: last })) as ReadableStream<Uint8Array>;
  return new Response(body, {
    status: asked ? 206 : 200,
    headers: {
      ...headers,
      'content-length': String(last - first + 1),
      ...(asked ? { 'content-range': `bytes ${first}-${last}/${found.size}` } : {}),
    },
  });
}
