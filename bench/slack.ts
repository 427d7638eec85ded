import { App, SocketModeReceiver } from '@slack/bolt';
import type { Origin } from '../src/domain/origin.ts';
import { makeWorld, startRig } from '../test/platforms/slack/rig.ts';
import { mb } from '../test/support/large.ts';
import { evenly } from '../test/support/rate.ts';
import type { FakeSlack } from '../test/support/slack/api.ts';
import { forkFakeSlack } from '../test/support/slack/index.ts';
import { until } from '../test/support/until.ts';
import { ackRows, uploadRows } from './support/chats.ts';
import { cpus, print, type Row } from './support/print.ts';
import type { SlackUploadOrder } from './support/slack-upload.ts';

/** Milliseconds that each envelope and each answer takes from Slack. */
const latencyMs = 100;

/** Memory and time of one upload, by each way in turn. */
async function uploads(megabytes: number, times: number): Promise<Row[]> {
  const fake = await forkFakeSlack();
  try {
    const { channel, ada: user } = await makeWorld(fake);
    const { api, token, appToken, team } = fake;
    const origin: Origin = { platform: 'slack', space: team, channel, user, visibility: 'thread' };
    const bytes = megabytes * mb;
    return await uploadRows({
      ...{ program: 'bench/support/slack-upload.ts', megabytes, times },
      beside: { library: "the library's own way" },
      order: (way, file): SlackUploadOrder => ({ way, fake: { api, token, appToken }, origin, file, bytes }),
    });
  } finally {
    await fake.close();
  }
}

/** Commands at a steady rate; milliseconds from each one's typing until Slack had its ack. */
async function acknowledged(fake: FakeSlack, count: number): Promise<number[]> {
  const channels = await Promise.all(Array.from({ length: 20 }, () => fake.makeChannel()));
  const users = await Promise.all(Array.from({ length: 50 }, (_, n) => fake.makeUser({ name: `member${n}` })));
  const ids = await evenly(count, 10, (n) => {
    const [channel = '', user = ''] = [channels[n % channels.length], users[n % users.length]];
    return fake.slash({ channel, user, command: '/dailies', text: `video boat ${n} seconds:4` });
  });
  const all = () => Promise.all(ids.map((id) => fake.deed(id)));
  await until('all answered', async () => (await all()).every(({ ack, answers }) => ack && answers.length > 0), 60_000);
  return (await all()).map(({ at, sent, ack }) => (sent[0]?.at ?? Number.NaN) - at + (ack?.afterMs ?? Number.NaN));
}

/** An app of Slack's framework that acknowledges and answers, and does nothing else. */
async function bare(count: number): Promise<number[]> {
  const fake = await forkFakeSlack({ latencyMs });
  const clientOptions = { slackApiUrl: fake.api };
  const { appToken, token } = fake;
  const receiver = new SocketModeReceiver({ appToken, installerOptions: { clientOptions } });
  const app = new App({ token, receiver, clientOptions });
  const answers: Promise<unknown>[] = [];
  app.command('/dailies', async ({ ack, respond }) => {
    await ack();
    answers.push(respond('taken'));
  });
  try {
    await makeWorld(fake);
    await app.start();
    await until('connected', async () => (await fake.stats()).connected === 1);
    return await acknowledged(fake, count);
  } finally {
    await Promise.all(answers);
    await app.stop();
    await fake.close();
  }
}

async function whole(count: number): Promise<number[]> {
  const rig = await startRig({ apart: true, fake: { latencyMs }, house: { credits: 10_000 } });
  try {
    return await acknowledged(rig.fake, count);
  } finally {
    await rig.close();
  }
}

/** Large films, and many commands at once, against a Slack in a process of its own. */
export async function slack({ short }: { short: boolean }): Promise<void> {
  const facts = `${cpus()}; node ${process.versions.node}`;
  const count = short ? 20 : 200;
  // What the first run of all loads and compiles is neither's.
  if (!short) await bare(20);
  const [beside, ours] = [await bare(count), await whole(count)];
  const rows = ackRows(ours, beside, latencyMs);
  for (const megabytes of short ? [20] : [100, 200]) rows.push(...(await uploads(megabytes, short ? 1 : 5)));
  print('slack', facts, rows, [
    'Slack gives up after 3,000 ms.',
    "Ours ends when the film stands in its channel, which it looks for after 150 ms; the library's own way does not look.",
  ]);
}
