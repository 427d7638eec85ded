import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { cardOf } from '../../src/domain/card.ts';
import type { Job, JobRef } from '../../src/domain/job.ts';
import { say } from '../../src/domain/words.ts';
import { createFakeChat, refused } from '../support/chat.ts';
import { startFaulty } from '../support/faulty.ts';
import { sora2 } from '../support/faulty-cards.ts';
import { faults } from '../support/faulty-faults.ts';
import { callOf, jobOf, startHouse } from '../support/house.ts';
import { createTestLog } from '../support/log.ts';
import { type RedisKind, redisKinds, startRedis } from '../support/redis.ts';
import { type Steps, startSteps } from '../support/steps.ts';
import { until } from '../support/until.ts';

let closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

async function setUp(profile: Parameters<typeof startSteps>[0] = {}, more: Parameters<typeof startSteps>[1] = {}) {
  const house = await startSteps(profile, more);
  closers.push(house.close);
  return house;
}
/** Everything between a chat and a gateway with faults, for what needs more than steps. */
async function open(more: Partial<Parameters<typeof startHouse>[0]> & { limits?: object } = {}) {
  const redis = await startRedis(redisKinds[0] as RedisKind);
  const gateway = await startFaulty();
  const chat = createFakeChat();
  const log = createTestLog();
  const profile = { limits: more.limits ?? {}, native: `${gateway.url}` };
  const house = await startHouse({
    ...{ redis, chat, log, gateway: { url: gateway.url, key: gateway.key, profile } },
    models: [sora2],
    ...more,
  });
  closers.push(redis.close, gateway.close, house.close);
  return { house, gateway, chat, log };
}

const settled = (job: Job): boolean => job.settled !== undefined;
const sent = (job: Job): boolean => job.taskId !== undefined;
const errorsOf = ({ log }: Steps, ref: JobRef) =>
  log.lines.filter((line) => line.fields.job === ref.id && line.level === 'error');
/** A job whose task the gateway has, and its id there. */
async function rendering(house: Steps): Promise<{ ref: JobRef; task: string }> {
  const ref = await house.admitted();
  await house.until(ref, sent);
  return { ref, task: house.gateway.taskOf(ref.id).id };
}
/** From here to the end; delivered and paid, or not. */
async function delivered(house: Steps, ref: JobRef): Promise<Job> {
  const job = await house.until(ref, settled);
  expect([job.settled, job.failure?.reason, house.chat.films(ref.id).length]).toEqual(['captured', undefined, 1]);
  return job;
}
async function ended(house: Steps, ref: JobRef, reason: string): Promise<Job> {
  const job = await house.until(ref, settled);
  expect([job.settled, job.failure?.reason, house.chat.films(ref.id).length]).toEqual(['released', reason, 0]);
  return job;
}

describe('trap, on the whole way', () => {
  it('1, a dead upstream: the job ends unpaid and says that the model is gone; nothing was billed', async () => {
    const house = await setUp();
    house.gateway.next('submit', faults.status(404, 'MODEL_NOT_FOUND'));
    const ref = await house.admitted();
    await ended(house, ref, 'model');
    expect(house.gateway.billed).toBe(0);
  });

  it('1, a dead upstream: a film that another model made is posted, and the operator is told', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    house.gateway.next(
      'poll',
      faults.edit((body) => ({ ...body, metadata: { executed_model: 'sora-1', provider: 'openai' } })),
    );
    await delivered(house, ref);
    expect(house.log.lines.filter((line) => line.level === 'warn' && line.fields.by === 'openai/sora-1')).toHaveLength(
      1,
    );
  });

  it('2, a wrong base URL: one order goes out, to one address', async () => {
    const house = await setUp();
    house.gateway.always('submit', faults.html({ status: 404 }));
    await ended(house, await house.admitted(), 'misconfigured');
    expect(house.gateway.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('3, a charge twice: an order whose answer was lost is not sent again where nothing is promised', async () => {
    const house = await setUp({ lostAnswer: [] });
    house.gateway.next('submit', faults.resetAfter());
    const ref = await house.admitted({ money: 400_000 });
    await ended(house, ref, 'unclear');
    expect([house.gateway.count('submit'), house.gateway.billed]).toEqual([1, 1]);
    expect(errorsOf(house, ref)).toHaveLength(1);
    // Nobody knows whether it was paid for: the operator's budget counts it, the member does not pay.
    expect(house.booked.get(ref.id)).toBe(400_000);
  });

  it('4, the key in the wrong place: a gateway that reads it where it is sent makes one film of two attempts', async () => {
    const house = await setUp({ lostAnswer: ['repeat'], key: 'header' });
    house.gateway.next('submit', faults.resetAfter());
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    await delivered(house, ref);
    expect([house.gateway.count('submit'), house.gateway.billed]).toEqual([2, 1]);
  });

  it('5, one retry around all: whatever goes wrong after the order, no second one is sent', async () => {
    const house = await setUp({ lostAnswer: ['repeat'] });
    const { ref, task } = await rendering(house);
    house.gateway.next('poll', faults.status(500, 'INTERNAL_ERROR'), 3);
    house.gateway.next('film', faults.half(), 2);
    house.gateway.finish(task);
    await delivered(house, ref);
    expect(house.gateway.count('submit')).toBe(1);
  });

  it('6, the same key again: a film that is made again is another order under another key', async () => {
    const { house, gateway } = await open();
    const id = jobOf(await house.handle(callOf('video', { prompt: 'a boat' })));
    await until('taken', () => gateway.tasks.size === 1);
    gateway.fail(gateway.taskOf(id).id, { code: 'UPSTREAM_ERROR', message: 'no' });
    await until('released', async () => (await house.job(callOf('quota').origin, id)).settled);
    const again = jobOf(await house.handle(callOf('film again', { job: id })));
    await until('taken', () => gateway.tasks.size === 2);
    expect([gateway.taskOf(id).key, gateway.taskOf(again).key]).toEqual([id, again]);
    expect(again).not.toBe(id);
  });

  it.each([
    ['500', faults.status(500, 'INTERNAL_ERROR')],
    ['408', faults.status(408, 'TIMEOUT')],
    ['429', faults.throttled('1')],
    ['401', faults.status(401, 'AUTHENTICATION_FAILED')],
    ['a reset', faults.resetBefore()],
    ["a proxy's page", faults.html()],
    ['half an answer', faults.half()],
    ['404 of a task that is new', faults.gone()],
  ])('7, a blip: %s at a poll ends no job', async (_row, fault) => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.next('poll', fault, 2);
    house.gateway.finish(task);
    await delivered(house, ref);
    expect(house.gateway.unused()).toBe(0);
  });

  it('7, a blip: a single 404 in the middle of a render ends no job; a minute of them does', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.pass(120_000);
    house.gateway.next('poll', faults.html({ status: 404 }));
    await house.take(ref);
    await house.take(ref);
    house.pass(60_000);
    house.gateway.next('poll', faults.gone());
    await house.take(ref);
    expect((await house.read(ref)).failure).toBeUndefined();
    house.gateway.finish(task);
    await delivered(house, ref);
    const third = await rendering(house);
    house.gateway.next('poll', faults.gone());
    await house.take(third.ref);
    house.gateway.next('poll', faults.status(503, 'UPSTREAM_ERROR'));
    await house.take(third.ref);
    house.pass(120_000);
    house.gateway.next('poll', faults.gone());
    await house.take(third.ref);
    expect((await house.read(third.ref)).failure).toBeUndefined();
    const other = await rendering(house);
    house.gateway.always('poll', faults.gone());
    const from = house.now();
    await ended(house, other.ref, 'lost');
    expect(house.now() - from).toBeGreaterThanOrEqual(60_000);
  });

  it.each([
    ['an object', faults.failed('content_policy_violation'), 'policy'],
    ['a string', faults.errorText('the provider gave up'), 'rejected'],
  ])(
    '8, a failure inside a 200: %s as the error releases the hold and tells the thread',
    async (_row, fault, reason) => {
      const house = await setUp();
      const { ref } = await rendering(house);
      house.gateway.next('poll', fault);
      await ended(house, ref, reason);
      const job = await house.until(ref, (is) => is.card?.version === is.version);
      expect(house.chat.cards(ref.id).at(-1)?.card?.line).toBe(
        say({ word: `failed.${job.failure?.reason ?? 'broken'}` }),
      );
    },
  );

  it('9, unknown statuses: running until the deadline, and then late, but not failed', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.always('poll', faults.word('CONTEMPLATING'));
    await house.until(ref, (job) => job.late === true, 500);
    house.gateway.always('poll', undefined);
    house.gateway.finish(task);
    await delivered(house, ref);
  });

  it('9, unknown statuses: expired is an end', async () => {
    const house = await setUp();
    const { ref } = await rendering(house);
    house.gateway.next('poll', faults.word('expired'));
    await ended(house, ref, 'expired');
  });

  it('10, completed without a URL: a film that lies at /content is fetched there', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    house.gateway.always('poll', faults.withoutUrl());
    await delivered(house, ref);
  });

  it.each([
    ['a page to log in at', faults.redirect('/login')],
    ['silence', faults.silence()],
    ['a page', faults.html()],
  ])('10, completed without a URL: %s at /content is no film', async (_row, fault) => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    house.gateway.always('poll', faults.withoutUrl());
    house.gateway.always('content', fault);
    await ended(house, ref, 'lost');
  });

  it('10, completed without a URL: asked once more, then the end', async () => {
    const house = await setUp();
    house.gateway.always('content', faults.gone());
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    house.gateway.next('poll', faults.withoutUrl());
    await delivered(house, ref);
    const other = await rendering(house);
    house.gateway.finish(other.task);
    house.gateway.always('poll', faults.withoutUrl());
    const polls = house.gateway.count('poll');
    await ended(house, other.ref, 'lost');
    expect(house.gateway.count('poll') - polls).toBe(2);
    expect(errorsOf(house, other.ref)).toHaveLength(1);
  });

  it('11, a restart: a worker that died leaves its task id, and another goes on by it', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    await house.begin(ref, 'poll');
    house.gateway.finish(task);
    await delivered(house, ref);
    expect(house.gateway.count('submit')).toBe(1);
  });

  it('11, a restart: the task id is in the record before anything else is done with it', async () => {
    const house = await setUp();
    house.tools.schedule = {
      ...house.tools.schedule,
      next: async () => {
        throw new Error('a bug in the schedule');
      },
    };
    const ref = await house.admitted();
    await house.take(ref);
    expect((await house.read(ref)).taskId).toBe(house.gateway.taskOf(ref.id).id);
  });

  it('12, a timeout is no failure: no poll is planned beyond the last look, whatever the schedule says', async () => {
    const house = await setUp();
    house.tools.schedule = { ...house.tools.schedule, next: async (_job, at) => at + 41 * 3_600_000 };
    const next = await house.take(await house.admitted());
    expect((next?.at ?? 0) - house.now()).toBeLessThanOrEqual(86_400_000);
  });

  it('12, a timeout is no failure: a late film is said to be late, and is delivered when it comes', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    const late = await house.until(ref, (job) => job.late === true, 500);
    expect(cardOf(late)).toMatchObject({
      state: 'rendering',
      line: 'Taking longer than usual; it will be posted as soon as it arrives',
    });
    house.pass(3_600_000);
    house.gateway.finish(task);
    await delivered(house, ref);
    expect(house.gateway.count('submit')).toBe(1);
  });

  it('13, places held while polling: with one submit at a time, three films are in the making at once', async () => {
    const { house, gateway } = await open({ limits: { submitsAtOnce: 1 } });
    for (let n = 0; n < 3; n += 1) await house.handle(callOf('video', { prompt: `boat ${n}` }));
    await until('all three taken', () => gateway.tasks.size === 3);
    expect([...gateway.tasks.values()].filter(({ status }) => status === 'completed')).toEqual([]);
  });

  it.each([403, 410])('14, links that expire: after %s the gateway is asked for a new one', async (status) => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    house.gateway.next('film', faults.status(status, 'EXPIRED'));
    const polls = house.gateway.count('poll');
    await delivered(house, ref);
    expect(house.gateway.count('poll') - polls).toBe(2);
  });

  it('14, links that expire: one odd 404 while a new one is asked for loses nothing', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    await house.until(ref, (job) => job.output !== undefined);
    house.gateway.next('film', faults.status(403, 'EXPIRED'));
    house.gateway.next('poll', faults.gone());
    await delivered(house, ref);
  });

  it('15, a URL before the file: 404 for some seconds is waited out', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    house.gateway.next('film', faults.gone(), 3);
    await delivered(house, ref);
    expect(house.gateway.unused()).toBe(0);
  });

  it('16, a picture of another size: it goes out cut to exactly the size that goes with it', async () => {
    const { house, gateway } = await open();
    const file = {
      name: 'photo.heic',
      open: async function* () {
        yield new Uint8Array(readFileSync('test/fixtures/photo.heic'));
      },
    };
    await house.handle(callOf('video', { prompt: 'a boat' }, { files: { image: file } }));
    await until('taken', () => gateway.tasks.size === 1);
    const body = JSON.parse(String(gateway.requests.find(({ call }) => call === 'submit')?.body)) as {
      size: string;
      input_reference: { image_url: string };
    };
    const [, bytes = ''] = body.input_reference.image_url.split(',');
    const { width, height, exif } = await sharp(Buffer.from(bytes, 'base64')).metadata();
    expect([`${width}x${height}`, exif]).toEqual([body.size, undefined]);
  });

  it('17, faces: the help says so before anybody tries', async () => {
    const { house } = await open();
    const reply = await house.handle(callOf('help', { topic: 'video' }));
    const said = JSON.stringify(reply.parts);
    expect(said).toContain('No real people: the video service refuses them.');
    expect(said).toContain('Sora 2: 4, 8, 12, 16, 20');
    expect(said).not.toContain('characters');
  });

  it('20, misleading codes: a refusal for the prompt costs nothing and blocks nobody', async () => {
    const house = await setUp();
    house.gateway.next('submit', faults.status(400, 'CONTENT_POLICY_VIOLATION', { message: 'size: takes …' }));
    await ended(house, await house.admitted(), 'policy');
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    await delivered(house, ref);
  });

  it('21, moderation by the provider: it may come after the film was begun, and is still free', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.fail(task, { code: 'moderation_blocked', message: 'no' });
    await ended(house, ref, 'policy');
  });

  it('24, a placeholder: it is posted, and the operator is told what the key does', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    house.gateway.next('poll', faults.mock());
    await delivered(house, ref);
    expect(errorsOf(house, ref).map(({ message }) => message)).toEqual([
      'the gateway gave a placeholder: its key replays films and makes none',
    ]);
  });

  it('23, a dry run: the final bill is kept, booked, and stands in the ledger', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    house.gateway.next('poll', faults.cost(0.21));
    const job = await delivered(house, ref);
    expect(job.bill).toBe(210_000);
    const lines = await house.redis.xrange(`dailies:{${ref.space}}:ledger`, '-', '+');
    expect(lines.at(-1)?.[1].join(' ')).toMatch(/kind capture .*money 210000/);
  });

  it('25, where a film leads: no key goes to its host, and no redirect to a private address', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    house.gateway.next('film', faults.redirect('http://169.254.169.254/latest'));
    await ended(house, ref, 'misconfigured');
    const films = house.gateway.requests.filter(({ call }) => call === 'film');
    expect(films).toHaveLength(1);
    expect(films[0]?.headers.authorization).toBeUndefined();
  });

  it('25, where a film leads: an error served as video/mp4 is not posted', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    house.gateway.next('film', faults.jsonFilm(), 2);
    await delivered(house, ref);
    expect(house.gateway.unused()).toBe(0);
  });

  it('26, a task belongs to its gateway: another one is not asked for it, and the operator is told', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    const former = house.tools.video;
    house.tools.video = { ...former, name: 'https://other.example/v1' };
    const polls = house.gateway.count('poll');
    const next = await house.take(ref);
    expect([house.gateway.count('poll') - polls, (next?.at ?? 0) - house.now()]).toEqual([0, 300_000]);
    expect(errorsOf(house, ref)).toHaveLength(1);
    house.tools.video = former;
    house.gateway.finish(task);
    await delivered(house, ref);
  });

  it('26, a task belongs to its gateway: a film whose link expired rests too, and comes when its gateway is back', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.gateway.finish(task);
    await house.until(ref, (job) => job.output !== undefined);
    const former = house.tools.video;
    house.tools.video = { ...former, name: 'https://other.example/v1' };
    house.gateway.next('film', faults.status(403, 'EXPIRED'));
    const polls = house.gateway.count('poll');
    for (let n = 0; n < 3; n += 1) await house.take(ref);
    expect([house.gateway.count('poll') - polls, (await house.read(ref)).failure]).toEqual([0, undefined]);
    house.tools.video = former;
    await delivered(house, ref);
  });

  it('27, a cancel is no refund: a film that comes all the same is delivered and paid', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    await house.desk.cancel(ref, 'ada');
    house.gateway.next('cancel', faults.cancelRefused());
    await house.take(ref);
    house.gateway.finish(task);
    await delivered(house, ref);
    expect(house.gateway.count('cancel')).toBe(1);
  });

  it('27, a cancel is no refund: a film that is there by then is not deleted', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    await house.desk.cancel(ref, 'ada');
    house.gateway.finish(task);
    await delivered(house, ref);
    expect(house.gateway.count('cancel')).toBe(0);
  });

  it('28, the limits of a chat: a film that it refuses is kept, unpaid, until somebody asks for it', async () => {
    const house = await setUp();
    const { ref, task } = await rendering(house);
    house.chat.fail('film', 1, refused);
    house.gateway.finish(task);
    const job = await house.until(ref, (is) => is.refused !== undefined);
    expect([job.settled, job.asset === undefined]).toEqual([undefined, false]);
    expect(await house.desk.redeliver(ref)).toBe(true);
    await delivered(house, ref);
  });
});
