import type { Card } from '../../src/domain/card.ts';
import { CannotPost } from '../../src/domain/errors.ts';
import type { Origin } from '../../src/domain/origin.ts';
import type { SpaceSettings } from '../../src/domain/settings.ts';
import type { Film, Fitting, Log, Media, PostedFilm, Poster } from '../../src/ports.ts';
import { twoAtOnce } from '../shared/fitting.ts';
import { createTurns } from '../shared/turns.ts';
import type { Api } from './api.ts';
import { FileRefused, isGone, PlaceClosed } from './errors.ts';
import { createFinder, type Tag } from './find.ts';
import type { Groups } from './groups.ts';
import { readRef, refOf } from './ids.ts';
import { markOf, readMark } from './marks.ts';
import { createNotices } from './notice.ts';
import { createPace } from './pace.ts';
import { createPlaces, type Spot } from './places.ts';
import { renderCard, renderFilm, type Spoken } from './render.ts';
import { createSender } from './send.ts';
import { createUploads, type Patience } from './upload.ts';

export interface PosterOptions {
  api: Api;
  groups: Groups;
  settings: Pick<SpaceSettings, 'read'>;
  /** Where a test's Slack is. */
  origin: string | undefined;
  media: Pick<Media, 'path'>;
  fitting: Fitting;
  /** A link to a stored film that members can open, and until when in Unix milliseconds; nothing where this service cannot be reached from outside. */
  link(name: string): { url: string; until: number } | undefined;
  spoken: Spoken;
  log: Log;
  /** How films are waited for; a minute when it is left out. */
  patience?: Patience;
}

/** Milliseconds after which a job without a card may have had one posted whose answer was lost. */
const lateCard = 10_000;
/** Milliseconds in which a posting is tried again and again, and more. */
const triedFor = 3_600_000;
/** Bytes of a film where a workspace refuses larger ones; nobody tells how large they may be. */
const fittedTo = 20 * 1024 * 1024;

/** By what a film's link is found again. */
const tagOf = (key: string): Tag => ({ event_type: 'dailies_film', event_payload: { key } });

/** A state that something still follows by itself. */
const isPassing = ({ state, actions }: Card): boolean =>
  ['queued', 'rendering', 'rendered'].includes(state) && !actions.includes('redeliver');

/** Whatever the chat refuses for good, as the flow knows it. */
function asCannotPost(error: unknown): unknown {
  const final = error instanceof PlaceClosed || error instanceof FileRefused;
  return final ? new CannotPost(`Slack refuses: ${error.message}`, { cause: error }) : error;
}

/** The bot's way out, by the Web API alone: it works in any process, whatever became of the payload that asked. */
export function createPoster({
  api,
  groups,
  settings,
  origin: test,
  media,
  fitting,
  link,
  spoken,
  log,
  patience,
}: PosterOptions): Poster {
  const pace = createPace();
  const places = createPlaces(api);
  const uploads = createUploads(api, test, log, patience);
  const find = createFinder(api);
  const sendOnce = createSender(api, find, log);
  const notices = createNotices({ places, groups, settings, spoken, sendOnce, log });
  const inTurn = createTurns();
  const smallerOf = twoAtOnce(fitting);
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

  /** One posting at one place: as it is, smaller, or as a link. */
  async function post(team: string, film: Film, spot: Spot, place: PostedFilm['place'], signal: AbortSignal) {
    const { asset, file, key } = film;
    const sending = { team, spot, film, path: file, bytes: asset.bytes, shown: { place } };
    let refusal: unknown;
    try {
      return await uploads.post(sending, signal);
    } catch (error) {
      if (!(error instanceof FileRefused)) throw error;
      refusal = error;
    }
    const fits = refusal instanceof FileRefused && refusal.forSize && asset.bytes > fittedTo;
    const smaller = fits ? await smallerOf.fit(asset, fittedTo, signal) : undefined;
    if (smaller) {
      const shown = { place, smaller: { bytes: smaller.bytes, before: asset.bytes } };
      try {
        return await uploads.post({ ...sending, path: media.path(smaller.name), bytes: smaller.bytes, shown }, signal);
      } catch (error) {
        if (!(error instanceof FileRefused)) throw error;
        refusal = error;
      }
    }
    const linked = link(asset.name);
    if (linked) {
      await film.note(markOf({ file: undefined, spot, place }));
      const message = renderFilm(film, { place, link: linked });
      const when = { late: film.repeated, since: Date.now() - triedFor };
      return refOf(spot.channel, (await sendOnce(team, spot, message, tagOf(key), when)).ts);
    }
    log.error(
      { job: film.job, bytes: asset.bytes, err: refusal },
      'the workspace takes no such file, and there is no link (PUBLIC_URL is no public address)',
    );
    throw refusal;
  }

  /** What an attempt before this one left in the chat. */
  async function before(team: string, film: Film, signal: AbortSignal): Promise<PostedFilm | undefined> {
    if (film.before === undefined) return undefined;
    const mark = readMark(film.before);
    if (mark.file !== undefined) return uploads.before(team, film, mark, signal);
    const ts = await find(team, mark.spot, tagOf(film.key), Date.now() - triedFor);
    return ts === undefined ? undefined : { ref: refOf(mark.spot.channel, ts), place: mark.place };
  }

  async function postFilm(origin: Origin, film: Film, signal: AbortSignal): Promise<PostedFilm> {
    const team = origin.space;
    const posted = await before(team, film, signal);
    if (posted) return posted;
    return places.somewhere(origin, async (spot, place) => {
      const below = spotOf(spot, film);
      try {
        return { ref: await post(team, film, below, place, signal), place };
      } catch (error) {
        // Its card may be gone, with the thread that it would have begun.
        if (below === spot || !(error instanceof PlaceClosed) || error.why !== 'gone') throw error;
        return { ref: await post(team, film, spot, place, signal), place };
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

  return {
    async card(origin, card, ref) {
      try {
        return await showCard(origin, card, ref);
      } catch (error) {
        throw asCannotPost(error);
      }
    },
    async film(origin, film, signal) {
      const running = underWay.get(film.key);
      if (running) return running;
      const posting = inTurn(origin.thread ?? origin.channel, () => postFilm(origin, film, signal));
      underWay.set(film.key, posting);
      try {
        return await posting;
      } catch (error) {
        signal.throwIfAborted();
        throw asCannotPost(error);
      } finally {
        underWay.delete(film.key);
      }
    },
    async remove({ space }, film) {
      try {
        await remove(space, film);
      } catch (error) {
        throw asCannotPost(error);
      }
    },
    notice: notices.staff,
    direct: ({ space }, member, notice) => notices.member(space, member, notice),
  };
}
