import { ChannelType, OverwriteType, type PermissionsString } from 'discord.js';
import { Impossible } from '../controller.ts';
import type { GivenChannel, GivenGuild, GivenMember, GivenOverwrite, MadeGuild, Verbs } from './api.ts';
import { createUser } from './create.ts';
import { bitsOf } from './permissions.ts';
import { dropChannel } from './routes-channels.ts';
import type { Channel, Guild, Member, Overwrite, Role, World } from './world.ts';

type Given<Verb extends keyof Verbs> = Parameters<Verbs[Verb]>[0];

const everyoneMay: PermissionsString[] = [
  ...([
    'ViewChannel',
    'SendMessages',
    'SendMessagesInThreads',
    'AttachFiles',
    'EmbedLinks',
    'ReadMessageHistory',
  ] as const),
  ...(['CreatePublicThreads', 'CreatePrivateThreads', 'UseApplicationCommands', 'AddReactions'] as const),
];
const botMay: PermissionsString[] = [
  ...(['ViewChannel', 'SendMessages', 'SendMessagesInThreads', 'AttachFiles', 'EmbedLinks'] as const),
  ...(['ReadMessageHistory', 'UseApplicationCommands'] as const),
];

function guildBy(world: World, id: string): Guild {
  const guild = world.guilds.get(id);
  if (!guild) throw new Impossible(`there is no guild ${id}`);
  return guild;
}

function channelBy(world: World, id: string): Channel {
  const channel = world.channels.get(id);
  if (!channel) throw new Impossible(`there is no channel ${id}`);
  return channel;
}

function join(world: World, guild: Guild, userId: string, roles: string[] = []): Member {
  const user = world.users.get(userId);
  if (!user) throw new Impossible(`there is no user ${userId}`);
  const member = { user, nick: null, roles: new Set(roles), joinedAt: world.clock.now() };
  guild.members.set(userId, member);
  return member;
}

function addRole(guild: Guild, role: Role): string {
  guild.roles.set(role.id, role);
  return role.id;
}

export function makeGuild(world: World, given: GivenGuild = {}): MadeGuild {
  const { name = 'A guild', everyone = everyoneMay, bot = botMay, premiumTier = 0, locale = 'en-US' } = given;
  const id = world.ids.next(given.shard);
  const ownerId = given.ownerId ?? createUser(world, { name: 'owner' }).id;
  const botRoleId = world.ids.next();
  const guild: Guild = {
    ...{ id, name, ownerId, botRoleId, premiumTier, uploadLimit: given.uploadLimit ?? null, locale },
    ...{ roles: new Map(), members: new Map() },
  };
  world.guilds.set(id, guild);
  addRole(guild, { id, name: '@everyone', permissions: bitsOf(everyone), mentionable: false });
  addRole(guild, { id: botRoleId, name: world.bot.name, permissions: bitsOf(bot ?? []), mentionable: false });
  join(world, guild, ownerId);
  if (bot) join(world, guild, world.bot.id, [botRoleId]);
  if (bot) world.dispatch(id, 'GUILD_CREATE', null);
  return { id, ownerId, botRoleId };
}

export function makeRole(world: World, given: Given<'makeRole'>): string {
  const { name = 'A role', permissions = [], mentionable = false } = given;
  const role = { id: world.ids.next(), name, permissions: bitsOf(permissions), mentionable };
  return addRole(guildBy(world, given.guild), role);
}

export function makeMember(world: World, given: GivenMember): string {
  const guild = guildBy(world, given.guild);
  const userId = given.user ?? createUser(world).id;
  const member = guild.members.get(userId) ?? join(world, guild, userId);
  const { name, globalName, dms, uploadLimit, locale, nick, roles } = given;
  const told = Object.entries({ name, globalName, dms, uploadLimit, locale }).filter(
    ([, value]) => value !== undefined,
  );
  Object.assign(member.user, Object.fromEntries(told));
  if (nick !== undefined) member.nick = nick;
  if (roles !== undefined) member.roles = new Set(roles);
  return userId;
}

const overwritesOf = (guild: Guild, given: GivenOverwrite[]): Overwrite[] =>
  given.map(({ id, allow = [], deny = [] }) => {
    const type = guild.roles.has(id) ? OverwriteType.Role : OverwriteType.Member;
    return { id, type, allow: bitsOf(allow), deny: bitsOf(deny) };
  });

export function makeChannel(world: World, given: GivenChannel): string {
  const guild = guildBy(world, given.guild);
  const parent = given.parent === undefined ? null : channelBy(world, given.parent);
  const { type = parent ? ChannelType.PublicThread : ChannelType.GuildText, archived = false, locked = false } = given;
  const id = world.ids.next();
  const { name = `channel-${id.slice(-6)}`, overwrites = [], members = [] } = given;
  world.channels.set(id, {
    ...{
      id,
      type,
      guild,
      recipient: null,
      name,
      parent,
      overwrites: overwritesOf(guild, overwrites),
      archived,
      locked,
    },
    ...{ archivedAt: world.clock.now(), members: new Set(members), messages: [], oldEdits: [] },
  });
  return id;
}

export function changeGuild(world: World, given: Given<'changeGuild'>): void {
  const guild = guildBy(world, given.guild);
  const { bot, everyone, premiumTier, uploadLimit } = given;
  for (const [role, names] of [
    [guild.botRoleId, bot],
    [guild.id, everyone],
  ] as const)
    if (names) Object.assign(guild.roles.get(role) ?? {}, { permissions: bitsOf(names) });
  if (premiumTier !== undefined) guild.premiumTier = premiumTier;
  if (uploadLimit !== undefined) guild.uploadLimit = uploadLimit;
}

export function changeChannel(world: World, given: Given<'changeChannel'>): void {
  const channel = channelBy(world, given.channel);
  const { archived, locked, overwrites, members } = given;
  if (archived !== undefined) Object.assign(channel, { archived, archivedAt: world.clock.now() });
  if (locked !== undefined) channel.locked = locked;
  if (overwrites && channel.guild) channel.overwrites = overwritesOf(channel.guild, overwrites);
  if (members) channel.members = new Set(members);
}

export function deleteChannel(world: World, id: string): void {
  dropChannel(world, channelBy(world, id));
}

export function leave(world: World, given: Given<'leave'>): void {
  const guild = guildBy(world, given.guild);
  if (!guild.members.delete(given.user)) throw new Impossible(`${given.user} is no member of ${guild.id}`);
  if (given.user === world.bot.id) world.dispatch(guild.id, 'GUILD_DELETE', { id: guild.id });
}
