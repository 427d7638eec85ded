import { afterEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import type { JobRef } from '../../src/domain/job.ts';
import { word } from '../../src/domain/words.ts';
import { show } from '../../src/show.ts';
import { thisWeek } from '../desk/rig.ts';
import { refused } from '../support/chat.ts';
import { redisKinds } from '../support/redis.ts';
import { type Steps, startSteps } from '../support/steps.ts';

let house: Steps | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

describe.each(redisKinds.slice(0, 1))('a job that is given up (%s)', (kind) => {
  /** A job with its card, whose task is made. */
  async function setUp() {
    house = await startSteps({}, {}, kind);
    const rig = house;
    const ref = await rig.admitted({ price: 4, money: 50 });
    await show(await rig.read(ref), 1, { ...rig, poster: () => rig.chat.poster });
    const ended = async (of: JobRef) => {
      const job = await rig.until(of, ({ settled }) => settled !== undefined);
      expect(job).toMatchObject({ settled: 'released', failure: { reason: 'abandoned' } });
      for (let steps = 0; steps < 3; steps += 1) await rig.take(of);
      expect(await rig.redis.zscore(spaceKeys(of.space).open, of.id)).toBeNull();
      expect(rig.chat.cards(of.id).map(({ card }) => [card?.state, card?.line])).toEqual([
        ['failed', word('failed.abandoned')],
      ]);
      expect(rig.chat.films(of.id)).toEqual([]);
      expect(await rig.desk.quota(of.space, 'ada', { window: thisWeek(), allowance: 60 })).toMatchObject({
        held: 0,
        spent: 0,
        left: 60,
      });
      expect((await audit(rig.redis)).problems.filter((found) => !found.includes('budget'))).toEqual([]);
    };
    return { rig, ref, ended };
  }

  test('because its chat does not take the film: it ends in plain words, and nothing is paid', async () => {
    const { rig, ref, ended } = await setUp();
    rig.chat.fail('film', 1, refused);
    await rig.take(ref);
    rig.gateway.finish(rig.gateway.taskOf(ref.id).id);
    await rig.until(ref, (job) => job.refused !== undefined);
    expect(await rig.desk.release(ref, 'boss')).toBe('asked');
    await ended(ref);
    // The film was made all the same, so the operator paid for it.
    expect(rig.booked.get(ref.id)).toBeGreaterThan(0);
    expect(rig.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('because it keeps killing its worker', async () => {
    const { rig, ref, ended } = await setUp();
    for (let deaths = 0; deaths < 4; deaths += 1) await rig.begin(ref, 'submit');
    expect((await rig.read(ref)).parked).toBe(true);
    expect(await rig.desk.release(ref, 'boss')).toBe('asked');
    await ended(ref);
  });

  test('while it waits: its card tells of it', async () => {
    const { rig } = await setUp();
    const ref = await rig.accepted({});
    await show(await rig.read(ref), 1, { ...rig, poster: () => rig.chat.poster });
    expect(await rig.desk.release(ref, 'boss')).toBe('released');
    await rig.take(ref);
    expect(rig.chat.cards(ref.id)[0]?.card).toMatchObject({ state: 'failed', line: word('failed.abandoned') });
  });
});
