import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GatewayCloseCodes as Close, GatewayIntentBits as Intents, GatewayOpcodes as Op } from 'discord.js';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SeenSession, Stats } from './api.ts';
import { guildCreateBody, readyBody } from './gateway-bodies.ts';
import { shardOf } from './ids.ts';
import type { Guild, World } from './world.ts';

interface Frame {
  op: Op;
  d: unknown;
  s: number | null;
  t: string | null;
}

interface Session {
  id: string;
  shard: [number, number];
  intents: number;
  /** Null while nobody is connected; what is dispatched then is kept for a RESUME. */
  socket: WebSocket | null;
  sent: Frame[];
}

interface Identify {
  token?: string;
  intents?: number;
  shard?: [number, number];
}

const privileged = Intents.GuildMembers | Intents.GuildPresences;

/**
 * The gateway: JSON over WebSocket, without compression. It dispatches READY, RESUMED, INTERACTION_CREATE and, to who has the
 * Guilds intent, GUILD_CREATE and GUILD_DELETE. It ends no connection for want of heartbeats.
 */
export function createGateway(world: World) {
  const server = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  const stats: Pick<Stats, 'identifies' | 'resumes' | 'connections'> = { identifies: 0, resumes: 0, connections: 0 };
  /** Who is connected, and the session of it. */
  const sockets = new Map<WebSocket, Session | undefined>();

  function send(socket: WebSocket, frame: Partial<Frame>): void {
    const text = JSON.stringify({ op: Op.Dispatch, d: null, s: null, t: null, ...frame });
    world.clock.later(world.settings.latencyMs, () => {
      if (socket.readyState === socket.OPEN) socket.send(text);
    });
  }

  function dispatchTo(session: Session, t: string, d: unknown): void {
    const frame: Frame = { op: Op.Dispatch, t, d, s: session.sent.length + 1 };
    session.sent.push(frame);
    if (session.socket) send(session.socket, frame);
  }

  const guildsOf = ({ shard }: Session): Guild[] =>
    [...world.guilds.values()].filter(
      ({ id, members }) => members.has(world.bot.id) && shardOf(id, shard[1]) === shard[0],
    );

  function identify(socket: WebSocket, { token, intents, shard = [0, 1] }: Identify): Session | undefined {
    const refuse = (code: Close): undefined => void socket.close(code);
    const content = world.settings.messageContent ? 0 : Intents.MessageContent;
    if (token?.replace(/^Bot /, '') !== world.settings.token) return refuse(Close.AuthenticationFailed);
    if (shard[0] >= shard[1]) return refuse(Close.InvalidShard);
    if (typeof intents !== 'number') return refuse(Close.InvalidIntents);
    if ((intents & (privileged | content)) !== 0) return refuse(Close.DisallowedIntents);
    stats.identifies++;
    const id = world.ids.next();
    const session: Session = { id: BigInt(id).toString(16).padStart(32, '0'), shard, intents, socket, sent: [] };
    sessions.set(session.id, session);
    const guilds = guildsOf(session);
    dispatchTo(session, 'READY', readyBody(world, session, guilds));
    if (intents & Intents.Guilds)
      for (const guild of guilds) dispatchTo(session, 'GUILD_CREATE', guildCreateBody(world, guild));
    return session;
  }

  function resume(socket: WebSocket, d: { token?: string; session_id?: string; seq?: number }): Session | undefined {
    const session = sessions.get(d.session_id ?? '');
    if (!session || d.token?.replace(/^Bot /, '') !== world.settings.token) {
      send(socket, { op: Op.InvalidSession, d: false });
      return undefined;
    }
    stats.resumes++;
    session.socket?.terminate();
    session.socket = socket;
    for (const frame of session.sent.slice(d.seq ?? 0)) send(socket, frame);
    dispatchTo(session, 'RESUMED', {});
    return session;
  }

  /** Acts on a frame of a client; gives the code to close its connection with, where it broke the rules. */
  function hear(socket: WebSocket, text: string): Close | undefined {
    const session = sockets.get(socket);
    let frame: { op?: Op; d?: unknown };
    try {
      frame = JSON.parse(text);
    } catch {
      return Close.DecodeError;
    }
    const d = (frame.d ?? {}) as object;
    if (frame.op === Op.Heartbeat) send(socket, { op: Op.HeartbeatAck });
    else if (frame.op === Op.Identify || frame.op === Op.Resume) {
      if (session) return Close.AlreadyAuthenticated;
      sockets.set(socket, frame.op === Op.Identify ? identify(socket, d) : resume(socket, d));
    } else if (!session) return Close.NotAuthenticated;
    else if (!Object.values(Op).includes(frame.op as Op)) return Close.UnknownOpcode;
    return undefined;
  }

  function accept(socket: WebSocket): void {
    stats.connections++;
    sockets.set(socket, undefined);
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      const code = hear(socket, String(data));
      if (code !== undefined) socket.close(code);
    });
    socket.on('close', (code) => {
      const session = sockets.get(socket);
      sockets.delete(socket);
      if (session?.socket !== socket) return;
      session.socket = null;
      // A client that says goodbye with these gives its session up.
      if (code === 1000 || code === 1001) sessions.delete(session.id);
    });
    send(socket, { op: Op.Hello, d: { heartbeat_interval: world.settings.heartbeatMs } });
  }

  const live = (): Session[] => [...sessions.values()];

  return {
    stats,
    connected: () => sockets.size,
    sessions: (): SeenSession[] =>
      live().map(({ id, shard, intents, socket, sent }) => ({
        id,
        shard,
        intents,
        connected: socket !== null,
        seq: sent.length,
      })),
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      server.handleUpgrade(request, socket, head, accept);
    },
    /** Dispatches to every session of the shard, connected or to be resumed. */
    dispatch(guildId: string | null, event: string, data: unknown): void {
      const guild = guildId === null ? undefined : world.guilds.get(guildId);
      for (const session of live()) {
        if (shardOf(guildId, session.shard[1]) !== session.shard[0]) continue;
        const ofGuilds = event === 'GUILD_CREATE' || event === 'GUILD_DELETE';
        if (ofGuilds && !(session.intents & Intents.Guilds)) continue;
        dispatchTo(session, event, event === 'GUILD_CREATE' && guild ? guildCreateBody(world, guild) : data);
      }
    },
    /** Without a code the connections are cut. */
    drop({ code, resumable = true }: { code?: number; resumable?: boolean } = {}): void {
      for (const session of live()) {
        session.socket = null;
        if (!resumable) sessions.delete(session.id);
      }
      for (const socket of sockets.keys()) {
        if (code === undefined) socket.terminate();
        else socket.close(code);
      }
    },
    invalidate({ resumable = false }: { resumable?: boolean } = {}): void {
      for (const session of live()) {
        const { socket } = session;
        if (!resumable) sessions.delete(session.id);
        session.socket = null;
        if (!socket) continue;
        // The same connection may RESUME or IDENTIFY next.
        sockets.set(socket, undefined);
        send(socket, { op: Op.InvalidSession, d: resumable });
      }
    },
    reconnect(): void {
      for (const { socket } of live()) if (socket) send(socket, { op: Op.Reconnect });
    },
    close(): void {
      for (const socket of sockets.keys()) socket.terminate();
      server.close();
    },
  };
}
