import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TransientError } from '../../src/domain/errors.ts';
import { createFilms, NotAFilm } from '../../src/media/film.ts';
import { createMedia } from '../../src/media/media.ts';
import { tempFolder } from '../support/folder.ts';
import { tinyMp4 } from '../support/mp4.ts';
import { startScripted } from '../support/scripted.ts';
import { until } from '../support/until.ts';

const never = new AbortController().signal;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let films: ReturnType<typeof createFilms>;
let film: Buffer;
beforeAll(async () => {
  folder = await tempFolder();
  films = createFilms();
  film = Buffer.from(await tinyMp4(64, 48, 2));
});
afterAll(async () => {
  await films.close();
  await folder.remove();
});

async function put(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, bytes);
  return path;
}
/** How many child processes this one has. */
const readers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
const measured = { seconds: 2, width: 64, height: 48 };

/** The film, and behind it so many boxes without content: with the film's own, `boxes`. */
function withBoxes(boxes: number): Buffer {
  const own = ['ftyp', 'moov', 'mdat'].length;
  const empty = Buffer.from('\0\0\0\x08free', 'latin1');
  return Buffer.concat([film, Buffer.alloc((boxes - own) * empty.length, empty)]);
}
/** The film, promising two billion frames that are shown in another order than they come in. */
function bomb(): Buffer {
  const bytes = Buffer.from(film);
  bytes.writeUInt32BE(0x7fff_ffff, bytes.indexOf('stts') + 12);
  bytes.write('ctts', bytes.indexOf('stsc'));
  return bytes;
}

describe('reading a film', () => {
  it('takes up to 10,000 boxes', async () => {
    expect(await films.inspect(await put('full.mp4', withBoxes(10_000)), never)).toEqual(measured);
    const over = films.inspect(await put('over.mp4', withBoxes(10_001)), never);
    await expect(over).rejects.toThrow(NotAFilm);
    await expect(over).rejects.toThrow('more than 10000 boxes');
  });

  it('of a million boxes is soon over', async () => {
    const path = await put('boxes.mp4', withBoxes(1_000_000));
    const started = performance.now();
    await expect(films.inspect(path, never)).rejects.toThrow('more than 10000 boxes');
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('happens in one process for all, which harm is done to alone', async () => {
    const good = await put('good.mp4', film);
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const [before, harmful, after] = await Promise.allSettled([
      films.inspect(good, never),
      films.inspect(await put('bomb.mp4', bomb()), never),
      films.inspect(good, never),
    ]);
    delay.disable();
    expect(before).toEqual({ status: 'fulfilled', value: measured });
    expect(harmful).toMatchObject({ status: 'rejected', reason: expect.any(NotAFilm) });
    expect(after).toEqual(before);
    expect(delay.max / 1e6).toBeLessThan(1_000);
  }, 60_000);

  it('throws the reason of its signal, and of the signals of those who wait', async () => {
    const path = await put('bomb.mp4', bomb());
    const stop = new AbortController();
    const both = [films.inspect(path, stop.signal), films.inspect(path, stop.signal)].map((read) =>
      read.catch((error: Error) => error.message),
    );
    await until('it is read', () => readers() === 1);
    stop.abort(new Error('closing down'));
    expect(await Promise.all(both)).toEqual(['closing down', 'closing down']);
    await until('no reader is left', () => readers() === 0);
    expect(await films.inspect(await put('good.mp4', film), never)).toEqual(measured);
  });

  it('ends with what reads', async () => {
    const closing = createFilms();
    const read = closing.inspect(await put('good.mp4', film), never);
    expect(await read).toEqual(measured);
    await closing.close();
    await expect(closing.inspect(await put('good.mp4', film), never)).rejects.toThrow('not read any more');
  });
});

describe('a fetched film', () => {
  it('is given up, and nothing of it left, when reading it outlasts its time', async () => {
    const server = await startScripted((reply) => reply.end(bomb()));
    const media = createMedia({ dir: folder.path, origins: [server.origin], timeoutMs: 1_000 });
    const started = performance.now();
    const fetched = media.fetch(`${server.origin}/film.mp4`, never);
    await expect(fetched).rejects.toThrow(TransientError);
    await expect(fetched).rejects.toThrow('no film within 1000 ms');
    expect(performance.now() - started).toBeLessThan(5_000);
    expect((await readdir(folder.path)).filter((name) => name.startsWith('.'))).toEqual([]);
    await media.close();
    await server.close();
  });
});
