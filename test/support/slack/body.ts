import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import type { Row } from './world.ts';

/** A file as it came; its bytes only where they are few. */
export interface Digest {
  size: number;
  sha256: string;
  bytes: Buffer | null;
}

const kept = 1024 * 1024;

/** Hashes a file while it streams; a large one is never in memory as a whole. */
async function digest(stream: AsyncIterable<Buffer>): Promise<Digest> {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    size += chunk.length;
    if (size <= kept) chunks.push(chunk);
    else chunks.length = 0;
  }
  return { size, sha256: hash.digest('hex'), bytes: size <= kept ? Buffer.concat(chunks) : null };
}

/** The one file of a multipart body, or the body itself. */
export async function receiveFile(request: IncomingMessage): Promise<Digest> {
  if (!request.headers['content-type']?.startsWith('multipart/form-data')) return digest(request);
  const form = busboy({ headers: request.headers });
  const files: Promise<Digest>[] = [];
  form.on('file', (_, stream: Readable) => {
    const file = digest(stream);
    // Awaited when the form is over, and where the form breaks that error is the one to throw.
    file.catch(() => undefined);
    files.push(file);
  });
  await pipeline(request, form);
  return (await files[0]) ?? { size: 0, sha256: createHash('sha256').digest('hex'), bytes: Buffer.alloc(0) };
}

export async function receiveText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** A JSON object, or undefined for what is none. */
export function parsed(text: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
  } catch {
    return undefined;
  }
}

/** The arguments of a Web API method; undefined for JSON that is none. */
export function argumentsOf(request: IncomingMessage, url: URL, text: string): Row | undefined {
  const query = Object.fromEntries(url.searchParams);
  if (text === '') return query;
  if (request.headers['content-type']?.startsWith('application/json')) {
    const body = parsed(text);
    return body && { ...query, ...body };
  }
  return { ...query, ...Object.fromEntries(new URLSearchParams(text)) };
}
