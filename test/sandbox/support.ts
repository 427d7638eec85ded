import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BufferSource, EncodedPacketSink, Input, MP4 } from 'mediabunny';
import sharp from 'sharp';
import { onTestFinished } from 'vitest';
import type { ModelCard } from '../../src/domain/model.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';

export const key = 'a-key-of-the-tests';
const sora: ModelCard = {
  id: 'sora-2',
  snapshots: ['sora-2-2025-12-08'],
  label: 'Sora 2',
  seconds: [4, 8, 12, 16, 20],
  defaultSeconds: 4,
  sizes: [
    { size: '1365x768', shape: '16:9', resolution: '1K' },
    { size: '768x1365', shape: '9:16', resolution: '1K' },
  ],
  weight: 1,
  money: 0.1,
  promptMax: 200,
  image: 'first_frame',
  repeatWithin: 600,
  deadline: 1800,
  reconcileFor: 86_400,
  usual: 100,
  extras: {
    character_ids: { takes: 'texts', by: 'operator', most: 2 },
    delete_video: { takes: 'boolean', by: 'operator', value: false },
  },
};
const mini: ModelCard = {
  ...sora,
  id: 'mini',
  snapshots: [],
  extras: {},
  seconds: [1, 2],
  defaultSeconds: 2,
  sizes: [{ size: '240x135', shape: '16:9', resolution: '0.25K' }],
  weight: 0.5,
  money: 0.05,
};
const blind: ModelCard = { ...mini, id: 'blind', image: 'none' };
export const cards = [sora, mini, blind];

export interface Video {
  id: string;
  status: string;
  progress: number;
  output: { url: string; content_type: string; size_bytes: number } | null;
  error: { code: string; message: string } | null;
  [field: string]: unknown;
}
export interface Answer {
  status: number;
  headers: Headers;
  body: Video & { error: { message: string; type: string; code: string } };
  /** The same, of any shape. */
  json: unknown;
}

/** A sandbox that ends with the test, and a caller that shows its key. */
export async function sandbox(options: Partial<SandboxOptions> = {}) {
  const gateway: Sandbox = await startSandbox({ cards, key, render: 'instant', ...options });
  const state = { open: true };
  const close = async (): Promise<void> => {
    if (state.open) await gateway.close();
    state.open = false;
  };
  onTestFinished(close);

  async function call(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${key}`, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(gateway.url + path, { ...init, headers });
    const text = await response.text();
    const body = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, body, json: body };
  }
  const submit = (body: unknown): Promise<Answer> =>
    call('/videos', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const poll = async (id: string): Promise<Video> => (await call(`/videos/${id}`)).body;
  const reached = (id: string, status: string): Promise<Video> =>
    until(async () => {
      const video = await poll(id);
      return video.status === status ? video : undefined;
    });
  const file = (url: string, headers: Record<string, string> = {}): Promise<Response> => fetch(url, { headers });
  return { ...gateway, close, call, submit, poll, reached, file };
}

/** What `look` finds, as soon as it finds something. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('It did not come about within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

export async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

export function picture(
  width: number,
  height: number,
  format: 'png' | 'jpeg' | 'webp' | 'gif' = 'png',
): Promise<Buffer> {
  const background = { r: 200, g: 60, b: 30 };
  return sharp({ create: { width, height, channels: 3, background } })
    .toFormat(format)
    .toBuffer();
}
export const dataUri = (bytes: Buffer, type = 'image/png'): string => `data:${type};base64,${bytes.toString('base64')}`;

/** A film's facts, as its file tells them. */
export async function facts(bytes: Uint8Array) {
  const input = new Input({ source: new BufferSource(bytes), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error('There is no picture in this file.');
  const keys: number[] = [];
  let frames = 0;
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, { verifyKeyPackets: true })) {
    frames++;
    if (packet.type === 'key') keys.push(packet.timestamp);
  }
  const text = Buffer.from(bytes).toString('latin1');
  return {
    seconds: await input.computeDuration(),
    width: await track.getCodedWidth(),
    height: await track.getCodedHeight(),
    codec: await track.getCodec(),
    frames,
    keys,
    indexFirst: text.indexOf('moov') < text.indexOf('mdat') && text.includes('moov'),
    keyTable: text.includes('stss'),
  };
}
