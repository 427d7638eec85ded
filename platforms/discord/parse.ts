import {
  type APIApplicationCommandInteractionDataBasicOption,
  type APIApplicationCommandInteractionDataOption,
  type APIAttachment,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessageApplicationCommandInteraction,
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ComponentType,
  InteractionType,
  MessageFlags,
} from 'discord.js';
import { type Call, type Command, type FileRef, findCommand, type Leaf } from '../../src/domain/command.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import type { Origin } from '../../src/domain/origin.ts';
import type { Said } from '../../src/domain/words.ts';
import { isPicture } from './attachment.ts';
import { messageCommand } from './declare.ts';
import type { Given } from './form.ts';
import { readForm, readPress } from './ids.ts';
import { callOf, originOf } from './origin.ts';
import { readable } from './text.ts';

/** What a member did, as far as its payload alone tells. `kept` names what was given before a form was opened. */
export type Deed =
  | { is: 'call'; call: Call; answer: 'private' | 'replace' }
  | { is: 'form'; path: string; leaf: Leaf; given: Given }
  | { is: 'submitted'; path: string; kept: string | undefined; call: Call }
  | { is: 'suggest'; origin: Origin; leaf: Leaf; option: string; text: string; given: Record<string, unknown> }
  | { is: 'refused'; said: Said };

export interface ParseTools {
  commands: readonly Command[];
  models(): readonly ModelCard[];
  file(attachment: APIAttachment): FileRef;
}

const refused = (said: Said): Deed => ({ is: 'refused', said });

type Basic = APIApplicationCommandInteractionDataBasicOption<InteractionType>;
type Resolved = {
  attachments?: Record<string, APIAttachment>;
  users?: Record<string, { username: string; global_name: string | null }>;
};

function givenOf(options: readonly Basic[], resolved: Resolved | undefined, tools: ParseTools): Given {
  const given: Given = { values: {}, files: {} };
  for (const option of options) {
    const attachment =
      option.type === ApplicationCommandOptionType.Attachment ? resolved?.attachments?.[option.value] : undefined;
    if (attachment) given.files[option.name] = tools.file(attachment);
    else
      given.values[option.name] =
        typeof option.value === 'string' ? readable(option.value, { users: {} }) : option.value;
  }
  return given;
}

/** A command's path and what stands in its options. */
function optionsOf(
  name: string,
  options: readonly APIApplicationCommandInteractionDataOption<InteractionType>[] = [],
): { path: string; options: readonly Basic[] } {
  const [first] = options;
  if (first?.type !== ApplicationCommandOptionType.Subcommand)
    return { path: name, options: options as readonly Basic[] };
  return { path: `${name} ${first.name}`, options: (first.options ?? []) as readonly Basic[] };
}

/** What has to be there and is asked for by form where it is not. */
function isAskedFor(leaf: Leaf, given: Given): boolean {
  return (
    leaf.surfaces.includes('form') &&
    Object.entries(leaf.fields).some(([name, { required, ask }]) => required && ask && given.values[name] === undefined)
  );
}

function readSlash(interaction: APIChatInputApplicationCommandInteraction, origin: Origin, tools: ParseTools): Deed {
  const { path, options } = optionsOf(interaction.data.name, interaction.data.options);
  const leaf = findCommand(tools.commands, path);
  if (!leaf) return refused({ word: 'command.unknown', with: { got: path } });
  const given = givenOf(options, interaction.data.resolved, tools);
  if (isAskedFor(leaf, given)) return { is: 'form', path, leaf, given };
  return { is: 'call', call: callOf(interaction, origin, path, given), answer: 'private' };
}

/** A message's words become the first text field, its first picture the first image field. */
function readMessage(interaction: APIMessageApplicationCommandInteraction, origin: Origin, tools: ParseTools): Deed {
  const { name, target_id, resolved } = interaction.data;
  const found = messageCommand(name, tools.commands);
  const message = resolved.messages[target_id];
  if (!found || !message) return refused({ word: 'command.unknown', with: { got: name } });
  const { path, leaf } = found;
  const fieldOf = (kind: string) => Object.entries(leaf.fields).find(([, field]) => field.kind === kind)?.[0];
  const [text, image] = [fieldOf('text'), fieldOf('image')];
  const users = Object.fromEntries(
    (message.mentions ?? []).map((user) => [user.id, user.global_name ?? user.username]),
  );
  const words = readable(message.content, { users });
  const picture = (message.attachments ?? []).find(isPicture);
  if (words === '' && !picture) return refused({ word: 'message.empty' });
  const given = {
    values: words !== '' && text !== undefined ? { [text]: words } : {},
    files: picture && image !== undefined ? { [image]: tools.file(picture) } : {},
  };
  if (isAskedFor(leaf, given)) return { is: 'form', path, leaf, given };
  const call = callOf(interaction, { ...origin, message: target_id }, path, given);
  return { is: 'call', call, answer: 'private' };
}

function readButton(interaction: APIMessageComponentInteraction, origin: Origin, tools: ParseTools): Deed {
  const pressed = readPress(interaction.data.custom_id, tools.commands);
  if (!pressed) return refused({ word: 'button.old' });
  const { command, values } = pressed;
  const { id, flags = 0 } = interaction.message;
  // The price tag gives way to what was chosen; everything else that is pressed stays.
  const isTag = 'quote' in values && (flags & MessageFlags.Ephemeral) !== 0;
  const call = callOf(interaction, { ...origin, message: id }, command, { values, files: {} });
  return { is: 'call', call, answer: isTag ? 'replace' : 'private' };
}

type Sent = { custom_id: string; type: ComponentType; value?: unknown; values?: readonly string[] };

function readSubmit(interaction: APIModalSubmitInteraction, origin: Origin, tools: ParseTools): Deed {
  const { custom_id, components, resolved } = interaction.data;
  const form = readForm(custom_id);
  const leaf = form && findCommand(tools.commands, form.command);
  if (!form || !leaf) return refused({ word: 'button.old' });
  const given: Given = { values: {}, files: {} };
  for (const part of components) {
    if (!('component' in part)) continue;
    const { custom_id: name, type, value, values } = part.component as Sent;
    const [first] = values ?? [];
    const attachment =
      type === ComponentType.FileUpload && first !== undefined ? resolved?.attachments?.[first] : undefined;
    if (attachment) given.files[name] = tools.file(attachment);
    else if (type !== ComponentType.FileUpload && first !== undefined) given.values[name] = first;
    else if (typeof value === 'boolean' || (typeof value === 'string' && value.trim() !== ''))
      given.values[name] = value;
  }
  return {
    is: 'submitted',
    path: form.command,
    kept: form.kept,
    call: callOf(interaction, origin, form.command, given),
  };
}

/** What an interaction asks for. Reads its payload and nothing else, for the first answer has three seconds. */
export function readInteraction(interaction: APIInteraction, tools: ParseTools): Deed | undefined {
  if (interaction.type === InteractionType.Ping) return undefined;
  const origin = originOf(interaction);
  if (!origin) return refused({ word: 'space.direct' });
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
      if (!leaf || !typing) return undefined;
      const { values } = givenOf(options, undefined, tools);
      return { is: 'suggest', origin, leaf, option: typing.name, text: String(typing.value), given: values };
    }
    case InteractionType.MessageComponent:
      return readButton(interaction as APIMessageComponentInteraction, origin, tools);
    case InteractionType.ModalSubmit:
      return readSubmit(interaction as APIModalSubmitInteraction, origin, tools);
  }
}
