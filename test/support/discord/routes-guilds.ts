import { channelBody, guildBody, memberBody, rolesBody, userBody } from './bodies.ts';
import { isThread } from './permissions.ts';
import { refusal } from './refusals.ts';
import { guildOf, ok, type Route } from './route.ts';
import type { World } from './world.ts';

function applicationBody(world: World) {
  const { applicationId: id, bot } = world;
  const flags = world.settings.messageContent ? 1 << 19 : 0;
  return { id, name: bot.name, description: '', icon: null, verify_key: '', flags, bot: userBody(bot) };
}

export const gatewayUrl = ({ origin }: World): string => origin.replace('http', 'ws');

/** Routes of the bot itself and of guilds; `identifies` counts the sessions that were begun. */
export const guildRoutes = (identifies: () => number): Route[] => [
  {
    method: 'GET',
    path: '/gateway/bot',
    run: ({ world }) => {
      const left = { total: 1000, remaining: Math.max(0, 1000 - identifies()), reset_after: 86_400_000 };
      const session_start_limit = { ...left, max_concurrency: 16 };
      return ok({ url: gatewayUrl(world), shards: world.settings.shards, session_start_limit });
    },
  },
  { method: 'GET', path: '/users/@me', run: ({ world }) => ok(userBody(world.bot)) },
  { method: 'GET', path: '/applications/@me', run: ({ world }) => ok(applicationBody(world)) },
  { method: 'GET', path: '/guilds/:guild', run: (call) => ok(guildBody(guildOf(call))) },
  { method: 'GET', path: '/guilds/:guild/roles', run: (call) => ok(rolesBody(guildOf(call))) },
  {
    method: 'GET',
    path: '/guilds/:guild/members/:user',
    run: (call) => {
      const member = guildOf(call).members.get(call.params.user ?? '');
      if (!member) throw refusal(10007);
      return ok(memberBody(member));
    },
  },
  {
    method: 'GET',
    path: '/guilds/:guild/channels',
    run: (call) => {
      const guild = guildOf(call);
      const channels = [...call.world.channels.values()].filter((one) => one.guild === guild && !isThread(one));
      return ok(channels.map(channelBody));
    },
  },
];
