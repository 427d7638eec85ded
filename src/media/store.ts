import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

export type Ending = 'mp4' | 'png' | 'jpg';

const namePattern = /^[0-9a-f]{64}\.(?:mp4|png|jpg)$/;
const draftPattern = /^\.draft-[0-9a-f-]{36}$/;
const draftLife = 3_600_000;

/** A file being written. It ends by `commit`, which gives it the name of its content, or by `discard`. */
export interface Draft {
  path: string;
  write(chunk: Uint8Array): Promise<void>;
  /** All bytes are on the disk when it returns. */
  finish(): Promise<void>;
  commit(ending: Ending): Promise<{ name: string; bytes: number }>;
  discard(): Promise<void>;
}

/** Files by the hash of their content, `<sha256>.<ending>`, all in one folder. */
export interface Store {
  /** Throws on anything that is no name of this store. */
  path(name: string): string;
  read(name: string): Promise<Uint8Array>;
  /** Keeps the bytes and returns their name; what is there already counts as new again. */
  put(bytes: Uint8Array, ending: Ending): Promise<string>;
  /** Counts a stored file as new, so that the sweep leaves it; false when it is gone. */
  renew(name: string): Promise<boolean>;
  draft(): Promise<Draft>;
  /** Removes files untouched for this many milliseconds, and drafts that were left over. Returns how many went. */
  sweep(olderThanMs: number): Promise<number>;
}

async function openDraft(dir: string): Promise<Draft> {
  const path = join(dir, `.draft-${randomUUID()}`);
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  let closed = false;
  async function close(sync: boolean): Promise<void> {
    if (closed) return;
    closed = true;
    try {
      if (sync) await file.sync();
    } finally {
      await file.close();
    }
  }
  return {
    path,
    async write(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
      await file.writeFile(chunk);
    },
    finish: () => close(true),
    async commit(ending) {
      await close(true);
      const name = `${hash.digest('hex')}.${ending}`;
      await rename(path, join(dir, name));
      return { name, bytes };
    },
    async discard() {
      await close(false);
      await rm(path, { force: true });
    },
  };
}

const gone = (error: NodeJS.ErrnoException): false => {
  if (error.code === 'ENOENT') return false;
  throw error;
};

/** A store in `dir`, which is made when the first file comes. */
export function createStore(dir: string): Store {
  function path(name: string): string {
    if (!namePattern.test(name)) throw new TypeError('that is no name of a stored file');
    return join(dir, name);
  }

  async function draft(): Promise<Draft> {
    await mkdir(dir, { recursive: true });
    return openDraft(dir);
  }

  async function removeIfOld(file: string, before: number): Promise<boolean> {
    const found = await stat(file).catch(gone);
    if (!found || found.mtimeMs > before) return false;
    await rm(file, { force: true });
    return true;
  }

  return {
    path,
    read: (name) => readFile(path(name)),
    draft,
    async renew(name) {
      const now = new Date();
      return utimes(path(name), now, now).then(() => true, gone);
    },
    async put(bytes, ending) {
      const written = await draft();
      try {
        await written.write(bytes);
        return (await written.commit(ending)).name;
      } catch (error) {
        await written.discard();
        throw error;
      }
    },
    async sweep(olderThanMs) {
      await mkdir(dir, { recursive: true });
      const now = Date.now();
      let removed = 0;
      for (const name of await readdir(dir)) {
        const life = draftPattern.test(name) ? draftLife : namePattern.test(name) ? olderThanMs : undefined;
        if (life !== undefined && (await removeIfOld(join(dir, name), now - life))) removed += 1;
      }
      return removed;
    },
  };
}
