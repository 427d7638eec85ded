import { timingSafeEqual } from 'node:crypto';
import { cardFor, type ModelCard } from '../../src/domain/model.ts';
import { pixels } from '../../src/domain/recipe.ts';
import { stillFilm } from '../../src/sandbox/still.ts';
import { type KeyIn, readFields, readOrder } from './faulty-order.ts';
import type { Seen, Served } from './faulty-server.ts';
import {
  type Answer,
  answerOf,
  estimateOf,
  modelOf,
  moderationOf,
  parametersOf,
  Refused,
  requestOf,
  videoOf,
} from './faulty-shapes.ts';
import type { FaultyState, FaultyTask } from './faulty-state.ts';

export interface ServeOptions {
  state: FaultyState;
  cards: readonly ModelCard[];
  key: string;
  secret: string;
  dialect: 'output' | 'content' | 'both';
  keyIn: KeyIn;
  replayStatus: number;
  ranges: boolean;
  origin(): string;
  /** A new task, and one that was looked at: they may move on. */
  taken(task: FaultyTask): void;
  looked(task: FaultyTask): void;
  cancel(task: FaultyTask): void;
}

const even = (length: number): number => length + (length % 2);
const idIn = (path: string): string => decodeURIComponent(/^\/(?:v1\/videos|film)\/([^/?.]+)/.exec(path)?.[1] ?? '');
const notFound = (): Refused => new Refused(404, 'NOT_FOUND');

/** The part of the film that `Range: bytes=a-` or `a-b` asks for. */
function partOf(bytes: Uint8Array, range: string | undefined): Answer {
  const headers = { 'content-type': 'video/mp4', 'accept-ranges': 'bytes', etag: `"${bytes.length}"` };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === undefined) return answerOf(200, bytes, headers);
  const end = to ? Math.min(Number(to) + 1, bytes.length) : bytes.length;
  if (Number(from) >= end) return answerOf(416, undefined, { 'content-range': `bytes */${bytes.length}` });
  const place = { 'content-range': `bytes ${from}-${end - 1}/${bytes.length}` };
  return answerOf(206, bytes.subarray(Number(from), end), { ...headers, ...place });
}

/** What the gateway does and answers when nothing goes wrong; a refusal is thrown as {@link Refused}. */
export function createServe(options: ServeOptions): (seen: Seen, how: { paid: boolean }) => Promise<Served> {
  const { state, cards, key, dialect, origin } = options;
  const films = new Map<string, Promise<Uint8Array>>();
  const removed = new Set<string>();

  function taskAt(path: string): FaultyTask {
    const task = state.tasks.get(idIn(path));
    if (!task || removed.has(task.id)) throw notFound();
    return task;
  }

  const shown = (task: FaultyTask) => videoOf(task, origin(), dialect);

  async function submit(seen: Seen, dry: boolean): Promise<Served> {
    const { headers } = seen;
    const header = headers['idempotency-key'];
    const read = await readFields(seen.bytes, headers['content-type'] ?? '');
    try {
      const { card, ...order } = readOrder(read, typeof header === 'string' ? header : undefined, {
        ...options,
        cards,
      });
      if (dry) return { answer: answerOf(200, estimateOf(card, order.seconds)) };
      const taken = state.take(order);
      if (taken.is === 'conflict') throw new Refused(409, 'IDEMPOTENCY_CONFLICT');
      if (taken.is === 'poor') throw new Refused(402, 'INSUFFICIENT_BALANCE');
      const { task } = taken;
      if (taken.is === 'new') options.taken(task);
      return { task, answer: answerOf(taken.is === 'new' ? 202 : options.replayStatus, shown(task)) };
    } catch (error) {
      const said = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
      const { user, model } = read.fields;
      if (error instanceof Refused && !dry) state.refuse(error.code, { user: said(user), model: said(model) });
      throw error;
    }
  }

  function film(seen: Seen): Promise<Answer> {
    const task = taskAt(seen.path);
    if (task.status !== 'completed') throw notFound();
    const { width, height } = pixels(task.size);
    const kind = `${width}x${height}-${task.seconds}`;
    const made = films.get(kind) ?? stillFilm(even(width), even(height), task.seconds);
    films.set(kind, made);
    return made.then((bytes) => partOf(bytes, options.ranges ? seen.headers.range : undefined));
  }

  function models(path: string): Answer {
    const id = /^\/v1\/models\/([^/?]+)/.exec(path)?.[1];
    const ids = cards.flatMap((card) => [card.id, ...card.snapshots]);
    if (id === undefined) return answerOf(200, { object: 'list', data: ids.map(modelOf) });
    const card = cardFor(cards, decodeURIComponent(id));
    if (!card) throw new Refused(404, 'MODEL_NOT_FOUND');
    return answerOf(200, path.includes('schema=true') ? parametersOf(card) : modelOf(card.id));
  }

  function requests(path: string): Answer {
    const url = new URL(path, 'http://faulty');
    const query = Object.fromEntries(url.searchParams);
    const all = [...state.tasks.values(), ...state.refusals].reverse().sort((a, b) => b.at - a.at);
    const one = all.find(({ request }) => `/v1/requests/${request}` === url.pathname);
    if (one) return answerOf(200, requestOf(one));
    if (url.pathname !== '/v1/requests') throw notFound();
    const after = query.created_after === undefined ? 0 : Date.parse(query.created_after);
    const limit = Number(query.limit ?? 20);
    const start = query.cursor === undefined ? 0 : all.findIndex(({ request }) => request === query.cursor) + 1;
    if (Number.isNaN(after) || !(limit >= 1 && limit <= 100)) throw new Refused(400, 'INVALID_REQUEST');
    const found = all.slice(start).filter(({ at, user }) => at >= after && (query.user ?? user) === user);
    const data = found.slice(0, limit).map(requestOf);
    const more = found.length > limit;
    return answerOf(200, { object: 'list', data, has_more: more, next_cursor: more ? data.at(-1)?.id : null });
  }

  function cancel(seen: Seen): Answer {
    const task = taskAt(seen.path);
    options.cancel(task);
    if (dialect !== 'content') return answerOf(204);
    removed.add(task.id);
    return answerOf(200, { id: task.id, object: 'video.deleted', deleted: true });
  }

  function authorized({ headers }: Seen): boolean {
    const [shown, wanted] = [headers.authorization ?? '', `Bearer ${key}`].map((text) => Buffer.from(text));
    return shown?.length === wanted?.length && timingSafeEqual(shown as Buffer, wanted as Buffer);
  }

  async function answer(seen: Seen): Promise<Answer> {
    const { path } = seen;
    switch (seen.call) {
      case 'poll': {
        const task = taskAt(path);
        options.looked(task);
        return answerOf(200, shown(task));
      }
      case 'content':
        if (dialect === 'output') throw notFound();
        return film(seen);
      case 'film':
        if (dialect === 'content') throw notFound();
        return film(seen);
      case 'list':
        return answerOf(200, { object: 'list', data: [...state.tasks.values()].reverse().map(shown), has_more: false });
      case 'cancel':
        return cancel(seen);
      case 'moderate':
        return answerOf(200, moderationOf(seen.body));
      case 'models':
        return models(path);
      case 'requests':
        return requests(path);
      case 'balance': {
        const available = { amount: state.money.balance / 1e6, currency: 'USD' };
        return answerOf(200, { object: 'balance', billing_type: 'prepaid', available });
      }
      case 'secret':
        return answerOf(200, { key: options.secret });
      default:
        throw notFound();
    }
  }

  return async (seen, { paid }) => {
    if (seen.call !== 'film' && !authorized(seen)) throw new Refused(401, 'AUTHENTICATION_FAILED');
    if (seen.call === 'submit' || seen.call === 'dryRun') return submit(seen, seen.call === 'dryRun' && !paid);
    return { answer: await answer(seen) };
  };
}
