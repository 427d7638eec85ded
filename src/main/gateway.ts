import { cardFor, type ModelCard } from '../domain/model.ts';
import type { GatewayInfo, Log, Pressure, Prices, Records, Schedule, VideoApi, WakeUps } from '../ports.ts';
import type { Client } from '../redis/client.ts';
import { createVideoApi, type Gateway } from '../video/client.ts';
import { guard } from '../video/guard.ts';
import { createHooks, type Hooks } from '../video/hooks.ts';
import { createPressure } from '../video/pressure.ts';
import { createPrices } from '../video/prices.ts';
import { createSchedule } from '../video/schedule.ts';
import type { ProbedStanding } from '../video/standing.ts';

/** The gateway as the flow sees it: one client, whose refusals slow or pause everybody. */
export interface GatewayRoom {
  video: VideoApi;
  info: GatewayInfo;
  pressure: Pressure;
  prices: Prices;
  schedule: Schedule;
  hooks: Hooks | undefined;
  close(): Promise<void>;
}

export interface GatewayRoomOptions extends Gateway {
  cards: readonly ModelCard[];
  redis: Client;
  standing: ProbedStanding;
  records: Pick<Records, 'woken' | 'isWoken'>;
  wakeUps: Pick<WakeUps, 'hasten'>;
  /** With a secret, and a profile that knows webhooks, the gateway is asked to call `publicUrl` back. */
  webhooks: { secret: string; publicUrl: string } | undefined;
  log: Log;
}

export function openGatewayRoom(options: GatewayRoomOptions): GatewayRoom {
  const { redis, standing, records, wakeUps, log, cards, profile } = options;
  const unknownStatus = (status: string): void =>
    log.warn({ status }, 'the gateway gave a status that nobody knows; it counts as running');
  const api = createVideoApi({ ...options, unknownStatus });
  const pressure = createPressure(redis, profile.limits);
  const secrets = profile.webhooks ? options.webhooks : undefined;
  const hooks = secrets && createHooks({ ...secrets, records, wakeUps, gateway: api.name, log });
  return {
    video: guard(api, { pressure, standing, log }),
    info: api,
    pressure,
    prices: createPrices({ info: api, profile, cards, log }),
    schedule: createSchedule({ redis, model: (id) => cardFor(cards, id), webhooks: hooks !== undefined }),
    hooks,
    close: api.close,
  };
}
