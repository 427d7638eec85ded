import { randomBytes } from 'node:crypto';
import { type APIInteraction, InteractionContextType, type InteractionType, type PermissionsString } from 'discord.js';
import { Impossible } from '../controller.ts';
import { memberBody, partialChannelBody, uploadLimitFor, userBody } from './bodies.ts';
import { messageBody, ownersOf } from './message-body.ts';
import { has, permissionsIn } from './permissions.ts';
import type { Channel, Interaction, Message, User, World } from './world.ts';

/** Who does something where; throws when they are not there. */
export function scene(world: World, channelId: string, userId: string): { channel: Channel; user: User } {
  const channel = world.channels.get(channelId);
  const user = world.users.get(userId);
  if (!channel) throw new Impossible(`there is no channel ${channelId}`);
  if (!user) throw new Impossible(`there is no user ${userId}`);
  const inside = channel.guild ? has(permissionsIn(channel, userId), 'ViewChannel') : channel.recipient === user;
  if (!inside) throw new Impossible(`${userId} does not see the channel ${channelId}`);
  return { channel, user };
}

export function mustHave(channel: Channel, user: User, name: PermissionsString): void {
  if (channel.guild && !has(permissionsIn(channel, user.id), name))
    throw new Impossible(`${user.id} has no ${name} in ${channel.id}`);
}

export interface Started {
  type: InteractionType;
  user: User;
  channel: Channel;
  data: unknown;
  source?: Message | null;
  parent?: Interaction | null;
}

function placeOf(channel: Channel, user: User) {
  const { guild } = channel;
  if (!guild) return { user: userBody(user), context: InteractionContextType.BotDM };
  const member = guild.members.get(user.id);
  if (!member) throw new Impossible(`${user.id} is no member of ${guild.id}`);
  const permissions = String(permissionsIn(channel, user.id));
  return {
    ...{ guild_id: guild.id, guild_locale: guild.locale, context: InteractionContextType.Guild },
    guild: { id: guild.id, features: [], locale: guild.locale },
    member: { ...memberBody(member), permissions },
  };
}

/** Makes an interaction and dispatches it to the shard of its guild. */
export function interact(
  world: World,
  { type, user, channel, data, source = null, parent = null }: Started,
): Interaction {
  const id = world.ids.next();
  const token = Buffer.from(`interaction:${id}:${randomBytes(48).toString('hex')}`).toString('base64url');
  const uploadLimit = uploadLimitFor(channel, user);
  const payload = {
    ...{ id, application_id: world.applicationId, token, version: 1, type, data, ...placeOf(channel, user) },
    ...{ channel_id: channel.id, channel: partialChannelBody(channel, permissionsIn(channel, user.id)) },
    ...{ locale: user.locale, entitlements: [], authorizing_integration_owners: ownersOf({ channel }) },
    ...{ app_permissions: String(permissionsIn(channel, world.bot.id)), attachment_size_limit: uploadLimit },
    ...(source && { message: messageBody(world, source, 'interaction') }),
  } as unknown as APIInteraction;
  const interaction: Interaction = {
    ...{ id, token, type, createdAt: world.clock.now(), user, channel, payload, dispatches: 0, uploadLimit },
    ...{ ack: null, deferred: false, choices: null, modal: null, response: null, followups: [], source, parent },
  };
  world.interactions.set(id, interaction);
  world.tokens.set(token, interaction);
  dispatch(world, interaction);
  return interaction;
}

/** Dispatches an interaction, for the first time or once more. */
export function dispatch(world: World, interaction: Interaction): void {
  interaction.dispatches++;
  world.dispatch(interaction.channel.guild?.id ?? null, 'INTERACTION_CREATE', interaction.payload);
}
