import {
  type APIInteraction,
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
  type APIUser,
  ChannelType,
} from 'discord.js';
import type { Call } from '../../src/domain/command.ts';
import type { Origin } from '../../src/domain/origin.ts';
import type { Given } from '../shared/fields.ts';

const threads: readonly ChannelType[] = [
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
];

/** Where an interaction was made, and by whom; nothing in a direct message, which has no space. */
export function originOf(interaction: APIInteraction): Origin | undefined {
  const { guild_id: space, channel, member, locale } = interaction as APIInteraction & { locale?: string };
  if (space === undefined || !channel || !member) return undefined;
  const parent = 'parent_id' in channel ? channel.parent_id : undefined;
  const isThread = threads.includes(channel.type) && typeof parent === 'string';
  return {
    platform: 'discord',
    space,
    channel: isThread ? parent : channel.id,
    ...(isThread ? { thread: channel.id } : {}),
    user: member.user.id,
    ...(channel.type === ChannelType.PrivateThread ? { closed: true } : {}),
    visibility: 'thread',
    ...(locale === undefined ? {} : { locale }),
  };
}

/** Where a button of a server was pressed, or its form sent, in a direct message, by whoever was told something there. */
export function originAbroad(
  { channel, user, locale }: APIMessageComponentInteraction | APIModalSubmitInteraction,
  space: string,
): Origin | undefined {
  if (!channel || !user) return undefined;
  return {
    ...{ platform: 'discord', space, channel: channel.id, user: user.id, visibility: 'private' },
    ...(locale === undefined ? {} : { locale }),
  };
}

/** The call that an interaction is. Its key is the interaction's own, unless `deed` names what was done better: a form may be sent twice. */
export function callOf(
  interaction: APIInteraction,
  origin: Origin,
  command: string,
  given: Given,
  deed: string = interaction.id,
): Call {
  const { user, nick } = interaction.member ?? { user: interaction.user as APIUser, nick: undefined };
  return {
    key: `discord:${origin.space}:${origin.user}:${deed}`,
    origin,
    who: { id: user.id, name: nick ?? user.global_name ?? user.username },
    command,
    ...given,
    asks: true,
  };
}
