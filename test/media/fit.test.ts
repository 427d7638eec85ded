import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FilePathSource, Input, MP4 } from 'mediabunny';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../src/domain/errors.ts';
import type { Asset } from '../../src/domain/job.ts';
import { createFilms } from '../../src/media/film.ts';
import { createFitting, planFor } from '../../src/media/fit.ts';
import { createStore, type Store } from '../../src/media/store.ts';
import { tempFolder } from '../support/folder.ts';
import { createTestLog } from '../support/log.ts';
import { until } from '../support/until.ts';

const never = new AbortController().signal;
const PATH = process.env.PATH ?? '';

/** In CI it is a must. */
function haveFfmpeg(): boolean {
  try {
    execFileSync('ffmpeg', ['-version']);
    return true;
  } catch (cause) {
    if (process.env.CI === 'true')
      throw new Error('CI makes films smaller with ffmpeg, which is not installed', { cause });
    return false;
  }
}

describe('the plan of a smaller film', () => {
  const film = (width: number, height: number, seconds: number) => ({ width, height, seconds });
  const MiB = 2 ** 20;
  it.each([
    ['keeps its size where the room allows', film(1280, 720, 10), 10 * MiB, [1280, 720]],
    ['is scaled down where it is short', film(1920, 1080, 30), 10 * MiB, [1280, 720]],
    ['keeps an upright shape', film(1080, 1920, 60), 10 * MiB, [540, 960]],
    ['keeps a square', film(1024, 1024, 120), 10 * MiB, [540, 540]],
    ['has even sides, and none above its own', film(1281, 721, 10), 10 * MiB, [1280, 720]],
    ['goes down to 240 lines', film(1920, 1080, 380), 10 * MiB, [426, 240]],
    ['and no further', film(1920, 1080, 400), 10 * MiB, undefined],
    ['leaves a tiny film as it is', film(64, 48, 10), 100_000, [64, 48]],
    ['cannot be for no room at all', film(64, 48, 10), 0, undefined],
  ])('%s', (_name, of, bytes, sides) => {
    const plan = planFor(of, bytes);
    expect(plan && [plan.width, plan.height]).toEqual(sides);
  });

  it('spends less than there is room for', () => {
    const plan = planFor(film(1280, 720, 10), 2 * MiB);
    expect(plan).toMatchObject({ sound: 96_000 });
    expect((((plan?.picture ?? 0) + 96_000) * 10) / 8).toBeCloseTo(2 * MiB * 0.92, -1);
  });
});

describe.skipIf(!haveFfmpeg())('a film for a chat with a limit', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>;
  let dir: string;
  let store: Store;
  let log: ReturnType<typeof createTestLog>;
  let loud: Asset;
  let mute: Asset;
  const films = createFilms();
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    folder = await tempFolder();
    dir = join(folder.path, 'store');
    store = createStore(dir);
    const [noisy, silent] = [join(folder.path, 'noisy.mp4'), join(folder.path, 'silent.mp4')];
    const ffmpeg = (line: string, to: string) =>
      execFileSync('ffmpeg', [...`-nostdin -loglevel error -y ${line}`.split(' '), to]);
    ffmpeg(
      '-f lavfi -i testsrc2=size=1280x720:rate=24:duration=4,noise=alls=20:allf=t -f lavfi -i sine=duration=4 ' +
        '-c:v libx264 -preset ultrafast -b:v 18M -pix_fmt yuv420p -c:a aac -metadata title=paper-boat',
      noisy,
    );
    ffmpeg(`-i ${noisy} -c copy -an -t 3`, silent);
    loud = await put(await readFile(noisy));
    mute = await put(await readFile(silent));
  });
  beforeEach(async () => {
    log = createTestLog();
    await writeFile(join(folder.path, 'runs'), '');
    await rm(join(folder.path, 'together'), { force: true });
  });
  afterEach(async () => {
    for (const end of cleanups.splice(0)) await end();
    expect((await readdir(dir)).filter((file) => file.startsWith('.'))).toEqual([]);
  });
  afterAll(async () => {
    await films.close();
    await folder.remove();
  });

  async function put(bytes: Uint8Array): Promise<Asset> {
    const name = await store.put(bytes, 'mp4');
    return { name, bytes: bytes.length, ...(await films.inspect(store.path(name), never)) };
  }
  /** A program that notes its process, whether another was under way, and its environment, and becomes ffmpeg or does something else. */
  async function script(file: string, act = 'exec ffmpeg "$@"'): Promise<string> {
    const program = join(folder.path, file);
    const lines = [
      '#!/bin/sh',
      `/usr/bin/env > '${folder.path}/env'`,
      `PATH='${PATH}'`,
      `cd '${folder.path}'`,
      'for pid in $(cat runs); do if kill -0 $pid 2>/dev/null; then echo $pid >> together; fi; done',
      'echo $$ >> runs',
      act,
    ];
    await writeFile(program, `${lines.join('\n')}\n`);
    await chmod(program, 0o755);
    return program;
  }
  /** Heeds nothing but a kill. */
  const endless = `trap '' TERM; exec sleep 60`;
  const runs = async (): Promise<number[]> =>
    (await readFile(join(folder.path, 'runs'), 'utf8')).split('\n').filter(Boolean).map(Number);
  const isRunning = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  /** The first of so many processes that have begun. */
  const begun = (count: number): Promise<number> =>
    until(`${count} processes began`, async () => (await runs()).length === count && (await runs()).at(-1));

  async function start(options: Partial<Parameters<typeof createFitting>[0]> = {}) {
    const program = options.program ?? (await script('noting'));
    const fitting = createFitting({ store, films, log, path: PATH, ...options, program });
    cleanups.push(fitting.close);
    return fitting;
  }
  const hasSound = async (name: string): Promise<boolean> => {
    const input = new Input({ source: new FilePathSource(store.path(name)), formats: [MP4] });
    const track = await input.getPrimaryAudioTrack();
    input.dispose();
    return track !== null;
  };

  it.each([
    ['2 MiB', 2 * 2 ** 20, [1280, 720]],
    ['700 KB', 700_000, [960, 540]],
  ])('is made to fit into %s', async (_name, bytes, [width, height]) => {
    expect(loud.bytes).toBeGreaterThan(8_000_000);
    const fitting = await start();
    const made = (await fitting.fit(loud, bytes, never)) as Asset;
    const file = Buffer.from(await store.read(made.name));
    expect(made).toMatchObject({ bytes: file.length, width, height });
    expect(file.length).toBeLessThanOrEqual(bytes);
    expect(file.length).toBeGreaterThan(bytes * 0.8);
    expect(await films.inspect(store.path(made.name), never)).toMatchObject({ width, height, seconds: made.seconds });
    expect(Math.abs(made.seconds - loud.seconds)).toBeLessThan(0.2);
    expect((made.width / made.height / (loud.width / loud.height) - 1) ** 2).toBeLessThan(0.01 ** 2);
    expect(await hasSound(made.name)).toBe(true);
    expect(file.indexOf('moov')).toBeLessThan(file.indexOf('mdat'));
    expect(Buffer.from(await store.read(loud.name)).includes('paper-boat')).toBe(true);
    expect(file.includes('paper-boat')).toBe(false);
    expect(log.lines).toEqual([]);
  });

  it('stays silent where it is', async () => {
    const fitting = await start();
    const made = (await fitting.fit(mute, 300_000, never)) as Asset;
    expect(made.bytes).toBeLessThanOrEqual(300_000);
    expect(made.seconds).toBeCloseTo(mute.seconds, 1);
    expect(await hasSound(made.name)).toBe(false);
  });

  it('stays as it is where it is small enough, and is given up where it would be a smear', async () => {
    const fitting = await start();
    expect(await fitting.fit(loud, loud.bytes, never)).toBe(loud);
    expect(await fitting.fit(loud, 100_000, never)).toBeUndefined();
    expect(await runs()).toEqual([]);
  });

  it('is made once for all who ask for the same, and again when it is gone', async () => {
    const fitting = await start();
    const ask = () => fitting.fit(mute, 150_000, never);
    const [one, same] = (await Promise.all([ask(), ask()])) as [Asset, Asset];
    expect(one).toMatchObject({ width: 426, height: 240 });
    expect(same).toEqual(one);
    expect(await ask()).toEqual(one);
    expect(await runs()).toHaveLength(1);
    await rm(store.path(one.name));
    expect(await ask()).toMatchObject({ width: 426, height: 240 });
    expect(await runs()).toHaveLength(2);
  });

  it('waits for the one before it, and is made for who still wants it', async () => {
    const fitting = await start();
    const [first, second] = [new AbortController(), new AbortController()];
    const left = fitting.fit(loud, 200_001, first.signal).catch((error: Error) => error.message);
    const alike = fitting.fit(loud, 200_001, never);
    const queued = fitting.fit(mute, 150_001, second.signal).catch((error: Error) => error.message);
    const other = fitting.fit(mute, 150_002, never);
    await begun(1);
    second.abort(new Error('no more'));
    expect(await queued).toBe('no more');
    first.abort(new Error('gone home'));
    expect(await left).toBe('gone home');
    expect(await alike).toMatchObject({ width: 426 });
    expect(await other).toMatchObject({ width: 426 });
    expect(await runs()).toHaveLength(3);
    expect(await readdir(folder.path)).not.toContain('together');
  });

  it('is dropped at once when nobody wants it any more', async () => {
    const fitting = await start();
    const stop = new AbortController();
    const asked = fitting.fit(loud, 2_000_000, stop.signal).catch((error: Error) => error.message);
    const pid = await begun(1);
    expect(isRunning(pid)).toBe(true);
    stop.abort(new Error('closing down'));
    expect(await asked).toBe('closing down');
    expect(isRunning(pid)).toBe(false);
    await expect(fitting.fit(loud, 2_000_000, stop.signal)).rejects.toThrow('closing down');
    expect(log.lines).toEqual([]);
  });

  it('may be tried again where all was closed in the middle', async () => {
    const fitting = await start({ program: await script('endless', endless) });
    const asked = [fitting.fit(loud, 2_000_000, never), fitting.fit(mute, 2_000_000, never)].map((one) =>
      one.catch((error) => error),
    );
    const pid = await begun(1);
    await fitting.close();
    expect(isRunning(pid)).toBe(false);
    for (const error of await Promise.all(asked)) expect(error).toBeInstanceOf(TransientError);
    await expect(fitting.fit(loud, 2_000_000, never)).rejects.toThrow(TransientError);
    expect(await runs()).toHaveLength(1);
  });

  it('is given up when it takes too long', async () => {
    const fitting = await start({ timeoutMs: 300, program: await script('endless', endless) });
    expect(await fitting.fit(loud, 2_000_000, never)).toBeUndefined();
    expect((await runs()).filter(isRunning)).toEqual([]);
    const err = expect.objectContaining({ message: 'it took over 300 ms' });
    expect(log.lines).toMatchObject([{ level: 'error', fields: { film: loud.name, bytes: 2_000_000, err } }]);
  });

  const broken = {
    'cut in the middle': (film: Buffer) => film.subarray(0, film.length / 2),
    'without a picture that can be read': (film: Buffer) => film.fill(0, film.indexOf('mdat') + 4),
    'a list that names another': () => Buffer.from(`ffconcat version 1.0\nfile ${mute.name}\n`),
    'nothing at all': () => Buffer.alloc(0),
  };
  it.each(Object.entries(broken))('is not made of one that is %s, and the operator is told', async (_name, harm) => {
    const made = join(folder.path, 'front.mp4');
    const line = `-nostdin -loglevel error -y -i ${store.path(mute.name)} -c copy -movflags +faststart`;
    execFileSync('ffmpeg', [...line.split(' '), made]);
    const name = await store.put(harm(await readFile(made)), 'mp4');
    let now = 0;
    const fitting = await start({ now: () => now });
    const asset = { ...mute, name };
    expect(await fitting.fit(asset, 500_000, never)).toBeUndefined();
    expect(log.lines).toMatchObject([{ level: 'error', fields: { film: name } }]);
    expect(await fitting.fit(asset, 500_000, never)).toBeUndefined();
    expect(await runs()).toHaveLength(1);
    now += 600_000;
    expect(await fitting.fit(asset, 500_000, never)).toBeUndefined();
    expect(await runs()).toHaveLength(2);
  });

  it('is tried for twice, the second time with less, where it comes out too large', async () => {
    const act = 'for to; do :; done\necho "$@" >> told\nhead -c 2500000 /dev/zero > "$(echo $to | cut -c6-)"';
    const fitting = await start({ program: await script('lavish', act) });
    expect(await fitting.fit(loud, 2_000_000, never)).toBeUndefined();
    const told = (await readFile(join(folder.path, 'told'), 'utf8')).trim().split('\n');
    const [first = 0, second = 0, ...more] = told.map((line) => Number(/-b:v (\d+)/.exec(line)?.[1]));
    expect(second / first).toBeCloseTo(0.95 * (2 / 2.5), 1);
    expect(more).toEqual([]);
    const err = expect.objectContaining({ message: 'it did not become small enough' });
    expect(log.lines).toMatchObject([{ level: 'error', fields: { err } }]);
  });

  it('comes with nothing of our environment but the path', async () => {
    const fitting = await start({ program: await script('bare', 'exit 1') });
    await fitting.fit(loud, 2_000_000, never);
    const names = (await readFile(join(folder.path, 'env'), 'utf8')).trim().split('\n');
    // The shell's own.
    expect(names.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line))).toEqual([`PATH=${PATH}`]);
  });

  it('is not made without ffmpeg, which is told once and looked for again', async () => {
    await mkdir(join(folder.path, 'bin'));
    let now = 0;
    const fitting = await start({ program: 'ffmpeg', path: join(folder.path, 'bin'), now: () => now });
    expect(await fitting.fit(mute, 150_003, never)).toBeUndefined();
    expect(await fitting.fit(loud, 200_000, never)).toBeUndefined();
    now += 600_000;
    expect(await fitting.fit(mute, 150_003, never)).toBeUndefined();
    const message = expect.stringContaining('apt-get install ffmpeg');
    expect(log.lines).toMatchObject([{ level: 'warn', message }]);
    await script('bin/ffmpeg');
    expect(await fitting.fit(loud, 200_004, never)).toBeUndefined();
    now += 600_000;
    expect(await fitting.fit(mute, 150_003, never)).toMatchObject({ width: 426 });
    expect(log.lines).toHaveLength(1);
  });
});
