import { type APIChannel, ChannelType, type RESTPostAPICurrentUserCreateDMChannelResult, Routes } from 'discord.js';
import type { Origin } from '../../src/domain/origin.ts';
import type { PostedFilm } from '../../src/ports.ts';
import { createMemory } from '../shared/memory.ts';
import { isTokenRefused, PlaceClosed, sorted } from './errors.ts';
import type { Rest } from './rest.ts';

/** A place where a film may stand, and how it is found: a channel by its id, a member's direct messages by theirs. */
interface Place {
  place: PostedFilm['place'];
  channel(): Promise<string>;
}

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

  const direct = (user: string): Place => ({
    place: 'private',
    channel: async () => {
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
  const parent = (channel: string): Place => ({
    place: 'channel',
    channel: async () => {
      const { type } = await readChannel(rest, channel);
      if (type !== ChannelType.GuildText) throw new PlaceClosed('shut', `a channel of type ${type}`);
      return channel;
    },
  });

  /** The place after one that would not do, and why it would not. */
  function next({ channel, thread, closed, user }: Origin, before: Place, { why }: PlaceClosed): Place | undefined {
    if (before.place === 'private') return undefined;
    const isGone = before.place === 'asked' && thread !== undefined && why === 'gone';
    return isGone && !closed ? parent(channel) : direct(user);
  }

  /** Where a card belongs: in its thread or channel, or with its member. */
  function first({ channel, thread, user, visibility }: Origin): Place {
    if (visibility === 'private') return direct(user);
    return { place: 'asked', channel: async () => thread ?? channel };
  }

  return {
    first,
    /**
     * Tries the places of a film until one takes it, in this order: where it was asked for; the text channel of a thread that is gone, unless
     * that was closed to others; with its member. Throws the last one's refusal.
     */
    async somewhere<T>(
      origin: Origin,
      attempt: (channel: string, place: PostedFilm['place']) => Promise<T>,
    ): Promise<T> {
      let place: Place | undefined = first(origin);
      for (;;) {
        try {
          return await attempt(await place.channel(), place.place);
        } catch (error) {
          if (!(error instanceof PlaceClosed)) throw error;
          place = next(origin, place, error);
          if (!place) throw error;
        }
      }
    },
  };
}

/** Opens an archived thread again. */
export async function reopen(rest: Rest, channel: string): Promise<void> {
  await calling(rest, (discord) => discord.patch(Routes.channel(channel), { body: { archived: false } }));
}

/** A channel as Discord has it; throws {@link PlaceClosed} where the bot sees none. */
export function readChannel(rest: Rest, id: string, signal?: AbortSignal): Promise<APIChannel> {
  return calling<APIChannel>(rest, (discord) => discord.get(Routes.channel(id), signal ? { signal } : {}));
}
