import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client, Events, type Interaction, MessageFlags } from 'discord.js';
import { makeWorld, startRig } from '../test/platforms/discord/rig.ts';
import type { FakeDiscord } from '../test/support/discord/api.ts';
import { forkFakeDiscord } from '../test/support/discord/index.ts';
import { until } from '../test/support/until.ts';
import { median } from './support/load.ts';
import { cpus, figure, print, type Row } from './support/print.ts';
import { type UploadAnswer, type UploadOrder, ways } from './support/upload.ts';

const mb = 1_000_000;
/** Milliseconds that everything takes to Discord and back, each way. */
const latencyMs = 100;

async function uploadOnce(order: UploadOrder): Promise<UploadAnswer> {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = fork(fileURLToPath(new URL('support/upload.ts', import.meta.url)), [], {
    execArgv: ['--import', loader],
  });
  try {
    child.send(order);
    const [answer] = (await once(child, 'message')) as [UploadAnswer];
    return answer;
  } finally {
    child.kill();
  }
}

async function fileOf(dir: string, bytes: number): Promise<string> {
  const path = join(dir, `${bytes}.mp4`);
  const file = await open(path, 'w');
  const piece = Buffer.alloc(mb, 7);
  for (let at = 0; at < bytes; at += mb) await file.write(piece);
  await file.close();
  return path;
}

/** Memory and time of one upload, by each way in turn. */
async function uploads(megabytes: number, times: number): Promise<Row[]> {
  const dir = await mkdtemp(join(tmpdir(), 'dailies-upload-'));
  const fake = await forkFakeDiscord();
  try {
    const { guild, channel } = await makeWorld(fake);
    await fake.changeGuild({ guild, uploadLimit: 1_000 * mb });
    const path = await fileOf(dir, megabytes * mb);
    const all = Object.fromEntries(ways.map((way) => [way, [] as UploadAnswer[]]));
    for (let n = 0; n < times; n += 1) {
      for (const way of ways)
        all[way]?.push(await uploadOnce({ way, api: fake.api, token: fake.token, channel, path }));
    }
    const of = (way: string, what: keyof UploadAnswer): number => median(all[way]?.map((one) => one[what]) ?? []);
    const row = (beside: string, what: keyof UploadAnswer, unit: string, by: number): Row => ({
      what: `${megabytes} MB, ${what === 'grown' ? 'memory' : 'time'}, beside ${beside === 'blob' ? 'a form of Blobs' : "the library's own way"}`,
      ours: `${figure(of('ours', what) / by)} ${unit}`,
      beside: `${figure(of(beside, what) / by)} ${unit}`,
      ratio: figure(of('ours', what) / of(beside, what)),
    });
    return ['blob', 'library'].flatMap((beside) => [row(beside, 'grown', 'MB', mb), row(beside, 'ms', 'ms', 1)]);
  } finally {
    await fake.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Commands at a steady rate; milliseconds until each was acknowledged, as Discord sees it, sorted. */
async function acknowledged(fake: FakeDiscord, world: { guild: string }, count: number): Promise<number[]> {
  const { guild } = world;
  const channels = await Promise.all(Array.from({ length: 20 }, () => fake.makeChannel({ guild })));
  const users = await Promise.all(Array.from({ length: 50 }, () => fake.makeMember({ guild })));
  const typed = Array.from({ length: count }, async (_, n) => {
    await new Promise((resolve) => setTimeout(resolve, n * 10));
    const [channel = '', user = ''] = [channels[n % channels.length], users[n % users.length]];
    return fake.slash({ channel, user, command: 'video', options: { prompt: `boat ${n}`, seconds: 4 } });
  });
  const ids = await Promise.all(typed);
  await until(
    'all answered',
    async () => {
      const all = await Promise.all(ids.map((id) => fake.interaction(id)));
      return all.every(({ ack, deferred }) => ack && !deferred);
    },
    60_000,
  );
  const all = await Promise.all(ids.map((id) => fake.interaction(id)));
  return all.map(({ ack }) => ack?.afterMs ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
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

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;

/** Large films, and many commands at once, against a Discord in a process of its own. */
export async function discord({ short }: { short: boolean }): Promise<void> {
  const facts = `${cpus()}; node ${process.versions.node}`;
  const count = short ? 20 : 200;
  const [beside, ours] = [await bare(count), await whole(count)];
  const rows = [0.5, 0.99, 1].map(
    (part): Row => ({
      what: `${count} commands, 100 a second, ${latencyMs} ms away: acknowledged, ${part === 1 ? 'the last' : `p${part * 100}`}, beside a bot that does nothing`,
      ours: `${figure(at(ours, part))} ms`,
      beside: `${figure(at(beside, part))} ms`,
      ratio: figure(at(ours, part) / at(beside, part)),
    }),
  );
  for (const megabytes of short ? [20] : [100, 200]) rows.push(...(await uploads(megabytes, short ? 1 : 5)));
  print('discord', facts, rows, ['Discord gives up after 3,000 ms.']);
}
