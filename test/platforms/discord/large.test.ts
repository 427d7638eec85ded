import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Origin } from '../../../src/domain/origin.ts';
import type { FakeDiscord } from '../../support/discord/api.ts';
import { forkFakeDiscord } from '../../support/discord/index.ts';
import { tempFolder } from '../../support/folder.ts';
import { askProcess, fileOf, type Grown, mb } from '../../support/large.ts';
import type { LargeOrder } from './large-poster.ts';
import { makeWorld } from './rig.ts';

let fake: FakeDiscord;
let folder: Awaited<ReturnType<typeof tempFolder>>;
beforeAll(async () => {
  fake = await forkFakeDiscord();
  folder = await tempFolder();
});
afterAll(async () => {
  await fake.close();
  await folder.remove();
});

test.each([100, 200])(
  'a film of %i MB is posted with less than 48 MB more of memory',
  async (megabytes) => {
    const world = await makeWorld(fake);
    await fake.changeGuild({ guild: world.guild, uploadLimit: 500 * mb });
    const bytes = megabytes * mb;
    const file = await fileOf(folder.path, bytes);
    const place = { space: world.guild, channel: world.channel, user: world.ada } as const;
    const origin: Origin = { platform: 'discord', ...place, visibility: 'thread' };
    const poster = 'test/platforms/discord/large-poster.ts';
    const order: LargeOrder = { api: fake.api, token: fake.token, origin, file, bytes };
    const { grown, ms } = await askProcess<LargeOrder, Grown>(poster, order);
    process.stdout.write(
      `a film of ${megabytes} MB: memory grew by ${(grown / mb).toFixed(1)} MB, posted in ${Math.round(ms)} ms\n`,
    );
    const film = (await fake.messages(world.channel)).at(-1);
    expect(film?.attachments[0]?.size).toBe(bytes);
    expect(grown).toBeLessThan(48 * mb);
  },
  60_000,
);
