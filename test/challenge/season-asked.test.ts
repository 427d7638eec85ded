import { describe, expect, test } from 'vitest';
import { dailies } from '../../src/desk/keys.ts';
import { redisKinds } from '../support/redis.ts';
import { space } from './rig.ts';
import { boss, useSeasons } from './season-rig.ts';

describe.each(redisKinds.slice(0, 1))('what managers ask of seasons, on %s', (kind) => {
  const { engine, rig, look, season, opened, found, pass, at } = useSeasons(kind);

  test.each([
    [{ action: 'open', title: 'Summer', closes: 'soon' }, 'when.unknown'],
    [{ action: 'open', title: 'Summer', closes: '500d' }, 'when.far'],
    [{ action: 'open', title: 'Summer', closes: 'now' }, 'season.past'],
    [{ action: 'open', title: 'Summer', closes: '2020-01-01 10:00' }, 'season.past'],
    [{ action: 'change', closes: '3d' }, 'season.none'],
  ])('%j is refused where none runs, and nothing is opened', async (values, word) => {
    expect((await rig.refused('challenge season', values, boss)).said.word).toBe(word);
    expect(await rig.seasons.list(space)).toEqual([]);
  });

  test.each([
    [{ action: 'open', title: 'Summer', closes: '9d' }, 'season.running'],
    [{ action: 'close', closes: '3d' }, 'season.closes.other'],
    [{ action: 'change' }, 'season.closes.missing'],
    [{ action: 'change', closes: 'now' }, 'season.past'],
    [{ action: 'change', closes: 'whenever' }, 'when.unknown'],
    [{ action: 'change', closes: '3d', title: 'Summer' }, 'season.unknown'],
  ])('%j is refused where one runs, and nothing is changed', async (values, word) => {
    const before = await found(await opened({ closes: '9d' }));
    expect((await rig.refused('challenge season', values, boss)).said.word).toBe(word);
    expect(await rig.seasons.list(space)).toEqual([before]);
  });

  test('what has ended by the clock is put off no more, before anybody has looked', async () => {
    const id = await opened({ closes: '1d' });
    await pass(id);
    expect((await rig.refused('challenge season', { action: 'change', closes: '9d' }, boss)).said.word).toBe(
      'season.over',
    );
    const closed = await season({ action: 'close' });
    expect(closed).toContain('The season Spring is closed.');
    const { to, closes } = await found(id);
    expect(to).toBe(closes);
  });

  test('opened in a closed place: that only those in it are told is said, and so it is', async () => {
    const origin = { channel: 'backroom', closed: 'channel' } as const;
    const text = await season({ action: 'open', title: 'Spring' }, { origin });
    expect(text).toContain('This place is closed to others, so only those in it are told.');
    await look();
    expect(at()).toMatchObject([{ to: { channel: 'backroom' } }]);
  });

  test('the same call opens and changes once, whatever time has passed', async () => {
    const key = { key: 'web:once' };
    const text = await season({ action: 'open', title: 'Spring', closes: '9d' }, key);
    const [{ id = '' } = {}] = await rig.seasons.list(space);
    const { closes } = await found(id);
    expect(await season({ action: 'open', title: 'Spring', closes: '10d' }, key)).toBe(text);
    expect((await found(id)).closes).toBe(closes);
    const again = { key: 'web:change' };
    const changed = await season({ action: 'change', closes: '20d' }, again);
    expect(await season({ action: 'change', closes: '30d' }, again)).toBe(changed);
    expect((await found(id)).edition).toBe(2);
    expect(await engine.redis.get(dailies.season(id))).toBe(space);
  });
});
