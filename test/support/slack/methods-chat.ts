import { messageIn, remove, rewrite, write } from './messages.ts';
import { type Call, channelOf, type Methods, userOf } from './method.ts';
import { messageObject } from './objects.ts';
import { contentOf, mayPost, targetOf, threadOf } from './posting.ts';
import { Refused } from './refusals.ts';
import { isIn } from './who.ts';
import type { Message } from './world.ts';

const own = ({ install, execution }: Call) => ({ user: install.botUserId, botId: install.botId, execution });

/** A message of the bot's own that is there. */
function ownMessage(call: Call, refusal: string): Message {
  const channel = channelOf(call, call.args.need('channel'));
  const message = messageIn(channel, call.args.need('ts'));
  if (!message) throw new Refused('message_not_found');
  if (message.botId !== call.install.botId) throw new Refused(refusal);
  return message;
}

export const chat: Methods = {
  'chat.postMessage': {
    scopes: ['chat:write'],
    run(call) {
      const channel = targetOf(call);
      mayPost(call, channel);
      const threadTs = threadOf(call, channel);
      const content = contentOf(call);
      const message = write(call.world, channel, { ...own(call), team: call.team, threadTs, ...content });
      return { channel: channel.id, ts: message.ts, message: messageObject(call.world, message) };
    },
  },
  'chat.update': {
    scopes: ['chat:write'],
    run(call) {
      const message = ownMessage(call, 'cant_update_message');
      if (message.channel.archived) throw new Refused('is_archived');
      const { args } = call;
      const given = contentOf(call, 4000);
      const metadata = args.all.metadata === undefined ? message.metadata : given.metadata;
      rewrite(call.world, message, { ...given, metadata });
      const { ts, text } = message;
      return { channel: message.channel.id, ts, text, message: messageObject(call.world, message) };
    },
  },
  'chat.delete': {
    scopes: ['chat:write'],
    run(call) {
      const message = ownMessage(call, 'cant_delete_message');
      remove(message);
      return { channel: message.channel.id, ts: message.ts };
    },
  },
  'chat.postEphemeral': {
    scopes: ['chat:write'],
    run(call) {
      const channel = channelOf(call, call.args.need('channel'));
      const user = call.world.users.get(call.args.need('user'));
      mayPost(call, channel);
      if (!user || !isIn(channel, user)) throw new Refused('user_not_in_channel');
      const threadTs = threadOf(call, channel);
      const { text, blocks } = contentOf(call);
      const where = { threadTs, ephemeralTo: userOf(call, user.id).id };
      const message = write(call.world, channel, { ...own(call), team: call.team, ...where, text, blocks });
      return { message_ts: message.ts };
    },
  },
  'chat.getPermalink': {
    run(call) {
      const channel = channelOf(call, call.args.need('channel'));
      const message = messageIn(channel, call.args.need('message_ts'));
      if (!message) throw new Refused('message_not_found');
      const base = `https://${channel.team.domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}`;
      const thread = message.threadTs === null ? '' : `?thread_ts=${message.threadTs}&cid=${channel.id}`;
      return { channel: channel.id, permalink: base + thread };
    },
  },
  'reactions.add': {
    scopes: ['reactions:write'],
    run(call) {
      const channel = channelOf(call, call.args.need('channel'));
      call.args.need('name');
      if (!messageIn(channel, call.args.need('timestamp'))) throw new Refused('message_not_found');
      return {};
    },
  },
};
