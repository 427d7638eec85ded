import type { SpaceKey } from '../domain/origin.ts';

/** What is set aside for a job: millionths of the currency, the window they count in, and the job's space. */
export interface Reservation {
  money: number;
  window: string;
  space: SpaceKey;
}

/** Reads what `reserve.lua` writes, `money|window|window end ms|space`; nothing when it is none. */
export function readReservation(text: string): Reservation | undefined {
  const [, money, window, space] = /^(\d+)\|([^|]+)\|\d+\|([^|]+)$/.exec(text) ?? [];
  if (money === undefined || window === undefined || space === undefined) return undefined;
  return { money: Number(money), window, space: space as SpaceKey };
}
