import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SeenRequest } from './api.ts';
import { answerOf, type Faults } from './faults.ts';
import type { World } from './world.ts';

export interface Answer {
  status: number;
  body: string | Buffer;
  headers?: Record<string, string>;
  error?: string | null;
}

export interface Traffic {
  world: World;
  faults: Faults;
}

/** Notes a request that came in. */
export function note(world: World, seen: Pick<SeenRequest, 'method'> & Partial<SeenRequest>): SeenRequest {
  const row = {
    ...{ team: null, status: null, error: null, bytes: 0, args: {}, token: null },
    at: world.clock.now(),
    ...seen,
  };
  world.requests.push(row);
  return row;
}

function send(reply: ServerResponse, seen: SeenRequest, answer: Answer): void {
  seen.status = answer.status;
  seen.error = answer.error ?? null;
  reply.writeHead(answer.status, answer.headers ?? {}).end(answer.body);
}

/** Gives the true answer of `run`, or what a scripted fault makes of it. */
export async function answer(
  { world, faults }: Traffic,
  request: IncomingMessage,
  reply: ServerResponse,
  seen: SeenRequest,
  run: () => Answer | Promise<Answer>,
): Promise<void> {
  const fault = faults.take(seen.method, seen.args);
  const hang = fault?.hang ?? 0;
  if (!fault || fault.hang !== undefined) {
    const late = fault?.after === false;
    if (late) await world.clock.wait(hang);
    if (late && request.socket.destroyed) return;
    const told = await run();
    if (!late && hang > 0) await world.clock.wait(hang);
    await world.clock.wait(world.settings.latencyMs);
    send(reply, seen, told);
    return;
  }
  if (fault.after) await run();
  const scripted = answerOf(fault);
  if (!scripted) return void request.socket.resetAndDestroy();
  await world.clock.wait(world.settings.latencyMs);
  send(reply, seen, scripted);
}
