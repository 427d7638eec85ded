import type { Redis } from 'ioredis';
import { createDesk } from '../../src/desk/desk.ts';
import { createLists, type Slots } from '../../src/desk/lists.ts';
import { createRecords } from '../../src/desk/records.ts';
import type { Order } from '../../src/domain/desk.ts';
import { type Job, type JobRef, type JobRequest, jobIds, type Progress, type Step } from '../../src/domain/job.ts';
import { type Origin, spaceKey, workflowMember } from '../../src/domain/origin.ts';
import { type Caps, type QuotaWindow, windowAt } from '../../src/domain/policy.ts';
import { type RedisKind, startRedis } from '../support/redis.ts';

/** What of an accept a test may choose; the rest is ordinary. */
export interface Ask {
  key?: string;
  space?: string;
  member?: string;
  count?: number;
  price?: number;
  allowance?: number;
  prompt?: string;
  /** The execution of a workflow that asks. */
  step?: string;
  /** Millionths of the operator's currency. */
  money?: number;
  window?: QuotaWindow;
  caps?: Caps;
  pot?: string;
  /** The challenge that it is made for; a sealed one. */
  sealed?: string;
}

export const thisWeek = (): QuotaWindow => windowAt(Date.now(), 'week', 'UTC');
const originOf = (space: string, user: string): Origin => ({
  platform: 'web',
  space,
  channel: 'films',
  thread: 'today',
  user,
  visibility: 'thread',
});
export const refOf = (request: JobRequest): JobRef => ({ space: spaceKey(request.origin), id: request.id });

let calls = 0;
export function orderOf(ask: Ask = {}): Order {
  calls += 1;
  const { key = `call-${calls}`, space = 'atelier', count = 1, price = 4, prompt = 'a boat', step } = ask;
  const { member = step === undefined ? 'ada' : workflowMember } = ask;
  const window = ask.window ?? thisWeek();
  const hidden = ask.sealed === undefined ? {} : ({ visibility: 'private' } as const);
  const made = ask.sealed === undefined ? {} : { for: { challenge: ask.sealed, edition: 1 } };
  const origin = { ...originOf(space, member), ...(step === undefined ? {} : { step }), ...hidden };
  const recipe = { model: 'sora-2', prompt, seconds: 4, size: '1365x768' } as const;
  const payer = { member, window: window.id };
  const money = ask.money === undefined ? {} : { money: ask.money };
  return {
    space: spaceKey(origin),
    call: { key, digest: `${prompt}/${count}` },
    member,
    jobs: jobIds(key, count).map((id) => ({ id, origin, requester: member, recipe, price, payer, ...money, ...made })),
    window,
    allowance: ask.allowance ?? 60,
    caps: ask.caps ?? {},
    pot: ask.pot,
    timeZone: 'UTC',
  };
}

/** The desk's three faces over one client. */
export function deskOn(redis: Redis, slots: Slots = { until: 'submitted', longest: 60_000 }) {
  const desk = createDesk(redis);
  const records = createRecords(redis);
  const lists = createLists(redis, slots);

  /** Accepts and gives back the first job. */
  const accepted = async (ask: Ask = {}): Promise<JobRef> => {
    const order = orderOf(ask);
    await desk.accept(order);
    return refOf(order.jobs[0] as JobRequest);
  };
  const read = async (ref: JobRef): Promise<Job> => {
    const job = await records.read(ref);
    if (!job) throw new Error(`no record of ${ref.id}`);
    return job;
  };
  const begin = async (ref: JobRef, step: Step): Promise<Job> => {
    const job = await records.begin(ref, step);
    if (!job) throw new Error(`no record of ${ref.id}`);
    return job;
  };
  /** A whole step: begun, saved, ended. */
  const step = async (ref: JobRef, name: Step, change: Partial<Progress>): Promise<Job> => {
    const job = await begin(ref, name);
    return records.save(job, { ...job, ...change }, { due: Date.now() + 60_000, visible: true, ended: true });
  };
  /** The gateway has taken it. */
  const submitted = async (ref: JobRef): Promise<Job> => {
    const job = await begin(ref, 'submit');
    const at = Date.now();
    await records.submitted(job, { taskId: `task-${ref.id}`, gateway: 'gateway', at, due: at + 60_000 });
    return records.save(job, { ...job, sentAt: at }, { due: at + 60_000, visible: false, ended: true });
  };
  const asset = { name: 'film.mp4', bytes: 1000, seconds: 4, width: 1366, height: 768 };
  /** Off the waiting list and made, as far as its file in the store. */
  const rendered = async (ref: JobRef): Promise<Job> => {
    await lists.enlist(ref.space);
    await lists.admit(1000);
    await submitted(ref);
    await step(ref, 'poll', { output: { url: 'http://127.0.0.1/film.mp4', at: Date.now() } });
    return step(ref, 'deliver', { asset });
  };
  /** Posted, paid and shown. */
  const delivered = async (ref: JobRef): Promise<Job> => {
    const { generation } = await read(ref);
    await step(ref, 'deliver', { post: { ref: `film-${generation}`, generation } });
    const paid = await records.settle(await begin(ref, 'deliver'), 'captured');
    await records.shown(paid, { ref: 'card', version: paid.version });
    return read(ref);
  };
  return { redis, desk, records, lists, accepted, read, begin, step, submitted, rendered, delivered };
}

/** A Redis of its own with the desk on it. */
export async function startDesk(kind: RedisKind, slots?: Slots) {
  const engine = await startRedis(kind);
  return { engine, ...deskOn(engine.connect(), slots), close: engine.close };
}
