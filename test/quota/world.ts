import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { createDesk } from '../../src/desk/desk.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createLedger, madeBy } from '../../src/desk/ledger.ts';
import { createPots } from '../../src/desk/pots.ts';
import { createRecords } from '../../src/desk/records.ts';
import { UserError } from '../../src/domain/errors.ts';
import type { QuotaWindow } from '../../src/domain/policy.ts';
import { orderOf } from '../desk/rig.ts';
import { type Break, breaking } from './crash.ts';
import { LedgerModel, type ModelCaps, type Outcome } from './model.ts';

const members = ['ada', 'bob', 'cyd'] as const;
const day = 86_400_000;
/** Windows that follow one another; each of them holds the present moment, until the test ends it. */
const windowOf = (n: number): QuotaWindow => ({ id: `week:${n}`, startsAt: 0, endsAt: 4_000_000_000_000 + n * day });
const windowsKnown = [0, 1, 2, 3, 4];

const small = fc.integer({ min: 1, max: 12 });
const kinds = [
  ...([
    'accept',
    'accept',
    'accept',
    'accept',
    'capture',
    'capture',
    'release',
    'release',
    'cancel',
    'grant',
    'grant',
  ] as const),
  ...([
    'revoke',
    'give',
    'give',
    'correct',
    'openPot',
    'pledge',
    'pledge',
    'pledge',
    'fund',
    'closePot',
    'closeDue',
  ] as const),
  ...(['runOut', 'expire', 'endWindow', 'endPot', 'repeat', 'repeat', 'conflict', 'admit'] as const),
] as const;

/** One thing that somebody does, or that time does; `crash` breaks the connection in its midst, after which it is asked for again. */
export const verb = fc.record({
  what: fc.constantFrom(...kinds),
  member: fc.constantFrom(...members),
  other: fc.constantFrom(...members),
  credits: small,
  count: fc.integer({ min: 1, max: 4 }),
  pick: fc.nat({ max: 1_000 }),
  /** 0: the present window; 1: an older one; 2: the next before its time. */
  window: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2),
  pot: fc.boolean(),
  caps: fc.option(
    fc.record({
      spend: fc.option(fc.integer({ min: 0, max: 30 })),
      atOnce: fc.option(small),
      waiting: fc.option(small),
      spaceCredits: fc.option(fc.integer({ min: 0, max: 60 })),
      spaceMoney: fc.option(fc.integer({ min: 0, max: 60 })),
    }),
    { freq: 3 },
  ),
  money: fc.integer({ min: 0, max: 9 }),
  expires: fc.constantFrom(0, 0, 5, 50, 5_000),
  crash: fc.option(
    fc.record({ at: fc.integer({ min: 0, max: 3 }), when: fc.constantFrom('before' as const, 'after' as const) }),
    { freq: 5 },
  ),
});
export type Verb = typeof verb extends fc.Arbitrary<infer V> ? V : never;

const allowance = 20;
let spaces = 0;

const failed = (error: unknown): Outcome => {
  if (!(error instanceof UserError)) throw error;
  const { said, balance } = error;
  const told = 'with' in said ? (said.with as { left?: number }) : {};
  const left = balance ?? told.left;
  return { refused: said.word, ...(left === undefined ? {} : { left }) };
};

/** A space of its own in Redis, and its model beside it. `act` does a verb to both; {@link World.states} are what they came to. */
export function createWorld(redis: Redis) {
  spaces += 1;
  const name = `quota-${spaces}`;
  const { space } = orderOf({ space: name });
  const keys = spaceKeys(space);
  const model = new LedgerModel();
  const real = {
    ledger: createLedger(redis),
    pots: createPots(redis),
    desk: createDesk(redis),
    records: createRecords(redis),
  };
  const done: {
    again(redis: Redis): Promise<Outcome>;
    model(): Outcome;
    other?: (() => [Promise<Outcome>, Outcome]) | undefined;
  }[] = [];
  const jobs: string[] = [];
  let calls = 0;
  let present = 0;
  const potIds: string[] = [];

  /** The same verb by a client that may break: then it is asked for once more, as whoever got no answer would. */
  async function tried(crash: Break | null, work: (redis: Redis) => Promise<Outcome>): Promise<Outcome> {
    if (crash === null) return work(redis);
    try {
      return await work(breaking(redis, crash));
    } catch {
      return work(redis);
    }
  }
  const outcome = async (work: () => Promise<unknown>): Promise<Outcome> => {
    try {
      return { done: await work() };
    } catch (error) {
      if (error instanceof UserError && error.refusal === 'unavailable' && error.said.word !== 'service.clock')
        throw error;
      return failed(error);
    }
  };

  async function run(
    one: Verb,
    make: (redis: Redis) => Promise<Outcome>,
    expected: () => Outcome,
    other?: () => [Promise<Outcome>, Outcome],
  ) {
    const got = await tried(one.crash, make);
    done.push({ again: make, model: expected, other });
    return [got, expected()] as [Outcome, Outcome];
  }

  const windowFor = ({ window }: Verb): QuotaWindow =>
    windowOf(window === 1 ? Math.max(0, present - 1) : window === 2 ? present + 1 : present);
  const modelWindow = ({ id, startsAt, endsAt }: QuotaWindow) => ({ id, starts: startsAt, ends: endsAt });
  const pick = <T>(from: readonly T[], { pick: n }: Verb): T | undefined => from[n % Math.max(1, from.length)];

  async function accept(one: Verb, key: string): Promise<[Outcome, Outcome]> {
    const { member, credits, count, money, caps } = one;
    const window = windowFor(one);
    const pot = one.pot ? pick(potIds, one) : undefined;
    const limits = Object.fromEntries(Object.entries(caps ?? {}).filter(([, most]) => most !== null)) as ModelCaps;
    const asked = {
      key,
      space: name,
      member,
      count,
      price: credits,
      money,
      window,
      allowance,
      caps: limits,
      ...(pot ? { pot } : {}),
    };
    const order = orderOf(asked);
    const plain = order.jobs.map(({ id }) => ({ id, price: credits, money }));
    const now = Date.now();
    const [got, expected] = await run(
      one,
      (client) => outcome(async () => (await createDesk(client).accept(order)).left),
      () =>
        model.accept(
          {
            key,
            what: [credits, count, 'a boat'],
            jobs: plain,
            member,
            pot,
            window: modelWindow(window),
            allowance,
            caps: limits,
          },
          now,
        ),
    );
    if ('done' in expected) jobs.push(...plain.map(({ id }) => id));
    return [got, expected];
  }

  /** The end of a hold, as a worker brings it about. */
  async function settle(one: Verb, paid: boolean): Promise<[Outcome, Outcome]> {
    const id = pick(jobs, one);
    if (id === undefined) return [{ done: 0 }, { done: 0 }];
    // A worker has it: it waits no more.
    await redis.zrem(keys.waiting, id);
    model.waiting.delete(id);
    await tried(one.crash, async (client) => {
      const records = createRecords(client);
      const job = await records.begin({ space, id }, 'deliver');
      if (!job) throw new Error(`no record of ${id}`);
      await records.settle({ ...job, bill: one.money }, paid ? 'captured' : 'released');
      return { done: 0 };
    });
    model.end(id, paid, one.money);
    return [{ done: 0 }, { done: 0 }];
  }

  async function cancel(one: Verb): Promise<[Outcome, Outcome]> {
    const id = pick(jobs, one);
    if (id === undefined) return [{ done: 0 }, { done: 0 }];
    const waits = model.waiting.has(id) && !model.jobs.get(id)?.ended;
    await tried(one.crash, async (client) => ({ done: await createDesk(client).cancel({ space, id }, 'ada') }));
    if (waits) model.end(id, false, 0);
    return [{ done: 0 }, { done: 0 }];
  }

  /** What time does: the window ends, credits run out, a pot's deadline passes. */
  async function passes(one: Verb): Promise<void> {
    const past = 1_000;
    if (one.what === 'endWindow' && model.window && present < windowsKnown.length - 2) {
      model.window.ends = past + present;
      await redis.hset(keys.window, 'ends', past + present);
      present += 1;
    } else if (one.what === 'runOut') {
      const [id, lot] = pick([...model.lotsOf(one.member)], one) ?? [];
      if (id === undefined || !lot || lot.expires === 0) return;
      lot.expires = past;
      await redis.hset(keys.lots(one.member), id, `${lot.left}|${lot.held}|${past}`);
      await redis.zadd(keys.expiring, past, `${one.member}/${id}`);
    } else if (one.what === 'endPot') {
      const id = pick(potIds, one);
      const pot = id === undefined ? undefined : model.pots.get(id);
      if (id === undefined || !pot || pot.closed) return;
      pot.deadline = past;
      await redis.hset(keys.pot(id), 'deadline', past);
      await redis.zadd(keys.pots, 'XX', past, id);
    }
  }

  /** Does one verb to both, and gives back what each came to. */
  async function act(one: Verb): Promise<[unknown, unknown]> {
    calls += 1;
    const key = `${name}-${calls}`;
    const { member, other, credits } = one;
    const now = Date.now();
    const why = { by: 'boss', why: 'as | agreed' };
    switch (one.what) {
      case 'accept':
        return accept(one, key);
      case 'capture':
      case 'release':
        return settle(one, one.what === 'capture');
      case 'cancel':
        return cancel(one);
      case 'admit': {
        const id = pick([...model.waiting], one);
        if (id !== undefined) await redis.zrem(keys.waiting, id);
        if (id !== undefined) model.waiting.delete(id);
        return [0, 0];
      }
      case 'grant': {
        const expires = one.expires === 0 ? 0 : now + one.expires * day;
        const grant = { member, credits, ...(expires === 0 ? {} : { expires }), ...why };
        return run(
          one,
          (client) => outcome(() => createLedger(client).grant(space, key, grant)),
          () => model.grant(key, grant, { member, lot: madeBy('g', key, 8), credits, expires }, now),
          () => [
            outcome(() => real.ledger.grant(space, key, { ...grant, credits: credits + 1 })),
            model.grant(key, { ...grant, credits: credits + 1 }, { member, lot: '', credits, expires }, now),
          ],
        );
      }
      case 'revoke': {
        const from = { member, credits, ...why };
        return run(
          one,
          (client) => outcome(() => createLedger(client).revoke(space, key, from)),
          () => model.revoke(key, from, from, now),
        );
      }
      case 'give': {
        const gift = { from: member, to: other, credits, day: 'today', most: 25, note: 'thanks' };
        return run(
          one,
          (client) => outcome(() => createLedger(client).give(space, key, gift)),
          () => model.give(key, gift, { ...gift, lot: madeBy('g', key, 8) }, now),
        );
      }
      case 'correct': {
        const window = windowFor(one);
        const by = one.pot ? credits : -credits;
        const of = { member, credits: by, window, ...why };
        return run(
          one,
          (client) => outcome(() => createLedger(client).correct(space, key, of)),
          () => model.correct(key, [member, by], { member, credits: by, window: modelWindow(window) }, now),
        );
      }
      case 'openPot': {
        const about = { title: key, for: { kind: 'thread', channel: 'films' }, by: member } as const;
        const pot = { ...about, deadline: 4_000_000_000_000 };
        const id = madeBy('p', key, 5);
        potIds.push(id);
        return run(
          one,
          (client) => outcome(() => createPots(client).open(space, key, pot)),
          () => model.openPot(key, about, { id, deadline: pot.deadline }),
        );
      }
      case 'pledge': {
        const pot = pick(potIds, one) ?? 'paaaaaaaa';
        const window = windowFor(one);
        return run(
          one,
          (client) =>
            outcome(() =>
              createPots(client).pledge(space, key, { pot, member, credits, terms: { window, allowance } }),
            ),
          () =>
            model.pledge(
              key,
              [pot, member, credits],
              { pot, credits, member, window: modelWindow(window), allowance },
              now,
            ),
        );
      }
      case 'fund': {
        const pot = pick(potIds, one) ?? 'paaaaaaaa';
        return run(
          one,
          (client) => outcome(() => createPots(client).fund(space, key, { pot, credits, by: 'boss' })),
          () => model.pledge(key, [pot, credits], { pot, credits, share: `/${madeBy('f', key, 8)}` }, now),
        );
      }
      case 'closePot': {
        const pot = pick(potIds, one);
        if (pot === undefined) return [0, 0];
        const sum = model.closePot(pot);
        const got = await tried(one.crash, async (client) => ({ done: await createPots(client).close(space, pot) }));
        // One whose answer was lost had closed it before.
        return [one.crash === null ? got : 0, one.crash === null ? { done: sum } : 0];
      }
      case 'closeDue':
        await tried(one.crash, async (client) => ({ done: await createPots(client).closeDue(space) }));
        for (const [id, pot] of model.pots) if (!pot.closed && pot.deadline <= now) model.closePot(id);
        return [0, 0];
      case 'expire':
        await tried(one.crash, async (client) => ({ done: await createLedger(client).expire(space, 1_000) }));
        model.expire(now);
        return [0, 0];
      case 'repeat': {
        const before = pick(done, one);
        return before ? [await before.again(redis), before.model()] : [0, 0];
      }
      case 'conflict': {
        const before = pick(
          done.filter((entry) => entry.other !== undefined),
          one,
        );
        const both = before?.other?.();
        return both ? [await both[0], both[1]] : [0, 0];
      }
      default:
        await passes(one);
        return [0, 0];
    }
  }

  return { act, model, space, states: () => states(redis, keys, model, potIds) };
}

const count = (text: string | null | undefined): number => Number(text ?? 0);

/** All that the ledger keeps of a space, and all that its model has, in one shape. What is nothing is left out. */
async function states(redis: Redis, keys: ReturnType<typeof spaceKeys>, model: LedgerModel, potIds: readonly string[]) {
  const got: Record<string, unknown> = {};
  const want: Record<string, unknown> = {};
  const pipe = redis.pipeline();
  const readers: ((answer: unknown) => void)[] = [];
  const read = (then: (answer: Record<string, string>) => void) =>
    readers.push((answer) => then(answer as Record<string, string>));
  const put = (into: Record<string, unknown>, key: string, value: object) => {
    if (Object.values(value).some((part) => part !== 0)) into[key] = value;
  };
  const funds = (text: Record<string, string>) =>
    Object.fromEntries(Object.entries(text).map(([id, fund]) => [id, fund]));
  const told = (all: Map<string, { left: number; held: number; expires: number }> | undefined) =>
    Object.fromEntries([...(all ?? [])].map(([id, fund]) => [id, `${fund.left}|${fund.held}|${fund.expires}`]));
  for (const member of members) {
    for (const n of windowsKnown) {
      const { id } = windowOf(n);
      pipe.hgetall(keys.quota(member, id));
      read((is) =>
        put(got, `${member} ${id}`, {
          ...{ held: count(is.held), spent: count(is.spent), pledged: count(is.pledged) },
          ...{ lotHeld: count(is.lot_held), lotSpent: count(is.lot_spent) },
          ...{ potHeld: count(is.pot_held), potSpent: count(is.pot_spent) },
        }),
      );
      put(want, `${member} ${id}`, model.use(member, id));
    }
    pipe.hgetall(keys.lots(member));
    read((is) => put(got, `lots ${member}`, funds(is)));
    put(want, `lots ${member}`, told(model.lotsOf(member)));
    pipe.smembers(keys.under(member));
    readers.push((answer) => put(got, `under ${member}`, [...(answer as string[])].sort()));
    const under = [...model.jobs.values()].filter((job) => job.asker === member && !job.ended).map(({ id }) => id);
    put(want, `under ${member}`, under.sort());
  }
  for (const n of windowsKnown) {
    const { id } = windowOf(n);
    pipe.hgetall(keys.used(id));
    read((is) =>
      put(got, `used ${id}`, {
        held: count(is.held),
        spent: count(is.spent),
        moneyHeld: count(is.money_held),
        moneySpent: count(is.money_spent),
      }),
    );
    put(want, `used ${id}`, model.usedIn(id));
  }
  for (const id of potIds) {
    pipe.hgetall(keys.shares(id));
    read((is) => put(got, `pot ${id}`, funds(is)));
    put(want, `pot ${id}`, told(model.pots.get(id)?.shares));
  }
  pipe.hgetall(keys.window);
  read((is) => put(got, 'window', { id: is.id ?? 0, ends: count(is.ends) }));
  put(want, 'window', { id: model.window?.id ?? 0, ends: model.window?.ends ?? 0 });
  const answers = (await pipe.exec()) ?? [];
  for (const [index, [error, answer]] of answers.entries()) {
    if (error) throw error;
    readers[index]?.(answer);
  }
  return { got, want };
}
