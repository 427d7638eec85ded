import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { stillFilm } from '../../src/sandbox/still.ts';
import { type Answer, answerOf, type Json, refusalOf } from './faulty-shapes.ts';
import type { FaultyTask } from './faulty-state.ts';

/** One request on its way to an answer. */
export interface Exchange {
  reply: ServerResponse;
  /** Does what the gateway does for such a request, money and all, and gives its true answer. `paid`: also where it was a dry run. */
  serve(options?: { paid?: boolean }): Promise<Answer>;
  send(answer: Answer): void;
  /** Makes another task of the one that `serve` took, and bills it. */
  twin(): FaultyTask | undefined;
}

/** What goes wrong with one request, in place of `send(await serve())`. */
export interface Fault {
  /** It happens before the request's body was read. */
  early?: true;
  run(exchange: Exchange): void | Promise<void>;
}

const isJson = (body: Answer['body']): body is Json => typeof body === 'object' && !(body instanceof Uint8Array);
const bytesOf = (body: Answer['body']): Uint8Array =>
  body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? {}));

/** The true answer with its JSON changed. */
const edit = (change: (body: Json) => Json): Fault => ({
  run: async ({ serve, send }) => {
    const answer = await serve();
    send(isJson(answer.body) ? { ...answer, body: change(answer.body) } : answer);
  },
});

/** Another answer, after what the request asks for was done (`taken`: and billed) or was not. */
const instead = (answer: Answer, taken = false): Fault => ({
  run: async ({ serve, send }) => {
    if (taken) await serve();
    send(answer);
  },
});

interface Told {
  message?: string;
  headers?: Record<string, string>;
  /** The gateway did it all the same, and bills it. */
  taken?: boolean;
}
const status = (code: number, word: string, { message, headers, taken }: Told = {}): Fault =>
  instead(refusalOf(code, word, message, headers), taken);

/** The faults that gateways are known for. Those without `taken` change nothing at the gateway and cost nothing. */
export const faults = {
  edit,
  status,
  /** The connection is reset before the request is read: nothing was taken. */
  resetBefore: (): Fault => ({ early: true, run: ({ reply }) => void reply.socket?.resetAndDestroy() }),
  /** It is done and billed, and the connection is reset instead of an answer. */
  resetAfter: (): Fault => ({
    run: async ({ serve, reply }) => {
      await serve();
      reply.socket?.resetAndDestroy();
    },
  }),
  /** It is done, and the answer breaks off in its middle; so does a film. */
  half: (): Fault => ({
    run: async ({ serve, reply }) => {
      const { status, headers, body } = await serve();
      const bytes = bytesOf(body);
      reply.writeHead(status, { 'content-type': 'application/json', ...headers, 'content-length': bytes.length });
      reply.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => reply.socket?.destroy());
    },
  }),
  /** No answer, ever. */
  silence: ({ taken = false } = {}): Fault => ({
    run: async ({ serve }) => {
      if (taken) await serve();
    },
  }),
  /** The true answer, so many milliseconds late. */
  late: (ms: number): Fault => ({
    run: async ({ serve, send }) => {
      const answer = await serve();
      await wait(ms);
      send(answer);
    },
  }),
  /** A page that some proxy wrote. */
  html: ({ status = 200, taken = false } = {}): Fault =>
    instead(answerOf(status, '<html><h1>gateway</h1></html>', { 'content-type': 'text/html' }), taken),
  /** Any JSON, in place of the answer. */
  json: (body: Json, { status = 200, taken = false } = {}): Fault => instead(answerOf(status, body), taken),
  /** It is taken, and the answer does not say under which id. */
  withoutId: (): Fault => edit(({ id: _, ...rest }) => rest),
  /** The true answer under another HTTP status: a new task as 200, a replay as 202. */
  as: (status: number): Fault => ({ run: async ({ serve, send }) => send({ ...(await serve()), status }) }),
  /** One order makes and bills two tasks. */
  billedTwice: (): Fault => ({
    run: async ({ serve, send, twin }) => {
      const answer = await serve();
      twin();
      send(answer);
    },
  }),
  /** A dry run that orders for good: it answers with a task, and bills it. */
  paidDryRun: (): Fault => ({ run: async ({ serve, send }) => send(await serve({ paid: true })) }),
  /** A price without the word that it is an estimate. */
  unsureEstimate: (): Fault => edit(({ estimated: _, ...rest }) => rest),
  exhausted: (told: Told = {}): Fault => status(502, 'ALL_PROVIDERS_EXHAUSTED', told),
  throttled: (retryAfter?: string): Fault =>
    status(429, 'RATE_LIMITED', retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
  gone: (): Fault => status(404, 'NOT_FOUND'),
  cancelRefused: (): Fault => status(400, 'cancel_failed'),

  /** A task's status in another gateway's word: `NOT_START`, `running`, `succeeded`, `expired`. */
  word: (word: string): Fault => edit((task) => ({ ...task, status: word })),
  /** Failed, with the reason as a bare string. */
  errorText: (text: string): Fault => edit((task) => ({ ...task, status: 'failed', error: text, output: null })),
  /** Failed inside a 200, whatever the task's true state is. */
  failed: (code: string, message = 'no'): Fault =>
    edit((task) => ({ ...task, status: 'failed', error: { code, message }, output: null })),
  /** Completed, and nothing to fetch. */
  withoutUrl: (): Fault => edit((task) => ({ ...task, status: 'completed', output: null })),
  /** Completed, with its film at this address. */
  urlAt: (url: string): Fault => edit((task) => ({ ...task, status: 'completed', output: { url } })),
  progress: (percent: unknown): Fault => edit((task) => ({ ...task, progress: percent })),
  /** The final bill, in dollars. */
  cost: (dollars: unknown): Fault => edit((task) => ({ ...task, metadata: { cost: dollars, cost_currency: 'USD' } })),
  /** A key set to replay: the success is a placeholder, made by no model. */
  mock: (): Fault =>
    edit((task) => ({
      ...task,
      metadata: { executed_model: 'mock-video', provider: 'mock', cost: 0, cost_currency: 'USD' },
    })),

  /** A refusal served as if it were the film. */
  jsonFilm: (): Fault =>
    instead(answerOf(200, { error: { code: 'NOT_READY', message: 'no' } }, { 'content-type': 'video/mp4' })),
  redirect: (to: string, status = 302): Fault => instead(answerOf(status, undefined, { location: to })),
  /** Another film than was ordered; even lengths, whole seconds. */
  otherFilm: (width: number, height: number, seconds: number): Fault => ({
    run: async ({ send }) =>
      send(answerOf(200, await stillFilm(width, height, seconds), { 'content-type': 'video/mp4' })),
  }),
} as const;
