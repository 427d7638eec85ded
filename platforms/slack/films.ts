import type { Fitting, Log, Media, PostedFilm } from '../../src/ports.ts';
import { twoAtOnce } from '../shared/fitting.ts';
import type { Api } from './api.ts';
import { FileRefused } from './errors.ts';
import type { createFinder } from './find.ts';
import { refOf } from './ids.ts';
import { markOf, readMark } from './marks.ts';
import type { Spot } from './places.ts';
import type { SendOnce } from './send.ts';
import type { Showing } from './showing.ts';
import { createUploads, type Patience } from './upload.ts';

export interface FilmTools {
  api: Api;
  /** Where a test's Slack is. */
  origin: string | undefined;
  media: Pick<Media, 'path'>;
  fitting: Fitting;
  /** A link to a stored film that members can open, and until when in Unix milliseconds; nothing where this service cannot be reached from outside. */
  link(name: string): { url: string; until: number } | undefined;
  log: Log;
  /** How films are waited for; a minute when it is left out. */
  patience?: Patience;
}

/** Milliseconds in which a posting is tried again and again, and more. */
const triedFor = 3_600_000;
/** Bytes of a film where a workspace refuses larger ones; nobody tells how large they may be. */
const fittedTo = 20 * 1024 * 1024;

/** Brings films to one place each: as they are, smaller, or as links; and finds what an earlier attempt left. */
export function createFilms(tools: FilmTools, find: ReturnType<typeof createFinder>, sendOnce: SendOnce) {
  const { api, origin, media, fitting, link, log, patience } = tools;
  const uploads = createUploads(api, origin, log, patience);
  const smallerOf = twoAtOnce(fitting);

  /** Gives its message's ref. Throws {@link FileRefused} where there is no other way. */
  async function post(team: string, film: Showing, spot: Spot, place: PostedFilm['place'], signal: AbortSignal) {
    const { asset, file } = film;
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
      const message = film.words({ place, link: linked });
      const when = { late: film.repeated, since: Date.now() - triedFor };
      return refOf(spot.channel, (await sendOnce(team, spot, message, film.tag, when)).ts);
    }
    log.error(
      { ...film.about, bytes: asset.bytes, err: refusal },
      'the workspace takes no such file, and there is no link (PUBLIC_URL is no public address)',
    );
    throw refusal;
  }

  /** What an attempt before this one left in the chat. */
  async function before(team: string, film: Showing, signal: AbortSignal): Promise<PostedFilm | undefined> {
    if (film.before === undefined) return undefined;
    const mark = readMark(film.before);
    if (mark.file !== undefined) return uploads.before(team, film, mark, signal);
    const ts = await find(team, mark.spot, film.tag, Date.now() - triedFor);
    return ts === undefined ? undefined : { ref: refOf(mark.spot.channel, ts), place: mark.place };
  }

  return { post, before };
}
