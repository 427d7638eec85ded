import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { App, AuthorizationError, HTTPReceiver, type Receiver, SocketModeReceiver, webApi } from '@slack/bolt';
import type { Log } from '../../src/ports.ts';
import { createMemory } from '../shared/memory.ts';
import { clientOptions, libraryLog } from './client.ts';
import type { Tokens } from './installed.ts';
import { slackPaths } from './manifest.ts';
import type { Payload } from './payload.ts';
import type { Ack } from './receive.ts';

/** How what happens comes from Slack: over a socket that the bot opens, or by signed HTTP. */
export type Events = { appToken: string } | { signingSecret: string };

export interface GatewayOptions {
  events: Events;
  tokens: Tokens;
  /** Slack itself when it is not set. */
  api: string | undefined;
  log: Log;
  /** The callback ids of the steps that workflows may have. */
  steps: readonly string[];
  /** `me` is the bot's own id as a user. */
  take(payload: Payload, ack: Ack, me: string | undefined): Promise<void>;
}

/** SLACK_APP_TOKEN is worth nothing: the operator has to put in another one. */
export class AppTokenRefused extends Error {
  override readonly name = 'AppTokenRefused';
}

/** A connection to Slack, over which payloads come. */
export interface Gateway {
  /** Connects, in the background where that takes long or Slack does not answer. Throws {@link AppTokenRefused}. */
  connect(): Promise<void>;
  connected(): boolean;
  /** Takes a request of Slack's, where it comes by HTTP. */
  serve: ((req: IncomingMessage, res: ServerResponse) => void) | undefined;
  close(): Promise<void>;
}

/** Milliseconds between attempts to connect, doubling from the one to the other. */
const againAfter = { least: 500, most: 60_000 };
/** Milliseconds until a token that is refused is tried once more: it may be mended. */
const mendedAfter = 300_000;
/** Milliseconds that a start waits for its connection, and a stop for its end. */
const readyMost = 5_000;
const closeMost = 3_000;
/** Milliseconds without a pong after which a connection is dead: the library's 5 s take busy moments for it. */
const pongWithin = 20_000;

const refusals = [
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'missing_scope',
  'not_allowed_token_type',
];

/** Slack's framework, with one listener for everything: what a payload is, its own reading tells. */
function createApp(receiver: Receiver, { tokens, api, log, steps, take }: GatewayOptions): App {
  const app = new App({
    ...{ receiver, authorize: tokens.authorize, convoStore: false, attachFunctionToken: false },
    ...{ logger: libraryLog(log), clientOptions: clientOptions(api, log) },
  });
  const served = (body: object, { botUserId }: { botUserId?: string }, ack: (given: never) => Promise<void>) =>
    take(body as Payload, (given) => ack(given as never), botUserId);
  app.command(/./, ({ body, context, ack }) => served(body, context, ack));
  app.shortcut(/./, ({ body, context, ack }) => served(body, context, ack));
  app.action(/./, ({ body, context, ack }) => served(body, context, ack));
  app.view(/./, ({ body, context, ack }) => served(body, context, ack));
  // What happens is acknowledged by the library; a workflow's step once it is taken.
  app.event(/^(?!function_executed$)/, ({ body, context }) => served(body, context, async () => undefined));
  for (const step of steps) {
    app.function(step, { autoAcknowledge: false }, ({ body, context, ack }) => served(body, context, ack));
  }
  app.error(async (error) => {
    const known = error instanceof AuthorizationError;
    log[known ? 'warn' : 'error']({ platform: 'slack', err: error }, 'a payload of Slack was not served');
  });
  return app;
}

/** Over a socket. The library's own reconnecting waits five seconds, and ends for good when Slack cannot be reached; so it is done here. */
function createSocket(options: GatewayOptions, appToken: string): Gateway {
  const { log, api } = options;
  const receiver = new SocketModeReceiver({
    ...{ appToken, autoReconnectEnabled: false, clientPingTimeout: pongWithin, logger: libraryLog(log) },
    installerOptions: { clientOptions: clientOptions(api, log) },
  });
  createApp(receiver, options);
  const { client } = receiver;
  let up = false;
  let closed = false;
  let told = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  function again(pause: number, next: number): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = attempt(next).catch(refused);
    }, pause);
  }
  function refused(err: unknown): void {
    log.error(
      { platform: 'slack', err, seconds: mendedAfter / 1000 },
      'Slack refuses SLACK_APP_TOKEN; put in another one and start again; it is tried once more',
    );
    again(mendedAfter, againAfter.least);
  }
  async function attempt(pause: number): Promise<void> {
    try {
      await client.start();
      up = true;
      told = false;
      log.info({ platform: 'slack' }, 'connected to Slack');
    } catch (err) {
      const code = err instanceof webApi.WebAPIPlatformError ? err.data.error : '';
      if (refusals.includes(code)) throw new AppTokenRefused(`Slack refuses SLACK_APP_TOKEN (${code})`, { cause: err });
      // One line for each outage, however often it is tried.
      if (!closed)
        log[told ? 'debug' : 'warn']({ platform: 'slack', err }, 'Slack could not be reached; it is tried again');
      told = true;
      again(pause, Math.min(pause * 2, againAfter.most));
    }
  }
  client.on('disconnected', () => {
    if (!up || closed) return;
    up = false;
    // Slack renews its connections now and then: nothing is amiss while another one comes at once.
    log.debug({ platform: 'slack' }, 'the connection to Slack was lost; trying again');
    again(0, againAfter.least);
  });

  return {
    serve: undefined,
    connected: () => up,
    async connect() {
      const first = attempt(againAfter.least);
      let waited = false;
      running = first.catch((err: unknown) => {
        if (waited) refused(err);
      });
      await Promise.race([first, wait(readyMost, undefined, { ref: false })]);
      waited = true;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await Promise.race([running, wait(closeMost, undefined, { ref: false })]);
      await Promise.race([client.disconnect(), wait(closeMost, undefined, { ref: false })]);
    },
  };
}

/** Milliseconds that a signature is remembered: longer than Slack's, and the library's, five minutes. */
const signatureLife = 600_000;

/** Milliseconds that a request may be ahead of this machine's clock. */
const clockSkew = 300_000;

/** By HTTP. A signature that came before is refused: what is repeated by Slack itself is signed anew. */
function createHttp(options: GatewayOptions, signingSecret: string): Gateway {
  const { log } = options;
  const seen = createMemory<true>(50_000, signatureLife);
  const receiver = new HTTPReceiver({
    ...{ signingSecret, logger: libraryLog(log), endpoints: [slackPaths.events] },
    customPropertiesExtractor: ({ headers }) => ({ signature: headers['x-slack-signature'] }),
  });
  const app = createApp(receiver, options);
  let open = false;
  // Only signatures that were found right come so far.
  app.use(async ({ context, next }) => {
    const { signature } = context as { signature?: string };
    if (signature === undefined || seen.read(signature)) return;
    seen.note(signature, true);
    await next();
  });
  return {
    connected: () => open,
    async connect() {
      open = true;
    },
    serve(req, res) {
      const { 'x-slack-signature': signature, 'x-slack-request-timestamp': at } = req.headers;
      // The library looks for those that are too old alone.
      const early = Number(at) * 1000 > Date.now() + clockSkew;
      if (early || (typeof signature === 'string' && seen.read(signature))) {
        log.warn(
          { platform: 'slack' },
          early
            ? 'a request from the future was refused: is the clock right?'
            : 'a request that came before was refused',
        );
        res.writeHead(401).end();
        return;
      }
      receiver.requestListener(req, res);
    },
    async close() {
      open = false;
    },
  };
}

export function createGateway(options: GatewayOptions): Gateway {
  const { events } = options;
  return 'appToken' in events ? createSocket(options, events.appToken) : createHttp(options, events.signingSecret);
}
