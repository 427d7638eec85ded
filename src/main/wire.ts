import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import { commands } from '../../commands/index.ts';
import { createStudio } from '../../platforms/web/adapter.ts';
import { type Config, ConfigError } from '../config.ts';
import { type BudgetLimit, createBudget } from '../desk/budget.ts';
import { createDesk } from '../desk/desk.ts';
import { createLists } from '../desk/lists.ts';
import { createQuotes } from '../desk/quotes.ts';
import { createRecords } from '../desk/records.ts';
import type { Dialect } from '../domain/gateway.ts';
import { type Platform, spaceKey } from '../domain/origin.ts';
import { windowAt } from '../domain/policy.ts';
import type { Log } from '../log.ts';
import { createLinks } from '../media/links.ts';
import { createMedia } from '../media/media.ts';
import { createMetrics } from '../metrics.ts';
import { createWakeUps } from '../queue.ts';
import type { RedisHouse } from '../redis.ts';
import { startSandbox } from '../sandbox/server.ts';
import { sandboxCards, sandboxProfile } from '../video/cards.ts';
import { createCatalog } from '../video/catalog.ts';
import { hookTrouble } from '../video/hooks.ts';
import type { ModelsFile } from '../video/modelsFile.ts';
import { createPrices } from '../video/prices.ts';
import { createStanding } from '../video/standing.ts';
import type { Closing } from './closing.ts';
import { openGatewayRoom } from './gateway.ts';
import { readModels } from './models.ts';
import { type Serving, works } from './role.ts';

/** Milliseconds that a gateway may fetch a member's picture. */
const lendFor = 86_400_000;
/** The studio is one space of its own. */
const studioSpace = 'studio';

/** What a gateway is reached by, and what the operator says of it. Without a `url` it is the sandbox of another process. */
interface Setup extends ModelsFile {
  url: string | undefined;
  key: string;
  name: string;
  dialect: Dialect;
  openaiKey: string | undefined;
  webhookSecret: string | undefined;
  describe: string;
}

/** The gateway of the settings; without one a sandbox, in the process that works. The others only need to know its models. */
async function gatewayOf(role: Serving, config: Config, log: Log, closing: Closing): Promise<Setup> {
  if (config.video)
    return { ...config.video, ...readModels(config), name: config.video.url, describe: config.video.url };
  const own = { key: 'sandbox', name: 'sandbox', dialect: 'output', openaiKey: undefined, spaces: {} } as const;
  const setup = { ...own, webhookSecret: undefined, cards: sandboxCards };
  if (!works(role)) {
    const profile = { ...sandboxProfile(''), dryRun: false };
    return { ...setup, url: undefined, profile, describe: 'the sandbox of the worker' };
  }
  const dir = join(config.dataDir, 'sandbox');
  const { url, close } = await startSandbox({ cards: sandboxCards, key: own.key, dir, log });
  closing.add('sandbox', close);
  const describe = `a sandbox in this process, which makes real films for nothing (${url})`;
  return { ...setup, url, profile: sandboxProfile(url), describe };
}

/** Where the gateway is to call back; nothing, with a warning that says why, where it could not. */
function webhooksOf({ webhookSecret: secret, profile, url }: Setup, config: Config, log: Log) {
  if (secret === undefined || url === undefined) return undefined;
  const { publicUrl } = config;
  const trouble = profile.webhooks ? hookTrouble(publicUrl, url) : 'is of no use: the models file says webhooks: false';
  if (trouble === undefined) return { secret, publicUrl };
  log.warn(
    { publicUrl },
    `no webhooks: ${profile.webhooks ? 'PUBLIC_URL' : 'VIDEO_WEBHOOK_SECRET'} ${trouble}; films are looked for by polls alone`,
  );
  return undefined;
}

/** A price that nobody is asked for. */
const noInfo = { estimate: async () => undefined };

function limitOf({ budget, quota: { timeZone } }: Config): BudgetLimit | undefined {
  if (!budget) return undefined;
  const { money, window: kind } = budget;
  return { micros: Math.round(money * 1e6), kind, timeZone, window: () => windowAt(Date.now(), kind, timeZone) };
}

/** All processes of a deployment have the gateway's key, so their links open at each other's doors. */
const linkSecret = (key: string): Uint8Array => new Uint8Array(hkdfSync('sha256', key, '', 'dailies media links', 32));

/** The parts that every role has, wired; a role then starts what it needs of intake, work and web. */
export async function wire(role: Serving, config: Config, log: Log, house: RedisHouse, closing: Closing) {
  const gateway = await gatewayOf(role, config, log, closing);
  const { url, key, cards, profile } = gateway;
  const redis = house.connect('desk');
  const media = createMedia({
    dir: join(config.dataDir, 'media'),
    origins: url === undefined ? [] : [new URL(url).origin],
    ...(url === undefined ? {} : { authorized: { prefix: `${url}/videos/`, key } }),
  });
  closing.add('media', media.close);
  const wakeUps = createWakeUps(house.connect('queues'), log);
  closing.add('queues', wakeUps.close);
  const desk = createDesk(redis);
  const records = createRecords(redis);
  const until = config.inFlight > 0 ? 'rendered' : 'submitted';
  const lists = createLists(redis, { until, longest: until === 'rendered' ? 1_800_000 : 900_000 });
  const metrics = createMetrics();
  const standing = createStanding(redis);
  const budget = createBudget({ redis, standing, job: records.read, limit: limitOf(config), log });
  metrics.watch({ budget: budget.state, paused: async () => (await standing.read()) !== undefined });
  const links = createLinks({ secret: linkSecret(key), publicUrl: config.publicUrl, store: media });
  const common = { redis, standing, records, wakeUps, log };
  const webhooks = webhooksOf(gateway, config, log);
  const lent = (name: string, sentAt: number): string => links.link(name, sentAt + lendFor);
  const pictureLink = profile.picture === 'url' ? lent : undefined;
  const unreachable = url && pictureLink && hookTrouble(config.publicUrl, url);
  if (unreachable)
    throw new ConfigError([
      `PUBLIC_URL: ${config.publicUrl} ${unreachable}, and the models file says that pictures go out as links (picture: url)`,
    ]);
  const room =
    url === undefined ? undefined : openGatewayRoom({ ...gateway, ...common, baseUrl: url, webhooks, pictureLink });
  if (room) closing.add('gateway client', room.close);
  const catalog = createCatalog({ cards, spaces: gateway.spaces, ...(room ? { info: room.info } : {}), log });
  closing.add('catalog', async () => catalog.close());
  const prices = room?.prices ?? createPrices({ info: noInfo, profile, cards, log });
  const window = () => windowAt(Date.now(), config.quota.window, config.quota.timeZone);
  const studio = createStudio({
    redis: house.connect('studio'),
    space: studioSpace,
    commands,
    models: catalog.offered,
    media,
    desk,
    quota: (member) =>
      desk.quota(spaceKey({ platform: 'web', space: studioSpace }), member, window(), config.quota.credits),
    managers: config.managers,
    token: config.studio.token,
    publicUrl: config.publicUrl,
    log,
  });
  const platforms: Partial<Record<Platform, typeof studio>> = { web: studio };
  const on = (platform: Platform) => {
    const found = platforms[platform];
    if (!found) throw new Error(`${platform} is not set up`);
    return found;
  };
  const shared = { records, lists, wakeUps, log, poster: (platform: Platform) => on(platform).poster };
  return {
    gateway,
    room,
    house,
    redis,
    media,
    links,
    desk,
    quotes: createQuotes(redis),
    budget,
    standing,
    prices,
    catalog,
    metrics,
    studio,
    shared,
    on,
  };
}
export type Parts = Awaited<ReturnType<typeof wire>>;
