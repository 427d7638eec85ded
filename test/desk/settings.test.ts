import { beforeEach, describe, expect, test } from 'vitest';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createSettings } from '../../src/desk/settings.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { type SpaceSettings, usualSettings } from '../../src/domain/settings.ts';
import { goneClient, redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const space = spaceKey({ platform: 'slack', space: 'T1' });
const other = spaceKey({ platform: 'slack', space: 'T2' });

describe.each(redisKinds)('the settings of spaces on %s', (kind) => {
  const engine = useRedis(kind);
  let settings: SpaceSettings;
  beforeEach(() => {
    settings = createSettings(engine.redis);
  });
  const changes = async (): Promise<string[][]> => {
    const entries = await engine.redis.xrange(spaceKeys(space).trail, '-', '+');
    return entries.map(([, fields]) =>
      fields.filter((_, index) => index % 2 === 1).filter((text) => text !== 'setting'),
    );
  };

  test('are as usual until somebody settles them, each space for itself', async () => {
    expect(await settings.read(space)).toEqual({ workflowCredits: 0, guests: false, strangers: false });
    const changed = { ...usualSettings, workflowCredits: 100, moderators: 'S1', guests: true };
    const { workflowCredits, moderators, guests } = changed;
    expect(await settings.change(space, { workflowCredits, moderators, guests }, 'ada')).toEqual(changed);
    expect(await settings.read(space)).toEqual(changed);
    expect(await settings.read(other)).toEqual(usualSettings);
  });

  test('what is left out of a change stays', async () => {
    await settings.change(space, { workflowCredits: 100, managers: 'S2' }, 'ada');
    await settings.change(space, { workflowCredits: 0, strangers: true }, 'bob');
    expect(await settings.read(space)).toEqual({ ...usualSettings, managers: 'S2', strangers: true });
  });

  test('what is settled no more is as usual again, which is noted too', async () => {
    await settings.change(space, { managers: 'S2', guests: true }, 'ada');
    expect(await settings.change(space, { managers: null, staff: null, workflowCredits: 5 }, 'bob')).toEqual({
      ...{ ...usualSettings, guests: true, workflowCredits: 5 },
    });
    expect(await settings.read(space)).not.toHaveProperty('managers');
    expect((await changes()).slice(2)).toEqual([
      ['bob', 'workflowCredits', '', '5'],
      ['bob', 'managers', '"S2"', ''],
    ]);
  });

  test('each change is noted: who, what, before, after, and when; what was so already is none', async () => {
    const began = Date.now();
    await settings.change(space, { workflowCredits: 100, guests: true }, 'ada');
    await settings.change(space, { workflowCredits: 50, guests: true }, 'bob');
    expect(await changes()).toEqual([
      ['ada', 'workflowCredits', '', '100'],
      ['ada', 'guests', '', 'true'],
      ['bob', 'workflowCredits', '100', '50'],
    ]);
    const [[id = ''] = []] = await engine.redis.xrange(spaceKeys(space).trail, '-', '+');
    expect(Math.abs(Number(id.split('-')[0]) - began)).toBeLessThan(60_000);
  });

  test('what is no setting, or no value of one, changes nothing', async () => {
    for (const wrong of [{ workflowCredits: -1 }, { workflowCredits: 1.5 }, { guests: 'yes' }, { moderators: '' }]) {
      await expect(settings.change(space, wrong as { workflowCredits: number }, 'ada')).rejects.toThrow();
    }
    await settings.change(space, { wages: 5 } as object, 'ada');
    expect(await engine.redis.exists(spaceKeys(space).settings, spaceKeys(space).trail)).toBe(0);
  });

  test('members are told in plain words when Redis is away', async () => {
    const away = createSettings(await goneClient(engine.redis));
    await expect(away.read(space)).rejects.toMatchObject({ refusal: 'unavailable', said: { word: 'service.away' } });
    await expect(away.change(space, { guests: true }, 'ada')).rejects.toMatchObject({ said: { word: 'service.away' } });
  });
});
