import type { StoredAttachment, StoredChannel, StoredInteraction, StoredMessage } from './api.ts';
import { linkOf } from './cdn.ts';
import type { Attachment, Channel, Interaction, Message, World } from './world.ts';

function viewAttachment(world: World, attachment: Attachment): StoredAttachment {
  const { id, filename, size, contentType, description, spoiler, sha256 } = attachment;
  return { id, filename, size, contentType, description, spoiler, sha256, url: linkOf(world, attachment) };
}

/** What a test reads of a message. */
export function viewMessage(world: World, message: Message): StoredMessage {
  const { id, channel, author, createdAt, edits, content, flags, embeds, components, nonce, pinged } = message;
  const { reference, interaction, ephemeral, deleted } = message;
  return {
    ...{ id, channelId: channel.id, guildId: channel.guild?.id ?? null, authorId: author.id, createdAt, edits },
    ...{ content, flags, embeds, components, nonce: nonce === null ? null : String(nonce), reference },
    attachments: message.attachments.map((one) => viewAttachment(world, one)),
    pinged: { users: [...pinged.users], roles: [...pinged.roles], everyone: pinged.everyone },
    ...{ interactionId: interaction?.id ?? null, ephemeral, deleted },
  };
}

export function viewInteraction(world: World, interaction: Interaction): StoredInteraction {
  const { id, type, createdAt, token, user, channel, payload, dispatches, ack, deferred, choices, modal } = interaction;
  const { response, followups } = interaction;
  return {
    ...{ id, type, createdAt, token, user: user.id, guildId: channel.guild?.id ?? null, channelId: channel.id },
    ...{ payload, dispatches, ack, deferred, choices, modal },
    response: response && !response.loading ? viewMessage(world, response) : null,
    followups: followups.map((one) => viewMessage(world, one)),
  };
}

export function viewChannel({ id, type, guild, name, parent, archived, locked, members }: Channel): StoredChannel {
  return {
    ...{ id, type, guildId: guild?.id ?? null, name, parentId: parent?.id ?? null },
    ...{ archived, locked, members: [...members] },
  };
}
