import { afterEach, expect, it } from 'vitest';
import { createFakeChat } from '../support/chat.ts';
import { startFaulty } from '../support/faulty.ts';
import { sora2 } from '../support/faulty-cards.ts';
import { faults } from '../support/faulty-faults.ts';
import { callOf, startHouse } from '../support/house.ts';
import { createTestLog } from '../support/log.ts';
import { type RedisKind, redisKinds, startRedis } from '../support/redis.ts';

let closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

it('words are shown to the moderation of the gateway before an order is taken, and not taken while it cannot be asked', async () => {
  const redis = await startRedis(redisKinds[0] as RedisKind);
  const gateway = await startFaulty();
  const house = await startHouse({
    ...{ redis, chat: createFakeChat(), log: createTestLog(), models: [sora2] },
    gateway: { url: gateway.url, key: gateway.key, profile: { moderation: true } },
  });
  closers.push(redis.close, gateway.close, house.close);
  const ask = (prompt: string) =>
    house.handle(callOf('video', { prompt })).then(
      ({ jobs }) => jobs.length,
      (error: { said: { word: string } }) => error.said.word,
    );

  expect(await ask('a fight. Flag please')).toBe('moderation.flagged');
  gateway.next('moderate', faults.status(500, 'INTERNAL_ERROR'));
  expect(await ask('a boat')).toBe(1);
  gateway.always('moderate', faults.status(404, 'NOT_FOUND'));
  expect(await ask('a boat')).toBe('moderation.away');
  expect([gateway.count('moderate'), gateway.count('submit') <= 1]).toEqual([6, true]);
});
