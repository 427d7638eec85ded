import { MessageFlags, Routes } from 'discord.js';
import type { Card } from '../../src/domain/card.ts';
import { CannotPost } from '../../src/domain/errors.ts';
import type { Origin } from '../../src/domain/origin.ts';
import type { Film, Log, PostedFilm, Poster } from '../../src/ports.ts';
import { createTurns } from '../shared/turns.ts';
import { isArchived, isGone, PlaceClosed, TooLarge, WordsRefused } from './errors.ts';
import { createFilms, type FilmTools, type Showing } from './films.ts';
import { bringsFilm, findPosting } from './find.ts';
import { readRef, refOf } from './ids.ts';
import { createNotices } from './notice.ts';
import { createPace } from './pace.ts';
import { calling, createPlaces, reopen } from './places.ts';
import { filmAlt, filmName, type Message, renderCard, renderFilm } from './render.ts';
import { postMessage } from './upload.ts';

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
export function createPoster(tools: FilmTools): Poster {
  const { rest, log } = tools;
  const pace = createPace();
  const places = createPlaces(rest);
  const show = createFilms(tools);
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

  /** A film as it is shown in one place. */
  function showingOf(origin: Origin, film: Film, channel: string, place: PostedFilm['place']): Showing {
    const asked = origin.visibility === 'private' ? undefined : (origin.thread ?? origin.channel);
    return {
      ...{ asset: film.asset, file: film.file, nonce: film.key, name: filmName(film), alt: filmAlt(film) },
      ...{ replyTo: cardIn(channel, film), about: { job: film.job } },
      message: (how) => renderFilm(film, { place, asked, ...how }),
    };
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
    const before = film.repeated ? await findPosting(rest, channel, bringsFilm(film.key), since) : undefined;
    const space = place === 'private' ? 'direct' : origin.space;
    return before ?? worded(film, log, (said) => show(space, channel, showingOf(origin, said, channel, place), signal));
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
