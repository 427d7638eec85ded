import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The first of valkey-server and redis-server on the PATH that is of version 7 or newer; nothing when there is none. */
export async function findServer(): Promise<string | undefined> {
  for (const program of ['valkey-server', 'redis-server']) {
    const version = await run(program, ['--version']).then(
      ({ stdout }) => /\bv=(\d+)\./.exec(stdout)?.[1],
      () => undefined,
    );
    if (Number(version) >= 7) return program;
  }
  return undefined;
}

/** Where the socket of a data folder lies: in it, or, as a socket's path holds about 100 bytes, in a short folder of ours alone. */
export async function socketPath(dir: string): Promise<string> {
  const near = join(resolve(dir), 'redis.sock');
  if (Buffer.byteLength(near) <= 100) return near;
  const { uid } = userInfo();
  const name = `dailies-${createHash('sha256').update(near).digest('hex').slice(0, 16)}`;
  const folder = join(Buffer.byteLength(tmpdir()) <= 60 ? tmpdir() : '/tmp', name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const made = await lstat(folder);
  if (!made.isDirectory() || (uid >= 0 && made.uid !== uid) || (made.mode & 0o077) !== 0)
    throw new Error(
      `${folder} must be a folder of this user alone, for the socket of Redis; remove it and start again`,
    );
  return join(folder, 'redis.sock');
}

/** Runs `act` while no other process of this machine does so under the same file. A lock whose process died is taken over. */
export async function withLock<T>(file: string, patience: number, act: () => Promise<T>): Promise<T> {
  while (!(await claimed(file))) {
    if (await abandoned(file, patience)) await rm(file, { force: true });
    else await wait(50);
  }
  try {
    return await act();
  } finally {
    await rm(file, { force: true });
  }
}

function claimed(file: string): Promise<boolean> {
  return writeFile(file, String(process.pid), { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function abandoned(file: string, patience: number): Promise<boolean> {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    if (Date.now() - mtimeMs > patience) return true;
    if (holder === '') return false;
    process.kill(Number(holder), 0);
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return true;
    if (code === 'ENOENT' || code === 'EPERM') return false;
    throw error;
  }
}
