/**
 * The ledger in plain TypeScript: what its scripts should do, said without Redis and without a look at how they do it. Times are Unix
 * milliseconds; 0 is never. A verb answers with what it came to, or with the word of its refusal and what was left.
 */
export interface Fund {
  left: number;
  held: number;
  expires: number;
}
export interface Use {
  held: number;
  spent: number;
  pledged: number;
  lotHeld: number;
  lotSpent: number;
  potHeld: number;
  potSpent: number;
}
export interface ModelJob {
  id: string;
  asker: string;
  member: string;
  window: string;
  pot: string | undefined;
  draws: [string, number][];
  price: number;
  money: number;
  ended: boolean;
}
interface ModelPot {
  deadline: number;
  closed: boolean;
  shares: Map<string, Fund>;
}
export interface ModelWindow {
  id: string;
  starts: number;
  ends: number;
}
export type Outcome = { done: unknown } | { refused: string; left?: number };

export interface ModelCaps {
  spend?: number | undefined;
  atOnce?: number | undefined;
  waiting?: number | undefined;
  spaceCredits?: number | undefined;
  spaceMoney?: number | undefined;
}

const soonest = (one: [string, Fund], other: [string, Fund]): number => {
  const [a, b] = [one[1].expires || Number.POSITIVE_INFINITY, other[1].expires || Number.POSITIVE_INFINITY];
  return a === b ? (one[0] < other[0] ? -1 : 1) : a - b;
};

/** Shares of an amount in proportion to what each has: the largest remainders get one more, then those whose names come first. */
function prorate(shares: readonly [string, number][], amount: number): [string, number][] {
  const sum = shares.reduce((all, [, left]) => all + left, 0);
  const parts = shares.map(([id, left]) => {
    return { id, part: Math.floor((amount * left) / sum), over: (amount * left) % sum };
  });
  let missing = amount - parts.reduce((all, { part }) => all + part, 0);
  const order = [...parts].sort((a, b) => b.over - a.over || (a.id < b.id ? -1 : 1));
  for (const one of order) {
    if (missing === 0) break;
    one.part += 1;
    missing -= 1;
  }
  return parts.filter(({ part }) => part > 0).map(({ id, part }) => [id, part]);
}

export class LedgerModel {
  window: ModelWindow | undefined;
  readonly uses = new Map<string, Use>();
  readonly lots = new Map<string, Map<string, Fund>>();
  readonly pots = new Map<string, ModelPot>();
  readonly used = new Map<string, { held: number; spent: number; moneyHeld: number; moneySpent: number }>();
  readonly jobs = new Map<string, ModelJob>();
  readonly waiting = new Set<string>();
  readonly given = new Map<string, number>();
  readonly #answers = new Map<string, { what: string; outcome: Outcome }>();

  use(member: string, window: string): Use {
    const key = `${member} ${window}`;
    const none = { held: 0, spent: 0, pledged: 0, lotHeld: 0, lotSpent: 0, potHeld: 0, potSpent: 0 };
    const is = this.uses.get(key) ?? none;
    this.uses.set(key, is);
    return is;
  }
  usedIn(window: string) {
    const is = this.used.get(window) ?? { held: 0, spent: 0, moneyHeld: 0, moneySpent: 0 };
    this.used.set(window, is);
    return is;
  }
  lotsOf(member: string): Map<string, Fund> {
    const is = this.lots.get(member) ?? new Map<string, Fund>();
    this.lots.set(member, is);
    return is;
  }

  /** The same key again gets the same answer; with something else in it, a conflict. Refusals are not kept. */
  keyed(key: string, what: unknown, verb: () => Outcome): Outcome {
    const text = JSON.stringify(what);
    const before = this.#answers.get(key);
    if (before) return before.what === text ? before.outcome : { refused: 'call.conflict' };
    const outcome = verb();
    if ('done' in outcome) this.#answers.set(key, { what: text, outcome });
    return outcome;
  }

  static move(funds: Map<string, Fund>, id: string, left: number, held: number, expires: number): void {
    const is = funds.get(id) ?? { left: 0, held: 0, expires };
    const next = { left: is.left + left, held: is.held + held, expires: is.expires };
    if (next.left === 0 && next.held === 0) funds.delete(id);
    else funds.set(id, next);
  }

  #mayUse(window: ModelWindow, now: number): boolean {
    const stands = this.window;
    if (stands?.id === window.id) return now < stands.ends && now < window.ends;
    if (now < window.starts || now >= window.ends) return false;
    return stands === undefined || (now >= stands.ends && window.ends > stands.ends);
  }

  /** What a member could spend, those that run out first. */
  #sources(member: string, window: ModelWindow, allowance: number, now: number): [string, Fund][] {
    const is = this.use(member, window.id);
    const own = Math.max(0, allowance - is.held - is.spent - is.pledged);
    const lots = [...this.lotsOf(member)].filter(
      ([, { left, expires }]) => left > 0 && (expires === 0 || expires > now),
    );
    return [...lots, ['w', { left: own, held: 0, expires: window.ends }] as [string, Fund]].sort(soonest);
  }

  accept(
    order: {
      key: string;
      what: unknown;
      jobs: { id: string; price: number; money: number }[];
      member: string;
      pot: string | undefined;
      window: ModelWindow;
      allowance: number;
      caps: ModelCaps;
    },
    now: number,
  ): Outcome {
    return this.keyed(order.key, order.what, () => {
      const { jobs, member, pot, window, caps } = order;
      const total = jobs.reduce((sum, { price }) => sum + price, 0);
      const money = jobs.reduce((sum, job) => sum + job.money, 0);
      if (!this.#mayUse(window, now)) return { refused: 'service.clock' };
      const under = [...this.jobs.values()].filter((job) => job.asker === member && !job.ended);
      const waits = under.filter(({ id }) => this.waiting.has(id)).length;
      if (caps.atOnce !== undefined && under.length + jobs.length > caps.atOnce) return { refused: 'cap.once' };
      if (caps.waiting !== undefined && waits + jobs.length > caps.waiting) return { refused: 'cap.waiting' };
      const used = this.usedIn(window.id);
      if (caps.spaceCredits !== undefined && used.held + used.spent + total > caps.spaceCredits)
        return { refused: 'cap.space' };
      if (caps.spaceMoney !== undefined && used.moneyHeld + used.moneySpent + money > caps.spaceMoney)
        return { refused: 'cap.space' };
      const is = this.use(member, window.id);
      const all = is.held + is.spent + is.lotHeld + is.lotSpent + is.potHeld + is.potSpent;
      const cap = caps.spend === undefined ? Number.POSITIVE_INFINITY : Math.max(0, caps.spend - all);
      let left: number;
      let sources: [string, Fund][] = [];
      const shares = pot === undefined ? undefined : this.pots.get(pot);
      if (pot !== undefined) {
        const usable = shares !== undefined && !shares.closed && now < shares.deadline;
        left = usable ? [...shares.shares.values()].reduce((sum, share) => sum + share.left, 0) : 0;
      } else {
        sources = this.#sources(member, window, order.allowance, now);
        left = sources.reduce((sum, [, fund]) => sum + fund.left, 0);
      }
      if (total > cap && cap <= left) return { refused: 'cap.spend', left: cap };
      if (pot === undefined) left = Math.min(left, cap);
      if (total > left) return { refused: pot === undefined ? 'balance.short' : 'pot.short', left };
      this.window = this.window?.id === window.id ? this.window : { ...window };
      for (const { id, price, money: cost } of jobs) {
        const draws: [string, number][] = [];
        if (shares) {
          const lefts = [...shares.shares]
            .map(([share, fund]): [string, number] => [share, fund.left])
            .filter(([, n]) => n > 0);
          for (const [share, n] of prorate(lefts, price)) {
            LedgerModel.move(shares.shares, share, -n, n, 0);
            this.use(member, window.id).potHeld += n;
            draws.push([share, n]);
          }
        } else {
          let open = price;
          for (const [source, fund] of sources) {
            const n = Math.min(open, fund.left);
            if (n === 0) continue;
            open -= n;
            draws.push([source, n]);
            if (source === 'w') {
              fund.left -= n;
              this.use(member, window.id).held += n;
            } else {
              LedgerModel.move(this.lotsOf(member), source, -n, n, 0);
              fund.left -= n;
              this.use(member, window.id).lotHeld += n;
            }
          }
        }
        this.jobs.set(id, {
          id,
          asker: member,
          member,
          window: window.id,
          pot,
          draws,
          price,
          money: cost,
          ended: false,
        });
        this.waiting.add(id);
      }
      used.held += total;
      used.moneyHeld += money;
      return { done: left - total };
    });
  }

  /** The hold of a job ends, once. */
  end(id: string, paid: boolean, cost: number): void {
    const job = this.jobs.get(id);
    if (!job || job.ended) return;
    job.ended = true;
    this.waiting.delete(id);
    const use = this.use(job.member, job.window);
    const pot = job.pot === undefined ? undefined : this.pots.get(job.pot);
    for (const [source, n] of job.draws) {
      if (pot) {
        LedgerModel.move(pot.shares, source, paid ? 0 : n, -n, 0);
        use.potHeld -= n;
        use.potSpent += paid ? n : 0;
      } else if (source === 'w') {
        use.held -= n;
        use.spent += paid ? n : 0;
      } else {
        LedgerModel.move(this.lotsOf(job.member), source, paid ? 0 : n, -n, 0);
        use.lotHeld -= n;
        use.lotSpent += paid ? n : 0;
      }
    }
    const used = this.usedIn(job.window);
    used.held -= job.price;
    used.spent += paid ? job.price : 0;
    used.moneyHeld -= job.money;
    used.moneySpent += cost;
    if (pot?.closed && !paid) for (const [share, n] of job.draws) this.#giveBack(pot, share, n);
  }

  #giveBack(pot: ModelPot, share: string, n: number): void {
    const expires = pot.shares.get(share)?.expires ?? 0;
    LedgerModel.move(pot.shares, share, -n, 0, expires);
    const [member = '', source = ''] = share.split('/');
    if (member === '') return;
    if (source.includes(':')) this.use(member, source).pledged -= n;
    else LedgerModel.move(this.lotsOf(member), source, n, 0, expires);
  }

  grant(
    key: string,
    what: unknown,
    to: { member: string; lot: string; credits: number; expires: number },
    now: number,
  ): Outcome {
    return this.keyed(key, what, () => {
      if (to.expires !== 0 && to.expires <= now) return { refused: 'credits.past' };
      LedgerModel.move(this.lotsOf(to.member), to.lot, to.credits, 0, to.expires);
      return { done: undefined };
    });
  }

  #live(member: string, now: number): [string, Fund][] {
    return [...this.lotsOf(member)]
      .filter(([, { left, expires }]) => left > 0 && (expires === 0 || expires > now))
      .sort(soonest);
  }

  revoke(key: string, what: unknown, from: { member: string; credits: number }, now: number): Outcome {
    return this.keyed(key, what, () => {
      const lots = this.#live(from.member, now).reverse();
      const left = lots.reduce((sum, [, lot]) => sum + lot.left, 0);
      if (from.credits > left) return { refused: 'credits.short', left };
      let open = from.credits;
      for (const [id, lot] of lots) {
        const n = Math.min(open, lot.left);
        open -= n;
        LedgerModel.move(this.lotsOf(from.member), id, -n, 0, 0);
      }
      return { done: undefined };
    });
  }

  give(
    key: string,
    what: unknown,
    gift: { from: string; to: string; credits: number; lot: string; day: string; most: number },
    now: number,
  ): Outcome {
    if (gift.from === gift.to) return { refused: 'give.self' };
    return this.keyed(key, what, () => {
      const { from, to, credits, lot } = gift;
      const day = `${from} ${gift.day}`;
      const given = this.given.get(day) ?? 0;
      if (given + credits > gift.most) return { refused: 'give.day', left: Math.max(0, gift.most - given) };
      const lots = this.#live(from, now);
      const left = lots.reduce((sum, [, one]) => sum + one.left, 0);
      if (credits > left) return { refused: 'give.short', left };
      let open = credits;
      let made = 0;
      for (const [id, one] of lots) {
        const n = Math.min(open, one.left);
        if (n === 0) break;
        open -= n;
        made += 1;
        LedgerModel.move(this.lotsOf(from), id, -n, 0, 0);
        LedgerModel.move(this.lotsOf(to), `${lot}-${made}`, n, 0, one.expires);
      }
      this.given.set(day, given + credits);
      return { done: undefined };
    });
  }

  correct(
    key: string,
    what: unknown,
    of: { member: string; credits: number; window: ModelWindow },
    now: number,
  ): Outcome {
    return this.keyed(key, what, () => {
      if (!this.#mayUse(of.window, now)) return { refused: 'service.clock' };
      const use = this.use(of.member, of.window.id);
      if (use.spent + of.credits < 0) return { refused: 'correct.short' };
      this.window = this.window?.id === of.window.id ? this.window : { ...of.window };
      use.spent += of.credits;
      return { done: use.spent };
    });
  }

  expire(now: number): void {
    for (const lots of this.lots.values()) {
      for (const [id, { left, expires }] of [...lots]) {
        if (expires !== 0 && expires <= now && left > 0) LedgerModel.move(lots, id, -left, 0, 0);
      }
    }
  }

  openPot(key: string, what: unknown, pot: { id: string; deadline: number }): Outcome {
    return this.keyed(key, what, () => {
      this.pots.set(pot.id, { deadline: pot.deadline, closed: false, shares: new Map() });
      return { done: pot.id };
    });
  }

  pledge(
    key: string,
    what: unknown,
    of: { pot: string; credits: number } & (
      | { member: string; window: ModelWindow; allowance: number }
      | { share: string }
    ),
    now: number,
  ): Outcome {
    return this.keyed(key, what, () => {
      const pot = this.pots.get(of.pot);
      if (!pot || pot.closed || now >= pot.deadline) return { refused: 'pot.closed' };
      if ('share' in of) LedgerModel.move(pot.shares, of.share, of.credits, 0, 0);
      else {
        const { member, window } = of;
        if (!this.#mayUse(window, now)) return { refused: 'service.clock' };
        const sources = this.#sources(member, window, of.allowance, now);
        const left = sources.reduce((sum, [, fund]) => sum + fund.left, 0);
        if (of.credits > left) return { refused: 'pledge.short', left };
        this.window = this.window?.id === window.id ? this.window : { ...window };
        let open = of.credits;
        for (const [source, fund] of sources) {
          const n = Math.min(open, fund.left);
          if (n === 0) continue;
          open -= n;
          if (source === 'w') {
            this.use(member, window.id).pledged += n;
            LedgerModel.move(pot.shares, `${member}/${window.id}`, n, 0, 0);
          } else {
            LedgerModel.move(this.lotsOf(member), source, -n, 0, 0);
            LedgerModel.move(pot.shares, `${member}/${source}`, n, 0, fund.expires);
          }
        }
      }
      return { done: [...pot.shares.values()].reduce((sum, share) => sum + share.left, 0) };
    });
  }

  closePot(id: string): number | undefined {
    const pot = this.pots.get(id);
    if (!pot || pot.closed) return undefined;
    pot.closed = true;
    let sum = 0;
    for (const [share, { left }] of [...pot.shares]) {
      sum += left;
      if (left > 0) this.#giveBack(pot, share, left);
    }
    return sum;
  }
}
