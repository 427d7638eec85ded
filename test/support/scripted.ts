import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Answers one request; what it does to the socket is its own affair. */
export type Script = (reply: ServerResponse, seen: Seen) => void;

/** A server on loopback that does what the test says, and remembers what it was asked. */
export interface Scripted {
  origin: string;
  seen: Seen[];
  /** What happens from now on. */
  on(script: Script): void;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

export async function startScripted(first: Script = (reply) => reply.writeHead(404).end()): Promise<Scripted> {
  let script = first;
  const seen: Seen[] = [];
  const server = createServer((request, reply) => {
    bodyOf(request).then(
      (body) => {
        const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
        seen.push(one);
        script(reply, one);
      },
      // A client that gave up in the middle of its request gets no answer.
      () => reply.destroy(),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    on(next) {
      script = next;
    },
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Answers with JSON. */
export const json =
  (status: number, value: unknown, headers: Record<string, string> = {}): Script =>
  (reply) => {
    reply.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  };

/** A port on loopback where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await startScripted();
  await server.close();
  return Number(new URL(server.origin).port);
}
