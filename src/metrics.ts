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
  /** A chat had the first answer to what a member did, so many seconds after it told us. */
  acknowledged(platform: string, kind: string, seconds: number): void;
  /** Something waited for one of a chat's limits. */
  limited(platform: string): void;
  /** From now on it is asked at every look whether a chat is connected. */
  watchChat(platform: string, connected: () => boolean): void;
  /** An audit ended: how many differences it found. */
  audited(differences: number): void;
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
  const acks = new Histogram({
    name: 'dailies_chat_ack_seconds',
    help: 'How long a chat waited for the first answer to what a member did; Discord and Slack give up after 3',
    labelNames: ['platform', 'kind'],
    buckets: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 10],
    registers: [registry],
  });
  const limits = new Counter({
    name: 'dailies_chat_limited_total',
    help: "How often something waited for a chat's limits",
    labelNames: ['platform'],
    registers: [registry],
  });
  const differences = new Gauge({
    name: 'dailies_audit_differences',
    help: 'What the last audit of the books found: more than 0 wants npm run audit',
    registers: [registry],
  });
  const auditedAt = new Gauge({
    name: 'dailies_audit_timestamp_seconds',
    help: 'When the last audit ended, Unix seconds',
    registers: [registry],
  });
  const chats = new Map<string, () => boolean>();
  new Gauge({
    name: 'dailies_chat_connected',
    help: '1 while all connections of this process to a chat are up',
    labelNames: ['platform'],
    registers: [registry],
    collect() {
      for (const [platform, connected] of chats) this.set({ platform }, Number(connected()));
    },
  });
  return {
    acknowledged: (platform, kind, seconds) => acks.observe({ platform, kind }, seconds),
    limited: (platform) => limits.inc({ platform }),
    watchChat: (platform, connected) => void chats.set(platform, connected),
    step: (step, result, seconds) => stepSeconds.observe({ step, result }, seconds),
    call: (command, refusal) => calls.inc({ command, outcome: refusal ?? 'answered' }),
    watch: (gateway) => watchGateway(registry, gateway),
    audited: (found) => {
      differences.set(found);
      auditedAt.set(Date.now() / 1000);
    },
    text: () => registry.metrics(),
  };
}
