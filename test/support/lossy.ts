import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to the answer of a request that passed through; a number: it comes so many milliseconds late. */
export type Fate = 'pass' | 'cut' | number;

/**
 * A way to a gateway that can lose answers: the request arrives in full and is answered, and then the connection breaks before
 * the caller hears of it. `fate` decides for each request, by method, count of that method and path.
 */
export async function startLossy(target: string, fate: (method: string, count: number, path: string) => Fate) {
  const counts = new Map<string, number>();
  const base = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const method = incoming.method ?? 'GET';
    const count = (counts.get(method) ?? 0) + 1;
    counts.set(method, count);
    const onward = request(
      { host: base.hostname, port: base.port, method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        const falls = fate(method, count, incoming.url ?? '/');
        if (falls === 'cut') {
          answer.resume();
          answer.on('end', () => incoming.socket.destroy());
          return;
        }
        const pass = (): void => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        };
        if (falls === 'pass') pass();
        else setTimeout(pass, falls);
      },
    );
    onward.on('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${base.pathname}`,
    count: (method: string) => counts.get(method) ?? 0,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
