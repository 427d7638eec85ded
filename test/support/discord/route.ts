import type { Received } from './body.ts';
import { has, isThread, permissionsIn } from './permissions.ts';
import { type Answer, refusal } from './refusals.ts';
import type { Channel, Guild, World } from './world.ts';

export interface Call {
  world: World;
  /** What stands at the path's `:names`. */
  params: Record<string, string>;
  query: URLSearchParams;
  body: Received;
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v10`; the first `:name` tells rate limits apart, and `:token` with it. */
  path: string;
  /** The token of an interaction in the path is all it takes; such routes are outside the global limit. */
  open?: true;
  run(call: Call): Answer;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const done: Answer = { status: 204 };

/** A guild that the bot is in; 10004 where it is not. */
export function guildOf({ world, params }: Call): Guild {
  const guild = world.guilds.get(params.guild ?? '');
  if (!guild?.members.has(world.bot.id)) throw refusal(10004);
  return guild;
}

/** A channel that the bot sees: 10003 where there is none, 50001 where it does not. */
export function channelOf({ world, params }: Call): Channel {
  const channel = world.channels.get(params.channel ?? '');
  if (!channel) throw refusal(10003);
  if (channel.guild && !has(permissionsIn(channel, world.bot.id), 'ViewChannel')) throw refusal(50001);
  return channel;
}

/** Refuses with 50013 where the bot may not; in DMs it may. */
export function needs(world: World, channel: Channel, name: Parameters<typeof has>[1]): void {
  if (channel.guild && !has(permissionsIn(channel, world.bot.id), name)) throw refusal(50013);
}

/** May post there: 50013 without the permission, 160005 in a locked thread. */
export function needsToSend(world: World, channel: Channel): void {
  needs(world, channel, isThread(channel) ? 'SendMessagesInThreads' : 'SendMessages');
  if (channel.locked && !has(permissionsIn(channel, world.bot.id), 'ManageThreads')) throw refusal(160005);
}
