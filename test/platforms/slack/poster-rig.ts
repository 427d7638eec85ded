import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SlackOptions } from '../../../platforms/slack/adapter.ts';
import type { Card } from '../../../src/domain/card.ts';
import type { Origin } from '../../../src/domain/origin.ts';
import type { Film } from '../../../src/ports.ts';
import { tempFolder } from '../../support/folder.ts';
import { cardLike } from '../../support/poster-contract.ts';
import type { FakeSlackOptions } from '../../support/slack/api.ts';
import { startFakeSlack } from '../../support/slack/index.ts';
import { defaultScopes } from '../../support/slack/scopes.ts';
import { adapterOn, makeWorld } from './rig.ts';

export const job = 'jaaaaaaaaaaaaaaaa-1';
export const mib = 1024 * 1024;

/** What an app is granted that may read back what was written. */
export const withHistory: string[] = [
  ...defaultScopes,
  ...['channels:history', 'groups:history', 'im:history', 'mpim:history'],
];

export interface PosterRigOptions {
  fake?: FakeSlackOptions;
  slack?: Partial<SlackOptions>;
  /** The bot may read what was written. */
  history?: boolean;
}

/** A poster on the fake Slack, and films to post: no house behind it. */
export async function startPoster({ fake: given = {}, slack: change = {}, history = false }: PosterRigOptions = {}) {
  const fake = await startFakeSlack(given);
  if (history) await fake.changeScopes({ scopes: withHistory });
  const folder = await tempFolder();
  const world = await makeWorld(fake);
  const media = { path: (name: string) => join(folder.path, name) };
  let limited = 0;
  const count = (): void => {
    limited += 1;
  };
  const options = { media, limited: count, ...change };
  const bot = adapterOn(fake, options);
  const { poster } = bot.slack;
  const marks = new Map<string, string>();
  const origin: Origin = {
    ...{ platform: 'slack', space: fake.team, channel: world.channel, user: world.ada },
    visibility: 'thread',
  };

  /** A film of so many bytes on the disk. What an attempt notes, the next one is given. */
  async function filmOf(bytes = 1_000, more: Partial<Film> = {}): Promise<Film> {
    const name = `${bytes}.mp4`;
    const file = join(folder.path, name);
    await writeFile(file, 'a film');
    await truncate(file, bytes);
    const { key = `${job}-d1` } = more;
    return {
      ...{ job, key, repeated: marks.has(key), before: marks.get(key), prompt: 'a paper boat', card: undefined },
      ...{ requester: 'Ada', requesterId: world.ada, mention: true, spoiler: false, file },
      note: async (mark) => void marks.set(key, mark),
      asset: { name, bytes, seconds: 8, width: 1366, height: 768 },
      ...more,
    };
  }

  return {
    ...{ fake, folder, world, poster, origin, filmOf, marks, log: bot.log },
    /** The same bot in another process, which remembers nothing. */
    another: () => adapterOn(fake, options).slack.poster,
    limited: () => limited,
    card: (version = 1, more: Partial<Card> = {}): Card => cardLike(job, version, { requesterId: world.ada, ...more }),
    post: async (where: Origin = origin, more: Partial<Film> = {}, bytes = 1_000, signal?: AbortSignal) =>
      poster.film(where, await filmOf(bytes, more), signal ?? new AbortController().signal),
    /** The bot's messages in a channel: those that bring a file, and the others. */
    async posts(channel: string = world.channel) {
      const mine = (await fake.messages(channel)).filter(({ user }) => user === fake.botUserId);
      return {
        films: mine.filter(({ files }) => files.length > 0),
        words: mine.filter(({ files }) => files.length === 0),
      };
    },
    requests: async (...methods: string[]) => (await fake.requests()).filter(({ method }) => methods.includes(method)),
    async close() {
      await fake.close();
      await folder.remove();
    },
  };
}
export type PosterRig = Awaited<ReturnType<typeof startPoster>>;
