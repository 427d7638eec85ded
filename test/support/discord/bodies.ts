import {
  type APIChannel,
  type APIGuild,
  type APIGuildMember,
  type APIRole,
  type APIUser,
  ChannelType,
} from 'discord.js';
import { isThread, uploadLimitOf } from './permissions.ts';
import type { Channel, Guild, Member, Role, User } from './world.ts';

/** Flags of any kind, none of them set. */
const noFlags = 0 as never;

export const at = (ms: number): string => new Date(ms).toISOString().replace('Z', '000+00:00');

export function userBody({ id, name, globalName, bot }: User): APIUser {
  const looks = { avatar: null, accent_color: null, banner: null, avatar_decoration_data: null };
  return {
    id,
    username: name,
    discriminator: '0',
    global_name: globalName,
    public_flags: noFlags,
    ...looks,
    ...(bot ? { bot } : {}),
  };
}

export const memberBody = (member: Member): APIGuildMember => ({
  user: userBody(member.user),
  nick: member.nick,
  roles: [...member.roles],
  joined_at: at(member.joinedAt),
  ...{ avatar: null, banner: null, premium_since: null, communication_disabled_until: null },
  ...{ deaf: false, mute: false, pending: false, flags: noFlags },
});

export function roleBody(role: Role, position: number): APIRole {
  const { id, name, permissions, mentionable } = role;
  const colors = { primary_color: 0, secondary_color: null, tertiary_color: null };
  return {
    ...{ id, name, permissions: String(permissions), mentionable, position },
    ...{
      color: 0,
      colors,
      hoist: false,
      managed: false,
      flags: noFlags,
      icon: null,
      unicode_emoji: null,
    },
  };
}

export const rolesBody = (guild: Guild): APIRole[] => [...guild.roles.values()].map(roleBody);

/** The parts of a guild that a bot may read of it. */
export function guildBody(guild: Guild): APIGuild {
  const { id, name, ownerId, premiumTier, locale } = guild;
  const none = {
    icon: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    description: null,
    vanity_url_code: null,
  };
  const channels = { afk_channel_id: null, widget_channel_id: null, system_channel_id: null, rules_channel_id: null };
  return {
    ...{ id, name, owner_id: ownerId, premium_tier: premiumTier, preferred_locale: locale, ...none, ...channels },
    ...{ roles: rolesBody(guild), emojis: [], stickers: [], features: [], application_id: null, region: '' },
    ...{ afk_timeout: 300, verification_level: 0, default_message_notifications: 0, explicit_content_filter: 0 },
    ...{ mfa_level: 0, system_channel_flags: 0, nsfw_level: 0, premium_progress_bar_enabled: false },
    ...{ public_updates_channel_id: null, safety_alerts_channel_id: null, hub_type: null, incidents_data: null },
  } as unknown as APIGuild;
}

function threadPart(channel: Channel) {
  const { archived, locked, archivedAt, members } = channel;
  const times = { archive_timestamp: at(archivedAt), create_timestamp: null, auto_archive_duration: 4320 };
  return {
    parent_id: channel.parent?.id ?? null,
    owner_id: channel.guild?.ownerId,
    thread_metadata: { archived, locked, ...times },
    ...{ message_count: channel.messages.length, total_message_sent: channel.messages.length },
    member_count: members.size,
  };
}

export function channelBody(channel: Channel): APIChannel {
  const { id, type, guild, recipient, name, overwrites } = channel;
  const last_message_id = channel.messages.at(-1)?.id ?? null;
  if (!guild)
    return {
      id,
      type: ChannelType.DM,
      name: null,
      flags: 0,
      last_message_id,
      recipients: recipient ? [userBody(recipient)] : [],
    } as unknown as APIChannel;
  const shared = { id, type, guild_id: guild.id, name, flags: 0, last_message_id, rate_limit_per_user: 0 };
  if (isThread(channel)) return { ...shared, ...threadPart(channel) } as APIChannel;
  const bits = overwrites.map(({ allow, deny, ...one }) => ({ ...one, allow: String(allow), deny: String(deny) }));
  const rest = { position: 0, parent_id: null, topic: null, nsfw: false, permission_overwrites: bits };
  return { ...shared, ...rest } as unknown as APIChannel;
}

/** The `channel` of an interaction. */
export const partialChannelBody = (channel: Channel, permissions: bigint) => ({
  ...channelBody(channel),
  permissions: String(permissions),
});

/** Bytes per file that a member may upload there, Nitro included. */
export const uploadLimitFor = (channel: Channel, user: User): number =>
  Math.max(uploadLimitOf(channel), user.uploadLimit);
