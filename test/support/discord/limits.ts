import { createHash } from 'node:crypto';
import { type Answer, Refused } from './refusals.ts';
import type { Call, Route } from './route.ts';
import type { World } from './world.ts';

interface Window {
  count: number;
  endsAt: number;
}

export interface Limits {
  /** Counts a request against the limits that are on. Throws a 429; else gives the headers of its answer. */
  count(route: Route, params: Call['params']): Record<string, string>;
}

function tooMany(seconds: number, headers: Record<string, string>, global: boolean): Refused {
  const body = { message: 'You are being rate limited.', retry_after: seconds, global };
  const scope = {
    'x-ratelimit-scope': global ? 'global' : 'user',
    ...(global ? { 'x-ratelimit-global': 'true' } : {}),
  };
  const answer: Answer = {
    status: 429,
    body,
    headers: { ...headers, ...scope, 'retry-after': String(Math.ceil(seconds)) },
  };
  return new Refused(answer);
}

/** The rate limits of docs.discord.com/developers/topics/rate-limits: one window per route and major parameter, and a global one. */
export function createLimits(world: World): Limits {
  const windows = new Map<string, Window>();

  function windowOf(key: string, windowMs: number): Window {
    const now = world.clock.now();
    const found = windows.get(key);
    if (found && found.endsAt > now) return found;
    const fresh = { count: 0, endsAt: now + windowMs };
    windows.set(key, fresh);
    return fresh;
  }

  function globally(): void {
    const { globalPerSecond } = world.settings;
    if (globalPerSecond === null) return;
    const window = windowOf('global', 1000);
    if (window.count >= globalPerSecond) throw tooMany((window.endsAt - world.clock.now()) / 1000, {}, true);
    window.count++;
  }

  return {
    count(route, params) {
      if (!route.open) globally();
      const { buckets } = world.settings;
      if (buckets === null) return {};
      const name = `${route.method} ${route.path}`;
      const major = [params.channel, params.guild, params.application, params.interaction, params.token].join(' ');
      const window = windowOf(`${name} ${major}`, buckets.windowMs);
      const after = (window.endsAt - world.clock.now()) / 1000;
      const full = window.count >= buckets.limit;
      if (!full) window.count++;
      const headers = {
        'x-ratelimit-limit': String(buckets.limit),
        'x-ratelimit-remaining': String(buckets.limit - window.count),
        'x-ratelimit-reset': (window.endsAt / 1000).toFixed(3),
        'x-ratelimit-reset-after': after.toFixed(3),
        'x-ratelimit-bucket': createHash('md5').update(name).digest('hex'),
      };
      if (full) throw tooMany(after, headers, false);
      return headers;
    },
  };
}
