import type { Film } from '../../src/ports.ts';
import type { Message } from './blocks.ts';
import type { Tag } from './find.ts';
import { limits } from './limits.ts';
import { filmComment, filmName, filmTitle, renderFilm, type Shown } from './render.ts';
import { clipped, inline } from './text.ts';
import { say } from './words.ts';

/** A film on its way into the chat: its file, what that is called and told of there, and the words that come with it. */
export interface Showing extends Pick<Film, 'repeated' | 'before' | 'note' | 'asset' | 'file'> {
  /** By what its link is found again. */
  tag: Tag;
  name: string;
  title: string;
  alt: string;
  words(how: Shown): Message;
  /** The same as one text in Slack's markup, for where it takes no blocks. */
  comment(how: Shown): string;
  /** What it is in the log. */
  about: { job: string } | { exhibit: string };
}

/** A film as its requester is shown it. */
export function showingOf(film: Film): Showing {
  const { repeated, before, note, asset, file, key, job, prompt } = film;
  return {
    ...{ repeated, before, note, asset, file, about: { job } },
    tag: { event_type: 'dailies_film', event_payload: { key } },
    ...{ name: filmName(film), title: filmTitle(film) },
    alt: clipped(say('film.alt', inline(prompt)), limits.altText),
    words: (how) => renderFilm(film, how),
    comment: (how) => filmComment(film, how),
  };
}
