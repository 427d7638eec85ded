import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** One HEIC to be decoded: which of its pictures, the colour profile of its pixels, and how many bytes and pixels it may take. */
export interface ToHeic {
  bytes: Uint8Array;
  page: number;
  profile: Uint8Array | undefined;
  memory: number;
  maxPixels: number;
}
export type FromHeic = { ready: true } | { jpeg: Uint8Array } | { failed: string };

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

const entry = fileURLToPath(new URL('./heic/process.ts', import.meta.url));
const startWithin = 30_000;
const atOnce = 2;

/** Node without type stripping of its own needs a loader for the child's `.ts`. */
function execArgv(): string[] {
  if ('typescript' in process.features && process.features.typescript) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** The answer of one child to one order. Until it is ready a failure is ours, from then on the picture's. */
function answer(child: ChildProcess, order: ToHeic, timeoutMs: number): Promise<Buffer> {
  let heard = '';
  let timer: NodeJS.Timeout | undefined;
  const told = new Promise<Buffer>((resolve, reject) => {
    let failed = (why: string): Error => new Error(`the HEIC decoder did not start: ${why} ${heard}`.trimEnd());
    const limit = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(failed(`it took over ${ms} ms`)), ms);
    };
    limit(startWithin);
    child.stderr?.on('data', (chunk: Buffer) => {
      heard = (heard + chunk.toString()).slice(-2000);
    });
    child.on('error', reject).on('exit', (code, by) => reject(failed(`it ended (${by ?? code})`)));
    child.on('message', (message: FromHeic) => {
      if ('jpeg' in message) return resolve(Buffer.from(message.jpeg));
      if ('failed' in message) return reject(failed(message.failed));
      failed = (why) => new Undecodable(why);
      limit(timeoutMs);
      child.send(order, (error) => {
        if (error) reject(error);
      });
    });
  });
  return told.finally(() => clearTimeout(timer));
}

/** Decodes each picture in a child process of its own, two at a time; the others wait for their turn. */
export function createHeic({ timeoutMs = 30_000, memory = 768_000_000 }: HeicLimits = {}): Heic {
  const running = new Set<ChildProcess>();
  const waiting: (() => void)[] = [];
  let places = atOnce;
  let closed = false;

  async function enter(): Promise<void> {
    if (places > 0) places -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }
  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else places += 1;
  }

  async function decode(order: ToHeic): Promise<Buffer> {
    if (closed) throw new Closed('the HEIC decoder is closed');
    const child = fork(entry, [], {
      execArgv: ['--max-old-space-size=256', ...execArgv()],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    running.add(child);
    try {
      return await answer(child, order, timeoutMs);
    } catch (cause) {
      throw closed ? new Closed('the HEIC decoder was closed', { cause }) : cause;
    } finally {
      child.kill('SIGKILL');
      await ended(child);
      running.delete(child);
    }
  }

  return {
    async toJpeg(picture) {
      await enter();
      try {
        return await decode({ ...picture, memory });
      } finally {
        leave();
      }
    },
    async close() {
      closed = true;
      const children = [...running];
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(children.map(ended));
    },
  };
}
