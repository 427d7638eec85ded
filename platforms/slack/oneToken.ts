import { webApi } from '@slack/bolt';
import { TransientError } from '../../src/domain/errors.ts';
import type { Log } from '../../src/ports.ts';
import { clientOptions } from './client.ts';
import { authorized, type Installed, NotInstalled, TokenRefused, type Tokens } from './installed.ts';

/** What Slack says to a token that is worth nothing. */
const worthless = ['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'no_permission'];

/** Milliseconds that a failure stands before Slack is asked again: many ask at once. */
const again = 5_000;
const refusedAgain = 60_000;

interface Known {
  installed: Installed;
  /** The workspace that it is good for; all of the organisation when there is none. */
  team: string | undefined;
}

function failureOf(error: unknown): TransientError {
  if (error instanceof webApi.WebAPIPlatformError && worthless.includes(error.data.error)) {
    const more = { retryAfter: refusedAgain, waits: true, cause: error };
    return new TokenRefused(`Slack refuses SLACK_BOT_TOKEN (${error.data.error})`, more);
  }
  return new TransientError('Slack does not say whose SLACK_BOT_TOKEN is', { retryAfter: again, cause: error });
}

/**
 * The operator's own token. Whose it is, Slack is asked once, and again after a failure: {@link TokenRefused} where it is worth nothing.
 * It is good for its workspace, and that of a whole organisation for each of its workspaces.
 */
export function oneToken(token: string, api: string | undefined, log: Log): Tokens {
  const client = new webApi.WebClient(token, clientOptions(api, log));
  let asked: Promise<Known> | undefined;
  let failed: { error: TransientError; until: number } | undefined;

  async function ask(): Promise<Known> {
    if (failed && failed.until > Date.now()) throw failed.error;
    try {
      const said = await client.auth.test();
      const { user_id: botUserId = '', bot_id: botId, team_id, enterprise_id, is_enterprise_install } = said;
      failed = undefined;
      const installed = { token, botUserId, botId, appId: undefined, enterprise: enterprise_id || undefined };
      return { installed, team: is_enterprise_install === true ? undefined : team_id };
    } catch (caught) {
      const error = failureOf(caught);
      // Said once for each outage, not for each film that waits.
      if (!failed) log.error({ platform: 'slack', err: error }, error.message);
      failed = { error, until: Date.now() + (error.retryAfter ?? again) };
      throw error;
    }
  }

  function known(): Promise<Known> {
    asked ??= ask().catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  }

  return {
    of: async (wanted) => {
      const { installed, team } = await known();
      if (team !== undefined && team !== wanted) throw new NotInstalled(`SLACK_BOT_TOKEN is not of ${wanted}`);
      return installed;
    },
    // Whatever comes over this app's own line is meant for its only installation, also what a stranger from another workspace did.
    authorize: async ({ teamId, enterpriseId }) => {
      const { installed, team } = await known();
      return authorized(installed, team ?? teamId, enterpriseId);
    },
    forget: async () => {
      asked = undefined;
      failed = undefined;
    },
    refused: async () => undefined,
  };
}
