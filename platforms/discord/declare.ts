import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandGroupOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord.js';
import { type Command, commandsOn, type Field, type Group, type Leaf } from '../../src/domain/command.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import { leavesOf, pathsOf } from '../../src/domain/paths.ts';
import { canSuggest } from '../../src/domain/suggest.ts';
import { word } from '../../src/domain/words.ts';
import { offeredFields } from '../shared/fields.ts';
import { limits, pictureTypes, postable } from './limits.ts';

function optionOf(name: string, field: Field): APIApplicationCommandBasicOption {
  const { label, hint, ask } = field;
  // A description of two sentences is worth more than a label, where both fit.
  const both = hint === undefined ? word(label) : `${word(label)} · ${word(hint)}`;
  const description = both.length <= limits.description ? both : word(label);
  // What is asked for by form when it is missing must be left out by those who want the form.
  const base = { name, description, required: field.required === true && ask !== true };
  const autocomplete = canSuggest(name, field);
  switch (field.kind) {
    case 'text': {
      const max_length = Math.min(field.max, limits.optionText);
      const string = { ...base, type: ApplicationCommandOptionType.String, max_length } as const;
      return autocomplete ? { ...string, autocomplete } : string;
    }
    case 'choice': {
      const choices = field.choices.map(({ value, label: name }) => ({ name: word(name), value }));
      return { ...base, type: ApplicationCommandOptionType.String, choices };
    }
    case 'integer': {
      const { min, max } = field;
      const integer = { ...base, type: ApplicationCommandOptionType.Integer, min_value: min, max_value: max } as const;
      return autocomplete ? { ...integer, autocomplete } : integer;
    }
    case 'boolean':
      return { ...base, type: ApplicationCommandOptionType.Boolean };
    case 'image':
      return { ...base, type: ApplicationCommandOptionType.Attachment, file_types: [...pictureTypes] };
    case 'member':
      return { ...base, type: ApplicationCommandOptionType.User };
    case 'channel':
      return { ...base, type: ApplicationCommandOptionType.Channel, channel_types: [...postable] };
    case 'role':
      return { ...base, type: ApplicationCommandOptionType.Role };
    case 'model':
    case 'job':
    case 'quote':
      return { ...base, type: ApplicationCommandOptionType.String, autocomplete: true };
  }
}

/** Discord wants what is required first. */
function optionsOf(leaf: Leaf, models: readonly ModelCard[]): APIApplicationCommandBasicOption[] {
  const options = offeredFields(leaf, models).map(([name, field]) => optionOf(name, field));
  return [...options.filter(({ required }) => required), ...options.filter(({ required }) => !required)];
}

/** Who sees a command at all; who may use it is checked at every call. */
function seenBy(leaves: readonly Leaf[]): string | null {
  const levels = leaves.map(({ who }) => who);
  if (levels.some((who) => who === 'anyone' || who === 'owner')) return null;
  return String(levels.includes('moderator') ? PermissionFlagsBits.ManageMessages : PermissionFlagsBits.ManageGuild);
}

const typed = (leaf: Leaf): boolean => leaf.surfaces.includes('slash');

function subsOf(leaves: readonly Leaf[], models: readonly ModelCard[]): APIApplicationCommandSubcommandOption[] {
  return leaves.filter(typed).map((leaf) => ({
    ...{ type: ApplicationCommandOptionType.Subcommand, name: leaf.name, description: word(leaf.summary) },
    options: optionsOf(leaf, models),
  }));
}

function subOf(
  sub: Leaf | Group,
  models: readonly ModelCard[],
): (APIApplicationCommandSubcommandOption | APIApplicationCommandSubcommandGroupOption)[] {
  if (!('subs' in sub)) return subsOf([sub], models);
  const options = subsOf(sub.subs, models);
  const { name, summary } = sub;
  const type = ApplicationCommandOptionType.SubcommandGroup;
  return options.length === 0 ? [] : [{ type, name, description: word(summary), options }];
}

function slashOf(command: Command, models: readonly ModelCard[]): RESTPostAPIApplicationCommandsJSONBody[] {
  const { name, summary } = command;
  const base = { type: ApplicationCommandType.ChatInput, name, description: word(summary) } as const;
  if (!('subs' in command)) {
    if (!typed(command)) return [];
    return [{ ...base, options: optionsOf(command, models), default_member_permissions: seenBy([command]) }];
  }
  const options = command.subs.flatMap((sub) => subOf(sub, models));
  if (options.length === 0) return [];
  return [{ ...base, options, default_member_permissions: seenBy(leavesOf(command).filter(typed)) }];
}

function messageCommandsOf(command: Command): RESTPostAPIApplicationCommandsJSONBody[] {
  return leavesOf(command).flatMap((leaf) =>
    leaf.message === undefined
      ? []
      : [
          {
            ...{ type: ApplicationCommandType.Message, name: word(leaf.message) },
            default_member_permissions: seenBy([leaf]),
          } as const,
        ],
  );
}

/** The path of the command that a message's menu shows under this name. */
export function messageCommand(name: string, commands: readonly Command[]): { path: string; leaf: Leaf } | undefined {
  return pathsOf(commandsOn('discord', commands)).find(
    ({ leaf }) => leaf.message !== undefined && word(leaf.message) === name,
  );
}

/**
 * All commands as Discord registers them. Those for every server are for servers alone: a direct message has no space and nobody who
 * pays. Those of one server may not say so.
 */
export function declared(
  commands: readonly Command[],
  models: readonly ModelCard[],
  scope: 'global' | 'guild',
): RESTPostAPIApplicationCommandsJSONBody[] {
  const here = commandsOn('discord', commands);
  const all = [...here.flatMap((command) => slashOf(command, models)), ...here.flatMap(messageCommandsOf)];
  if (scope === 'guild') return all;
  const contexts = [InteractionContextType.Guild];
  return all.map((one) => ({ ...one, contexts, integration_types: [ApplicationIntegrationType.GuildInstall] }));
}
