import { createHmac, randomBytes } from 'node:crypto';
import type { FakeDiscordOptions } from './api.ts';
import { createClock } from './clock.ts';
import { createIds } from './ids.ts';
import type { Settings, User, World } from './world.ts';

function settingsOf(options: FakeDiscordOptions): Settings {
  return {
    ...{ token: 'fake.discord.token', ackMs: 3000, tokenMs: 900_000, nonceMs: 300_000, cdnMs: 86_400_000 },
    ...{ hourMs: 3_600_000, latencyMs: 0, heartbeatMs: 41_250, shards: 1, messageContent: false },
    ...{ buckets: null, globalPerSecond: null, edgeLimit: null },
    ...options,
  };
}

export function createUser(world: Pick<World, 'ids' | 'users'>, given: Partial<User> = {}): User {
  const id = world.ids.next();
  const user: User = {
    ...{ id, name: `user${id.slice(-6)}`, globalName: null, bot: false, dms: 'open', uploadLimit: 0, locale: 'en-US' },
    ...given,
  };
  world.users.set(id, user);
  return user;
}

/** A world with nobody in it but the bot. */
export function createWorld(options: FakeDiscordOptions): World {
  const clock = createClock();
  const ids = createIds(clock.now);
  const users = new Map<string, User>();
  const secret = randomBytes(16);
  return {
    ...{ settings: settingsOf(options), clock, ids, users, origin: '' },
    sign: (text) => createHmac('sha256', secret).update(text).digest('hex'),
    applicationId: ids.next(),
    bot: createUser({ ids, users }, { name: 'dailies', bot: true }),
    ...{ guilds: new Map(), channels: new Map(), messages: new Map(), interactions: new Map() },
    ...{ tokens: new Map(), attachments: new Map(), commands: new Map(), dispatch: () => undefined },
  };
}
