/** The books of one space, as its ledger's lines come to them: what every balance, lot, pot and job should be. Plain data, no Redis. */

/** What is left and held of a lot or of a share of a pot; `expires` is Unix milliseconds, 0 for never. */
export interface Purse {
  left: number;
  held: number;
  expires: number;
}

/** A member's credits in one window: of its allowance `held`, `spent` and `pledged`; of lots `lotHeld` and `lotSpent`; of pots `potHeld` and `potSpent`. `touched`: Unix milliseconds. */
export interface Balance {
  member: string;
  window: string;
  held: number;
  spent: number;
  pledged: number;
  lotHeld: number;
  lotSpent: number;
  potHeld: number;
  potSpent: number;
  touched: number;
}

/** What a whole space holds and has spent in a window; money in millionths of the currency. */
export interface Used {
  held: number;
  spent: number;
  moneyHeld: number;
  moneySpent: number;
  /** Unix milliseconds. */
  touched: number;
}

export interface Held {
  member: string;
  window: string;
  credits: number;
  money: number;
  pot: string;
  draws: Draw[];
  ended: ('capture' | 'release')[];
  /** Its line. */
  line: string;
}

export interface Draw {
  id: string;
  n: number;
}

/** A line of the ledger, by its id and fields. */
export interface Line {
  id: string;
  fields: Record<string, string>;
}

/** A line that cannot be right; the same line voided later is none. */
export interface Wrong {
  line: Line;
  why: string;
}

export interface Books {
  window: { id: string; starts: number; ends: number } | undefined;
  /** When each window ended or ends, in Unix milliseconds. */
  ends: Map<string, number>;
  balances: Map<string, Balance>;
  lots: Map<string, Map<string, Purse>>;
  pots: Map<string, Map<string, Purse>>;
  used: Map<string, Used>;
  jobs: Map<string, Held>;
  wrong: Map<string, Wrong>;
}

export function emptyBalance(member: string, window: string): Balance {
  const [own, granted, pots] = [
    { held: 0, spent: 0, pledged: 0 },
    { lotHeld: 0, lotSpent: 0 },
    { potHeld: 0, potSpent: 0 },
  ];
  return { member, window, ...own, ...granted, ...pots, touched: 0 };
}

export function emptyBooks(): Books {
  const [balances, lots, pots, used, jobs, wrong] = [new Map(), new Map(), new Map(), new Map(), new Map(), new Map()];
  return { window: undefined, ends: new Map(), balances, lots, pots, used, jobs, wrong };
}

export function readDraws(text: string | undefined): Draw[] {
  return [...(text ?? '').matchAll(/(\S+) (\d+)/g)].map(([, id = '', n]) => ({ id, n: Number(n) }));
}

/** What of the books a later reading needs to go on from here: jobs that have ended, and windows of which nothing is open, are left out. */
export function carriedOver(books: Books, keepsWindow: (window: string) => boolean): Books {
  const open = new Map([...books.jobs].filter(([, { ended }]) => ended.length === 0));
  const held = new Set([...open.values()].map(({ window }) => window));
  const keeps = (window: string) => held.has(window) || keepsWindow(window);
  /** Purses that have something, by their owners. */
  const full = (all: Books['lots']): Books['lots'] => {
    const owners = [...all].map(([owner, purses]): [string, Map<string, Purse>] => {
      return [owner, new Map([...purses].filter(([, { left, held }]) => left !== 0 || held !== 0))];
    });
    return new Map(owners.filter(([, purses]) => purses.size > 0));
  };
  return {
    ...books,
    jobs: open,
    balances: new Map([...books.balances].filter(([, { window }]) => keeps(window))),
    used: new Map([...books.used].filter(([window]) => keeps(window))),
    ends: new Map([...books.ends].filter(([window]) => keeps(window))),
    lots: full(books.lots),
    pots: full(books.pots),
  };
}
