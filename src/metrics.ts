import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Step } from './domain/job.ts';

/** What the program counts, for `/metrics`. */
export interface Metrics {
  /** A step ended: how, and how many seconds it took. */
  step(step: Step, result: 'onward' | 'again' | 'rest' | 'handed back' | 'broke', seconds: number): void;
  /** A call was answered; `refusal` when it was not accepted. */
  call(command: string, refusal: string | undefined): void;
  /** From now on what the operator's budget and the gateway's standing are is asked at every look; NaN where it cannot be known. */
  watch(gateway: GatewayWatch): void;
  /** The Prometheus text format. */
  text(): Promise<string>;
}

/** What is asked for the gauges: money in millionths of the currency. */
export interface GatewayWatch {
  budget(): Promise<{ spent: number; held: number; limit: number } | undefined>;
  paused(): Promise<boolean>;
  reachable(): boolean;
}

function watchGateway(registry: Registry, { budget, paused, reachable }: GatewayWatch): void {
  const unknown = { spent: Number.NaN, held: Number.NaN, limit: Number.NaN };
  new Gauge({
    name: 'dailies_budget_money',
    help: "The operator's money in the present window, in the currency of the gateway",
    labelNames: ['is'],
    registers: [registry],
    async collect() {
      const state = await budget().catch(() => unknown);
      for (const [is, micros] of Object.entries(state ?? {})) {
        if (is in unknown) this.set({ is }, micros / 1e6);
      }
    },
  });
  new Gauge({
    name: 'dailies_gateway_reachable',
    help: '0 while the gateway has not answered this process for a minute',
    registers: [registry],
    collect() {
      this.set(Number(reachable()));
    },
  });
  new Gauge({
    name: 'dailies_gateway_paused',
    help: '1 while nothing new is given to the gateway, for a reason that the operator has to mend',
    registers: [registry],
    async collect() {
      this.set(await paused().then(Number, () => Number.NaN));
    },
  });
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const stepSeconds = new Histogram({
    name: 'dailies_step_seconds',
    help: 'How long steps of jobs took, by how they ended',
    labelNames: ['step', 'result'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
    registers: [registry],
  });
  const calls = new Counter({
    name: 'dailies_calls_total',
    help: 'Calls by members, by what came of them',
    labelNames: ['command', 'outcome'],
    registers: [registry],
  });
  return {
    step: (step, result, seconds) => stepSeconds.observe({ step, result }, seconds),
    call: (command, refusal) => calls.inc({ command, outcome: refusal ?? 'answered' }),
    watch: (gateway) => watchGateway(registry, gateway),
    text: () => registry.metrics(),
  };
}
