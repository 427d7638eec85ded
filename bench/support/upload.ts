/** Uploads one file to a channel, in a process of its own, by the way that it is told, and says by how much the process grew. */
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { REST, Routes } from 'discord.js';
import { createRest } from '../../platforms/discord/rest.ts';
import { answerOrders, type Grown, grownBy } from '../../test/support/large.ts';
import { createTestLog } from '../../test/support/log.ts';

export interface UploadOrder {
  /** Ours; a form of Blobs that are backed by the file; the library's own way, which takes a buffer. */
  way: 'ours' | 'blob' | 'library';
  api: string;
  token: string;
  channel: string;
  path: string;
}

const name = 'film.mp4';
const payload = { attachments: [{ id: '0', filename: name }] };

async function senderOf({ way, api, token, channel, path }: UploadOrder): Promise<() => Promise<unknown>> {
  const route = Routes.channelMessages(channel);
  if (way === 'ours') {
    const { rest } = createRest({ api, token, appId: undefined, log: createTestLog(), limited: () => undefined });
    const body = { payload, file: { path, name, type: 'video/mp4' } };
    return () => rest.post(route, { body, passThroughBody: true });
  }
  const rest = new REST({ api, timeout: 300_000 }).setToken(token);
  if (way === 'library')
    return async () => rest.post(route, { body: payload, files: [{ name, data: await readFile(path) }] });
  return async () => {
    const form = new FormData();
    form.append('payload_json', JSON.stringify(payload));
    form.append('files[0]', await openAsBlob(path, { type: 'video/mp4' }), name);
    return rest.post(route, { body: form, passThroughBody: true });
  };
}

async function upload(order: UploadOrder): Promise<Grown> {
  // What the first request of all loads is no upload's.
  await (await senderOf({ ...order, path: import.meta.filename }))();
  return grownBy(await senderOf(order));
}

answerOrders(upload);
