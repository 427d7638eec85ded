import { TransientError } from '../../src/domain/errors.ts';
import { sendFile } from '../shared/send.ts';
import { FileRefused } from './errors.ts';

/** Milliseconds without a byte, after which an upload has broken. */
const silent = 60_000;
const octets = 'application/octet-stream';

/** Whether an address is Slack's own: by https, or where a test's Slack is. Nothing is sent to another, and no token. */
export function isSlacks(address: string, origin: string | undefined): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.origin === origin) return true;
  return url.protocol === 'https:' && url.port === '' && /^(?:[a-z0-9-]+\.)*slack(?:-files)?\.com$/.test(url.hostname);
}

/** What Slack's answer to an upload means: nothing where it was taken. */
function heed(status: number, body: string): void {
  if (status === 413) throw new FileRefused(true, 'the upload was refused as too large');
  if (status !== 200) throw new TransientError(`the upload was answered with ${status}: ${body.slice(0, 100)}`);
}

/** Sends a file's bytes to where Slack wants them. Throws {@link FileRefused}, {@link TransientError} or the reason of the signal. */
export async function upload(url: string, path: string, signal: AbortSignal): Promise<void> {
  const headers = { 'Content-Type': octets };
  try {
    const { status, body } = await sendFile(url, { path }, { method: 'POST', headers, silent, signal });
    heed(status, body.toString());
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TransientError || error instanceof FileRefused) throw error;
    // A film that is not on the disk is no matter of Slack's.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['ENOENT', 'EACCES', 'EISDIR'].includes(code)) throw error;
    throw new TransientError('the upload broke', { cause: error });
  }
}

/** The same for bytes in memory, which are few. Throws as `fetch` does where the connection breaks or the signal is aborted. */
export async function uploadBytes(url: string, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
  const headers = { 'Content-Type': octets };
  const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
  heed(answer.status, await answer.text());
}
