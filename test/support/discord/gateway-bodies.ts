import { at, channelBody, guildBody, memberBody, userBody } from './bodies.ts';
import { isThread } from './permissions.ts';
import { gatewayUrl } from './routes-guilds.ts';
import type { Guild, World } from './world.ts';

export const readyBody = (
  world: World,
  session: { id: string; shard: [number, number] },
  guilds: readonly Guild[],
) => ({
  ...{ v: 10, user: userBody(world.bot), shard: session.shard, session_id: session.id },
  guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
  application: { id: world.applicationId, flags: 0 },
  resume_gateway_url: gatewayUrl(world),
});

/** A guild with what is in it now; no event tells of a change later. */
export function guildCreateBody(world: World, guild: Guild) {
  const own = [...world.channels.values()].filter((channel) => channel.guild === guild);
  const [threads, channels] = [true, false].map((thread) =>
    own.filter((one) => isThread(one) === thread).map(channelBody),
  );
  return {
    ...{ ...guildBody(guild), channels, threads, members: [...guild.members.values()].map(memberBody) },
    ...{ joined_at: at(world.clock.now()), large: false, member_count: guild.members.size, presences: [] },
    ...{ voice_states: [], stage_instances: [], guild_scheduled_events: [], soundboard_sounds: [] },
  };
}
