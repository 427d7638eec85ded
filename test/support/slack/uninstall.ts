import { deedOf, eventPayload } from './event.ts';
import type { Deed, Installation, Row, Team, World } from './world.ts';

const teamsOf = (world: World, install: Installation): Team[] =>
  [...world.teams.values()].filter((one) => one.install === install);

/** The app's token ends, and the app hears of it where it listens. */
export function endInstallation(world: World, install: Installation, state: 'revoked' | 'uninstalled'): Deed[] {
  const teams = teamsOf(world, install);
  install.state = state;
  const events: Row[] = [{ type: 'tokens_revoked', tokens: { oauth: [], bot: [install.botUserId] } }];
  if (state === 'uninstalled') events.unshift({ type: 'app_uninstalled' });
  const [team] = teams;
  if (!team) return [];
  return events
    .filter(({ type }) => world.settings.events.includes(String(type)))
    .map((event) => {
      const ts = world.ids.ts();
      const payload = eventPayload(world, team, { ...event, event_ts: ts }, null);
      // Nobody has authorized the app any more.
      payload.authorizations = [];
      const deed = deedOf(world, { kind: state === 'revoked' ? 'revoke' : 'uninstall', team, user: null, payload });
      world.dispatch(deed);
      return deed;
    });
}
