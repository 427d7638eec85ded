import { describe, expect, test } from 'vitest';
import type { JobRef } from '../../src/domain/job.ts';
import { redisKinds } from '../support/redis.ts';
import { space, useChallenges } from './rig.ts';

const boss = { user: 'boss' } as const;

describe.each(redisKinds.slice(0, 1))('what comes back of a challenge that is called off, on %s', (kind) => {
  const { rig, look, open, pass, enter, entries, left } = useChallenges(kind);
  const cancel = async (): Promise<void> => {
    await rig.ask('challenge cancel', { reason: 'rain' }, boss);
    await look();
  };
  const states = async (id: string) =>
    Object.fromEntries((await entries(id)).map(({ member, state }) => [member, state]));
  const rests = async () => (await rig.challenges.underWay(space)).length === 0;
  /** An entry whose film its author could not be given: it counts, is kept for them, and not paid yet. */
  const kept = async (user: string): Promise<JobRef> => {
    const { jobs } = await rig.ask('challenge enter', { prompt: `by ${user}` }, { user });
    const ref = { space, id: jobs[0] ?? '' };
    await rig.rendered(ref);
    await rig.step(ref, 'deliver', { refused: { generation: 1, at: Date.now() } });
    await look();
    return ref;
  };
  /** Other credits of this window, which are spent. */
  const spent = async (user: string): Promise<void> => {
    const ref = await rig.film('video', { prompt: 'a boat', seconds: 8 }, { user });
    await rig.rendered(ref);
    await rig.delivered(ref);
  };

  test('a film that is only kept for its author when entries close is not paid, and does not count', async () => {
    const id = await open();
    const ref = await kept('ada');
    await enter('bob');
    await look();
    expect(await states(id)).toEqual({ ada: 'in', bob: 'in' });
    await pass(id, 'closesAt');
    await look();
    expect(await states(id)).toEqual({ ada: 'failed', bob: 'in' });
    expect(rig.chat.exhibits()).toHaveLength(1);
    expect((await rig.read(ref)).settled).toBeUndefined();
  });

  test('a film that is kept is not paid yet: nothing comes back for it, and it ends when its hold does', async () => {
    const id = await open();
    await spent('ada');
    const ref = await kept('ada');
    await enter('bob');
    await look();
    await cancel();
    expect(await states(id)).toEqual({ ada: 'in', bob: 'failed' });
    expect([await left('ada'), await left('bob'), await rests()]).toEqual([48, 60, false]);
    expect((await rig.read(ref)).cancel).toBeUndefined();
    await rig.records.settle(await rig.begin(ref, 'deliver'), 'released');
    await look();
    expect(await states(id)).toEqual({ ada: 'failed', bob: 'failed' });
    expect([await left('ada'), await rests(), rig.errors()]).toEqual([52, true, []]);
  });

  test('a film that was kept until its credits went back is paid no more: they come back once', async () => {
    await open();
    await spent('ada');
    const ref = await kept('ada');
    await rig.records.settle(await rig.begin(ref, 'deliver'), 'released');
    expect(await left('ada')).toBe(52);
    await cancel();
    expect([await left('ada'), await rests(), rig.errors()]).toEqual([52, true, []]);
  });

  test('a film that was kept and fetched since is paid: its credits come back', async () => {
    const id = await open();
    const ref = await kept('ada');
    await rig.delivered(ref);
    await cancel();
    expect([await left('ada'), await states(id), await rests()]).toEqual([60, { ada: 'failed' }, true]);
  });

  test('what somebody gave back by hand before is not given back again, and keeps nobody else waiting', async () => {
    const id = await open();
    await enter('ada');
    await enter('bob');
    await look();
    await rig.ask('admin credits correct', { member: 'ada', credits: -4, reason: 'rain' }, boss);
    await cancel();
    expect([await left('ada'), await left('bob'), await rests()]).toEqual([60, 60, true]);
    expect(await states(id)).toEqual({ ada: 'failed', bob: 'failed' });
  });
});
