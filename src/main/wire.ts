import { join } from 'node:path';
import { commands } from '../../commands/index.ts';
import { createStudio } from '../../platforms/web/adapter.ts';
import type { Config } from '../config.ts';
import { createBlocks } from '../desk/blocks.ts';
import type { BudgetLimit } from '../desk/budget.ts';
import { createBudgets } from '../desk/budgets.ts';
import { createChallenges } from '../desk/challenges.ts';
import { createDesk } from '../desk/desk.ts';
import { createLedger } from '../desk/ledger.ts';
import { createLists } from '../desk/lists.ts';
import { createPots } from '../desk/pots.ts';
import { createQuotes } from '../desk/quotes.ts';
import { createRecords } from '../desk/records.ts';
import { createReports } from '../desk/reports.ts';
import { createRules } from '../desk/rules.ts';
import { createSeasons } from '../desk/seasons.ts';
import { createSettings } from '../desk/settings.ts';
import { createSlow } from '../desk/slow.ts';
import { createTrail } from '../desk/trail.ts';
import { createVotes } from '../desk/votes.ts';
import { createWishes } from '../desk/wishes.ts';
import { createWithheld } from '../desk/withheld.ts';
import { TransientError } from '../domain/errors.ts';
import { type Platform, type SpaceKey, spaceKey } from '../domain/origin.ts';
import { type Policy, usualPolicy, windowAt } from '../domain/policy.ts';
import type { SpaceSettings } from '../domain/settings.ts';
import { policyFor } from '../intake/policy.ts';
import { purseOf } from '../intake/purse.ts';
import type { Log } from '../log.ts';
import { createFilms } from '../media/film.ts';
import { createFitting } from '../media/fit.ts';
import { createMedia } from '../media/media.ts';
import { createMetrics } from '../metrics.ts';
import type { Poster, Rights, Workflows } from '../ports.ts';
import { createWakeUps } from '../queue.ts';
import type { RedisHouse } from '../redis.ts';
import { createCatalog } from '../video/catalog.ts';
import { createModeration } from '../video/moderation.ts';
import { createPrices } from '../video/prices.ts';
import { createStanding } from '../video/standing.ts';
import type { Closing } from './closing.ts';
import { openGateway } from './gateway.ts';
import { linkingOf, pageLinkingOf } from './link.ts';
import { openPages } from './pages.ts';
import type { Serving } from './role.ts';
import { setUpGateway } from './setup.ts';

/** The studio is one space of its own. */
const studioSpace = 'studio';

interface Chat {
  poster: Poster;
  rights: Rights;
  workflows?: Workflows;
}
/** The chats that are set up here; the studio always is. */
type Chats = Partial<Record<Platform, Chat>> & { web: Chat };

/** What holds in a space whose managers settle nothing. */
function baseOf({ quota }: Config, settings: SpaceSettings) {
  return async (space: SpaceKey): Promise<Policy> => {
    const { workflowCredits } = await settings.read(space);
    return usualPolicy(quota, workflowCredits);
  };
}

/** A gateway that is not asked from here. */
const noInfo = { estimate: async () => undefined, moderate: async () => undefined };

/** The operator's limits: of money, and of credits. */
function limitsOf({ budget, quota: { timeZone } }: Config): BudgetLimit[] {
  if (!budget) return [];
  const { money, credits, window: kind } = budget;
  const limit = (of: BudgetLimit['of'], most: number): BudgetLimit => {
    return { of, most, kind, timeZone, window: () => windowAt(Date.now(), kind, timeZone) };
  };
  return [
    ...(money === undefined ? [] : [limit('money', Math.round(money * 1e6))]),
    ...(credits === undefined ? [] : [limit('credits', credits)]),
  ];
}

/** The parts that every role has, wired; a role then starts what it needs of intake, work and web. */
export async function wire(role: Serving, config: Config, log: Log, house: RedisHouse, closing: Closing) {
  const gateway = await setUpGateway(role, config, log, closing);
  const { url, key, cards, profile } = gateway;
  const redis = house.connect('desk');
  const films = createFilms();
  closing.add('films', films.close);
  const media = createMedia({
    dir: join(config.dataDir, 'media'),
    films,
    origins: url === undefined ? [] : [new URL(url).origin],
    ...(url === undefined ? {} : { authorized: { prefix: `${url}/videos/`, key } }),
  });
  closing.add('media', media.close);
  const wakeUps = createWakeUps(house.connect('queues'), log);
  closing.add('queues', wakeUps.close);
  const desk = createDesk(redis);
  const records = createRecords(redis);
  const wishes = createWishes(redis);
  const until = config.inFlight > 0 ? 'rendered' : 'submitted';
  const lists = createLists(redis, { until, longest: until === 'rendered' ? 1_800_000 : 900_000 });
  const metrics = createMetrics();
  const standing = createStanding(redis);
  const budget = createBudgets({ redis, standing, job: records.read, limits: limitsOf(config), log });
  const { room, links, pageLinks } = await openGateway(gateway, config, {
    redis,
    standing,
    records,
    wakeUps,
    media,
    log,
  });
  if (room) closing.add('gateway client', room.close);
  metrics.watch({
    budget: budget.state,
    paused: async () => (await standing.read()) !== undefined,
    reachable: () => room?.reachable() ?? true,
  });
  const catalog = createCatalog({ cards, spaces: gateway.spaces, ...(room ? { info: room.info } : {}), log });
  closing.add('catalog', async () => catalog.close());
  const prices = room?.prices ?? createPrices({ info: noInfo, profile, cards, log });
  const settings = createSettings(redis);
  const rules = createRules(redis);
  const base = baseOf(config, settings);
  /** A member's credits in the studio, as a command of theirs would find them. */
  const quotaIn = async (studio: string, member: string) => {
    const origin = { platform: 'web', space: studio, channel: '', user: member, visibility: 'private' } as const;
    const space = spaceKey(origin);
    const { policy } = await policyFor({ origin }, space, { base, rules, rights: () => platforms.web.rights });
    const window = await desk.window(space, (at) => windowAt(at, policy.window, policy.timeZone));
    return desk.quota(space, member, purseOf(origin, policy, window).terms);
  };
  const moderation = room?.moderation ?? createModeration({ info: noInfo, log });
  const withheld = createWithheld(redis);
  const studio = createStudio({
    redis: house.connect('studio'),
    space: studioSpace,
    commands,
    models: catalog.offered,
    media,
    withheld,
    desk,
    quota: (member) => quotaIn(studioSpace, member),
    managers: config.managers,
    token: config.studio.token,
    publicUrl: config.publicUrl,
    log,
  });
  const fitting = createFitting({ store: media, films, path: config.path, log });
  closing.add('fitting', fitting.close);
  const shown = { catalog, media, fitting, link: linkingOf(config, links), metrics, log };
  // A chat's library is large, and most have one chat.
  const discord = config.discord && (await import('./discord.ts')).openDiscord(config, { ...shown, settings, desk });
  if (discord) closing.add('Discord', discord.close);
  const slack = config.slack && (await import('./slack.ts')).openSlack(config, { ...shown, redis, settings, desk });
  const platforms: Chats = {
    web: studio,
    ...(discord ? { discord } : {}),
    ...(slack ? { slack } : {}),
  };
  const on = (platform: Platform) => {
    const found = platforms[platform];
    // Another process took the call: what is asked here waits until it is set up here too.
    if (!found) throw new TransientError(`${platform} is not set up in this process: its settings are missing here`);
    return found;
  };
  const workflows = (platform: Platform): Workflows => {
    const found = on(platform).workflows;
    if (!found) throw new TransientError(`${platform} has no workflows in this process`);
    return found;
  };
  const [challenges, seasons] = [createChallenges(redis), createSeasons(redis)];
  const shared = { records, lists, wakeUps, wishes, log, poster: (platform: Platform) => on(platform).poster };
  return {
    gateway,
    room,
    house,
    redis,
    media,
    links,
    desk,
    quotes: createQuotes(redis),
    settings,
    rules,
    base,
    ledger: createLedger(redis),
    pots: createPots(redis),
    challenges,
    pageLinking: pageLinkingOf(config, pageLinks),
    pages: openPages({ challenges, seasons, desk, withheld, media, links, pageLinks }),
    votes: createVotes(redis),
    seasons,
    trail: createTrail(redis),
    blocks: createBlocks(redis),
    slow: createSlow(redis),
    moderation,
    reports: createReports(redis),
    withheld,
    budget,
    standing,
    prices,
    catalog,
    metrics,
    studio,
    discord,
    slack,
    shared,
    on,
    workflows,
  };
}
export type Parts = Awaited<ReturnType<typeof wire>>;
