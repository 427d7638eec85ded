import { join } from 'node:path';
import { commands } from '../../commands/index.ts';
import { createStudio } from '../../platforms/web/adapter.ts';
import type { Config } from '../config.ts';
import { createDesk } from '../desk/desk.ts';
import { createLists } from '../desk/lists.ts';
import { createRecords } from '../desk/records.ts';
import { type Platform, spaceKey } from '../domain/origin.ts';
import { windowAt } from '../domain/policy.ts';
import type { Log } from '../log.ts';
import { createMedia } from '../media/media.ts';
import { createMetrics } from '../metrics.ts';
import { createWakeUps } from '../queue.ts';
import type { RedisHouse } from '../redis.ts';
import { startSandbox } from '../sandbox/server.ts';
import { defaultCards, sandboxCards } from '../video/cards.ts';
import type { Closing } from './closing.ts';
import { type Serving, works } from './role.ts';

/** The studio is one space of its own. */
const studioSpace = 'studio';

/** The gateway of the settings; without one a sandbox, in the process that works. The others only need to know its models. */
async function gatewayOf(role: Serving, config: Config, log: Log, closing: Closing) {
  if (config.video) return { ...config.video, models: defaultCards, describe: config.video.url };
  if (!works(role)) return { models: sandboxCards, describe: 'the sandbox of the worker', url: undefined, key: '' };
  const dir = join(config.dataDir, 'sandbox');
  const sandbox = await startSandbox({ cards: sandboxCards, key: 'sandbox', dir, log });
  closing.add('sandbox', sandbox.close);
  const describe = `a sandbox in this process, which makes real films for nothing (${sandbox.url})`;
  return { url: sandbox.url, key: 'sandbox', models: sandboxCards, describe };
}

/** The parts that every role has, wired; a role then starts what it needs of intake, work and web. */
export async function wire(role: Serving, config: Config, log: Log, house: RedisHouse, closing: Closing) {
  const gateway = await gatewayOf(role, config, log, closing);
  const redis = house.connect('desk');
  const origins = gateway.url === undefined ? [] : [new URL(gateway.url).origin];
  const media = createMedia({ dir: join(config.dataDir, 'media'), origins });
  closing.add('media', media.close);
  const wakeUps = createWakeUps(house.connect('queues'), log);
  closing.add('queues', wakeUps.close);
  const desk = createDesk(redis);
  const records = createRecords(redis);
  const until = config.inFlight > 0 ? 'rendered' : 'submitted';
  const lists = createLists(redis, { until, longest: until === 'rendered' ? 1_800_000 : 900_000 });
  const metrics = createMetrics();
  const { models } = gateway;
  const window = () => windowAt(Date.now(), config.quota.window, config.quota.timeZone);
  const studio = createStudio({
    redis: house.connect('studio'),
    space: studioSpace,
    commands,
    models,
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
  return { gateway, house, redis, media, desk, metrics, models, studio, shared, on };
}
export type Parts = Awaited<ReturnType<typeof wire>>;
