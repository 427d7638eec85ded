import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { webApi } from '@slack/bolt';
import type { Poster } from '../../../src/ports.ts';
import { startEmulate } from '../../support/emulate.ts';
import { startLossy } from '../../support/lossy.ts';
import { startFakeSlack } from '../../support/slack/index.ts';
import { withHistory } from './poster-rig.ts';
import { adapterOn, makeWorld } from './rig.ts';

/** A message as its channel holds it. */
export interface Held {
  ts: string;
  thread: string | undefined;
  text: string;
  blocks: unknown[];
  metadata: unknown;
  files: { id: string; name: string; title: string; size: number }[];
}

/** A Slack with the bot in it. */
export interface OutboundSlack {
  poster: Poster;
  team: string;
  user: string;
  botUserId: string;
  /** A new channel that the bot is in. */
  channel(): Promise<string>;
  /** One that was archived. */
  archived(): Promise<string>;
  /** A private one that the bot was not let into. */
  shut(): Promise<string>;
  /** A member says something; gives its timestamp. */
  say(channel: string, text: string): Promise<string>;
  /** What the bot holds up in a channel, threads included, in order. */
  held(channel: string): Promise<Held[]>;
  /** The direct messages of the bot and a member. */
  direct(): Promise<string>;
  sha256(file: string): Promise<string>;
  deleteFile(file: string): Promise<void>;
  /** A poster that does not hear the answer to its first message; how many answers were lost. */
  deaf(): Promise<{ poster: Poster; lost(): Promise<number> }>;
  close(): Promise<void>;
}

/** The texts that Slack reads as its markup, and the elements that are more than plain letters. */
export function markupOf(value: unknown): { markup: string[]; elements: string[] } {
  const found = { markup: [] as string[], elements: [] as string[] };
  const look = (part: unknown): void => {
    if (Array.isArray(part)) for (const one of part) look(one);
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return;
    const { type, text } = part as { type?: string; text?: unknown };
    if ((type === 'mrkdwn' || type === 'markdown') && typeof text === 'string') found.markup.push(text);
    if (type !== undefined && ['user', 'usergroup', 'broadcast', 'link', 'emoji', 'channel'].includes(type))
      found.elements.push(type);
    for (const one of Object.values(part)) look(one);
  };
  look(value);
  return found;
}

/** Slack as this house made it up. */
export async function fakeSlack(folder: string): Promise<OutboundSlack> {
  const fake = await startFakeSlack();
  await fake.changeScopes({ scopes: withHistory });
  const { ada } = await makeWorld(fake);
  const media = { path: (name: string) => join(folder, name) };
  const client = new webApi.WebClient(fake.token, { slackApiUrl: fake.api, retryConfig: { retries: 0 } });
  const { poster } = adapterOn(fake, { media }).slack;
  return {
    ...{ poster, team: fake.team, user: ada, botUserId: fake.botUserId },
    channel: () => fake.makeChannel(),
    async archived() {
      const channel = await fake.makeChannel();
      await fake.changeChannel({ channel, archived: true });
      return channel;
    },
    shut: () => fake.makeChannel({ private: true, bot: false }),
    say: (channel, text) => fake.say({ user: ada, channel, text }),
    async held(channel): Promise<Held[]> {
      const mine = (await fake.messages(channel)).filter(({ user }) => user === fake.botUserId);
      return mine.map(({ ts, threadTs, text, blocks, metadata, files }) => ({
        ...{ ts, text, blocks, metadata, thread: threadTs ?? undefined },
        files: files.map(({ id, name, title, size }) => ({ id, name, title, size })),
      }));
    },
    direct: () => fake.openDm(ada),
    sha256: async (file) => (await fake.file(file)).sha256,
    deleteFile: async (file) => void (await client.files.delete({ file })),
    async deaf() {
      await fake.fail({ method: 'chat.postMessage', after: true });
      return { poster: adapterOn(fake, { media }).slack.poster, lost: async () => 1 - (await fake.faultsLeft()) };
    },
    close: () => fake.close(),
  };
}

/** Slack as others made it up. */
export async function emulatedSlack(folder: string): Promise<OutboundSlack> {
  const slack = await startEmulate();
  const closers: (() => Promise<unknown>)[] = [() => slack.close()];
  const [bot, ada] = [slack.client(), slack.client(slack.userToken)];
  let count = 0;
  const media = { path: (name: string) => join(folder, name) };
  const posterOn = (api: string) =>
    adapterOn({ api, token: slack.token, appToken: 'xapp-none' }, { media }).slack.poster;
  async function make(is_private = false): Promise<string> {
    count += 1;
    const { channel } = await ada.conversations.create({ name: `films-${count}`, is_private });
    return channel?.id ?? '';
  }
  async function channel(): Promise<string> {
    const id = await make();
    await ada.conversations.invite({ channel: id, users: slack.botUserId });
    return id;
  }
  return {
    ...{ poster: posterOn(slack.api), team: slack.team, user: slack.user, botUserId: slack.botUserId },
    channel,
    async archived() {
      const id = await channel();
      await ada.conversations.archive({ channel: id });
      return id;
    },
    shut: async () => slack.quietChannel,
    say: (to, text) => slack.say(to, text),
    async held(from): Promise<Held[]> {
      // The list leaves out what stands in threads.
      const tops = await slack.messages(from);
      const threads = await Promise.all(tops.map(({ ts = '' }) => slack.messages(from, ts)));
      const mine = threads.flat().filter(({ user }) => user === slack.botUserId);
      return mine.map(({ ts = '', thread_ts, text = '', blocks = [], metadata, files = [] }) => ({
        ...{ ts, text, blocks, metadata, thread: thread_ts === ts ? undefined : thread_ts },
        files: files.map(({ id = '', name = '', title = '', size = 0 }) => ({
          id,
          name: name ?? '',
          title: title ?? '',
          size,
        })),
      }));
    },
    async direct() {
      const { channel: direct } = await bot.conversations.open({ users: slack.user });
      return direct?.id ?? '';
    },
    async sha256(id) {
      const { file } = await bot.files.info({ file: id });
      return createHash('sha256')
        .update(await slack.download(file?.url_private ?? ''))
        .digest('hex');
    },
    deleteFile: async (file) => void (await bot.files.delete({ file })),
    async deaf() {
      let lost = 0;
      const lossy = await startLossy(slack.api, (_method, _count, path) => {
        if (lost > 0 || !path.endsWith('/chat.postMessage')) return 'pass';
        lost += 1;
        return 'cut';
      });
      closers.unshift(() => lossy.close());
      return { poster: posterOn(lossy.url), lost: async () => lost };
    },
    async close() {
      for (const close of closers) await close();
    },
  };
}
