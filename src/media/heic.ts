import { programBeside } from '../program.ts';
import { type Child, Failed, startChild } from './child.ts';

/** One HEIC to be decoded: which of its pictures, the colour profile of its pixels, and how many bytes and pixels it may take. */
export interface ToHeic {
  bytes: Uint8Array;
  page: number;
  profile: Uint8Array | undefined;
  memory: number;
  maxPixels: number;
}

/** The file made its decoder fail, take too long or take too much memory. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable';
}
/** The decoder is closed; what it was at is not done. */
export class Closed extends Error {
  override readonly name = 'Closed';
}

export interface HeicLimits {
  /** For one picture, in milliseconds. */
  timeoutMs?: number;
  /** Bytes that the decoder may take for one picture. */
  memory?: number;
}

/** What turns a HEIC into a JPEG of the same pixels, upright, on black, without metadata but for its colour profile. */
export interface Heic {
  /** Throws {@link Undecodable} for what the file is to blame for, {@link Closed} when it was closed. */
  toJpeg(picture: Pick<ToHeic, 'bytes' | 'page' | 'profile' | 'maxPixels'>): Promise<Buffer>;
  close(): Promise<void>;
}

const entry = programBeside('./heic/process', import.meta.url);

/** Decodes each picture in a process of its own. How many at once is for the caller to say. */
export function createHeic({ timeoutMs = 30_000, memory = 768_000_000 }: HeicLimits = {}): Heic {
  const running = new Set<Child<ToHeic, Uint8Array>>();
  let closed = false;
  return {
    async toJpeg(picture) {
      if (closed) throw new Closed('the HEIC decoder is closed');
      const child = startChild<ToHeic, Uint8Array>(entry, 256);
      running.add(child);
      try {
        return Buffer.from(await child.ask({ ...picture, memory }, { timeoutMs }));
      } catch (cause) {
        if (closed) throw new Closed('the HEIC decoder was closed', { cause });
        throw cause instanceof Failed ? new Undecodable(cause.message, { cause }) : cause;
      } finally {
        await child.end();
        running.delete(child);
      }
    },
    async close() {
      closed = true;
      await Promise.all([...running].map((child) => child.end()));
    },
  };
}
