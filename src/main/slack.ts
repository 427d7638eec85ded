import type { IncomingMessage, ServerResponse } from 'node:http';
import { commands } from '../../commands/index.ts';
import { createSlack, type Slack } from '../../platforms/slack/adapter.ts';
import { AppTokenRefused } from '../../platforms/slack/gateway.ts';
import { type InstallRoutes, manyTokens, oneToken, TokenRefused } from '../../platforms/slack/installs.ts';
import { type Config, ConfigError, type SlackConfig } from '../config.ts';
import { createVault } from '../desk/vault.ts';
import type { Desk } from '../domain/desk.ts';
import type { SpaceSettings } from '../domain/settings.ts';
import { usualModel } from '../intake/pick.ts';
import type { Metrics } from '../metrics.ts';
import type { Fitting, Log, Media } from '../ports.ts';
import type { Catalog } from '../video/catalog.ts';
import type { Linking } from './link.ts';

interface Parts {
  redis: Parameters<typeof createVault>[0];
  catalog: Pick<Catalog, 'cards' | 'offered' | 'defaults'>;
  settings: SpaceSettings;
  desk: Pick<Desk, 'job'>;
  media: Pick<Media, 'path'>;
  fitting: Fitting;
  link: Linking;
  metrics: Metrics;
  log: Log;
}

/** What answers a request of Slack's, or of somebody who adds the app. */
export type SlackRoute = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>;

/** Slack, and the pages by which workspaces add it, where there are many. */
export interface OpenedSlack extends Slack {
  pages: InstallRoutes | undefined;
}

function tokensOf({ access, api }: SlackConfig, config: Config, { redis, log }: Parts) {
  if ('token' in access) return { tokens: oneToken(access.token, api, log), pages: undefined };
  const { publicUrl, slackApp } = config;
  // Where another Slack than the real one is, its page to add apps is there too.
  const authorizationUrl = api === undefined ? undefined : new URL('/oauth/v2/authorize', api).href;
  const vault = createVault(redis, access.key);
  const many = manyTokens(vault, { ...access, publicUrl, command: slackApp.command, api, authorizationUrl, log });
  return { tokens: many, pages: many.routes };
}

/** Slack, where it is set up. */
export function openSlack(config: Config, parts: Parts): OpenedSlack | undefined {
  const { slack, slackApp, managers } = config;
  if (!slack) return undefined;
  const { catalog, metrics } = parts;
  const { tokens, pages } = tokensOf(slack, config, parts);
  const opened = createSlack({
    ...parts,
    ...{ tokens, events: slack.events, api: slack.api, command: slackApp.command, short: slackApp.short },
    ...{ commands, models: catalog.offered },
    // Of many workspaces an id alone names nobody: it may stand for another in each.
    managers: 'token' in slack.access ? managers : managers.filter((id) => id.includes('/')),
    usual: (origin) => usualModel(catalog.defaults(origin).model, { ...catalog, models: catalog.cards }),
    acknowledged: (kind, ms) => metrics.acknowledged('slack', kind, ms / 1000),
    limited: () => metrics.limited('slack'),
  });
  return { ...opened, pages };
}

/** Lets Slack's calls in. */
export async function listenToSlack(
  slack: OpenedSlack,
  handle: Parameters<Slack['receiver']['listen']>[0],
  metrics: Metrics,
): Promise<void> {
  metrics.watchChat('slack', slack.connected);
  try {
    await slack.receiver.listen(handle);
  } catch (error) {
    if (error instanceof TokenRefused) {
      throw new ConfigError(['SLACK_BOT_TOKEN: Slack refuses it; copy it anew from "OAuth & Permissions"']);
    }
    if (!(error instanceof AppTokenRefused)) throw error;
    throw new ConfigError([
      'SLACK_APP_TOKEN: Slack refuses it; make one with the scope connections:write under "Basic Information"',
    ]);
  }
}
