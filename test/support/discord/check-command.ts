import { ApplicationCommandType, ApplicationCommandOptionType as Option } from 'discord.js';
import type { Path, Problems } from './refusals.ts';

type Localizations = Record<string, string> | null;

/** An option of a command, as it is read from a body. */
export interface OptionGiven {
  type: Option;
  name: string;
  name_localizations?: Localizations;
  description: string;
  description_localizations?: Localizations;
  required?: boolean;
  autocomplete?: boolean;
  choices?: { name: string; name_localizations?: Localizations; value: string | number }[];
  options?: OptionGiven[];
  channel_types?: number[];
  min_value?: number;
  max_value?: number;
  min_length?: number;
  max_length?: number;
  file_types?: string[];
}

export interface CommandGiven {
  type?: ApplicationCommandType;
  name: string;
  name_localizations?: Localizations;
  description?: string;
  description_localizations?: Localizations;
  options?: OptionGiven[];
  default_member_permissions?: string | null;
  dm_permission?: boolean;
  nsfw?: boolean;
  contexts?: number[] | null;
  integration_types?: number[];
}

const namePattern = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const nested: readonly Option[] = [Option.Subcommand, Option.SubcommandGroup];
const numbers: readonly Option[] = [Option.Integer, Option.Number];

function checkName(name: unknown, path: Path, problems: Problems): void {
  if (typeof name === 'string' && namePattern.test(name) && name === name.toLowerCase()) return;
  problems.add(path, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
}

function checkTexts(given: CommandGiven | OptionGiven, path: Path, problems: Problems): void {
  checkName(given.name, [...path, 'name'], problems);
  problems.length([...path, 'description'], given.description, 1, 100);
  for (const [locale, name] of Object.entries(given.name_localizations ?? {}))
    checkName(name, [...path, 'name_localizations', locale], problems);
  for (const [locale, text] of Object.entries(given.description_localizations ?? {}))
    problems.length([...path, 'description_localizations', locale], text, 1, 100);
}

function checkBounds(option: OptionGiven, path: Path, problems: Problems): void {
  const { type, min_value, max_value, min_length, max_length } = option;
  if ((min_value !== undefined || max_value !== undefined) && !numbers.includes(type))
    problems.add(
      path,
      'APPLICATION_COMMAND_OPTIONS_MIN_MAX_VALUE_NOT_ALLOWED',
      'Only numbers have a min_value and max_value',
    );
  if (min_value !== undefined && max_value !== undefined && min_value > max_value)
    problems.add(
      [...path, 'min_value'],
      'APPLICATION_COMMAND_OPTIONS_MIN_VALUE_TOO_LARGE',
      'min_value must not exceed max_value',
    );
  if ((min_length !== undefined || max_length !== undefined) && type !== Option.String)
    problems.add(
      path,
      'APPLICATION_COMMAND_OPTIONS_MIN_MAX_LENGTH_NOT_ALLOWED',
      'Only strings have a min_length and max_length',
    );
  if (min_length !== undefined && (min_length < 0 || min_length > 6000))
    problems.add([...path, 'min_length'], 'NUMBER_TYPE_MAX', 'int value should be less than or equal to 6000.');
  if (max_length !== undefined && (max_length < 1 || max_length > 6000))
    problems.add([...path, 'max_length'], 'NUMBER_TYPE_MAX', 'int value should be less than or equal to 6000.');
  if (min_length !== undefined && max_length !== undefined && min_length > max_length)
    problems.add(
      [...path, 'min_length'],
      'APPLICATION_COMMAND_OPTIONS_MIN_LENGTH_TOO_LARGE',
      'min_length must not exceed max_length',
    );
}

function checkChoices({ type, choices, autocomplete }: OptionGiven, path: Path, problems: Problems): void {
  const at = [...path, 'choices'];
  if (choices?.length && ![Option.String, ...numbers].includes(type))
    problems.add(at, 'APPLICATION_COMMAND_OPTIONS_CHOICES_NOT_ALLOWED', 'Only strings and numbers have choices');
  if (choices?.length && autocomplete)
    problems.add(at, 'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE', 'Choices and autocomplete exclude each other');
  problems.length(at, choices ?? [], 0, 25);
  for (const [index, { name, value }] of (choices ?? []).entries()) {
    problems.length([...at, index, 'name'], name, 1, 100);
    if (type === Option.String) problems.length([...at, index, 'value'], String(value), 1, 100);
    else if (typeof value !== 'number')
      problems.add([...at, index, 'value'], 'NUMBER_TYPE_COERCE', `Value "${value}" is not a number.`);
  }
}

function checkOption(option: OptionGiven, path: Path, problems: Problems, depth: number): void {
  if (!Object.values(Option).includes(option.type)) {
    problems.add([...path, 'type'], 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}.');
    return;
  }
  checkTexts(option, path, problems);
  checkBounds(option, path, problems);
  checkChoices(option, path, problems);
  const group = option.type === Option.SubcommandGroup;
  if (nested.includes(option.type)) {
    if (depth > (group ? 0 : 1))
      problems.add([...path, 'type'], 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Sub-commands nest no deeper');
    checkOptions(option.options ?? [], path, problems, depth + 1);
  } else if (depth > 0 && group)
    problems.add([...path, 'type'], 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'A group holds sub-commands');
}

function checkOptions(options: OptionGiven[], path: Path, problems: Problems, depth: number): void {
  const at = [...path, 'options'];
  problems.length(at, options, 0, 25);
  const names = options.map(({ name }) => name);
  if (new Set(names).size < names.length)
    problems.add(at, 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_USED', 'Option name already used');
  const subs = options.filter(({ type }) => nested.includes(type)).length;
  if (subs > 0 && subs < options.length)
    problems.add(
      at,
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'Sub-command and sub-command group option types are mutually exclusive to all other types',
    );
  for (const [index, option] of options.entries()) {
    if (option.required && options.slice(0, index).some(({ type, required }) => !required && !nested.includes(type)))
      problems.add(
        [...at, index],
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    checkOption(option, [...at, index], problems, depth);
  }
}

const longest = (text: string | undefined, others: Localizations | undefined): number =>
  Math.max(...[text ?? '', ...Object.values(others ?? {})].map((one) => [...one].length));

/** What counts towards the 8000 characters of a command. */
const sizeOf = (given: CommandGiven | OptionGiven): number =>
  longest(given.name, given.name_localizations) +
  longest(given.description, given.description_localizations) +
  ('choices' in given ? (given.choices ?? []) : []).reduce(
    (sum, { name, name_localizations, value }) => sum + longest(name, name_localizations) + String(value).length,
    0,
  ) +
  (given.options ?? []).reduce((sum, option) => sum + sizeOf(option), 0);

/** The rules of a command; `global`: contexts and installation types may be told. */
export function checkCommand(given: CommandGiven, global: boolean, path: Path, problems: Problems): void {
  const { type = ApplicationCommandType.ChatInput, default_member_permissions: permissions } = given;
  if (![ApplicationCommandType.ChatInput, ApplicationCommandType.User, ApplicationCommandType.Message].includes(type))
    problems.add([...path, 'type'], 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2, 3}.');
  if (permissions != null && !/^\d+$/.test(String(permissions)))
    problems.add([...path, 'default_member_permissions'], 'BITFIELD_TYPE_CONVERT', 'Value is not a bit field.');
  if (!global)
    for (const field of ['contexts', 'integration_types'] as const)
      if (given[field] != null)
        problems.add([...path, field], 'APPLICATION_COMMAND_GLOBAL_ONLY', 'Only global commands have this field');
  if (type !== ApplicationCommandType.ChatInput) {
    problems.length([...path, 'name'], given.name, 1, 32);
    if (given.description)
      problems.add(
        [...path, 'description'],
        'APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED',
        'Context menu commands have no description',
      );
    if (given.options?.length)
      problems.add(
        [...path, 'options'],
        'APPLICATION_COMMAND_OPTIONS_NOT_ALLOWED',
        'Context menu commands have no options',
      );
    return;
  }
  checkTexts(given, path, problems);
  checkOptions(given.options ?? [], path, problems, 0);
  if (sizeOf(given) > 8000) problems.add(path, 'APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)');
}
