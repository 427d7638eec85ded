import { createSigner, isOver, untilOf } from './sign.ts';
import type { Store } from './store.ts';

/** Links to stored files for those who hold no key of ours, such as a gateway that fetches a member's picture. */
export interface Links {
  /** A link that opens the file until then, in Unix milliseconds rounded up to seconds; the same for the same moment. Throws on what is no name of the store. */
  link(name: string, until: number): string;
  /** The name of the file that the last part of a link's path means; nothing when it was not made here or its time is over. The file may have been swept. */
  open(part: string): string | undefined;
}

const partPattern = /^([0-9a-z]{1,9})\.([A-Za-z0-9_-]{43})\.([0-9a-f]{64}\.(?:mp4|png|jpg))$/;

/**
 * Links of the form `<publicUrl>/media/<until>.<signature>.<name>`: all in the path, for gateways that drop a query, and with
 * the file's own ending last, for those that go by it. `secret` is any length but nothing, `now` Unix milliseconds.
 */
export function createLinks(options: {
  secret: string | Uint8Array;
  publicUrl: string;
  store: Pick<Store, 'path'>;
  now?: () => number;
}): Links {
  const { secret, publicUrl, store, now = Date.now } = options;
  const signer = createSigner(secret);
  const base = publicUrl.replace(/\/+$/, '');
  const signed = (until: string, name: string): string => `media link\n${until}\n${name}`;
  return {
    link(name, end) {
      store.path(name);
      const until = untilOf(end);
      return `${base}/media/${until}.${signer.sign(signed(until, name))}.${name}`;
    },
    open(part) {
      const [, until = '', signature = '', name = ''] = partPattern.exec(part) ?? [];
      return signer.fits(signature, signed(until, name)) && !isOver(until, now()) ? name : undefined;
    },
  };
}
