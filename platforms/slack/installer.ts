import { hkdfSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  AuthorizationError,
  type InstallationStore,
  InstallProvider,
  InvalidStateError,
  MissingCodeError,
  MissingStateError,
} from '@slack/oauth';
import type { Log } from '../../src/ports.ts';
import { clientOptions } from './client.ts';
import { slackPaths } from './manifest.ts';
import { failed, installed, offered, page } from './pages.ts';
import { scopes } from './scopes.ts';

/** How workspaces add the app. `key` is TOKEN_KEY; `command` the slash command that they are told of. */
export interface InstallerOptions {
  clientId: string;
  clientSecret: string;
  key: string;
  publicUrl: string;
  command: string;
  /** Slack itself when they are not set. */
  api?: string | undefined;
  authorizationUrl?: string | undefined;
  log: Log;
}

/** The two pages of it, for a server's `/slack/install` and `/slack/oauth_redirect`. They answer whatever happens. */
export interface InstallRoutes {
  install(req: IncomingMessage, res: ServerResponse): Promise<void>;
  redirect(req: IncomingMessage, res: ServerResponse): Promise<void>;
}

const scopesWanted = scopes.map(({ scope }) => scope);

/** Slack's own installer, on our store. What it signs its state with is made of the operator's key, so that all processes know it. */
export function createProvider(store: InstallationStore, options: InstallerOptions): InstallProvider {
  const { clientId, clientSecret, key, api, authorizationUrl, log } = options;
  const { logger, ...client } = clientOptions(api, log);
  return new InstallProvider({
    ...{ clientId, clientSecret, installationStore: store, clientOptions: client },
    ...(logger === undefined ? {} : { logger }),
    ...(authorizationUrl === undefined ? {} : { authorizationUrl }),
    stateSecret: Buffer.from(hkdfSync('sha256', key, '', 'dailies slack oauth state v1', 32)).toString('base64url'),
    renderHtmlForInstallPath: offered,
  });
}

/** What went wrong, as far as whoever adds the app can do something about it. */
function reasonOf(error: unknown): 'declined' | 'stale' | 'ours' {
  if (error instanceof AuthorizationError) return 'declined';
  const stale = [InvalidStateError, MissingStateError, MissingCodeError].some((kind) => error instanceof kind);
  return stale ? 'stale' : 'ours';
}

export function createInstaller(provider: InstallProvider, options: InstallerOptions): InstallRoutes {
  const { publicUrl, command, log } = options;
  const asked = { scopes: scopesWanted, redirectUri: `${publicUrl}${slackPaths.redirect}` };

  function fail(res: ServerResponse, error: unknown): void {
    const reason = reasonOf(error);
    if (reason === 'ours') log.error({ platform: 'slack', err: error }, 'the app could not be added to a workspace');
    page(res, reason === 'ours' ? 500 : 400, failed(reason, `${publicUrl}${slackPaths.install}`));
  }

  return {
    async install(req, res) {
      res.setHeader('Cache-Control', 'no-store');
      await provider.handleInstallPath(req, res, {}, asked).catch((error: unknown) => fail(res, error));
    },
    async redirect(req, res) {
      const callbacks = {
        success: ({ team, enterprise, appId, isEnterpriseInstall }: Parameters<typeof installed>[0]) => {
          const where = isEnterpriseInstall ? enterprise?.id : team?.id;
          log.info(
            { platform: 'slack', space: where, organisation: isEnterpriseInstall === true },
            'the app was added',
          );
          page(res, 200, installed({ team, enterprise, appId, isEnterpriseInstall }, command));
        },
        failure: (error: Error) => fail(res, error),
      };
      await provider.handleCallback(req, res, callbacks).catch((error: unknown) => fail(res, error));
    },
  };
}
