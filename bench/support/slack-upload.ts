/** Brings one film to a channel of Slack, in a process of its own, by the way that it is told, and says by how much the process grew. */
import { readFile } from 'node:fs/promises';
import { webApi } from '@slack/bolt';
import { adapterOn } from '../../test/platforms/slack/rig.ts';
import { answerOrders, type Grown, grownBy } from '../../test/support/large.ts';
import { type Large, postLarge } from '../../test/support/poster-large.ts';
import type { FakeSlack } from '../../test/support/slack/api.ts';

export interface SlackUploadOrder extends Large {
  /** Ours; the library's own way, which takes a buffer. */
  way: 'ours' | 'library';
  fake: Pick<FakeSlack, 'api' | 'token' | 'appToken'>;
}

async function byLibrary({ fake, origin, file }: SlackUploadOrder): Promise<Grown> {
  const client = new webApi.WebClient(fake.token, { slackApiUrl: fake.api });
  const send = async (path: string) =>
    client.filesUploadV2({ channel_id: origin.channel, filename: 'film.mp4', file: await readFile(path) });
  // What the first request of all loads is no upload's.
  await send(import.meta.filename);
  return grownBy(() => send(file));
}

answerOrders((order: SlackUploadOrder) =>
  order.way === 'library' ? byLibrary(order) : postLarge(adapterOn(order.fake).slack.poster, order),
);
