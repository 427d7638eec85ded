import { Agent, type Dispatcher, request } from 'undici';
import { JobFailure } from '../domain/errors.ts';
import { LinkExpired } from '../ports.ts';
import { isPrivate, literalAddress, PrivateAddress, publicLookup } from './address.ts';

/** Where films lie behind the gateway's own key: below `prefix`, such as `https://gateway.example/v1/videos/`. */
export interface Authorized {
  prefix: string;
  key: string;
}

export interface WayOptions {
  /** Origins such as `http://127.0.0.1:4000` that may be plain HTTP and private: the gateway's own. */
  origins: readonly string[];
  authorized: Authorized | undefined;
  /** How long nothing may come, in milliseconds. */
  idleMs: number;
}

/** A reply whose body is still to be read. `known`: it came from where our key is sent. */
export interface Reply {
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  body: Dispatcher.ResponseData['body'];
  known: boolean;
}

/** The way to a film's host and along its redirects, each hop checked. */
export interface Way {
  /** Throws `JobFailure`, {@link PrivateAddress} or {@link LinkExpired} where it may not go, and undici's errors where it cannot. */
  follow(link: string, headers: Record<string, string>, signal: AbortSignal): Promise<Reply>;
  close(): Promise<void>;
}

const redirectsMax = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Ends a body early. That makes it emit an error of its own, which says nothing new. */
export function drop(body: Reply['body']): void {
  body.once('error', () => undefined).destroy();
}

function readUrl(text: string, base?: URL): URL {
  const from = base?.href;
  const url = URL.canParse(text, from) ? new URL(text, from) : undefined;
  if (url?.username === '' && url.password === '') return url;
  throw new JobFailure('misconfigured', "the film's link is no usable URL");
}

/** Which URLs the key is sent to. Compared as they are parsed, so that neither a longer host nor a path with dots passes for the prefix. */
function keyHolder(authorized: Authorized | undefined): (url: URL) => boolean {
  if (!authorized) return () => false;
  const { origin, pathname } = new URL(authorized.prefix);
  const below = pathname.endsWith('/') ? pathname : `${pathname}/`;
  return (url) => url.origin === origin && url.pathname.startsWith(below) && !/%2f|%5c/i.test(url.pathname);
}

const plain = (headers: Dispatcher.ResponseData['headers']): Reply['headers'] =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));

/** Makes the way: HTTPS to public addresses, and whatever is trusted. */
export function createWay({ origins, authorized, idleMs }: WayOptions): Way {
  const trusted = new Set(origins.map((origin) => new URL(origin).origin));
  const hosts = new Set([...trusted].map((origin) => new URL(origin).hostname));
  const holdsKey = keyHolder(authorized);
  const limits = { headersTimeout: idleMs, bodyTimeout: idleMs, keepAliveTimeout: 1_000, pipelining: 1 };
  const timeout = Math.min(10_000, idleMs);
  const open = new Agent({ ...limits, connect: { timeout } });
  const guarded = new Agent({ ...limits, connect: { timeout, lookup: publicLookup } });

  /** The way to a URL, if it may be gone. An address in the URL itself never meets the resolver. */
  function agentFor(url: URL): Agent {
    if (trusted.has(url.origin)) return open;
    if (url.protocol !== 'https:') throw new JobFailure('misconfigured', 'a film is fetched over HTTPS alone');
    const address = literalAddress(url);
    if (address !== undefined && isPrivate(address)) throw new PrivateAddress('the link is a private address');
    return guarded;
  }

  async function ask(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Reply> {
    const known = holdsKey(url);
    const key = known && authorized ? { authorization: `Bearer ${authorized.key}` } : {};
    const accept = 'video/mp4, */*;q=0.1';
    const sent = { dispatcher: agentFor(url), signal, headers: { accept, ...headers, ...key } };
    const reply = await request(url, sent);
    return { status: reply.statusCode, headers: plain(reply.headers), body: reply.body, known };
  }

  return {
    async follow(link, headers, signal) {
      let url = readUrl(link);
      // A sandbox that was started anew listens elsewhere, and gives new links to its old films.
      const moved = url.protocol === 'http:' && hosts.has(url.hostname) && !trusted.has(url.origin);
      if (moved) throw new LinkExpired('the gateway is no longer there');
      for (let hops = 0; hops <= redirectsMax; hops++) {
        const reply = await ask(url, headers, signal);
        const { location } = reply.headers;
        if (!redirects.has(reply.status) || location === undefined) return reply;
        drop(reply.body);
        url = readUrl(location, url);
      }
      throw new JobFailure('misconfigured', `the film's link leads on more than ${redirectsMax} times`);
    },
    async close() {
      await Promise.all([open.destroy(), guarded.destroy()]);
    },
  };
}
