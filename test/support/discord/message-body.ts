import { type APIMessage, InteractionType, MessageFlags } from 'discord.js';
import { at, channelBody, userBody } from './bodies.ts';
import { attachmentBody } from './cdn.ts';
import { numbered, resolved } from './components.ts';
import type { Interaction, Message, World } from './world.ts';

/** Who installed the application where the interaction is: the guild, or for a DM with the bot nobody in particular. */
export const ownersOf = ({ channel }: Pick<Interaction, 'channel'>) => ({ 0: channel.guild?.id ?? '0' });

function metadata(interaction: Interaction, messageId: string): object {
  const { id, type, user, source, response, parent, payload } = interaction;
  const target = payload.data && 'target_id' in payload.data && payload.data.target_id;
  return {
    ...{ id, type, user: userBody(user), authorizing_integration_owners: ownersOf(interaction) },
    ...(response && response.id !== messageId && { original_response_message_id: response.id }),
    ...(type === InteractionType.MessageComponent && source && { interacted_message_id: source.id }),
    ...(target && { target_message_id: target }),
    ...(parent && { triggering_interaction_metadata: metadata(parent, messageId) }),
  };
}

/** Whether the bot sees a message's content over REST: docs.discord.com/developers/events/gateway, "Message Content Intent". */
function readable(world: World, { author, channel, mentions }: Message): boolean {
  const own = author === world.bot || !channel.guild || mentions.users.has(world.bot.id);
  return own || world.settings.messageContent;
}

/** A message as the API shows it; `reader` 'rest': without its content where the bot may not read it. */
export function messageBody(world: World, message: Message, reader: 'rest' | 'interaction' = 'rest'): APIMessage {
  const { id, type, channel, author, content, flags, interaction, nonce, reference, mentions, loading } = message;
  const hidden = reader === 'rest' && !readable(world, message);
  // A thread that was started from a message has its id.
  const thread = world.channels.get(id);
  const referenced = reference && world.messages.get(reference.messageId);
  const users = [...mentions.users].flatMap((user) => world.users.get(user) ?? []);
  return {
    ...{ id, type, channel_id: channel.id, author: userBody(author), tts: false, pinned: false },
    flags:
      flags |
      (loading ? MessageFlags.Loading : 0) |
      (message.ephemeral ? MessageFlags.Ephemeral : 0) |
      (thread ? MessageFlags.HasThread : 0),
    ...(thread && { thread: channelBody(thread) }),
    timestamp: at(message.createdAt),
    edited_timestamp: message.editedAt === null ? null : at(message.editedAt),
    ...{ mentions: users.map(userBody), mention_roles: [...mentions.roles], mention_everyone: mentions.everyone },
    content: hidden ? '' : content,
    attachments: hidden ? [] : message.attachments.map((one) => attachmentBody(world, one)),
    embeds: hidden ? [] : resolved(world, message, message.embeds),
    components: hidden ? [] : resolved(world, message, numbered(message.components)),
    ...(nonce === null ? {} : { nonce }),
    ...(reference && {
      message_reference: { type: 0, message_id: reference.messageId, channel_id: reference.channelId },
      referenced_message:
        referenced && !referenced.deleted ? messageBody(world, { ...referenced, reference: null }, reader) : null,
    }),
    ...(interaction && { interaction_metadata: metadata(interaction, id) as APIMessage['interaction_metadata'] }),
    ...(interaction && { webhook_id: world.applicationId, application_id: world.applicationId }),
  } as APIMessage;
}
