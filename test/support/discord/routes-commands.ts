import { type APIApplicationCommand, ApplicationCommandType } from 'discord.js';
import { type CommandGiven, checkCommand, type OptionGiven } from './check-command.ts';
import { badField, createProblems, type Problems, refusal } from './refusals.ts';
import { type Call, done, ok, type Route } from './route.ts';
import type { World } from './world.ts';

type Command = APIApplicationCommand;

const kept = ['channel_types', 'min_value', 'max_value', 'min_length', 'max_length', 'file_types'] as const;

/** An option as Discord gives it back: what is false or empty is left out. */
function optionBody(given: OptionGiven): object {
  const { type, name, name_localizations = null, description, description_localizations = null } = given;
  const choices = given.choices?.map((choice) => ({ name_localizations: null, ...choice }));
  return {
    ...{ type, name, name_localizations, description, description_localizations },
    ...(given.required ? { required: true } : {}),
    ...(given.autocomplete ? { autocomplete: true } : {}),
    ...(choices?.length ? { choices } : {}),
    ...(given.options?.length ? { options: given.options.map(optionBody) } : {}),
    ...Object.fromEntries(kept.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]]))),
  };
}

function commandBody(world: World, given: CommandGiven, guild: string, had: Command | undefined): Command {
  const { type = ApplicationCommandType.ChatInput, name, name_localizations = null, description = '' } = given;
  const { description_localizations = null, default_member_permissions = null, nsfw = false, contexts = null } = given;
  const { integration_types = [0], dm_permission = contexts === null || contexts.includes(1) } = given;
  const body = {
    ...{ id: had?.id ?? world.ids.next(), application_id: world.applicationId, version: had?.version ?? '' },
    ...{ type, name, name_localizations, description, description_localizations, default_member_permissions, nsfw },
    ...(given.options?.length ? { options: given.options.map(optionBody) } : {}),
    ...(guild === '' ? { dm_permission, contexts, integration_types } : { guild_id: guild }),
  } as Command;
  const same = had !== undefined && JSON.stringify(had) === JSON.stringify(body);
  return same ? had : { ...body, version: world.ids.next() };
}

/** The guild whose commands are meant, '' for the global ones: 50001 for a guild that the bot is not in. */
function scopeOf({ world, params }: Call): string {
  if (params.application !== world.applicationId) throw refusal(20012);
  const { guild = '' } = params;
  if (guild !== '' && !world.guilds.get(guild)?.members.has(world.bot.id)) throw refusal(50001);
  return guild;
}

const typeOf = ({ type = ApplicationCommandType.ChatInput }: Pick<CommandGiven, 'type'>) => type;

function checkCounts(commands: readonly Command[]): void {
  const count = (type: ApplicationCommandType) => commands.filter((one) => one.type === type).length;
  const menus = Math.max(count(ApplicationCommandType.User), count(ApplicationCommandType.Message));
  if (count(ApplicationCommandType.ChatInput) > 100 || menus > 15) throw refusal(30032);
}

const isLike = (given: Pick<CommandGiven, 'type' | 'name'>) => (one: Command) =>
  one.name === given.name && one.type === typeOf(given);

function without(commands: readonly Command[], gone: Command | undefined): Command[] {
  return commands.filter((one) => one !== gone);
}

function create(call: Call) {
  const { world, body } = call;
  const scope = scopeOf(call);
  const given = body.json as CommandGiven;
  const problems = createProblems();
  checkCommand(given, scope === '', [], problems);
  problems.refuse();
  const commands = world.commands.get(scope) ?? [];
  const had = commands.find(isLike(given));
  const command = commandBody(world, given, scope, had);
  const after = [...without(commands, had), command];
  checkCounts(after);
  world.commands.set(scope, after);
  return { status: had ? 200 : 201, body: command };
}

function checkUnique(all: readonly CommandGiven[], problems: Problems): void {
  const keys = all.map((one) => `${typeOf(one)} ${one.name}`);
  for (const [index, key] of keys.entries())
    if (keys.indexOf(key) < index)
      problems.add([index, 'name'], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
}

function overwrite(call: Call) {
  const { world, body } = call;
  const scope = scopeOf(call);
  const all = body.json as CommandGiven[];
  if (!Array.isArray(all)) throw badField([], 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
  const problems = createProblems();
  for (const [index, given] of all.entries()) checkCommand(given, scope === '', [index], problems);
  checkUnique(all, problems);
  problems.refuse();
  const had = world.commands.get(scope) ?? [];
  const after = all.map((given) => commandBody(world, given, scope, had.find(isLike(given))));
  checkCounts(after);
  world.commands.set(scope, after);
  return ok(after);
}

function commandOf(call: Call): Command {
  const found = (call.world.commands.get(scopeOf(call)) ?? []).find(({ id }) => id === call.params.command);
  if (!found) throw refusal(10063);
  return found;
}

function change(call: Call) {
  const { world, body } = call;
  const scope = scopeOf(call);
  const had = commandOf(call);
  const { guild_id: _, version: _version, dm_permission: _dm, ...old } = had;
  const given = { ...old, ...(body.json as Partial<CommandGiven>), type: had.type } as CommandGiven;
  const problems = createProblems();
  checkCommand(given, scope === '', [], problems);
  problems.refuse();
  const after = commandBody(world, given, scope, had);
  const commands = world.commands.get(scope) ?? [];
  world.commands.set(
    scope,
    commands.map((one) => (one === had ? after : one)),
  );
  return ok(after);
}

/** Without `with_localizations` a list has none. */
function list(call: Call) {
  const commands = call.world.commands.get(scopeOf(call)) ?? [];
  if (call.query.get('with_localizations') === 'true') return ok(commands);
  const plain = (key: string, value: unknown) => (key.endsWith('_localizations') ? undefined : value);
  return ok(JSON.parse(JSON.stringify(commands, plain)));
}

const inScope = (base: string): Route[] => [
  { method: 'GET', path: base, run: list },
  { method: 'POST', path: base, run: create },
  { method: 'PUT', path: base, run: overwrite },
  { method: 'GET', path: `${base}/:command`, run: (call) => ok(commandOf(call)) },
  { method: 'PATCH', path: `${base}/:command`, run: change },
  {
    method: 'DELETE',
    path: `${base}/:command`,
    run: (call) => {
      const scope = scopeOf(call);
      call.world.commands.set(scope, without(call.world.commands.get(scope) ?? [], commandOf(call)));
      return done;
    },
  },
];

export const commandRoutes: Route[] = [
  ...inScope('/applications/:application/commands'),
  ...inScope('/applications/:application/guilds/:guild/commands'),
];
