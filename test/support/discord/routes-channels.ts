import { ChannelType } from 'discord.js';
import { channelBody } from './bodies.ts';
import { isThread } from './permissions.ts';
import { badField, refusal } from './refusals.ts';
import { channelOf, needs, needsToSend, ok, type Route } from './route.ts';
import type { Channel, User, World } from './world.ts';
import { remove } from './write.ts';

/** Takes a channel away, with its threads and everything that was said in them. */
export function dropChannel(world: World, channel: Channel): void {
  for (const one of [...world.channels.values()]) if (one.parent === channel) dropChannel(world, one);
  for (const message of [...channel.messages]) remove(message);
  world.channels.delete(channel.id);
}

/** The DM of a user with the bot; made when it is first asked for. */
export function dmOf(world: World, user: User): Channel {
  const found = [...world.channels.values()].find(({ recipient }) => recipient === user);
  if (found) return found;
  const channel: Channel = {
    ...{ id: world.ids.next(), type: ChannelType.DM, guild: null, recipient: user, name: '', parent: null },
    ...{
      overwrites: [],
      archived: false,
      archivedAt: 0,
      locked: false,
      members: new Set(),
      messages: [],
      oldEdits: [],
    },
  };
  world.channels.set(channel.id, channel);
  return channel;
}

export const channelRoutes: Route[] = [
  { method: 'GET', path: '/channels/:channel', run: (call) => ok(channelBody(channelOf(call))) },
  {
    method: 'PATCH',
    path: '/channels/:channel',
    run: (call) => {
      const { world, body } = call;
      const channel = channelOf(call);
      const { archived, locked } = body.json as { archived?: boolean; locked?: boolean };
      if (!isThread(channel))
        throw badField(['archived'], 'CHANNEL_NOT_THREAD', 'The fake changes nothing but threads');
      // Whoever may write in a thread that is not locked may open it; all else takes moderation.
      if (archived === false && locked === undefined) needsToSend(world, channel);
      else needs(world, channel, 'ManageThreads');
      Object.assign(channel, { archived: archived ?? channel.archived, locked: locked ?? channel.locked });
      channel.archivedAt = world.clock.now();
      return ok(channelBody(channel));
    },
  },
  {
    method: 'DELETE',
    path: '/channels/:channel',
    run: (call) => {
      const channel = channelOf(call);
      needs(call.world, channel, isThread(channel) ? 'ManageThreads' : 'ManageChannels');
      // A bot that closes a DM keeps it: it can be opened again with all that was said.
      if (channel.guild) dropChannel(call.world, channel);
      return ok(channelBody(channel));
    },
  },
  {
    method: 'POST',
    path: '/users/@me/channels',
    run: ({ world, body }) => {
      const { recipient_id } = body.json as { recipient_id?: string };
      const user = world.users.get(String(recipient_id));
      if (!user) throw refusal(10013);
      if (user.bot) throw refusal(50007);
      return ok(channelBody(dmOf(world, user)));
    },
  },
];
