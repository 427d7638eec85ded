import { ChannelType, OverwriteType, PermissionFlagsBits, type PermissionsString } from 'discord.js';
import type { Channel, Guild } from './world.ts';

const all = Object.values(PermissionFlagsBits).reduce((sum, bit) => sum | bit, 0n);
/** What an application may in its own DMs: docs.discord.com/developers/interactions/receiving-and-responding, `app_permissions`. */
const inDm =
  PermissionFlagsBits.AttachFiles |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.MentionEveryone |
  PermissionFlagsBits.UseExternalEmojis;

export const bitsOf = (names: readonly PermissionsString[]): bigint =>
  names.reduce((sum, name) => sum | PermissionFlagsBits[name], 0n);

export const has = (permissions: bigint, name: PermissionsString): boolean =>
  (permissions & PermissionFlagsBits[name]) === PermissionFlagsBits[name];

export const isThread = (channel: Channel): boolean =>
  channel.type === ChannelType.PublicThread ||
  channel.type === ChannelType.PrivateThread ||
  channel.type === ChannelType.AnnouncementThread;

/** What a member may in the guild at large; nothing for who is no member. */
export function basePermissions(guild: Guild, userId: string): bigint {
  const member = guild.members.get(userId);
  if (!member) return 0n;
  if (guild.ownerId === userId) return all;
  let sum = guild.roles.get(guild.id)?.permissions ?? 0n;
  for (const role of member.roles) sum |= guild.roles.get(role)?.permissions ?? 0n;
  return has(sum, 'Administrator') ? all : sum;
}

function overwritten(base: bigint, { overwrites }: Channel, guild: Guild, userId: string): bigint {
  const roles = guild.members.get(userId)?.roles ?? new Set();
  const layers = [
    overwrites.filter(({ id }) => id === guild.id),
    overwrites.filter(({ id, type }) => type === OverwriteType.Role && id !== guild.id && roles.has(id)),
    overwrites.filter(({ id, type }) => type === OverwriteType.Member && id === userId),
  ];
  return layers.reduce((sum, layer) => {
    const denied = layer.reduce((bits, { deny }) => bits | deny, 0n);
    return layer.reduce((bits, { allow }) => bits | allow, sum & ~denied);
  }, base);
}

/**
 * What a user may in a channel. A thread has the permissions of its parent; a private one is closed to who is neither in it nor
 * manages threads. Who cannot see a channel may nothing in it.
 */
export function permissionsIn(channel: Channel, userId: string): bigint {
  const { guild, parent } = channel;
  if (!guild) return inDm;
  const base = basePermissions(guild, userId);
  if (has(base, 'Administrator')) return base;
  const here = overwritten(base, parent ?? channel, guild, userId);
  if (!has(here, 'ViewChannel')) return 0n;
  const closed = channel.type === ChannelType.PrivateThread && !channel.members.has(userId);
  return closed && !has(here, 'ManageThreads') ? 0n : here;
}

const mebi = 1024 * 1024;
const byTier = { 0: 10 * mebi, 1: 10 * mebi, 2: 50 * mebi, 3: 100 * mebi } as const;

/** Bytes per file that anyone may post in a channel. */
export function uploadLimitOf({ guild }: Channel): number {
  return guild ? (guild.uploadLimit ?? byTier[guild.premiumTier]) : byTier[0];
}
