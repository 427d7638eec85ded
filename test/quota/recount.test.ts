import { expect, test } from 'vitest';
import { audit } from '../../src/desk/audit.ts';
import { spaceKeys } from '../../src/desk/keys.ts';
import { spaceKey } from '../../src/domain/origin.ts';
import { thisWeek } from '../desk/rig.ts';
import { createFakeChat } from '../support/chat.ts';
import { startFaulty } from '../support/faulty.ts';
import { sora2 } from '../support/faulty-cards.ts';
import { faults } from '../support/faulty-faults.ts';
import { callOf, jobOf, startHouse } from '../support/house.ts';
import { createTestLog } from '../support/log.ts';
import { type RedisKind, redisKinds, startRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

/** Two sets of books that know nothing of each other: the gateway's, of what it took and billed, and ours. */
test('a recount from the books of a gateway with faults agrees with ours: each film once, each bill once', async () => {
  const redis = await startRedis(redisKinds[0] as RedisKind);
  const gateway = await startFaulty({ completes: { afterMs: () => 60 } });
  const chat = createFakeChat();
  const log = createTestLog();
  const profile = { native: gateway.url, key: 'both', lostAnswer: ['repeat', 'reconcile'] } as const;
  const house = await startHouse({
    ...{ redis, chat, log, credits: 1_000, models: [sora2] },
    gateway: { url: gateway.url, key: gateway.key, profile: { ...profile, lostAnswer: [...profile.lostAnswer] } },
  });
  const closers = [house.close, gateway.close, redis.close];
  try {
    const { origin } = callOf('quota');
    const space = spaceKey(origin);
    const asked: string[] = [];
    for (const fault of [
      ...[undefined, faults.resetAfter(), faults.half(), undefined, faults.resetBefore(), faults.withoutId()],
      ...[
        faults.status(400, 'CONTENT_POLICY_VIOLATION'),
        faults.status(500, 'INTERNAL_ERROR', { taken: true }),
        undefined,
      ],
    ]) {
      if (fault) gateway.next('submit', fault);
      asked.push(jobOf(await house.handle(callOf('video', { prompt: `film ${asked.length}`, seconds: 8 }))));
      const count = asked.length;
      await until('the order was sent', async () => gateway.unused() === 0 && gateway.count('submit') >= count);
    }
    const jobs = async () => Promise.all(asked.map((id) => house.desk.job({ space, id })));
    await until('all have ended', async () => (await jobs()).every((job) => job?.settled !== undefined), 60_000);

    const ended = await jobs();
    const paid = ended.filter((job) => job?.settled === 'captured');
    const made = [...gateway.tasks.values()].filter(({ status }) => status === 'completed');
    expect(paid.map((job) => job?.request.id).sort()).toEqual(made.map(({ user, key }) => user ?? key).sort());
    expect(paid).toHaveLength(8);
    const seconds = made.reduce((sum, task) => sum + task.seconds, 0);
    expect(await house.desk.quota(space, 'ada', { window: thisWeek(), allowance: 1_000 })).toMatchObject({
      ...{ held: 0, spent: seconds, left: 1_000 - seconds },
    });
    const used = await house.redis.hgetall(spaceKeys(space).used(thisWeek().id));
    expect([Number(used.spent), Number(used.money_spent), Number(used.held)]).toEqual([seconds, gateway.charged, 0]);
    const month = new Date().toISOString().slice(0, 7);
    expect((await house.desk.report(space, month)).total).toMatchObject({
      ...{ films: 8, failed: 1, credits: seconds, money: gateway.charged },
    });
    expect((await audit(house.redis)).problems).toEqual([]);
  } finally {
    for (const close of closers) await close();
  }
}, 90_000);
