import { type FileHandle, open } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { buffer as whole } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds that an answer may take to be read once the connection broke. */
const answerAfter = 500;
/** Bytes of a file that are in memory at a time. */
const piece = 256 * 1024;

/** Resolves when the bytes are on their way, and their memory may be used again. */
const written = (request: ClientRequest, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    request.write(bytes, (error) => (error ? reject(error) : resolve()));
  });

async function writeFile(request: ClientRequest, file: FileHandle, bytes: number): Promise<void> {
  const memory = Buffer.allocUnsafe(piece);
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await file.read(memory, 0, Math.min(piece, bytes - at), at);
    if (bytesRead === 0) throw new Error('the file is shorter than it was');
    await written(request, memory.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** A file on the disk, with what goes before and after it. */
export interface Sent {
  path: string;
  head?: Buffer;
  tail?: Buffer;
}

/** How it is sent. */
export interface Way {
  method: string;
  headers: Record<string, string>;
  /** Milliseconds without a byte, after which it has broken; for ever when left out. */
  silent?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Sends a file, a piece at a time from one buffer: the libraries' own ways hold all of it in memory, and streams and Blobs grow the process
 * by 30 to 60 MB for a film of 100 MB. An answer that comes before the end of the upload ends it. Rejects as node:http does.
 */
export async function sendFile(
  url: string,
  { path, head = Buffer.of(), tail = Buffer.of() }: Sent,
  { method, headers, silent, signal }: Way,
): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const send = url.startsWith('https:') ? secureRequest : plainRequest;
    const length = head.length + size + tail.length;
    const request = send(url, {
      method,
      headers: { ...headers, 'Content-Length': length },
      ...(signal ? { signal } : {}),
    });
    if (silent !== undefined) {
      request.setTimeout(silent, () => request.destroy(new Error(`no byte went out or came within ${silent} ms`)));
    }
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject);
    });
    const upload = async (): Promise<never> => {
      if (head.length > 0) await written(request, head);
      await writeFile(request, file, size);
      request.end(tail);
      return new Promise<never>(() => undefined);
    };
    // A refusal may come, and the connection break, while the file is still on its way: then the answer counts.
    const broken = upload().catch(async (error: unknown) => {
      await Promise.race([Promise.allSettled([answered]), wait(answerAfter, undefined, { ref: false })]);
      throw error;
    });
    try {
      const answer = await Promise.race([answered, broken]);
      return { status: answer.statusCode ?? 500, headers: answer.headers, body: await whole(answer) };
    } finally {
      request.destroy();
    }
  } finally {
    await file.close();
  }
}
