import { Client, Events, type Interaction, MessageFlags } from 'discord.js';
import { makeWorld, startRig } from '../test/platforms/discord/rig.ts';
import type { FakeDiscord } from '../test/support/discord/api.ts';
import { forkFakeDiscord } from '../test/support/discord/index.ts';
import { mb } from '../test/support/large.ts';
import { evenly } from '../test/support/rate.ts';
import { until } from '../test/support/until.ts';
import { ackRows, uploadRows } from './support/chats.ts';
import { cpus, print, type Row } from './support/print.ts';
import type { UploadOrder } from './support/upload.ts';

/** Milliseconds that everything takes to Discord and back, each way. */
const latencyMs = 100;

/** Memory and time of one upload, by each way in turn. */
async function uploads(megabytes: number, times: number): Promise<Row[]> {
  const fake = await forkFakeDiscord();
  try {
    const { guild, channel } = await makeWorld(fake);
    await fake.changeGuild({ guild, uploadLimit: 1_000 * mb });
    const { api, token } = fake;
    return await uploadRows({
      ...{ program: 'bench/support/upload.ts', megabytes, times },
      beside: { blob: 'a form of Blobs', library: "the library's own way" },
      order: (way, path): UploadOrder => ({ way, api, token, channel, path }),
    });
  } finally {
    await fake.close();
  }
}

/** Commands at a steady rate; milliseconds until each was acknowledged, as Discord sees it. */
async function acknowledged(fake: FakeDiscord, world: { guild: string }, count: number): Promise<number[]> {
  const { guild } = world;
  const channels = await Promise.all(Array.from({ length: 20 }, () => fake.makeChannel({ guild })));
  const users = await Promise.all(Array.from({ length: 50 }, () => fake.makeMember({ guild })));
  const ids = await evenly(count, 10, (n) => {
    const [channel = '', user = ''] = [channels[n % channels.length], users[n % users.length]];
    return fake.slash({ channel, user, command: 'video', options: { prompt: `boat ${n}`, seconds: 4 } });
  });
  await until(
    'all answered',
    async () => {
      const all = await Promise.all(ids.map((id) => fake.interaction(id)));
      return all.every(({ ack, deferred }) => ack && !deferred);
    },
    60_000,
  );
  const all = await Promise.all(ids.map((id) => fake.interaction(id)));
  return all.map(({ ack }) => ack?.afterMs ?? Number.POSITIVE_INFINITY);
}

/** A bot that acknowledges and answers, and does nothing else. */
async function bare(count: number): Promise<number[]> {
  const fake = await forkFakeDiscord({ latencyMs });
  const client = new Client({ intents: [], rest: { api: fake.api } });
  const answers: Promise<unknown>[] = [];
  const answer = async (interaction: Interaction): Promise<void> => {
    if (!interaction.isChatInputCommand()) return;
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.editReply('taken');
  };
  client.on(Events.InteractionCreate, (interaction) => void answers.push(answer(interaction)));
  try {
    const world = await makeWorld(fake);
    await client.login(fake.token);
    await until('connected', () => client.isReady());
    return await acknowledged(fake, world, count);
  } finally {
    await Promise.all(answers);
    await client.destroy();
    await fake.close();
  }
}

async function whole(count: number): Promise<number[]> {
  const rig = await startRig({ apart: true, fake: { latencyMs }, house: { credits: 10_000 } });
  try {
    return await acknowledged(rig.fake, rig.world, count);
  } finally {
    await rig.close();
  }
}

/** Large films, and many commands at once, against a Discord in a process of its own. */
export async function discord({ short }: { short: boolean }): Promise<void> {
  const facts = `${cpus()}; node ${process.versions.node}`;
  const count = short ? 20 : 200;
  const [beside, ours] = [await bare(count), await whole(count)];
  const rows = ackRows(ours, beside, latencyMs);
  for (const megabytes of short ? [20] : [100, 200]) rows.push(...(await uploads(megabytes, short ? 1 : 5)));
  print('discord', facts, rows, ['Discord gives up after 3,000 ms.']);
}
