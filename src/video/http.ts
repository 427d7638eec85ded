import { Agent, buildConnector, type Dispatcher, type FormData, request } from 'undici';

/** The connection never came about: no byte of the request was sent. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/** The exchange broke off, or took too long, after the request may have been sent. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** A whole reply. `json` is nothing where the body was no JSON; `retryAfter` is in milliseconds. */
export interface Answer {
  status: number;
  json: unknown;
  retryAfter: number | undefined;
}

/** What a request carries, if anything, and its headers beside those that every request has. */
export interface Sent {
  body?: { json: unknown } | { form: FormData };
  headers?: Record<string, string>;
}

export type Method = 'GET' | 'POST' | 'DELETE';
export interface Http {
  send(method: Method, url: string, sent: Sent, signal: AbortSignal): Promise<Answer>;
  /** Whether a film lies at `url`, by its first byte; anything that goes wrong is a no. */
  leads(url: string, signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/** Bytes of the longest reply: fifty requests, prompts and all. */
const bodyMax = 8_000_000;
const connectTimeout = 10_000;
/** Milliseconds to find out whether a film lies somewhere. */
const leadsWithin = 5_000;

/** Milliseconds from a `Retry-After` of seconds or of a date; nothing where it says neither. */
function retryAfterOf(header: string | string[] | undefined, now = Date.now()): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const at = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no code';

/** undici's own connector, but for its errors: they say that nothing was sent. */
function tellingConnector(timeout: number): buildConnector.connector {
  const connect = buildConnector({ timeout });
  return (options, callback) =>
    connect(options, (error, socket) => {
      if (error) callback(new NotSent(`no connection: ${codeOf(error)}`, { cause: error }), null);
      else callback(null, socket as NonNullable<typeof socket>);
    });
}

async function readJson(body: Dispatcher.ResponseData['body']): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyMax) throw new Broken(`the reply is larger than ${bodyMax} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * JSON over HTTP to one service, each exchange bounded by `timeoutMs` in all and its reply by 8 MB. Redirects are not
 * followed, nothing is sent twice. Throws {@link NotSent}, {@link Broken}, or the signal's own reason when a GET or DELETE
 * is aborted from outside.
 */
export function createHttp(options: { key: string; timeoutMs: number }): Http {
  const { key, timeoutMs } = options;
  const connect = tellingConnector(Math.min(connectTimeout, timeoutMs / 2));
  const limits = { connect, headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
  const kept = new Agent({ ...limits, pipelining: 1, connections: 256 });
  // A kept connection may be closed by the other side just as a request goes out. A paid one must not become doubtful
  // for that, so each has a connection of its own.
  const fresh = new Agent({ ...limits, pipelining: 1 });

  async function exchange(method: Method, url: string, sent: Sent, signal: AbortSignal): Promise<Answer> {
    const { body } = sent;
    const json = body !== undefined && 'json' in body;
    // A form brings its own content type, with the boundary in it.
    const headers = {
      ...sent.headers,
      accept: 'application/json',
      authorization: `Bearer ${key}`,
      ...(json ? { 'content-type': 'application/json' } : {}),
    };
    const paid = method === 'POST';
    const reply = await request(url, {
      method,
      headers,
      signal,
      dispatcher: paid ? fresh : kept,
      reset: paid,
      ...(body === undefined ? {} : { body: 'json' in body ? JSON.stringify(body.json) : body.form }),
    });
    return {
      status: reply.statusCode,
      json: await readJson(reply.body),
      retryAfter: retryAfterOf(reply.headers['retry-after']),
    };
  }

  return {
    async send(method, url, sent, signal) {
      signal.throwIfAborted();
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(new Broken(`no whole reply within ${timeoutMs} ms`)), timeoutMs);
      const stop = (): void => limit.abort(new Broken('given up from outside'));
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await exchange(method, url, sent, limit.signal);
      } catch (error) {
        if (method !== 'POST') signal.throwIfAborted();
        if (error instanceof NotSent || error instanceof Broken) throw error;
        if (codeOf(error) === 'UND_ERR_INVALID_ARG')
          throw new NotSent('the request cannot be written', { cause: error });
        throw new Broken(`the exchange broke off: ${codeOf(error)}`, { cause: error });
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      }
    },
    async leads(url, signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.min(timeoutMs, leadsWithin))]);
      const headers = { authorization: `Bearer ${key}`, range: 'bytes=0-0' };
      try {
        const { statusCode, headers: said, body } = await request(url, { headers, signal: limit, dispatcher: kept });
        body.once('error', () => undefined).destroy();
        const film = /^(video\/|application\/octet-stream)/.test(String(said['content-type'] ?? ''));
        // To a store elsewhere, and not to a page to log in at.
        const on = String(said.location ?? '');
        const away = URL.canParse(on, url) && new URL(on, url).host !== new URL(url).host;
        return ([301, 302, 303, 307, 308].includes(statusCode) && away) || ([200, 206].includes(statusCode) && film);
      } catch (error) {
        if (signal.aborted) throw error;
        return false;
      }
    },
    async close() {
      await Promise.all([kept.destroy(), fresh.destroy()]);
    },
  };
}
