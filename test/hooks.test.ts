import { afterEach, describe, expect, test } from 'vitest';
import { audit } from '../src/desk/audit.ts';
import type { Job } from '../src/domain/job.ts';
import { type Origin, spaceKey } from '../src/domain/origin.ts';
import { sandboxCards } from '../src/video/cards.ts';
import { createFakeChat } from './support/chat.ts';
import { type Faulty, startFaulty } from './support/faulty.ts';
import { faults } from './support/faulty-faults.ts';
import type { Notice } from './support/faulty-hooks.ts';
import { callOf, type House, type HouseOptions, jobOf, startHouse } from './support/house.ts';
import { createTestLog } from './support/log.ts';
import { type RedisKind, redisKinds, startRedis } from './support/redis.ts';
import { startScripted } from './support/scripted.ts';
import { until } from './support/until.ts';

const hour = 3_600_000;
const { origin } = callOf('quota');
let closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

/** A house with an address for webhooks, and a gateway that calls it; no task is polled within the hour unless a webhook wakes it. */
async function setUp(profile: NonNullable<HouseOptions['gateway']['profile']> = {}) {
  const redis = await startRedis(redisKinds[0] as RedisKind);
  const gateway = await startFaulty();
  const door = await startScripted();
  closers.push(redis.close, gateway.close, door.close);
  const [chat, log] = [createFakeChat(), createTestLog()];
  const house = await startHouse({
    ...{ redis, chat, log, models: sandboxCards, firstPoll: hour },
    gateway: {
      ...{ url: gateway.url, key: gateway.key, profile: { webhooks: true, ...profile } },
      webhooks: { secret: gateway.secret, publicUrl: door.origin },
    },
  });
  closers.push(house.close);
  door.on((reply, { path, headers, body }) => {
    const [job = '', sig = ''] = path.replace('/hooks/video/', '').split('/');
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    house.hooks?.receive({ job, sig }, plain, Buffer.from(body)).then(
      (status) => reply.writeHead(status).end(),
      (error: unknown) => reply.destroy(error instanceof Error ? error : undefined),
    );
  });
  return { redis, gateway, door, chat, log, house };
}

const ask = async (house: House): Promise<string> => jobOf(await house.handle(callOf('video', { prompt: 'a boat' })));
const when = (house: House, id: string, what: string, holds: (job: Job) => boolean, at: Origin = origin) =>
  until(
    what,
    async () => {
      const job = await house.job(at, id);
      return holds(job) && job;
    },
    40_000,
  );
const delivered = (house: House, id: string) => when(house, id, 'paid', ({ settled }) => settled === 'captured');
/** Its task is known, and its poll lies an hour away. */
const waiting = async (house: House, id: string) =>
  when(house, id, 'waiting', ({ taskId, trying, wake, card, version }) => {
    return taskId !== undefined && !trying && !wake && card?.version === version;
  });
/** An event as the gateway sends it when a film is there. */
const finished: Notice = { edit: (event) => ({ ...event, type: 'video.completed' }) };
const polled = (gateway: Faulty, times: number) => until(`${times} polls`, () => gateway.count('poll') === times);

test('a webhook brings the film at once, with one poll, an hour before the next was due', async () => {
  const { house, gateway, chat, log, redis } = await setUp();
  const id = await ask(house);
  const { taskId = '' } = await waiting(house, id);
  expect(gateway.count('poll')).toBe(0);
  gateway.finish(taskId);
  const job = await delivered(house, id);
  expect(job).toMatchObject({ taskId, submittedAt: expect.any(Number) });
  expect(chat.films(id)).toHaveLength(1);
  expect([gateway.count('poll'), gateway.billed]).toEqual([1, 1]);
  expect(gateway.notified.map(({ status }) => status)).toEqual([204]);
  expect((await audit(redis.connect())).problems).toEqual([]);
  expect(JSON.stringify(log.lines)).not.toContain(gateway.secret.slice(6));
});

test('a replay changes nothing, and neither does one for a job that has ended', async () => {
  const { house, gateway, chat } = await setUp();
  const id = await ask(house);
  const { taskId = '' } = await waiting(house, id);
  const notice = { ...finished, message: 'msg_1' };
  expect(await gateway.notify(taskId, notice)).toMatchObject({ status: 204 });
  await polled(gateway, 1);
  const before = await waiting(house, id);
  for (let i = 0; i < 5; i++) expect(await gateway.notify(taskId, notice)).toMatchObject({ status: 204 });
  expect(await house.job(origin, id)).toEqual(before);
  gateway.finish(taskId);
  const end = await delivered(house, id);
  expect(await gateway.notify(taskId)).toMatchObject({ status: 204 });
  expect(gateway.count('poll')).toBe(2);
  expect(chat.films(id)).toHaveLength(1);
  expect((await house.job(origin, id)).epoch - end.epoch).toBeLessThanOrEqual(1);
});

describe('a forged webhook', () => {
  const otherSecret = 'whsec_Zm9yZ2VkLWJ5LXNvbWVib2R5LWVsc2U=';
  test.each<[string, Notice, number]>([
    ['signed with another secret', { secret: otherSecret }, 401],
    ['whose body was changed after it was signed', { tamper: (body) => body.replace('"video_', '"video_x') }, 401],
    ['of six minutes ago', { at: Date.now() - 360_000 }, 401],
    ['without an event', { edit: () => ({ hello: 'there' }) }, 400],
  ])('%s changes nothing', async (_name, notice, status) => {
    const { house, gateway } = await setUp();
    const id = await ask(house);
    const before = await waiting(house, id);
    expect(await gateway.notify(before.taskId ?? '', { ...finished, ...notice })).toMatchObject({ status });
    expect(await house.job(origin, id)).toEqual(before);
    gateway.finish(before.taskId ?? '');
    await delivered(house, id);
    expect(gateway.count('poll')).toBe(1);
  });

  test('on the path of another job reaches neither', async () => {
    const { house, gateway } = await setUp();
    const [one, other] = [await ask(house), await ask(house)];
    const [first, second] = [await waiting(house, one), await waiting(house, other)];
    const url = gateway.taskOf(one).hook ?? '';
    const to = url.replace(one, other);
    expect(to).not.toBe(url);
    expect(await gateway.notify(first.taskId ?? '', { ...finished, to })).toMatchObject({ status: 404 });
    expect([await house.job(origin, one), await house.job(origin, other)]).toEqual([first, second]);
    expect(gateway.count('poll')).toBe(0);
  });
});

test('a film whose submit lost its answer comes by its webhook: one task, one post, one charge', async () => {
  const { house, gateway, chat, redis } = await setUp();
  gateway.next('submit', faults.resetAfter());
  const id = await ask(house);
  await when(house, id, 'lost', (job) => job.tries > 0);
  const task = gateway.taskOf(id);
  expect((await house.job(origin, id)).taskId).toBeUndefined();
  gateway.finish(task.id);
  expect(await delivered(house, id)).toMatchObject({ taskId: task.id });
  expect([gateway.count('submit'), gateway.billed]).toEqual([1, 1]);
  expect(chat.films(id)).toHaveLength(1);
  expect((await audit(redis.connect())).problems).toEqual([]);
});

test('a failure whose submit lost its answer is told by its webhook, and costs nothing', async () => {
  const { house, gateway, redis } = await setUp();
  gateway.next('submit', faults.resetAfter());
  const id = await ask(house);
  await when(house, id, 'lost', (job) => job.tries > 0);
  gateway.fail(gateway.taskOf(id).id, { code: 'moderation_blocked', message: 'no' });
  const job = await when(house, id, 'given back', ({ settled }) => settled === 'released');
  expect(job.failure?.reason).toBe('policy');
  expect(gateway.count('submit')).toBe(1);
  expect((await audit(redis.connect())).problems).toEqual([]);
});

test('a webhook that overtakes the answer of its submit is heard, and the answer’s id stands', async () => {
  const { house, gateway, chat, log } = await setUp();
  const early = {
    ...finished,
    edit: (event: object) => ({ ...event, type: 'video.completed', data: { id: 'gen_1' } }),
  };
  gateway.next('submit', {
    run: async ({ serve, send }) => {
      const answer = await serve();
      const task = gateway.taskOf([...gateway.tasks.values()][0]?.user ?? '');
      expect(await gateway.notify(task.id, early)).toMatchObject({ status: 204 });
      gateway.finish(task.id);
      send(answer);
    },
  });
  const id = await ask(house);
  expect(await delivered(house, id)).toMatchObject({ taskId: gateway.taskOf(id).id, deaths: 0 });
  expect([gateway.billed, chat.films(id).length]).toEqual([1, 1]);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('while Redis is away the gateway is asked to come again, and then it is heard', async () => {
  const { house, gateway, redis } = await setUp();
  const id = await ask(house);
  const { taskId = '' } = await waiting(house, id);
  await redis.kill();
  expect(await gateway.notify(taskId, { ...finished, message: 'msg_1' })).toMatchObject({ status: 503 });
  await redis.restart();
  gateway.finish(taskId);
  await until('taken', async () => (await gateway.notify(taskId)).status === 204);
  await delivered(house, id);
  expect(gateway.billed).toBe(1);
}, 60_000);

test('the address given to the gateway is the job’s own', async () => {
  const { house, gateway, door } = await setUp();
  const id = await ask(house);
  await waiting(house, id);
  expect(gateway.taskOf(id).hook).toBe(house.hooks?.url({ space: spaceKey(origin), id }));
  expect(gateway.taskOf(id).hook).toContain(`${door.origin}/hooks/video/`);
});
