import { repliesOf, threadIn } from './messages.ts';
import { type Call, channelOf, type Methods, needScope, userOf } from './method.ts';
import { channelObject, messageObject } from './objects.ts';
import { badArguments, Refused } from './refusals.ts';
import { dmFor, dmOf, makeGroupDm } from './scenery.ts';
import { botIn } from './who.ts';
import type { Channel, Message } from './world.ts';

const family = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' } as const;

/** A channel whose messages the app may read. */
function readable(call: Call): Channel {
  const channel = channelOf(call, call.args.need('channel'));
  needScope(call, `${family[channel.kind]}:history`);
  if (!botIn(channel, call.install.botUserId)) throw new Refused('not_in_channel');
  return channel;
}

/** Those between `oldest` and `latest`, as many as `limit` says. */
function cut({ args }: Call, messages: readonly Message[]): Message[] {
  const [oldest, latest] = [args.text('oldest'), args.text('latest')];
  const inclusive = args.flag('inclusive');
  const after = (ts: string) => oldest === undefined || ts > oldest || (inclusive && ts === oldest);
  const before = (ts: string) => latest === undefined || ts < latest || (inclusive && ts === latest);
  return messages.filter(({ ts }) => after(ts) && before(ts));
}

function show({ world, args }: Call, messages: readonly Message[]) {
  const limit = args.number('limit') ?? 100;
  return {
    messages: messages.slice(0, limit).map((one) => messageObject(world, one, args.flag('include_all_metadata'))),
    has_more: messages.length > limit,
  };
}

export const conversations: Methods = {
  'conversations.info': {
    run(call) {
      const id = call.args.need('channel');
      const channel = call.world.channels.get(id);
      if (channel) needScope(call, `${family[channel.kind]}:read`);
      return { channel: channelObject(channelOf(call, id), call.install.botUserId) };
    },
  },
  'conversations.open': {
    scopes: ['im:write', 'mpim:write'],
    run(call) {
      const ids = (call.args.text('users') ?? '').split(',').filter((id) => id !== '');
      if (ids.length === 0) throw badArguments('missing required field: users');
      const users = ids.map((id) => userOf(call, id));
      if (users.some(({ deleted }) => deleted)) throw new Refused('user_disabled');
      if (users.some(({ bot }) => bot)) throw new Refused('cannot_dm_bot');
      const [first] = users;
      if (!first) throw new Refused('user_not_found');
      if (users.length > 1) {
        needScope(call, 'mpim:write');
        return { channel: { id: makeGroupDm(call.world, { team: call.team.id, members: ids }) } };
      }
      needScope(call, 'im:write');
      const old = dmFor(call.world, first, call.install.botUserId) !== undefined;
      const { id } = dmOf(call.world, first, call.install.botUserId);
      return { ...(old && { no_op: true, already_open: true }), channel: { id } };
    },
  },
  'conversations.join': {
    scopes: ['channels:join'],
    run(call) {
      const channel = channelOf(call, call.args.need('channel'));
      if (channel.kind !== 'public') throw new Refused('method_not_supported_for_channel_type');
      if (channel.archived) throw new Refused('is_archived');
      const already = botIn(channel, call.install.botUserId);
      channel.members.add(call.install.botUserId);
      return {
        channel: channelObject(channel, call.install.botUserId),
        ...(already && { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } }),
      };
    },
  },
  'conversations.members': {
    run(call) {
      const channel = channelOf(call, call.args.need('channel'));
      return { members: [...channel.members], response_metadata: { next_cursor: '' } };
    },
  },
  'conversations.history': {
    run(call) {
      const { messages } = readable(call);
      const shown = messages.filter(({ deleted, threadTs }) => !deleted && threadTs === null);
      return show(call, cut(call, shown).reverse());
    },
  },
  'conversations.replies': {
    run(call) {
      const channel = readable(call);
      const ts = call.args.need('ts');
      const asked = channel.messages.find((one) => one.ts === ts);
      const parent = threadIn(channel, asked?.threadTs ?? ts);
      if (!parent) throw new Refused('thread_not_found');
      return show(call, cut(call, [parent, ...repliesOf(parent)]));
    },
  },
};
