import { Impossible } from '../controller.ts';
import type { Channel, Team, User } from './world.ts';

const teamsOf = (channel: Channel): Team[] => [channel.team, ...channel.shared];

/** Whether a member is in a channel. */
export const isIn = (channel: Channel, user: User): boolean =>
  channel.members.has(user.id) ||
  (channel.everyone && (teamsOf(channel).includes(user.team) || user.strangerOf === channel.team));

/** Whether the app is in a channel by the bot of this team. */
export const botIn = (channel: Channel, botUserId: string): boolean => channel.members.has(botUserId);

/** Whether somebody of another team can see the channel. */
export const isShared = (channel: Channel): boolean => channel.shared.length > 0;

/** The team that a channel is seen from: the app's own where the channel is shared with it. */
export const seenFrom = (channel: Channel, user: User): Team =>
  channel.shared.includes(user.team) && user.team.install ? user.team : channel.team;

/** A member's client lets them write there; throws why not. */
export function mayWrite(channel: Channel, user: User): void {
  if (user.deleted) throw new Impossible(`${user.name} is deactivated`);
  if (!isIn(channel, user)) throw new Impossible(`${user.name} is not in ${channel.id}`);
  if (channel.archived) throw new Impossible(`${channel.id} is archived`);
  if (channel.readOnly && !user.admin && !user.owner) throw new Impossible(`${channel.id} is read-only`);
}
