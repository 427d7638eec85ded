import { MessageFlags, Routes } from 'discord.js';
import type { Card } from '../../src/domain/card.ts';
import { CannotPost } from '../../src/domain/errors.ts';
import type { Origin } from '../../src/domain/origin.ts';
import type { Film, Log, PostedFilm, Poster } from '../../src/ports.ts';
import { createTurns } from '../shared/turns.ts';
import { createAnnouncements } from './announce.ts';
import { isGone, PlaceClosed, TooLarge, WordsRefused } from './errors.ts';
import { createExhibits } from './exhibit.ts';
import { createFilms, type FilmTools, type Showing } from './films.ts';
import { bringsFilm, findPosting } from './find.ts';
import { readRef, refOf } from './ids.ts';
import { createNotices } from './notice.ts';
import { createPace } from './pace.ts';
import { calling, createPlaces, inOpen } from './places.ts';
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
async function refusing<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    const final = error instanceof PlaceClosed || error instanceof TooLarge || error instanceof WordsRefused;
    throw final ? new CannotPost(`Discord refuses: ${error.message}`, { cause: error }) : error;
  }
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
  const { rest, media, log } = tools;
  const pace = createPace();
  const places = createPlaces(rest);
  const show = createFilms(tools);
  const exhibit = createExhibits(rest, show);
  const announcements = createAnnouncements(rest, media, log);
  const inTurn = createTurns();
  const notices = createNotices(rest, places, log);

  async function remove(ref: string): Promise<void> {
    const { channel, message } = readRef(ref);
    try {
      await inOpen(rest, channel, () =>
        calling(rest, (discord) => discord.delete(Routes.channelMessage(channel, message))),
      );
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async function edit(ref: string, card: Card): Promise<void> {
    const { channel, message } = readRef(ref);
    const change = () =>
      worded(card, log, (said) =>
        calling(rest, (discord) => discord.patch(Routes.channelMessage(channel, message), { body: renderCard(said) })),
      );
    // An end is shown in a thread that was archived meanwhile too: nothing else would tell of it.
    await (isPassing(card) ? change() : inOpen(rest, channel, change));
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
    card: (origin, card, ref) => refusing(() => showCard(origin, card, ref)),
    film: (origin, film, signal) =>
      refusing(() => {
        const posted = (channel: string, place: PostedFilm['place']) => postOnce(origin, film, channel, place, signal);
        return inTurn(origin.thread ?? origin.channel, () =>
          places.somewhere(origin, async (channel, place) => ({ ref: refOf(await posted(channel, place)), place })),
        );
      }, signal),
    remove: (_from, { ref }) => refusing(() => remove(ref)),
    notice: (to, notice) => refusing(() => notices.staff(to, notice)),
    direct: ({ space }, member, notice) => refusing(() => notices.member(space, member, notice)),
    announce: (to, said) => refusing(() => announcements.announce(to, said)),
    amend: (to, ref, parts) => refusing(() => announcements.amend(to, ref, parts)),
    exhibit: (to, film, signal) =>
      refusing(() => inTurn(to.thread ?? to.channel, () => exhibit(to, film, signal)), signal),
  };
}
