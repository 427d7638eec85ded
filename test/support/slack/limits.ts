import { Refused } from './refusals.ts';
import type { Team, World } from './world.ts';

interface Window {
  count: number;
  endsAt: number;
}

/** Counts calls against the rate limits that are on, and refuses those beyond. */
export function createLimits(world: World): (method: string, team: Team, channel: string | undefined) => void {
  const windows = new Map<string, Window>();

  function count(key: string, limit: number, windowMs: number): void {
    const now = world.clock.now();
    const found = windows.get(key);
    const window = found && found.endsAt > now ? found : { count: 0, endsAt: now + windowMs };
    windows.set(key, window);
    if (window.count >= limit) {
      const seconds = Math.max(1, Math.ceil((window.endsAt - now) / 1000));
      throw new Refused('ratelimited', {}, seconds);
    }
    window.count++;
  }

  return (method, team, channel) => {
    const limit = world.settings.limits[method];
    if (limit) count(`${method} ${team.id}`, limit.limit, limit.windowMs);
    if (world.settings.channelPerSecond && method === 'chat.postMessage' && channel) count(channel, 1, 1000);
  };
}
