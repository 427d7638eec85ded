import { expect, test } from 'vitest';
import { createMetrics } from '../src/metrics.ts';

test('the budget is told in the gateway’s currency, and whether the gateway is paused', async () => {
  const metrics = createMetrics();
  let paused = false;
  metrics.watch({
    budget: async () => ({ spent: 1_500_000, held: 250_000, limit: 25_000_000, renewsAt: 1 }),
    paused: async () => paused,
    reachable: () => !paused,
  });
  const text = await metrics.text();
  expect(text).toContain('dailies_budget_money{is="spent"} 1.5\n');
  expect(text).toContain('dailies_budget_money{is="held"} 0.25\n');
  expect(text).toContain('dailies_budget_money{is="limit"} 25\n');
  expect(text).not.toContain('renewsAt');
  expect(text).toContain('dailies_gateway_paused 0\n');
  paused = true;
  expect(await metrics.text()).toMatch(/dailies_gateway_reachable 0\n[\s\S]*dailies_gateway_paused 1\n/);
});

test('what cannot be known is no number, and costs the other figures nothing', async () => {
  const metrics = createMetrics();
  const away = async () => {
    throw new Error('away');
  };
  metrics.watch({ budget: away, paused: away, reachable: () => true });
  metrics.step('poll', 'onward', 1);
  const text = await metrics.text();
  expect(text).toContain('dailies_budget_money{is="spent"} Nan');
  expect(text).toContain('dailies_gateway_paused Nan');
  expect(text).toContain('dailies_step_seconds_count{step="poll",result="onward"} 1');
});

test('without a budget there is no figure of it', async () => {
  const metrics = createMetrics();
  metrics.watch({ budget: async () => undefined, paused: async () => false, reachable: () => true });
  expect(await metrics.text()).not.toContain('dailies_budget_money{');
});
