import { afterEach, describe, expect, test } from 'vitest';
import { cardOf } from '../../src/domain/card.ts';
import { type Job, requestOf } from '../../src/domain/job.ts';
import { RedisAway } from '../../src/ports.ts';
import { faults } from '../support/faulty-faults.ts';
import { answerOf } from '../support/faulty-shapes.ts';
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
const settled = (job: Job): boolean => job.settled !== undefined;

describe('a film that the gateway’s policy declines', () => {
  test('counts for its member, and its card says what it was for where the gateway told', async () => {
    const { gateway, admitted, refused } = await setUp({});
    const error = { code: 'moderation_blocked', message: 'no. safety_violations=[violence]', type: 'any' };
    gateway.next('submit', { run: ({ send }) => send(answerOf(400, { error })) });
    const ref = await admitted();
    const job = await (house as Steps).until(ref, settled);
    expect(job.failure).toMatchObject({ reason: 'policy', about: ['violence'] });
    expect(refused).toEqual([['ada', requestOf(ref.id)]]);
    expect(cardOf(job).line).toBe(
      'The video service declined this one: as it was put, it may have been taken for violence. Say it another way. You paid nothing.',
    );
  });

  test('counts as well when it was taken first', async () => {
    const { gateway, admitted, refused } = await setUp({});
    const ref = await admitted();
    await (house as Steps).until(ref, (job) => job.taskId !== undefined);
    gateway.fail(gateway.taskOf(ref.id).id, { code: 'CONTENT_POLICY_VIOLATION', message: 'no' });
    const job = await (house as Steps).until(ref, settled);
    expect(job.failure).toEqual({ reason: 'policy', at: expect.any(Number) });
    expect(refused).toEqual([['ada', requestOf(ref.id)]]);
  });

  test('all films of one call are one request', async () => {
    const { admitted, refused, gateway } = await setUp({});
    gateway.always('submit', faults.status(400, 'CONTENT_POLICY_VIOLATION'));
    const ref = await admitted({ count: 2 });
    const other = { ...ref, id: `${requestOf(ref.id)}-2` };
    for (const one of [ref, other]) await (house as Steps).until(one, settled);
    expect(refused).toEqual(Array(2).fill(['ada', requestOf(ref.id)]));
  });

  test('any other failure counts for nobody, nor does a step of a workflow', async () => {
    const { gateway, admitted, refused } = await setUp({});
    gateway.next('submit', faults.status(400, 'INVALID_REQUEST'));
    await (house as Steps).until(await admitted(), settled);
    gateway.next('submit', faults.status(400, 'CONTENT_POLICY_VIOLATION'));
    await (house as Steps).until(await admitted({ step: 'Fx1' }), settled);
    expect(refused).toEqual([]);
  });

  test('is written down only once it is counted: a Redis that is away in between counts it later', async () => {
    let away = true;
    const counted: string[] = [];
    const slow = {
      count: async (_space: string, _member: string, request: string) => {
        if (away) throw new RedisAway(false, undefined);
        counted.push(request);
      },
    };
    const { gateway, admitted, take, read } = await setUp({}, { slow });
    const ref = await admitted();
    await (house as Steps).until(ref, (job) => job.taskId !== undefined);
    gateway.fail(gateway.taskOf(ref.id).id, { code: 'CONTENT_POLICY_VIOLATION', message: 'no' });
    await expect(take(ref)).rejects.toBeInstanceOf(RedisAway);
    expect((await read(ref)).failure).toBeUndefined();
    away = false;
    await (house as Steps).until(ref, settled);
    expect(counted).toEqual([requestOf(ref.id)]);
  });
});
