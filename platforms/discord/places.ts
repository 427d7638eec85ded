import { type APIChannel, ChannelType, type RESTPostAPICurrentUserCreateDMChannelResult, Routes } from 'discord.js';
import type { PostPlace } from '../../src/domain/job.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { createMemory } from '../shared/memory.ts';
import { type Place, somewhere } from '../shared/places.ts';
import { isArchived, isTokenRefused, PlaceClosed, sorted } from './errors.ts';
import type { Rest } from './rest.ts';

/** Calls Discord; what goes wrong comes out as `errors.ts` sorts it. */
export async function calling<T>(rest: Rest, work: (rest: Rest['rest']) => Promise<unknown>): Promise<T> {
  rest.guard();
  try {
    return (await work(rest.rest)) as T;
  } catch (error) {
    if (isTokenRefused(error)) rest.refused();
    throw sorted(error);
  }
}

/** How many direct messages' ids are remembered, and for how long: opening them too fast is refused. */
const directMost = 10_000;
const directLife = 86_400_000;

/** Where a film may stand, by where it was asked for. */
export function createPlaces(rest: Rest) {
  const directs = createMemory<string>(directMost, directLife);

  const direct = (user: string): Place<string> => ({
    place: 'private',
    spot: async () => {
      const known = directs.read(user);
      if (known !== undefined) return known;
      const body = { recipient_id: user };
      const { id } = await calling<RESTPostAPICurrentUserCreateDMChannelResult>(rest, (discord) =>
        discord.post(Routes.userChannels(), { body }),
      );
      directs.note(user, id);
      return id;
    },
  });

  /** The channel of a thread that is gone, where it is one in which everybody talks. */
  const parent = (channel: string): Place<string> => ({
    place: 'channel',
    spot: async () => {
      const { type } = await readChannel(rest, channel);
      if (type !== ChannelType.GuildText) throw new PlaceClosed('shut', `a channel of type ${type}`);
      return channel;
    },
  });

  /** The place after one that would not do, and why it would not. */
  function next(
    { channel, thread, closed, user }: Origin,
    before: Place<string>,
    { why }: PlaceClosed,
  ): Place<string> | undefined {
    if (before.place === 'private') return undefined;
    const isGone = before.place === 'asked' && thread !== undefined && why === 'gone';
    return isGone && !closed ? parent(channel) : direct(user);
  }

  /** Where a card belongs: in its thread or channel, or with its member. */
  function first({ channel, thread, user, visibility }: Origin): Place<string> {
    if (visibility === 'private') return direct(user);
    return { place: 'asked', spot: async () => thread ?? channel };
  }

  return {
    first,
    /** The channel of somebody's direct messages. */
    direct: (user: string): Promise<string> => direct(user).spot(),
    /**
     * Tries the places of a film until one takes it, in this order: where it was asked for; the text channel of a thread that is gone, unless
     * that was closed to others; with its member. Throws the last one's refusal.
     */
    somewhere: <T>(origin: Origin, attempt: (channel: string, place: PostPlace) => Promise<T>): Promise<T> =>
      somewhere(first(origin), (before, refusal) => next(origin, before, refusal), attempt),
  };
}

/** Opens an archived thread again. */
export async function reopen(rest: Rest, channel: string): Promise<void> {
  await calling(rest, (discord) => discord.patch(Routes.channel(channel), { body: { archived: false } }));
}

/** Does something to a message; in an archived thread after that was opened. */
export async function inOpen(rest: Rest, channel: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isArchived(error)) throw error;
    await reopen(rest, channel);
    await work();
  }
}

/** A channel as Discord has it; throws {@link PlaceClosed} where the bot sees none. */
export function readChannel(rest: Rest, id: string, signal?: AbortSignal): Promise<APIChannel> {
  return calling<APIChannel>(rest, (discord) => discord.get(Routes.channel(id), signal ? { signal } : {}));
}
