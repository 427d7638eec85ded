import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SeenSession, Stats } from './api.ts';
import type { World } from './world.ts';

interface Connection extends SeenSession {
  socket: WebSocket;
}

const most = 10;

/** Socket Mode: links that open once, connections, and envelopes that each go to one of them. */
export function createSockets(world: World) {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const connections: Connection[] = [];
  const waiting = new Map<string, (payload: unknown) => void>();
  let turn = 0;

  const send = (socket: WebSocket, row: object) => socket.send(JSON.stringify(row));
  const open = () => connections.filter(({ connected }) => connected);

  function ping(connection: Connection): void {
    world.clock.later(world.settings.pingMs, () => {
      if (!connection.connected) return;
      connection.socket.ping(`Ping from ${connection.id}`);
      ping(connection);
    });
  }

  function heard(text: string): void {
    let row: { envelope_id?: unknown; payload?: unknown };
    try {
      row = JSON.parse(text);
    } catch {
      return;
    }
    const acked = waiting.get(String(row.envelope_id));
    waiting.delete(String(row.envelope_id));
    acked?.(row.payload);
  }

  function greet(socket: WebSocket): void {
    const id = world.ids.secret(12);
    const connection: Connection = { id, connected: true, draining: false, envelopes: 0, socket };
    connections.push(connection);
    socket
      .on('message', (data) => heard(String(data)))
      .on('close', () => {
        connection.connected = false;
      })
      .on('error', () => undefined);
    if (open().length > most) {
      drain(connection, 'too_many_websockets');
      return;
    }
    const debug_info = { host: `applink-${id}`, build_number: 1, approximate_connection_time: 18_060 };
    const hello = { type: 'hello', num_connections: open().length, debug_info };
    send(socket, { ...hello, connection_info: { app_id: world.app.appId } });
    if (world.settings.pingMs > 0) ping(connection);
  }

  function drain(connection: Connection, reason: string): void {
    connection.draining = true;
    send(connection.socket, { type: 'disconnect', reason, debug_info: { host: `applink-${connection.id}` } });
    world.clock.later(10_000, () => connection.socket.close());
  }

  return {
    link(): string {
      const ticket = world.ids.secret(32);
      tickets.add(ticket);
      return `${world.origin.replace('http', 'ws')}/link/?ticket=${ticket}&app_id=${world.app.appId}`;
    },
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const url = new URL(request.url ?? '/', world.origin);
      if (url.pathname !== '/link/' || !tickets.delete(url.searchParams.get('ticket') ?? ''))
        return void socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
      server.handleUpgrade(request, socket, head, greet);
    },
    /** To the next connection in turn; gives its id, or null where there is none. */
    envelope(row: Record<string, unknown>, acked: (payload: unknown) => void): string | null {
      const able = open().filter(({ draining }) => !draining);
      const chosen = able[turn++ % Math.max(1, able.length)];
      if (!chosen) return null;
      waiting.set(String(row.envelope_id), acked);
      chosen.envelopes++;
      send(chosen.socket, row);
      return chosen.id;
    },
    drop(reason: string): void {
      for (const one of open()) {
        if (reason !== 'cut') drain(one, reason);
        else {
          one.connected = false;
          one.socket.terminate();
        }
      }
    },
    sessions: (): SeenSession[] => connections.map(({ socket: _, ...session }) => session),
    stats: (): Pick<Stats, 'connections' | 'connected'> => ({
      connections: connections.length,
      connected: open().length,
    }),
    /** Says goodbye to all, and waits a little for theirs. */
    async close(): Promise<void> {
      const left = connections.filter(({ socket }) => socket.readyState !== socket.CLOSED);
      const gone = left.map(({ socket }) => new Promise<void>((done) => void socket.once('close', () => done())));
      for (const { socket } of left) socket.close(1001);
      const late = setTimeout(() => {
        for (const { socket } of left) socket.terminate();
      }, 300);
      await Promise.all(gone);
      clearTimeout(late);
      server.close();
    },
  };
}
