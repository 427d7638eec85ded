import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { audit } from '../src/desk/audit.ts';
import { TransientError } from '../src/domain/errors.ts';
import type { LostAnswerWay } from '../src/domain/gateway.ts';
import { spaceKey } from '../src/domain/origin.ts';
import { windowAt } from '../src/domain/policy.ts';
import { LinkExpired } from '../src/ports.ts';
import { startSandbox } from '../src/sandbox/server.ts';
import { sandboxCards } from '../src/video/cards.ts';
import { createFakeChat, type FakeChat, refused } from './support/chat.ts';
import { callOf, type House, type HouseOptions, jobOf, startHouse } from './support/house.ts';
import { createTestLog } from './support/log.ts';
import { startLossy } from './support/lossy.ts';
import { type RedisKind, redisKinds, startRedis, type TestRedis } from './support/redis.ts';
import { until } from './support/until.ts';

const key = 'a-key';
let closers: (() => Promise<unknown>)[] = [];
const opened = <T extends { close(): Promise<unknown> }>(thing: T): T => {
  closers.push(() => thing.close());
  return thing;
};
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

interface Setting {
  redis: TestRedis;
  chat: FakeChat;
  sandbox: Awaited<ReturnType<typeof startSandbox>>;
  log: ReturnType<typeof createTestLog>;
  house: House;
  another(more?: Partial<HouseOptions>): Promise<House>;
}

async function setUp(
  kind: RedisKind,
  more: Partial<HouseOptions> & { delayMs?: (prompt: string) => number; linkTtlMs?: number } = {},
): Promise<Setting> {
  const { delayMs = () => 0, linkTtlMs = 60_000, ...options } = more;
  const redis = opened(await startRedis(kind));
  const sandbox = opened(await startSandbox({ cards: sandboxCards, key, render: 'instant', delayMs, linkTtlMs }));
  const chat = createFakeChat();
  const log = createTestLog();
  const dir = await mkdtemp(join(tmpdir(), 'dailies-journey-'));
  closers.unshift(() => rm(dir, { recursive: true, force: true }));
  const another = async (last: Partial<HouseOptions> = {}) =>
    opened(
      await startHouse({
        ...{ redis, chat, log, dir, gateway: { url: sandbox.url, key }, models: sandboxCards },
        ...options,
        ...last,
      }),
    );
  return { redis, chat, sandbox, log, house: await another(), another };
}

const quotaOf = (house: House, user = 'ada') => {
  const { origin } = callOf('quota', {}, { user });
  return house.desk.quota(spaceKey(origin), user, { window: windowAt(Date.now(), 'week', 'UTC'), allowance: 60 });
};
const atRest = (house: House, id: string, user = 'ada') =>
  until(`${id} at rest`, async () => {
    const job = await house.job(callOf('quota', {}, { user }).origin, id);
    return job.settled !== undefined && job.card?.version === job.version && job;
  });
const wentWell = async (house: House) => expect((await audit(house.redis)).problems).toEqual([]);

describe.each(redisKinds)('the way of a request on Redis (%s)', (kind) => {
  test('a call becomes a film in its thread, and the hold is captured', async () => {
    const { house, chat, sandbox } = await setUp(kind);
    const reply = await house.handle(callOf('video', { prompt: 'a paper boat', seconds: 8 }));
    const id = jobOf(reply);
    const job = await atRest(house, id);
    expect(job.settled).toBe('captured');
    const [film] = chat.films(id);
    expect(chat.films(id)).toHaveLength(1);
    expect(chat.cards(id)).toHaveLength(1);
    expect(film?.film?.asset).toMatchObject({ seconds: expect.closeTo(8, 0) });
    expect(film?.place).toBe('studio/general/boats');
    expect(chat.cards(id)[0]?.card).toMatchObject({ state: 'delivered', credits: 8 });
    expect(await quotaOf(house)).toMatchObject({ held: 0, spent: 8, left: 52 });
    expect(sandbox.stats()).toMatchObject({ billed: 1 });
    await wentWell(house);
  });

  test('four films are one call with one answer, each paid on its own', async () => {
    const { house, chat } = await setUp(kind);
    const call = callOf('video', { prompt: 'a paper boat', count: 4 });
    const [reply, repeated] = [await house.handle(call), await house.handle(call)];
    expect(reply.jobs).toHaveLength(4);
    expect(repeated).toEqual(reply);
    for (const id of reply.jobs) await atRest(house, id);
    expect(reply.jobs.map((id) => chat.films(id).length)).toEqual([1, 1, 1, 1]);
    expect(await quotaOf(house)).toMatchObject({ held: 0, spent: 16 });
    await wentWell(house);
  });

  test.each([
    ['fail please', 'failed'],
    ['something forbidden', 'failed'],
  ])('a gateway that says no (%s) costs nothing and the thread hears why', async (prompt, state) => {
    const { house, chat } = await setUp(kind);
    const id = jobOf(await house.handle(callOf('video', { prompt })));
    expect((await atRest(house, id)).settled).toBe('released');
    expect(chat.cards(id)[0]?.card?.state).toBe(state);
    expect(chat.cards(id)[0]?.card?.line).toMatch(/You paid nothing/);
    expect(chat.films(id)).toEqual([]);
    expect(await quotaOf(house)).toMatchObject({ held: 0, spent: 0, left: 60 });
    await wentWell(house);
  });

  test('a stop in the middle hands the job over; the next worker delivers it once', async () => {
    const { house, chat, another, sandbox } = await setUp(kind, { delayMs: () => 1_500 });
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a paper boat' })));
    await until('rendering', async () => (await house.job(callOf('quota').origin, id)).taskId);
    const began = performance.now();
    await house.close();
    expect(performance.now() - began).toBeLessThan(5_000);
    const next = await another();
    await atRest(next, id);
    expect(chat.films(id)).toHaveLength(1);
    expect(sandbox.stats().billed).toBe(1);
    expect(await quotaOf(next)).toMatchObject({ held: 0, spent: 4 });
    await wentWell(next);
  });

  test('a waiting job is cancelled at once; one being made is stopped at the gateway', async () => {
    const { house, chat, sandbox } = await setUp(kind, { delayMs: () => 60_000, inFlight: 1 });
    const first = jobOf(await house.handle(callOf('video', { prompt: 'the first' })));
    await until('rendering', async () => (await house.job(callOf('quota').origin, first)).taskId);
    const second = jobOf(await house.handle(callOf('video', { prompt: 'the second' })));
    const told = await house.handle(callOf('film cancel', { job: second }));
    expect(told.parts[0]).toMatchObject({ text: expect.stringMatching(/4 credits are yours again/) });
    expect(await quotaOf(house)).toMatchObject({ held: 4, spent: 0 });
    await house.handle(callOf('film cancel', { job: first }));
    expect((await atRest(house, first)).failure?.reason).toBe('cancelled');
    await atRest(house, second);
    expect(chat.cards(second)[0]?.card?.state).toBe('cancelled');
    expect(await quotaOf(house)).toMatchObject({ held: 0, spent: 0 });
    expect(sandbox.stats().billed).toBe(1);
    await wentWell(house);
  });

  test('a chat that refuses the film keeps it; asking again posts it, and only then is it paid', async () => {
    const { house, chat } = await setUp(kind);
    chat.fail('film', 1, refused);
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a paper boat' })));
    await until('kept', async () => (await house.job(callOf('quota').origin, id)).refused);
    expect(await quotaOf(house)).toMatchObject({ held: 4, spent: 0 });
    await until('the card says so', () => chat.cards(id)[0]?.card?.actions.includes('redeliver'));
    await house.handle(callOf('film redeliver', { job: id }));
    await atRest(house, id);
    expect(chat.films(id)).toHaveLength(1);
    expect(await quotaOf(house)).toMatchObject({ held: 0, spent: 4 });
    await house.handle(callOf('film redeliver', { job: id }));
    await until('posted once more', () => chat.films(id).length === 2);
    await atRest(house, id);
    expect(await quotaOf(house)).toMatchObject({ held: 0, spent: 4 });
    await wentWell(house);
  });

  test('a first card that takes long is waited for: there is one card, and it shows the end', async () => {
    const { house, chat } = await setUp(kind);
    const release = chat.hold('card');
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a paper boat' })));
    await until('captured', async () => (await house.job(callOf('quota').origin, id)).settled);
    expect(chat.cards(id)).toEqual([]);
    release();
    await atRest(house, id);
    expect(chat.cards(id).map((message) => message.card?.state)).toEqual(['delivered']);
  });

  test('a film that is begun while its first card is on its way: the card says so as soon as it stands', async () => {
    const { house, chat } = await setUp(kind, { delayMs: () => 2_500 });
    const release = chat.hold('card');
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a paper boat' })));
    await until('rendering', async () => (await house.job(callOf('quota').origin, id)).taskId);
    release();
    await chat.until(() => chat.cards(id)[0]?.card?.state === 'rendering', 2_000);
    await atRest(house, id);
    expect(chat.cards(id)).toHaveLength(1);
  });

  test('a post whose answer was lost is looked for, not posted twice', async () => {
    const { house, chat } = await setUp(kind);
    chat.loseAnswer('film', 1);
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a paper boat' })));
    await atRest(house, id);
    expect(chat.films(id)).toHaveLength(1);
    expect(await quotaOf(house)).toMatchObject({ held: 0, spent: 4 });
  });
});

describe.each(redisKinds.slice(0, 1))('a paid submit whose answer was lost (%s)', (kind) => {
  const lost = async (lostAnswer: LostAnswerWay[]) => {
    const setting = await setUp(kind);
    const lossy = opened(
      await startLossy(setting.sandbox.url, (method, n) => (method === 'POST' && n === 1 ? 'cut' : 'pass')),
    );
    await setting.house.close();
    const house = await setting.another({ gateway: { url: lossy.url, key, profile: { lostAnswer } } });
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a paper boat' })));
    return { ...setting, house, lossy, id, job: await atRest(house, id) };
  };

  test('is repeated under the same key where the gateway promises to know it', async () => {
    const { house, sandbox, lossy, id, chat } = await lost(['repeat']);
    expect(lossy.count('POST')).toBe(2);
    expect(sandbox.stats()).toMatchObject({ billed: 1, replays: 1 });
    expect(chat.films(id)).toHaveLength(1);
    expect(await quotaOf(house)).toMatchObject({ held: 0, spent: 4 });
  });

  test('is not repeated where it does not: the hold is released and the operator is told', async () => {
    const { house, sandbox, lossy, id, chat, log, job } = await lost([]);
    expect(lossy.count('POST')).toBe(1);
    expect(sandbox.stats().billed).toBe(1);
    expect(job.failure?.reason).toBe('unclear');
    expect(chat.films(id)).toEqual([]);
    expect(await quotaOf(house)).toMatchObject({ held: 0, spent: 0 });
    expect(log.lines.filter((line) => line.level === 'error' && line.fields.job === id)).toHaveLength(1);
    await wentWell(house);
  });
});

describe.each(redisKinds.slice(0, 1))('what breaks on the way (%s)', (kind) => {
  test('a link that expired before the film was fetched is asked for anew', async () => {
    const urls: string[] = [];
    const { house, chat } = await setUp(kind, {
      media: (media) => ({
        ...media,
        fetch: async (url, signal) => {
          urls.push(url);
          if (urls.length === 1) throw new LinkExpired('gone');
          return media.fetch(url, signal);
        },
      }),
    });
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a paper boat' })));
    await atRest(house, id);
    expect(urls).toHaveLength(2);
    expect(chat.films(id)).toHaveLength(1);
    expect(await quotaOf(house)).toMatchObject({ held: 0, spent: 4 });
  });

  test('a transfer that was cut is made again', async () => {
    let fetches = 0;
    const { house, chat } = await setUp(kind, {
      media: (media) => ({
        ...media,
        fetch: async (url, signal) => {
          fetches += 1;
          if (fetches === 1) throw new TransientError('the transfer was cut');
          return media.fetch(url, signal);
        },
      }),
    });
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a paper boat' })));
    await atRest(house, id);
    expect(chat.films(id)).toHaveLength(1);
  });
});

describe.each(redisKinds.slice(0, 1))('a bug on the way (%s)', (kind) => {
  test('a step that breaks again and again ends its job unpaid, with plain words and the reason in the log', async () => {
    const { house, chat, log } = await setUp(kind, {
      media: (media) => ({
        ...media,
        fetch: async () => {
          throw new TypeError('nobody foresaw this');
        },
      }),
    });
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a paper boat' })));
    const job = await until(
      'ended',
      async () => {
        const now = await house.job(callOf('quota').origin, id);
        return now.settled && now;
      },
      40_000,
    );
    expect(job).toMatchObject({ settled: 'released', failure: { reason: 'broken' } });
    await until('told', () => chat.cards(id)[0]?.card?.state === 'failed');
    expect(chat.cards(id)[0]?.card?.line).not.toMatch(/TypeError|foresaw/);
    expect(log.lines.some(({ fields }) => fields.job === id && String(fields.err).includes('foresaw'))).toBe(true);
    await wentWell(house);
  }, 60_000);
});

test('a wake-up that got lost is made up for by the sweep', async () => {
  const [kind] = redisKinds;
  const { house, chat } = await setUp(kind as RedisKind, { delayMs: () => 500, firstPoll: 3_000 });
  const id = jobOf(await house.handle(callOf('video', { prompt: 'a paper boat' })));
  await until('waiting to poll', async () => (await house.redis.zcard('{dailies}:polls:delayed')) === 1);
  await house.redis.del('{dailies}:polls:delayed', `{dailies}:polls:${id}`);
  const { origin } = callOf('quota');
  await house.redis.zadd(`dailies:{${spaceKey(origin)}}:open`, '1', id);
  await atRest(house, id);
  expect(chat.films(id)).toHaveLength(1);
  await wentWell(house);
});

test('one space with many waiting jobs does not keep another waiting', async () => {
  const [kind] = redisKinds;
  const { house } = await setUp(kind as RedisKind, { delayMs: () => 100, inFlight: 4, credits: 1_000 });
  const crowd = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      house.handle(callOf('video', { prompt: `crowd ${n}`, count: 4 }, { space: 'crowd', user: `m${n}` })),
    ),
  );
  const lone = jobOf(await house.handle(callOf('video', { prompt: 'lone' }, { space: 'lone' })));
  const { origin } = callOf('quota', {}, { space: 'lone' });
  await until('the lone one', async () => (await house.job(origin, lone)).settled === 'captured');
  const crowdKey = spaceKey(callOf('quota', {}, { space: 'crowd' }).origin);
  expect(await house.redis.zcard(`dailies:{${crowdKey}}:waiting`)).toBeGreaterThan(60);
  expect(crowd).toHaveLength(30);
});
