import { beforeEach, describe, expect, test } from 'vitest';
import { createBlocks } from '../../src/desk/blocks.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import { createTrail } from '../../src/desk/trail.ts';
import type { Blocks } from '../../src/domain/blocks.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { redisKinds } from '../support/redis.ts';
import { useRedis } from '../support/suite.ts';

const space = spaceKey({ platform: 'slack', space: 'T1' });
const word = (value: string, by = 'ada') => ({ kind: 'word', value, by }) as const;

describe.each(redisKinds)('what spaces block, on %s', (kind) => {
  const engine = useRedis(kind);
  let blocks: Blocks;
  beforeEach(() => {
    blocks = createBlocks(engine.redis);
  });
  const trail = async () =>
    (await createTrail(engine.redis).read(space, 100)).map(({ id: _, at: __, ...deed }) => deed).reverse();

  test('is nothing until somebody blocks something, each space for itself', async () => {
    expect(await blocks.read(space)).toEqual([]);
    const { block, known } = await blocks.add(space, { ...word('badger'), why: 'it "bites"' });
    expect(known).toBe(false);
    expect(block).toMatchObject({ kind: 'word', value: 'badger', by: 'ada', why: 'it "bites"' });
    expect(Math.abs(block.at - Date.now())).toBeLessThan(60_000);
    expect(await blocks.read(space)).toEqual([block]);
    expect(await blocks.read(spaceKey({ platform: 'slack', space: 'T2' }))).toEqual([]);
  });

  test('the same again is the entry that stands, and no second note', async () => {
    const { block } = await blocks.add(space, word('badger'));
    expect(await blocks.add(space, { ...word('BÁDGER', 'bob'), why: 'again' })).toEqual({ block, known: true });
    expect(await blocks.read(space)).toEqual([block]);
    expect(await trail()).toHaveLength(1);
  });

  test('each change is noted: who, what, about what, why, before and after', async () => {
    const { block } = await blocks.add(space, { kind: 'member', value: 'U7', by: 'ada', why: 'spam' });
    expect(await blocks.remove(space, block.id, 'bob', 'sorry')).toEqual(block);
    expect(await blocks.remove(space, block.id, 'bob')).toBeUndefined();
    const noted = await trail();
    expect(noted).toMatchObject([
      { who: 'ada', what: 'block', about: 'member U7', why: 'spam' },
      { who: 'bob', what: 'unblock', about: 'member U7', why: 'sorry' },
    ]);
    expect(JSON.parse(noted[0]?.after ?? '')).toEqual(block);
    expect(JSON.parse(noted[1]?.before ?? '')).toEqual(block);
    expect(await blocks.read(space)).toEqual([]);
  });

  test('managers who change it at once lose nothing of each other', async () => {
    const added = Array.from({ length: 40 }, (_, n) => blocks.add(space, word(`word${n % 20}`, `boss${n}`)));
    const known = (await Promise.all(added)).filter((one) => one.known);
    expect(known).toHaveLength(20);
    const all = await blocks.read(space);
    expect(all.map(({ value }) => value).sort()).toEqual(Array.from({ length: 20 }, (_, n) => `word${n}`).sort());
    const removed = await Promise.all(
      all.flatMap(({ id }) => [blocks.remove(space, id, 'a'), blocks.remove(space, id, 'b')]),
    );
    expect(removed.filter((one) => one !== undefined)).toHaveLength(20);
    expect(await blocks.read(space)).toEqual([]);
    expect(await trail()).toHaveLength(40);
  });

  test('takes so many entries, and so many patterns, and then says so', async () => {
    const fill = (letter: string, count: number) =>
      engine.redis.hset(
        spaceKeys(space).blocks,
        Object.fromEntries(
          Array.from({ length: count }, (_, n) => {
            const id = `${letter}${n}`;
            return [id, JSON.stringify({ id, kind: letter === 'x' ? 'pattern' : 'word', value: id, by: 'ada', at: n })];
          }),
        ),
      );
    await fill('x', 50);
    await expect(blocks.add(space, { kind: 'pattern', value: 'a+b', by: 'ada' })).rejects.toMatchObject({
      refusal: 'conflict',
      said: { word: 'block.full.patterns', with: { most: 50 } },
    });
    await blocks.add(space, word('badger'));
    await fill('w', 449);
    await expect(blocks.add(space, word('newt'))).rejects.toMatchObject({ said: { word: 'block.full' } });
    expect((await blocks.add(space, word('Badger'))).known).toBe(true);
    expect(await trail()).toHaveLength(1);
  });

  test('what cannot be matched is not written down', async () => {
    await expect(blocks.add(space, { kind: 'pattern', value: '(a', by: 'ada' })).rejects.toMatchObject({
      said: { word: 'pattern.open' },
    });
    await expect(blocks.add(space, word('two words'))).rejects.toMatchObject({ said: { word: 'block.words' } });
    expect(await engine.redis.exists(spaceKeys(space).blocks, spaceKeys(space).trail)).toBe(0);
  });

  test('members are told in plain words when Redis is away', async () => {
    const gone = engine.redis.duplicate({ lazyConnect: true, enableOfflineQueue: false, retryStrategy: () => null });
    gone.on('error', () => undefined);
    const away = createBlocks(gone);
    const said = { refusal: 'unavailable', said: { word: 'service.away' } };
    await expect(away.read(space)).rejects.toMatchObject(said);
    await expect(away.add(space, word('badger'))).rejects.toMatchObject(said);
    await expect(away.remove(space, 'w1', 'ada')).rejects.toMatchObject(said);
    gone.disconnect();
  });
});
