import { base32 } from '../../src/domain/origin.ts';
import { digest } from '../../src/domain/recipe.ts';

/** By what a message is known that neither its buttons nor its file may tell of: for a few minutes by its nonce, then by the end of its text. */
export interface Sign {
  nonce: string;
  /**
   * Forty characters of no width, U+200B and U+200C. Discord shows nothing of them, and takes neither for the white space that it trims
   * (qaisjp/go-discord-irc#133 and #137, Euophrys/mahjong-discord-bot#27).
   */
  unseen: string;
}

/** The signs of a key of one kind; nothing of the key can be read in them. */
export function signOf(kind: 'said' | 'exhibit', key: string): Sign {
  const bytes = digest([kind, key]);
  const bits = [...bytes.subarray(12, 17)].flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1));
  return {
    nonce: base32(bytes.subarray(0, 12)),
    unseen: bits.map((bit) => (bit === 1 ? '\u200b' : '\u200c')).join(''),
  };
}

/** The unseen end of a text; empty where there is none. */
export const unseenIn = (content: string): string => /[\u200b\u200c]{40}$/.exec(content)?.[0] ?? '';
