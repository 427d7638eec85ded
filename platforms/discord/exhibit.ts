import { type APIMessage, MessageFlags } from 'discord.js';
import type { Exhibit, Place, PostedFilm } from '../../src/ports.ts';
import { exhibitName } from '../shared/text.ts';
import type { createFilms, Showing } from './films.ts';
import { findPosting } from './find.ts';
import { refOf } from './ids.ts';
import type { Message } from './render.ts';
import type { Rest } from './rest.ts';
import { type Sign, signOf, unseenIn } from './signs.ts';
import { inline } from './text.ts';
import { say } from './words.ts';

/** Letters of a caption. */
const captionMost = 120;

/** The message that shows a film without its maker: its caption, no buttons, and it rings nowhere. */
function renderExhibit(
  { caption, spoiler }: Exhibit,
  { unseen }: Sign,
  { link }: Parameters<Showing['message']>[0],
): Message {
  const words = inline(caption, captionMost);
  const linked = link && {
    url: spoiler ? `||${link.url}||` : link.url,
    until: `<t:${Math.floor(link.until / 1000)}:d>`,
  };
  return {
    content: `${linked ? say('exhibit.linked', words, linked.url, linked.until) : words}${unseen}`,
    components: [],
    allowed_mentions: { parse: [], replied_user: false },
    flags: (link ? 0 : MessageFlags.SuppressEmbeds) | MessageFlags.SuppressNotifications,
  };
}

/** Shows films without their makers, each once a key. `show` brings a film to its channel. */
export function createExhibits(rest: Rest, show: ReturnType<typeof createFilms>) {
  return async (to: Place, exhibit: Exhibit, signal: AbortSignal): Promise<PostedFilm> => {
    const { key, repeated, caption, spoiler, asset, file } = exhibit;
    const channel = to.thread ?? to.channel;
    const sign = signOf('exhibit', key);
    const isIt = ({ content }: APIMessage) => unseenIn(content) === sign.unseen;
    const before = repeated ? await findPosting(rest, channel, isIt, undefined) : undefined;
    const name = exhibitName(caption);
    const showing: Showing = {
      ...{ asset, file, nonce: sign.nonce, replyTo: undefined, about: { exhibit: key } },
      ...{
        name: spoiler ? `SPOILER_${name}` : name,
        alt: spoiler ? say('film.covered') : inline(caption, captionMost),
      },
      message: (how) => renderExhibit(exhibit, sign, how),
    };
    return { ref: refOf(before ?? (await show(to.space, channel, showing, signal))), place: 'asked' };
  };
}
