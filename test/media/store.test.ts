import { createHash } from 'node:crypto';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStore, type Store } from '../../src/media/store.ts';
import { tempFolder } from '../support/folder.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
let dir: string;
let store: Store;
beforeEach(async () => {
  folder = await tempFolder();
  dir = join(folder.path, 'media', 'deep');
  store = createStore(dir);
});
afterEach(() => folder.remove());

const bytes = new TextEncoder().encode('a picture, let us say');
const name = `${createHash('sha256').update(bytes).digest('hex')}.png`;
const age = (file: string, ms: number): Promise<void> => {
  const at = new Date(Date.now() - ms);
  return utimes(join(dir, file), at, at);
};

describe('the media store', () => {
  it('keeps bytes under the hash of their content', async () => {
    expect(await store.put(bytes, 'png')).toBe(name);
    expect(store.path(name)).toBe(join(dir, name));
    expect(new Uint8Array(await store.read(name))).toEqual(bytes);
    expect(await readdir(dir)).toEqual([name]);
    expect((await stat(store.path(name))).mode & 0o077).toBe(0);
  });

  it('keeps one copy of the same, and counts it as new again', async () => {
    await store.put(bytes, 'png');
    await age(name, 100_000);
    await store.put(bytes, 'png');
    expect(await readdir(dir)).toEqual([name]);
    expect(Date.now() - (await stat(store.path(name))).mtimeMs).toBeLessThan(50_000);
  });

  it('counts a file as new when it is renewed, and says when there is none', async () => {
    await store.put(bytes, 'png');
    await age(name, 100_000);
    expect(await store.renew(name)).toBe(true);
    expect(await store.sweep(50_000)).toBe(0);
    await age(name, 100_000);
    expect(await store.sweep(50_000)).toBe(1);
    expect(await store.renew(name)).toBe(false);
    await expect(store.renew('../secret.png')).rejects.toThrow(TypeError);
  });

  it('survives the same content being put many times at once', async () => {
    const names = await Promise.all(Array.from({ length: 20 }, () => store.put(bytes, 'png')));
    expect(new Set(names)).toEqual(new Set([name]));
    expect(await readdir(dir)).toEqual([name]);
  });

  it('writes what comes in pieces, and shows it under its name only when it is whole', async () => {
    const draft = await store.draft();
    await draft.write(bytes.subarray(0, 5));
    expect((await readdir(dir)).filter((file) => !file.startsWith('.'))).toEqual([]);
    await draft.write(bytes.subarray(5));
    expect(await draft.commit('png')).toEqual({ name, bytes: bytes.length });
    expect(new Uint8Array(await readFile(join(dir, name)))).toEqual(bytes);
  });

  it('leaves nothing of a discarded draft', async () => {
    const draft = await store.draft();
    await draft.write(bytes);
    await draft.discard();
    expect(await readdir(dir)).toEqual([]);
  });

  it.each([
    '../secret.png',
    `../${name}`,
    `${name}/..`,
    `${name}\0`,
    `x${name}`,
    name.toUpperCase(),
    name.replace('.png', '.svg'),
    name.replace('.png', ''),
    `${name}\n`,
    '',
  ])('has no path for %j', async (other) => {
    expect(() => store.path(other)).toThrow(TypeError);
    await expect(async () => store.read(other)).rejects.toThrow(TypeError);
  });

  it('sweeps what is old and what was left over, and nothing else', async () => {
    const young = await store.put(new Uint8Array([1]), 'mp4');
    await store.put(bytes, 'png');
    const draft = await store.draft();
    const leftOver = `.draft-${crypto.randomUUID()}`;
    await writeFile(join(dir, leftOver), 'half a film');
    await writeFile(join(dir, 'README'), 'not ours');
    for (const file of [name, leftOver, 'README']) await age(file, 7_200_000);
    expect(await store.sweep(3_000_000)).toBe(2);
    expect((await readdir(dir)).sort()).toEqual([draft.path.slice(dir.length + 1), young, 'README'].sort());
    await draft.discard();
  });

  it('sweeps an empty house', async () => {
    expect(await store.sweep(0)).toBe(0);
  });
});
