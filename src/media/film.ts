import { programBeside } from '../program.ts';
import { type Child, Failed, startChild } from './child.ts';
import type { Film, Inspected } from './film/inspect.ts';
import { createPlaces } from './places.ts';

/** The file is no whole, playable MP4; the message says what is wrong with it. */
export class NotAFilm extends Error {
  override readonly name = 'NotAFilm';
}

/** What reads films from files. */
export interface Films {
  /** Throws {@link NotAFilm}, or the reason of the signal. */
  inspect(path: string, signal: AbortSignal): Promise<Film>;
  close(): Promise<void>;
}

const entry = programBeside('./film/process', import.meta.url);
/** Milliseconds: for one film, which takes a few, and how long the process waits for the next. */
const inspectWithin = 20_000;
const idleMax = 10_000;

/** Reads films one at a time in a process of its own, which is started for the first and ended when none come or one does it harm. */
export function createFilms(): Films {
  const place = createPlaces(1);
  let child: Child<{ path: string }, Inspected> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;

  async function end(): Promise<void> {
    const ending = child;
    child = undefined;
    await ending?.end();
  }

  async function ask(path: string, signal: AbortSignal): Promise<Inspected> {
    if (closed) throw new Error('films are not read any more');
    clearTimeout(idle);
    if (!child?.running()) child = startChild(entry, 256);
    try {
      const inspected = await child.ask({ path }, { timeoutMs: inspectWithin, signal });
      if (!closed) idle = setTimeout(end, idleMax);
      return inspected;
    } catch (cause) {
      await end();
      if (closed || !(cause instanceof Failed)) throw cause;
      throw new NotAFilm(`its index cannot be read: ${cause.message}`, { cause });
    }
  }

  return {
    async inspect(path, signal) {
      const { film, wrong } = await place(() => ask(path, signal), signal);
      if (film) return film;
      throw new NotAFilm(wrong);
    },
    async close() {
      closed = true;
      clearTimeout(idle);
      await end();
    },
  };
}
