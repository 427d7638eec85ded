import {
  type APIApplicationCommandInteractionDataBasicOption,
  type APIApplicationCommandInteractionDataOption,
  type APIAttachment,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessage,
  type APIMessageApplicationCommandInteraction,
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ComponentType,
  InteractionType,
  MessageFlags,
} from 'discord.js';
import { type Call, type Command, type FileRef, findCommand, isIdKind, type Leaf } from '../../src/domain/command.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import type { Origin } from '../../src/domain/origin.ts';
import type { Said } from '../../src/domain/words.ts';
import { fieldOf, type Given, isAskedFor, needsForm, sentDeed } from '../shared/fields.ts';
import { readPress } from '../shared/press.ts';
import { isPicture } from './attachment.ts';
import { messageCommand } from './declare.ts';

import { customIds, readAbroad, readForm } from './ids.ts';
import { callOf, originAbroad, originOf } from './origin.ts';
import { idIn, readable } from './text.ts';

/** A form that is to be opened. `carried`: what was given is a button's, and is nothing to be changed. `space`: in a direct message, what it is about. */
interface Opening {
  path: string;
  leaf: Leaf;
  given: Given;
  carried?: true;
  space?: string | undefined;
}

/** What a member did, as far as its payload alone tells. `kept` names what was given before a form was opened; `silent`: there is nothing to offer. */
export type Deed =
  | { is: 'call'; call: Call; answer: 'private' | 'replace' }
  | ({ is: 'form'; origin: Origin } & Opening)
  | { is: 'submitted'; leaf: Leaf; kept: string | undefined; call: Call }
  | { is: 'suggest'; origin: Origin; leaf: Leaf; option: string; text: string; given: Record<string, unknown> }
  | { is: 'silent' }
  | { is: 'refused'; said: Said };

export interface ParseTools {
  commands: readonly Command[];
  models(): readonly ModelCard[];
  file(attachment: APIAttachment): FileRef;
  /** The bot's own id as a user, once it is connected. */
  me(): string | undefined;
}

const refused = (said: Said): Deed => ({ is: 'refused', said });

type Basic = APIApplicationCommandInteractionDataBasicOption<InteractionType>;
type Resolved = {
  attachments?: Record<string, APIAttachment>;
  users?: Record<string, { username: string; global_name: string | null }>;
};

/** What stands in a field, in words; or the id of what it refers to. */
function wordsOrId(leaf: Leaf, name: string, value: string): string {
  const kind = leaf.fields[name]?.kind;
  return isIdKind(kind) ? idIn(kind, value) : readable(value, { users: {} });
}

function givenOf(leaf: Leaf, options: readonly Basic[], resolved: Resolved | undefined, tools: ParseTools): Given {
  const given: Given = { values: {}, files: {} };
  for (const option of options) {
    const attachment =
      option.type === ApplicationCommandOptionType.Attachment ? resolved?.attachments?.[option.value] : undefined;
    if (attachment) given.files[option.name] = tools.file(attachment);
    else
      given.values[option.name] =
        typeof option.value === 'string' ? wordsOrId(leaf, option.name, option.value) : option.value;
  }
  return given;
}

/** A command's path and what stands in its options. */
function optionsOf(
  name: string,
  options: readonly APIApplicationCommandInteractionDataOption<InteractionType>[] = [],
): { path: string; options: readonly Basic[] } {
  const [first] = options;
  const isNested =
    first?.type === ApplicationCommandOptionType.SubcommandGroup ||
    first?.type === ApplicationCommandOptionType.Subcommand;
  return isNested
    ? optionsOf(`${name} ${first.name}`, first.options)
    : { path: name, options: options as readonly Basic[] };
}

function readSlash(interaction: APIChatInputApplicationCommandInteraction, origin: Origin, tools: ParseTools): Deed {
  const { path, options } = optionsOf(interaction.data.name, interaction.data.options);
  const leaf = findCommand(tools.commands, path);
  if (!leaf) return refused({ word: 'command.unknown', with: { got: path } });
  const given = givenOf(leaf, options, interaction.data.resolved, tools);
  if (isAskedFor(leaf, given)) return { is: 'form', origin, path, leaf, given };
  return { is: 'call', call: callOf(interaction, origin, path, given), answer: 'private' };
}

/** Whether a message is the bot's: written by it, or with a button of its own. */
function isOwn(message: APIMessage, { commands, me }: ParseTools): boolean {
  if (message.author.id === me()) return true;
  return customIds(message).some((id) => readPress(id, commands) !== undefined);
}

/** A message's words become the first text field, its first picture the first image field; what was covered stays covered. */
function readMessage(interaction: APIMessageApplicationCommandInteraction, origin: Origin, tools: ParseTools): Deed {
  const { name, target_id, resolved } = interaction.data;
  const found = messageCommand(name, tools.commands);
  const target = resolved.messages[target_id];
  if (!found || !target) return refused({ word: 'command.unknown', with: { got: name } });
  if (isOwn(target, tools)) return refused({ word: 'message.own' });
  // A forwarded message has no words of its own.
  const message = target.content === '' ? (target.message_snapshots?.[0]?.message ?? target) : target;
  const { path, leaf } = found;
  const [text, image] = [fieldOf(leaf, 'text'), fieldOf(leaf, 'image')];
  const users = Object.fromEntries((target.mentions ?? []).map((user) => [user.id, user.global_name ?? user.username]));
  const words = readable(message.content, { users });
  const picture = (message.attachments ?? []).find(isPicture);
  if (words === '' && !picture) return refused({ word: 'message.empty' });
  const covered = words.includes('||') || picture?.filename.startsWith('SPOILER_') === true;
  const given = {
    values: {
      ...(words !== '' && text !== undefined ? { [text]: words.replaceAll('||', '') } : {}),
      ...(covered && 'spoiler' in leaf.fields ? { spoiler: true } : {}),
    },
    files: picture && image !== undefined ? { [image]: tools.file(picture) } : {},
  };
  if (isAskedFor(leaf, given)) return { is: 'form', origin, path, leaf, given };
  const call = callOf(interaction, { ...origin, message: target_id }, path, given);
  return { is: 'call', call, answer: 'private' };
}

function readButton(
  interaction: APIMessageComponentInteraction,
  origin: Origin,
  tools: ParseTools,
  abroad?: { pressed: string; space: string },
): Deed {
  const pressed = readPress(abroad?.pressed ?? interaction.data.custom_id, tools.commands);
  const leaf = pressed && findCommand(tools.commands, pressed.command);
  if (!pressed || !leaf) return refused({ word: 'button.old' });
  const { command, values } = pressed;
  const given = { values, files: {} };
  if (needsForm(leaf, values))
    return { is: 'form', origin, path: command, leaf, given, carried: true, space: abroad?.space };
  const { id, flags = 0 } = interaction.message;
  // The price tag gives way to what was chosen; everything else that is pressed stays.
  const isTag = 'quote' in values && (flags & MessageFlags.Ephemeral) !== 0;
  const call = callOf(interaction, { ...origin, message: id }, command, given);
  return { is: 'call', call, answer: isTag ? 'replace' : 'private' };
}

type Sent = { custom_id: string; type: ComponentType; value?: unknown; values?: readonly string[] };

function readSubmit(
  interaction: APIModalSubmitInteraction,
  origin: Origin,
  tools: ParseTools,
  customId: string = interaction.data.custom_id,
): Deed {
  const { components, resolved } = interaction.data;
  const form = readForm(customId);
  const leaf = form && findCommand(tools.commands, form.command);
  if (!form || !leaf) return refused({ word: 'form.old' });
  const given: Given = { values: {}, files: {} };
  for (const part of components) {
    if (!('component' in part)) continue;
    const { custom_id: name, type, value, values } = part.component as Sent;
    const [first] = values ?? [];
    const attachment =
      type === ComponentType.FileUpload && first !== undefined ? resolved?.attachments?.[first] : undefined;
    if (attachment) given.files[name] = tools.file(attachment);
    else if (type !== ComponentType.FileUpload && first !== undefined) given.values[name] = first;
    else if (typeof value === 'boolean') given.values[name] = value;
    else if (typeof value === 'string' && value.trim() !== '') given.values[name] = wordsOrId(leaf, name, value);
  }
  const { opened, keeps, command } = form;
  // A form that a button opened: the message that it is on.
  const from = interaction.message ? { ...origin, message: interaction.message.id } : origin;
  const call = callOf(interaction, from, command, given, sentDeed(opened, given));
  return { is: 'submitted', leaf, kept: keeps ? opened : undefined, call };
}

/** In a direct message only what was told there about a server can be pressed, and the form of that be sent. */
function readDirect(interaction: APIInteraction, tools: ParseTools): Deed {
  if (interaction.type === InteractionType.ApplicationCommandAutocomplete) return { is: 'silent' };
  const { MessageComponent, ModalSubmit } = InteractionType;
  if (interaction.type === MessageComponent || interaction.type === ModalSubmit) {
    const told = readAbroad(interaction.data.custom_id);
    const origin = told && originAbroad(interaction, told.space);
    if (origin && interaction.type === MessageComponent) return readButton(interaction, origin, tools, told);
    if (origin && interaction.type === ModalSubmit) return readSubmit(interaction, origin, tools, told.pressed);
  }
  return refused({ word: 'space.direct' });
}

/** What an interaction asks for. Reads its payload and nothing else, for the first answer has three seconds. */
export function readInteraction(interaction: APIInteraction, tools: ParseTools): Deed | undefined {
  if (interaction.type === InteractionType.Ping) return undefined;
  const origin = originOf(interaction);
  if (!origin) return readDirect(interaction, tools);
  switch (interaction.type) {
    case InteractionType.ApplicationCommand:
      if (interaction.data.type === ApplicationCommandType.ChatInput) {
        return readSlash(interaction as APIChatInputApplicationCommandInteraction, origin, tools);
      }
      if (interaction.data.type === ApplicationCommandType.Message) {
        return readMessage(interaction as APIMessageApplicationCommandInteraction, origin, tools);
      }
      return refused({ word: 'command.unknown', with: { got: interaction.data.name } });
    case InteractionType.ApplicationCommandAutocomplete: {
      const { path, options } = optionsOf(interaction.data.name, interaction.data.options);
      const leaf = findCommand(tools.commands, path);
      const typing = options.find((option) => 'focused' in option && option.focused);
      if (!leaf || !typing) return { is: 'silent' };
      const { values } = givenOf(leaf, options, undefined, tools);
      return { is: 'suggest', origin, leaf, option: typing.name, text: String(typing.value), given: values };
    }
    case InteractionType.MessageComponent:
      return readButton(interaction as APIMessageComponentInteraction, origin, tools);
    case InteractionType.ModalSubmit:
      return readSubmit(interaction as APIModalSubmitInteraction, origin, tools);
  }
}
