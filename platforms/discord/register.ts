import { isDeepStrictEqual } from 'node:util';
import {
  type APIApplicationCommand,
  ApplicationCommandType,
  type RESTPostAPIApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import type { Command } from '../../src/domain/command.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import { declared } from './declare.ts';
import { calling } from './places.ts';
import type { Rest } from './rest.ts';

/** Whose commands, and where: on one server, which shows them at once, or on all. */
interface Scope {
  appId: string;
  guild: string | undefined;
}

/** What is registered, and where. */
export interface Registered {
  guild: string | undefined;
  commands: readonly Command[];
  cards: readonly ModelCard[];
}

/** What came of it: how many commands there are, which of them differ, and which stand in the other scope too. */
export interface Registration {
  differences: Difference[];
  total: number;
  twice: string[];
}

/** One command that differs. `what` are the paths at fault, as in `options.seconds.max_value`. */
export interface Difference {
  name: string;
  type: 'slash' | 'message' | 'user';
  is: 'missing' | 'changed' | 'unknown';
  what: string[];
}

type Body = RESTPostAPIApplicationCommandsJSONBody;
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What Discord adds, or fills in where nothing was said: it makes no difference. */
const filledIn: Record<string, Json> = {
  default_member_permissions: null,
  nsfw: false,
  dm_permission: true,
  required: false,
  autocomplete: false,
  name_localizations: null,
  description_localizations: null,
};
const added = ['id', 'application_id', 'guild_id', 'version', 'handler', 'default_permission', 'dm_permission'];
/** Only commands of all servers have these. */
const global = ['contexts', 'integration_types'];

/** A command by what can differ: without what Discord adds, and lists of options as objects by their names, in order. */
function essence(value: unknown, scope: Scope, top = true): Json {
  if (Array.isArray(value)) return value.map((one) => essence(one, scope, false));
  if (value === null || typeof value !== 'object') return value as Json;
  const kept = Object.entries(value).filter(([key, inner]) => {
    if (inner === undefined || (Array.isArray(inner) && inner.length === 0)) return false;
    if (top && (added.includes(key) || (scope.guild !== undefined && global.includes(key)))) return false;
    if (key === 'description' && inner === '') return false;
    return !(key in filledIn && isDeepStrictEqual(filledIn[key], inner));
  });
  return Object.fromEntries(kept.map(([key, inner]) => [key, essence(inner, scope, false)]));
}

const nameOf = (value: Json, index: number): string =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && typeof value.name === 'string'
    ? value.name
    : String(index);

/** Where two values differ, by path. */
function pathsOf(ours: Json | undefined, theirs: Json | undefined, path: string): string[] {
  if (isDeepStrictEqual(ours, theirs)) return [];
  const within = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    const byName = (list: Json[]) => new Map(list.map((one, index) => [nameOf(one, index), one]));
    const [mine, other] = [byName(ours), byName(theirs)];
    const found = [...new Set([...mine.keys(), ...other.keys()])].flatMap((name) =>
      pathsOf(mine.get(name), other.get(name), within(name)),
    );
    return found.length > 0 ? found : [`${path} (order)`];
  }
  const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
    value !== null && typeof value === 'object' && !Array.isArray(value);
  if (!isObject(ours) || !isObject(theirs)) return [path];
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].flatMap((key) =>
    pathsOf(ours[key], theirs[key], within(key)),
  );
}

const types: Record<number, Difference['type']> = {
  [ApplicationCommandType.ChatInput]: 'slash',
  [ApplicationCommandType.Message]: 'message',
  [ApplicationCommandType.User]: 'user',
};
const typeOf = ({ type }: { type?: number | undefined }): Difference['type'] => types[type ?? 1] ?? 'slash';
const keyOf = (one: { name: string; type?: number | undefined }): string => `${typeOf(one)} ${one.name}`;

type Step = Difference & { ours: Body | undefined; theirs: APIApplicationCommand | undefined };

function compare(ours: readonly Body[], theirs: readonly APIApplicationCommand[], scope: Scope): Step[] {
  const [mine, other] = [ours, theirs].map((list) => new Map((list as Body[]).map((one) => [keyOf(one), one])));
  const keys = new Set([...(mine?.keys() ?? []), ...(other?.keys() ?? [])]);
  return [...keys].flatMap((key): Step[] => {
    const our = mine?.get(key);
    const their = other?.get(key) as APIApplicationCommand | undefined;
    const what = our && their ? pathsOf(essence(our, scope), essence(their, scope), '') : [];
    if (our && their && what.length === 0) return [];
    const { name, type } = (our ?? their) as { name: string; type: number };
    const is = !their ? 'missing' : our ? 'changed' : 'unknown';
    return [{ name, type: typeOf({ type }), is, what, ours: our, theirs: their }];
  });
}

const listRoute = ({ appId, guild }: Scope) =>
  guild === undefined ? Routes.applicationCommands(appId) : Routes.applicationGuildCommands(appId, guild);
const oneRoute = ({ appId, guild }: Scope, id: string) =>
  guild === undefined ? Routes.applicationCommand(appId, id) : Routes.applicationGuildCommand(appId, guild, id);

/** Those that Discord has. What starts an activity is not a bot's command, and is left alone. */
async function read(rest: Rest, scope: Scope): Promise<APIApplicationCommand[]> {
  const all = await calling<APIApplicationCommand[]>(rest, (discord) =>
    discord.get(listRoute(scope), { query: new URLSearchParams({ with_localizations: 'true' }) }),
  );
  return all.filter(({ type }) => type !== ApplicationCommandType.PrimaryEntryPoint);
}

async function writeOne(rest: Rest, scope: Scope, { ours, theirs }: Step): Promise<void> {
  await calling(rest, (discord) => {
    if (!ours) return discord.delete(oneRoute(scope, theirs?.id ?? ''));
    if (!theirs) return discord.post(listRoute(scope), { body: ours });
    const { type, ...change } = ours;
    const cleared = type === ApplicationCommandType.ChatInput ? { options: [], description_localizations: null } : {};
    return discord.patch(oneRoute(scope, theirs.id), {
      body: { ...cleared, nsfw: false, name_localizations: null, ...change },
    });
  });
}

/**
 * Holds the commands of this program against those that Discord has, and with `write` makes them the same, one call for each that
 * differs: a server takes 200 new ones a day, and writing all of them anew shows each twice for a while. `twice` are names that stand in
 * the other scope too, and so are shown twice on the server.
 */
export async function register(
  rest: Rest,
  { guild, commands, cards }: Registered,
  write: boolean,
): Promise<Registration> {
  const scope: Scope = { appId: await calling<string>(rest, () => rest.appId()), guild };
  const ours = declared(commands, cards, scope.guild === undefined ? 'global' : 'guild');
  const steps = compare(ours, await read(rest, scope), scope);
  const elsewhere = scope.guild === undefined ? [] : await read(rest, { ...scope, guild: undefined });
  if (write) for (const step of steps) await writeOne(rest, scope, step);
  const mine = new Set(ours.map(keyOf));
  return {
    differences: steps.map(({ name, type, is, what }) => ({ name, type, is, what })),
    total: ours.length,
    twice: elsewhere.filter((one) => mine.has(keyOf(one))).map(({ name }) => name),
  };
}
