import { TransientError } from '../../src/domain/errors.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { createMemory } from '../shared/memory.ts';
import type { Api } from './api.ts';
import { PlaceClosed } from './errors.ts';

/** What matters of a conversation. `open`: everybody in the workspace may read it. */
export interface Channel {
  open: boolean;
  direct: boolean;
  archived: boolean;
  /** Whether the bot is in it. */
  member: boolean;
}

/** Milliseconds that what is known of a channel is believed, and how many are. */
const believed = 60_000;
const remembered = 10_000;

/** Channels as Slack tells of them. Nothing where the bot sees none: a private one that it is not in, or one of two people without it. */
export function createChannels(api: Api) {
  const memory = createMemory<Channel>(remembered, believed);
  const asking = new Map<string, Promise<Channel | undefined>>();

  async function ask(team: string, channel: string): Promise<Channel | undefined> {
    try {
      const { channel: found = {} } = await api.call(team, (client) => client.conversations.info({ channel }));
      const { is_private, is_im, is_mpim, is_archived, is_member } = found;
      const direct = is_im === true || is_mpim === true;
      const known = {
        open: !direct && is_private !== true,
        direct,
        archived: is_archived === true,
        member: is_member === true || is_im === true,
      };
      memory.note(`${team} ${channel}`, known);
      return known;
    } catch (error) {
      if (error instanceof PlaceClosed) return undefined;
      throw error;
    } finally {
      asking.delete(`${team} ${channel}`);
    }
  }

  function read(team: string, channel: string): Promise<Channel | undefined> {
    const known = memory.read(`${team} ${channel}`);
    if (known) return Promise.resolve(known);
    const asked = asking.get(`${team} ${channel}`) ?? ask(team, channel);
    asking.set(`${team} ${channel}`, asked);
    return asked;
  }

  /** Whether somebody is in a channel. */
  async function isIn(team: string, channel: string, user: string): Promise<boolean> {
    let cursor: string | undefined = '';
    while (cursor !== undefined) {
      const asked: { channel: string; limit: number; cursor: string } = { channel, limit: 1_000, cursor };
      const page = await api.call(team, (client) => client.conversations.members(asked));
      if (page.members?.includes(user)) return true;
      cursor = page.response_metadata?.next_cursor || undefined;
    }
    return false;
  }

  return {
    /** Whether somebody may read a channel: everybody may read an open one, and what the bot sees nothing of is not its to tell. */
    async isSeenBy(team: string, channel: string, user: string): Promise<boolean> {
      const found = await read(team, channel);
      return !found || found.open || isIn(team, channel, user);
    },
    read,
    /** Something changed there. */
    forget: (team: string, channel: string): void => memory.drop(`${team} ${channel}`),
    /** The origin with what its channel tells: what was asked in a private one is shown nowhere else. */
    async placed(origin: Origin): Promise<Origin> {
      if (origin.visibility === 'private' || origin.closed) return origin;
      try {
        const channel = await read(origin.space, origin.channel);
        return channel?.open ? origin : { ...origin, closed: 'channel' };
      } catch (error) {
        // What cannot be asked is taken to be closed.
        if (error instanceof TransientError) return { ...origin, closed: 'channel' };
        throw error;
      }
    },
  };
}
export type Channels = ReturnType<typeof createChannels>;
