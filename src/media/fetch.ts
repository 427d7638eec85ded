import { Agent, type Dispatcher, request } from 'undici';
import { JobFailure, TransientError } from '../domain/errors.ts';
import type { Asset } from '../domain/job.ts';
import { LinkExpired } from '../ports.ts';
import { isPrivate, literalAddress, PrivateAddress, publicLookup } from './address.ts';
import { inspectFilm, NotAFilm } from './film.ts';
import type { Draft, Store } from './store.ts';

export interface FetchOptions {
  /** Origins such as `http://127.0.0.1:4000` that may be plain HTTP and private: the gateway's own. */
  origins: readonly string[];
  maxFilmBytes: number;
  /** For the whole of one film, in milliseconds. */
  timeoutMs: number;
  /** How long nothing may come, in milliseconds. */
  idleMs: number;
}

const redirectsMax = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

const header = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** Ends a body early. That makes it emit an error of its own, which says nothing new. */
function drop(body: Dispatcher.ResponseData['body']): void {
  body.once('error', () => undefined).destroy();
}

/** What a refused download means. A link that no longer opens may be replaced by a new one; all else may be tried again. */
function refusal(status: number, retryAfter: string | undefined): Error {
  const text = `the film's host answered ${status}`;
  if (status >= 400 && status < 500 && ![404, 408, 425, 429].includes(status)) return new LinkExpired(text);
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
  return new TransientError(text, seconds === undefined ? {} : { retryAfter: seconds * 1000 });
}

/** Brings films home. No key is ever sent along; see {@link Media} for what it throws. */
export function createFetch(
  store: Store,
  options: FetchOptions,
): { fetch(url: string, signal: AbortSignal): Promise<Asset>; close(): Promise<void> } {
  const { maxFilmBytes, timeoutMs, idleMs } = options;
  const trusted = new Set(options.origins.map((origin) => new URL(origin).origin));
  const hosts = new Set([...trusted].map((origin) => new URL(origin).hostname));
  const limits = { headersTimeout: idleMs, bodyTimeout: idleMs, keepAliveTimeout: 1_000, pipelining: 1 };
  const timeout = Math.min(10_000, idleMs);
  const open = new Agent({ ...limits, connect: { timeout } });
  const guarded = new Agent({ ...limits, connect: { timeout, lookup: publicLookup } });

  /** The way to a URL, if it may be gone. An address in the URL itself never meets the resolver. */
  function wayTo(url: URL): Agent {
    if (trusted.has(url.origin)) return open;
    if (url.protocol !== 'https:') throw new JobFailure('misconfigured', 'a film is fetched over HTTPS alone');
    const address = literalAddress(url);
    if (address !== undefined && isPrivate(address)) throw new PrivateAddress('the link is a private address');
    return guarded;
  }

  async function follow(link: string, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    let url = readUrl(link);
    // A sandbox that was started anew listens elsewhere, and gives new links to its old films.
    const moved = url.protocol === 'http:' && hosts.has(url.hostname) && !trusted.has(url.origin);
    if (moved) throw new LinkExpired('the gateway is no longer there');
    for (let hops = 0; hops <= redirectsMax; hops++) {
      const reply = await request(url, { dispatcher: wayTo(url), signal, headers: { accept: 'video/mp4, */*;q=0.1' } });
      const location = header(reply.headers.location);
      if (!redirects.has(reply.statusCode) || location === undefined) return reply;
      drop(reply.body);
      url = readUrl(location, url);
    }
    throw new JobFailure('misconfigured', `the film's link leads on more than ${redirectsMax} times`);
  }

  async function receive(reply: Dispatcher.ResponseData, draft: Draft): Promise<void> {
    const promised = header(reply.headers['content-length']);
    const tooLarge = (): JobFailure => new JobFailure('rejected', `the film is larger than ${maxFilmBytes} bytes`);
    let bytes = 0;
    try {
      if (reply.statusCode !== 200) throw refusal(reply.statusCode, header(reply.headers['retry-after']));
      if (Number(promised ?? 0) > maxFilmBytes) throw tooLarge();
      for await (const chunk of reply.body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxFilmBytes) throw tooLarge();
        await draft.write(chunk);
      }
    } finally {
      drop(reply.body);
    }
    await draft.finish();
  }

  async function bring(url: string, signal: AbortSignal): Promise<Asset> {
    const draft = await store.draft();
    try {
      await receive(await follow(url, signal), draft);
      const film = await inspectFilm(draft.path);
      return { ...film, ...(await draft.commit('mp4')) };
    } catch (error) {
      await draft.discard();
      throw error;
    }
  }

  return {
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
        throw sorted(error);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      }
    },
    async close() {
      await Promise.all([open.destroy(), guarded.destroy()]);
    },
  };
}

function readUrl(text: string, base?: URL): URL {
  const from = base?.href;
  const url = URL.canParse(text, from) ? new URL(text, from) : undefined;
  if (url?.username === '' && url.password === '') return url;
  throw new JobFailure('misconfigured', "the film's link is no usable URL");
}

function sorted(error: unknown): Error {
  if (error instanceof JobFailure || error instanceof LinkExpired || error instanceof TransientError) return error;
  if (error instanceof PrivateAddress) return new JobFailure('misconfigured', error.message, { cause: error });
  if (error instanceof NotAFilm) return new TransientError(`what came is no film: ${error.message}`, { cause: error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  return new TransientError(`the film could not be fetched: ${code}`, { cause: error });
}
