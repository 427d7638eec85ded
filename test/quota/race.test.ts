import { beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { createDesk } from '../../src/desk/desk.ts';
import { createLedger } from '../../src/desk/ledger.ts';
import { createPots } from '../../src/desk/pots.ts';
import { orderOf, thisWeek } from '../desk/rig.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const { space } = orderOf();
const terms = () => ({ window: thisWeek(), allowance: 60 });

describe.each(redisKinds)('many at once on %s', (kind) => {
  const engine = useRedis(kind);
  const count = kind === 'server' ? 1_000 : 100;
  const inCharge = { by: 'boss', why: 'a test' };
  let desks: ReturnType<typeof createDesk>[] = [];
  beforeEach(() => {
    desks = [createDesk(engine.redis), createDesk(engine.other)];
  });
  const wellDone = (outcomes: PromiseSettledResult<unknown>[]) =>
    outcomes.filter(({ status }) => status === 'fulfilled').length;

  test(`${count} accepts of a credit each against an allowance of 60 take exactly 60`, async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: count }, (_, n) => desks[n % 2]?.accept(orderOf({ price: 1 }))),
    );
    expect(wellDone(outcomes)).toBe(60);
    expect(await desks[0]?.quota(space, 'ada', terms())).toMatchObject({ held: 60, left: 0 });
    expect((await audit(engine.redis, 0)).problems).toEqual([]);
  }, 60_000);

  test('two who use one lot never use more of it than there is', async () => {
    const ledger = createLedger(engine.redis);
    await ledger.grant(space, 'one', { member: 'ada', credits: 10, ...inCharge });
    const gift = { from: 'ada', credits: 1, day: 'today', most: 100, note: '' };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, n) =>
        n % 2 === 0
          ? desks[0]?.accept(orderOf({ price: 1, allowance: 0 }))
          : createLedger(engine.other).give(space, `gift-${n}`, { ...gift, to: 'bob' }),
      ),
    );
    expect(wellDone(outcomes)).toBe(10);
    const [ada, bob] = [await desks[0]?.quota(space, 'ada', terms()), await desks[0]?.quota(space, 'bob', terms())];
    expect((ada?.held ?? 0) + (bob?.lots.reduce((sum, { left }) => sum + left, 0) ?? 0)).toBe(10);
    expect((await audit(engine.redis, 0)).problems).toEqual([]);
  });

  test('a budget of the space is a hard stop over all of its members', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, n) =>
        desks[n % 2]?.accept(orderOf({ member: `m${n}`, price: 4, caps: { spaceCredits: 50 } })),
      ),
    );
    expect(wellDone(outcomes)).toBe(12);
    const refused = outcomes.find((one) => one.status === 'rejected');
    expect(refused).toMatchObject({ reason: { refusal: 'busy', said: { word: 'cap.space' } } });
  });

  test('a pot that many pay from at once is drawn on to the last credit, and no further', async () => {
    const pots = createPots(engine.redis);
    const about = { title: 'ours', for: { kind: 'thread', channel: 'films' }, by: 'ada' } as const;
    const pot = await pots.open(space, 'open', { ...about, deadline: Date.now() + 60_000 });
    for (const member of ['ada', 'bob', 'cyd'])
      await pots.pledge(space, member, { pot, member, credits: 7, terms: terms() });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => desks[n % 2]?.accept(orderOf({ member: `m${n}`, price: 2, pot }))),
    );
    expect(wellDone(outcomes)).toBe(10);
    expect(await pots.find(space, pot)).toMatchObject({ left: 1, held: 20 });
    expect((await audit(engine.redis, 0)).problems).toEqual([]);
  });
});
