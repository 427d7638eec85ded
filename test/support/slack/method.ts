import type { Args } from './args.ts';
import { Refused } from './refusals.ts';
import { botIn } from './who.ts';
import type { Channel, Execution, Installation, Row, Team, User, World } from './world.ts';

/** One call of a Web API method. */
export interface Call {
  world: World;
  args: Args;
  install: Installation;
  /** The token's, or the one that `team_id` names with a token of an enterprise. */
  team: Team;
  /** Where it came with the token of a workflow's step. */
  execution: Execution | null;
}

/** A Web API method that a bot's token can call. */
export interface Method {
  /** One of these is needed; none: any token will do. */
  scopes?: readonly string[];
  run(call: Call): Row;
}

export type Methods = Record<string, Method>;

/** Refuses where the team granted none of these scopes. */
export function needScope({ install }: Pick<Call, 'install'>, ...scopes: string[]): void {
  if (scopes.length === 0 || scopes.some((scope) => install.scopes.includes(scope))) return;
  throw new Refused('missing_scope', { needed: scopes.join(','), provided: install.scopes.join(',') });
}

const reaches = ({ install }: Call, team: Team): boolean => team.install === install;

/** The channel of that argument, where the app can know of it. */
export function channelOf(call: Call, id: string): Channel {
  const channel = call.world.channels.get(id);
  if (!channel || ![channel.team, ...channel.shared].some((team) => reaches(call, team)))
    throw new Refused('channel_not_found');
  if (channel.kind !== 'public' && !botIn(channel, call.install.botUserId)) throw new Refused('channel_not_found');
  return channel;
}

/** A user whom the app can know of: of its teams, or in a channel that is shared with them. */
export function userOf(call: Call, id: string): User {
  const user = call.world.users.get(id);
  if (!user) throw new Refused('user_not_found');
  const shared = [...call.world.channels.values()].some(
    (channel) => channel.shared.includes(user.team) && reaches(call, channel.team),
  );
  const guest = user.strangerOf !== null && reaches(call, user.strangerOf);
  if (!reaches(call, user.team) && !shared && !guest) throw new Refused('user_not_visible');
  return user;
}
