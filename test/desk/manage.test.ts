import { beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { keep, spaceKeys } from '../../src/desk/keys.ts';
import type { JobRef } from '../../src/domain/job.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';
import { deskOn, thisWeek } from './rig.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });

describe.each(redisKinds)('the jobs of a space on %s', (kind) => {
  const engine = useRedis(kind);
  let rig: ReturnType<typeof deskOn>;
  beforeEach(() => {
    rig = deskOn(engine.redis);
  });
  const quota = () => rig.desk.quota(space, 'ada', { window: thisWeek(), allowance: 60 });
  const soundly = async () => expect((await audit(engine.redis)).problems).toEqual([]);
  const due = async ({ id }: JobRef) => Number(await engine.redis.zscore(spaceKeys(space).open, id));
  const kept = async (): Promise<JobRef> => {
    const ref = await rig.accepted();
    await rig.rendered(ref);
    await rig.step(ref, 'deliver', { refused: { generation: 1, at: Date.now() } });
    return ref;
  };
  const parked = async (): Promise<JobRef> => {
    const ref = await rig.accepted();
    await rig.lists.enlist(space);
    await rig.lists.admit(10);
    for (let deaths = 0; deaths < 4; deaths += 1) await rig.begin(ref, 'submit');
    return ref;
  };

  test('are listed whoever asked, the newest first, page by page, and each space its own', async () => {
    const ids: string[] = [];
    for (const member of ['ada', 'bob', 'ada', 'cem', 'bob']) {
      const { id } = await rig.accepted({ member });
      await engine.redis.zadd(spaceKeys(space).index, Date.now() + ids.length, id);
      ids.unshift(id);
    }
    await rig.accepted({ space: 'elsewhere' });
    const idsOf = async (limit: number, before?: string) =>
      (await rig.desk.jobsIn(space, limit, before)).map(({ request }) => request.id);
    expect(await idsOf(2)).toEqual(ids.slice(0, 2));
    expect(await idsOf(2, ids[1])).toEqual(ids.slice(2, 4));
    expect(await idsOf(10, ids[3])).toEqual(ids.slice(4));
    expect(await idsOf(10, ids[4])).toEqual([]);
    expect(await idsOf(10, 'jaaaaaaaaaaaaaaaa-1')).toEqual([]);
  });

  test('of one call are all listed, and none for ever', async () => {
    const { index } = spaceKeys(space);
    await engine.redis.zadd(index, Date.now() - keep.record * 1000 - 60_000, 'jold');
    await rig.accepted({ count: 3 });
    expect(await engine.redis.zcard(index)).toBe(3);
    expect(await engine.redis.ttl(index)).toBeGreaterThan(keep.record - 60);
  });

  test('a waiting one is given up at once, once, and its credits are back', async () => {
    const ref = await rig.accepted({ price: 4 });
    expect((await quota()).held).toBe(4);
    expect(await rig.desk.release(ref, 'boss')).toBe('released');
    expect(await quota()).toMatchObject({ held: 0, spent: 0, left: 60 });
    expect(await rig.read(ref)).toMatchObject({ settled: 'released', failure: { reason: 'abandoned' } });
    expect(await rig.desk.release(ref, 'boss')).toBe('late');
    await soundly();
  });

  test.each([
    ['kept', kept],
    ['parked', parked],
  ])('one that is %s is marked for its next step, which is due at once', async (_name, held) => {
    const ref = await held();
    const before = await rig.read(ref);
    expect(await rig.desk.release(ref, 'boss')).toBe('asked');
    const marked = await rig.read(ref);
    expect(marked).toMatchObject({ version: before.version + 1, givenUp: { by: 'boss' } });
    expect(marked.settled).toBeUndefined();
    expect((await quota()).held).toBe(4);
    expect(await due(ref)).toBeLessThanOrEqual(Date.now());
    // Who asked first is who did it.
    await rig.desk.release(ref, 'other');
    expect((await rig.read(ref)).givenUp).toEqual(marked.givenUp);
    // Another try takes it back.
    expect(await rig.desk.redeliver(ref)).toBe(true);
    expect((await rig.read(ref)).givenUp).toBeUndefined();
    await soundly();
  });

  test('one under way is left alone, and so is one that ended, or that there is none of', async () => {
    const ref = await rig.accepted();
    await rig.lists.enlist(space);
    await rig.lists.admit(10);
    const before = await engine.redis.hgetall(spaceKeys(space).job(ref.id));
    expect(await rig.desk.release(ref, 'boss')).toBe('moving');
    expect(await engine.redis.hgetall(spaceKeys(space).job(ref.id))).toEqual(before);
    await rig.rendered(ref);
    expect(await rig.desk.release(ref, 'boss')).toBe('moving');
    await rig.delivered(ref);
    expect(await rig.desk.release(ref, 'boss')).toBe('late');
    await expect(rig.desk.release({ space, id: 'jaaaaaaaaaaaaaaaa-1' }, 'boss')).rejects.toMatchObject({
      said: { word: 'job.unknown' },
    });
    await soundly();
  });

  test('one that moves on between the look at it and the mark is not marked', async () => {
    const ref = await kept();
    const evalsha = engine.redis.evalsha.bind(engine.redis);
    let moved = false;
    engine.redis.evalsha = (async (...given: Parameters<typeof evalsha>) => {
      if (!moved) {
        moved = true;
        expect(await deskOn(engine.other).desk.redeliver(ref)).toBe(true);
      }
      return evalsha(...given);
    }) as typeof evalsha;
    try {
      expect(await rig.desk.release(ref, 'boss')).toBe('moving');
    } finally {
      engine.redis.evalsha = evalsha;
    }
    expect(moved).toBe(true);
    expect((await rig.read(ref)).givenUp).toBeUndefined();
  });
});
