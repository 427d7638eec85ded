import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../../commands/index.ts';
import { createSlack, type SlackOptions } from '../../../platforms/slack/adapter.ts';
import { oneToken } from '../../../platforms/slack/installs.ts';
import type { Job } from '../../../src/domain/job.ts';
import type { ModelCard } from '../../../src/domain/model.ts';
import { type Origin, spaceKey } from '../../../src/domain/origin.ts';
import { windowAt } from '../../../src/domain/policy.ts';
import { usualSettings } from '../../../src/domain/settings.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { sandboxCards } from '../../../src/video/cards.ts';
import { type House, type HouseOptions, startHouse } from '../../support/house.ts';
import { createTestLog } from '../../support/log.ts';
import { type RedisKind, redisKinds, startRedis } from '../../support/redis.ts';
import type { FakeSlack, FakeSlackOptions, StoredMessage } from '../../support/slack/api.ts';
import { forkFakeSlack, startFakeSlack } from '../../support/slack/index.ts';
import { until } from '../../support/until.ts';

/** The adapter on a Slack, without a house: no settings, media that are files. */
export function adapterOn(fake: Pick<FakeSlack, 'appToken' | 'api' | 'token'>, change: Partial<SlackOptions> = {}) {
  const log = createTestLog();
  const acks: { kind: string; ms: number }[] = [];
  const slack = createSlack({
    ...{ events: { appToken: fake.appToken }, api: fake.api, tokens: oneToken(fake.token, fake.api, log) },
    ...{ commands, command: '/dailies', short: '/video', managers: [] },
    ...{ models: () => sandboxCards, usual: () => sandboxCards[0] },
    settings: { read: async () => usualSettings },
    desk: { job: async () => undefined },
    media: { path: (name) => name },
    fitting: { fit: async () => undefined },
    link: () => undefined,
    log,
    acknowledged: (kind, ms) => void acks.push({ kind, ms }),
    limited: () => undefined,
    ...change,
  });
  return { slack, log, acks };
}

/** A channel with members in it. */
export async function makeWorld(fake: FakeSlack) {
  const ada = await fake.makeUser({ name: 'ada', displayName: 'Ada' });
  const bob = await fake.makeUser({ name: 'bob', displayName: 'Bob' });
  const boss = await fake.makeUser({ name: 'boss', displayName: 'Boss', admin: true });
  const channel = await fake.makeChannel({ name: 'films' });
  return { ada, bob, boss, channel };
}

interface Block {
  type: string;
  text?: { text: string } | string;
  elements?: Element[];
}
interface Element extends Block {
  action_id?: string;
  value?: string;
  name?: string;
  user_id?: string;
  channel_id?: string;
  user?: string;
}

const wordsOf = (part: Block | Element): string => {
  if (typeof part.text === 'string') return part.text;
  if (part.type === 'user' && 'user_id' in part) return `@${part.user_id}`;
  if (part.type === 'channel' && 'channel_id' in part) return `#${part.channel_id}`;
  return part.text?.text ?? (part.elements ?? []).map(wordsOf).join(part.type === 'context' ? ' · ' : '');
};

/** What members read of a message's blocks, a line each, without its buttons. */
export const read = ({ blocks }: { blocks: unknown[] }): string =>
  (blocks as Block[])
    .filter(({ type }) => type !== 'actions')
    .map(wordsOf)
    .join('\n');

/** What buttons a message has: label, and what it carries. */
export const buttonsOf = ({
  blocks,
}: {
  blocks: unknown[];
}): { label: string; id: string; value: string | undefined }[] =>
  (blocks as Block[]).flatMap(({ type, elements = [] }) =>
    type === 'actions'
      ? elements.map((one) => ({ label: wordsOf(one), id: one.action_id ?? '', value: one.value }))
      : [],
  );

/** The private answer to a deed, once there is one: by its own address, or seen by its member alone. */
export function answered(fake: FakeSlack, id: string): Promise<StoredMessage> {
  return until(`the answer to ${id}`, async () => {
    const { answers, ephemerals } = await fake.deed(id);
    return answers.at(-1) ?? ephemerals.at(-1);
  });
}

export interface RigOptions {
  kind?: RedisKind;
  fake?: FakeSlackOptions;
  /** The fake runs in a process of its own, as where latency is measured. */
  apart?: boolean;
  house?: Partial<HouseOptions>;
  /** Of the adapter; a function where they depend on the fake. */
  slack?: Partial<SlackOptions> | ((fake: FakeSlack) => Partial<SlackOptions>);
  /** What the gateway has, and offers; default: the sandbox's own. */
  models?: readonly ModelCard[];
  /** Whether films are drawn, each another one; default: not. */
  drawn?: boolean;
  /** How long the gateway makes at a film; default: no time at all. */
  delayMs?: (prompt: string) => number;
}

/** The whole house with a Slack before it and a sandbox behind it, and one workspace. */
export async function startRig(options: RigOptions = {}) {
  const closers: (() => Promise<unknown>)[] = [];
  const closing = <T extends { close(): Promise<unknown> }>(thing: T): T => {
    closers.push(() => thing.close());
    return thing;
  };
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  const redis = closing(await startRedis(options.kind ?? (redisKinds[0] as RedisKind)));
  const fake = closing(await (options.apart ? forkFakeSlack : startFakeSlack)(options.fake));
  const delayMs = options.delayMs ?? (() => 0);
  const models = options.models ?? sandboxCards;
  const render = options.drawn ? 'mp4' : 'instant';
  const sandbox = closing(await startSandbox({ cards: models, key: 'a-key', render, delayMs }));
  const dir = await mkdtemp(join(tmpdir(), 'dailies-slack-'));
  closers.unshift(() => rm(dir, { recursive: true, force: true }));
  const world = await makeWorld(fake);

  /** One bot: its connection, its intake and its worker. */
  async function startBot(change: Partial<HouseOptions> = {}) {
    let house: House | undefined;
    const settings = {
      read: (space: Parameters<House['settings']['read']>[0]) => (house as House).settings.read(space),
    };
    const media = { path: (name: string) => join(dir, 'media', name) };
    const changed = typeof options.slack === 'function' ? options.slack(fake) : options.slack;
    const desk: SlackOptions['desk'] = { job: (ref) => (house as House).desk.job(ref) };
    const bot = adapterOn(fake, {
      ...{ settings, desk, media, models: () => models, usual: () => models[0] },
      ...changed,
    });
    house = await startHouse({
      ...{ redis, chat: bot.slack, gateway: { url: sandbox.url, key: 'a-key' }, models },
      ...{ log: bot.log, dir, ...options.house, ...change },
    });
    await bot.slack.receiver.listen(house.handle);
    await until('connected', () => bot.slack.connected());
    let closed = false;
    const running = house;
    return closing({
      ...bot,
      house: running,
      async close() {
        if (closed) return;
        closed = true;
        await bot.slack.receiver.close();
        await running.close();
      },
    });
  }
  const bot = await startBot().catch(async (error: unknown) => {
    await close();
    throw error;
  });

  const space = spaceKey({ platform: 'slack', space: fake.team });
  const origin = {
    ...{ platform: 'slack', space: fake.team, channel: world.channel, user: world.ada },
    visibility: 'thread',
  } as const satisfies Origin;
  const told = (message: StoredMessage, id: string) => ({
    ...{ id, message, text: read(message), buttons: buttonsOf(message) },
  });
  return {
    ...{ fake, world, bot, startBot, sandbox, redis, dir, space, origin, close },
    house: bot.house,
    /** A member types `/dailies` with a text and reads the answer. */
    async ask(text: string, more: { user?: string; channel?: string } = {}) {
      const id = await fake.slash({ user: world.ada, channel: world.channel, command: '/dailies', text, ...more });
      return told(await answered(fake, id), id);
    },
    /** A member mentions the bot, in words that hold `@bot`, and reads what they alone are told. */
    async mention(text: string, more: Partial<Parameters<FakeSlack['mention']>[0]> = {}) {
      const { ts, deeds } = await fake.mention({ user: world.ada, channel: world.channel, text, ...more });
      const [id = ''] = deeds;
      return { ...told(await answered(fake, id), id), ts };
    },
    /** Presses a button of a message, and reads the answer. */
    async press(message: StoredMessage, label: RegExp, user = world.ada) {
      const button = buttonsOf(message).find((one) => label.test(one.label));
      if (!button) throw new Error(`no button ${label}: ${JSON.stringify(buttonsOf(message))}`);
      const id = await fake.press({ user, channel: message.channel, ts: message.ts, action: button.id });
      return told(await answered(fake, id), id);
    },
    job: (id: string): Promise<Job> => bot.house.job(origin, id),
    /** The job once nothing is left to do for it. */
    atRest: (id: string, where: House = bot.house) =>
      until(`${id} at rest`, async () => {
        const job = await where.job(origin, id);
        return job.settled !== undefined && job.card?.version === job.version && job;
      }),
    quota: (user: string = world.ada) =>
      bot.house.desk.quota(space, user, { window: windowAt(Date.now(), 'week', 'UTC'), allowance: 60 }),
    /** The bot's messages in a channel: cards and films. */
    async posts(channel: string = world.channel) {
      const all = (await fake.messages(channel)).filter(({ user }) => user === fake.botUserId);
      return {
        cards: all.filter(({ files }) => files.length === 0),
        films: all.filter(({ files }) => files.length > 0),
      };
    },
  };
}
export type Rig = Awaited<ReturnType<typeof startRig>>;

/** The id of the job that an answer tells of. */
export function jobIn(text: string): string {
  const [id] = /\bj[a-z2-7]{16}-\d+\b/.exec(text) ?? [];
  if (id === undefined) throw new Error(`no job in: ${text}`);
  return id;
}
