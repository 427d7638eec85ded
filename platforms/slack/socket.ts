import { setTimeout as wait } from 'node:timers/promises';
import { SocketModeReceiver, webApi } from '@slack/bolt';
import { createAttempts, soon } from '../shared/attempts.ts';
import { clientOptions, libraryLog } from './client.ts';
import { AppTokenRefused, createApp, type Line, type LineOptions } from './line.ts';

/** Milliseconds between attempts to connect, doubling from the one to the other. */
const againAfter = { least: 500, most: 60_000 };
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

/**
 * Over a socket. The library's own reconnecting waits five seconds, and ends for good when Slack cannot be reached; so it is done here.
 * `helloWithin`: milliseconds until a connection has to be greeted.
 */
export function createSocket(options: LineOptions, appToken: string, helloWithin = 20_000): Line {
  const { log, api } = options;
  const receiver = new SocketModeReceiver({
    ...{ appToken, autoReconnectEnabled: false, clientPingTimeout: pongWithin, logger: libraryLog(log) },
    installerOptions: { clientOptions: clientOptions(api, log) },
  });
  createApp(receiver, options);
  const { client } = receiver;
  let up = false;
  let told = false;
  /** Opens a connection, over which Slack says hello; one that stays silent is closed. */
  async function greeted(): Promise<void> {
    const over = new AbortController();
    const silence = new Error(`Slack said no hello within ${helloWithin} ms`);
    const silent = wait(helloWithin, undefined, { ref: false, signal: over.signal }).then(() =>
      Promise.reject(silence),
    );
    try {
      await Promise.race([client.start(), silent]);
    } catch (error) {
      if (error === silence) await soon(client.disconnect());
      // The library rejects with nothing where a connection ends early.
      throw error ?? new Error('the connection ended before Slack said hello');
    } finally {
      over.abort();
    }
  }
  async function attempt(pause: number): Promise<void> {
    try {
      await greeted();
      up = true;
      told = false;
      log.info({ platform: 'slack' }, 'connected to Slack');
    } catch (err) {
      const code = err instanceof webApi.WebAPIPlatformError ? err.data.error : '';
      if (refusals.includes(code)) throw new AppTokenRefused(`Slack refuses SLACK_APP_TOKEN (${code})`, { cause: err });
      // One line for each outage, however often it is tried.
      if (!attempts.isClosed())
        log[told ? 'debug' : 'warn']({ platform: 'slack', err }, 'Slack could not be reached; it is tried again');
      told = true;
      attempts.again(pause);
    }
  }
  const attempts = createAttempts({
    ...{ againAfter, attempt },
    refused: (err, seconds) =>
      log.error(
        { platform: 'slack', err, seconds },
        'Slack refuses SLACK_APP_TOKEN; put in another one and start again; it is tried once more',
      ),
  });
  client.on('disconnected', () => {
    if (!up || attempts.isClosed()) return;
    up = false;
    // Slack renews its connections now and then: nothing is amiss while another one comes at once.
    log.debug({ platform: 'slack' }, 'the connection to Slack was lost; trying again');
    attempts.atOnce();
  });

  return {
    serve: undefined,
    connected: () => up,
    connect: attempts.begin,
    async close() {
      await attempts.end();
      await soon(client.disconnect());
    },
  };
}
