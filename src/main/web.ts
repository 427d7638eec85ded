import { type HttpBindings, serve } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { StatusCode } from 'hono/utils/http-status';
import { slackPaths } from '../../platforms/slack/manifest.ts';
import { serveMedia } from '../../platforms/web/files.ts';
import { createPagesApp } from '../../platforms/web/pages/routes.ts';
import { answerError } from '../../platforms/web/refuse.ts';
import type { Config } from '../config.ts';
import { dailies } from '../desk/keys.ts';
import type { Closing } from './closing.ts';
import type { SlackRoute } from './slack.ts';
import type { Parts } from './wire.ts';

/** What a process shows on its port. `connected`: whether its chat is, where it has nothing else to do than to serve one. */
export interface WebOptions {
  studio: boolean;
  /** Whether pages are served that everybody may open. */
  pages: boolean;
  /** Whether Slack's calls are taken here. */
  slack: boolean;
  connected(): boolean;
}

/** Health, metrics and, where the role has them, pages and the studio, on one port. */
export async function startWeb(config: Config, parts: Parts, options: WebOptions, closing: Closing): Promise<string> {
  const app = new Hono();
  app.onError((error, c) => answerError(c, error, parts.shared.log));
  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    // A key, for on a cluster any node answers a ping.
    const ready = await parts.redis.exists(dailies.lead).then(
      () => true,
      () => false,
    );
    if (!ready) return c.text('Redis does not answer', 503);
    return options.connected() ? c.text('ready') : c.text('the chat is not connected', 503);
  });
  app.get('/metrics', async (c) => c.text(await parts.metrics.text()));
  const { hooks } = parts.room ?? {};
  if (hooks) {
    const tooLarge = (c: Context) => c.body(null, 413);
    app.post('/hooks/video/:job/:sig', bodyLimit({ maxSize: hooks.longest, onError: tooLarge }), async (c) => {
      const body = new Uint8Array(await c.req.arrayBuffer());
      return c.body(null, (await hooks.receive(c.req.param(), c.req.header(), body)) as StatusCode);
    });
  }
  app.get('/media/:part', async (c, next) => {
    const name = parts.links.open(c.req.param('part'));
    return name === undefined ? next() : serveMedia(c, parts, name);
  });
  if (options.pages) {
    const { publicUrl, studio } = config;
    const { pages, shared } = parts;
    app.route('/', createPagesApp({ pages, studio: options.studio ? studio : undefined, publicUrl, log: shared.log }));
  }
  if (options.studio) app.route('/', parts.studio.app);
  if (options.slack) mountSlack(app, parts);
  const { address, close } = await listen(app, config.host, config.port);
  closing.add('web', close);
  return address;
}

/** Slack's requests, where they come by HTTP, and the pages by which workspaces add the app: its own library reads and answers them. */
function mountSlack(app: Hono, { slack }: Parts): void {
  const raw = (route: SlackRoute) => async (c: Context) => {
    const { incoming, outgoing } = c.env as HttpBindings;
    await route(incoming, outgoing);
    return RESPONSE_ALREADY_SENT;
  };
  if (slack?.serve) app.post(slackPaths.events, raw(slack.serve));
  if (!slack?.pages) return;
  app.get(slackPaths.install, raw(slack.pages.install));
  app.get(slackPaths.redirect, raw(slack.pages.redirect));
}

function listen(app: Hono, hostname: string, port: number) {
  return new Promise<{ address: string; close(): Promise<void> }>((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname, port }, (info) => {
      const host = hostname.includes(':') ? `[${hostname}]` : hostname;
      resolve({
        address: `http://${host}:${info.port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
    server.once('error', reject);
  });
}
