import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createUpkeep } from '../../src/desk/upkeep.ts';
import { type SpaceKey, spaceKey, spaceOf } from '../../src/domain/origin.ts';
import { type UpkeepTools, upkeep } from '../../src/worker/upkeep.ts';
import { orderOf, thisWeek } from '../desk/rig.ts';
import { type IntakeRig, intakeOn, textOf } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const day = 86_400_000;
const [kind = 'embedded'] = redisKinds;

describe('what time does to credits', () => {
  const engine = useRedis(kind);
  let rig: IntakeRig;
  let tools: UpkeepTools;
  const { space } = orderOf();
  const keys = spaceKeys(space);
  beforeEach(() => {
    rig = intakeOn(engine.redis);
    const { ledger, pots, rules, settings } = rig;
    tools = {
      ...{ ledger, pots, rules, settings, upkeep: createUpkeep(engine.redis) },
      timeZone: async () => 'UTC',
      poster: () => rig.chat.poster,
      log: rig.log,
    };
  });
  const told = () => [...rig.chat.notices.values()].map(({ to, notice }) => `${to.for} ${textOf(notice)}`);

  test('granted credits run out and pots return, also where nobody calls', async () => {
    const terms = { window: thisWeek(), allowance: 10 };
    const inCharge = { by: 'boss', why: 'once' };
    await rig.ledger.grant(space, 'g', { member: 'ada', credits: 5, expires: Date.now() + day, ...inCharge });
    const about = { title: 'ours', for: { kind: 'thread', channel: 'films' }, by: 'ada' } as const;
    const pot = await rig.pots.open(space, 'o', { ...about, deadline: Date.now() + day });
    await rig.pots.pledge(space, 'p', { pot, member: 'bob', credits: 4, terms });
    await upkeep(tools);
    expect(await rig.desk.quota(space, 'bob', terms)).toMatchObject({ left: 6, pledged: 4 });

    const [lot = ''] = await engine.redis.hkeys(keys.lots('ada'));
    await engine.redis.hset(keys.lots('ada'), lot, '5|0|1000');
    await engine.redis.zadd(keys.expiring, 1000, `ada/${lot}`);
    await engine.redis.hset(keys.pot(pot), 'deadline', 1000);
    await engine.redis.zadd(keys.pots, 1000, pot);
    await upkeep(tools);
    expect(await rig.desk.quota(space, 'bob', terms)).toMatchObject({ left: 10, pledged: 0 });
    expect((await rig.desk.quota(space, 'ada', terms)).entries[0]).toMatchObject({ kind: 'expire', credits: 5 });
    expect(await engine.redis.exists(keys.lots('ada'))).toBe(0);
  });

  test('managers are told once at four fifths of their budget, and once when it is used up', async () => {
    await rig.rules.change(space, 'space', undefined, { budget: 10 }, { key: 'one', by: 'boss', why: '' });
    await rig.desk.accept(orderOf({ price: 7 }));
    await upkeep(tools);
    expect(told()).toEqual([]);
    await rig.desk.accept(orderOf({ price: 1 }));
    await upkeep(tools);
    await upkeep(tools);
    expect(told()).toEqual([expect.stringMatching(/^managers 80 % of what this community/)]);
    await rig.desk.accept(orderOf({ price: 2 }));
    await upkeep(tools);
    await upkeep(tools);
    expect(told()).toHaveLength(2);
    expect(told()[1]).toMatch(/used up/);

    // Another budget is another matter.
    await rig.rules.change(space, 'space', { budget: 10 }, { budget: 12 }, { key: 'more', by: 'boss', why: '' });
    await upkeep(tools);
    await upkeep(tools);
    expect(told()).toHaveLength(3);
    expect(told()[2]).toMatch(/^managers 80 %/);
  });

  test('what nobody could be told is tried again an hour later', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 3_600_000) * 3_600_000 });
    onTestFinished(() => void vi.useRealTimers());
    await rig.rules.change(space, 'space', undefined, { budget: 10 }, { key: 'one', by: 'boss', why: '' });
    await rig.desk.accept(orderOf({ price: 9 }));
    let asked = 0;
    const notice = async (): Promise<undefined> => {
      asked += 1;
    };
    const nobody = { ...rig.chat.poster, notice };
    for (let n = 0; n < 3; n++) await upkeep({ ...tools, poster: () => nobody });
    expect(asked).toBe(1);
    vi.setSystemTime(Date.now() + 3_600_000);
    await upkeep(tools);
    expect(told()).toEqual([expect.stringMatching(/^managers 80 %/)]);
  });

  test('a space in trouble keeps no other, and is told to the log', async () => {
    const other = orderOf({ space: 'other' });
    await rig.desk.accept(other);
    await engine.redis.hset(keys.window, 'id', 'week:x', 'ends', Date.now() + day);
    await engine.redis.hset(keys.policy, 'space', '{"budget":"much"}');
    await rig.rules.change(other.space, 'space', undefined, { budget: 4 }, { key: 'two', by: 'boss', why: '' });
    await upkeep(tools);
    expect(told()).toEqual([expect.stringMatching(/^managers What this community/)]);
    expect(rig.errors()).toMatchObject([{ fields: { space } }]);
  });
});

test.each(['atelier', 'T1', '1234567890123456789', 'ünïcode space:with}braces{', 'ab', 'abc', 'abcd', 'abcde'])(
  'the key of the space %s names it',
  (name) => {
    for (const platform of ['web', 'discord', 'slack'] as const) {
      const key: SpaceKey = spaceKey({ platform, space: name });
      expect(spaceOf(key)).toEqual({ platform, space: name });
    }
  },
);
