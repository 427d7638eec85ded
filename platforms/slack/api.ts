import { webApi } from '@slack/bolt';
import { TransientError } from '../../src/domain/errors.ts';
import type { Log } from '../../src/ports.ts';
import { createMemory } from '../shared/memory.ts';
import { clientOptions } from './client.ts';
import { isUnauthorized, isUngranted, PlaceClosed, sorted } from './errors.ts';
import { type Installed, NotInstalled, type Tokens } from './installs.ts';
import { optionalScopes } from './scopes.ts';

/** Milliseconds that nothing is asked for a workspace whose token was refused: somebody has to put in another one. */
const tokenAgain = 60_000;
const remembered = 10_000;

/** Slack's Web API by workspace, with the bot's own token. */
export interface Api {
  /** Calls it; what goes wrong comes out as `errors.ts` sorts it. */
  call<T>(team: string, work: (client: webApi.WebClient) => Promise<T>): Promise<T>;
  installed(team: string): Promise<Installed>;
}

export interface ApiOptions {
  tokens: Tokens;
  /** Slack itself when it is not set. */
  api: string | undefined;
  log: Log;
  /** Something waited for one of Slack's limits. */
  limited(): void;
}

export function createApi({ tokens, api, log, limited }: ApiOptions): Api {
  const options = clientOptions(api, log);
  const clients = createMemory<webApi.WebClient>(remembered, 3_600_000);
  const refused = createMemory<true>(remembered, tokenAgain);
  const ungranted = createMemory<true>(remembered, 3_600_000);

  async function installed(team: string): Promise<Installed> {
    try {
      return await tokens.of(team);
    } catch (error) {
      throw error instanceof NotInstalled ? new PlaceClosed('shut', error) : sorted(error);
    }
  }

  function clientFor(team: string, token: string): webApi.WebClient {
    const key = `${team} ${token}`;
    const known = clients.read(key);
    if (known) return known;
    const client = new webApi.WebClient(token, { ...options, teamId: team });
    clients.note(key, client);
    return client;
  }

  /** What a workspace did not grant is for its people to mend: one line an hour. */
  function tellUngranted(team: string, error: unknown): void {
    const { needed } = (error instanceof webApi.WebAPIPlatformError ? error.data : {}) as { needed?: string };
    if (optionalScopes.some(({ scope }) => scope === needed) || ungranted.read(`${team} ${needed}`)) return;
    ungranted.note(`${team} ${needed}`, true);
    log.error(
      { space: team, platform: 'slack', needed },
      'Slack lets the bot not do this in that workspace; write the manifest anew and install the app once more',
    );
  }

  return {
    installed,
    async call(team, work) {
      const { token, enterprise } = await installed(team);
      if (refused.read(token)) {
        throw new TransientError('Slack refuses the token', { retryAfter: tokenAgain, waits: true });
      }
      try {
        return await work(clientFor(team, token));
      } catch (error) {
        const known = sorted(error);
        if (known instanceof TransientError && known.waits) limited();
        if (isUngranted(error)) tellUngranted(team, error);
        if (!isUnauthorized(error)) throw known;
        refused.note(token, true);
        log.error(
          { space: team, platform: 'slack', seconds: tokenAgain / 1000, err: error },
          'Slack refuses the token of this workspace; nothing is posted there until it does not',
        );
        await tokens.refused(team, enterprise);
        throw new TransientError('Slack refuses the token', { retryAfter: tokenAgain, waits: true, cause: error });
      }
    },
  };
}
