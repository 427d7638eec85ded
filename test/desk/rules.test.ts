import { beforeEach, describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createRules } from '../../src/desk/rules.ts';
import { createTrail } from '../../src/desk/trail.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { type Rule, type Rules, rulesMax, type Subject } from '../../src/domain/rules.ts';
import { goneClient, redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const space = spaceKey({ platform: 'slack', space: 'T1' });
let calls = 0;
const by = (who: string) => ({ key: `call ${calls++}`, by: who, why: 'as agreed' });

describe.each(redisKinds)('the rules of spaces on %s', (kind) => {
  const engine = useRedis(kind);
  let rules: Rules;
  beforeEach(() => {
    rules = createRules(engine.redis);
  });
  const trail = async () =>
    (await createTrail(engine.redis).read(space, 100)).map(({ id: _, at: __, ...deed }) => deed);

  test('are none until somebody settles one; each space has its own, and an empty one is none', async () => {
    expect((await rules.read(space)).size).toBe(0);
    const rule: Rule = { seconds: 8, credits: 20, models: ['a', 'b'], spoiler: true, zone: 'Europe/Berlin' };
    await rules.change(space, 'role S1', undefined, rule, by('ada'));
    expect([...(await rules.read(space))]).toEqual([['role S1', rule]]);
    expect((await rules.read(spaceKey({ platform: 'slack', space: 'T2' }))).size).toBe(0);
    await rules.change(space, 'role S1', rule, {}, by('bob'));
    expect(await engine.redis.exists(spaceKeys(space).policy)).toBe(0);
    const text = '{"credits":20,"models":["a","b"],"seconds":8,"spoiler":true,"zone":"Europe/Berlin"}';
    expect(await trail()).toEqual([
      { who: 'bob', what: 'policy', about: 'role S1', why: 'as agreed', before: text, after: '' },
      { who: 'ada', what: 'policy', about: 'role S1', why: 'as agreed', before: '', after: text },
    ]);
  });

  test('of managers who change one at once, one does, and all others are told', async () => {
    const seen: Rule = { credits: 10 };
    await rules.change(space, 'space', undefined, seen, by('ada'));
    const asked = Array.from({ length: 10 }, (_, n) =>
      rules.change(space, 'space', seen, { credits: 20 + n }, by(`m${n}`)),
    );
    const lost = (await Promise.allSettled(asked)).filter((one) => one.status === 'rejected');
    expect(lost).toHaveLength(9);
    for (const { reason } of lost)
      expect(reason).toMatchObject({ refusal: 'conflict', said: { word: 'policy.changed' } });
    expect(await trail()).toHaveLength(2);
    await rules.change(space, 'member U1', undefined, { once: 1 }, by('ada'));
    expect((await rules.read(space)).size).toBe(2);
  });

  test('the same change again is none, whatever was seen', async () => {
    await rules.change(space, 'space', undefined, { credits: 10, once: 1 }, by('ada'));
    await rules.change(space, 'space', undefined, { once: 1, credits: 10 }, by('ada'));
    expect(await trail()).toHaveLength(1);
  });

  test('a space has so many and no more, and those there are can still be changed', async () => {
    const fields = Array.from({ length: rulesMax }, (_, n) => [`member U${n}`, '{"credits":1}']);
    await engine.redis.hset(spaceKeys(space).policy, Object.fromEntries(fields));
    expect((await rules.read(space)).size).toBe(rulesMax);
    const more = rules.change(space, 'space', undefined, { credits: 5 }, by('ada'));
    await expect(more).rejects.toMatchObject({ said: { word: 'policy.many', with: { most: rulesMax } } });
    await rules.change(space, 'member U7', { credits: 1 }, { credits: 2 }, by('ada'));
    await rules.change(space, 'member U8', { credits: 1 }, {}, by('ada'));
    await rules.change(space, 'space', undefined, { credits: 5 }, by('ada'));
    expect((await rules.read(space)).size).toBe(rulesMax);
  });

  test('what is no rule, or for nobody, changes nothing', async () => {
    for (const rule of [{ credits: -1 }, { seconds: 1.5 }, { models: [] }, { zone: 'Mars' }, { wages: 5 }]) {
      await expect(rules.change(space, 'space', undefined, rule as Rule, by('ada'))).rejects.toThrow();
    }
    await expect(rules.change(space, 'role' as Subject, undefined, { credits: 1 }, by('ada'))).rejects.toThrow();
    expect(await engine.redis.exists(spaceKeys(space).policy, spaceKeys(space).trail)).toBe(0);
  });

  test('a manager is asked once a day, and never again once it was left', async () => {
    expect([await rules.mayAsk(space), await rules.mayAsk(space)]).toEqual([true, false]);
    await rules.leave(space);
    expect(await engine.redis.ttl(spaceKeys(space).asked)).toBe(-1);
    expect(await rules.mayAsk(space)).toBe(false);
  });

  test('members are told in plain words when Redis is away', async () => {
    const away = createRules(await goneClient(engine.redis));
    for (const asked of [away.read(space), away.mayAsk(space), away.leave(space)]) {
      await expect(asked).rejects.toMatchObject({ said: { word: 'service.away' } });
    }
  });
});
