import type { GivenFault } from './api.ts';

const special = ['upload', 'download', 'respond'];

export interface Faults {
  add(fault: GivenFault): void;
  /** The fault that this request meets, and one time less of it. */
  take(method: string, args: unknown): GivenFault | undefined;
  left(): number;
  forget(): void;
}

/** Faults in the order in which they were scripted. */
export function createFaults(): Faults {
  let waiting: { fault: GivenFault; times: number }[] = [];
  const fits = ({ method, match }: GivenFault, asked: string, args: unknown) =>
    (method === asked || (method === '*' && !special.includes(asked))) &&
    (match === undefined || new RegExp(match).test(JSON.stringify(args)));
  return {
    add(fault) {
      waiting.push({ fault, times: fault.times ?? 1 });
    },
    take(method, args) {
      const found = waiting.find(({ fault }) => fits(fault, method, args));
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

/** The status, the body and the headers of a scripted answer; undefined where the fault is no answer. */
export function answerOf(fault: GivenFault) {
  const { status, error, retryAfter } = fault;
  if (status === undefined && error === undefined && retryAfter === undefined) return undefined;
  const code = status ?? (retryAfter === undefined ? 200 : 429);
  const json = error !== undefined || retryAfter !== undefined;
  return {
    status: code,
    error: error ?? (retryAfter === undefined ? null : 'ratelimited'),
    body: json ? JSON.stringify({ ok: false, error: error ?? 'ratelimited' }) : `<html><body>${code}</body></html>`,
    headers: {
      'content-type': json ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    },
  };
}
