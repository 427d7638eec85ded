import type { GivenFault } from './api.ts';
import type { Answer } from './refusals.ts';

export interface Faults {
  add(fault: GivenFault): void;
  /** The fault that this request meets, and one time less of it. */
  take(method: string, path: string): GivenFault | undefined;
  left(): number;
  forget(): void;
}

/** Faults in the order in which they were scripted. */
export function createFaults(): Faults {
  let waiting: { fault: GivenFault; pattern: RegExp; times: number }[] = [];
  return {
    add(fault) {
      waiting.push({ fault, pattern: new RegExp(fault.path), times: fault.times ?? 1 });
    },
    take(method, path) {
      const found = waiting.find(
        ({ fault, pattern }) => (fault.method ?? method).toUpperCase() === method && pattern.test(path),
      );
      if (!found) return undefined;
      found.times--;
      waiting = waiting.filter(({ times }) => times > 0);
      return found.fault;
    },
    left: () => waiting.reduce((sum, { times }) => sum + times, 0),
    forget() {
      waiting = [];
    },
  };
}

/** The answer that a scripted fault gives in place of the true one. */
export function answerOf(fault: Extract<GivenFault, { status: number }>): Answer {
  const { status, code = 0, message = `${status}: fault`, body = { message, code }, headers } = fault;
  return { status, body, ...(headers && { headers }) };
}
