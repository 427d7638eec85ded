import type { Job } from '../domain/job.ts';
import type { ModelCard } from '../domain/model.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { Schedule } from '../ports.ts';
import { doneOf, type Shape, shapeOf, sharpened } from './distribution.ts';
import { type Plan, planPolls } from './plan.ts';
import { createMeasured, type TimesRedis } from './times.ts';

const kept = 200;
const enoughForEta = 5;
const etaShare = 0.8;
/** A poll is worth this share of a film's usual time in lag: a mean lag of about 2.5 s on films of 105 s, one and three quarters. */
const pollPrice = 0.0022;
/** Milliseconds between two polls: at least a hundredth of the usual time within `least`, and at most a minute once `bulk` of the films are done. */
const bounds = { share: 0.01, least: { from: 400, to: 2_000 }, most: 60_000, early: 0.15, bulk: 0.02 };
const lateInterval = 300_000;
const jitter = 0.1;
/** After a webhook that came too soon: so many looks in close order, this many milliseconds apart. */
const hurry = { looks: 4, from: 1_000, to: 2_000, jobs: 1_000 };
/** The newest completions by whether a webhook announced them, and from when on that is relied on. */
const announcements = { key: '{dailies}:announced', kept: 20, enough: 3, share: 0.9 };
/** While webhooks are relied on, a poll is a net: it comes when this share is done, and not sooner than after `least`. */
const net = { share: 0.995, least: 30_000, growth: 0.25 };
/** Progress is taken as the total time that it foretells, in steps of this much log time, so that plans can be kept. */
const hintStep = 0.1;

/** A shape, and its plan once it was needed. */
interface View {
  shape: Shape;
  plan?: Plan;
}

/** What is kept of one model and length, until its times change. */
interface Kind {
  times: readonly number[];
  usual: number;
  shape: Shape;
  /** By the total that progress foretells, in steps; 0 where there is none. */
  views: Map<number, View>;
}

/**
 * Polls where the next one is worth most, by how long films of this model and length really took (the card's `usual` until
 * twenty were measured), by the gateway's progress, and hardly at all while webhooks announce nearly every film. A late job is
 * looked at every five minutes. `next` and `expect` go by what is known while Redis is away; `learn` throws `TransientError`.
 */
export function createSchedule(options: {
  redis: TimesRedis;
  model(id: string): ModelCard | undefined;
  /** Whether the gateway is given an address to announce films at. */
  webhooks?: boolean;
  random?: () => number;
  now?: () => number;
}): Schedule {
  const { redis, model, webhooks = false, random = Math.random, now: clock = Date.now } = options;
  const measured = createMeasured(redis);
  const kinds = new Map<string, Kind>();
  const hurried = new Map<string, { wake: string; left: number }>();
  /** Films submitted before this moment may have had no poll but a net: what it noticed tells no time. */
  let nettedUntil = Number.NEGATIVE_INFINITY;
  const spread = (ms: number): number => ms * (1 + jitter * (2 * random() - 1));

  function keyOf(recipe: Recipe): string {
    return `{dailies}:times:${model(recipe.model)?.id ?? recipe.model}:${recipe.seconds}`;
  }

  async function kindOf(recipe: Recipe, now: number): Promise<Kind> {
    const key = keyOf(recipe);
    const times = await measured.read(key, kept, now);
    const usual = (model(recipe.model)?.usual ?? 120) * 1000;
    const known = kinds.get(key);
    if (known && known.times === times && known.usual === usual) return known;
    const kind = { times, usual, shape: shapeOf(times, usual), views: new Map() };
    const [oldest] = kinds.keys();
    if (kinds.size >= 500 && oldest !== undefined) kinds.delete(oldest);
    kinds.set(key, kind);
    return kind;
  }

  /** The kind as a job's progress lets it be seen, which foretells `total` milliseconds. */
  function viewOf(kind: Kind, total?: number): View {
    const step = total === undefined ? 0 : Math.round(Math.log(total) / hintStep);
    const known = kind.views.get(step);
    if (known) return known;
    const view: View = { shape: step === 0 ? kind.shape : sharpened(kind.shape, Math.exp(step * hintStep)) };
    kind.views.set(step, view);
    return view;
  }

  function planOf(view: View): Plan {
    const { middle } = view.shape;
    view.plan ??= planPolls(view.shape, {
      price: middle * pollPrice,
      least: Math.min(bounds.least.to, Math.max(bounds.least.from, middle * bounds.share)),
      early: Math.max(bounds.most, middle * bounds.early),
      bulk: doneOf(view.shape, bounds.bulk),
      most: bounds.most,
    });
    return view.plan;
  }

  /** Whether a webhook has said that this job is done, and how many close looks are left for it to be true. */
  function hurriedLooks(job: Job): { announced: boolean; soon: boolean } {
    const { id } = job.request;
    const known = hurried.get(id);
    const fresh = job.wake !== undefined && job.wake !== known?.wake;
    const entry = fresh ? { wake: job.wake as string, left: hurry.looks } : known;
    if (!entry) return { announced: false, soon: false };
    if (fresh) {
      const [oldest] = hurried.keys();
      if (hurried.size >= hurry.jobs && oldest !== undefined) hurried.delete(oldest);
      hurried.set(id, entry);
    }
    entry.left -= 1;
    return { announced: true, soon: entry.left >= 0 };
  }

  async function relied(now: number): Promise<boolean> {
    if (!webhooks) return false;
    const newest = await measured.read(announcements.key, announcements.kept, now);
    const announced = newest.filter((value) => value === 1).length;
    return newest.length >= announcements.enough && announced >= newest.length * announcements.share;
  }

  function netAt(age: number, shape: Shape): number {
    const first = Math.max(net.least, doneOf(shape, net.share));
    if (age < first) return first - age;
    return Math.min(lateInterval, Math.max(net.least, age * net.growth));
  }

  return {
    async next(job, now) {
      if (job.late) return Math.round(now + spread(lateInterval));
      const { announced, soon } = hurriedLooks(job);
      if (soon) return Math.round(now + hurry.from + random() * (hurry.to - hurry.from));
      const age = Math.max(0, now - (job.submittedAt ?? now));
      const kind = await kindOf(job.request.recipe, now);
      if (!announced && (await relied(now))) {
        nettedUntil = now;
        // Spread to later alone: a net that came sooner would come again at once.
        return Math.round(now + Math.max(bounds.least.from, netAt(age, kind.shape) * (1 + jitter * random())));
      }
      const wait = planOf(viewOf(kind, foretold(job))).after(age) - age;
      return Math.round(now + Math.max(bounds.least.from, spread(wait)));
    },
    async expect(job, now) {
      const kind = await kindOf(job.request.recipe, now);
      if (kind.times.length < enoughForEta) return undefined;
      const begun = job.submittedAt ?? now;
      return Math.round(begun + doneOf(viewOf(kind, foretold(job)).shape, etaShare, Math.max(0, now - begun)));
    },
    async learn(recipe, { ms, took = ms, announced }) {
      if (webhooks) await measured.add(announcements.key, announced ? 1 : 0, announcements.kept);
      if (announced || took < ms) return measured.add(keyOf(recipe), Math.round(Math.min(took, ms)), kept);
      const now = clock();
      if (now - ms <= nettedUntil) return;
      // It was done somewhere between the poll before and this one. Learning the poll's own time would confirm the plan for ever.
      const before = planOf(viewOf(await kindOf(recipe, now))).before(ms);
      await measured.add(keyOf(recipe), Math.round(ms - random() * (ms - before)), kept);
    },
  };
}

/** The total milliseconds that a gateway's progress foretells, counted to the moment when it last moved; nothing where it says nothing. */
function foretold({ submittedAt, percent, percentAt }: Job): number | undefined {
  if (submittedAt === undefined || percent === undefined || percentAt === undefined) return undefined;
  const elapsed = percentAt - submittedAt;
  return elapsed > 0 && percent > 0 && percent < 100 ? (elapsed * 100) / percent : undefined;
}
