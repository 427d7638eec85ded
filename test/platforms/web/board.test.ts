import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Board, createBoard, kept } from '../../../platforms/web/board.ts';
import { redisKinds, startRedis, type TestRedis } from '../../support/redis.ts';

const says = (text: string) => ({ author: 'ada', bot: false, text });

describe.each(redisKinds)('the board on %s', (kind) => {
  let server: TestRedis;
  let redis: Redis;
  let board: Board;
  beforeAll(async () => {
    server = await startRedis(kind);
    redis = server.connect();
    board = createBoard(redis, 'studio');
  });
  afterAll(() => server.close());

  const opened = async (id: string) => {
    await board.open({ id, channel: 'general', title: id });
    return id;
  };

  it('keeps messages in their order, whatever order they change in', async () => {
    const thread = await opened('order');
    for (const id of ['a', 'b', 'c']) await board.put(thread, id, says(id), 1);
    await board.put(thread, 'a', says('a, later'), 2);
    const all = await board.messages(thread);
    expect(all.map(({ text }) => text)).toEqual(['a, later', 'b', 'c']);
    expect(new Set(all.map(({ at }) => at)).size).toBe(3);
    expect((await board.changed(thread, 0)).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
    expect((await board.changed(thread, 3)).map(({ id }) => id)).toEqual(['a']);
  });

  it('keeps odd text and empty lists as they were', async () => {
    const thread = await opened('odd');
    const note = { ...says('line\nbreak “§” 🎬 1 2 {"a":[]}'), parts: [{ kind: 'buttons' as const, buttons: [] }] };
    await board.put(thread, 'm', note);
    expect((await board.messages(thread))[0]).toMatchObject(note);
  });

  it('opens a thread once and lists the newest first', async () => {
    await board.open({ id: 'first', channel: 'general', title: 'First' });
    await board.open({ id: 'first', channel: 'storyboards', title: 'Other' });
    await opened('second');
    await board.put('second', 'm', says('hello'));
    expect(await board.thread('first')).toMatchObject({ channel: 'general', title: 'First' });
    const ids = (await board.threads()).map(({ id }) => id);
    expect(ids.indexOf('second')).toBeLessThan(ids.indexOf('first'));
  });

  it('keeps the newest thousand of a thread', async () => {
    const thread = await opened('long');
    const more = 5;
    for (let from = 0; from < kept.messages + more; from += 100) {
      const count = Math.min(100, kept.messages + more - from);
      await Promise.all(Array.from({ length: count }, (_, index) => board.put(thread, `m${from + index}`, says('x'))));
    }
    const all = await board.messages(thread);
    expect(all).toHaveLength(kept.messages);
    expect(all[0]?.id).toBe(`m${more}`);
    expect(await board.changed(thread, 0)).toHaveLength(kept.messages);
  });

  it('forgets a thread thirty days after its last message', async () => {
    await board.put(await opened('old'), 'm', says('x'));
    const keys = (await redis.keys('*')).filter((key) => key.includes(':t:old'));
    expect(keys).toHaveLength(4);
    for (const key of keys) {
      const ttl = await redis.ttl(key);
      expect(ttl).toBeGreaterThan(kept.seconds - 60);
      expect(ttl).toBeLessThanOrEqual(kept.seconds);
    }
  });

  it('keeps all its keys in the slot of its space', async () => {
    await opened('slot');
    for (const key of await redis.keys('*')) expect(key).toMatch(/^dailies:\{web-[a-z2-7]+\}:board:/);
  });
});
