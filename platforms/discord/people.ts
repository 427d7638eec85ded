import {
  type APIGuildMember,
  type APIInteraction,
  type APIInteractionGuildMember,
  Routes,
  SnowflakeUtil,
} from 'discord.js';
import type { Since } from '../../src/domain/command.ts';
import { createMemory } from '../shared/memory.ts';
import { PlaceClosed } from './errors.ts';
import { calling } from './places.ts';
import type { Rest } from './rest.ts';

/** Milliseconds that what Discord told of a member is believed: longer than a call needs to ask. */
const believed = 60_000;
const remembered = 10_000;
/** Milliseconds that Discord may take to tell, while somebody waits. */
const tellWithin = 5_000;

export interface Member {
  name: string;
  bot: boolean;
  roles: readonly string[];
  /** When they joined the server, in Unix milliseconds. */
  joined: number | undefined;
}

function memberOf({ user, nick, roles, joined_at }: APIGuildMember | APIInteractionGuildMember): Member {
  const { username, global_name, bot = false, system = false } = user;
  const joined = Date.parse(joined_at ?? '');
  return {
    ...{ name: nick ?? global_name ?? username, bot: bot || system, roles },
    joined: Number.isNaN(joined) ? undefined : joined,
  };
}

/** The members of servers, as interactions tell of them, or else as Discord is asked. */
export interface People {
  learn(interaction: APIInteraction): void;
  /** Asks Discord. */
  ask(space: string, user: string): Promise<APIGuildMember>;
  /** Nothing for who is not there. */
  find(space: string, user: string): Promise<Member | undefined>;
  since(space: string, user: string): Promise<Since>;
}

export function createPeople(rest: Rest): People {
  const memory = createMemory<Member>(remembered, believed);

  async function ask(space: string, user: string): Promise<APIGuildMember> {
    const signal = AbortSignal.timeout(tellWithin);
    const told = await calling<APIGuildMember>(rest, (discord) =>
      discord.get(Routes.guildMember(space, user), { signal }),
    );
    memory.note(`${space} ${user}`, memberOf(told));
    return told;
  }

  async function find(space: string, user: string): Promise<Member | undefined> {
    if (!/^\d{1,20}$/.test(user)) return undefined;
    const known = memory.read(`${space} ${user}`);
    if (known) return known;
    try {
      return memberOf(await ask(space, user));
    } catch (error) {
      if (error instanceof PlaceClosed) return undefined;
      throw error;
    }
  }

  return {
    ask,
    find,
    learn({ guild_id, member }) {
      if (guild_id !== undefined && member) memory.note(`${guild_id} ${member.user.id}`, memberOf(member));
    },
    async since(space, user) {
      const joined = (await find(space, user))?.joined;
      return { account: SnowflakeUtil.timestampFrom(user), ...(joined === undefined ? {} : { joined }) };
    },
  };
}
