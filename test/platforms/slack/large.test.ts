import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Origin } from '../../../src/domain/origin.ts';
import { tempFolder } from '../../support/folder.ts';
import { askProcess, fileOf, type Grown, mb } from '../../support/large.ts';
import type { FakeSlack } from '../../support/slack/api.ts';
import { forkFakeSlack } from '../../support/slack/index.ts';
import type { LargeOrder } from './large-poster.ts';
import { makeWorld } from './rig.ts';

let fake: FakeSlack;
let folder: Awaited<ReturnType<typeof tempFolder>>;
beforeAll(async () => {
  fake = await forkFakeSlack();
  folder = await tempFolder();
});
afterAll(async () => {
  await fake.close();
  await folder.remove();
});

test.each([100, 200])(
  'a film of %i MB is posted with less than 48 MB more of memory',
  async (megabytes) => {
    const { channel, ada: user } = await makeWorld(fake);
    const bytes = megabytes * mb;
    const file = await fileOf(folder.path, bytes);
    const origin: Origin = { platform: 'slack', space: fake.team, channel, user, visibility: 'thread' };
    const { api, token, appToken } = fake;
    const order: LargeOrder = { fake: { api, token, appToken }, origin, file, bytes };
    const poster = 'test/platforms/slack/large-poster.ts';
    const { grown, ms } = await askProcess<LargeOrder, Grown>(poster, order);
    process.stdout.write(
      `a film of ${megabytes} MB: memory grew by ${(grown / mb).toFixed(1)} MB, posted in ${Math.round(ms)} ms\n`,
    );
    const film = (await fake.messages(channel)).at(-1);
    expect(film?.files[0]?.size).toBe(bytes);
    expect(grown).toBeLessThan(48 * mb);
  },
  60_000,
);
