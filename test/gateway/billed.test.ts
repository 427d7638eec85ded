import { describe, expect, it, onTestFinished } from 'vitest';
import { type GatewayProfile, gatewayProfileSchema } from '../../src/domain/gateway.ts';
import { createVideoApi } from '../../src/video/client.ts';
import { type FaultyOptions, startFaulty } from '../support/faulty.ts';
import { faults } from '../support/faulty-faults.ts';
import { failureOf, kindOf, never, order, recipe } from './rig.ts';

async function start(profile: Partial<GatewayProfile> = {}, options: FaultyOptions = {}) {
  const faulty = await startFaulty(options);
  const api = createVideoApi({
    ...{ baseUrl: faulty.url, key: faulty.key, dialect: 'output', timeoutMs: 5_000 },
    profile: { ...gatewayProfileSchema.parse({}), ...profile },
  });
  onTestFinished(async () => {
    await api.close();
    await faulty.close();
  });
  return { faulty, api };
}

describe('what a gateway bills', () => {
  it.each([
    ['reset after it was taken', faults.resetAfter()],
    ['cut in its middle', faults.half()],
    ['without an id', faults.withoutId()],
    ["a proxy's page", faults.html({ taken: true })],
    ['500 INTERNAL_ERROR', faults.status(500, 'INTERNAL_ERROR', { taken: true })],
    ['504 of a proxy', faults.html({ status: 504, taken: true })],
  ])('once, for an answer that was lost: %s; its list and the same key both know the task', async (_row, fault) => {
    const { faulty, api } = await start();
    const at = Date.now();
    faulty.next('submit', fault);
    expect(await kindOf(api.submit(order, never))).toBe('lost answer');
    expect([faulty.count('submit'), faulty.billed]).toEqual([1, 1]);
    const { id: taskId } = faulty.taskOf(order.key);
    expect(await api.find(order.key, at, never)).toEqual({ status: 'taken', taskId });
    expect(await api.submit(order, never)).toEqual({ taskId });
    expect(faulty.billed).toBe(1);
  });

  it.each([
    ['reset before it was read', faults.resetBefore(), 'lost answer'],
    ['429', faults.throttled('3'), 'throttled, 3000 ms'],
    ['502 ALL_PROVIDERS_EXHAUSTED', faults.exhausted(), 'transient, 2 at most'],
    ['402', faults.status(402, 'INSUFFICIENT_BALANCE'), 'funds'],
    ['400', faults.status(400, 'CONTENT_POLICY_VIOLATION'), 'policy'],
  ])('nothing for %s, and its list knows of no task', async (_row, fault, kind) => {
    const { faulty, api } = await start();
    const at = Date.now();
    faulty.next('submit', fault);
    expect(await kindOf(api.submit(order, never))).toBe(kind);
    expect([faulty.count('submit'), faulty.billed]).toEqual([1, 0]);
    expect(await api.find(order.key, at, never)).toEqual({ status: 'none' });
  });

  it.each([
    ['body', 'header', 2],
    ['header', 'body', 2],
    ['both', 'body', 1],
    ['both', 'header', 1],
    ['header', 'header', 1],
    ['body', 'body', 1],
  ] as const)('for two orders with the key in %s, where it looks in the %s: %i', async (key, keyIn, billed) => {
    const { faulty, api } = await start({ key }, { keyIn });
    await api.submit(order, never);
    await api.submit(order, never);
    expect(faulty.billed).toBe(billed);
  });

  it('a dry run that it took for an order, and the error names the task', async () => {
    const { faulty, api } = await start({ dryRun: true });
    expect(await api.estimate(recipe, never)).toBeGreaterThan(0);
    expect(faulty.billed).toBe(0);
    faulty.next('dryRun', faults.paidDryRun());
    const { name, message } = await failureOf(api.estimate(recipe, never));
    const [id] = faulty.tasks.keys();
    expect([name, message]).toEqual(['LostAnswer', `estimate: a dry run was answered with the task ${id}`]);
  });
});
