import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeSlack, FakeSlackOptions, Verbs } from './api.ts';
import { parsed, receiveText } from './body.ts';
import { createController } from './control.ts';
import { createWorld } from './create.ts';
import { createDelivery } from './delivery.ts';
import { createFaults } from './faults.ts';
import { installOf } from './install.ts';
import { authorizePage } from './oauth.ts';
import { createRespond } from './respond.ts';
import { createRest } from './rest.ts';
import { createSockets } from './sockets.ts';
import { createStorage } from './storage.ts';

/** What a client has to know of a running fake. */
export type Address = Omit<FakeSlack, keyof Verbs | 'close' | 'api'>;

type Serve = (request: IncomingMessage, reply: ServerResponse, url: URL) => void | Promise<void>;

/** One server for the Web API, Socket Mode, files, response_urls, OAuth and the verbs. `close` throws what went wrong in the fake. */
export async function serveSlack(options: FakeSlackOptions): Promise<Address & { close(): Promise<void> }> {
  const world = createWorld(options);
  const faults = createFaults();
  const traffic = { world, faults };
  const sockets = createSockets(world);
  const delivery = createDelivery(world, sockets.envelope);
  const control = createController({ world, faults, sockets });
  const storage = createStorage(traffic);
  const troubles: unknown[] = [];
  world.dispatch = delivery.dispatch;
  world.link = sockets.link;

  const routes: [string, Serve][] = [
    ['/api/', createRest(traffic)],
    ['/respond/', createRespond(traffic)],
    ['/upload/v1/', storage.upload],
    ['/files-pri/', storage.download],
    ['/oauth/v2/authorize', (_, reply, url) => authorizePage(world, url, reply)],
    [
      '/control/',
      async (request, reply, url) => {
        const body = parsed(await receiveText(request));
        const told = control(url.pathname.slice('/control/'.length), body?.given);
        reply.writeHead('error' in told ? 400 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(told));
      },
    ],
  ];

  async function handle(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', world.origin);
    const serve = routes.find(([start]) => url.pathname.startsWith(start))?.[1];
    if (serve) await serve(request, reply, url);
    else reply.writeHead(404).end();
  }

  const server = createServer((request, reply) => {
    handle(request, reply).catch((error: unknown) => {
      // A client that went away while it was sending is no trouble of the fake.
      if (request.destroyed && !request.complete) return;
      troubles.push(error);
      if (!reply.headersSent) reply.writeHead(500).end(error instanceof Error ? error.stack : String(error));
    });
  });
  // A client must not meet a connection that is closed for idleness.
  server.keepAliveTimeout = 600_000;
  server.on('upgrade', sockets.upgrade);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  world.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { token, botUserId, botId } = installOf(world.home);

  return {
    ...{ origin: world.origin, team: world.home.id, domain: world.home.domain, token, botUserId, botId, ...world.app },
    async close() {
      world.clock.stop();
      delivery.stop();
      await sockets.close();
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
      if (troubles.length > 0) throw new AggregateError(troubles, 'the fake Slack itself failed');
    },
  };
}
