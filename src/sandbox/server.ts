import { once } from 'node:events';
import { type AddressInfo, isIPv6 } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import type { ModelCard } from '../domain/model.ts';
import { type SandboxStats, sandboxApp } from './app.ts';
import { claimOf } from './claim.ts';
import { openGateway, type SandboxLog } from './gateway.ts';
import { createHooks } from './hooks.ts';
import { instant } from './instant.ts';
import { renderer } from './renderer.ts';
import { keptSecret } from './secret.ts';
import { openStore } from './store.ts';
import { eventOf, type SandboxDialect } from './task.ts';

export type { SandboxStats } from './app.ts';
export type { SandboxLog } from './gateway.ts';

export interface SandboxOptions {
  /** The models it serves. */
  cards: readonly ModelCard[];
  /** The bearer key that callers show. */
  key: string;
  /** Where tasks and films outlive the process; without it they end with it. */
  dir?: string | undefined;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free one. */
  port?: number;
  /** `mp4` (default) draws a film for each task; `instant` hands out one tiny grey film per size and length. */
  render?: 'mp4' | 'instant';
  /** With `instant`: after how many milliseconds the film of a prompt is there. Default: at once. */
  delayMs?: (prompt: string) => number;
  /** For how many milliseconds `output.url` works. Default an hour. */
  linkTtlMs?: number;
  /** From how many unfinished tasks on new ones are answered 429. Default 1000. */
  maxUnfinished?: number;
  /** How films are told of. Default `both`: a link in the video object, and the bytes under the video's path. */
  dialect?: SandboxDialect;
  /** What webhooks are signed with, `whsec_` and base64. Default: a random one, kept in `dir`. */
  webhookSecret?: string;
  /** Milliseconds between the tries of a webhook that is not taken. Default 5, 15 and 45 s. */
  webhookRetryMs?: readonly number[];
  log?: SandboxLog;
}

export interface Sandbox {
  /** The API's base, `http://…/v1`. */
  url: string;
  stats(): SandboxStats;
  /** Ends its children and open connections. Unfinished tasks are rendered at the next start on the same folder. */
  close(): Promise<void>;
}

const quiet: SandboxLog = { error: () => undefined };
const sweepEvery = 600_000;

/**
 * A video gateway on loopback that speaks the API of the real one and renders playable films without ffmpeg. Two prompts try
 * the bad ways: with the word "forbidden" it is declined at once, with "fail please" it is accepted and then fails. It fetches
 * nothing (pictures come as files or data: URIs), and its webhooks go to loopback alone. Rejects when the port is taken.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { cards, key, host = '127.0.0.1', port = 0, render = 'mp4', dialect = 'both', log = quiet } = options;
  const store = openStore(options.dir);
  const claim = claimOf(store.dir);
  await claim.check();
  const drawn = render === 'mp4';
  const secret = options.webhookSecret ?? keptSecret(store.dir);
  const hooks = createHooks({
    ...{ secret, log, retryMs: options.webhookRetryMs ?? [5_000, 15_000, 45_000], timeoutMs: 30_000 },
    eventOf: (task) => eventOf(task, new URL(url).origin, dialect),
  });
  const gateway = openGateway({
    store,
    maker: drawn ? renderer() : instant(join(store.dir, 'stills'), options.delayMs ?? (() => 0)),
    pool: drawn ? 1 : Number.POSITIVE_INFINITY,
    linkTtlMs: options.linkTtlMs ?? 3600_000,
    maxUnfinished: options.maxUnfinished ?? 1000,
    onEnd: hooks.send,
    log,
  });
  const { app, stats } = sandboxApp({ cards, key, gateway, dir: store.dir, id: claim.id, dialect, secret, log });
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 65_000 },
  });
  const listening = once(server, 'listening');
  server.listen(port, host);
  try {
    await listening;
  } catch (error) {
    await gateway.close();
    throw error;
  }
  const shown = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  const url = `http://${isIPv6(shown) ? `[${shown}]` : shown}:${(server.address() as AddressInfo).port}/v1`;
  claim.note(url);
  gateway.sweep(Date.now());
  gateway.resume();
  const sweeper = setInterval(() => gateway.sweep(Date.now()), sweepEvery).unref();
  return {
    url,
    stats,
    async close() {
      clearInterval(sweeper);
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await Promise.all([closed, hooks.close(), gateway.close()]);
    },
  };
}
