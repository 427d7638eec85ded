import { z } from 'zod';
import { failureReasons } from '../domain/errors.ts';
import { type Job, type JobRequest, type Paid, type Progress, postPlaces, type Removal, steps } from '../domain/job.ts';
import { originSchema } from '../domain/origin.ts';
import { recipeSchema } from '../domain/recipe.ts';
import { topics } from '../domain/verdict.ts';
import { readDraws } from './books.ts';

const requestSchema = z.object({
  id: z.string(),
  origin: originSchema,
  requester: z.string(),
  mention: z.string().exactOptional(),
  recipe: recipeSchema,
  price: z.int().positive(),
  payer: z.object({ member: z.string(), window: z.string(), pot: z.string().exactOptional() }),
  money: z.int().nonnegative().exactOptional(),
  timeZone: z.string().exactOptional(),
  parent: z.string().exactOptional(),
  spoiler: z.boolean().exactOptional(),
  for: z.object({ challenge: z.string(), edition: z.int() }).exactOptional(),
}) satisfies z.ZodType<JobRequest>;

const at = z.number();
const progressSchema = z.object({
  tries: z.int(),
  bugs: z.int().exactOptional(),
  sentAt: at.exactOptional(),
  sentTo: z.string().exactOptional(),
  sought: z.int().exactOptional(),
  seeking: z.boolean().exactOptional(),
  resentSince: at.exactOptional(),
  missingSince: at.exactOptional(),
  percent: z.number().exactOptional(),
  percentAt: at.exactOptional(),
  eta: at.exactOptional(),
  late: z.boolean().exactOptional(),
  stopAsked: z.boolean().exactOptional(),
  unlinked: z.boolean().exactOptional(),
  output: z.object({ url: z.string().exactOptional(), at }).exactOptional(),
  bill: z.int().nonnegative().exactOptional(),
  asset: z
    .object({ name: z.string(), bytes: z.number(), seconds: z.number(), width: z.number(), height: z.number() })
    .exactOptional(),
  posting: z.int().exactOptional(),
  mark: z.object({ generation: z.int(), text: z.string() }).exactOptional(),
  post: z.object({ ref: z.string(), generation: z.int(), place: z.enum(postPlaces).exactOptional() }).exactOptional(),
  earlier: z.array(z.object({ ref: z.string(), place: z.enum(postPlaces) })).exactOptional(),
  takenAway: z.object({ times: z.int(), refused: z.literal(true).exactOptional() }).exactOptional(),
  refused: z.object({ generation: z.int(), at }).exactOptional(),
  failure: z
    .object({ reason: z.enum(failureReasons), at, about: z.array(z.enum(topics)).exactOptional() })
    .exactOptional(),
  told: z.literal(true).exactOptional(),
}) satisfies z.ZodType<Progress>;

const fieldsSchema = z.object({
  request: z.string(),
  accepted_at: z.coerce.number(),
  admitted_at: z.coerce.number().optional(),
  progress: z.string(),
  version: z.coerce.number(),
  draws: z.string().optional(),
  left: z.coerce.number().optional(),
  epoch: z.coerce.number(),
  generation: z.coerce.number(),
  deaths: z.coerce.number(),
  trying: z.enum(steps).optional(),
  task_id: z.string().optional(),
  submitted_at: z.coerce.number().optional(),
  gateway: z.string().optional(),
  wake: z.string().optional(),
  cancel: z.string().optional(),
  given_up: z.string().optional(),
  removed: z.string().optional(),
  parked: z.string().optional(),
  card_ref: z.string().optional(),
  card_version: z.coerce.number().optional(),
  settled: z.enum(['captured', 'released']).optional(),
});

const cancelSchema = z.object({ by: z.string(), at });
const removedSchema = z.object({
  by: z.string(),
  at,
  times: z.int(),
  why: z.string().exactOptional(),
}) satisfies z.ZodType<Removal>;

/** The part of a job that its steps write, and nothing else of it. */
export function progressOf(job: Progress): Progress {
  return progressSchema.parse(job);
}

/** Draws as the scripts pack them, each kind and each member once. */
function paidFrom(draws: string): Paid[] {
  const found = new Map<string, Paid>();
  for (const { id: source, n: amount } of readDraws(draws)) {
    const slash = source.lastIndexOf('/');
    const from = slash >= 0 ? 'pot' : source === 'w' ? 'window' : 'granted';
    const member = source.slice(0, Math.max(0, slash));
    const before = found.get(`${from} ${member}`)?.credits ?? 0;
    found.set(`${from} ${member}`, { from, ...(member === '' ? {} : { member }), credits: before + amount });
  }
  return [...found.values()];
}

/**
 * A job from its Redis hash; nothing when there is none. A record that cannot be read throws: it is a bug, never skipped.
 * `request` is the job's own where it has been read before, for it never changes.
 */
export function readJob(fields: Record<string, string>, request?: JobRequest): Job | undefined {
  if (Object.keys(fields).length === 0) return undefined;
  const is = fieldsSchema.parse(fields);
  return {
    ...progressSchema.parse(JSON.parse(is.progress)),
    request: request ?? requestSchema.parse(JSON.parse(is.request)),
    acceptedAt: is.accepted_at,
    ...(is.draws === undefined || is.left === undefined ? {} : { paid: { from: paidFrom(is.draws), left: is.left } }),
    version: is.version,
    epoch: is.epoch,
    generation: is.generation,
    deaths: is.deaths,
    ...(is.admitted_at === undefined ? {} : { admittedAt: is.admitted_at }),
    ...(is.task_id === undefined ? {} : { taskId: is.task_id }),
    ...(is.submitted_at === undefined ? {} : { submittedAt: is.submitted_at }),
    ...(is.gateway === undefined ? {} : { gateway: is.gateway }),
    ...(is.wake === undefined ? {} : { wake: is.wake }),
    ...(is.trying === undefined ? {} : { trying: is.trying }),
    ...(is.cancel === undefined ? {} : { cancel: cancelSchema.parse(JSON.parse(is.cancel)) }),
    ...(is.given_up === undefined ? {} : { givenUp: cancelSchema.parse(JSON.parse(is.given_up)) }),
    ...(is.removed === undefined ? {} : { removed: removedSchema.parse(JSON.parse(is.removed)) }),
    ...(is.parked === undefined ? {} : { parked: true }),
    ...(is.card_version === undefined
      ? {}
      : { card: { version: is.card_version, ...(is.card_ref === undefined ? {} : { ref: is.card_ref }) } }),
    ...(is.settled === undefined ? {} : { settled: is.settled }),
  };
}

/** A script's flat list of fields and values. */
export function pairs(flat: unknown): Record<string, string> {
  const list = z.array(z.string()).parse(flat);
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < list.length; i += 2) fields[list[i] as string] = list[i + 1] as string;
  return fields;
}
