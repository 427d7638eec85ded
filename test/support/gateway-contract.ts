import { BufferSource, Input, MP4 } from 'mediabunny';
import sharp from 'sharp';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, type Scripted, startScripted } from './scripted.ts';
import { until } from './until.ts';

/**
 * A gateway with the model `sora-2` (4, 8 … seconds; 1365x768 and 768x1365; $0.10 a second) and its snapshot `sora-2-2025-12-08`.
 * Films of prompts with "slow" never end, others soon.
 */
export interface GatewayUnderTest {
  /** The API's base, `http://…/v1`. */
  url: string;
  key: string;
  /** How many tasks it took, ever. */
  billed(): number;
  close(): Promise<void>;
}

type Json = Record<string, unknown>;
const order = { model: 'sora-2', prompt: 'a paper boat in the rain', seconds: '4', size: '1365x768' };
const envelope = (code: string) => ({ error: { message: expect.any(String), type: expect.any(String), code } });
let runs = 0;
/** Another job's id at each call. */
const job = (): string => `j${process.pid}-${++runs}`;

/** A picture of the size that is ordered. */
const picture = (): Promise<Buffer> =>
  sharp({ create: { width: 1365, height: 768, channels: 3, background: '#c83c1e' } })
    .png()
    .toBuffer();

async function lengthOf(bytes: ArrayBuffer): Promise<number> {
  const input = new Input({ source: new BufferSource(bytes), formats: [MP4] });
  return input.computeDuration();
}

/** The API as this project needs it, kept by every gateway that stands in for the real one. */
export function gatewayContract(name: string, start: () => Promise<GatewayUnderTest>): void {
  describe(`the API of ${name}`, () => {
    let gateway: GatewayUnderTest;
    let receiver: Scripted;
    beforeAll(async () => {
      gateway = await start();
      receiver = await startScripted(json(200, {}));
    });
    afterAll(async () => {
      await gateway.close();
      await receiver.close();
    });

    const ask = (path: string, init: RequestInit = {}, key = gateway.key): Promise<Response> =>
      fetch(gateway.url + path, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });
    async function call(path: string, init?: RequestInit): Promise<{ status: number; body: Json }> {
      const reply = await ask(path, init);
      const text = await reply.text();
      return { status: reply.status, body: text === '' ? {} : JSON.parse(text) };
    }
    const submit = (body: unknown, path = '/videos') =>
      call(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    const reached = (id: unknown, status: string): Promise<Json> =>
      until(status, async () => {
        const { body } = await call(`/videos/${id}`);
        return body.status === status ? body : undefined;
      });

    it('takes an order, tells where it is, and gives the film by link and by content', async () => {
      const { status, body } = await submit({ ...order, seconds: '8', user: job() });
      expect(status).toBe(202);
      const queued = { object: 'video', status: 'queued', output: null, error: null, completed_at: null };
      expect(body).toMatchObject({ ...queued, ...order, seconds: '8', created_at: expect.any(Number) });
      expect(body.id).toMatch(/^video_\w+$/);
      const video = await reached(body.id, 'completed');
      expect(video).toMatchObject({ id: body.id, error: null, metadata: { cost: 0.8, cost_currency: 'USD' } });
      const { url } = video.output as { url: string };
      const [linked, content] = await Promise.all([fetch(url), ask(`/videos/${body.id}/content`)]);
      expect([linked.headers.get('content-type'), content.headers.get('content-type')]).toEqual([
        'video/mp4',
        'video/mp4',
      ]);
      const films = await Promise.all([linked.arrayBuffer(), content.arrayBuffer()]);
      for (const film of films) expect(await lengthOf(film)).toBeCloseTo(8, 1);
      const part = await fetch(url, { headers: { range: 'bytes=10-' } });
      expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, (films[0]?.byteLength ?? 0) - 10]);
    });

    it('takes an order as a form, with a picture as a file', async () => {
      const form = new FormData();
      for (const [field, value] of Object.entries({ ...order, user: job() })) form.append(field, value);
      form.append('input_reference', new Blob([new Uint8Array(await picture())], { type: 'image/png' }), 'a.png');
      const { status, body } = await call('/videos', { method: 'POST', body: form });
      expect([status, body.seconds, body.status]).toEqual([202, '4', 'queued']);
    });

    it('takes a picture as a data URI', async () => {
      const input_reference = { image_url: `data:image/png;base64,${(await picture()).toString('base64')}` };
      expect((await submit({ ...order, input_reference })).status).toBe(202);
    });

    it('makes nothing twice under one key, and tells another order under it from a repetition', async () => {
      const before = gateway.billed();
      const keyed = { ...order, idempotency_key: job() };
      const first = await submit(keyed);
      const again = await submit(keyed);
      expect([again.status, again.body.id]).toEqual([200, first.body.id]);
      await reached(first.body.id, 'completed');
      expect((await submit(keyed)).body).toMatchObject({ id: first.body.id, status: 'completed' });
      const other = await submit({ ...keyed, prompt: 'another' });
      expect([other.status, other.body]).toEqual([409, envelope('IDEMPOTENCY_CONFLICT')]);
      expect(gateway.billed()).toBe(before + 1);
    });

    it('takes the key as a header too', async () => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': job() };
      const post = () => call('/videos', { method: 'POST', headers, body: JSON.stringify(order) });
      expect((await post()).body.id).toBe((await post()).body.id);
    });

    it('takes snapshots, aliases and fields that it does not know', async () => {
      const model = 'sora-2-2025-12-08';
      const { seconds: _, ...plain } = order;
      const more = {
        user: job(),
        metadata: { a: '1' },
        character_ids: ['c'],
        delete_video: true,
        some: { new: 'thing' },
      };
      const { status, body } = await submit({ ...plain, model, duration: 8, openai_api_key: 'sk-x', ...more });
      expect([status, body.model, body.seconds]).toEqual([202, model, '8']);
    });

    it.each([
      ['no JSON', '{', 400, 'INVALID_REQUEST'],
      ['no prompt', { model: 'sora-2' }, 400, 'INVALID_REQUEST'],
      ['an unknown length', { ...order, seconds: '5' }, 400, 'INVALID_REQUEST'],
      ['a shape in words', { ...order, size: 'huge' }, 400, 'INVALID_REQUEST'],
      ['several films', { ...order, n: 3 }, 400, 'INVALID_REQUEST'],
      ['a key too long', { ...order, idempotency_key: 'k'.repeat(257) }, 400, 'INVALID_REQUEST'],
      ['a webhook without TLS', { ...order, webhook_url: 'http://example.com/' }, 400, 'INVALID_REQUEST'],
      ['a declined prompt', { ...order, prompt: 'something forbidden' }, 400, 'CONTENT_POLICY_VIOLATION'],
      ['an unknown model', { ...order, model: 'sora-9' }, 404, 'MODEL_NOT_FOUND'],
    ])('refuses %s, and bills nothing', async (_name, body, status, code) => {
      const before = gateway.billed();
      expect(await submit(body)).toEqual({ status, body: envelope(code) });
      expect(gateway.billed()).toBe(before);
    });

    it('serves nothing without the key', async () => {
      for (const path of [
        '/videos/video_1',
        '/videos/video_1/content',
        '/models',
        '/requests',
        '/balance',
        '/webhooks/secret',
      ]) {
        const reply = await ask(path, {}, 'sk-wrong');
        expect([path, reply.status, await reply.json()]).toEqual([path, 401, envelope('AUTHENTICATION_FAILED')]);
      }
    });

    it('knows no task, model or request that it does not have', async () => {
      expect(await call('/videos/video_none')).toEqual({ status: 404, body: envelope('NOT_FOUND') });
      expect((await call('/videos/video_none', { method: 'DELETE' })).status).toBe(404);
      expect((await call('/videos/video_none/content')).status).toBe(404);
      expect((await call('/models/none')).status).toBe(404);
      expect((await call('/requests/req_none')).status).toBe(404);
    });

    it('lists its models, and tells the parameters of one', async () => {
      const { body } = await call('/models');
      expect(body).toMatchObject({ object: 'list' });
      const ids = (body.data as { id: string }[]).map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(['sora-2', 'sora-2-2025-12-08']));
      expect((await call('/models/sora-2')).body).toMatchObject({ id: 'sora-2', object: 'model' });
      expect((await call('/models/sora-2?schema=true')).body).toMatchObject({
        type: 'object',
        required: ['model', 'prompt'],
        properties: { seconds: { enum: [4, 8, 12, 16, 20] }, size: { enum: ['auto', '1365x768', '768x1365'] } },
      });
    });

    it('stops a task that is asked to', async () => {
      const { body } = await submit({ ...order, prompt: 'slow' });
      expect((await call(`/videos/${body.id}`, { method: 'DELETE' })).status).toBe(204);
      expect(await reached(body.id, 'cancelled')).toMatchObject({ output: null });
      expect((await call(`/videos/${body.id}/content`)).status).toBe(404);
    });

    it('tells a price and makes nothing when it is run dry', async () => {
      const before = gateway.billed();
      const { status, body } = await submit({ ...order, seconds: 20 }, '/videos?dryRun=true');
      expect(status).toBe(200);
      expect(body).toMatchObject({ estimated: true, model: 'sora-2', total_cost_micros: 2_000_000, currency: 'USD' });
      expect(body).not.toHaveProperty('id');
      expect(gateway.billed()).toBe(before);
    });

    it('looks at words in the shape of OpenAI, flags those that say so, and makes nothing of them', async () => {
      const before = gateway.billed();
      const moderate = (input: string) =>
        call('/moderations', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ input, model: 'm-1' }),
        });
      expect(await moderate('a boat')).toMatchObject({
        ...{ status: 200, body: { id: expect.any(String), model: 'm-1', results: [{ flagged: false }] } },
      });
      const { body } = await moderate('a boat. Flag please!');
      expect(body).toMatchObject({ results: [{ flagged: true, categories: { violence: true, hate: false } }] });
      expect(gateway.billed()).toBe(before);
    });

    it('finds what was asked by who asked, newest first', async () => {
      const user = job();
      const since = new Date(Date.now() - 1000).toISOString();
      const made = await submit({ ...order, user });
      await reached(made.body.id, 'completed');
      await submit({ ...order, user, prompt: 'forbidden' });
      const stays = await submit({ ...order, user, prompt: 'slow' });
      const { body } = await call(`/requests?created_after=${since}&user=${user}&limit=2`);
      expect(body).toMatchObject({ object: 'list', has_more: true, next_cursor: expect.any(String) });
      const rest = await call(`/requests?created_after=${since}&user=${user}&limit=2&cursor=${body.next_cursor}`);
      expect(rest.body).toMatchObject({ has_more: false, next_cursor: null });
      const [newest, refused, oldest] = [...(body.data as Json[]), ...(rest.body.data as Json[])];
      expect(newest?.status).toMatch(/^(pending|processing)$/);
      expect(newest).toMatchObject({ user, video_id: stays.body.id, error_code: null });
      expect(refused).toMatchObject({
        user,
        status: 'rejected',
        video_id: null,
        error_code: 'CONTENT_POLICY_VIOLATION',
      });
      expect(oldest).toMatchObject({ user, status: 'completed', video_id: made.body.id, cost: 0.4, model: 'sora-2' });
      expect(oldest?.id).toMatch(/^req_\w+$/);
      expect(Date.parse(oldest?.created_at as string)).toBeGreaterThan(Date.parse(since));
      expect((await call(`/requests/${oldest?.id}`)).body).toEqual(oldest);
    });

    it('tells its balance', async () => {
      const { body } = await call('/balance');
      expect(body).toMatchObject({
        billing_type: 'prepaid',
        available: { amount: expect.any(Number), currency: 'USD' },
      });
    });

    it("sends a signed webhook when a film is there, with the request's id and the video's", async () => {
      const user = job();
      const { key } = (await call('/webhooks/secret')).body as { key: string };
      const webhook_url = `${receiver.origin}/${user}`;
      const { body } = await submit({ ...order, user, webhook_url });
      await reached(body.id, 'completed');
      const seen = await until('told', () => receiver.seen.find(({ path }) => path === `/${user}`));
      const event = new Webhook(key).verify(seen.body, seen.headers as Record<string, string>);
      expect(event).toMatchObject({
        type: 'video.completed',
        data: {
          object: 'video.generation',
          video_id: body.id,
          status: 'completed',
          output: { url: expect.any(String) },
        },
      });
      const { id } = (event as { data: { id: string } }).data;
      expect((await call(`/requests/${id}`)).body).toMatchObject({ user, video_id: body.id });
    });

    it('sends one when a task is stopped', async () => {
      const user = job();
      const { body } = await submit({ ...order, user, prompt: 'slow', webhook_url: `${receiver.origin}/${user}` });
      await call(`/videos/${body.id}`, { method: 'DELETE' });
      const seen = await until('told', () => receiver.seen.find(({ path }) => path === `/${user}`));
      expect(JSON.parse(seen.body)).toMatchObject({ type: 'video.cancelled', data: { video_id: body.id } });
    });
  });
}
