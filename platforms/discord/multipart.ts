import { randomUUID } from 'node:crypto';
import { sendFile } from '../shared/send.ts';

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

/** How it is sent, as `fetch` takes it. */
interface Sending {
  method?: string | undefined;
  headers?: unknown;
  signal?: AbortSignal | null | undefined;
}

/** Sends a multipart body. Rejects as node:http does. */
export async function sendMultipart(
  url: string,
  body: Multipart,
  { method = 'POST', headers, signal }: Sending,
): Promise<Response> {
  const { boundary, head, tail } = framed(body);
  const answer = await sendFile(
    url,
    { path: body.file.path, head, tail },
    {
      method,
      headers: {
        ...(headers as Record<string, string>),
        'Content-Type': `multipart/form-data; boundary=${boundary}`,
      },
      signal: signal ?? undefined,
    },
  );
  return new Response(answer.body.length > 0 ? new Uint8Array(answer.body) : null, {
    status: answer.status,
    headers: Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  });
}
