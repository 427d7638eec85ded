import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cards, dataUri, folder, key, picture, sandbox } from './support.ts';

const order = { model: 'sora-2', prompt: 'a paper boat in the rain' };
const slow = { delayMs: (prompt: string) => (prompt === 'slow' ? 3600_000 : 0) };

test('the list of requests tells what became of each, under another id than the video', async () => {
  const { submit, call, reached } = await sandbox(slow);
  const before = new Date().toISOString();
  const made = await submit({ ...order, user: 'j1' });
  const failed = await submit({ ...order, prompt: 'fail please', user: 'j2' });
  await reached(made.body.id, 'completed');
  await reached(failed.body.id, 'failed');
  const waits = await submit({ ...order, prompt: 'slow', user: 'j3' });
  await reached(waits.body.id, 'in_progress');
  const stopped = await submit({ ...order, prompt: 'slow', user: 'j4' });
  await call(`/videos/${stopped.body.id}`, { method: 'DELETE' });
  await submit({ ...order, prompt: 'forbidden', user: 'j5' });

  const { data } = (await call(`/requests?created_after=${before}`)).json as Listing;
  expect(data.map((one) => [one.user, one.status, one.video_id, one.cost, one.error_code])).toEqual([
    ['j5', 'rejected', null, 0, 'CONTENT_POLICY_VIOLATION'],
    ['j4', 'cancelled', stopped.body.id, 0, null],
    ['j3', 'processing', waits.body.id, 0, null],
    ['j2', 'upstream_failure', failed.body.id, 0, 'UPSTREAM_ERROR'],
    ['j1', 'completed', made.body.id, 0.4, null],
  ]);
  for (const one of data) {
    expect(one.id).toMatch(/^req_\w{20,}$/);
    expect(one.created_at).toBe(new Date(one.created_at as string).toISOString());
    expect((await call(`/requests/${one.id}`)).json).toEqual(one);
  }
  expect((await call('/requests/req_no')).status).toBe(404);
});

test('requests are found by user and time, a page at a time', async () => {
  const { submit, call } = await sandbox();
  for (const user of ['a', 'b', 'a', 'b', 'a']) await submit({ ...order, user });
  const all: unknown[] = [];
  let cursor = '';
  for (let pages = 1; ; pages++) {
    const { data, has_more, next_cursor } = (await call(`/requests?user=a&limit=2${cursor}`)).json as Listing;
    all.push(...data.map((one) => one.id));
    expect(has_more).toBe(next_cursor !== null);
    if (next_cursor === null) {
      expect(pages).toBe(2);
      break;
    }
    cursor = `&cursor=${next_cursor}`;
  }
  expect(new Set(all).size).toBe(3);
  const later = new Date(Date.now() + 60_000).toISOString();
  expect((await call(`/requests?created_after=${later}`)).json).toMatchObject({ data: [], has_more: false });
  const past = Math.floor(Date.now() / 1000) - 60;
  expect(((await call(`/requests?created_after=${past}`)).json as Listing).data).toHaveLength(5);
  for (const query of ['created_after=soon', 'limit=0', 'limit=101', 'cursor=req_no']) {
    expect((await call(`/requests?${query}`)).status).toBe(400);
  }
});

test('balance, secret and parameters are told; the native calls stand under /v1 alone', async () => {
  const { call, url } = await sandbox({ webhookSecret: 'whsec_c2VjcmV0LXNlY3JldA==' });
  expect((await call('/balance')).json).toMatchObject({ billing_type: 'prepaid', available: { currency: 'USD' } });
  expect((await call('/webhooks/secret')).json).toEqual({ key: 'whsec_c2VjcmV0LXNlY3JldA==' });
  const schema = (await call('/models/sora-2?schema=true')).json;
  expect(schema).toMatchObject({
    required: ['model', 'prompt'],
    properties: {
      model: { enum: ['sora-2', 'sora-2-2025-12-08'] },
      prompt: { maxLength: 200 },
      seconds: { enum: [4, 8, 12, 16, 20], default: 4 },
      size: { enum: ['auto', '1365x768', '768x1365'] },
      aspect_ratio: { enum: ['auto', '16:9', '9:16'] },
      resolution: { enum: ['auto', '1K'] },
      character_ids: { type: 'array', maxItems: 2 },
      delete_video: { type: 'boolean', default: false },
    },
  });
  expect((await call('/models/blind?schema=true')).json).not.toHaveProperty('properties.input_reference');
  const headers = { authorization: `Bearer ${key}` };
  for (const path of ['/requests', '/balance', '/webhooks/secret']) {
    expect((await fetch(url + path)).status).toBe(401);
    expect((await fetch(url.replace('/v1', '/openai/v1') + path, { headers })).status).toBe(404);
  }
});

test('it says of itself what it speaks', async () => {
  const { url } = await sandbox();
  const said = await (await fetch(new URL('/', url))).text();
  const paths = ['/requests', '/requests/:id', '/balance', '/webhooks/secret', '/models/:id', '/videos/:id/content'];
  for (const path of paths) expect(said).toContain(path);
  for (const word of ['webhook_url', 'detect_and_block_ip', 'trademark', 'Idempotency-Key'])
    expect(said).toContain(word);
});

test('videos are listed by pages, in both orders', async () => {
  const { submit, call } = await sandbox();
  const ids: string[] = [];
  for (const prompt of ['one', 'two', 'three']) ids.push((await submit({ ...order, prompt })).body.id);
  const first = (await call('/videos?limit=2')).json as Listing;
  expect(first).toMatchObject({ object: 'list', has_more: true, first_id: ids[2], last_id: ids[1] });
  const rest = (await call(`/videos?limit=2&after=${first.last_id}`)).json as Listing;
  expect(rest).toMatchObject({ has_more: false, first_id: ids[0], last_id: ids[0] });
  expect(((await call('/videos?order=asc')).json as Listing).data.map(({ id }) => id)).toEqual(ids);
  expect((await call('/videos?order=random')).status).toBe(400);
});

test('a snapshot is its model, and is told as it was ordered', async () => {
  const { submit, call } = await sandbox();
  const snapshot = cards[0]?.snapshots[0] as string;
  const { status, body } = await submit({ ...order, model: snapshot, seconds: 8 });
  expect([status, body.model, body.seconds]).toEqual([202, snapshot, '8']);
  expect((await call(`/models/${snapshot}`)).json).toMatchObject({ id: snapshot });
});

test('what the page of parameters names is taken, checked where it has a rule', async () => {
  const { submit, stats } = await sandbox();
  const whole = {
    ...order,
    ...{ user: 'j1', metadata: { job: 'j1' }, character_ids: ['c1', 'c2'], delete_video: true, style: 'vivid' },
    ...{ detect_and_block_ip: false, negative_prompt: 'rain', media_retention: '7d' },
  };
  expect((await submit(whole)).status).toBe(202);
  expect((await submit({ ...order, prompt: 'a trademark' })).status).toBe(202);
  const blocked = await submit({ ...order, prompt: 'a Trademark', detect_and_block_ip: true });
  expect([blocked.status, blocked.body.error.code]).toEqual([400, 'CONTENT_POLICY_VIOLATION']);
  expect((await submit({ ...order, character_ids: ['a', 'b', 'c'] })).status).toBe(400);
  expect((await submit({ ...order, delete_video: 'perhaps' })).status).toBe(400);
  expect(stats().billed).toBe(2);
});

test('a form may hold lists, objects and flags', async () => {
  const { call } = await sandbox();
  const form = new FormData();
  const uri = dataUri(await picture(320, 180));
  for (const [name, value] of [
    ...[...Object.entries(order), ['seconds', '8'], ['character_ids[]', 'c1'], ['character_ids[]', 'c2']],
    ...[
      ['metadata[job]', 'j1'],
      ['delete_video', 'true'],
      ['input_reference[image_url]', uri],
    ],
  ] as [string, string][]) {
    form.append(name, value);
  }
  const answer = await call('/videos', { method: 'POST', body: form });
  expect([answer.status, answer.body.seconds]).toEqual([202, '8']);
  form.append('character_ids[]', 'c3');
  expect((await call('/videos', { method: 'POST', body: form })).status).toBe(400);
});

test('the key of a repeated order may come as a header, and the field wins', async () => {
  const { call, stats } = await sandbox();
  const post = (body: object, header: string) =>
    call('/videos', { method: 'POST', body: JSON.stringify(body), headers: { 'idempotency-key': header } });
  const first = await post(order, 'k1');
  expect([first.status, (await post(order, 'k1')).body.id]).toEqual([202, first.body.id]);
  expect((await post({ ...order, idempotency_key: 'k1' }, 'k2')).body.id).toBe(first.body.id);
  expect(stats()).toMatchObject({ billed: 1, replays: 2 });
});

test("an account's own key is taken, and stands nowhere afterwards", async () => {
  const dir = await folder();
  const logged: unknown[] = [];
  const { submit, call } = await sandbox({ dir, log: { error: (...words) => logged.push(words) } });
  const secret = 'sk-somebodys-own';
  const taken = await submit({ ...order, openai_api_key: secret, idempotency_key: 'k' });
  expect(taken.status).toBe(202);
  expect((await submit({ ...order, openai_api_key: 'another', idempotency_key: 'k' })).body.id).toBe(taken.body.id);
  await submit({ ...order, openai_api_key: secret, prompt: 'forbidden' });
  const told = [taken.body, logged, (await call('/requests')).json, (await call('/videos')).json];
  for (const name of await readdir(join(dir, 'tasks'))) told.push(await readFile(join(dir, 'tasks', name), 'utf8'));
  expect(JSON.stringify(told)).not.toContain(secret);
});

test('in the dialect of output.url there is no content, in that of content no output', async () => {
  const links = await sandbox({ dialect: 'output' });
  const linked = await links.reached((await links.submit(order)).body.id, 'completed');
  expect((await fetch(linked.output?.url as string)).status).toBe(200);
  expect((await links.call(`/videos/${linked.id}/content`)).status).toBe(404);

  const bytes = await sandbox({ dialect: 'content' });
  const { id } = (await bytes.submit(order)).body;
  const video = await bytes.reached(id, 'completed');
  expect(video).not.toHaveProperty('output');
  expect(video).not.toHaveProperty('metadata');
  const headers = { authorization: `Bearer ${key}` };
  const content = await fetch(`${bytes.url}/videos/${id}/content?variant=video`, { headers });
  expect(content.headers.get('content-type')).toBe('video/mp4');
  const deleted = await bytes.call(`/videos/${id}`, { method: 'DELETE' });
  expect([deleted.status, deleted.json]).toEqual([200, { id, object: 'video.deleted', deleted: true }]);
  expect((await bytes.call(`/videos/${id}`)).status).toBe(404);
  expect((await bytes.call(`/videos/${id}/content`)).status).toBe(404);
  expect((await bytes.call('/videos')).json).toMatchObject({ data: [] });
});

interface Listing {
  data: (Record<string, unknown> & { id: string })[];
  has_more: boolean;
  next_cursor: string | null;
  last_id?: string;
}
