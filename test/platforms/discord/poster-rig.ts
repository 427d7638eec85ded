import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PermissionsString } from 'discord.js';
import type { DiscordOptions } from '../../../platforms/discord/adapter.ts';
import type { Card } from '../../../src/domain/card.ts';
import type { Origin } from '../../../src/domain/origin.ts';
import type { Film } from '../../../src/ports.ts';
import type { FakeDiscordOptions } from '../../support/discord/api.ts';
import { startFakeDiscord } from '../../support/discord/index.ts';
import { tempFolder } from '../../support/folder.ts';
import { cardLike } from '../../support/poster-contract.ts';
import { adapterOn, makeWorld } from './rig.ts';

export const job = 'jaaaaaaaaaaaaaaaa-1';

/** A poster on a Discord, and films to post: no house behind it. */
export async function startPoster(fakeOptions: FakeDiscordOptions = {}, change: Partial<DiscordOptions> = {}) {
  const fake = await startFakeDiscord(fakeOptions);
  const folder = await tempFolder();
  const world = await makeWorld(fake);
  const bot = adapterOn(fake, { media: { path: (name) => join(folder.path, name) }, ...change });
  const { poster, rights } = bot.discord;
  const origin: Origin = {
    platform: 'discord',
    space: world.guild,
    channel: world.channel,
    user: world.ada,
    visibility: 'thread',
  };

  /** A film of so many bytes on the disk. */
  async function filmOf(bytes: number, more: Partial<Film> = {}): Promise<Film> {
    const name = `${bytes}.mp4`;
    const file = join(folder.path, name);
    await writeFile(file, Buffer.alloc(bytes, 7));
    return {
      ...{ job, key: `${job}-d1`, repeated: false, requester: 'Ada', requesterId: world.ada, prompt: 'a paper boat' },
      ...{ before: undefined, note: async () => undefined },
      ...{ asset: { name, bytes, seconds: 8, width: 1366, height: 768 }, file, card: undefined },
      ...{ mention: true, spoiler: false, ...more },
    };
  }

  return {
    ...{ fake, world, poster, rights, origin, filmOf, folder, log: bot.log },
    card: (version = 1, more: Partial<Card> = {}): Card => cardLike(job, version, { requesterId: world.ada, ...more }),
    /** Posts a small film for an origin. */
    post: async (where: Origin = origin, more: Partial<Film> = {}) =>
      poster.film(where, await filmOf(1_000, more), new AbortController().signal),
    /** Films that stand in a channel. */
    films: async (channel: string) => (await fake.messages(channel)).filter(({ nonce }) => nonce?.endsWith('-d1')),
    /** The bot's permissions in a channel without some of them. */
    deny: (channel: string, deny: PermissionsString[]) =>
      fake.changeChannel({ channel, overwrites: [{ id: world.botRole, deny }] }),
    async close() {
      await bot.discord.close();
      await fake.close();
      await folder.remove();
    },
  };
}
export type PosterRig = Awaited<ReturnType<typeof startPoster>>;
