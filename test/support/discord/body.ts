import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { refusal } from './refusals.ts';

/** A file as it came; its bytes only where they are few. */
export interface ReceivedFile {
  /** The n of `files[n]`. */
  key: string;
  filename: string;
  contentType: string;
  size: number;
  sha256: string;
  bytes: Buffer | null;
}

export interface Received {
  json: unknown;
  files: ReceivedFile[];
}

const kept = 1024 * 1024;

/** Hashes a file while it streams; a large one is never in memory as a whole. */
async function digest(stream: Readable): Promise<Pick<ReceivedFile, 'size' | 'sha256' | 'bytes'>> {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
    if (size <= kept) chunks.push(chunk);
    else chunks.length = 0;
  }
  return { size, sha256: hash.digest('hex'), bytes: size <= kept ? Buffer.concat(chunks) : null };
}

function parsed(text: string): unknown {
  try {
    return text === '' ? {} : (JSON.parse(text) ?? {});
  } catch {
    throw refusal(50109);
  }
}

async function multipart(request: Readable, headers: IncomingMessage['headers']): Promise<Received> {
  const form = busboy({ headers, defParamCharset: 'utf8' });
  const files: Promise<ReceivedFile>[] = [];
  let text = '';
  form.on('field', (name, value) => {
    if (name === 'payload_json') text = value;
  });
  form.on('file', (name, stream, { filename = 'unknown', mimeType: contentType }) => {
    const key = /^files?\[(\d+)\]$/.exec(name)?.[1] ?? name;
    const file = digest(stream).then((rest) => ({ key, filename, contentType, ...rest }));
    // Awaited when the form is over, and where the form breaks that error is the one to throw.
    file.catch(() => undefined);
    files.push(file);
  });
  await pipeline(request, form);
  return { files: await Promise.all(files), json: parsed(text) };
}

/** Reads a request's body to its end. Throws where the connection breaks, and 50109 for what is no JSON. */
export async function receive(request: Readable, headers: IncomingMessage['headers']): Promise<Received> {
  if (headers['content-type']?.startsWith('multipart/form-data')) return multipart(request, headers);
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return { json: parsed(Buffer.concat(chunks).toString('utf8')), files: [] };
}
