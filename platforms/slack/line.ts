import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, type Authorize, type Receiver } from '@slack/bolt';
import type { Log } from '../../src/ports.ts';
import { clientOptions, libraryLog } from './client.ts';
import type { Tokens } from './installed.ts';
import type { Payload } from './payload.ts';
import type { Ack, Heard } from './receive.ts';

/** How what happens comes from Slack: over a socket that the bot opens, or by signed HTTP. */
export type Events = { appToken: string } | { signingSecret: string };

export interface LineOptions {
  events: Events;
  tokens: Tokens;
  /** Slack itself when it is not set. */
  api: string | undefined;
  log: Log;
  /** The callback ids of the steps that workflows may have. */
  steps: readonly string[];
  take(payload: Payload, ack: Ack, heard: Heard): Promise<void>;
}

/** SLACK_APP_TOKEN is worth nothing: the operator has to put in another one. */
export class AppTokenRefused extends Error {
  override readonly name = 'AppTokenRefused';
}

/** A connection to Slack, over which payloads come. */
export interface Line {
  /** Connects, in the background where that takes long or Slack does not answer. Throws {@link AppTokenRefused}. */
  connect(): Promise<void>;
  connected(): boolean;
  /** Takes a request of Slack's, where it comes by HTTP. */
  serve: ((req: IncomingMessage, res: ServerResponse) => void) | undefined;
  close(): Promise<void>;
}

/** Slack's framework, with one listener for everything: what a payload is, its own reading tells. */
export function createApp(receiver: Receiver, { tokens, api, log, steps, take }: LineOptions): App {
  // The library would acknowledge what it finds no token for, and nobody would hear of it.
  const authorize: Authorize<boolean> = async (source, body) => {
    try {
      return await tokens.authorize(source, body);
    } catch (trouble) {
      return { teamId: source.teamId ?? '', trouble };
    }
  };
  const app = new App({
    ...{ receiver, authorize, convoStore: false, attachFunctionToken: false },
    ...{ logger: libraryLog(log), clientOptions: clientOptions(api, log) },
  });
  type Context = { botUserId?: string; retryNum?: number; trouble?: unknown };
  const served = (body: object, { botUserId, retryNum, trouble }: Context, ack: (given: never) => Promise<void>) =>
    take(body as Payload, (given) => ack(given as never), { me: botUserId, retry: retryNum ?? 0, trouble });
  app.command(/./, ({ body, context, ack }) => served(body, context, ack));
  app.shortcut(/./, ({ body, context, ack }) => served(body, context, ack));
  app.action(/./, ({ body, context, ack }) => served(body, context, ack));
  app.view(/./, ({ body, context, ack }) => served(body, context, ack));
  // What happens is acknowledged by the library; a workflow's step once it is taken.
  app.event(/^(?!function_executed$)/, ({ body, context }) => served(body, context, async () => undefined));
  for (const step of steps) {
    app.function(step, { autoAcknowledge: false }, ({ body, context, ack }) => served(body, context, ack));
  }
  app.error(async (error) => log.error({ platform: 'slack', err: error }, 'a payload of Slack was not served'));
  return app;
}
