import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TransientError } from '../domain/errors.ts';
import type { Asset } from '../domain/job.ts';
import type { Fitting, Log } from '../ports.ts';
import { Failed } from './child.ts';
import { type Films, NotAFilm } from './film.ts';
import { createPlaces } from './places.ts';
import type { Draft, Store } from './store.ts';

/** The short side of a smaller film, in pixels; below the last it is given up. */
const sides = [2160, 1440, 1080, 720, 540, 480, 360, 240];
/** Bits a second that a pixel needs for a film to be watchable: 1.4 Mbit/s at 1280x720, 150 kbit/s at 426x240. */
const bitsPerPixel = 1.5;
/** How much of the room is planned for. The boxes take some of the rest, and the encoder misses its rate by up to a twentieth. */
const planned = 0.92;
/** Milliseconds for one film; seconds of computing, for an encoder that outlives this process; bytes in one block of its memory. */
const encodeWithin = 240_000;
const computeMax = 600;
const blockMax = 2 ** 28;
/** How many films are remembered, and milliseconds until what could not be done is tried again, and ffmpeg looked for again. */
const rememberedMax = 100;
const againAfter = 600_000;

/** A film's sides, and bits a second for its picture and for its sound, should it have any. */
type Plan = Record<'width' | 'height' | 'picture' | 'sound', number>;

/** How a film of so many bytes is made: at the largest sides at which it is watchable, even, of its shape and not above its own. */
export function planFor({ width, height, seconds }: Omit<Asset, 'name' | 'bytes'>, bytes: number): Plan | undefined {
  const rate = (bytes * planned * 8) / seconds;
  const sound = rate >= 600_000 ? 96_000 : 48_000;
  const picture = Math.floor(rate - sound);
  const short = Math.min(width, height);
  const even = (length: number): number => Math.max(2, 2 * Math.floor(length / 2));
  for (const side of [short, ...sides.filter((step) => step < short)]) {
    const size = { width: even((width * side) / short), height: even((height * side) / short) };
    if (picture >= size.width * size.height * bitsPerPixel) return { ...size, picture, sound };
  }
  return undefined;
}

/** What ffmpeg is told. The file is read as an MP4, whatever it says of itself, and no other is opened. */
function argumentsFor(from: string, to: string, { width, height, picture, sound }: Plan, bytes: number): string[] {
  const words = (...lines: string[]): string[] => lines.join(' ').split(' ');
  const whole = words('-nostdin -hide_banner -loglevel error -y', `-max_alloc ${blockMax} -timelimit ${computeMax}`);
  const input = words('-filter_threads 2 -threads 2 -protocol_whitelist file -f mp4 -i');
  const output = words(
    '-map 0:V:0 -map 0:a:0? -map_metadata -1 -map_chapters -1 -fflags +bitexact',
    `-vf scale=${width}:${height},setsar=1,format=yuv420p -c:v libx264 -preset veryfast -threads 2`,
    `-b:v ${picture} -maxrate ${Math.floor(picture * 1.5)} -bufsize ${picture}`,
    // What grows to twice its room is cut off: it is not kept, and must not fill the disk.
    `-c:a aac -ac 2 -ar 48000 -b:a ${sound} -fs ${bytes * 2} -movflags +faststart -f mp4`,
  );
  return [...whole, ...input, `file:${resolve(from)}`, ...output, `file:${resolve(to)}`];
}

/** There is no such program, or none that we may start. */
class Absent extends Error {}

/** Runs a program to its end. Throws {@link Absent}, {@link Failed} with what it said last, or the signal's reason; it is gone then. */
async function run(program: string, args: string[], path: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(program, args, { env: { PATH: path }, stdio: ['ignore', 'ignore', 'pipe'] });
  let heard = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    heard = (heard + chunk.toString()).slice(-2000);
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  const [code, by] = await once(child, 'close')
    .catch((cause: NodeJS.ErrnoException) => {
      const absent = cause.code === 'ENOENT' || cause.code === 'EACCES';
      throw absent ? new Absent(`${program} does not start`, { cause }) : cause;
    })
    .finally(() => signal.removeEventListener('abort', kill));
  signal.throwIfAborted();
  if (code !== 0) throw new Failed(`${program} ended (${by ?? code}) ${heard}`.trimEnd());
}

/**
 * Makes films smaller with ffmpeg, one at a time, each within four minutes; what went wrong is in the log. Who asks for the same as
 * another waits and is given the same. `program` is its name or path, `path` the folders that programs lie in and all of the
 * environment that it gets. `close` ends what is under way, which may be tried again elsewhere.
 */
export function createFitting(options: {
  store: Pick<Store, 'path' | 'draft' | 'renew'>;
  films: Pick<Films, 'inspect'>;
  log: Log;
  program?: string;
  path?: string;
  timeoutMs?: number;
  now?: () => number;
}): Fitting & { close(): Promise<void> } {
  const { store, films, log, program = 'ffmpeg', path = '/usr/local/bin:/usr/bin:/bin' } = options;
  const { timeoutMs = encodeWithin, now = Date.now } = options;
  const place = createPlaces(1);
  const closing = new AbortController();
  const results = new Map<string, { film: Asset | undefined; at: number }>();
  let missingSince: number | undefined;
  const isRecent = (at: number | undefined): boolean => at !== undefined && now() - at < againAfter;

  async function drafted<T>(use: (draft: Draft) => Promise<T>): Promise<T> {
    const draft = await store.draft();
    return use(draft).finally(() => draft.discard());
  }

  const keep = (made: string, asset: Asset, signal: AbortSignal): Promise<Asset> =>
    drafted(async (draft) => {
      for await (const chunk of createReadStream(made)) await draft.write(chunk);
      const film = await films.inspect(draft.path, signal);
      const off = Math.abs(film.seconds - asset.seconds);
      if (off > Math.max(0.5, asset.seconds / 20)) throw new Failed(`it made ${film.seconds} s of ${asset.seconds} s`);
      return { ...film, ...(await draft.commit('mp4')) };
    });

  /** The second try aims lower, by as much as the first one missed and a little more. */
  async function make(asset: Asset, bytes: number, signal: AbortSignal): Promise<Asset> {
    let room = bytes;
    for (let tries = 0; tries < 2; tries++) {
      const plan = planFor(asset, room);
      if (!plan) break;
      const film = await drafted(async ({ path: to }) => {
        await run(program, argumentsFor(store.path(asset.name), to, plan, bytes), path, signal);
        const { size } = await stat(to);
        room *= (bytes / size) * 0.95;
        return size > bytes ? undefined : keep(to, asset, signal);
      });
      if (film) return film;
    }
    throw new Failed('it did not become small enough');
  }

  async function attempt(asset: Asset, bytes: number, signal: AbortSignal): Promise<Asset | undefined> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Failed(`it took over ${timeoutMs} ms`)), timeoutMs);
    try {
      return await make(asset, bytes, AbortSignal.any([signal, closing.signal, limit.signal]));
    } catch (err) {
      if (err instanceof Absent) {
        if (missingSince === undefined) log.warn({ err }, 'large films are not made smaller: apt-get install ffmpeg');
        missingSince = now();
      } else if (err instanceof Failed || err instanceof NotAFilm) {
        log.error({ film: asset.name, bytes, err }, 'a film was not made smaller');
      } else throw err;
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What became of the same film before, while that holds. */
  async function remembered(key: string): Promise<{ film: Asset | undefined } | undefined> {
    const { film, at } = results.get(key) ?? {};
    const holds = film ? await store.renew(film.name) : isRecent(at) || isRecent(missingSince);
    return holds ? { film } : undefined;
  }

  return {
    async fit(asset, bytes, signal) {
      signal.throwIfAborted();
      if (asset.bytes <= bytes) return asset;
      if (!planFor(asset, bytes)) return undefined;
      const key = `${asset.name} ${bytes}`;
      const known = await remembered(key);
      if (known) return known.film;
      return place(async () => {
        // Whoever had the place before may have asked for the same.
        const made = await remembered(key);
        if (made) return made.film;
        const film = await attempt(asset, bytes, signal);
        results.delete(key);
        results.set(key, { film, at: now() });
        for (const [oldest] of [...results].slice(0, -rememberedMax)) results.delete(oldest);
        return film;
      }, signal);
    },
    async close() {
      closing.abort(new TransientError('films are not made smaller any more'));
      // Whoever waits is told in turn; nobody is at work then.
      await place(async () => undefined);
    },
  };
}
