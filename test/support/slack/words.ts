import { Impossible } from '../controller.ts';
import type { GivenMention, GivenWords } from './api.ts';
import type { Block } from './blocks.ts';
import { deedOf, eventPayload } from './event.ts';
import { threadIn, write } from './messages.ts';
import { messageObject } from './objects.ts';
import { channelBy, userBy } from './scenery.ts';
import { takeFile } from './storage.ts';
import { richText, typed } from './typed.ts';
import { botIn, mayWrite, seenFrom } from './who.ts';
import type { Message, Row, Team, World } from './world.ts';

const types = { public: 'channel', private: 'group', im: 'im', mpim: 'mpim' } as const;
const subscriptions = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' } as const;

/** The bot that hears of what is said; none where the app is away. */
const botOf = ({ install }: Team): string => (install?.state === 'active' ? install.botUserId : '');

/** What a message looks like inside an event. */
function eventOf(world: World, message: Message, team: Team, more: Row): Row {
  const { channel, ts, files } = message;
  const strange = message.team !== team;
  return {
    ...messageObject(world, message, false),
    ...{ client_msg_id: world.ids.secret(), channel: channel.id, event_ts: ts },
    ...(files.length > 0 && { display_as_bot: false }),
    ...(strange && { user_team: message.team.id, source_team: message.team.id }),
    ...more,
  };
}

function posted(world: World, given: GivenWords & { asBot?: boolean }, bot: string): Message {
  const [user, channel] = [userBy(world, given.user), channelBy(world, given.channel)];
  mayWrite(channel, user);
  const threadTs = given.thread ?? null;
  if (threadTs !== null && !threadIn(channel, threadTs)) throw new Impossible(`there is no thread ${threadTs}`);
  const text = typed(world, user, given.text, { bot });
  const files = (given.files ?? []).map((file) => takeFile(world, user.team, user, file));
  return write(world, channel, {
    ...{ user: user.id, team: user.team, threadTs, text, files, botId: given.asBot ? world.ids.next('B') : null },
    blocks: (given.blocks as Block[] | undefined) ?? (text === '' ? [] : [richText(text) as Block]),
    subtype: files.length > 0 ? 'file_share' : null,
  });
}

/** The team whose app hears of it, and the bot that `@bot` is. */
function hearing(world: World, given: GivenWords): { team: Team; bot: string } {
  const [user, channel] = [userBy(world, given.user), channelBy(world, given.channel)];
  const team = seenFrom(channel, user);
  return { team, bot: botOf(team) };
}

/** Dispatches a `message` event, where it is subscribed or that cannot be helped. */
function messageEvent(world: World, message: Message, team: Team, anyway = false): string[] {
  const { channel, user } = message;
  const subscribed = world.settings.events.includes(`message.${subscriptions[channel.kind]}`);
  if ((!subscribed && !anyway) || !botIn(channel, botOf(team))) return [];
  const event = eventOf(world, message, team, { type: 'message', channel_type: types[channel.kind] });
  const payload = eventPayload(world, team, event, channel);
  const deed = deedOf(world, { kind: 'message', team, user: world.users.get(user) ?? null, channel, payload });
  world.dispatch(deed);
  return [deed.id];
}

export function say(world: World, given: GivenWords): string {
  const { team, bot } = hearing(world, given);
  const message = posted(world, given, bot);
  messageEvent(world, message, team);
  return message.ts;
}

export function mention(world: World, given: GivenMention): { ts: string; deeds: string[] } {
  const { team, bot } = hearing(world, given);
  if (!given.text.includes('@bot')) throw new Impossible('a mention has @bot in its text');
  const { edited, times = 1, as = 'app_mention' } = given;
  const message = posted(world, given, bot);
  const { ts, channel } = message;
  if (edited) message.editedTs = world.ids.ts();
  if (as === 'file_share') return { ts, deeds: messageEvent(world, message, team, true) };
  const heard = channel.kind !== 'im' && botIn(channel, bot) && world.settings.events.includes('app_mention');
  const deeds: string[] = [];
  for (let count = 0; heard && count < times; count++) {
    const { subtype: _, ...event } = eventOf(world, message, team, { type: 'app_mention' });
    if (message.editedTs !== null) event.event_ts = message.editedTs;
    const payload = eventPayload(world, team, event, channel);
    const user = userBy(world, given.user);
    deeds.push(deedOf(world, { kind: 'mention', team, user, channel, payload }).id);
  }
  for (const id of deeds) {
    const deed = world.deeds.get(id);
    if (deed) world.dispatch(deed);
  }
  return { ts, deeds: [...deeds, ...messageEvent(world, message, team)] };
}
