import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exchange, Fault } from './faulty-faults.ts';
import { type Answer, Refused, refusalOf } from './faulty-shapes.ts';
import type { FaultyTask } from './faulty-state.ts';

/** A request as it came; `body` is its text, `bytes` the same unread. */
export interface Seen {
  call: FaultyCall;
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const routes = {
  submit: /^POST \/v1\/videos(?!.*dryRun=true)(\?|$)/,
  dryRun: /^POST \/v1\/videos\?.*dryRun=true/,
  content: /^GET \/v1\/videos\/[^/?]+\/content/,
  poll: /^GET \/v1\/videos\/[^/?]+/,
  list: /^GET \/v1\/videos/,
  cancel: /^DELETE \/v1\/videos\/[^/?]+/,
  moderate: /^POST \/v1\/moderations/,
  models: /^GET \/v1\/models/,
  balance: /^GET \/v1\/balance/,
  requests: /^GET \/v1\/requests/,
  secret: /^GET \/v1\/webhooks\/secret/,
  film: /^GET \/film\//,
} as const;

/** The kinds of request that can be told apart, and given faults. */
export type FaultyCall = keyof typeof routes | 'other';

function callOf(method: string, path: string): FaultyCall {
  for (const [call, pattern] of Object.entries(routes))
    if (pattern.test(`${method} ${path}`)) return call as FaultyCall;
  return 'other';
}

/** What one request led to: the true answer, and the task that it took. */
export interface Served {
  answer: Answer;
  task?: FaultyTask;
}

function send(reply: ServerResponse, { status, headers, body }: Answer): void {
  const raw = typeof body === 'string' || body instanceof Uint8Array || body === undefined;
  const type = raw ? {} : { 'content-type': 'application/json' };
  reply.writeHead(status, { ...type, ...headers }).end(raw ? body : JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch (error) {
    // A client that gives up in the middle of its request gets no answer.
    if (request.destroyed) return undefined;
    throw error;
  }
  return Buffer.concat(chunks);
}

/** Answers by `serve`, but where `faultFor` has another idea. What `serve` throws but {@link Refused} is kept for `close` to throw. */
export async function listen(options: {
  faultFor(call: FaultyCall): Fault | undefined;
  serve(seen: Seen, options: { paid: boolean }): Promise<Served>;
  twin(task: FaultyTask): FaultyTask;
}) {
  const { faultFor, serve, twin } = options;
  const requests: Seen[] = [];
  const troubles: unknown[] = [];

  async function truth(seen: Seen, paid: boolean): Promise<Served> {
    try {
      return await serve(seen, { paid });
    } catch (error) {
      if (error instanceof Refused) return { answer: refusalOf(error.status, error.code) };
      throw error;
    }
  }

  async function handle(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const call = callOf(method, path);
    const seen: Seen = { call, method, path, headers, body: '', bytes: new Uint8Array() };
    requests.push(seen);
    const fault = faultFor(call);
    let task: FaultyTask | undefined;
    const exchange: Exchange = {
      reply,
      serve: async ({ paid = false } = {}) => {
        const served = await truth(seen, paid);
        task = served.task;
        return served.answer;
      },
      send: (answer) => send(reply, answer),
      twin: () => task && twin(task),
    };
    if (fault?.early) return fault.run(exchange);
    const bytes = await bodyOf(request);
    if (!bytes) return;
    Object.assign(seen, { bytes, body: bytes.toString('utf8') });
    await (fault ? fault.run(exchange) : exchange.send(await exchange.serve()));
  }

  const server = createServer((request, reply) => {
    handle(request, reply).catch((error: unknown) => {
      troubles.push(error);
      reply.destroy();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close(): Promise<void> {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
      if (troubles.length > 0) throw new AggregateError(troubles, 'the fault gateway itself failed');
    },
  };
}
