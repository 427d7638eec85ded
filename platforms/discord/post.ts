import { MessageFlags, Routes } from 'discord.js';
import type { Card } from '../../src/domain/card.ts';
import { CannotPost } from '../../src/domain/errors.ts';
import type { Origin } from '../../src/domain/origin.ts';
import type { Film, Fitting, Log, Media, PostedFilm, Poster } from '../../src/ports.ts';
import { createTurns } from '../shared/turns.ts';
import { isArchived, isBroken, isGone, PlaceClosed, TooLarge, WordsRefused } from './errors.ts';
import { findPosting } from './find.ts';
import { readRef, refOf } from './ids.ts';
import { createNotices } from './notice.ts';
import { createPace } from './pace.ts';
import { calling, createPlaces, reopen } from './places.ts';
import { type Message, renderCard, renderFilm, type Shown } from './render.ts';
import type { Rest } from './rest.ts';
import { createSizes, postFilm, postMessage } from './upload.ts';

export interface PosterOptions {
  rest: Rest;
  media: Pick<Media, 'path'>;
  fitting: Fitting;
  /** A link to a stored film that members can open, and until when in Unix milliseconds; nothing where this service cannot be reached from outside. */
  link(name: string): { url: string; until: number } | undefined;
  log: Log;
}

/** A state that something still follows by itself. */
const isPassing = ({ state, actions }: Card): boolean =>
  ['queued', 'rendering', 'rendered'].includes(state) && !actions.includes('redeliver');

/** So that it rings nowhere: a card is looked at by who wants to. Only a posting can say so, no edit. */
const quietly = (message: Message): Message => ({
  ...message,
  flags: (message.flags ?? 0) | MessageFlags.SuppressNotifications,
});

/** Whatever the chat refuses for good, as the flow knows it. */
function asCannotPost(error: unknown): unknown {
  const final = error instanceof PlaceClosed || error instanceof TooLarge || error instanceof WordsRefused;
  return final ? new CannotPost(`Discord refuses: ${error.message}`, { cause: error }) : error;
}

/** What a server's own moderation refuses for its words goes out without them. */
async function worded<W extends { job: string; prompt: string }, T>(
  said: W,
  log: Log,
  send: (said: W) => Promise<T>,
): Promise<T> {
  try {
    return await send(said);
  } catch (err) {
    if (!(err instanceof WordsRefused)) throw err;
    log.warn({ job: said.job, err }, 'the server refuses the words of this message; it is posted without them');
    return send({ ...said, prompt: '…' });
  }
}

/** The bot's way out, by REST alone: it works in any process, whatever became of the interaction that asked. */
export function createPoster({ rest, media, fitting, link, log }: PosterOptions): Poster {
  const pace = createPace();
  const places = createPlaces(rest);
  const sizes = createSizes(rest, fitting, log);
  const inTurn = createTurns();
  const notices = createNotices(rest, places, log);

  async function remove(ref: string): Promise<void> {
    const { channel, message } = readRef(ref);
    const taken = () => calling(rest, (discord) => discord.delete(Routes.channelMessage(channel, message)));
    try {
      await taken();
    } catch (error) {
      if (isGone(error)) return;
      if (!isArchived(error)) throw error;
      await reopen(rest, channel);
      await taken();
    }
  }

  async function edit(ref: string, card: Card): Promise<void> {
    const { channel, message } = readRef(ref);
    const change = () =>
      worded(card, log, (said) =>
        calling(rest, (discord) => discord.patch(Routes.channelMessage(channel, message), { body: renderCard(said) })),
      );
    try {
      await change();
    } catch (error) {
      // An end is shown in a thread that was archived meanwhile too: nothing else would tell of it.
      if (isPassing(card) || !isArchived(error)) throw error;
      await reopen(rest, channel);
      await change();
    }
  }

  async function postCard(origin: Origin, card: Card): Promise<string> {
    const channel = await places.first(origin).spot();
    const sent = { channel, nonce: `${card.job}-c`, replyTo: undefined };
    const { ref, isOlder } = await worded(card, log, async (said) => {
      const message = quietly(renderCard(said));
      const posted = await postMessage(rest, { ...sent, message });
      return { ref: refOf(posted), isOlder: posted.content !== message.content };
    });
    pace.isNew(ref, card.version);
    // Its nonce was known: what stands there was posted before, and shows what was true then.
    if (isOlder) await edit(ref, card);
    return ref;
  }

  async function showCard(origin: Origin, card: Card, ref: string | undefined): Promise<string> {
    if (ref === undefined) return postCard(origin, card);
    if (!pace.isNew(ref, card.version)) return ref;
    if (isPassing(card)) pace.takeTurn(ref, readRef(ref).channel);
    await edit(ref, card);
    return ref;
  }

  /** The film's card, where that stands in this channel. */
  function cardIn(channel: string, { card }: Film): string | undefined {
    const ref = card === undefined ? undefined : readRef(card);
    return ref?.channel === channel ? ref.message : undefined;
  }

  /** One posting at one place: as it is, smaller, or as a link. */
  async function post(origin: Origin, film: Film, channel: string, place: PostedFilm['place'], signal: AbortSignal) {
    const { asset, key } = film;
    const space = place === 'private' ? 'direct' : origin.space;
    const asked = origin.visibility === 'private' ? undefined : (origin.thread ?? origin.channel);
    const sending = (shown: Partial<Shown>) => ({
      ...{ channel, nonce: key, replyTo: cardIn(channel, film) },
      message: renderFilm(film, { place, asked, ...shown }),
    });
    if (!sizes.wasRefused(space, asset.bytes)) {
      try {
        return await postFilm(rest, sending({}), film, film.file, signal);
      } catch (error) {
        const refused = error instanceof TooLarge || (isBroken(error) && sizes.isBrokenAgain(key, asset.bytes));
        if (!refused) throw error;
        sizes.noteRefused(space, asset.bytes);
      }
    }
    const fitted = await sizes.fitted(space, asset, signal, (smaller) => {
      const shown = { smaller: { bytes: smaller.bytes, before: asset.bytes } };
      return postFilm(rest, sending(shown), film, media.path(smaller.name), signal);
    });
    if (fitted) return fitted;
    const linked = link(asset.name);
    if (linked) return postMessage(rest, sending({ link: linked }), signal);
    log.error(
      { job: film.job, bytes: asset.bytes },
      'too large for its place, and neither made smaller (is ffmpeg there?) nor linked (PUBLIC_URL is no public address)',
    );
    throw new TooLarge('too large, and there is no other way');
  }

  /** The film at one place, unless an attempt before this one left it there. */
  async function postOnce(
    origin: Origin,
    film: Film,
    channel: string,
    place: PostedFilm['place'],
    signal: AbortSignal,
  ) {
    const since = cardIn(channel, film);
    const before = film.repeated ? await findPosting(rest, channel, film.key, since) : undefined;
    return before ?? worded(film, log, (said) => post(origin, said, channel, place, signal));
  }

  return {
    async card(origin, card, ref) {
      try {
        return await showCard(origin, card, ref);
      } catch (error) {
        throw asCannotPost(error);
      }
    },
    async film(origin, film, signal) {
      try {
        return await inTurn(origin.thread ?? origin.channel, () =>
          places.somewhere(origin, async (channel, place) => ({
            ref: refOf(await postOnce(origin, film, channel, place, signal)),
            place,
          })),
        );
      } catch (error) {
        signal.throwIfAborted();
        throw asCannotPost(error);
      }
    },
    async remove(_origin, { ref }) {
      try {
        await remove(ref);
      } catch (error) {
        throw asCannotPost(error);
      }
    },
    async notice(to, notice) {
      try {
        return await notices.staff(to, notice);
      } catch (error) {
        throw asCannotPost(error);
      }
    },
    async direct({ space }, member, notice) {
      try {
        return await notices.member(space, member, notice);
      } catch (error) {
        throw asCannotPost(error);
      }
    },
  };
}
