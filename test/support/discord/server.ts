import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeDiscordOptions } from './api.ts';
import { receive } from './body.ts';
import { serveCdn } from './cdn.ts';
import { createController } from './control.ts';
import { createWorld } from './create.ts';
import { createFaults } from './faults.ts';
import { createGateway } from './gateway.ts';
import { createRest } from './rest.ts';
import { callbackRoute } from './routes-callback.ts';
import { channelRoutes } from './routes-channels.ts';
import { commandRoutes } from './routes-commands.ts';
import { guildRoutes } from './routes-guilds.ts';
import { messageRoutes } from './routes-messages.ts';
import { webhookRoutes } from './routes-webhooks.ts';

/** What a client has to know of a running fake. */
export interface Address {
  origin: string;
  token: string;
  applicationId: string;
  botId: string;
}

/** One server for the API, the gateway, the CDN and the verbs. `close` throws what went wrong in the fake itself. */
export async function serveDiscord(options: FakeDiscordOptions): Promise<Address & { close(): Promise<void> }> {
  const world = createWorld(options);
  const gateway = createGateway(world);
  const faults = createFaults();
  const routes = [callbackRoute, ...webhookRoutes, ...messageRoutes, ...channelRoutes, ...commandRoutes];
  const rest = createRest(world, [...routes, ...guildRoutes(() => gateway.stats.identifies)], faults);
  const control = createController({ world, faults, gateway, rest });
  const troubles: unknown[] = [];
  world.dispatch = gateway.dispatch;

  async function controlled(request: IncomingMessage, reply: ServerResponse, verb: string): Promise<void> {
    const { json } = await receive(request, {});
    const told = control(verb, (json as { given?: unknown }).given);
    reply.writeHead('error' in told ? 400 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(told));
  }

  async function handle(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', world.origin);
    if (url.pathname.startsWith('/api/v10/')) return rest.handle(request, reply, url);
    if (url.pathname.startsWith('/control/') && request.method === 'POST')
      return controlled(request, reply, url.pathname.slice('/control/'.length));
    if (/^\/(cdn|media)\//.test(url.pathname)) {
      const { status, type, bytes } = serveCdn(world, url);
      return void reply
        .writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(bytes) })
        .end(bytes);
    }
    reply.writeHead(404).end();
  }

  const server = createServer((request, reply) => {
    handle(request, reply).catch((error: unknown) => {
      troubles.push(error);
      if (!reply.headersSent) reply.writeHead(500).end(error instanceof Error ? error.stack : String(error));
    });
  });
  // A client must not meet a connection that is closed for idleness.
  server.keepAliveTimeout = 600_000;
  server.on('upgrade', gateway.upgrade);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  world.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    ...{ origin: world.origin, token: world.settings.token, applicationId: world.applicationId, botId: world.bot.id },
    async close() {
      world.clock.stop();
      gateway.close();
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
      if (troubles.length > 0) throw new AggregateError(troubles, 'the fake Discord itself failed');
    },
  };
}
