/** Uploads one file to a channel, in a process of its own, by the way that it is told, and says by how much the process grew. */
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { REST, Routes } from 'discord.js';
import { createRest } from '../../platforms/discord/rest.ts';
import { createTestLog } from '../../test/support/log.ts';

/** Ours; a form of Blobs that are backed by the file; the library's own way, which takes a buffer. */
export const ways = ['ours', 'blob', 'library'] as const;

export interface UploadOrder {
  way: (typeof ways)[number];
  api: string;
  token: string;
  channel: string;
  path: string;
}

/** The most of resident memory above what it was before, in bytes; and milliseconds. */
export interface UploadAnswer {
  grown: number;
  ms: number;
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

async function upload(order: UploadOrder): Promise<UploadAnswer> {
  // What the first request of all loads is no upload's.
  await (await senderOf({ ...order, path: import.meta.filename }))();
  const send = await senderOf(order);
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 2);
  const began = performance.now();
  await send();
  clearInterval(watch);
  return { grown: Math.max(most, process.memoryUsage.rss()) - before, ms: performance.now() - began };
}

process.on('message', async (order: UploadOrder) => process.send?.(await upload(order)));
