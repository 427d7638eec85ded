import type { Authorize, AuthorizeResult } from '@slack/bolt';
import { TransientError } from '../../src/domain/errors.ts';

/** What the bot has in a workspace. `enterprise`: the organisation that it belongs to, if it does. */
export interface Installed {
  token: string;
  botUserId: string;
  botId: string | undefined;
  appId: string | undefined;
  enterprise: string | undefined;
}

/** The app is not in a workspace, or not any more. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

/** Slack refuses the token that the operator gave: somebody has to put in another one, and until then everything waits. */
export class TokenRefused extends TransientError {}

/** The bot's tokens, by workspace. */
export interface Tokens {
  /** The token for a workspace; throws {@link NotInstalled} where the app is not, or no more, and `TransientError` where that cannot be known now. */
  of(team: string): Promise<Installed>;
  /** For Bolt: whose token an incoming payload is served with. */
  authorize: Authorize<boolean>;
  /** What is known of a workspace is forgotten: uninstalled, or its token revoked. With `enterprise`: of a whole organisation. */
  forget(team: string | undefined, enterprise: string | undefined): Promise<void>;
  /** Slack refuses a workspace's token. Of many it is one that removed the app without anybody having told; the operator's own may be mended. */
  refused(team: string, enterprise: string | undefined): Promise<void>;
}

/** As Bolt wants to have it. */
export function authorized(
  { token, botUserId, botId, enterprise }: Installed,
  teamId: string | undefined,
  enterpriseId: string | undefined,
): AuthorizeResult {
  const org = enterpriseId ?? enterprise;
  return {
    ...{ botToken: token, botUserId },
    ...(botId === undefined ? {} : { botId }),
    ...(teamId === undefined ? {} : { teamId }),
    ...(org === undefined ? {} : { enterpriseId: org }),
  };
}
