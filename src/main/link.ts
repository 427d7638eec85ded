import type { Config } from '../config.ts';
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
/** A link to a challenge's page that whoever has it can open, of whatever place it is. */
export type ChallengeLinking = (space: SpaceKey, id: string) => Link | undefined;

/** Members are elsewhere, so that this machine's own address is no link for them. */
const reachable = ({ publicUrl }: Config): boolean => !isLoopback(new URL(publicUrl).hostname);

/** Links for members to films. */
export function linkingOf(config: Config, links: Links): Linking {
  return (name) => {
    const until = Date.now() + linkFor;
    return reachable(config) ? { url: links.link(name, until), until } : undefined;
  };
}

/** Links for members to pages of challenges. */
export function challengeLinkingOf(config: Config, links: PageLinks): ChallengeLinking {
  return (space, id) => {
    const until = Date.now() + linkFor;
    return reachable(config) ? { url: links.challenge(space, id, until), until } : undefined;
  };
}
