import { randomBytes } from 'node:crypto';

export interface Ids {
  /** A new id with this first letter, as `C09AB12CD3`. */
  next(prefix: string): string;
  /** A new ts, later than every one before. */
  ts(): string;
  /** A secret of letters and digits. */
  secret(length?: number): string;
}

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Ids and ts as Slack's look. */
export function createIds(now: () => number): Ids {
  let last = 0;
  const random = (length: number) => [...randomBytes(length)].map((byte) => letters[byte % 36]).join('');
  return {
    next: (prefix) => `${prefix}0${random(9)}`,
    ts() {
      last = Math.max(last + 1, now() * 1000);
      return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`;
    },
    secret: (length = 24) => random(length).toLowerCase(),
  };
}
