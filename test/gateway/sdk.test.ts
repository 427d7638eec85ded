import { BufferSource, Input, MP4 } from 'mediabunny';
import OpenAI, { toFile } from 'openai';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.ts';
import { sora2 } from '../support/faulty-cards.ts';
import { until } from '../support/until.ts';

async function sdk() {
  const { url, close, stats } = await startSandbox({
    cards: [sora2],
    key: 'sk-sdk',
    render: 'instant',
    dialect: 'content',
  });
  onTestFinished(close);
  const { videos, models } = new OpenAI({ baseURL: url, apiKey: 'sk-sdk', maxRetries: 0 });
  const completed = (id: string) =>
    until('completed', async () => {
      const video = await videos.retrieve(id);
      return video.status === 'completed' && video;
    });
  return { videos, models, stats, completed };
}

test("OpenAI's own client orders a film, follows it and downloads it", async () => {
  const { videos, stats, completed } = await sdk();
  const ordered = await videos.create({ model: 'sora-2', prompt: 'a paper boat in the rain', seconds: '8' });
  expect(ordered).toMatchObject({ object: 'video', status: 'queued', seconds: '8', model: 'sora-2' });
  const video = await completed(ordered.id);
  expect(video).toMatchObject({ id: ordered.id, progress: 100, error: null, remixed_from_video_id: null });
  expect(video).not.toHaveProperty('output');
  const content = await videos.downloadContent(video.id, { variant: 'video' });
  expect(content.headers.get('content-type')).toBe('video/mp4');
  const input = new Input({ source: new BufferSource(await content.arrayBuffer()), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  expect(await track?.getCodec()).toBe('avc');
  expect([await track?.getCodedWidth(), await track?.getCodedHeight()]).toEqual([1366, 768]);
  expect(await input.computeDuration()).toBe(8);
  expect(stats()).toMatchObject({ submits: 1, billed: 1 });
});

test('with a picture as a file, and as a data URI', async () => {
  const { videos, completed } = await sdk();
  const picture = await sharp({ create: { width: 768, height: 1365, channels: 3, background: '#c83c1e' } })
    .png()
    .toBuffer();
  const order = { model: 'sora-2', prompt: 'a paper boat' } as const;
  const image_url = `data:image/png;base64,${picture.toString('base64')}`;
  for (const input_reference of [await toFile(picture, 'a.png', { type: 'image/png' }), { image_url }]) {
    const { id } = await videos.create({ ...order, input_reference });
    expect(await completed(id)).toMatchObject({ size: '768x1365' });
  }
});

test('it pages through the list, deletes, and reads refusals by status and code', async () => {
  const { videos, models, completed } = await sdk();
  const ids: string[] = [];
  for (const prompt of ['one', 'two', 'three']) ids.push((await videos.create({ model: 'sora-2', prompt })).id);
  const listed: string[] = [];
  for await (const video of videos.list({ limit: 2, order: 'asc' })) listed.push(video.id);
  expect(listed).toEqual(ids);
  const [first = ''] = ids;
  await completed(first);
  expect(await videos.delete(first)).toEqual({ id: first, object: 'video.deleted', deleted: true });
  await expect(videos.retrieve(first)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  const declined = videos.create({ model: 'sora-2', prompt: 'forbidden' });
  await expect(declined).rejects.toMatchObject({ status: 400, code: 'CONTENT_POLICY_VIOLATION' });
  expect((await models.list()).data.map(({ id }) => id)).toContain('sora-2');
});
