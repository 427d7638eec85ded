import { once } from 'node:events';
import { type APIInteraction, Client, Events, GatewayDispatchEvents, Options, Status } from 'discord.js';
import type { Shards } from '../../src/domain/shards.ts';
import type { Log } from '../../src/ports.ts';
import { createAttempts, mendedAfter, soon } from '../shared/attempts.ts';
import { isTokenRefused } from './errors.ts';

export interface GatewayOptions {
  token: string;
  /** Discord itself when it is not set. */
  api: string | undefined;
  shards: Shards;
  log: Log;
  take(interaction: APIInteraction): void;
}

/** Milliseconds between attempts to connect for the first time, doubling from the one to the other. */
const againAfter = { least: 1_000, most: 60_000 };

/** A client that tells of its connection while it `isWanted`. */
function createClient(
  { api, shards, log, take }: GatewayOptions,
  { isWanted, closedForGood }: { isWanted(client: Client): boolean; closedForGood(): void },
): Client {
  const client = new Client({
    intents: [],
    ...(shards === 'auto' ? { shards } : { shards: shards.ids, shardCount: shards.of }),
    ...(api === undefined ? {} : { rest: { api } }),
    allowedMentions: { parse: [], repliedUser: false },
    // Whoever presses a button is kept by nobody.
    makeCache: Options.cacheWithLimits({ ...Options.DefaultMakeCacheSettings, UserManager: 0, MessageManager: 0 }),
  });
  // One line for each outage, however often a connection is tried meanwhile.
  const lost = new Set<number>();
  client.ws.on(GatewayDispatchEvents.InteractionCreate, (interaction: APIInteraction) => take(interaction));
  client.on(Events.ShardReady, (shard) => {
    lost.delete(shard);
    log.info({ shard }, 'connected to Discord');
  });
  client.on(Events.ShardResume, (shard, replayed) => {
    lost.delete(shard);
    log.info({ shard, replayed }, 'connected to Discord again');
  });
  client.on(Events.ShardReconnecting, (shard) => {
    if (!isWanted(client)) return;
    log[lost.has(shard) ? 'debug' : 'warn']({ shard }, 'the connection to Discord was lost; trying again');
    lost.add(shard);
  });
  client.on(Events.ShardError, (err, shard) => {
    log[lost.has(shard) ? 'debug' : 'warn']({ shard, err }, 'the connection to Discord broke');
  });
  client.on(Events.ShardDisconnect, ({ code }, shard) => {
    const fields = { shard, code, seconds: mendedAfter / 1000 };
    log.error(
      fields,
      'Discord closed the connection for good: look at DISCORD_TOKEN and DISCORD_SHARDS, and start again; it is tried once more',
    );
    closedForGood();
  });
  client.on(Events.Error, (err) => log.error({ err }, 'the connection to Discord'));
  client.on(Events.Warn, (warning) => log.warn({ warning }, 'the connection to Discord'));
  return client;
}

/** Milliseconds that a start waits for its shards; they are five seconds apart, and more than a few are not waited for. */
const readyMost = 5_000;

async function readyWithin(client: Client): Promise<void> {
  if (client.isReady()) return;
  const limit = AbortSignal.timeout(readyMost);
  await once(client, Events.ClientReady, { signal: limit }).catch((error: unknown) => {
    if (!limit.aborted) throw error;
  });
}

/**
 * The connection to Discord's gateway. It asks for no intents: interactions come without any, and nothing else is wanted. Payloads are
 * taken as they come, for without the guilds' intent the library knows no channel and gives null for each.
 */
export function createGateway(options: GatewayOptions) {
  const { token, log } = options;
  let client: Client | undefined;
  const attempts = createAttempts({
    ...{ againAfter, attempt },
    refused: (err, seconds) =>
      log.error(
        { err, seconds },
        'Discord refuses DISCORD_TOKEN; put in another one and start again; it is tried once more',
      ),
  });

  async function attempt(pause: number): Promise<void> {
    const before = client;
    const next = createClient(options, {
      isWanted: (one) => !attempts.isClosed() && client === one,
      closedForGood: attempts.onceMended,
    });
    client = next;
    await before?.destroy();
    try {
      await next.login(token);
      if (!attempts.isClosed()) await readyWithin(next);
    } catch (err) {
      await next.destroy();
      if (isTokenRefused(err)) throw err;
      if (!attempts.isClosed())
        log.warn({ err, seconds: pause / 1000 }, 'Discord could not be reached; it is tried again');
      attempts.again(pause);
    }
  }

  return {
    /** Connects all shards, in the background where that takes long or Discord does not answer. Throws what `isTokenRefused` knows. */
    /** Connects all shards, in the background where that takes long or Discord does not answer. Throws what `isTokenRefused` knows. */
    connect: attempts.begin,
    me: (): string | undefined => client?.user?.id,
    connected: (): boolean =>
      client?.ws.status === Status.Ready && client.ws.shards.every(({ status }) => status === Status.Ready),
    async close(): Promise<void> {
      // A client that is destroyed while it logs in would go on to connect.
      await attempts.end();
      // A Discord that hangs does not say goodbye.
      await soon(client?.destroy());
    },
  };
}
