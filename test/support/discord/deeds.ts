import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ComponentType,
  InteractionType,
  MessageType,
} from 'discord.js';
import { Impossible } from '../controller.ts';
import type { GivenPress, GivenSlash, GivenWords, Verbs } from './api.ts';
import { inChannel, upload } from './attachments.ts';
import { uploadLimitFor } from './bodies.ts';
import { everyComponent, numbered } from './components.ts';
import { dispatch, interact, mustHave, scene } from './interact.ts';
import { messageBody } from './message-body.ts';
import { commandFor, nest, optionsData, optionsOf } from './options.ts';
import { has, isThread, permissionsIn } from './permissions.ts';
import { createResolver } from './resolve.ts';
import type { Interaction, Message, World } from './world.ts';
import { blank, post } from './write.ts';

type Given<Verb extends keyof Verbs> = Parameters<Verbs[Verb]>[0];

function begin(
  world: World,
  given: Pick<GivenSlash, 'channel' | 'user' | 'command' | 'sub'>,
  type: ApplicationCommandType,
) {
  const at = scene(world, given.channel, given.user);
  mustHave(at.channel, at.user, 'UseApplicationCommands');
  const command = commandFor(world, at, given.command, type);
  const path = given.sub?.split(' ') ?? [];
  const resolver = createResolver(world, at.channel, uploadLimitFor(at.channel, at.user));
  const base = { id: command?.id ?? world.ids.next(), name: given.command, type };
  const guild = command?.guild_id === undefined ? {} : { guild_id: command.guild_id };
  return { ...at, command, path, resolver, base: { ...base, ...guild } };
}

export function slash(world: World, given: GivenSlash): string {
  const { user, channel, command, path, resolver, base } = begin(world, given, ApplicationCommandType.ChatInput);
  const options = optionsData(optionsOf(command, path), given.options ?? {}, resolver);
  const nested = nest(path, options);
  const resolved = resolver.body();
  const data = { ...base, ...(nested.length > 0 && { options: nested }), ...(resolved && { resolved }) };
  return interact(world, { type: InteractionType.ApplicationCommand, user, channel, data }).id;
}

export function autocomplete(world: World, given: Given<'autocomplete'>): string {
  const { user, channel, command, path, resolver, base } = begin(world, given, ApplicationCommandType.ChatInput);
  const registered = optionsOf(command, path);
  const typed = registered?.find(({ name }) => name === given.option);
  if (registered && !typed?.autocomplete) throw new Impossible(`the option ${given.option} has no autocomplete`);
  const others = optionsData(registered, given.options ?? {}, resolver, true);
  const { type } = typed ?? { type: ApplicationCommandOptionType.String };
  const options = nest(path, [...others, { type, name: given.option, value: given.text, focused: true }]);
  const data = { ...base, options };
  return interact(world, { type: InteractionType.ApplicationCommandAutocomplete, user, channel, data }).id;
}

/** A message that is there to be seen; throws when it is not. */
export function messageBy(world: World, id: string): Message {
  const message = world.messages.get(id);
  if (!message || message.deleted) throw new Impossible(`there is no message ${id}`);
  return message;
}

export function messageCommand(world: World, given: Given<'messageCommand'>): string {
  const target = messageBy(world, given.message);
  const where = { channel: target.channel.id, user: given.user, command: given.command };
  const { user, channel, base } = begin(world, where, ApplicationCommandType.Message);
  if (target.ephemeral || target.loading) throw new Impossible(`${target.id} has no such menu`);
  const resolved = { messages: { [target.id]: messageBody(world, target, 'interaction') } };
  const data = { ...base, target_id: target.id, resolved };
  return interact(world, { type: InteractionType.ApplicationCommand, user, channel, data }).id;
}

export function interactionBy(world: World, id: string): Interaction {
  const interaction = world.interactions.get(id);
  if (!interaction) throw new Impossible(`there is no interaction ${id}`);
  return interaction;
}

function pressed(world: World, given: GivenPress): Message {
  if ('message' in given) return messageBy(world, given.message);
  const { response } = interactionBy(world, given.interaction);
  if (!response) throw new Impossible(`the interaction ${given.interaction} has no message`);
  return messageBy(world, response.id);
}

export function press(world: World, given: GivenPress): string {
  const source = pressed(world, given);
  const { channel, user } = scene(world, source.channel.id, given.user);
  if (source.ephemeral && source.interaction?.user !== user)
    throw new Impossible(`${user.id} does not see ${source.id}`);
  const button = [...everyComponent(numbered(source.components))].find(
    ({ type, custom_id }) => type === ComponentType.Button && custom_id === given.customId,
  );
  if (!button) throw new Impossible(`${source.id} has no button ${given.customId}`);
  if (button.disabled) throw new Impossible(`the button ${given.customId} is disabled`);
  const data = { component_type: ComponentType.Button, custom_id: given.customId, id: button.id };
  return interact(world, { type: InteractionType.MessageComponent, user, channel, data, source }).id;
}

export function repeat(world: World, id: string): void {
  dispatch(world, interactionBy(world, id));
}

export function say(world: World, given: GivenWords): string {
  const { channel, user } = scene(world, given.channel, given.user);
  const { files = [], content = '' } = given;
  mustHave(channel, user, isThread(channel) ? 'SendMessagesInThreads' : 'SendMessages');
  if (files.length > 0) mustHave(channel, user, 'AttachFiles');
  if (channel.locked && !has(permissionsIn(channel, user.id), 'ManageThreads'))
    throw new Impossible('the thread is locked');
  const answered = given.reply === undefined ? null : messageBy(world, given.reply);
  const reference = answered && { messageId: answered.id, channelId: answered.channel.id };
  const attachments = files.map((file) => upload(world, file, inChannel(channel.id, false)));
  const type = reference ? MessageType.Reply : MessageType.Default;
  const limit = uploadLimitFor(channel, user);
  if (attachments.some(({ size }) => size > limit)) throw new Impossible(`a file is larger than ${limit} bytes`);
  const message = blank(world, channel, user, { type, reference, attachments });
  post(world, message, { given: { content }, files: [], limit, webhook: false });
  channel.archived = false;
  return message.id;
}
