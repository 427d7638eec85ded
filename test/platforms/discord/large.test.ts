import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FakeDiscord } from '../../support/discord/api.ts';
import { forkFakeDiscord } from '../../support/discord/index.ts';
import { tempFolder } from '../../support/folder.ts';
import type { LargeAnswer, LargeOrder } from './large-poster.ts';
import { makeWorld } from './rig.ts';

const mb = 1_000_000;

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

async function fileOf(bytes: number): Promise<string> {
  const path = join(folder.path, `${bytes}.mp4`);
  const file = await open(path, 'w');
  const chunk = Buffer.alloc(mb, 7);
  for (let at = 0; at < bytes; at += mb) await file.write(chunk);
  await file.close();
  return path;
}

/** A process that posts and does nothing else, so that what it grows by is the posting's. */
function startPosterProcess(): ChildProcess {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return fork(fileURLToPath(new URL('large-poster.ts', import.meta.url)), [], { execArgv: ['--import', loader] });
}

test.each([100, 200])(
  'a film of %i MB is posted with less than 48 MB more of memory',
  async (megabytes) => {
    const world = await makeWorld(fake);
    await fake.changeGuild({ guild: world.guild, uploadLimit: 500 * mb });
    const file = await fileOf(megabytes * mb);
    const child = startPosterProcess();
    try {
      const answer = once(child, 'message');
      const origin = {
        platform: 'discord',
        space: world.guild,
        channel: world.channel,
        user: world.ada,
        visibility: 'thread',
      } as const;
      child.send({ api: fake.api, token: fake.token, origin, file, bytes: megabytes * mb } satisfies LargeOrder);
      const [{ grown, ms }] = (await answer) as [LargeAnswer];
      process.stdout.write(
        `a film of ${megabytes} MB: memory grew by ${(grown / mb).toFixed(1)} MB, posted in ${Math.round(ms)} ms\n`,
      );
      const film = (await fake.messages(world.channel)).at(-1);
      expect(film?.attachments[0]?.size).toBe(megabytes * mb);
      expect(grown).toBeLessThan(48 * mb);
    } finally {
      child.kill();
    }
  },
  60_000,
);
