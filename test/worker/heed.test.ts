import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LostAnswer } from '../../src/domain/errors.ts';
import type { JobRef } from '../../src/domain/job.ts';
import { RedisAway } from '../../src/ports.ts';
import { createTestLog } from '../support/log.ts';
import { type RedisKind, redisKinds, startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { createGate, type HookedOptions, startHooked } from './hooked.ts';

let redis: TestRedis;
let closers: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  redis = await startRedis(redisKinds[0] as RedisKind);
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
  await redis.close();
});

function setUp(options: Partial<HookedOptions> = {}) {
  const log = createTestLog();
  const house = startHooked(redis, { log, ...options });
  closers.push(house.close);
  return { house, log };
}
type House = ReturnType<typeof setUp>['house'];

/** At rest: its last webhook was looked after, and the next look is an hour away. */
const settled = (house: House, ref: JobRef) =>
  until(
    'at rest',
    async () =>
      (await house.delayed('poll', ref)) && !(await house.records.isWoken(ref)) && !(await trying(house, ref)),
  );
const trying = async (house: House, ref: JobRef) => (await house.read(ref)).trying !== undefined;

async function submitted(house: House): Promise<JobRef> {
  const ref = await house.accepted();
  await house.submitted(ref);
  return ref;
}

/** Polled when it is woken, and once more for what came meanwhile; not a third time. */
async function polledTwice(house: ReturnType<typeof setUp>['house']): Promise<void> {
  const ref = await submitted(house);
  await house.wake('poll', ref);
  await until('polled again', () => house.asked.polls === 2);
  await settled(house, ref);
  expect(house.asked.polls).toBe(2);
}

describe('a webhook wakes a poll', () => {
  test('that lies in wait', async () => {
    const { house } = setUp();
    const ref = await submitted(house);
    await house.wake('poll', ref);
    await settled(house, ref);
    expect(house.asked.polls).toBe(1);
    await house.hook(ref);
    await until('polled', () => house.asked.polls === 2);
    await settled(house, ref);
    expect(house.asked.polls).toBe(2);
  });

  test('that has not begun: that one poll is enough', async () => {
    const { house } = setUp();
    const ref = await submitted(house);
    await house.hook(ref);
    await house.wake('poll', ref);
    await settled(house, ref);
    expect(house.asked.polls).toBe(1);
  });

  test('that runs: it may have asked too early, and asks again', async () => {
    const { open, opened } = createGate();
    const { house } = setUp({ poll: () => opened.then(() => ({ status: 'running' })) });
    const ref = await submitted(house);
    await house.wake('poll', ref);
    await until('polling', () => house.asked.polls === 1);
    await house.hook(ref);
    open();
    await until('polled again', () => house.asked.polls === 2);
    await settled(house, ref);
    expect(house.asked.polls).toBe(2);
  });

  test('that was just put off, before it is read whether one came', async () => {
    let came = false;
    const { house } = setUp({
      records: (records) => ({
        ...records,
        isWoken: async (ref) => {
          if (!came) {
            came = true;
            expect(await house.delayed('poll', ref)).toBe(true);
            await house.hook(ref);
          }
          return records.isWoken(ref);
        },
      }),
    });
    await polledTwice(house);
  });

  test('that was just put off, when nobody could hasten it', async () => {
    let came = false;
    const { house } = setUp({
      records: (records) => ({
        ...records,
        isWoken: async (ref) => {
          if (!came) await house.records.woken(ref, { id: 'msg_0', taskId: undefined, gateway: 'gateway' });
          came = true;
          return records.isWoken(ref);
        },
      }),
    });
    await polledTwice(house);
  });

  test('once at least for a burst of them, and once for each at most', async () => {
    const { house } = setUp();
    const ref = await submitted(house);
    await house.wake('poll', ref);
    await settled(house, ref);
    const before = house.asked.polls;
    await Promise.all(Array.from({ length: 8 }, () => house.hook(ref)));
    await until('polled', () => house.asked.polls > before);
    await settled(house, ref);
    const polls = house.asked.polls - before;
    expect(polls).toBeGreaterThanOrEqual(1);
    expect(polls).toBeLessThanOrEqual(8);
  });
});

describe('a webhook that comes during a submit', () => {
  test('is looked after by the poll that follows, at once', async () => {
    const { open, opened } = createGate();
    const { house } = setUp({ submit: () => opened.then(() => ({ taskId: 'video_1' })) });
    const ref = await house.accepted();
    await house.wake('submit', ref);
    await until('submitting', () => house.asked.submits === 1);
    await house.hook(ref);
    open();
    await until('polled', () => house.asked.polls === 1);
    await settled(house, ref);
    expect(await house.read(ref)).toMatchObject({ taskId: 'video_1', deaths: 0 });
    expect(house.asked).toEqual({ polls: 1, submits: 1 });
  });

  test('supplies the task when the submit’s own answer is lost', async () => {
    const { open, opened } = createGate();
    const lose = () =>
      opened.then(() => {
        throw new LostAnswer('reset');
      });
    const { house } = setUp({ submit: lose });
    const ref = await house.accepted();
    await house.wake('submit', ref);
    await until('submitting', () => house.asked.submits === 1);
    await house.hook(ref);
    open();
    await until('polled', () => house.asked.polls === 1);
    expect(await house.read(ref)).toMatchObject({ taskId: 'video_1', gateway: 'gateway' });
    expect(house.asked.submits).toBe(1);
  });
});

test('a webhook supplies the task of a submit that waits for its lost answer, and it waits no longer', async () => {
  const { house } = setUp();
  const ref = await house.accepted();
  await house.step(ref, 'submit', { sentAt: Date.now() });
  await house.wake('submit', ref);
  await until('waiting', () => house.delayed('submit', ref));
  await house.hook(ref);
  await until('polled', () => house.asked.polls === 1);
  await settled(house, ref);
  expect(house.asked).toEqual({ polls: 1, submits: 0 });
});

test('a webhook that finds no wake-up at all, or cannot hasten the one there is, is left to the sweep', async () => {
  const { house } = setUp();
  const [lost, asleep] = [await submitted(house), await submitted(house)];
  await house.lists.enlist(lost.space);
  await house.lists.admit(10);
  await house.wake('poll', asleep);
  await settled(house, asleep);
  for (const ref of [lost, asleep]) {
    await house.records.woken(ref, { id: 'msg_0', taskId: undefined, gateway: 'gateway' });
  }
  await until(
    'polled both',
    async () => {
      await house.sweep();
      return house.asked.polls === 3;
    },
    40_000,
  );
  for (const ref of [lost, asleep]) await settled(house, ref);
  expect(house.asked.polls).toBe(3);
}, 60_000);

test('without webhooks nobody asks whether one came', async () => {
  let reads = 0;
  const { house } = setUp({
    webhooks: false,
    records: (records) => ({
      ...records,
      isWoken: async (ref) => {
        reads += 1;
        return records.isWoken(ref);
      },
    }),
  });
  const ref = await submitted(house);
  await house.wake('poll', ref);
  await settled(house, ref);
  await house.close();
  expect(reads).toBe(0);
});

test('when Redis does not say whether one came, the poll keeps its time and the operator is told', async () => {
  const { house, log } = setUp({
    records: (records) => ({
      ...records,
      isWoken: async () => {
        throw new RedisAway(false, new Error('gone'));
      },
    }),
  });
  const ref = await submitted(house);
  await house.wake('poll', ref);
  const line = await until('told', () => log.lines.find(({ level }) => level === 'warn'));
  expect(line.fields).toMatchObject({ job: ref.id, step: 'poll' });
  await settled(house, ref);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
