import type { Args } from './args.ts';
import { install as installApp } from './install.ts';
import { Refused } from './refusals.ts';
import { endInstallation } from './uninstall.ts';
import type { Installation, Row, World } from './world.ts';

/** A method that no bot's scopes are needed for; it looks at the token itself. */
export type OpenMethod = (world: World, args: Args, token: string | null, install: Installation | null) => Row;

function exchange(world: World, args: Args): Row {
  const { clientId, clientSecret, appId } = world.app;
  if (args.text('client_id') !== clientId) throw new Refused('invalid_client_id');
  if (args.text('client_secret') !== clientSecret) throw new Refused('bad_client_secret');
  const code = world.codes.get(args.text('code') ?? '');
  if (!code) throw new Refused('invalid_code');
  if (code.redirect !== (args.text('redirect_uri') ?? code.redirect)) throw new Refused('bad_redirect_uri');
  world.codes.delete(args.text('code') ?? '');
  const { team, orgWide, scopes } = code;
  const found = installApp(world, team, scopes, orgWide);
  const member = [...world.users.values()].find((user) => user.team === team && !user.bot);
  return {
    ...{
      app_id: appId,
      authed_user: { id: member?.id ?? 'U0INSTALLER' },
      scope: found.scopes.join(','),
      token_type: 'bot',
    },
    ...{ access_token: found.token, bot_user_id: found.botUserId, is_enterprise_install: orgWide },
    team: orgWide ? null : { id: team.id, name: team.name },
    enterprise: team.enterprise,
  };
}

export const openMethods: Record<string, OpenMethod> = {
  'api.test': (_, args) => ({ args: args.all }),
  'oauth.v2.access': (world, args) => exchange(world, args),
  'apps.connections.open'(world, _, token) {
    if (token === null) throw new Refused('not_authed');
    if (!token.startsWith('xapp-')) throw new Refused('not_allowed_token_type');
    if (token !== world.app.appToken) throw new Refused('invalid_auth');
    return { url: world.link() };
  },
  'auth.revoke'(world, args, _, install) {
    if (!install) throw new Refused('not_authed');
    if (args.flag('test')) return { revoked: false };
    endInstallation(world, install, 'revoked');
    return { revoked: true };
  },
  'apps.uninstall'(world, args, _, install) {
    if (!install) throw new Refused('not_authed');
    const { clientId, clientSecret } = world.app;
    if (args.text('client_id') !== clientId || args.text('client_secret') !== clientSecret)
      throw new Refused('bad_client_secret');
    endInstallation(world, install, 'uninstalled');
    return {};
  },
};
