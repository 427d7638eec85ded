import type { Cluster, Redis } from 'ioredis';
import type { SpaceKey } from '../domain/origin.ts';
import { type Balance, type Books, emptyBalance, type Purse, type Used } from './books.ts';
import type { Difference } from './difference.ts';
import type { Kept } from './found.ts';
import { keep, spaceKeys } from './keys.ts';

type Wanted = Map<string, string>;

const fieldsOfBalance = (is: Balance): Wanted =>
  new Map([
    ['held', String(is.held)],
    ['spent', String(is.spent)],
    ['pledged', String(is.pledged)],
    ['lot_held', String(is.lotHeld)],
    ['lot_spent', String(is.lotSpent)],
    ['pot_held', String(is.potHeld)],
    ['pot_spent', String(is.potSpent)],
  ]);
const fieldsOfUsed = (is: Used): Wanted =>
  new Map([
    ['held', String(is.held)],
    ['spent', String(is.spent)],
    ['money_held', String(is.moneyHeld)],
    ['money_spent', String(is.moneySpent)],
  ]);
const fieldsOfPurses = (purses: Map<string, Purse>): Wanted =>
  new Map(
    [...purses].flatMap(([id, { left, held, expires }]) =>
      left === 0 && held === 0 ? [] : [[id, `${left}|${held}|${expires}`]],
    ),
  );

/** How far two values are apart: of a lot or a share part by part. */
function gapOf(seen: string, want: string): string {
  const parts = (text: string) => (text === '' ? '0' : text).split('|').map(Number);
  const wanted = parts(want);
  return parts(seen)
    .map((part, index) => part - (wanted[index] ?? 0))
    .join('|');
}

/** Holds one hash against what it should be. A count that is not there is 0, a purse that is not there is none. */
function compare(
  space: SpaceKey,
  hash: string,
  stored: Record<string, string>,
  wanted: Wanted,
  counts: boolean,
): Difference[] {
  const value = (text: string | undefined): string => (counts ? String(Number(text ?? 0)) : (text ?? ''));
  return [...new Set([...Object.keys(stored), ...wanted.keys()])].flatMap((field): Difference[] => {
    if (counts && !wanted.has(field)) return [];
    const [seen, want] = [value(stored[field]), value(wanted.get(field))];
    if (seen === want) return [];
    const told = (text: string) => (text === '' ? 'not there' : text);
    const text = `it is ${told(seen)}, and the ledger comes to ${told(want)}`;
    const mend = { is: 'field', hash, field, seen: stored[field] ?? '', want } as const;
    return [{ space, what: `${hash} ${field}`, gap: gapOf(seen, want), text, mend }];
  });
}

/** What a pot that is closed, or forgotten, has not returned to its contributors. */
async function unreturned(redis: Redis | Cluster, space: SpaceKey, { pots }: Books): Promise<Difference[]> {
  const found: Difference[] = [];
  for (const [pot, shares] of pots) {
    const draws = [...shares].flatMap(([id, { left }]) => (left > 0 ? [{ id, n: left }] : []));
    if (draws.length === 0) continue;
    const [about, closed] = await redis.hmget(spaceKeys(space).pot(pot), 'about', 'closed');
    if (about !== null && closed === null) continue;
    const credits = String(draws.reduce((sum, { n }) => sum + n, 0));
    const text = `it is closed, and ${credits} credits have not gone back`;
    const fields = { kind: 'return', pot, credits, draws: draws.map(({ id, n }) => `${id} ${n}`).join(' ') };
    found.push({ space, what: `pot:${pot}`, gap: credits, text, mend: { is: 'said', fields } });
  }
  return found;
}

/** Holds every balance, lot, pot and sum of a space against the books. */
export async function checkBalances(
  redis: Redis | Cluster,
  space: SpaceKey,
  books: Books,
  kept: Kept,
): Promise<Difference[]> {
  const keys = spaceKeys(space);
  const found: Difference[] = [];
  const look = async (name: string, wanted: Wanted, counts: boolean) => {
    found.push(...compare(space, name, await redis.hgetall(keys.all + name), wanted, counts));
  };
  /** A balance outlives its window by so much, and is forgotten then. */
  const isForgotten = (window: string, touched: number): boolean =>
    (books.ends.get(window) ?? touched) < Date.now() - keep.quota * 1000;
  const balances = new Map([...books.balances.values()].map((is) => [`quota:${is.member}:${is.window}`, is]));
  for (const name of new Set([...balances.keys(), ...kept.quota])) {
    const is = balances.get(name);
    const rests =
      is && is.held + is.lotHeld + is.potHeld === 0 && isForgotten(is.window, is.touched) && !kept.quota.has(name);
    if (!rests) await look(name, fieldsOfBalance(is ?? emptyBalance('', '')), true);
  }
  const used = new Map([...books.used].map(([window, is]) => [`used:${window}`, is]));
  for (const name of new Set([...used.keys(), ...kept.used])) {
    const is = used.get(name);
    const rests = is && is.held === 0 && !kept.used.has(name) && isForgotten(name.slice('used:'.length), is.touched);
    if (!rests)
      await look(name, fieldsOfUsed(is ?? { held: 0, spent: 0, moneyHeld: 0, moneySpent: 0, touched: 0 }), true);
  }
  for (const [kind, all] of [
    ['lots', books.lots],
    ['shares', books.pots],
  ] as const) {
    const owners = new Set([...all.keys(), ...[...kept[kind]].map((name) => name.slice(kind.length + 1))]);
    for (const owner of owners) await look(`${kind}:${owner}`, fieldsOfPurses(all.get(owner) ?? new Map()), false);
  }
  if (books.window) {
    const { id, starts, ends } = books.window;
    const wanted: Wanted = new Map([
      ['id', id],
      ['starts', String(starts)],
      ['ends', String(ends)],
    ]);
    await look('window', wanted, false);
  }
  return [...found, ...(await unreturned(redis, space, books))];
}
