import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { BadRequest } from './parse.ts';

export interface StudioEnv {
  Bindings: HttpBindings;
}

const cookieName = 'dailies_studio';
const cookieDays = 30;

const policy = [
  "default-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(hash(a), hash(b));
const session = (token: string): string => createHmac('sha256', token).update('dailies studio').digest('hex');

/** The headers of every answer of the studio. */
export const headers: MiddlewareHandler<StudioEnv> = async (c, next) => {
  await next();
  c.header('Content-Security-Policy', policy);
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Referrer-Policy', 'same-origin');
};

function hostOf(address: string | undefined): string | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address).host : undefined;
}

function ownHost(host: string | undefined, publicUrl: string): boolean {
  const address = `http://${host ?? ''}`;
  if (!URL.canParse(address)) return false;
  const name = new URL(address).hostname;
  return ['localhost', '127.0.0.1', '[::1]', new URL(publicUrl).hostname].includes(name);
}

/** Whether another site's page made this request; browsers say so themselves, and scripts are no site. */
function crossSite(c: Context, publicUrl: string): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const origin = c.req.header('origin');
  if (origin === undefined) return false;
  const from = hostOf(origin);
  return from === undefined || (from !== c.req.header('host') && from !== hostOf(publicUrl));
}

/** Whether a request brings the token, or the cookie of somebody who gave it. */
function brings(c: Context, token: string): boolean {
  const bearer = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const cookie = getCookie(c, cookieName);
  return (bearer !== undefined && same(bearer, token)) || (cookie !== undefined && same(cookie, session(token)));
}

/** Whether whoever asks would be let in to read: with a token by that alone, without one by the name that this address was called. */
export function mayEnter(c: Context, token: string | undefined, publicUrl: string): boolean {
  return token === undefined ? ownHost(c.req.header('host'), publicUrl) : brings(c, token);
}

/**
 * Keeps out other sites' pages and, without a token, other names for this address (so that no foreign name can be pointed
 * at it). With a token, keeps out whoever does not have it: 401, or the login page for a browser's GET.
 */
export function guard(token: string | undefined, publicUrl: string): MiddlewareHandler<StudioEnv> {
  return async (c, next) => {
    if (token === undefined && !ownHost(c.req.header('host'), publicUrl)) {
      throw new BadRequest('error.host', 'Host', 403);
    }
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
    if (!reads && crossSite(c, publicUrl)) throw new BadRequest('error.crossSite', 'Origin', 403);
    if (token === undefined || c.req.path === '/login' || c.req.path.startsWith('/studio/')) return next();
    if (brings(c, token)) return next();
    if (reads && c.req.header('accept')?.includes('text/html')) return c.redirect('/login');
    c.header('WWW-Authenticate', 'Bearer');
    throw new BadRequest('error.token', undefined, 401);
  };
}

/** The login page's two routes; `page` renders it, with or without the news that the token was wrong. */
export function login(
  app: Hono<StudioEnv>,
  token: string | undefined,
  publicUrl: string,
  page: (wrong: boolean) => string,
): void {
  app.get('/login', (c) => (token === undefined ? c.redirect('/') : c.html(page(false))));
  app.post('/login', async (c) => {
    const { token: sent } = await c.req.parseBody();
    if (token === undefined) return c.redirect('/', 303);
    if (typeof sent !== 'string' || !same(sent.trim(), token)) return c.html(page(true), 401);
    setCookie(c, cookieName, session(token), {
      httpOnly: true,
      sameSite: 'Strict',
      secure: publicUrl.startsWith('https:'),
      path: '/',
      maxAge: cookieDays * 24 * 3600,
    });
    return c.redirect('/', 303);
  });
}
