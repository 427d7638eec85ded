import type { PostPlace } from '../../src/domain/job.ts';
import { type Origin, workflowMember } from '../../src/domain/origin.ts';
import { createMemory } from '../shared/memory.ts';
import { type Place, somewhere } from '../shared/places.ts';
import type { Api } from './api.ts';
import { PlaceClosed } from './errors.ts';

/** A place where a film may stand: a channel, and the thread in it. */
export interface Spot {
  channel: string;
  thread: string | undefined;
}

/** How many direct messages' ids are remembered, and for how long. */
const directMost = 10_000;
const directLife = 86_400_000;

/** Opens direct messages with members, and gives the channels' ids. Throws {@link PlaceClosed} where that cannot be. */
export function createDirects(api: Api) {
  const directs = createMemory<string>(directMost, directLife);
  return async (team: string, user: string): Promise<string> => {
    const key = `${team} ${user}`;
    const known = directs.read(key);
    if (known !== undefined) return known;
    const { channel } = await api.call(team, (client) => client.conversations.open({ users: user }));
    if (channel?.id === undefined) throw new PlaceClosed('shut', 'no direct message was opened');
    directs.note(key, channel.id);
    return channel.id;
  };
}

/** Where a film may stand, by where it was asked for. */
export function createPlaces(api: Api) {
  const openDirect = createDirects(api);
  const direct = ({ space, user }: Pick<Origin, 'space' | 'user'>): Place<Spot> => ({
    place: 'private',
    spot: async () => ({ channel: await openDirect(space, user), thread: undefined }),
  });

  /** Where a card belongs: in its thread or channel, or with its member. */
  function first(origin: Origin): Place<Spot> {
    const { channel, thread, visibility } = origin;
    // Asked for in private, that is where it was asked for.
    if (visibility === 'private') return { ...direct(origin), place: 'asked' };
    return { place: 'asked', spot: async () => ({ channel, thread }) };
  }

  /** The place after one that would not do, and why it would not. Nobody's direct messages are a workflow's. */
  function next(origin: Origin, before: Place<Spot>, { why }: PlaceClosed): Place<Spot> | undefined {
    const { channel, thread, user, visibility } = origin;
    if (before.place === 'private' || visibility === 'private') return undefined;
    if (before.place === 'asked' && thread !== undefined && why === 'gone') {
      return { place: 'channel', spot: async () => ({ channel, thread: undefined }) };
    }
    return user === workflowMember ? undefined : direct(origin);
  }

  return {
    first,
    /** The channel of somebody's direct messages with the bot. */
    direct: async (origin: Pick<Origin, 'space' | 'user'>): Promise<string> => (await direct(origin).spot()).channel,
    /**
     * Tries the places of a film until one takes it, in this order: where it was asked for; the channel of a thread that is gone, which the
     * same people read; with its member. Throws the last one's refusal.
     */
    somewhere: <T>(origin: Origin, attempt: (spot: Spot, place: PostPlace) => Promise<T>): Promise<T> =>
      somewhere(first(origin), (before, refusal) => next(origin, before, refusal), attempt),
  };
}
