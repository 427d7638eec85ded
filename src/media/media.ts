import type { Media } from '../ports.ts';
import { createFetch } from './fetch.ts';
import { createFilms, type Films } from './film.ts';
import { createStore, type Store } from './store.ts';
import type { Authorized } from './way.ts';

/**
 * The media store in `dir` and its way to films. `origins` may be plain HTTP and private: the gateway's own
 * (`http://127.0.0.1:4000`), everything else is public HTTPS. `authorized` is for films behind the gateway's own key: it is sent to
 * URLs below the prefix alone, asked anew at each redirect. `films` reads them, and stays open; left out, it has one of its own. `timeoutMs` bounds one film, `idleMs` its silences.
 */
export function createMedia(options: {
  dir: string;
  origins?: readonly string[];
  authorized?: Authorized | undefined;
  films?: Pick<Films, 'inspect'>;
  maxFilmBytes?: number;
  timeoutMs?: number;
  idleMs?: number;
}): Media & Store & { close(): Promise<void> } {
  const { dir, origins = [], authorized, maxFilmBytes = 500_000_000, timeoutMs = 600_000, idleMs = 30_000 } = options;
  const store = createStore(dir);
  const own = options.films === undefined ? createFilms() : undefined;
  const films = options.films ?? (own as Films);
  const { fetch, close } = createFetch(store, { films, origins, authorized, maxFilmBytes, timeoutMs, idleMs });
  return { ...store, fetch, close: async () => void (await Promise.all([close(), own?.close()])) };
}
