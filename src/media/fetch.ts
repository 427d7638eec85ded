import { JobFailure, TransientError } from '../domain/errors.ts';
import type { Asset } from '../domain/job.ts';
import { LinkExpired } from '../ports.ts';
import { PrivateAddress } from './address.ts';
import { type Films, NotAFilm } from './film.ts';
import type { Store } from './store.ts';
import { receive } from './transfer.ts';
import { createWay, type WayOptions } from './way.ts';

export interface FetchOptions extends WayOptions {
  maxFilmBytes: number;
  /** What reads them; it is not closed here. */
  films: Pick<Films, 'inspect'>;
  /** For the whole of one film, in milliseconds. */
  timeoutMs: number;
}

/** Brings films home; see {@link Media} for what it throws. Our key goes to where it belongs alone. */
export function createFetch(
  store: Store,
  options: FetchOptions,
): { fetch(url: string, signal: AbortSignal): Promise<Asset>; close(): Promise<void> } {
  const { films, maxFilmBytes, timeoutMs } = options;
  const way = createWay(options);

  async function bring(url: string, signal: AbortSignal): Promise<Asset> {
    const draft = await receive(url, { store, way, maxFilmBytes, signal });
    try {
      const film = await films.inspect(draft.path, signal);
      return { ...film, ...(await draft.commit('mp4')) };
    } catch (error) {
      await draft.discard();
      throw error;
    }
  }

  return {
    close: way.close,
    async fetch(url, signal) {
      signal.throwIfAborted();
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(new TransientError(`no film within ${timeoutMs} ms`)), timeoutMs);
      const stop = (): void => limit.abort(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await bring(url, limit.signal);
      } catch (error) {
        signal.throwIfAborted();
        throw sorted(limit.signal.aborted ? limit.signal.reason : error);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

function sorted(error: unknown): Error {
  if (error instanceof JobFailure || error instanceof LinkExpired || error instanceof TransientError) return error;
  if (error instanceof PrivateAddress) return new JobFailure('misconfigured', error.message, { cause: error });
  if (error instanceof NotAFilm) return new TransientError(`what came is no film: ${error.message}`, { cause: error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  return new TransientError(`the film could not be fetched: ${code}`, { cause: error });
}
