import { randomUUID } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { buffer as whole } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds that an answer may take to be read once the connection broke. */
const answerAfter = 500;
/** Bytes of a file that are in memory at a time. */
const piece = 256 * 1024;

/** A message with one file on the disk, as it is sent: nothing of the file is read before its turn. The same can be sent again. */
export interface Multipart {
  payload: object;
  /** The file's name has letters, digits, dashes, dots and underscores alone. */
  file: { path: string; name: string; type: string };
}

export const isMultipart = (body: unknown): body is Multipart =>
  typeof body === 'object' && body !== null && 'payload' in body && 'file' in body;

function framed({ payload, file }: Multipart): { boundary: string; head: Buffer; tail: Buffer } {
  const boundary = `dailies-${randomUUID()}`;
  const lines = [
    ...[`--${boundary}`, 'Content-Disposition: form-data; name="payload_json"', 'Content-Type: application/json', ''],
    ...[JSON.stringify(payload), `--${boundary}`],
    ...[
      `Content-Disposition: form-data; name="files[0]"; filename="${file.name}"`,
      `Content-Type: ${file.type}`,
      '',
      '',
    ],
  ];
  return { boundary, head: Buffer.from(lines.join('\r\n')), tail: Buffer.from(`\r\n--${boundary}--\r\n`) };
}

/** Resolves when the bytes are on their way, and their memory may be used again. */
const written = (request: ClientRequest, bytes: Buffer): Promise<void> =>
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

/** How it is sent, as `fetch` takes it. */
interface Sending {
  method?: string | undefined;
  headers?: unknown;
  signal?: AbortSignal | null | undefined;
}

/**
 * Sends a multipart body, a piece of the file at a time from one buffer: a form of Blobs made the process grow by 60 MB for a film of
 * 100 MB. An answer that comes before the end of the upload ends it. Rejects as node:http does.
 */
export async function sendMultipart(
  url: string,
  body: Multipart,
  { method = 'POST', headers, signal }: Sending,
): Promise<Response> {
  const { boundary, head, tail } = framed(body);
  const file = await open(body.file.path);
  try {
    const { size } = await file.stat();
    const send = url.startsWith('https:') ? secureRequest : plainRequest;
    const request = send(url, {
      method,
      headers: {
        ...(headers as Record<string, string>),
        'Content-Type': `multipart/form-data; boundary=${boundary}`,
        'Content-Length': head.length + size + tail.length,
      },
      ...(signal ? { signal } : {}),
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject);
    });
    const upload = async (): Promise<never> => {
      await written(request, head);
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
      const text = await whole(answer);
      return new Response(text.length > 0 ? text : null, {
        status: answer.statusCode ?? 500,
        headers: Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
          typeof value === 'string' ? [[name, value]] : [],
        ),
      });
    } finally {
      request.destroy();
    }
  } finally {
    await file.close();
  }
}
