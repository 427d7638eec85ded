import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs what a link opens, and until when. */
export interface Signer {
  /** 43 letters of base64url. */
  sign(text: string): string;
  /** Whether it is the signature of that text. */
  fits(signature: string, text: string): boolean;
}

/** A moment as links have it: seconds, rounded up, in base 36. `end` is Unix milliseconds. */
export function untilOf(end: number): string {
  if (!(end > 0 && end < Number.POSITIVE_INFINITY)) throw new RangeError('a link needs a time that ends');
  return Math.ceil(end / 1000).toString(36);
}

/** Whether a moment of a link is over. */
export const isOver = (until: string, now: number): boolean => Number.parseInt(until, 36) * 1000 <= now;

/** `secret` is any length but nothing. What is signed begins with what it is for, so that no signature opens anything else. */
export function createSigner(secret: string | Uint8Array): Signer {
  if (secret.length === 0) throw new TypeError('links need a secret');
  const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
  return {
    sign,
    fits(signature, text) {
      // As text, for the same bytes can be written in more than one way.
      const [signed, right] = [Buffer.from(signature), Buffer.from(sign(text))];
      return signed.length === right.length && timingSafeEqual(signed, right);
    },
  };
}
