import { beforeEach, describe, expect, test } from 'vitest';
import { createTrail } from '../../src/desk/trail.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import type { Trail } from '../../src/domain/trail.ts';
import { type IntakeRig, intakeOn } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const place = { platform: 'slack', space: 'T1', channel: 'C1' } as const;
const space = spaceKey(place);

describe.each(redisKinds)('the trail on %s', (kind) => {
  const engine = useRedis(kind);
  let trail: Trail;
  let rig: IntakeRig;
  beforeEach(() => {
    trail = createTrail(engine.redis);
    rig = intakeOn(engine.redis);
    rig.chat.promote('boss', 'manager');
  });

  test('gives back what was noted, the newest first, page by page, and each space its own', async () => {
    for (let n = 1; n <= 5; n++) await trail.note(space, `call ${n}`, { who: 'ada', what: 'thing', after: String(n) });
    await trail.note(spaceKey({ platform: 'slack', space: 'T2' }), 'call 1', { who: 'bob', what: 'thing' });
    const first = await trail.read(space, 2);
    expect(first.map(({ after }) => after)).toEqual(['5', '4']);
    expect(first[0]).toMatchObject({ who: 'ada', what: 'thing' });
    expect(Math.abs((first[0]?.at ?? 0) - Date.now())).toBeLessThan(60_000);
    const next = await trail.read(space, 10, first.at(-1)?.id);
    expect(next.map(({ after }) => after)).toEqual(['3', '2', '1']);
  });

  test('has every use of a command that is not for everybody, and no other, and none that was refused', async () => {
    await rig.ask('admin settings', {}, { user: 'boss', origin: place });
    await rig.ask('admin set', { guests: 'yes' }, { user: 'boss', origin: place });
    await rig.refused('admin set', {}, { user: 'boss', origin: place });
    await rig.refused('admin settings', {}, { user: 'ada', origin: place });
    await rig.ask('quota', {}, { user: 'boss', origin: place });
    const noted = (await trail.read(space, 10)).map(({ id: _, at: __, ...deed }) => deed);
    expect(noted).toEqual([
      { who: 'boss', what: 'admin set', after: '{"guests":true}' },
      { who: 'boss', what: 'setting', about: 'guests', before: '', after: 'true' },
      { who: 'boss', what: 'admin settings' },
    ]);
  });
});
