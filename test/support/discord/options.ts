import {
  type APIApplicationCommand,
  type ApplicationCommandType,
  ApplicationCommandOptionType as Option,
} from 'discord.js';
import { Impossible } from '../controller.ts';
import type { GivenFile, GivenOptions } from './api.ts';
import type { OptionGiven } from './check-command.ts';
import { basePermissions, has } from './permissions.ts';
import { fits, type Resolver } from './resolve.ts';
import type { Channel, User, World } from './world.ts';

/** The command that a member finds there by its name: the guild's own before the global one; undefined when there is none at all. */
export function commandFor(
  world: World,
  { channel, user }: { channel: Channel; user: User },
  name: string,
  type: ApplicationCommandType,
): APIApplicationCommand | undefined {
  const { guild } = channel;
  const isIt = (one: APIApplicationCommand) => one.name === name && one.type === type;
  const own = guild ? world.commands.get(guild.id)?.find(isIt) : undefined;
  const command = own ?? world.commands.get('')?.find(isIt);
  if (!command) return undefined;
  const { contexts, dm_permission, default_member_permissions: needed } = command;
  const here = contexts ? contexts.includes(guild ? 0 : 1) : guild !== null || dm_permission !== false;
  if (!here) throw new Impossible(`${name} is not offered in this place`);
  if (guild && needed != null) {
    const held = basePermissions(guild, user.id);
    // 0 is for administrators alone.
    const enough = needed === '0' ? has(held, 'Administrator') : (held & BigInt(needed)) === BigInt(needed);
    if (!enough) throw new Impossible(`${user.id} may not use ${name}`);
  }
  return command;
}

/** The options that a sub-command takes; undefined where no command is registered. */
export function optionsOf(
  command: APIApplicationCommand | undefined,
  path: readonly string[],
): OptionGiven[] | undefined {
  if (!command) return undefined;
  let options = (command.options ?? []) as OptionGiven[];
  for (const name of path) {
    const sub = options.find((one) => one.name === name && one.type <= Option.SubcommandGroup);
    if (!sub) throw new Impossible(`${command.name} has no sub-command ${path.join(' ')}`);
    options = sub.options ?? [];
  }
  if (options.some(({ type }) => type <= Option.SubcommandGroup))
    throw new Impossible(`${command.name} needs a sub-command`);
  return options;
}

type Value = GivenOptions[string];
const isFile = (value: Value): value is GivenFile => typeof value === 'object';

function guess(name: string, value: Value): OptionGiven {
  const type = isFile(value)
    ? Option.Attachment
    : typeof value === 'boolean'
      ? Option.Boolean
      : typeof value === 'string'
        ? Option.String
        : Number.isInteger(value)
          ? Option.Integer
          : Option.Number;
  return { type, name, description: name };
}

const between = (value: number, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): boolean =>
  value >= min && value <= max;

function checkValue(option: OptionGiven, value: Value): void {
  const { type, name, choices, min_value, max_value, min_length, max_length = 6000 } = option;
  const no = (why: string) => new Impossible(`the option ${name}: ${why}`);
  const text = typeof value === 'string';
  const number = typeof value === 'number';
  if (type === Option.Attachment ? !isFile(value) : isFile(value))
    throw no('a file, and nothing else, is an attachment');
  if (type === Option.Boolean && typeof value !== 'boolean') throw no('it is a boolean');
  if ((type === Option.Integer || type === Option.Number) && !number) throw no('it is a number');
  if (type === Option.Integer && !Number.isSafeInteger(value)) throw no('it is an integer');
  if (number && !between(value, min_value, max_value)) throw no(`${value} is out of its range`);
  if (type === Option.String && !text) throw no('it is a text');
  if (type === Option.String && text && !between(value.length, min_length, max_length))
    throw no('its length is out of range');
  if (choices?.length && !choices.some((choice) => choice.value === value)) throw no(`${value} is none of its choices`);
  if (isFile(value) && !fits(value, option.file_types)) throw no(`it takes no such file as ${value.name}`);
}

/** An option's value as the interaction has it. */
function optionData(option: OptionGiven, value: Value, resolver: Resolver) {
  checkValue(option, value);
  const { type, name } = option;
  const id = String(value);
  if (isFile(value)) return { type, name, value: resolver.file(value) };
  if (type === Option.User) return { type, name, value: resolver.user(id) };
  if (type === Option.Role) return { type, name, value: resolver.role(id) };
  if (type === Option.Channel) return { type, name, value: resolver.channel(id, option.channel_types) };
  if (type === Option.Mentionable) return { type, name, value: resolver.mentionable(id) };
  return { type, name, value };
}

/** All given options as the interaction has them, checked against those that are registered. */
export function optionsData(
  registered: OptionGiven[] | undefined,
  given: GivenOptions,
  resolver: Resolver,
  partly = false,
) {
  const missing = registered?.find(({ name, required }) => required && !partly && given[name] === undefined);
  if (missing) throw new Impossible(`the option ${missing.name} is required`);
  return Object.entries(given).map(([name, value]) => {
    const option = registered ? registered.find((one) => one.name === name) : guess(name, value);
    if (!option) throw new Impossible(`there is no option ${name}`);
    return optionData(option, value, resolver);
  });
}

/** Options within their sub-command and its group. */
export function nest(path: readonly string[], options: readonly object[]): readonly object[] {
  return [...path]
    .reverse()
    .reduce<readonly object[]>(
      (inner, name, depth) => [
        { type: depth === 0 ? Option.Subcommand : Option.SubcommandGroup, name, options: inner },
      ],
      options,
    );
}
