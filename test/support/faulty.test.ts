import { BufferSource, Input, MP4 } from 'mediabunny';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { type FaultyOptions, startFaulty } from './faulty.ts';
import { type Fault, faults } from './faulty-faults.ts';
import type { FaultyCall } from './faulty-server.ts';
import { json, startScripted } from './scripted.ts';
import { until } from './until.ts';

const order = { model: 'sora-2', prompt: 'a paper boat', seconds: '4', idempotency_key: 'j1', user: 'j1' };

async function faulty(options: FaultyOptions = {}) {
  const gateway = await startFaulty(options);
  onTestFinished(gateway.close);
  async function call(path: string, init: RequestInit = {}) {
    const headers = { authorization: `Bearer ${gateway.key}`, ...init.headers };
    const reply = await fetch(path.startsWith('http') ? path : gateway.url + path, {
      ...{ redirect: 'manual', signal: AbortSignal.timeout(5_000), ...init },
      headers,
    });
    return { status: reply.status, headers: reply.headers, text: await reply.text() };
  }
  const read = async (path: string, init?: RequestInit) => JSON.parse((await call(path, init)).text);
  const submit = (more: object = {}, path = '/videos', headers: Record<string, string> = {}) =>
    call(path, { method: 'POST', body: JSON.stringify({ ...order, ...more }), headers });
  return { gateway, call, read, submit };
}

test('a task runs until the test ends it, and is told of then', async () => {
  const { seen, origin, close } = await startScripted(json(200, {}));
  onTestFinished(close);
  const { gateway, read, submit } = await faulty();
  const { id } = JSON.parse((await submit({ webhook_url: `${origin}/hook` })).text);
  for (let polls = 0; polls < 3; polls++) expect((await read(`/videos/${id}`)).status).toBe('in_progress');
  gateway.finish(id);
  const { status, output } = await read(`/videos/${id}`);
  expect(status).toBe('completed');
  const film = await fetch(output.url);
  const input = new Input({ source: new BufferSource(await film.arrayBuffer()), formats: [MP4] });
  expect(await input.computeDuration()).toBe(4);
  await until('told', () => gateway.notified.length === 1);
  expect(gateway.notified[0]).toMatchObject({ status: 200, url: `${origin}/hook` });
  new Webhook(gateway.secret).verify(seen[0]?.body ?? '', seen[0]?.headers as Record<string, string>);
  gateway.fail(id, { code: 'LATE', message: 'no' });
  expect((await read(`/videos/${id}`)).status).toBe('completed');
});

test('a task completes by itself after so many polls, where that is asked for', async () => {
  const { read, submit } = await faulty({ completes: { afterPolls: 2 } });
  const { id } = JSON.parse((await submit()).text);
  expect([(await read(`/videos/${id}`)).status, (await read(`/videos/${id}`)).status]).toEqual([
    'in_progress',
    'completed',
  ]);
});

test('webhooks can be forged, replayed, late and tampered with', async () => {
  const { seen, origin, close } = await startScripted(json(401, {}));
  onTestFinished(close);
  const { gateway, submit } = await faulty();
  const { id } = JSON.parse((await submit()).text);
  const to = `${origin}/hook`;
  const old = Date.now() - 600_000;
  expect((await gateway.notify(id, { to, message: 'msg_1', edit: (event) => ({ ...event, more: 1 }) })).status).toBe(
    401,
  );
  await gateway.notify(id, { to, secret: 'whsec_b3RoZXI=' });
  await gateway.notify(id, { to, at: old });
  await gateway.notify(id, { to, tamper: (body) => `${body} ` });
  const verified = seen.map(({ body, headers }) => {
    try {
      return new Webhook(gateway.secret).verify(body, headers as Record<string, string>);
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(verified).toEqual([
    expect.objectContaining({ more: 1 }),
    'No matching signature found',
    'Message timestamp too old',
    'No matching signature found',
  ]);
  expect(seen[0]?.headers['webhook-id']).toBe('msg_1');
});

test('keys are known as long as it promises, and where it looks for them', async () => {
  const clock = { at: 1_000 };
  const { gateway, submit } = await faulty({ promiseMs: 500, now: () => clock.at, keyIn: 'body', replayStatus: 202 });
  const ids = async (more: object = {}, headers: Record<string, string> = {}) =>
    JSON.parse((await submit(more, '/videos', headers)).text).id;
  const first = await ids();
  expect(await ids()).toBe(first);
  clock.at += 500;
  const second = await ids();
  expect(second).not.toBe(first);
  gateway.forgetKeys();
  expect(await ids()).not.toBe(second);
  const bare = { idempotency_key: undefined };
  expect(await ids(bare, { 'idempotency-key': 'h' })).not.toBe(await ids(bare, { 'idempotency-key': 'h' }));
  expect([gateway.billed, gateway.charged]).toEqual([5, 2_000_000]);
});

test('an empty balance is told until it is funded', async () => {
  const { gateway, read, submit } = await faulty({ balance: 500_000 });
  expect((await submit()).status).toBe(202);
  expect((await read('/balance')).available.amount).toBeCloseTo(0.1);
  expect((await submit({ idempotency_key: 'j2' })).status).toBe(402);
  gateway.fund(300_000);
  expect((await submit({ idempotency_key: 'j2' })).status).toBe(202);
});

test('what was asked is remembered whole', async () => {
  const { gateway, submit, read } = await faulty();
  await submit({ openai_api_key: 'sk-own' });
  await read('/models');
  const [first, second] = gateway.requests;
  expect([first?.call, first?.method, first?.path, second?.call]).toEqual(['submit', 'POST', '/v1/videos', 'models']);
  expect(first?.body).toContain('sk-own');
  expect(first?.headers.authorization).toBe(`Bearer ${gateway.key}`);
  expect([gateway.count('submit'), gateway.count('poll')]).toEqual([1, 0]);
  expect(gateway.taskOf('j1')).toMatchObject({ prompt: order.prompt, seconds: 4, size: '1365x768' });
  expect(() => gateway.taskOf('j2')).toThrow('j2');
});

test('a picture is kept as it came', async () => {
  const { gateway, call, submit } = await faulty();
  const bytes = new Uint8Array([1, 2, 3]);
  await submit({
    user: 'a',
    input_reference: { image_url: `data:image/png;base64,${Buffer.from(bytes).toString('base64')}` },
  });
  await submit({ idempotency_key: 'b', user: 'b', input_reference: [{ image_url: 'https://example.com/a.png' }] });
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...order, idempotency_key: 'c', user: 'c' })) form.append(name, value);
  form.append('input_reference', new Blob([bytes], { type: 'image/jpeg' }), 'a.jpg');
  await call('/videos', { method: 'POST', body: form });
  expect(gateway.taskOf('a').picture).toEqual({ as: 'data-uri', type: 'image/png', bytes });
  expect(gateway.taskOf('b').picture).toMatchObject({ as: 'url', url: 'https://example.com/a.png' });
  expect(gateway.taskOf('c').picture).toEqual({ as: 'file', type: 'image/jpeg', bytes });
});

const broken = async (request: Promise<unknown>): Promise<string> => request.then(String, () => 'broken');

test.each<[string, Fault, string | number, number]>([
  ['a status', faults.status(503, 'DOWN'), 503, 0],
  ['a status after it was taken', faults.status(500, 'INTERNAL_ERROR', { taken: true }), 500, 1],
  ['too many', faults.throttled('7'), 429, 0],
  ['all providers exhausted', faults.exhausted(), 502, 0],
  ['a reset before reading', faults.resetBefore(), 'broken', 0],
  ['a reset after it was taken', faults.resetAfter(), 'broken', 1],
  ['half an answer', faults.half(), 'broken', 1],
  ['silence', faults.silence(), 'broken', 0],
  ['silence after it was taken', faults.silence({ taken: true }), 'broken', 1],
  ['a page', faults.html({ taken: true }), 200, 1],
  ['other JSON', faults.json({ hello: 'there' }), 200, 0],
  ['no id', faults.withoutId(), 202, 1],
  ['another status', faults.as(200), 200, 1],
  ['two tasks', faults.billedTwice(), 202, 2],
  ['a late answer', faults.late(20), 202, 1],
])('a submit can meet %s', async (_name, fault, status, billed) => {
  const { gateway, call } = await faulty();
  gateway.next('submit', fault);
  const init = { method: 'POST', body: JSON.stringify(order), signal: AbortSignal.timeout(1_000) };
  if (status === 'broken') expect(await broken(call('/videos', init))).toBe('broken');
  else expect((await call('/videos', { ...init, signal: AbortSignal.timeout(5_000) })).status).toBe(status);
  await until('billed', () => gateway.billed === billed);
  expect([gateway.charged, gateway.unused()]).toEqual([billed * 400_000, 0]);
});

test('a dry run can order for good, or tell a price that it is not sure of', async () => {
  const { gateway, submit } = await faulty();
  gateway.next('dryRun', faults.paidDryRun());
  gateway.next('dryRun', faults.unsureEstimate());
  expect(JSON.parse((await submit({}, '/videos?dryRun=true')).text).id).toBe(gateway.taskOf('j1').id);
  expect(JSON.parse((await submit({}, '/videos?dryRun=true')).text)).not.toHaveProperty('estimated');
  expect([gateway.billed, gateway.count('submit'), gateway.count('dryRun')]).toEqual([1, 0, 2]);
});

test.each<[string, Fault, object]>([
  ['another word', faults.word('NOT_START'), { status: 'NOT_START' }],
  ['a bare reason', faults.errorText('no luck'), { status: 'failed', error: 'no luck' }],
  ['a failure inside a 200', faults.failed('moderation_blocked'), { error: { code: 'moderation_blocked' } }],
  ['no link', faults.withoutUrl(), { status: 'completed', output: null }],
  ['another link', faults.urlAt('http://10.0.0.1/a'), { output: { url: 'http://10.0.0.1/a' } }],
  ['progress', faults.progress(41), { progress: 41 }],
  ['a bill', faults.cost(0.21), { metadata: { cost: 0.21 } }],
  ['a mock', faults.mock(), { metadata: { executed_model: 'mock-video' } }],
  ['a change of the test', faults.edit((task) => ({ ...task, more: true })), { more: true }],
])('a poll can tell %s', async (_name, fault, told) => {
  const { gateway, read, submit } = await faulty();
  const { id } = JSON.parse((await submit()).text);
  gateway.next('poll', fault);
  expect(await read(`/videos/${id}`)).toMatchObject(told);
  expect(await read(`/videos/${id}`)).toMatchObject({ id, status: 'in_progress', error: null });
});

test('a film can be missing for a while, gone, cut, no film, elsewhere or another', async () => {
  const { gateway, call, submit } = await faulty();
  const { id } = JSON.parse((await submit()).text);
  gateway.finish(id);
  const link = `${gateway.origin}/film/${id}.mp4`;
  const meet = async (fault: Fault, calls: FaultyCall[] = ['film']) => {
    for (const one of calls) gateway.next(one, fault);
    return call(link);
  };
  gateway.next('film', faults.gone(), 2);
  expect([(await call(link)).status, (await call(link)).status, (await call(link)).status]).toEqual([404, 404, 200]);
  expect((await meet(faults.status(403, 'EXPIRED'))).status).toBe(403);
  expect(await broken(meet(faults.half()))).toBe('broken');
  const json = await meet(faults.jsonFilm());
  expect([json.headers.get('content-type'), json.text]).toEqual(['video/mp4', expect.stringContaining('NOT_READY')]);
  expect((await meet(faults.redirect('http://169.254.169.254/'))).headers.get('location')).toContain('169.254');
  const [whole, other] = [await call(link), await meet(faults.otherFilm(64, 64, 1))];
  expect(other.text.length).toBeLessThan(whole.text.length);
  const part = await call(link, { headers: { range: 'bytes=5-9' } });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, expect.stringMatching(/^bytes 5-9\//)]);
});

test('a fault can stand until it is taken away, and others come before it', async () => {
  const { gateway, call } = await faulty();
  gateway.always('models', faults.status(401, 'AUTHENTICATION_FAILED'));
  gateway.next('models', faults.status(500, 'INTERNAL_ERROR'));
  const statuses = [await call('/models'), await call('/models'), await call('/models')].map(({ status }) => status);
  expect(statuses).toEqual([500, 401, 401]);
  gateway.always('models', undefined);
  expect((await call('/models')).status).toBe(200);
});

test('a cancel can be refused, and gives no money back', async () => {
  const { gateway, call, read, submit } = await faulty();
  const { id } = JSON.parse((await submit()).text);
  gateway.next('cancel', faults.cancelRefused());
  expect((await call(`/videos/${id}`, { method: 'DELETE' })).status).toBe(400);
  expect((await read(`/videos/${id}`)).status).toBe('in_progress');
  expect((await call(`/videos/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect([(await read(`/videos/${id}`)).status, gateway.charged]).toEqual(['cancelled', 400_000]);
});

test('what breaks in the fault gateway itself breaks its test', async () => {
  const gateway = await startFaulty();
  gateway.next('models', {
    run: () => {
      throw new Error('a fault of the fault');
    },
  });
  await broken(fetch(`${gateway.url}/models`));
  await expect(gateway.close()).rejects.toThrow('itself failed');
});
