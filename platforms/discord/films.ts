import type { APIMessage } from 'discord.js';
import type { Film, Fitting, Log, Media } from '../../src/ports.ts';
import { isBroken, TooLarge } from './errors.ts';
import type { Message, Shown } from './render.ts';
import type { Rest } from './rest.ts';
import { createSizes, postFilm, postMessage } from './upload.ts';

export interface FilmTools {
  rest: Rest;
  media: Pick<Media, 'path'>;
  fitting: Fitting;
  /** A link to a stored film that members can open, and until when in Unix milliseconds; nothing where this service cannot be reached from outside. */
  link(name: string): { url: string; until: number } | undefined;
  log: Log;
}

/** A film on its way to a channel: its file, what that is called and told of there, and the message that brings it. */
export interface Showing extends Pick<Film, 'asset' | 'file'> {
  /** At most 25 characters, the same for every attempt. */
  nonce: string;
  name: string;
  alt: string;
  /** The message it replies to, in the same channel. */
  replyTo: string | undefined;
  message(how: Pick<Shown, 'smaller' | 'link'>): Message;
  /** What it is in the log. */
  about: { job: string } | { exhibit: string };
}

/** Posts films at one place each: as they are, smaller, or as links. Throws {@link TooLarge} where there is no other way. */
export function createFilms({ rest, media, fitting, link, log }: FilmTools) {
  const sizes = createSizes(rest, fitting, log);

  /** `space`: by whose limits; `direct` for direct messages. */
  return async (space: string, channel: string, film: Showing, signal: AbortSignal): Promise<APIMessage> => {
    const { asset, nonce, name, alt, replyTo, about } = film;
    const sending = (how: Parameters<Showing['message']>[0]) => ({
      channel,
      nonce,
      replyTo,
      message: film.message(how),
    });
    if (!sizes.wasRefused(space, asset.bytes)) {
      try {
        return await postFilm(rest, sending({}), { path: film.file, name, alt }, signal);
      } catch (error) {
        const refused = error instanceof TooLarge || (isBroken(error) && sizes.isBrokenAgain(nonce, asset.bytes));
        if (!refused) throw error;
        sizes.noteRefused(space, asset.bytes);
      }
    }
    const fitted = await sizes.fitted(space, asset, signal, (smaller) => {
      const how = { smaller: { bytes: smaller.bytes, before: asset.bytes } };
      return postFilm(rest, sending(how), { path: media.path(smaller.name), name, alt }, signal);
    });
    if (fitted) return fitted;
    const linked = link(asset.name);
    if (linked) return postMessage(rest, sending({ link: linked }), signal);
    log.error(
      { ...about, bytes: asset.bytes },
      'too large for its place, and neither made smaller (is ffmpeg there?) nor linked (PUBLIC_URL is no public address)',
    );
    throw new TooLarge('too large, and there is no other way');
  };
}
