import { Impossible } from '../controller.ts';
import type { GivenPlace, GivenSlash } from './api.ts';
import { deedOf, eventPayload, interactionBase } from './event.ts';
import { installOf } from './install.ts';
import { messageIn } from './messages.ts';
import { messageObject, viewObject } from './objects.ts';
import { answerDeed, responseUrl, wrongMessage } from './respond.ts';
import { by, channelBy, dmOf, userBy } from './scenery.ts';
import { triggerFor } from './triggers.ts';
import { typed } from './typed.ts';
import { isIn, mayWrite } from './who.ts';
import type { Channel, Deed, Message, Row, Team, User, World } from './world.ts';

/** The team whose app a member uses; people of other teams cannot. */
export function teamOfApp(user: User, channel: Channel | null): Team {
  const { team } = user;
  if (team.install?.state !== 'active') throw new Impossible(`the app is not installed in team ${team.id}`);
  if (channel && channel.team !== team && !channel.shared.includes(team))
    throw new Impossible(`${user.name} is a stranger in ${channel.id}`);
  return team;
}

export const channelName = ({ kind, name }: Channel): string =>
  kind === 'im' ? 'directmessage' : kind === 'private' ? 'privategroup' : name;

/** What an ack of a command says is its first answer. */
function commandAck(world: World, deed: Deed, channel: Channel, user: User, body: unknown): string | null {
  const row: Row = typeof body === 'string' ? { text: body } : ((body ?? {}) as Row);
  if ((row.text ?? '') === '' && row.blocks === undefined) return null;
  if (wrongMessage(row) !== null) return 'invalid_response';
  answerDeed(world, deed, channel, user, row);
  return null;
}

export function slash(world: World, given: GivenSlash): string {
  const [user, channel] = [userBy(world, given.user), channelBy(world, given.channel)];
  if (given.thread !== undefined) throw new Impossible(`${given.command} is not supported in threads. Sorry!`);
  if (!given.command.startsWith('/')) throw new Impossible('a command begins with /');
  mayWrite(channel, user);
  const team = teamOfApp(user, channel);
  const { enterprise } = team;
  const deed = deedOf(world, { kind: 'slash', team, user, channel, payload: {} });
  deed.payload = {
    ...{ token: world.app.verificationToken, team_id: team.id, team_domain: team.domain },
    ...(enterprise && { enterprise_id: enterprise.id, enterprise_name: enterprise.name }),
    ...{ channel_id: channel.id, channel_name: channelName(channel), user_id: user.id, user_name: user.name },
    ...{ command: given.command, text: typed(world, user, given.text ?? '', { labels: true }).trim() },
    ...{ api_app_id: world.app.appId, is_enterprise_install: String(installOf(team).team === null) },
    ...{ response_url: responseUrl(world, { deed, channel, user }), trigger_id: triggerFor(world, deed) },
  };
  deed.onAck = (body) => commandAck(world, deed, channel, user, body);
  world.dispatch(deed);
  return deed.id;
}

/** A message that a member can see: their own ephemeral ones, too. */
export function seenMessage(world: World, user: User, { channel: id, ts }: GivenPlace): Message {
  const channel = channelBy(world, id);
  if (!isIn(channel, user) && channel.kind !== 'public') throw new Impossible(`${user.name} is not in ${id}`);
  const hidden = world.ephemerals.find(
    (one) => one.ts === ts && one.channel === channel && one.ephemeralTo === user.id && !one.deleted,
  );
  const message = messageIn(channel, ts) ?? hidden;
  if (!message) throw new Impossible(`there is no message ${ts} in ${id} for ${user.name}`);
  return message;
}

export function messageShortcut(world: World, given: GivenPlace & { user: string; callback: string }): string {
  const user = userBy(world, given.user);
  const message = seenMessage(world, user, given);
  if (message.ephemeralTo !== null) throw new Impossible('an ephemeral message has no shortcuts');
  const { channel } = message;
  const team = teamOfApp(user, channel);
  const deed = deedOf(world, { kind: 'message_shortcut', team, user, channel, payload: {} });
  deed.payload = {
    ...{ type: 'message_action', ...interactionBase(world, team, user), callback_id: given.callback },
    ...{ trigger_id: triggerFor(world, deed), response_url: responseUrl(world, { deed, channel, user }) },
    ...{ message_ts: message.ts, action_ts: world.ids.ts(), message: messageObject(world, message) },
    channel: { id: channel.id, name: channelName(channel) },
  };
  world.dispatch(deed);
  return deed.id;
}

export function globalShortcut(world: World, given: { user: string; callback: string }): string {
  const user = userBy(world, given.user);
  const team = teamOfApp(user, null);
  const deed = deedOf(world, { kind: 'shortcut', team, user, payload: {} });
  deed.payload = {
    ...{ type: 'shortcut', ...interactionBase(world, team, user), callback_id: given.callback },
    ...{ trigger_id: triggerFor(world, deed), action_ts: world.ids.ts() },
  };
  world.dispatch(deed);
  return deed.id;
}

export function openHome(world: World, given: { user: string; tab?: 'home' | 'messages' | 'about' }): string {
  const user = userBy(world, given.user);
  const team = teamOfApp(user, null);
  if (!world.settings.events.includes('app_home_opened')) throw new Impossible('app_home_opened is not subscribed');
  const channel = dmOf(world, user, installOf(team).botUserId);
  const home = world.homes.get(`${team.id} ${user.id}`);
  const event = {
    ...{ type: 'app_home_opened', user: user.id, channel: channel.id, tab: given.tab ?? 'home' },
    ...(home && { view: viewObject(world, home) }),
    event_ts: world.ids.ts(),
  };
  const deed = deedOf(world, { kind: 'home', team, user, payload: eventPayload(world, team, event, null) });
  world.dispatch(deed);
  return deed.id;
}

export function repeat(world: World, given: { deed: string; retry?: number }): void {
  const deed = by<Deed>(world.deeds, given.deed, 'deed');
  if (given.retry !== undefined && deed.payload.type !== 'event_callback')
    throw new Impossible('only events are retried');
  world.dispatch(deed, given.retry ?? null);
}

export function deleteMessage(world: World, { channel, ts }: GivenPlace): void {
  const message = messageIn(channelBy(world, channel), ts);
  if (!message) throw new Impossible(`there is no message ${ts} in ${channel}`);
  message.deleted = true;
}
