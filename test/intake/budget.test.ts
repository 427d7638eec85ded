import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BudgetLimit, createBudget } from '../../src/desk/budget.ts';
import { createChallenges } from '../../src/desk/challenges.ts';
import { createPots } from '../../src/desk/pots.ts';
import type { Order } from '../../src/domain/desk.ts';
import { UserError } from '../../src/domain/errors.ts';
import { usualPolicy, windowAt } from '../../src/domain/policy.ts';
import { type Basis, take } from '../../src/intake/take.ts';
import { deskOn, thisWeek } from '../desk/rig.ts';
import { createFakeChat } from '../support/chat.ts';
import { callOf } from '../support/house.ts';
import { createTestLog } from '../support/log.ts';
import { type RedisKind, redisKinds, startRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
beforeEach(async () => {
  redis = await startRedis(redisKinds[0] as RedisKind);
});
afterEach(() => redis.close());

const { origin } = callOf('video');
const perSecond = 100_000;

/** A process that takes calls over a connection of its own; `before` holds it up between the operator's money and the member's. */
function processOf(before: () => Promise<void> = async () => undefined) {
  const client = redis.connect();
  const rig = deskOn(client);
  const chat = createFakeChat();
  const log = createTestLog();
  const month = () => windowAt(Date.now(), 'month', 'UTC');
  const limit: BudgetLimit = { of: 'money', most: 2_000_000, kind: 'month', timeZone: 'UTC', window: month };
  const standing = { read: async () => undefined };
  const budget = createBudget({ redis: client, standing, job: rig.records.read, limit, log });
  const works: Promise<void>[] = [];
  const desk = {
    ...rig.desk,
    accept: async (order: Order) => {
      await before();
      return rig.desk.accept(order);
    },
  };
  const tools = {
    ...{ desk, lists: rig.lists, records: rig.records, budget, log, nudge: () => undefined },
    ...{ prices: { money: async ({ seconds }: { seconds: number }) => seconds * perSecond } },
    ...{
      rights: () => chat.rights,
      poster: () => chat.poster,
      pots: createPots(client),
      challenges: createChallenges(client),
    },
  };
  const policy = usualPolicy({ credits: 60, window: 'week', timeZone: 'UTC' }, 0);
  return {
    budget,
    held: async () => (await budget.state())?.held,
    order: (key: string, seconds = 8, credits = 60) => {
      const recipe = { model: 'sora-2', prompt: 'a boat', seconds, size: '1365x768' } as const;
      const basis: Basis = {
        space: 'web-atelier',
        level: 'anyone',
        policy: { ...policy, credits },
        window: thisWeek(),
        why: { decisions: [], book: new Map() },
      };
      const deed = { key, origin, requester: 'ada' };
      return take({ recipe, count: 1, price: seconds, notes: [] }, deed, basis, tools, (work) => void works.push(work));
    },
    quiet: async () => {
      while (works.length > 0) await Promise.all(works.splice(0));
    },
  };
}

function gate() {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

test('the same call in two processes at once keeps its money set aside, whichever of them takes it', async () => {
  const { passed, open } = gate();
  const slow = processOf(() => passed);
  const fast = processOf();
  const first = slow.order('same');
  await wait(30);
  await fast.order('same');
  open();
  await first;
  await Promise.all([slow.quiet(), fast.quiet()]);
  expect(await fast.held()).toBe(8 * perSecond);
});

test('two choices of one quote in two processes: what was taken is set aside at its own price, and nothing else', async () => {
  const { passed, open } = gate();
  const slow = processOf(() => passed);
  const fast = processOf();
  const cheap = slow.order('quote', 4).catch((error: unknown) => error);
  await wait(30);
  await fast.order('quote', 12);
  open();
  expect(await cheap).toBeInstanceOf(UserError);
  await Promise.all([slow.quiet(), fast.quiet()]);
  expect(await fast.held()).toBe(12 * perSecond);
});

test('a hundred calls that come twice at once, over two processes: nothing is lost and nothing is left over', async () => {
  const [one, two] = [processOf(), processOf()];
  const keys = Array.from({ length: 100 }, (_, n) => `twice-${n}`);
  for (const key of keys) {
    await Promise.allSettled([one.order(key, 4, 600), two.order(key, 4, 600)]);
    await Promise.all([one.quiet(), two.quiet()]);
  }
  // 2.0 pays for five films of 0.4, and for no sixth.
  expect(await one.held()).toBe(2_000_000);
});

test('what the member cannot pay leaves nothing set aside', async () => {
  const one = processOf();
  await expect(one.order('dear', 8, 4)).rejects.toMatchObject({ refusal: 'balance' });
  await one.quiet();
  expect(await one.held()).toBe(0);
});
