import { afterEach, describe, expect, test } from 'vitest';
import type { Job } from '../../src/domain/job.ts';
import { faults } from '../support/faulty-faults.ts';
import { type Steps, startSteps } from '../support/steps.ts';

let house: Steps | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});
async function setUp(...args: Parameters<typeof startSteps>): Promise<Steps> {
  house = await startSteps(...args);
  return house;
}
const ended = (job: Job): boolean => job.failure !== undefined || job.taskId !== undefined;

describe('a lost answer, where the profile says reconcile', () => {
  test('the request that was taken is found by the job in the list of requests, and not sent again', async () => {
    const { gateway, admitted, log } = await setUp({ lostAnswer: ['reconcile'] });
    gateway.next('submit', faults.resetAfter());
    const ref = await admitted();
    const job = await (house as Steps).until(ref, ended);
    expect(job.taskId).toBe(gateway.taskOf(ref.id).id);
    expect([gateway.count('submit'), gateway.billed]).toEqual([1, 1]);
    expect(log.lines.filter((line) => line.fields.job === ref.id && line.level === 'error')).toEqual([]);
  });

  test('it is looked for only when no worker can be writing its answer down any more', async () => {
    const { gateway, admitted, take, now } = await setUp({ lostAnswer: ['reconcile'] });
    gateway.next('submit', faults.resetAfter());
    const ref = await admitted();
    const sent = now();
    await take(ref);
    expect((await take(ref))?.at).toBe(sent + 75_000);
    expect(gateway.count('requests')).toBe(0);
  });

  test('one that the list lacks for minutes was never taken: it is sent again, once, and billed once', async () => {
    const { gateway, admitted, now } = await setUp({ lostAnswer: ['reconcile'] });
    gateway.next('submit', faults.resetBefore());
    const ref = await admitted();
    const sent = now();
    const job = await (house as Steps).until(ref, ended);
    expect(job.taskId).toBe(gateway.taskOf(ref.id).id);
    expect([gateway.count('submit'), gateway.billed, gateway.count('requests')]).toEqual([2, 1, 4]);
    expect((house as Steps).now() - sent).toBeGreaterThan(8 * 60_000);
  });

  test('a gateway that loses the second one too is sent no third: the job ends unclear, and the operator is told', async () => {
    const { gateway, admitted, log } = await setUp({ lostAnswer: ['reconcile'] });
    gateway.always('submit', faults.status(500, 'INTERNAL_ERROR'));
    const ref = await admitted();
    const job = await (house as Steps).until(ref, (is) => is.settled !== undefined);
    expect([job.failure?.reason, job.settled, gateway.count('submit')]).toEqual(['unclear', 'released', 2]);
    expect(log.lines.filter((line) => line.fields.job === ref.id && line.level === 'error')).toHaveLength(1);
  });

  test('a list that shows the first one only after the second was sent is searched from the first', async () => {
    const { gateway, admitted } = await setUp({ lostAnswer: ['reconcile'] });
    gateway.next('submit', faults.resetAfter());
    gateway.next('submit', faults.resetBefore());
    gateway.next('requests', faults.json({ object: 'list', data: [], has_more: false }), 4);
    const ref = await admitted();
    const job = await (house as Steps).until(ref, ended);
    expect(job.taskId).toBe(gateway.taskOf(ref.id).id);
    expect(gateway.billed).toBe(1);
  });

  test('a list that cannot be read says nothing: it is asked again, and nothing is sent', async () => {
    const { gateway, admitted } = await setUp({ lostAnswer: ['reconcile'] });
    gateway.next('submit', faults.resetAfter());
    gateway.next('requests', faults.status(500, 'INTERNAL_ERROR'), 4);
    const ref = await admitted();
    const job = await (house as Steps).until(ref, ended);
    expect(job.taskId).toBe(gateway.taskOf(ref.id).id);
    expect(gateway.count('submit')).toBe(1);
  });

  test('a list that stays out of reach ends the job unpaid, and the operator is told', async () => {
    const { gateway, admitted, log, read } = await setUp({ lostAnswer: ['reconcile'] });
    gateway.next('submit', faults.resetAfter());
    gateway.always('requests', faults.status(500, 'INTERNAL_ERROR'));
    const ref = await admitted();
    await (house as Steps).until(ref, (job) => job.settled !== undefined);
    const job = await read(ref);
    expect([job.failure?.reason, job.settled]).toEqual(['unclear', 'released']);
    expect(gateway.count('submit')).toBe(1);
    expect(log.lines.filter((line) => line.fields.job === ref.id && line.level === 'error')).toHaveLength(1);
  });

  test('a request that the list says has failed ends the job with its reason', async () => {
    const { gateway, admitted } = await setUp({ lostAnswer: ['reconcile'] });
    gateway.next('submit', faults.resetAfter());
    const ref = await admitted();
    await (house as Steps).take(ref);
    gateway.fail(gateway.taskOf(ref.id).id, { code: 'CONTENT_POLICY_VIOLATION', message: 'no' });
    const job = await (house as Steps).until(ref, ended);
    expect(job.failure?.reason).toBe('policy');
  });

  test('one that was cancelled meanwhile and never taken is not sent again', async () => {
    const { gateway, admitted, desk } = await setUp({ lostAnswer: ['reconcile'] });
    gateway.next('submit', faults.resetBefore());
    const ref = await admitted({ money: 400_000 });
    await (house as Steps).until(ref, (job) => job.sought === 1);
    await desk.cancel(ref, 'ada');
    const job = await (house as Steps).until(ref, ended);
    expect(job.failure?.reason).toBe('cancelled');
    expect(gateway.billed).toBe(0);
    await (house as Steps).until(ref, (is) => is.settled !== undefined);
    expect((house as Steps).booked.get(ref.id)).toBe(0);
  });
});

describe('between an order that its list lacks and the next one', () => {
  const nothing = () => faults.json({ object: 'list', data: [], has_more: false });

  test.each([
    ['throttled', 2],
    ['paused', 1],
  ])('a webhook of the first still brings its task: %s, and not ordered again', async (why, orders) => {
    const steps = await setUp({ lostAnswer: ['reconcile'] });
    const { gateway, admitted, records, tools, read } = steps;
    gateway.next('submit', faults.resetAfter());
    gateway.always('requests', nothing());
    const ref = await admitted();
    await steps.take(ref);
    if (why === 'throttled') gateway.next('submit', faults.throttled('60'));
    else tools.standing = { read: async () => ({ reason: 'funds', since: 1 }) };
    await steps.until(ref, (job) => job.resentSince !== undefined && (why === 'paused' || job.tries > 0));
    const { id } = gateway.taskOf(ref.id);
    expect(await records.woken(ref, { id: 'hook-1', taskId: id, gateway: tools.video.name })).toBe('noted');
    expect((await read(ref)).taskId).toBe(id);
    await steps.take(ref);
    expect([gateway.count('submit'), gateway.billed]).toEqual([orders, 1]);
  });

  test('a cancel ends the job, and the operator’s budget counts the first', async () => {
    const steps = await setUp({ lostAnswer: ['reconcile'] });
    steps.gateway.next('submit', faults.resetAfter());
    steps.gateway.always('requests', nothing());
    const ref = await steps.admitted({ money: 400_000 });
    await steps.take(ref);
    steps.gateway.always('submit', faults.throttled('60'));
    await steps.until(ref, (job) => job.resentSince !== undefined && job.tries > 0);
    await steps.desk.cancel(ref, 'ada');
    const job = await steps.until(ref, (is) => is.settled !== undefined);
    expect([job.failure?.reason, steps.booked.get(ref.id)]).toEqual(['cancelled', 400_000]);
  });

  test('two that were both taken and both lost count twice', async () => {
    const steps = await setUp({ lostAnswer: ['reconcile'] });
    steps.gateway.always('requests', nothing());
    steps.gateway.always('submit', {
      run: async ({ serve, reply }) => {
        await serve();
        steps.gateway.forgetKeys();
        reply.socket?.resetAndDestroy();
      },
    });
    const ref = await steps.admitted({ money: 400_000 });
    await steps.until(ref, (job) => job.settled !== undefined);
    expect([steps.gateway.billed, steps.booked.get(ref.id)]).toEqual([2, 800_000]);
  });
});

test('an order whose answer was lost at one gateway is not sent to another that was set up since', async () => {
  const steps = await setUp({ lostAnswer: ['repeat'] });
  steps.gateway.next('submit', faults.resetAfter());
  const ref = await steps.admitted();
  await steps.take(ref);
  const former = steps.tools.video;
  const asked: string[] = [];
  steps.tools.video = {
    ...former,
    name: 'https://other.example/v1',
    submit: async ({ key }) => {
      asked.push(key);
      return { taskId: 'other' };
    },
  };
  await steps.take(ref);
  await steps.take(ref);
  expect(asked).toEqual([]);
  steps.tools.video = former;
  const job = await steps.until(ref, ended);
  expect([job.taskId, steps.gateway.billed]).toEqual([steps.gateway.taskOf(ref.id).id, 1]);
});

describe('a lost answer, where the profile says repeat and then reconcile', () => {
  test('the key is repeated while the gateway knows it, and looked for after that', async () => {
    const { gateway, admitted, pass, take } = await setUp({ lostAnswer: ['repeat', 'reconcile'] });
    gateway.always('submit', faults.resetAfter());
    const ref = await admitted();
    await take(ref);
    await take(ref);
    expect([gateway.count('submit'), gateway.billed]).toEqual([2, 1]);
    pass(600_000);
    gateway.forgetKeys();
    const job = await (house as Steps).until(ref, ended);
    expect(job.taskId).toBe(gateway.taskOf(ref.id).id);
    expect([gateway.count('submit'), gateway.billed]).toEqual([2, 1]);
  });

  test.each([
    ['a no to the repetition', faults.status(400, 'INVALID_REQUEST')],
    ['exhausted providers', faults.exhausted()],
    ['silence, fifteen times', faults.resetBefore()],
  ])('when repeating is over it is looked for: %s', async (_why, fault) => {
    const { gateway, admitted } = await setUp({ lostAnswer: ['repeat', 'reconcile'] });
    gateway.next('submit', faults.resetAfter());
    gateway.next('submit', fault, 20);
    const ref = await admitted();
    const job = await (house as Steps).until(ref, ended);
    expect(job.taskId).toBe(gateway.taskOf(ref.id).id);
    expect(gateway.billed).toBe(1);
  });

  test('what somebody cancelled is not repeated, for that could make it; it is looked for', async () => {
    const { gateway, admitted, take, desk } = await setUp({ lostAnswer: ['repeat', 'reconcile'] });
    gateway.next('submit', faults.status(500, 'INTERNAL_ERROR'));
    const ref = await admitted();
    await take(ref);
    await desk.cancel(ref, 'ada');
    const job = await (house as Steps).until(ref, ended);
    expect([job.failure?.reason, gateway.count('submit'), gateway.billed]).toEqual(['cancelled', 1, 0]);
  });

  test('a card that left the file changes nothing about what is out', async () => {
    const { gateway, admitted, take, tools } = await setUp({ lostAnswer: ['reconcile'] });
    gateway.next('submit', faults.resetAfter());
    const ref = await admitted();
    await take(ref);
    tools.model = () => undefined;
    const job = await (house as Steps).until(ref, ended);
    expect(job.taskId).toBe(gateway.taskOf(ref.id).id);
  });

  test('a gateway that refuses us by now says nothing of what it took before', async () => {
    const { gateway, admitted, take, read } = await setUp({ lostAnswer: ['repeat', 'reconcile'] });
    gateway.next('submit', faults.resetAfter());
    gateway.next('submit', faults.status(402, 'INSUFFICIENT_BALANCE'));
    const ref = await admitted();
    await take(ref);
    await take(ref);
    expect((await read(ref)).failure).toBeUndefined();
    const job = await (house as Steps).until(ref, ended);
    expect(job.taskId).toBe(gateway.taskOf(ref.id).id);
    expect(gateway.billed).toBe(1);
  });
});

describe('a lost answer, where the profile says to stop', () => {
  test('ends the job at once, unpaid, with one alarm', async () => {
    const { gateway, admitted, log, booked } = await setUp({ lostAnswer: [] });
    gateway.next('submit', faults.resetAfter());
    const ref = await admitted({ money: 400_000 });
    const job = await (house as Steps).until(ref, (is) => is.settled !== undefined);
    expect([job.failure?.reason, job.settled]).toEqual(['unclear', 'released']);
    expect([gateway.count('submit'), gateway.billed]).toEqual([1, 1]);
    expect(log.lines.filter((line) => line.fields.job === ref.id && line.level === 'error')).toHaveLength(1);
    expect(booked.get(ref.id)).toBe(400_000);
  });

  test('waits for a webhook, where the gateway calls them, until the model is late', async () => {
    const { gateway, admitted, now, read } = await setUp(
      { lostAnswer: [] },
      { hook: () => 'https://here.example/hooks/video/a/b' },
    );
    gateway.next('submit', faults.resetAfter());
    const ref = await admitted();
    const sent = now();
    await (house as Steps).until(ref, ended);
    expect((await read(ref)).failure?.reason).toBe('unclear');
    expect((house as Steps).now() - sent).toBeGreaterThanOrEqual(1_800_000);
    expect(gateway.count('submit')).toBe(1);
  });
});
