import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { createRedisCommandExecutor, RedisServerState, Resp2Server } from 'js-redis-server/core';

/** A Redis inside this process, on loopback behind a password. It forgets everything when it closes. */
export interface EmbeddedRedis {
  port: number;
  password: string;
  /** Breaks all connections and takes no new ones, keeping the data. */
  cut(): Promise<void>;
  /** Takes connections again, on the same port. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function startEmbedded(): Promise<EmbeddedRedis> {
  const password = randomBytes(24).toString('base64url');
  const state = new RedisServerState({ requirepass: password });
  const { server } = new Resp2Server({ server: state, executor: createRedisCommandExecutor() });
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  const listen = (port: number) =>
    new Promise<number>((done, fail) => {
      server.once('error', fail);
      // Its own listen() would bind every address of the machine.
      server.listen(port, '127.0.0.1', () => {
        server.off('error', fail);
        const address = server.address();
        done(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  const cut = () =>
    new Promise<void>((done) => {
      if (!server.listening) return done();
      server.close(() => done());
      for (const socket of open) socket.destroy();
    });
  const port = await listen(0);
  return {
    port,
    password,
    cut,
    mend: async () => {
      await listen(port);
    },
    close: async () => {
      await cut();
      state.close();
    },
  };
}
