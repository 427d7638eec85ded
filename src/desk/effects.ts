import {
  type Balance,
  type Books,
  emptyBalance,
  type Held,
  type Line,
  type Purse,
  readDraws,
  type Used,
} from './books.ts';

function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

const purses = (map: Map<string, Map<string, Purse>>, owner: string) =>
  within(map, owner, () => new Map<string, Purse>());

function change(all: Map<string, Purse>, id: string, left: number, held: number, expires: number): void {
  const is = all.get(id) ?? { left: 0, held: 0, expires };
  // One that is used up is none; should a line be taken back, it is there again with its time.
  const none = is.left === 0 && is.held === 0;
  all.set(id, { left: is.left + left, held: is.held + held, expires: none ? expires || is.expires : is.expires });
}

const balanceOf = ({ balances }: Books, member: string, window: string): Balance =>
  within(balances, `${member} ${window}`, () => emptyBalance(member, window));
const usedOf = ({ used }: Books, window: string): Used =>
  within(used, window, () => ({ held: 0, spent: 0, moneyHeld: 0, moneySpent: 0, touched: 0 }));
/** When a line was written, in Unix milliseconds. */
const timeOf = ({ id }: Line): number => Number(id.split('-')[0]);

/** Moves a hold's draws: `left` and `held` for each credit, and `spent` of them when it is paid. */
function move(books: Books, hold: Held, by: { left: number; held: number; spent: number }, at: number): void {
  const balance = balanceOf(books, hold.member, hold.window);
  for (const { id, n } of hold.draws) {
    if (hold.pot !== '') {
      change(purses(books.pots, hold.pot), id, by.left * n, by.held * n, 0);
      balance.potHeld += by.held * n;
      balance.potSpent += by.spent * n;
    } else if (id === 'w') {
      balance.held += by.held * n;
      balance.spent += by.spent * n;
    } else {
      change(purses(books.lots, hold.member), id, by.left * n, by.held * n, 0);
      balance.lotHeld += by.held * n;
      balance.lotSpent += by.spent * n;
    }
  }
  balance.touched = at;
  const used = usedOf(books, hold.window);
  used.held += by.held * hold.credits;
  used.spent += by.spent * hold.credits;
  used.moneyHeld += by.held * hold.money;
  used.touched = at;
}

type Effect = (books: Books, line: Line, sign: 1 | -1) => string | undefined;
const amount = (text: string | undefined): number => Number(text ?? 0);

const holds: Effect = (books, line, sign) => {
  const { member = '', window = '', credits, job = '', pot = '', money } = line.fields;
  const draws = line.fields.draws === undefined ? [{ id: 'w', n: amount(credits) }] : readDraws(line.fields.draws);
  const terms = { member, window, credits: amount(credits), money: amount(money), pot, draws };
  const hold: Held = { ...terms, ended: [], line: line.id };
  move(books, hold, { left: -sign, held: sign, spent: 0 }, timeOf(line));
  if (sign < 0) return undefined;
  if (books.jobs.has(job)) return `${job}: held twice`;
  books.jobs.set(job, hold);
  return undefined;
};

const ends =
  (kind: 'capture' | 'release'): Effect =>
  (books, line, sign) => {
    const { member = '', window = '', credits, job = '', cost } = line.fields;
    const found = books.jobs.get(job);
    const got = amount(credits);
    // What is said of the hold is the hold's own, so that an end of another amount moves what it says.
    const draws = line.fields.draws === undefined ? [{ id: 'w', n: got }] : readDraws(line.fields.draws);
    const pot = line.fields.pot ?? '';
    const hold: Held = { member, window, credits: got, money: found?.money ?? 0, pot, draws, ended: [], line: line.id };
    move(
      books,
      hold,
      { left: kind === 'release' ? sign : 0, held: -sign, spent: kind === 'capture' ? sign : 0 },
      timeOf(line),
    );
    usedOf(books, window).moneySpent += sign * amount(cost);
    if (sign < 0) {
      found?.ended.splice(found.ended.lastIndexOf(kind), 1);
      return undefined;
    }
    if (!found) return `${job}: ${kind} without a hold`;
    found.ended.push(kind);
    if (found.ended.length > 1) return `${job}: ended twice (${found.ended.join(', ')})`;
    if (found.credits !== got || found.member !== member || found.window !== window) {
      return `${job}: ${kind} of ${got} differs from its hold of ${found.credits}`;
    }
    return undefined;
  };

const effects: Record<string, Effect> = {
  hold: holds,
  capture: ends('capture'),
  release: ends('release'),
  window: (books, { fields: { window = '', starts, ends } }, sign) => {
    const last = books.window?.ends ?? 0;
    if (sign < 0) return undefined;
    if (amount(ends) <= last) return `${window}: a window that is older than the one before it`;
    books.window = { id: window, starts: amount(starts), ends: amount(ends) };
    books.ends.set(window, amount(ends));
    return undefined;
  },
  grant: (books, { fields: { member = '', lot = '', credits, expires } }, sign) => {
    change(purses(books.lots, member), lot, sign * amount(credits), 0, amount(expires));
    return undefined;
  },
  revoke: (books, { fields: { member = '', draws } }, sign) => {
    for (const { id, n } of readDraws(draws)) change(purses(books.lots, member), id, -sign * n, 0, 0);
    return undefined;
  },
  give: (books, { fields: { member = '', to = '', draws, made = '' } }, sign) => {
    for (const { id, n } of readDraws(draws)) change(purses(books.lots, member), id, -sign * n, 0, 0);
    for (const [, id = '', n, expires] of made.matchAll(/(\S+) (\d+) (\d+)/g)) {
      change(purses(books.lots, to), id, sign * amount(n), 0, amount(expires));
    }
    return undefined;
  },
  expire: (books, { fields: { member = '', lot = '', credits } }, sign) => {
    change(purses(books.lots, member), lot, -sign * amount(credits), 0, 0);
    return undefined;
  },
  correct: (books, line, sign) => {
    const { member = '', window = '', credits } = line.fields;
    const balance = balanceOf(books, member, window);
    balance.spent += sign * amount(credits);
    balance.touched = timeOf(line);
    return undefined;
  },
  pledge: (books, line, sign) => {
    const { member = '', window = '', pot = '', draws } = line.fields;
    const shares = purses(books.pots, pot);
    for (const { id, n } of readDraws(draws)) {
      if (member === '') change(shares, id, sign * n, 0, 0);
      else if (id === 'w') {
        const balance = balanceOf(books, member, window);
        balance.pledged += sign * n;
        balance.touched = timeOf(line);
        change(shares, `${member}/${window}`, sign * n, 0, 0);
      } else {
        const lots = purses(books.lots, member);
        const expires = lots.get(id)?.expires ?? 0;
        change(lots, id, -sign * n, 0, expires);
        change(shares, `${member}/${id}`, sign * n, 0, expires);
      }
    }
    return undefined;
  },
  return: (books, { fields: { pot = '', draws } }, sign) => {
    const shares = purses(books.pots, pot);
    for (const { id, n } of readDraws(draws)) {
      const expires = shares.get(id)?.expires ?? 0;
      change(shares, id, -sign * n, 0, expires);
      const cut = id.lastIndexOf('/');
      const [member, source] = [id.slice(0, cut), id.slice(cut + 1)];
      if (member === '') continue;
      if (source.includes(':')) balanceOf(books, member, source).pledged -= sign * n;
      else change(purses(books.lots, member), source, sign * n, 0, expires);
    }
    return undefined;
  },
  /** A balance was set to what the lines come to: they come to the same as before. */
  mend: () => undefined,
};

/** Whether a line may be taken back, and has not been: one that cannot be right, or a hold that nothing followed. */
function isVoidable({ wrong, jobs }: Books, { of = '', line = '', job = '' }: Line['fields']): boolean {
  if (wrong.delete(line)) return true;
  const hold = of === 'hold' ? jobs.get(job) : undefined;
  return hold?.line === line && hold.ended.length === 0 && jobs.delete(job);
}

/** Takes a line into the books. What cannot be right is kept in `wrong`, with its effect; a `void` line takes that effect back, once. */
export function enter(books: Books, line: Line): void {
  const { kind = '', of = '' } = line.fields;
  if (kind === 'void') {
    // One of a kind that there is not had no effect to take back.
    if (isVoidable(books, line.fields)) effects[of]?.(books, line, -1);
    return;
  }
  const effect = effects[kind];
  const wrong = effect ? effect(books, line, 1) : 'a line of unknown kind';
  if (wrong !== undefined) books.wrong.set(line.id, { line, why: wrong });
}
