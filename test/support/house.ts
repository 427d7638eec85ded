import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { commands } from '../../commands/index.ts';
import { createBlocks } from '../../src/desk/blocks.ts';
import { createBudget } from '../../src/desk/budget.ts';
import { createChallenges } from '../../src/desk/challenges.ts';
import { createDesk } from '../../src/desk/desk.ts';
import { createLedger } from '../../src/desk/ledger.ts';
import { createLists } from '../../src/desk/lists.ts';
import { createPots } from '../../src/desk/pots.ts';
import { createQuotes } from '../../src/desk/quotes.ts';
import { createRecords } from '../../src/desk/records.ts';
import { createReports } from '../../src/desk/reports.ts';
import { createRules } from '../../src/desk/rules.ts';
import { createSeasons } from '../../src/desk/seasons.ts';
import { createSettings } from '../../src/desk/settings.ts';
import { createSlow } from '../../src/desk/slow.ts';
import { createTrail } from '../../src/desk/trail.ts';
import { createVotes } from '../../src/desk/votes.ts';
import { createWishes } from '../../src/desk/wishes.ts';
import { createWithheld } from '../../src/desk/withheld.ts';
import type { Call, Reply } from '../../src/domain/command.ts';
import { TransientError } from '../../src/domain/errors.ts';
import type { Dialect, GatewayProfile } from '../../src/domain/gateway.ts';
import type { Job, Step } from '../../src/domain/job.ts';
import { cardFor, type ModelCard } from '../../src/domain/model.ts';
import { type Origin, spaceKey } from '../../src/domain/origin.ts';
import { usualPolicy, windowAt } from '../../src/domain/policy.ts';
import { createIntake } from '../../src/intake.ts';
import { openGatewayRoom } from '../../src/main/gateway.ts';
import { challengeTools } from '../../src/main/upkeep.ts';
import { createMedia } from '../../src/media/media.ts';
import { createPictures } from '../../src/media/picture.ts';
import type { Log, Media, Poster, Rights, Schedule, Workflows } from '../../src/ports.ts';
import { createWakeUps } from '../../src/queue.ts';
import { sandboxProfile } from '../../src/video/cards.ts';
import { createStanding } from '../../src/video/standing.ts';
import { startAdmission } from '../../src/worker/admission.ts';
import { startWorkers } from '../../src/worker/run.ts';
import { films } from './films.ts';

/** What a house under test needs from its test. */
export interface HouseOptions {
  redis: { connect(): Redis; workerConnect(): Redis };
  /** Without workflows, none can be told. */
  chat: { poster: Poster; rights: Rights; workflows?: Workflows };
  gateway: {
    url: string;
    key: string;
    name?: string;
    dialect?: Dialect;
    /** Over the sandbox's own, without its dry run. */
    profile?: Partial<GatewayProfile>;
    webhooks?: { secret: string; publicUrl: string };
    openaiKey?: string;
  };
  models: readonly ModelCard[];
  /** The operator's money for a month, in millionths; no bound when it is left out. */
  budget?: number;
  log: Log;
  /** Films in the making at once; 0: no limit. */
  inFlight?: number;
  credits?: number;
  /** A folder that outlives this house; else one of its own. */
  dir?: string;
  /** Milliseconds until the first poll; later ones follow at growing ages. `measured`: as the program polls. */
  firstPoll?: number | 'measured';
  concurrency?: Record<Step, number>;
  /** Stands in front of the media store. */
  media?: (media: Media) => Media;
}

/** A poll after `first` milliseconds, then at ages that grow by two fifths: tests do not wait for measured times. */
const soon =
  (first = 50): Schedule['next'] =>
  async (job, now) =>
    Math.round(now + Math.max(first, 0.4 * (now - (job.submittedAt ?? now))));

/** Everything between a chat and a gateway, as the program wires it, without either. */
export async function startHouse(options: HouseOptions) {
  const { redis, chat, gateway, models, log, inFlight = 0, credits = 60 } = options;
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'dailies-house-')));
  const connection = redis.connect();
  const { origin } = new URL(gateway.url);
  const authorized = { prefix: `${gateway.url}/videos/`, key: gateway.key };
  const store = createMedia({ dir: join(dir, 'media'), origins: [origin], authorized, films });
  const media = options.media ? options.media(store) : store;
  const wakeUps = createWakeUps(redis.connect(), log);
  const desk = createDesk(connection);
  const records = createRecords(connection);
  const lists = createLists(connection, { until: inFlight > 0 ? 'rendered' : 'submitted', longest: 60_000 });
  const shared = { records, lists, wakeUps, log, poster: () => chat.poster };
  const standing = createStanding(connection);
  const wishes = createWishes(connection);
  const settings = createSettings(connection);
  const slow = createSlow(connection);
  const challenges = createChallenges(connection);
  const workflows = (): Workflows => {
    if (!chat.workflows) throw new TransientError('this chat has no workflows');
    return chat.workflows;
  };
  const profile = { ...sandboxProfile(gateway.url), dryRun: false, moderation: false, ...gateway.profile };
  const room = await openGatewayRoom({
    baseUrl: gateway.url,
    key: gateway.key,
    ...(gateway.name === undefined ? {} : { name: gateway.name }),
    dialect: gateway.dialect ?? 'output',
    profile,
    cards: models,
    openaiKey: gateway.openaiKey,
    webhooks: async () => (profile.webhooks ? gateway.webhooks : undefined),
    redis: connection,
    standing,
    ...shared,
  });
  const month = { kind: 'month', timeZone: 'UTC', window: () => windowAt(Date.now(), 'month', 'UTC') } as const;
  const limit = options.budget === undefined ? undefined : ({ of: 'money', most: options.budget, ...month } as const);
  const budget = createBudget({ redis: connection, standing, job: records.read, log, limit });
  const steps: { step: Step; result: string; seconds: number }[] = [];
  const workers = startWorkers({
    connection: () => redis.workerConnect(),
    webhooks: room.hooks !== undefined,
    tools: {
      ...shared,
      ...room,
      standing,
      budget,
      slow,
      withheld: createWithheld(connection),
      wishes,
      workflows,
      challenges,
      lostAnswer: profile.lostAnswer,
      hook: (ref) => room.hooks?.url(ref),
      media,
      schedule: options.firstPoll === 'measured' ? room.schedule : { ...room.schedule, next: soon(options.firstPoll) },
      model: (id) => cardFor(models, id),
      now: Date.now,
    },
    records,
    wakeUps,
    concurrency: options.concurrency ?? { submit: 16, poll: 64, deliver: 8 },
    log,
    measured: (step, result, seconds) => void steps.push({ step, result, seconds }),
  });
  const admission = startAdmission({ ...shared, standing, window: inFlight > 0 ? inFlight : 16 });
  const pictures = createPictures(store);
  const contests = {
    ...{ challenges, votes: createVotes(connection), seasons: createSeasons(connection) },
    ...{ ledger: createLedger(connection), blocks: createBlocks(connection) },
  };
  const stopping = new AbortController();
  const intake = createIntake({
    ...shared,
    commands,
    models,
    offered: () => models,
    defaults: () => ({ extras: {} }),
    desk,
    budget,
    prices: room.prices,
    pictures,
    stored: store,
    wishes,
    settings,
    trail: createTrail(connection),
    slow,
    moderation: room.moderation,
    reports: createReports(connection),
    rights: () => chat.rights,
    base: async (space) => {
      const { workflowCredits } = await settings.read(space);
      return usualPolicy({ credits, window: 'week', timeZone: 'UTC' }, workflowCredits);
    },
    rules: createRules(connection),
    pots: createPots(connection),
    ...contests,
    quotes: createQuotes(connection),
    seasonPage: () => undefined,
    nudge: admission.nudge,
    counted: () => undefined,
  });
  let closed = false;
  return {
    dir,
    desk,
    records,
    lists,
    wakeUps,
    standing,
    settings,
    budget,
    hooks: room.hooks,
    redis: connection,
    steps,
    ...contests,
    /** What looking after challenges takes; nobody does unless the test does. */
    challengeTools: challengeTools(
      { ...contests, shared, desk, media: store, pageLinking: { challenge: () => undefined } },
      stopping.signal,
    ),
    handle: intake.handle,
    /** The record of a job as it is now; a test that asks for one that is not there fails. */
    async job(origin: Origin, id: string): Promise<Job> {
      const job = await desk.job({ space: spaceKey(origin), id });
      if (!job) throw new Error(`there is no job ${id}`);
      return job;
    },
    /** Stops as on SIGTERM; the folder stays when the test gave it. */
    async close(): Promise<void> {
      if (closed) return;
      closed = true;
      stopping.abort();
      await intake.close();
      await admission.close();
      await workers.close();
      await wakeUps.close();
      await room.close();
      await pictures.close();
      await store.close();
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}
export type House = Awaited<ReturnType<typeof startHouse>>;

let calls = 0;

/** A call as a chat would hand it in. */
export function callOf(
  command: string,
  values: Record<string, unknown> = {},
  more: {
    user?: string;
    space?: string;
    thread?: string;
    key?: string;
    files?: Call['files'];
    private?: boolean;
    asks?: boolean;
  } = {},
): Call {
  const { user = 'ada', space = 'studio', thread = 'boats' } = more;
  calls += 1;
  return {
    key: more.key ?? `test:${process.pid}:${calls}`,
    origin: {
      platform: 'web',
      space,
      channel: 'general',
      thread,
      user,
      visibility: more.private ? 'private' : 'thread',
    },
    who: { id: user, name: user },
    command,
    values,
    files: more.files ?? {},
    asks: more.asks ?? false,
  };
}

/** The first job that a reply accepted. */
export function jobOf(reply: Reply): string {
  const [id] = reply.jobs;
  if (id === undefined) throw new Error('the reply accepted no job');
  return id;
}
