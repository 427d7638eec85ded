import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIActionRowComponent, APIButtonComponent, PermissionsString } from 'discord.js';
import { commands } from '../../../commands/index.ts';
import { createDiscord, type DiscordOptions } from '../../../platforms/discord/adapter.ts';
import type { Desk } from '../../../src/domain/desk.ts';
import type { Job } from '../../../src/domain/job.ts';
import type { ModelCard } from '../../../src/domain/model.ts';
import { type Origin, spaceKey } from '../../../src/domain/origin.ts';
import { windowAt } from '../../../src/domain/policy.ts';
import { usualSettings } from '../../../src/domain/settings.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { sandboxCards } from '../../../src/video/cards.ts';
import type { FakeDiscord, FakeDiscordOptions, StoredInteraction, StoredMessage } from '../../support/discord/api.ts';
import { forkFakeDiscord, startFakeDiscord } from '../../support/discord/index.ts';
import { type House, type HouseOptions, startHouse } from '../../support/house.ts';
import { createTestLog } from '../../support/log.ts';
import { type RedisKind, redisKinds, startRedis } from '../../support/redis.ts';
import { until } from '../../support/until.ts';

/** What the bot is granted by its invitation. */
export const granted: PermissionsString[] = [
  ...(['ViewChannel', 'SendMessages', 'SendMessagesInThreads', 'AttachFiles', 'ReadMessageHistory'] as const),
];

/** The adapter on a Discord, without a house: a desk that knows no jobs, media that are files. */
export function adapterOn(fake: FakeDiscord, change: Partial<DiscordOptions> = {}) {
  const log = createTestLog();
  const acks: { kind: string; ms: number }[] = [];
  const discord = createDiscord({
    ...{ token: fake.token, appId: undefined, guild: undefined, api: fake.api, shards: 'auto' },
    ...{ commands, cards: sandboxCards, models: () => sandboxCards, usual: () => sandboxCards[0], managers: [] },
    desk: { jobsOf: async () => [] },
    settings: { read: async () => usualSettings },
    media: { path: (name) => name },
    fitting: { fit: async () => undefined },
    link: () => undefined,
    log,
    acknowledged: (kind, ms) => void acks.push({ kind, ms }),
    limited: () => undefined,
    ...change,
  });
  return { discord, log, acks };
}

/** A server with a channel and a member in it. */
export async function makeWorld(fake: FakeDiscord) {
  const guild = await fake.makeGuild({ name: 'Film club', bot: granted });
  const channel = await fake.makeChannel({ guild: guild.id, name: 'films' });
  const ada = await fake.makeMember({ guild: guild.id, name: 'ada', globalName: 'Ada' });
  const bob = await fake.makeMember({ guild: guild.id, name: 'bob', globalName: 'Bob' });
  return { guild: guild.id, owner: guild.ownerId, botRole: guild.botRoleId, channel, ada, bob };
}

/** The answer to an interaction, once there is one. */
export function answered(fake: FakeDiscord, id: string): Promise<StoredInteraction & { response: StoredMessage }> {
  return until(`the answer to ${id}`, async () => {
    const found = await fake.interaction(id);
    return !found.deferred && found.response !== null && { ...found, response: found.response };
  });
}

/** What buttons a message has: label, and what it carries. */
export function buttonsOf({ components }: Pick<StoredMessage, 'components'>): { label: string; id: string }[] {
  return (components as APIActionRowComponent<APIButtonComponent>[]).flatMap((row) =>
    row.components.flatMap((one) => ('custom_id' in one ? [{ label: one.label ?? '', id: one.custom_id }] : [])),
  );
}

/** Text as members read it: without the backslashes that keep it plain, and without bold. */
export const read = (text: string): string => text.replace(/(?<!\\)\*\*/g, '').replace(/\\([^0-9A-Za-z\s])/g, '$1');

export interface RigOptions {
  kind?: RedisKind;
  fake?: FakeDiscordOptions;
  /** The fake runs in a process of its own, as where latency is measured. */
  apart?: boolean;
  house?: Partial<HouseOptions>;
  discord?: Partial<DiscordOptions>;
  /** What the gateway has, and offers; default: the sandbox's own. */
  models?: readonly ModelCard[];
  /** Whether films are drawn, each another one; default: not. */
  drawn?: boolean;
  /** How long the gateway makes at a film; default: no time at all. */
  delayMs?: (prompt: string) => number;
  /** Before the bot connects. */
  prepare?(fake: FakeDiscord): Promise<void>;
}

/** The whole house with a Discord before it and a sandbox behind it, and one server. */
export async function startRig(options: RigOptions = {}) {
  const closers: (() => Promise<unknown>)[] = [];
  const closing = <T extends { close(): Promise<unknown> }>(thing: T): T => {
    closers.push(() => thing.close());
    return thing;
  };
  const close = async (): Promise<void> => {
    for (const end of closers.reverse()) await end();
    closers.length = 0;
  };
  const redis = closing(await startRedis(options.kind ?? (redisKinds[0] as RedisKind)));
  const fake = closing(await (options.apart ? forkFakeDiscord : startFakeDiscord)(options.fake));
  const delayMs = options.delayMs ?? (() => 0);
  const models = options.models ?? sandboxCards;
  const render = options.drawn ? 'mp4' : 'instant';
  const sandbox = closing(await startSandbox({ cards: models, key: 'a-key', render, delayMs }));
  const dir = await mkdtemp(join(tmpdir(), 'dailies-discord-'));
  closers.unshift(() => rm(dir, { recursive: true, force: true }));
  await options.prepare?.(fake);
  const world = await makeWorld(fake);

  /** One bot: its connection, its intake and its worker. */
  async function startBot(change: Partial<HouseOptions> = {}) {
    let house: House | undefined;
    const desk: Pick<Desk, 'jobsOf'> = { jobsOf: (...given) => (house as House).desk.jobsOf(...given) };
    const media = { path: (name: string) => join(dir, 'media', name) };
    const settings: DiscordOptions['settings'] = { read: (key) => (house as House).settings.read(key) };
    const bot = adapterOn(fake, {
      ...{ settings, desk, media, cards: models, models: () => models, usual: () => models[0] },
      ...options.discord,
    });
    house = await startHouse({
      ...{ redis, chat: bot.discord, gateway: { url: sandbox.url, key: 'a-key' }, models },
      ...{ log: bot.log, dir, ...options.house, ...change },
    });
    await bot.discord.receiver.listen(house.handle);
    await until('connected', () => bot.discord.connected());
    let closed = false;
    const running = house;
    return closing({
      ...bot,
      house: running,
      async close() {
        if (closed) return;
        closed = true;
        await bot.discord.receiver.close();
        await running.close();
        await bot.discord.close();
      },
    });
  }
  const bot = await startBot().catch(async (error: unknown) => {
    await close();
    throw error;
  });

  const space = spaceKey({ platform: 'discord', space: world.guild });
  const origin = {
    platform: 'discord',
    space: world.guild,
    channel: world.channel,
    user: world.ada,
    visibility: 'thread',
  } as const satisfies Origin;
  return {
    ...{ fake, world, bot, startBot, sandbox, redis, dir, space, origin, close },
    house: bot.house,
    /** A member types a command and reads the answer. */
    async ask(
      command: string,
      given: Record<string, string | number | boolean> = {},
      more: { user?: string; channel?: string } = {},
    ) {
      const { user = world.ada, channel = world.channel } = more;
      const [name = '', ...path] = command.split(' ');
      const id = await fake.slash({
        channel,
        user,
        command: name,
        options: given,
        ...(path.length === 0 ? {} : { sub: path.join(' ') }),
      });
      const { response } = await answered(fake, id);
      return { id, message: response, text: read(response.content), buttons: buttonsOf(response) };
    },
    /** Presses a button of a message, and reads the answer. */
    async press(message: StoredMessage, label: RegExp, user = world.ada) {
      const button = buttonsOf(message).find((one) => label.test(one.label));
      if (!button) throw new Error(`no button ${label}: ${JSON.stringify(buttonsOf(message))}`);
      const id = await fake.press({ user, customId: button.id, message: message.id });
      const { response } = await answered(fake, id);
      return { id, message: response, text: read(response.content), buttons: buttonsOf(response) };
    },
    job: (id: string): Promise<Job> => bot.house.job(origin, id),
    /** The job once nothing is left to do for it. */
    atRest: (id: string, where: House = bot.house) =>
      until(`${id} at rest`, async () => {
        const job = await where.job(origin, id);
        return job.settled !== undefined && job.card?.version === job.version && job;
      }),
    quota: (user = world.ada) =>
      bot.house.desk.quota(space, user, { window: windowAt(Date.now(), 'week', 'UTC'), allowance: 60 }),
    /** The bot's messages in a channel: cards and films. */
    async posts(channel = world.channel) {
      const all = (await fake.messages(channel)).filter(({ authorId }) => authorId === fake.botId);
      return {
        cards: all.filter(({ attachments, nonce }) => attachments.length === 0 && nonce?.endsWith('-c')),
        films: all.filter(({ nonce }) => nonce !== null && !nonce.endsWith('-c')),
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
