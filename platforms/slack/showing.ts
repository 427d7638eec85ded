import { base32 } from '../../src/domain/origin.ts';
import { digest } from '../../src/domain/recipe.ts';
import type { Exhibit, Film } from '../../src/ports.ts';
import { exhibitName } from '../shared/text.ts';
import { fallback, line, type Message } from './blocks.ts';
import type { Tag } from './find.ts';
import { limits } from './limits.ts';
import { filmComment, filmName, filmTitle, linkBlocks, renderFilm, type Shown } from './render.ts';
import { clipped, inline, literal } from './text.ts';
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
  const { repeated, before, asset, file, key, job, prompt } = film;
  return {
    ...{ repeated, before, asset, file, about: { job }, note: (mark) => film.note(mark) },
    tag: { event_type: 'dailies_film', event_payload: { key } },
    ...{ name: filmName(film), title: filmTitle(film) },
    alt: clipped(say('film.alt', inline(prompt)), limits.altText),
    words: (how) => renderFilm(film, how),
    comment: (how) => filmComment(film, how),
  };
}

/** A film that is shown without its maker: by its caption alone. Nothing of its key can be read in what it is found again by. */
export function exhibitOf(exhibit: Exhibit): Showing {
  const { repeated, before, asset, file, key, caption } = exhibit;
  const said = clipped(inline(caption), limits.fileTitle);
  const found = base32(digest(['exhibit', key]).subarray(0, 15));
  return {
    ...{ repeated, before, asset, file, about: { exhibit: key }, note: (mark) => exhibit.note(mark) },
    tag: { event_type: 'dailies_exhibit', event_payload: { key: found } },
    ...{ name: exhibitName(caption), title: said, alt: said },
    words: ({ link }) => ({ text: fallback(said), blocks: [line(said), ...linkBlocks(link)] }),
    comment: () => literal(said),
  };
}
