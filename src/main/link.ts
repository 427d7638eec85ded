import type { Config } from '../config.ts';
import { isLoopback } from '../domain/gateway.ts';
import type { Links } from '../media/links.ts';

/** Milliseconds that a link to a film works that was too large for its chat. */
const linkFor = 7 * 86_400_000;

/** A link to a stored film that members can open, and until when in Unix milliseconds. */
export type Linking = (name: string) => { url: string; until: number } | undefined;

/** Links for members: they are elsewhere, so that this machine's own address is none. */
export function linkingOf({ publicUrl }: Config, links: Links): Linking {
  const reachable = !isLoopback(new URL(publicUrl).hostname);
  return (name) => {
    const until = Date.now() + linkFor;
    return reachable ? { url: links.link(name, until), until } : undefined;
  };
}
