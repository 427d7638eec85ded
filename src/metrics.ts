import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Step } from './domain/job.ts';

/** What the program counts, for `/metrics`. */
export interface Metrics {
  /** A step ended: how, and how many seconds it took. */
  step(step: Step, result: 'onward' | 'again' | 'rest' | 'handed back' | 'broke', seconds: number): void;
  /** A call was answered; `refusal` when it was not accepted. */
  call(command: string, refusal: string | undefined): void;
  /** The Prometheus text format. */
  text(): Promise<string>;
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
    text: () => registry.metrics(),
  };
}
