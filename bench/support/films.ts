import type { Job } from '../../src/domain/job.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import { normalShare } from '../../src/video/distribution.ts';
import { bestPolls } from '../../src/video/plan.ts';
import { createSchedule } from '../../src/video/schedule.ts';
import type { TimesRedis } from '../../src/video/times.ts';
import { orderOf } from '../../test/desk/rig.ts';

/** Numbers from 0 to 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Log-normal humps: the share of films in each, its median in milliseconds, its spread in log time. */
export type Humps = readonly { share: number; median: number; sigma: number }[];

/** Draws how long a film takes, in milliseconds. */
export function draw(humps: Humps, random: () => number): number {
  const chance = random();
  let sum = 0;
  const hump = humps.find(({ share }) => {
    sum += share;
    return chance < sum;
  });
  if (!hump) throw new Error('the shares of the humps do not come to one');
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return hump.median * Math.exp(hump.sigma * normal);
}

/** How films were watched: polls of each, and milliseconds from done to noticed. */
export interface Watched {
  polls: number[];
  lags: number[];
}

/** Looks at films at fixed ages, ascending, in milliseconds. */
export function watchAt(ages: readonly number[], films: readonly number[]): Watched {
  const watched: Watched = { polls: [], lags: [] };
  for (const took of films) {
    const index = ages.findIndex((age) => age >= took);
    watched.polls.push(index + 1);
    watched.lags.push((ages[index] as number) - took);
  }
  return watched;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const gridStep = 250;
const free = { least: 0, early: Number.POSITIVE_INFINITY, bulk: 0, most: Number.POSITIVE_INFINITY };

/** Polls a film of the schedule that knows the humps and is best at this mean lag (milliseconds), over the same films. */
export function bestAt(humps: Humps, films: readonly number[], lag: number): number {
  const end = Math.max(...films) * 1.2;
  const ages = Float64Array.from({ length: Math.ceil(end / gridStep) + 2 }, (_, index) => index * gridStep);
  const doneBy = (age: number) =>
    humps.reduce((sum, { share, median, sigma }) => sum + share * normalShare(Math.log(age / median) / sigma), 0);
  const shape = { ages, done: ages.map((age) => (age === 0 ? 0 : doneBy(age))), middle: 0 };
  const watch = (price: number) => {
    const polls = bestPolls(shape, { ...free, price });
    const looks: number[] = [];
    for (let index = polls[0] as number; ; index = polls[index] as number) {
      looks.push(ages[index] as number);
      if (index === ages.length - 1) break;
    }
    const { polls: counts, lags } = watchAt(looks, films);
    return { polls: mean(counts), lag: mean(lags) };
  };
  let [low, high] = [1, 1e5];
  for (let step = 0; step < 24; step += 1) {
    const price = Math.sqrt(low * high);
    if (watch(price).lag > lag) high = price;
    else low = price;
  }
  // Between the two plans around the wanted lag, a mixture of both has it exactly.
  const [under, over] = [watch(low), watch(high)];
  const part = over.lag === under.lag ? 0 : (lag - under.lag) / (over.lag - under.lag);
  return under.polls + Math.min(1, Math.max(0, part)) * (over.polls - under.polls);
}

/** The few commands of Redis that the schedule needs, in memory. */
export function createMemoryRedis(): TimesRedis {
  const lists = new Map<string, string[]>();
  const part = (key: string, start: number, stop: number): string[] =>
    (lists.get(key) ?? []).slice(start, stop < 0 ? undefined : stop + 1);
  return {
    lrange: async (key, start, stop) => part(key, start, stop),
    lpush: async (key, value) => lists.set(key, [String(value), ...(lists.get(key) ?? [])]).size,
    ltrim: async (key, start, stop) => lists.set(key, part(key, start, stop)),
    expire: async () => 1,
  };
}

/** A job that is being rendered, submitted at `at`. */
export function jobAt(at: number): Job {
  const request = orderOf().jobs[0] as Job['request'];
  return { request, acceptedAt: at, submittedAt: at, version: 1, epoch: 1, generation: 1, deaths: 0, tries: 0 };
}

/** Milliseconds between two groups of films; a group is submitted at once. */
const groupEvery = 600_000;
const group = 10;

export interface Watching {
  /** Milliseconds from done to the webhook, or none. */
  announced?: () => number;
  /** The gateway tells per cent, faster at first than at the end, and 99 for the rest. */
  progress?: boolean;
  usual?: number;
}

/** The product's own schedule from an empty start, learning from what it noticed; films in the order they were submitted. */
export async function watchOurs(films: readonly number[], random: () => number, watching: Watching): Promise<Watched> {
  const { announced, progress = false, usual = 120 } = watching;
  let now = 1_800_000_000_000;
  const schedule = createSchedule({
    redis: createMemoryRedis(),
    model: (id) => ({ id, usual }) as ModelCard,
    webhooks: announced !== undefined,
    random,
    now: () => now,
  });
  const watched: Watched = { polls: [], lags: [] };
  for (let first = 0; first < films.length; first += group) {
    const begun = now;
    const noticed: [number, boolean][] = [];
    for (const took of films.slice(first, first + group)) {
      const webhook = announced ? took + announced() : Number.POSITIVE_INFINITY;
      let job = jobAt(begun) as Job & { percentAt?: number };
      let [age, polls] = [0, 0];
      do {
        const next = (await schedule.next(job, begun + age)) - begun;
        const told = next >= webhook && age < webhook;
        age = told ? webhook : next;
        polls += 1;
        if (told) job = { ...job, wake: 'msg_1' };
        if (progress && age < took) {
          const percent = Math.min(99, Math.floor(100 * (age / took) ** 0.8));
          if (percent !== job.percent) job = { ...job, percent, percentAt: begun + age };
        }
      } while (age < took);
      watched.polls.push(polls);
      watched.lags.push(age - took);
      noticed.push([age, job.wake !== undefined]);
    }
    for (const [age, wake] of noticed) {
      now = begun + age;
      await schedule.learn(jobAt(begun).request.recipe, { ms: age, announced: wake });
    }
    now = begun + groupEvery;
  }
  return watched;
}
