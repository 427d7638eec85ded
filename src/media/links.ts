import { createHmac, timingSafeEqual } from 'node:crypto';
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
  if (secret.length === 0) throw new TypeError('links need a secret');
  const base = publicUrl.replace(/\/+$/, '');
  const sign = (until: string, name: string): string =>
    createHmac('sha256', secret).update(`media link\n${until}\n${name}`).digest('base64url');
  return {
    link(name, end) {
      store.path(name);
      if (!(end > 0 && end < Number.POSITIVE_INFINITY)) throw new RangeError('a link needs a time that ends');
      const until = Math.ceil(end / 1000).toString(36);
      return `${base}/media/${until}.${sign(until, name)}.${name}`;
    },
    open(part) {
      const [, until = '', signature = '', name = ''] = partPattern.exec(part) ?? [];
      // As text, for the same bytes can be written in more than one way.
      const [signed, right] = [Buffer.from(signature), Buffer.from(sign(until, name))];
      if (signed.length !== right.length || !timingSafeEqual(signed, right)) return undefined;
      if (Number.parseInt(until, 36) * 1000 <= now()) return undefined;
      return name;
    },
  };
}
