import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import type { Closing } from './closing.ts';
import type { Parts } from './wire.ts';

/** Health, metrics and, where the role has it, the studio, on one port. */
export async function startWeb(config: Config, parts: Parts, withStudio: boolean, closing: Closing): Promise<string> {
  const app = new Hono();
  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    const ready = await parts.redis.ping().then(
      () => true,
      () => false,
    );
    return ready ? c.text('ready') : c.text('Redis does not answer', 503);
  });
  app.get('/metrics', async (c) => c.text(await parts.metrics.text()));
  if (withStudio) app.route('/', parts.studio.app);
  const { address, close } = await listen(app, config.host, config.port);
  closing.add('web', close);
  return address;
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
