import type { Config } from '../config.ts';
import type { Challenge } from '../domain/challenge.ts';
import { isLoopback } from '../domain/gateway.ts';
import type { SpaceKey } from '../domain/origin.ts';
import type { Links } from '../media/links.ts';
import type { PageLinks } from '../media/pageLinks.ts';

/** Milliseconds that links for members work: to a film that was too large for its chat, or to a page that not everybody may open. */
const linkFor = 7 * 86_400_000;

/** Where something can be opened, and until when in Unix milliseconds. */
interface Link {
  url: string;
  until: number;
}

/** A link to a stored film that members can open. */
export type Linking = (name: string) => Link | undefined;
/** Where pages can be opened; nothing where members cannot reach this machine. */
export interface PageLinking {
  /** That of a challenge: one of a closed place by a link that ends. */
  challenge(space: SpaceKey, challenge: Pick<Challenge, 'id' | 'place'>): string | undefined;
  season(id: string): string | undefined;
}

/** Members are elsewhere, so that this machine's own address is no link for them. */
const reachable = ({ publicUrl }: Config): boolean => !isLoopback(new URL(publicUrl).hostname);

/** Links for members to films. */
export function linkingOf(config: Config, links: Links): Linking {
  return (name) => {
    const until = Date.now() + linkFor;
    return reachable(config) ? { url: links.link(name, until), until } : undefined;
  };
}

/** Links for members to pages. */
export function pageLinkingOf(config: Config, links: PageLinks): PageLinking {
  const there = reachable(config);
  return {
    challenge: (space, { id, place: { closed } }) => {
      if (!there) return undefined;
      return closed === undefined ? links.open('c', id) : links.challenge(space, id, Date.now() + linkFor);
    },
    season: (id) => (there ? links.open('s', id) : undefined),
  };
}
