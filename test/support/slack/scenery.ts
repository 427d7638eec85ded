import { Impossible } from '../controller.ts';
import type { GivenChannel, GivenTeam, GivenUser, MadeTeam } from './api.ts';
import { install } from './install.ts';
import { defaultScopes } from './scopes.ts';
import type { Channel, Enterprise, Group, Team, User, World } from './world.ts';

/** The row of that id, or `Impossible`. */
export function by<Kind>(rows: Map<string, Kind>, id: string, what: string): Kind {
  const found = rows.get(id);
  if (found === undefined) throw new Impossible(`there is no ${what} ${id}`);
  return found;
}

export const teamBy = (world: World, id?: string): Team =>
  id === undefined ? world.home : by(world.teams, id, 'team');

function madeTeam(team: Team): MadeTeam {
  const { token = '', botUserId = '', botId = '' } = team.install ?? {};
  return { team: team.id, domain: team.domain, token, botUserId, botId, enterprise: team.enterprise?.id ?? null };
}

function enterpriseOf(world: World, id: string | undefined): Enterprise | null {
  if (id === undefined) return null;
  const found = world.enterprises.get(id) ?? { id, name: `Enterprise ${id}` };
  world.enterprises.set(id, found);
  return found;
}

export function makeTeam(world: World, given: GivenTeam = {}): MadeTeam {
  const id = world.ids.next('T');
  const { name = `Team ${id}`, domain = id.toLowerCase() } = given;
  const team: Team = { id, name, domain, enterprise: enterpriseOf(world, given.enterprise), install: null };
  world.teams.set(id, team);
  const { installed = true, scopes = defaultScopes, orgWide = false } = given;
  if (installed) install(world, team, scopes, orgWide);
  return madeTeam(team);
}

export function makeUser(world: World, given: GivenUser): string {
  const id = world.ids.next('U');
  const { name, displayName = name, realName = displayName, admin = false, owner = false, guest = null } = given;
  const { bot = false, tz = 'Europe/Berlin', locale = 'en-US', strangerOf } = given;
  const team = teamBy(world, given.team);
  world.users.set(id, {
    ...{ id, team, name, displayName, realName, admin, owner, guest, bot, deleted: false, tz, locale },
    strangerOf: strangerOf === undefined ? null : teamBy(world, strangerOf),
  });
  return id;
}

export const userBy = (world: World, id: string): User => by(world.users, id, 'user');
export const channelBy = (world: World, id: string): Channel => by(world.channels, id, 'channel');

type NewChannel = Pick<Channel, 'team' | 'kind'> & Partial<Channel>;

function createChannel(world: World, given: NewChannel): Channel {
  const id = world.ids.next(given.kind === 'im' ? 'D' : 'C');
  const channel: Channel = {
    ...{ id, name: `channel-${id.toLowerCase()}`, archived: false, readOnly: false, everyone: false },
    ...{ members: new Set<string>(), shared: [], messages: [], ...given },
  };
  world.channels.set(id, channel);
  return channel;
}

/** The bot's user in each of the channel's teams. */
const botsOf = (channel: Channel): string[] =>
  [channel.team, ...channel.shared].flatMap(({ install: one }) => (one ? [one.botUserId] : []));

function setBot(channel: Channel, inside: boolean): void {
  for (const bot of botsOf(channel)) {
    if (inside) channel.members.add(bot);
    else channel.members.delete(bot);
  }
}

export function makeChannel(world: World, given: GivenChannel = {}): string {
  const channel = createChannel(world, {
    team: teamBy(world, given.team),
    kind: given.private ? 'private' : 'public',
    ...(given.name !== undefined && { name: given.name }),
    everyone: given.members === undefined,
    members: new Set((given.members ?? []).map((id) => userBy(world, id).id)),
    shared: (given.shared ?? []).map((id) => teamBy(world, id)),
  });
  setBot(channel, given.bot ?? true);
  return channel.id;
}

export function makeGroupDm(world: World, given: { team?: string; members: string[]; bot?: boolean }): string {
  const members = given.members.map((id) => userBy(world, id));
  const name = `mpdm-${members.map((one) => one.name).join('--')}-1`;
  const team = teamBy(world, given.team);
  const channel = createChannel(world, { team, kind: 'mpim', name, members: new Set(given.members) });
  setBot(channel, given.bot ?? true);
  return channel.id;
}

/** The DM between a member and the bot, which is opened where it is not yet. */
export function dmOf(world: World, user: User, bot: string): Channel {
  const found = dmFor(world, user, bot);
  return found ?? createChannel(world, { team: user.team, kind: 'im', name: '', members: new Set([user.id, bot]) });
}

export function dmFor(world: World, user: User, bot: string): Channel | undefined {
  for (const one of world.channels.values())
    if (one.kind === 'im' && one.members.has(user.id) && one.members.has(bot)) return one;
  return undefined;
}

interface ChangedChannel {
  channel: string;
  archived?: boolean;
  bot?: boolean;
  readOnly?: boolean;
  members?: string[];
}

export function changeChannel(world: World, given: ChangedChannel): void {
  const channel = channelBy(world, given.channel);
  const { archived, bot, readOnly, members } = given;
  if (archived !== undefined) channel.archived = archived;
  if (readOnly !== undefined) channel.readOnly = readOnly;
  if (members) {
    const bots = botsOf(channel).filter((one) => channel.members.has(one));
    channel.members = new Set([...members, ...bots]);
    channel.everyone = false;
  }
  if (bot !== undefined) setBot(channel, bot);
}

export function changeUser(world: World, { user: id, strangerOf, ...given }: { user: string } & Partial<GivenUser>) {
  const user = userBy(world, id);
  const { team: _, ...changes } = given;
  Object.assign(user, changes);
  if (strangerOf !== undefined) user.strangerOf = teamBy(world, strangerOf);
}

export function makeGroup(world: World, given: { team?: string; handle: string; users: string[] }): string {
  const id = world.ids.next('S');
  const { handle, users } = given;
  world.groups.set(id, { id, team: teamBy(world, given.team), handle, users, disabled: false });
  return id;
}

export function changeGroup(world: World, given: { group: string; users?: string[]; disabled?: boolean }): void {
  const { group, ...changes } = given;
  Object.assign(by<Group>(world.groups, group, 'group'), changes);
}
