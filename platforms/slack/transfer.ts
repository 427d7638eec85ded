import { createReadStream } from 'node:fs';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { TransientError } from '../../src/domain/errors.ts';
import { FileRefused } from './errors.ts';

/** Bytes of a file that are in memory at a time. */
const piece = 64 * 1024;

/** Milliseconds without a byte, after which an upload has broken. */
const silent = 60_000;

/** Whether an address is Slack's own: by https, or where a test's Slack is. Nothing is sent to another, and no token. */
export function isSlacks(address: string, origin: string | undefined): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.origin === origin) return true;
  return url.protocol === 'https:' && url.port === '' && /^(?:[a-z0-9-]+\.)*slack(?:-files)?\.com$/.test(url.hostname);
}

/**
 * Sends a file's bytes to where Slack wants them, read from the disk as they go out: the library's own way holds a whole film in memory.
 * Throws {@link FileRefused}, {@link TransientError} or the reason of the signal.
 */
export async function sendFile(url: string, path: string, bytes: number, signal: AbortSignal): Promise<void> {
  const send = url.startsWith('https:') ? secureRequest : plainRequest;
  const request = send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'content-length': bytes },
    signal,
  });
  request.setTimeout(silent, () => request.destroy(new Error(`no byte went out or came within ${silent} ms`)));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  answered.catch(() => undefined);
  try {
    // An upload that is refused may be answered before it has ended.
    const sent = pipeline(createReadStream(path, { highWaterMark: piece }), request);
    sent.catch(() => undefined);
    const response = await Promise.race([answered, sent.then(() => answered)]);
    const said = await text(response);
    const { statusCode = 0 } = response;
    if (statusCode === 413) throw new FileRefused(true, 'the upload was refused as too large');
    if (statusCode !== 200)
      throw new TransientError(`the upload was answered with ${statusCode}: ${said.slice(0, 100)}`);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TransientError || error instanceof FileRefused) throw error;
    // A film that is not on the disk is no matter of Slack's.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['ENOENT', 'EACCES', 'EISDIR'].includes(code)) throw error;
    throw new TransientError('the upload broke', { cause: error });
  } finally {
    request.destroy();
  }
}
