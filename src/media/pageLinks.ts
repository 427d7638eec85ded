import type { SpaceKey } from '../domain/origin.ts';
import { createSigner, isOver, untilOf } from './sign.ts';

/** Links to pages that not everybody may open. */
export interface PageLinks {
  /** A link to a challenge's page that opens it until then, in Unix milliseconds. */
  challenge(space: SpaceKey, id: string, until: number): string;
  /** The address of a page that everybody may open, or whoever the studio lets in: of a challenge, or of a season. */
  open(of: 'c' | 's', id: string): string;
  /** Whether a link's key opens that challenge now. */
  opens(space: SpaceKey, id: string, key: string): boolean;
}

const keyPattern = /^([0-9a-z]{1,9})\.([A-Za-z0-9_-]{43})$/;

/** Links of the form `<publicUrl>/c/<id>?k=<until>.<signature>`. `secret` is any length but nothing, `now` Unix milliseconds. */
export function createPageLinks(options: {
  secret: string | Uint8Array;
  publicUrl: string;
  now?: () => number;
}): PageLinks {
  const { secret, publicUrl, now = Date.now } = options;
  const signer = createSigner(secret);
  const base = publicUrl.replace(/\/+$/, '');
  const signed = (until: string, space: SpaceKey, id: string): string => `challenge page\n${until}\n${space}\n${id}`;
  return {
    open: (of, id) => `${base}/${of}/${id}`,
    challenge(space, id, end) {
      const until = untilOf(end);
      return `${base}/c/${id}?k=${until}.${signer.sign(signed(until, space, id))}`;
    },
    opens(space, id, key) {
      const [, until = '', signature = ''] = keyPattern.exec(key) ?? [];
      return signer.fits(signature, signed(until, space, id)) && !isOver(until, now());
    },
  };
}
