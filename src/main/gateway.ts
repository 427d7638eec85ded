import { hkdfSync } from 'node:crypto';
import { type Config, ConfigError } from '../config.ts';
import { cardFor, type ModelCard } from '../domain/model.ts';
import { createLinks, type Links } from '../media/links.ts';
import { createPageLinks, type PageLinks } from '../media/pageLinks.ts';
import type { Store } from '../media/store.ts';
import type { GatewayInfo, Log, Moderation, Pressure, Prices, Records, Schedule, VideoApi, WakeUps } from '../ports.ts';
import type { Client } from '../redis/client.ts';
import { createVideoApi, type Gateway } from '../video/client.ts';
import { guard } from '../video/guard.ts';
import { createHooks, type Hooks, hookTrouble } from '../video/hooks.ts';
import { createModeration } from '../video/moderation.ts';
import { createPressure } from '../video/pressure.ts';
import { createPrices } from '../video/prices.ts';
import { createSchedule } from '../video/schedule.ts';
import type { ProbedStanding } from '../video/standing.ts';
import type { Setup } from './setup.ts';

/** The gateway as the flow sees it: one client, whose refusals slow or pause everybody. */
export interface GatewayRoom {
  video: VideoApi;
  info: GatewayInfo;
  pressure: Pressure;
  prices: Prices;
  moderation: Moderation;
  schedule: Schedule;
  hooks: Hooks | undefined;
  /** False once it has not answered for a minute. */
  reachable(): boolean;
  close(): Promise<void>;
}

export interface GatewayRoomOptions extends Gateway {
  cards: readonly ModelCard[];
  redis: Client;
  standing: ProbedStanding;
  records: Pick<Records, 'woken' | 'isWoken'>;
  wakeUps: Pick<WakeUps, 'hasten'>;
  /** Where the gateway is to call back, and what it signs with; it may be asked for that. */
  webhooks(api: GatewayInfo): Promise<{ secret: string; publicUrl: string } | undefined>;
  log: Log;
}

export async function openGatewayRoom(options: GatewayRoomOptions): Promise<GatewayRoom> {
  const { redis, standing, records, wakeUps, log, cards, profile } = options;
  const unknownStatus = (status: string): void =>
    log.warn({ status }, 'the gateway gave a status that nobody knows; it counts as running');
  let dialectTold = false;
  const otherDialect = (): void => {
    if (!dialectTold)
      log.error({}, 'films come without a link and are found at /content: set VIDEO_API_DIALECT=content');
    dialectTold = true;
  };
  const api = createVideoApi({ ...options, unknownStatus, otherDialect });
  const pressure = createPressure(redis, profile.limits);
  const guarded = guard(api, { pressure, standing, log });
  const secrets = await options.webhooks(api);
  const hooks = secrets && createHooks({ ...secrets, records, wakeUps, gateway: api.name, log });
  return {
    ...guarded,
    pressure,
    prices: createPrices({ info: guarded.info, profile, cards, log }),
    moderation: createModeration({ info: guarded.info, log }),
    schedule: createSchedule({ redis, model: (id) => cardFor(cards, id), webhooks: hooks !== undefined }),
    hooks,
    close: api.close,
  };
}

/** Milliseconds that a gateway may fetch a member's picture. */
const lendFor = 86_400_000;

/** Milliseconds that the gateway may take to say what it signs with. */
const secretWithin = 10_000;

async function askedSecret(api: GatewayInfo, log: Log): Promise<string | undefined> {
  try {
    return await api.webhookSecret(AbortSignal.timeout(secretWithin));
  } catch (err) {
    log.warn({ err }, 'the gateway did not say what it signs webhooks with');
    return undefined;
  }
}

/** Where the gateway is to call back; nothing, with a warning that says why, where it could not. */
async function webhooksOf(setup: Setup, url: string, { publicUrl }: Config, api: GatewayInfo, log: Log) {
  const without = (why: string): undefined => {
    log.warn({ publicUrl }, `no webhooks: ${why}; films are looked for by polls alone`);
    return undefined;
  };
  if (!setup.profile.webhooks) {
    if (setup.webhookSecret === undefined) return undefined;
    return without('VIDEO_WEBHOOK_SECRET is set, and the models file says webhooks: false');
  }
  const trouble = hookTrouble(publicUrl, url);
  if (trouble !== undefined) return without(`PUBLIC_URL ${trouble}`);
  const secret = setup.webhookSecret ?? (await askedSecret(api, log));
  return secret === undefined ? without('VIDEO_WEBHOOK_SECRET is not set') : { secret, publicUrl };
}

/** All processes of a deployment have the gateway's key, so their links open at each other's doors. */
const linkSecret = (key: string): Uint8Array => new Uint8Array(hkdfSync('sha256', key, '', 'dailies media links', 32));

/** The gateway's room as the settings have it, where this process reaches the gateway; the links that lend it pictures, and those to pages. */
export async function openGateway(
  setup: Setup,
  config: Config,
  parts: Pick<GatewayRoomOptions, 'redis' | 'standing' | 'records' | 'wakeUps' | 'log'> & {
    media: Pick<Store, 'path'>;
  },
): Promise<{ room: GatewayRoom | undefined; links: Links; pageLinks: PageLinks }> {
  const { url, key, profile } = setup;
  const { publicUrl } = config;
  const secret = linkSecret(key);
  const links = createLinks({ secret, publicUrl, store: parts.media });
  const pageLinks = createPageLinks({ secret, publicUrl });
  if (url === undefined) return { room: undefined, links, pageLinks };
  const unreachable = profile.picture === 'url' ? hookTrouble(publicUrl, url) : undefined;
  if (unreachable !== undefined) {
    throw new ConfigError([
      `PUBLIC_URL: ${publicUrl} ${unreachable}, and the models file says that pictures go out as links (picture: url)`,
    ]);
  }
  const pictureLink = (name: string, sentAt: number): string => links.link(name, sentAt + lendFor);
  const webhooks = (api: GatewayInfo) => webhooksOf(setup, url, config, api, parts.log);
  return { room: await openGatewayRoom({ ...setup, ...parts, baseUrl: url, webhooks, pictureLink }), links, pageLinks };
}
