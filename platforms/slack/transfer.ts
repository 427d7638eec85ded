import { TransientError } from '../../src/domain/errors.ts';
import { sendFile } from '../shared/send.ts';
import { FileRefused } from './errors.ts';

/** Milliseconds without a byte, after which an upload has broken. */
const silent = 60_000;

/** Whether an address is Slack's own: by https, or where a test's Slack is. Nothing is sent to another, and no token. */
export function isSlacks(address: string, origin: string | undefined): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.origin === origin) return true;
  return url.protocol === 'https:' && url.port === '' && /^(?:[a-z0-9-]+\.)*slack(?:-files)?\.com$/.test(url.hostname);
}

/** Sends a file's bytes to where Slack wants them. Throws {@link FileRefused}, {@link TransientError} or the reason of the signal. */
export async function upload(url: string, path: string, signal: AbortSignal): Promise<void> {
  const headers = { 'Content-Type': 'application/octet-stream' };
  try {
    const { status, body } = await sendFile(url, { path }, { method: 'POST', headers, silent, signal });
    if (status === 413) throw new FileRefused(true, 'the upload was refused as too large');
    if (status !== 200)
      throw new TransientError(`the upload was answered with ${status}: ${body.toString().slice(0, 100)}`);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TransientError || error instanceof FileRefused) throw error;
    // A film that is not on the disk is no matter of Slack's.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['ENOENT', 'EACCES', 'EISDIR'].includes(code)) throw error;
    throw new TransientError('the upload broke', { cause: error });
  }
}
