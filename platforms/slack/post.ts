import type { Card } from '../../src/domain/card.ts';
import { CannotPost } from '../../src/domain/errors.ts';
import type { Origin } from '../../src/domain/origin.ts';
import type { SpaceSettings } from '../../src/domain/settings.ts';
import type { Exhibit, Film, Place, PostedFilm, Poster } from '../../src/ports.ts';
import { createTurns } from '../shared/turns.ts';
import { createAnnouncements } from './announce.ts';
import { FileRefused, isGone, PlaceClosed } from './errors.ts';
import { createFilms, type FilmTools } from './films.ts';
import { createFinder, type Tag } from './find.ts';
import type { Groups } from './groups.ts';
import { readRef, refOf } from './ids.ts';
import { createNotices } from './notice.ts';
import { createPace } from './pace.ts';
import { createPlaces, type Spot } from './places.ts';
import { renderCard, type Spoken } from './render.ts';
import { createSender } from './send.ts';
import { exhibitOf, showingOf } from './showing.ts';

export interface PosterOptions extends FilmTools {
  groups: Groups;
  settings: Pick<SpaceSettings, 'read'>;
  spoken: Spoken;
}

/** Milliseconds after which a job without a card may have had one posted whose answer was lost. */
const lateCard = 10_000;
/** A state that something still follows by itself. */
const isPassing = ({ state, actions }: Card): boolean =>
  ['queued', 'rendering', 'rendered'].includes(state) && !actions.includes('redeliver');

/** Whatever the chat refuses for good, as the flow knows it. */
async function refusing<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    const final = error instanceof PlaceClosed || error instanceof FileRefused;
    throw final ? new CannotPost(`Slack refuses: ${error.message}`, { cause: error }) : error;
  }
}

/** The bot's way out, by the Web API alone: it works in any process, whatever became of the payload that asked. */
export function createPoster(tools: PosterOptions): Poster {
  const { api, groups, settings, spoken, log } = tools;
  const pace = createPace();
  const places = createPlaces(api);
  const find = createFinder(api);
  const sendOnce = createSender(api, find, log);
  const films = createFilms(tools, find, sendOnce);
  const notices = createNotices({ places, groups, settings, spoken, sendOnce, log });
  const announcements = createAnnouncements({ ...tools, sendOnce, pace });
  const inTurn = createTurns();
  /** Postings under way in this process, by their keys: two at once are one. */
  const underWay = new Map<string, Promise<PostedFilm>>();

  async function postCard(origin: Origin, card: Card): Promise<string> {
    const spot = await places.first(origin).spot();
    const tag: Tag = { event_type: 'dailies_card', event_payload: { key: card.job } };
    const late = Date.now() - card.askedAt > lateCard;
    const when = { late, since: card.askedAt };
    const { ts, isOlder } = await sendOnce(origin.space, spot, renderCard(card, spoken), tag, when);
    const ref = refOf(spot.channel, ts);
    pace.isNew(ref, card.version);
    // What stands there from before shows what was true then. What was posted just now must not be lost with an edit that fails.
    if (isOlder) {
      pace.takeTurn(origin.space, ref, false);
      await edit(origin.space, ref, card);
    }
    return ref;
  }

  async function edit(team: string, ref: string, card: Card): Promise<void> {
    const { channel, ts } = readRef(ref);
    await api.call(team, (client) => client.chat.update({ channel, ts, ...renderCard(card, spoken) }));
  }

  async function showCard(origin: Origin, card: Card, ref: string | undefined): Promise<string> {
    if (ref === undefined) return postCard(origin, card);
    if (!pace.isNew(ref, card.version)) return ref;
    pace.takeTurn(origin.space, ref, isPassing(card));
    await edit(origin.space, ref, card);
    return ref;
  }

  /** The thread of a film: the one it was asked in, else its card's. */
  function spotOf(spot: Spot, { card }: Film): Spot {
    const { channel, ts } = readRef(card ?? '');
    return spot.thread === undefined && channel === spot.channel ? { ...spot, thread: ts } : spot;
  }

  async function postFilm(origin: Origin, film: Film, signal: AbortSignal): Promise<PostedFilm> {
    const team = origin.space;
    const showing = showingOf(film);
    const posted = await films.before(team, showing, signal);
    if (posted) return posted;
    return places.somewhere(origin, async (spot, place) => {
      const below = spotOf(spot, film);
      try {
        return { ref: await films.post(team, showing, below, place, signal), place };
      } catch (error) {
        // Its card may be gone, with the thread that it would have begun.
        if (below === spot || !(error instanceof PlaceClosed) || error.why !== 'gone') throw error;
        return { ref: await films.post(team, showing, spot, place, signal), place };
      }
    });
  }

  async function gone(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  }

  /** The file first: with it the film is gone, whatever becomes of its words. */
  async function remove(team: string, { ref }: PostedFilm): Promise<void> {
    const { channel, ts, file } = readRef(ref);
    if (file !== undefined) await gone(api.call(team, (client) => client.files.delete({ file })));
    await gone(api.call(team, (client) => client.chat.delete({ channel, ts })));
  }

  async function exhibit(to: Place, given: Exhibit, signal: AbortSignal): Promise<PostedFilm> {
    const showing = exhibitOf(given);
    const posted = await films.before(to.space, showing, signal);
    if (posted) return posted;
    const spot = { channel: to.channel, thread: to.thread };
    return { ref: await films.post(to.space, showing, spot, 'asked', signal), place: 'asked' };
  }

  /** One posting of a key at a time, in its channel's turn. */
  async function single(key: string, channel: string, work: () => Promise<PostedFilm>): Promise<PostedFilm> {
    const running = underWay.get(key);
    if (running) return running;
    const posting = inTurn(channel, work).finally(() => underWay.delete(key));
    underWay.set(key, posting);
    return posting;
  }

  return {
    card: (origin, card, ref) => refusing(() => showCard(origin, card, ref)),
    film: (origin, film, signal) =>
      refusing(() => single(film.key, origin.thread ?? origin.channel, () => postFilm(origin, film, signal)), signal),
    remove: ({ space }, film) => refusing(() => remove(space, film)),
    notice: notices.staff,
    direct: ({ space }, member, notice) => notices.member(space, member, notice),
    announce: (to, said) => refusing(() => announcements.announce(to, said)),
    amend: (to, ref, parts) => refusing(() => announcements.amend(to, ref, parts)),
    exhibit: (to, film, signal) =>
      refusing(() => single(`exhibit ${film.key}`, to.thread ?? to.channel, () => exhibit(to, film, signal)), signal),
  };
}
