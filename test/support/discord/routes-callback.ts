import {
  InteractionResponseType as Answered,
  type APIApplicationCommandOptionChoice,
  ApplicationCommandType,
  InteractionType,
  MessageFlags,
  MessageType,
} from 'discord.js';
import type { Received } from './body.ts';
import { checkModal } from './check-modal.ts';
import { messageBody } from './message-body.ts';
import { badField, createProblems, refusal } from './refusals.ts';
import { done, ok, type Route } from './route.ts';
import type { Interaction, Message, World } from './world.ts';
import { blank, edit, keep, type MessageGiven, post, type Writing } from './write.ts';

const answers: Record<InteractionType, Answered[]> = {
  [InteractionType.Ping]: [],
  [InteractionType.ApplicationCommand]: [
    Answered.ChannelMessageWithSource,
    Answered.DeferredChannelMessageWithSource,
    Answered.Modal,
  ],
  [InteractionType.MessageComponent]: [
    Answered.ChannelMessageWithSource,
    Answered.DeferredChannelMessageWithSource,
    Answered.DeferredMessageUpdate,
    Answered.UpdateMessage,
    Answered.Modal,
  ],
  [InteractionType.ApplicationCommandAutocomplete]: [Answered.ApplicationCommandAutocompleteResult],
  [InteractionType.ModalSubmit]: [Answered.ChannelMessageWithSource, Answered.DeferredChannelMessageWithSource],
};

/** A modal that a component led to may change that component's message. */
function answersTo({ type, source }: Interaction): Answered[] {
  const fromMessage = type === InteractionType.ModalSubmit && source !== null;
  return fromMessage ? [...answers[type], Answered.DeferredMessageUpdate, Answered.UpdateMessage] : answers[type];
}

/** A message that answers an interaction, not stored yet. */
export function responseTo(
  world: World,
  interaction: Interaction,
  flags: number,
  more: Partial<Message> = {},
): Message {
  const { data, type } = interaction.payload;
  const byMenu = type === InteractionType.ApplicationCommand && data.type !== ApplicationCommandType.ChatInput;
  const command = byMenu ? MessageType.ContextMenuCommand : MessageType.ChatInputCommand;
  return blank(world, interaction.channel, world.bot, {
    type: type === InteractionType.ApplicationCommand ? command : MessageType.Default,
    interaction,
    ephemeral: (flags & MessageFlags.Ephemeral) !== 0,
    ...more,
  });
}

function checkChoices(choices: readonly APIApplicationCommandOptionChoice[]): void {
  const problems = createProblems(['data']);
  problems.length(['choices'], choices, 0, 25);
  for (const [index, { name, value }] of choices.entries()) {
    problems.length(['choices', index, 'name'], name, 1, 100);
    if (typeof value === 'string') problems.length(['choices', index, 'value'], value, 1, 100);
  }
  problems.refuse();
}

/** Does what a response of this type does, but for the acknowledgement itself. */
function respond(world: World, interaction: Interaction, type: Answered, { json, files }: Received): void {
  const data = (json as { data?: unknown }).data ?? {};
  const given = data as MessageGiven;
  const { source, uploadLimit: limit } = interaction;
  const writing: Writing = { given, files, limit, webhook: true, base: ['data'] };
  if (type === Answered.ChannelMessageWithSource) {
    const message = responseTo(world, interaction, given.flags ?? 0);
    interaction.response = post(world, message, writing);
  } else if (type === Answered.DeferredChannelMessageWithSource) {
    if (!world.channels.has(interaction.channel.id)) throw refusal(10003);
    interaction.response = keep(world, responseTo(world, interaction, given.flags ?? 0, { loading: true }));
  } else if (type === Answered.ApplicationCommandAutocompleteResult) {
    const { choices = [] } = data as { choices?: APIApplicationCommandOptionChoice[] };
    checkChoices(choices);
    interaction.choices = choices;
  } else if (type === Answered.Modal) {
    checkModal(data);
    interaction.modal = data as NonNullable<Interaction['modal']>;
  } else {
    if (type === Answered.UpdateMessage && source) edit(world, source, writing);
    interaction.response = source;
  }
}

function callbackBody(world: World, { id, type, ack, response }: Interaction) {
  const message = response && { response_message_id: response.id, response_message_loading: response.loading };
  const ephemeral = response && { response_message_ephemeral: response.ephemeral };
  return {
    interaction: { id, type, ...message, ...ephemeral },
    resource: { type: ack?.type, ...(response && { message: messageBody(world, response, 'interaction') }) },
  };
}

const deferrals: readonly Answered[] = [Answered.DeferredChannelMessageWithSource, Answered.DeferredMessageUpdate];

export const callbackRoute: Route = {
  method: 'POST',
  path: '/interactions/:interaction/:token/callback',
  open: true,
  run: ({ world, params, body, query }) => {
    const interaction = world.interactions.get(params.interaction ?? '');
    if (!interaction || interaction.token !== params.token) throw refusal(10062);
    if (interaction.ack) throw refusal(40060);
    const afterMs = world.clock.now() - interaction.createdAt;
    if (afterMs > world.settings.ackMs) throw refusal(10062);
    const { type, data } = body.json as { type: Answered; data?: { flags?: number } };
    const allowed = answersTo(interaction);
    if (!allowed.includes(type))
      throw badField(['type'], 'BASE_TYPE_CHOICES', `Value must be one of {${allowed.join(', ')}}.`);
    respond(world, interaction, type, body);
    interaction.ack = { type, afterMs, flags: data?.flags ?? 0 };
    interaction.deferred = deferrals.includes(type);
    return query.get('with_response') === 'true' ? ok(callbackBody(world, interaction)) : done;
  },
};
