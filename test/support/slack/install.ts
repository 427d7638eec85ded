import { Impossible } from '../controller.ts';
import type { Installation, Team, User, World } from './world.ts';

function botUser(world: World, team: Team): User {
  const user: User = {
    ...{ id: world.ids.next('U'), team, name: 'dailies', displayName: 'Dailies', realName: 'Dailies', admin: false },
    ...{ owner: false, guest: null, bot: true, deleted: false, tz: 'Etc/UTC', locale: 'en-US', strangerOf: null },
  };
  world.users.set(user.id, user);
  return user;
}

/** The app comes to a team, or to its whole enterprise. One that is there already keeps its token and gets more scopes. */
export function install(world: World, team: Team, scopes: readonly string[], orgWide = false): Installation {
  const { enterprise } = team;
  if (orgWide && !enterprise) throw new Impossible(`team ${team.id} is in no enterprise`);
  const old = orgWide
    ? [...world.installations.values()].find((one) => one.team === null && one.enterprise === enterprise)
    : team.install?.team === team
      ? team.install
      : undefined;
  const found: Installation = old ?? {
    ...{ token: '', botUserId: botUser(world, team).id, botId: world.ids.next('B'), scopes: [], state: 'active' },
    ...{ team: orgWide ? null : team, enterprise },
  };
  const active = old?.state === 'active';
  found.scopes = active ? [...new Set([...found.scopes, ...scopes])] : [...scopes];
  if (!active) {
    // The token of before stays known, as what it has come to be.
    if (old) world.installations.set(old.token, { ...old });
    found.token = `xoxb-${team.id.slice(1)}-${world.ids.secret()}`;
    found.state = 'active';
    world.installations.set(found.token, found);
  }
  if (!orgWide) team.install = found;
  else for (const one of world.teams.values()) if (one.enterprise === enterprise) one.install ??= found;
  return found;
}

/** The app as it is in a team. */
export function installOf(team: Team): Installation {
  if (!team.install) throw new Impossible(`the app is not installed in team ${team.id}`);
  return team.install;
}
