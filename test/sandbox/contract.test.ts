import { expect, test } from 'vitest';
import { cards, dataUri, key, picture, sandbox } from './support.ts';

const order = { model: 'sora-2', prompt: 'a paper boat in the rain' };

test('a film is ordered, followed and fetched, in the shapes of the documented API', async () => {
  const { url, submit, reached, file, call } = await sandbox();
  const before = Math.floor(Date.now() / 1000);
  const { status, body } = await submit({ ...order, seconds: 8, user: 'j1' });
  expect(status).toBe(202);
  expect(body).toMatchObject({
    object: 'video',
    status: 'queued',
    progress: 0,
    model: 'sora-2',
    prompt: order.prompt,
    seconds: '8',
    size: '1365x768',
    output: null,
    error: null,
    completed_at: null,
    expires_at: null,
  });
  expect(body.id).toMatch(/^video_\w+$/);
  expect(body.created_at).toBeGreaterThanOrEqual(before);
  expect(body.created_at).toBeLessThan(before + 60);

  const done = await reached(body.id, 'completed');
  expect(done).toMatchObject({ progress: 100, error: null, metadata: { provider: 'sandbox', cost: 0.8 } });
  expect(Number(done.expires_at) - Number(done.completed_at)).toBeGreaterThanOrEqual(3599);
  expect(done.output?.url).toMatch(new RegExp(`^${url.replace('/v1', '')}/media/[\\w-]{20,}\\.mp4$`));
  const response = await file(done.output?.url as string);
  expect(response.headers.get('content-type')).toBe('video/mp4');
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.length).toBe(done.output?.size_bytes);
  expect(bytes.subarray(4, 8).toString()).toBe('ftyp');

  const content = await fetch(`${url}/videos/${body.id}/content`, { headers: { authorization: `Bearer ${key}` } });
  expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
  expect((await call(`/videos/${body.id}/content?variant=thumbnail`)).status).toBe(400);
});

test('the same API stands under /openai/v1', async () => {
  const { url, call } = await sandbox();
  const { status, body } = await call('/models');
  expect(status).toBe(200);
  expect(body.data).toEqual(
    cards
      .flatMap(({ id, snapshots }) => [id, ...snapshots])
      .map((id) => expect.objectContaining({ id, object: 'model', owned_by: 'sandbox' })),
  );
  const other = await fetch(`${url.replace('/v1', '/openai/v1')}/models/sora-2`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(await other.json()).toMatchObject({ id: 'sora-2' });
});

test.each([[{}], [{ authorization: 'Bearer wrong' }], [{ authorization: key }]])(
  'without the key nothing is served: %j',
  async (headers) => {
    const { url } = await sandbox();
    for (const path of ['/videos/video_1', '/models', '/models/sora-2']) {
      const response = await fetch(url + path, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        error: { message: expect.any(String), type: 'authentication_error', code: 'AUTHENTICATION_FAILED' },
      });
    }
  },
);

test.each([
  ['not JSON', '{', 400, 'INVALID_REQUEST'],
  ['no object', [], 400, 'INVALID_REQUEST'],
  ['no prompt', { model: 'sora-2' }, 400, 'INVALID_REQUEST'],
  ['an empty prompt', { ...order, prompt: ' \n' }, 400, 'INVALID_REQUEST'],
  ['a prompt too long', { ...order, prompt: 'x'.repeat(201) }, 400, 'INVALID_REQUEST'],
  ['a declined prompt', { ...order, prompt: 'something Forbidden' }, 400, 'CONTENT_POLICY_VIOLATION'],
  ['an unknown model', { ...order, model: 'sora-9' }, 404, 'MODEL_NOT_FOUND'],
  ['an unknown length', { ...order, seconds: 5 }, 400, 'INVALID_REQUEST'],
  ['a length in words', { ...order, seconds: 'four' }, 400, 'INVALID_REQUEST'],
  ['a size in words', { ...order, size: 'huge' }, 400, 'INVALID_REQUEST'],
  ['a shape in words', { ...order, aspect_ratio: 'wide' }, 400, 'INVALID_REQUEST'],
  ['a resolution in words', { ...order, resolution: 'sharp' }, 400, 'INVALID_REQUEST'],
  ['two films', { ...order, n: 2 }, 400, 'INVALID_REQUEST'],
  ['a key too long', { ...order, idempotency_key: 'k'.repeat(257) }, 400, 'INVALID_REQUEST'],
  ['a picture by address', { ...order, input_reference: 'https://example.com/a.png' }, 400, 'INVALID_REQUEST'],
  ['two pictures', { ...order, input_reference: ['a', 'b'] }, 400, 'INVALID_REQUEST'],
  ['a picture that is none', { ...order, input_reference: dataUri(Buffer.from('hello')) }, 400, 'INVALID_REQUEST'],
])('%s is refused in the error envelope, and costs nothing', async (_name, body, status, code) => {
  const { submit, stats } = await sandbox();
  const answer = await submit(body);
  expect(answer.status).toBe(status);
  expect(answer.body).toEqual({ error: { message: expect.any(String), type: 'invalid_request_error', code } });
  expect(stats()).toMatchObject({ submits: 1, billed: 0, queued: 0 });
});

test('what is not there is told in the same envelope', async () => {
  const { call } = await sandbox();
  const missing = { error: { message: expect.any(String), type: 'invalid_request_error', code: 'NOT_FOUND' } };
  for (const [path, method] of [
    ['/videos/video_no', 'GET'],
    ['/videos/video_no', 'DELETE'],
    ['/nothing', 'GET'],
  ] as const) {
    const answer = await call(path, { method });
    expect([answer.status, answer.body]).toEqual([404, missing]);
  }
  expect((await call('/models/nope')).body.error.code).toBe('MODEL_NOT_FOUND');
});

test('a prompt that asks for it is accepted and then fails, inside a 200', async () => {
  const { submit, reached } = await sandbox();
  const { status, body } = await submit({ ...order, prompt: 'Fail please, gently' });
  expect(status).toBe(202);
  const failed = await reached(body.id, 'failed');
  expect(failed).toMatchObject({ output: null, error: { code: 'UPSTREAM_ERROR', message: expect.any(String) } });
});

test.each([
  [{}, '1365x768'],
  [{ size: 'auto' }, '1365x768'],
  [{ size: '768x1365' }, '768x1365'],
  [{ size: '1080x1920' }, '768x1365'],
  [{ size: '9:16' }, '768x1365'],
  [{ aspect_ratio: '2:3', resolution: '4K' }, '768x1365'],
  [{ aspect_ratio: '9:16', size: '1920x1080' }, '1365x768'],
])('%j comes back as %s', async (wish, size) => {
  const { submit } = await sandbox();
  expect((await submit({ ...order, ...wish })).body.size).toBe(size);
});

test('duration is another name for seconds, and both may be text', async () => {
  const { submit } = await sandbox();
  expect((await submit({ ...order, duration: 12 })).body.seconds).toBe('12');
  expect((await submit({ ...order, seconds: '16', duration: 4 })).body.seconds).toBe('16');
  expect((await submit(order)).body.seconds).toBe('4');
});

test('a dry run tells a price and makes nothing', async () => {
  const { call, stats } = await sandbox();
  const { status, body } = await call('/videos?dryRun=true', {
    method: 'POST',
    body: JSON.stringify({ ...order, seconds: 20 }),
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ estimated: true, model: 'sora-2', total_cost_micros: 2_000_000, currency: 'USD' });
  expect(stats()).toMatchObject({ submits: 0, billed: 0 });
});

test('a picture comes as a string, an object, a list or a file', async () => {
  const { submit, call } = await sandbox();
  const wide = await picture(320, 180);
  const uri = dataUri(wide);
  for (const input_reference of [uri, { image_url: uri }, [{ image_url: uri }], [uri]]) {
    expect((await submit({ ...order, input_reference })).status).toBe(202);
  }
  for (const name of ['input_reference', 'input_reference[]', 'input_reference[0]']) {
    const form = new FormData();
    for (const [field, value] of Object.entries({ ...order, seconds: '8' })) form.append(field, value);
    form.append(name, new Blob([new Uint8Array(wide)], { type: 'image/png' }), 'a.png');
    const answer = await call('/videos', { method: 'POST', body: form });
    expect([answer.status, answer.body.seconds]).toEqual([202, '8']);
  }
});

test('a picture sets the shape where none is asked for, and must have it where one is', async () => {
  const { submit } = await sandbox();
  const tall = dataUri(await picture(180, 320, 'jpeg'), 'image/jpeg');
  expect((await submit({ ...order, input_reference: tall })).body.size).toBe('768x1365');
  const refused = await submit({ ...order, input_reference: tall, size: '1365x768' });
  expect([refused.status, refused.body.error.message]).toEqual([400, expect.stringContaining('aspect ratio')]);
  expect((await submit({ ...order, input_reference: dataUri(await picture(326, 180)) })).status).toBe(202);
  expect((await submit({ ...order, input_reference: dataUri(await picture(330, 180)) })).status).toBe(400);
});

test('a picture for a model without, another format and a damaged file are refused', async () => {
  const { submit } = await sandbox();
  const wide = await picture(1600, 900);
  const refuse = async (body: object): Promise<void> => expect((await submit({ ...order, ...body })).status).toBe(400);
  await refuse({ model: 'blind', input_reference: dataUri(wide) });
  await refuse({ input_reference: dataUri(await picture(320, 180, 'gif'), 'image/gif') });
  await refuse({
    input_reference: dataUri(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"/>')),
  });
  await refuse({ input_reference: dataUri(wide.subarray(0, wide.length / 2)) });
});

test('a body of more than 25 MB is refused', async () => {
  const { submit } = await sandbox();
  const answer = await submit({ ...order, prompt: 'x'.repeat(26 * 1024 * 1024) });
  expect([answer.status, answer.body.error.code]).toEqual([413, 'INVALID_REQUEST']);
});
