import type { FakeSlackOptions } from './api.ts';
import { createClock } from './clock.ts';
import { createIds } from './ids.ts';
import { makeTeam } from './scenery.ts';
import type { Settings, Team, World } from './world.ts';

function settingsOf(options: FakeSlackOptions): Settings {
  return {
    ...{ ackMs: 3000, triggerMs: 3000, respondMs: 1_800_000, respondUses: 5, retryDelaysMs: [0, 60_000, 300_000] },
    ...{ shareDelayMs: 0, stepTokenMs: 900_000, latencyMs: 0, limits: {}, channelPerSecond: false, endpoint: null },
    events: ['app_mention', 'app_home_opened', 'function_executed', 'app_uninstalled', 'tokens_revoked'],
    ...{ uploadLimit: 1_000_000_000, uploads: true, pingMs: 10_000, oauth: {} },
    ...options,
  };
}

/** A world with one team, the app in it, and nobody else. */
export function createWorld(options: FakeSlackOptions): World {
  const clock = createClock();
  const ids = createIds(clock.now);
  const world: World = {
    ...{ settings: settingsOf(options), clock, ids, origin: '', home: undefined as unknown as Team },
    app: {
      appId: ids.next('A'),
      appToken: `xapp-1-${ids.secret()}`,
      signingSecret: ids.secret(32),
      clientId: `${Date.now()}.${Date.now()}`,
      clientSecret: ids.secret(32),
      verificationToken: ids.secret(),
    },
    ...{ enterprises: new Map(), teams: new Map(), installations: new Map(), users: new Map(), channels: new Map() },
    ...{ groups: new Map(), files: new Map(), ephemerals: [], deeds: new Map(), triggers: new Map() },
    ...{ views: new Map(), homes: new Map(), responseUrls: new Map(), executions: new Map(), codes: new Map() },
    ...{ requests: [], uploaded: 0, dispatch: () => undefined, link: () => '' },
  };
  const { team } = makeTeam(world, { name: 'Fake Team', domain: 'fake-team' });
  world.home = world.teams.get(team) as Team;
  return world;
}
