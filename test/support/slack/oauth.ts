import type { ServerResponse } from 'node:http';
import { teamBy } from './scenery.ts';
import type { World } from './world.ts';

/** The OAuth page of a member who agrees at once, or refuses at once. */
export function authorizePage(world: World, url: URL, reply: ServerResponse): void {
  const asked = Object.fromEntries(url.searchParams);
  const { team: id, orgWide = false, deny = false } = world.settings.oauth;
  if (asked.client_id !== world.app.clientId)
    return void reply.writeHead(200, { 'content-type': 'text/html' }).end('<html>Invalid client_id parameter</html>');
  const target = new URL(asked.redirect_uri ?? 'http://127.0.0.1/');
  if (asked.state !== undefined) target.searchParams.set('state', asked.state);
  if (deny) target.searchParams.set('error', 'access_denied');
  else {
    const code = `${world.ids.secret(12)}.${world.ids.secret(32)}`;
    const scopes = (asked.scope ?? '').split(/[ ,]+/).filter((one) => one !== '');
    const redirect = asked.redirect_uri ?? null;
    world.codes.set(code, { team: teamBy(world, id), orgWide, scopes, redirect });
    target.searchParams.set('code', code);
  }
  reply.writeHead(302, { location: String(target) }).end();
}
