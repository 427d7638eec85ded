import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { ChallengeView } from '../../../src/domain/challengeView.ts';
import { UserError } from '../../../src/domain/errors.ts';
import { isLoopback } from '../../../src/domain/gateway.ts';
import { say, word } from '../../../src/domain/words.ts';
import type { Log, Pages } from '../../../src/ports.ts';
import { mayEnter, type StudioEnv } from '../access.ts';
import { readPublic, servePublic } from '../files.ts';
import { challengePage } from './challenge.ts';
import { type House, layout, notice, type Page } from './layout.ts';
import { seasonPage } from './season.ts';

export interface PagesOptions {
  pages: Pages;
  /** Where the studio is served here: whom it lets in may see what is of it. */
  studio: { token: string | undefined } | undefined;
  publicUrl: string;
  log: Log;
}

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The headers of every answer here. Pages are kept nowhere, for their links end, and are in no search engine's list. */
const headers: MiddlewareHandler<StudioEnv> = async (c, next) => {
  await next();
  c.header('Content-Security-Policy', policy);
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Referrer-Policy', 'no-referrer');
  c.header('X-Robots-Tag', 'noindex');
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
};

const loaded = ['base.css', 'pages.css', 'season.css', 'icon.svg'];

/** Pages for everybody: they work without a script, in any browser. */
export function createPagesApp({ pages, studio, publicUrl, log }: PagesOptions): Hono<StudioEnv> {
  const { hostname, pathname } = new URL(publicUrl);
  const files = readPublic();
  const house: House = {
    version: files.version,
    origin: isLoopback(hostname) ? undefined : new URL(publicUrl).origin,
    base: pathname.replace(/\/+$/, ''),
  };
  type Ctx = Context<StudioEnv>;
  const show = async (c: Ctx, page: Page, status: 200 | 404 | 500 | 503 = 200): Promise<Response> =>
    c.html(await layout(page, house), status);
  const missing = (c: Ctx): Promise<Response> => show(c, notice(word('page.missing'), word('page.missing.why')), 404);
  const open = (c: Ctx, found: Pick<ChallengeView, 'for'>): boolean =>
    found.for !== 'studio' || (studio !== undefined && mayEnter(c, studio.token, publicUrl));

  const app = new Hono<StudioEnv>();
  app.use('/c/*', headers);
  app.use('/s/*', headers);
  app.use('/pages/*', headers);
  app.onError((error, c) => {
    if (error instanceof UserError) {
      c.header('Retry-After', String(error.retryAfter ?? 10));
      return show(c, notice(word('page.away'), say(error.said)), 503);
    }
    log.error({ err: error, path: c.req.path }, 'a page broke');
    return show(c, notice(word('page.broken'), word('service.broken')), 500);
  });

  app.get('/c/:id', async (c) => {
    const [id, key] = [c.req.param('id'), c.req.query('k')];
    const view = await pages.challenge(id, key);
    if (!view || !open(c, view)) return missing(c);
    const path = `${house.base}/c/${view.id}`;
    const tally = `${path}/tally.json${view.for === 'link' ? `?k=${key}` : ''}`;
    const { base } = house;
    return show(c, challengePage(view, { tally, path: view.for === 'all' ? path : undefined, base }));
  });
  app.get('/c/:id/tally.json', async (c) => {
    const id = c.req.param('id');
    const tally = await pages.tally(id, c.req.query('k'));
    if (!tally || !open(c, tally)) return missing(c);
    const save = `attachment; filename="tally-${id}.json"`;
    return c.body(tally.text, 200, { 'Content-Type': 'application/json', 'Content-Disposition': save });
  });
  app.get('/c/*', missing);
  app.get('/s/:id', async (c) => {
    const view = await pages.season(c.req.param('id'));
    if (!view || !open(c, view)) return missing(c);
    const { base } = house;
    return show(c, seasonPage(view, { path: view.for === 'all' ? `${base}/s/${view.id}` : undefined, base }));
  });
  app.get('/s/*', missing);
  app.get('/pages/:name', (c) => {
    const name = c.req.param('name');
    return loaded.includes(name) ? servePublic(c, files, name) : missing(c);
  });
  return app;
}
