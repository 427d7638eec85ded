import { type APIChannel, type APIMessage, type RESTPostAPICurrentUserCreateDMChannelResult, Routes } from 'discord.js';
import type { Origin } from '../../src/domain/origin.ts';
import type { PostedFilm } from '../../src/ports.ts';
import { PlaceClosed, sorted } from './errors.ts';
import type { Rest } from './rest.ts';

/** A message's ref: its channel, which is not always the one that was asked for, and itself. */
export const refOf = ({ channel_id, id }: Pick<APIMessage, 'channel_id' | 'id'>): string => `${channel_id}/${id}`;

export function readRef(ref: string): { channel: string; message: string } {
  const [channel = '', message = ''] = ref.split('/');
  return { channel, message };
}

/** A place where a film may stand, and how it is found: a channel by its id, a member's direct messages by theirs. */
export interface Place {
  place: PostedFilm['place'];
  channel(): Promise<string>;
}

/** Calls Discord; what goes wrong comes out as `errors.ts` sorts it. */
export async function calling<T>(rest: Rest, work: (rest: Rest['rest']) => Promise<unknown>): Promise<T> {
  rest.guard();
  try {
    return (await work(rest.rest)) as T;
  } catch (error) {
    throw sorted(error);
  }
}

function direct(rest: Rest, user: string): Place {
  return {
    place: 'private',
    channel: async () => {
      const body = { recipient_id: user };
      const { id } = await calling<RESTPostAPICurrentUserCreateDMChannelResult>(rest, (discord) =>
        discord.post(Routes.userChannels(), { body }),
      );
      return id;
    },
  };
}

/** Where a card belongs: in its thread or channel, or with its member. */
export function placeOf({ channel, thread, user, visibility }: Origin, rest: Rest): Place {
  if (visibility === 'private') return direct(rest, user);
  return { place: 'asked', channel: async () => thread ?? channel };
}

/**
 * Where a film may stand, in this order: where it was asked for; the channel of a thread that is gone, unless the thread was closed to
 * others; with its member. `after` is why the place before would not do.
 */
function nextPlace(origin: Origin, before: Place, why: PlaceClosed, rest: Rest): Place | undefined {
  const { channel, thread, closed, user } = origin;
  if (before.place === 'private') return undefined;
  if (before.place === 'asked' && thread !== undefined && !closed && why.why === 'gone') {
    return { place: 'channel', channel: async () => channel };
  }
  return direct(rest, user);
}

/** Tries places until one takes it; throws the last one's refusal. */
export async function somewhere<T>(
  origin: Origin,
  rest: Rest,
  attempt: (channel: string, place: PostedFilm['place']) => Promise<T>,
): Promise<T> {
  let place: Place | undefined = placeOf(origin, rest);
  for (;;) {
    try {
      return await attempt(await place.channel(), place.place);
    } catch (error) {
      if (!(error instanceof PlaceClosed)) throw error;
      place = nextPlace(origin, place, error, rest);
      if (!place) throw error;
    }
  }
}

/** A channel as Discord has it; throws {@link PlaceClosed} where the bot sees none. */
export function readChannel(rest: Rest, id: string): Promise<APIChannel> {
  return calling<APIChannel>(rest, (discord) => discord.get(Routes.channel(id)));
}
