import {
  type APIChannel,
  type APIGuild,
  type APIGuildMember,
  type APIInteraction,
  ChannelType,
  OverwriteType,
  PermissionFlagsBits,
  type PermissionsString,
  Routes,
} from 'discord.js';
import type { Level } from '../../src/domain/command.ts';
import { TransientError } from '../../src/domain/errors.ts';
import { type Origin, spaceKey } from '../../src/domain/origin.ts';
import type { SpaceSettings } from '../../src/domain/settings.ts';
import type { Said } from '../../src/domain/words.ts';
import type { Rights } from '../../src/ports.ts';
import { createMemory } from '../shared/memory.ts';
import { PlaceClosed } from './errors.ts';
import { createPeople } from './people.ts';
import { calling, readChannel } from './places.ts';
import type { Rest } from './rest.ts';
import { say } from './words.ts';

/** What the bot must be granted where it posts, in the words of Discord's own settings. A test holds docs/discord.md against it. */
export const needed = {
  channel: ['ViewChannel', 'SendMessages', 'AttachFiles', 'ReadMessageHistory'],
  thread: ['ViewChannel', 'SendMessagesInThreads', 'AttachFiles', 'ReadMessageHistory'],
} as const satisfies Record<string, readonly PermissionsString[]>;

/** Milliseconds that what an interaction told of rights is believed: longer than its call needs to ask. */
const believed = 60_000;
const remembered = 10_000;

type Grants = Pick<APIGuildMember, 'roles'> & { user: { id: string } };

/** What somebody may do in a channel, by Discord's rules: owner, roles, then the channel's overwrites. A thread has its parent's. */
function permissionsIn(guild: APIGuild, channel: APIChannel, { roles, user }: Grants): bigint {
  const all = PermissionFlagsBits;
  if (user.id === guild.owner_id) return ~0n;
  const own = guild.roles.filter(({ id }) => id === guild.id || roles.includes(id));
  let bits = own.reduce((sum, { permissions }) => sum | BigInt(permissions), 0n);
  if ((bits & all.Administrator) !== 0n) return ~0n;
  const overwrites = ('permission_overwrites' in channel && channel.permission_overwrites) || [];
  const layers = [
    overwrites.filter(({ id }) => id === guild.id),
    overwrites.filter(({ id, type }) => type === OverwriteType.Role && id !== guild.id && roles.includes(id)),
    overwrites.filter(({ id, type }) => type === OverwriteType.Member && id === user.id),
  ];
  for (const layer of layers) {
    const sum = (name: 'allow' | 'deny') => layer.reduce((bits, overwrite) => bits | BigInt(overwrite[name]), 0n);
    bits = (bits & ~sum('deny')) | sum('allow');
  }
  return (bits & all.ViewChannel) === 0n ? 0n : bits;
}

/** A level by what Discord lets somebody do in a channel. */
function levelBy(bits: bigint): Level {
  const has = (permission: bigint): boolean => (bits & permission) !== 0n;
  if (has(PermissionFlagsBits.ManageGuild) || has(PermissionFlagsBits.Administrator)) return 'manager';
  return has(PermissionFlagsBits.ManageMessages) ? 'moderator' : 'anyone';
}

/** What is lacking where a film is to be posted, in words; nothing where nothing is. */
function lacking(bits: bigint, isThread: boolean): Said | undefined {
  if ((bits & PermissionFlagsBits.Administrator) !== 0n) return undefined;
  const lacks = needed[isThread ? 'thread' : 'channel'].filter((name) => (bits & PermissionFlagsBits[name]) === 0n);
  if (lacks.length === 0) return undefined;
  return { word: 'space.missing', with: { lacks: lacks.map((name) => say(`permission.${name}`)) } };
}

/** Channels in which nobody posts messages, but only threads. */
const forums: readonly ChannelType[] = [ChannelType.GuildForum, ChannelType.GuildMedia, ChannelType.GuildCategory];

/** Milliseconds that a server is known to have the bot itself, and not its commands alone. */
const invitedFor = 3_600_000;
/** Milliseconds that a no is believed: each time it is asked for anew counts as a refusal, of which Discord takes only so many. */
const refusedFor = 5_000;
/** Milliseconds that Discord may take to tell of rights, while a member waits. */
const tellWithin = 5_000;

export interface DiscordRights extends Rights {
  /** Takes note of what an interaction tells: what its member and the bot may do where it was made. */
  learn(interaction: APIInteraction): void;
}

/**
 * Who may do what, by Discord's own permissions, where the call is made: moderators may manage messages there, managers the server; and by
 * the roles that the server settled for it.
 * `operators` run the bot. Every interaction brings the rights of its moment; what none brought is asked.
 */
export function createRights(
  rest: Rest,
  settings: Pick<SpaceSettings, 'read'>,
  operators: readonly string[],
): DiscordRights {
  // What interactions told of rights, so that none has to be asked for within a call.
  const memory = createMemory<bigint>(remembered, believed);
  const invited = createMemory<true>(remembered, invitedFor);
  const placeOf = ({ channel, thread }: Origin): string => thread ?? channel;

  const refused = createMemory<Said>(remembered, refusedFor);
  const locked = createMemory<true>(remembered, believed);
  const soon = () => AbortSignal.timeout(tellWithin);

  const guildOf = (space: string) =>
    calling<APIGuild>(rest, (discord) => discord.get(Routes.guild(space), { signal: soon() }));
  const people = createPeople(rest);
  const channelOf = (id: string) => readChannel(rest, id, soon());

  const asking = new Map<string, Promise<boolean>>();

  async function askInvited(space: string): Promise<boolean> {
    try {
      await guildOf(space);
      invited.note(space, true);
    } catch (error) {
      if (error instanceof PlaceClosed) return false;
      if (!(error instanceof TransientError)) throw error;
    } finally {
      asking.delete(space);
    }
    return true;
  }

  /**
   * Whether the bot is on the server: it may have been invited with the scope of its commands alone. Those who ask at once share one
   * question; what cannot be asked now is left open.
   */
  function isInvited(space: string): Promise<boolean> {
    if (invited.read(space)) return Promise.resolve(true);
    const asked = asking.get(space) ?? askInvited(space);
    asking.set(space, asked);
    return asked;
  }

  /** Why nothing could be posted there, as Discord tells now. */
  async function lookedAt(origin: Origin): Promise<Said | undefined> {
    if (!(await isInvited(origin.space))) return { word: 'space.uninvited' };
    const isThread = origin.thread !== undefined;
    try {
      // Whether the bot was let into a private thread, no permission tells.
      const known = memory.read(placeOf(origin));
      const itself = known === undefined || origin.closed ? await channelOf(placeOf(origin)) : undefined;
      if (itself && forums.includes(itself.type)) return { word: 'space.kind' };
      const bits = known ?? (await asked(origin, await calling<string>(rest, () => rest.botId())));
      const opens = (bits & (PermissionFlagsBits.ManageThreads | PermissionFlagsBits.Administrator)) !== 0n;
      if (locked.read(placeOf(origin)) && !opens) return { word: 'space.locked' };
      return lacking(bits, isThread);
    } catch (error) {
      if (!(error instanceof PlaceClosed)) throw error;
      return origin.closed ? { word: 'space.closed' } : lacking(0n, isThread);
    }
  }

  async function asked({ space, channel }: Origin, user: string): Promise<bigint> {
    const [guild, within, member] = await Promise.all([guildOf(space), channelOf(channel), people.ask(space, user)]);
    return permissionsIn(guild, within, member);
  }

  async function permittedLevel(origin: Origin): Promise<Level> {
    const known = memory.read(`${placeOf(origin)} ${origin.user}`);
    if (known !== undefined) return levelBy(known);
    try {
      return levelBy(await asked(origin, origin.user));
    } catch (error) {
      if (error instanceof PlaceClosed) return 'anyone';
      throw error;
    }
  }

  async function heldOf({ space, user }: Origin, among: readonly string[]): Promise<string[]> {
    const member = among.length === 0 ? undefined : await people.find(space, user);
    // Everyone has the role that has the server's own id.
    return member ? among.filter((role) => role === space || member.roles.includes(role)) : [];
  }

  return {
    learn(interaction) {
      const { channel, member, app_permissions } = interaction;
      people.learn(interaction);
      if (!channel) return;
      // Where a film can only be refused is looked at when it is asked for.
      if (app_permissions !== undefined && !forums.includes(channel.type))
        memory.note(channel.id, BigInt(app_permissions));
      if (member) memory.note(`${channel.id} ${member.user.id}`, BigInt(member.permissions));
      const { locked: isLocked } = ('thread_metadata' in channel && channel.thread_metadata) || {};
      if (isLocked) locked.note(channel.id, true);
      else locked.drop(channel.id);
    },
    async cannotPost(origin) {
      rest.guard();
      if (origin.visibility === 'private') return undefined;
      const before = refused.read(placeOf(origin));
      if (before) return before;
      const said = await lookedAt(origin);
      // What the interaction itself tells needs no asking, and is looked at each time.
      if (said && ['space.closed', 'space.uninvited'].includes(said.word)) refused.note(placeOf(origin), said);
      return said;
    },
    async level(origin) {
      if (operators.includes(origin.user)) return 'operator';
      const permitted = await permittedLevel(origin);
      if (permitted === 'manager') return permitted;
      const { managers, moderators } = await settings.read(spaceKey(origin));
      const held = await heldOf(
        origin,
        [managers, moderators].filter((role) => role !== undefined),
      );
      if (managers !== undefined && held.includes(managers)) return 'manager';
      return moderators !== undefined && held.includes(moderators) ? 'moderator' : permitted;
    },
    roles: heldOf,
    since: ({ space, user }) => people.since(space, user),
    async person({ space }, id) {
      const member = await people.find(space, id);
      return member && !member.bot ? { name: member.name } : undefined;
    },
  };
}
