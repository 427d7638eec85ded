import { beforeEach, describe, expect, test } from 'vitest';
import { spaceKey } from '../../src/domain/origin.ts';
import { textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

const space = spaceKey({ platform: 'web', space: 'atelier' });
const inCharge = { by: 'boss', why: 'a prize' };

describe.each(redisKinds.slice(0, 1))('a film’s receipt, on %s', (kind) => {
  const { rig } = useIntake(kind);
  beforeEach(() => {
    rig.chat.know('bob', { name: 'Bob' });
  });
  const details = async (id: string, user = 'ada') =>
    textOf(await rig.ask('film details', { job: id }, { user })).split('\n');

  test('says what came of the allowance and what was granted, and what was left, to its member and managers alone', async () => {
    await rig.ledger.grant(space, 'start', { member: 'ada', credits: 3, expires: Date.now() + 3_600_000, ...inCharge });
    const ref = await rig.film('video', { prompt: 'a boat', seconds: 8 });
    const lines = ['Paid from: 3 of granted credits, 5 of the allowance', 'Left then: 55 credits'];
    for (const user of ['ada', 'boss']) expect(await details(ref.id, user)).toEqual(expect.arrayContaining(lines));
    for (const user of ['bob', 'mod']) {
      const told = await details(ref.id, user);
      expect(told).toContain('Seconds: 8');
      expect(told.filter((line) => /^(?:Paid|Left)/.test(line))).toEqual([]);
    }
    await rig.film('video', { prompt: 'more', seconds: 4 });
    expect(await details(ref.id)).toContain('Left then: 55 credits');
  });

  test('of a pot names who paid what, and where it came to nothing, to whom it went back', async () => {
    const pot = await rig.pots.open(space, 'pot', {
      ...{ title: 'Boats', for: { kind: 'thread', channel: 'films', thread: 'today' }, by: 'ada' },
      deadline: Date.now() + 3_600_000,
    });
    await rig.pots.fund(space, 'fund', { pot, credits: 10, by: 'boss' });
    await rig.ask('pot pledge', { pot, credits: 20 }, { user: 'bob' });
    const ref = await rig.film('video', { prompt: 'a boat', seconds: 12, pot: 'boats' });
    const paid = 'Paid by the pot: Boats: 4 by Those in charge, 8 by Bob';
    expect(await details(ref.id)).toEqual(expect.arrayContaining([paid, 'Left then: 18 credits']));
    const others = await details(ref.id, 'mod');
    expect(others).toContain(paid);
    expect(others.join()).not.toMatch(/Left then|Went back/);
    await rig.ask('film cancel', { job: ref.id });
    expect(await details(ref.id)).toEqual(expect.arrayContaining([paid, 'Went back: 4 to Those in charge, 8 to Bob']));
  });
});
