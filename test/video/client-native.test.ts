import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatewayProfileSchema } from '../../src/domain/gateway.ts';
import type { TaskOrder } from '../../src/ports.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { createVideoApi } from '../../src/video/client.ts';
import { gatewayWith, key, kindOf, never, order, recipe, refused, silence, sora, taken } from '../gateway/rig.ts';
import { json, type Script, startScripted } from '../support/scripted.ts';

const sentAt = Date.parse('2026-03-15T14:32:10Z');
const row = (rest: object): object => ({
  ...{ id: 'req_1', object: 'request', created_at: '2026-03-15T14:32:11.000Z', modality: 'video', user: 'jabc-1' },
  ...{ status: 'processing', cost: 0, error_code: null, error_message: null },
  ...rest,
});
const list = (...data: object[]): Script => json(200, { object: 'list', data, next_page_url: null });
async function found(script: Script): Promise<unknown> {
  const { api } = await gatewayWith(script);
  return api.find('jabc-1', sentAt, never);
}

describe('a look into the list of requests', () => {
  it('asks for those of the job since two minutes before it was sent', async () => {
    const { api, server } = await gatewayWith(list());
    expect(await api.find('jabc-1', sentAt, never)).toEqual({ status: 'none' });
    const { pathname, searchParams } = new URL(server.seen[0]?.path ?? '', server.origin);
    expect(pathname).toBe('/openai/v1/requests');
    expect(Object.fromEntries(searchParams)).toEqual({
      created_after: '2026-03-15T14:30:10.000Z',
      user: 'jabc-1',
      limit: '50',
    });
  });

  it.each([
    ['pending', row({ status: 'pending', video_id: 'video_1' }), 'video_1'],
    ['completed', row({ status: 'completed', task_id: 'task_1' }), 'task_1'],
    ['in a word that nobody knows', row({ status: 'dreaming', output: { id: 'out_1' } }), 'out_1'],
    ['without an id of the video', row({}), 'req_1'],
    ['without an id of the video, said so', row({ video_id: null, output: null }), 'req_1'],
  ])('finds one that was taken, %s', async (_name, one, taskId) => {
    expect(await found(list(row({ user: 'jother-1' }), row({ user: null }), one))).toEqual({ status: 'taken', taskId });
  });

  it.each([
    [
      'rejected',
      { error_code: 'CONTENT_POLICY_VIOLATION', error_message: 'no' },
      'policy',
      'CONTENT_POLICY_VIOLATION: no',
    ],
    ['upstream_failure', { error_code: 'ALL_PROVIDERS_EXHAUSTED' }, 'busy', 'ALL_PROVIDERS_EXHAUSTED'],
    ['failed', { error_message: `not with ${key}` }, 'rejected', 'not with (secret)'],
    ['cancelled', {}, 'cancelled', 'the task is cancelled'],
  ])('tells of one that ended as %s, and of its bill', async (status, rest, reason, message) => {
    const state = { status: 'failed', reason, message, bill: 45_000 };
    expect(await found(list(row({ status, cost: 0.045, ...rest })))).toEqual(state);
  });

  it('prefers the newest that has not failed, in whatever order they come', async () => {
    const data = [
      row({ status: 'rejected', created_at: '2026-03-15T14:32:19Z' }),
      row({ video_id: 'video_1', created_at: '2026-03-15T14:32:12Z' }),
      row({ video_id: 'video_2', created_at: Date.parse('2026-03-15T14:32:15Z') / 1000 }),
    ];
    expect(await found(list(...data))).toEqual({ status: 'taken', taskId: 'video_2' });
  });

  it('takes an earlier attempt that was refused for no answer about the later one', async () => {
    const earlier = row({ status: 'rejected', error_code: 'RATE_LIMITED', created_at: '2026-03-15T14:32:05Z' });
    expect(await found(list(earlier))).toEqual({ status: 'none' });
    expect(await found(list(earlier, row({ status: 'rejected', created_at: '2026-03-15T14:32:10Z' })))).toMatchObject({
      status: 'failed',
      reason: 'rejected',
    });
  });

  it.each([
    ['a link', { next_page_url: '/v1/requests?starting_after=req_9&limit=50' }, 'starting_after=req_9&limit=50'],
    ['a cursor', { next_cursor: 'req_9', has_more: true }, 'limit=50&cursor=req_9'],
  ])('goes on by %s', async (_name, more, query) => {
    const { api, server } = await gatewayWith((reply, seen) =>
      json(200, seen.path.includes('req_9') ? { data: [row({ video_id: 'video_1' })] } : { data: [], ...more })(
        reply,
        seen,
      ),
    );
    expect(await api.find('jabc-1', sentAt, never)).toEqual({ status: 'taken', taskId: 'video_1' });
    expect(server.seen[1]?.path.startsWith('/openai/v1/requests?')).toBe(true);
    expect(server.seen[1]?.path.endsWith(query)).toBe(true);
  });

  it('leaves out what is too old to be ours, where nobody signed it', async () => {
    expect(await found(list({ id: 'req_0', status: 'completed', created_at: '2026-03-15T14:00:00Z' }))).toEqual({
      status: 'none',
    });
  });

  it.each([
    ['has no entries', json(200, {})],
    ['is not offered', json(404, refused('NOT_FOUND'))],
    ['does not say whose its requests are', list({ id: 'req_1', status: 'processing' })],
    ['does not say how ours does', list({ id: 'req_1', user: 'jabc-1' })],
    ['gives no id for ours', list(row({ id: undefined }))],
    ['goes on and does not say where', json(200, { data: [], has_more: true })],
    ['goes on at no address', json(200, { data: [], next_page_url: 'http://[' })],
    ['never ends', json(200, { data: [], next_cursor: 'again' })],
  ])('is unclear, never "none", where the list %s', async (_name, script) => {
    const { api, server } = await gatewayWith(script);
    expect(await kindOf(api.find('jabc-1', sentAt, never))).toBe('transient');
    expect(server.seen.length).toBeLessThanOrEqual(40);
  });
});

describe('a probe', () => {
  const balance = (amount: unknown, billing_type?: string): Script =>
    json(200, { object: 'balance', billing_type, available: { amount, currency: 'usd' } });
  it.each([
    ['money left', balance(12.5, 'prepaid'), 'well'],
    ['money left, in a string', balance('0.01'), 'well'],
    ['nothing left', balance(0, 'prepaid'), 'ill'],
    ['less than nothing', balance(-3, 'prepaid'), 'ill'],
    ['an account that is billed later', balance(null, 'postpaid'), 'well'],
    ['a balance that is not told just now', balance(null, 'prepaid'), 'unknown'],
    ['another shape', json(200, { credits: 3 }), 'unknown'],
    ['no such call', json(404, {}), 'unknown'],
    ['a key that is refused', json(401, {}), 'ill'],
  ] satisfies [string, Script, string][])('for funds: %s', async (_name, script, health) => {
    const { api, server } = await gatewayWith(script);
    const own = await gatewayWith(silence, { profile: { native: `${server.origin}/v1` } });
    expect(await own.api.probe('funds', never)).toBe(health);
    expect(server.seen.map(({ path }) => path)).toEqual(['/v1/balance']);
    expect(await api.probe('funds', never)).toBe('unknown');
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['200', json(200, { data: [] }), 'well'],
    ['401', json(401, {}), 'ill'],
    ['403', json(403, {}), 'unknown'],
    ['404', json(404, {}), 'unknown'],
  ] satisfies [string, Script, string][])('for settings: %s', async (_name, script, health) => {
    const { api, server } = await gatewayWith(script);
    expect(await api.probe('misconfigured', never)).toBe(health);
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /openai/v1/models']);
  });

  it.each(['funds', 'misconfigured'] as const)('for %s says nothing where it could not ask', async (reason) => {
    const { server } = await gatewayWith(json(503, {}));
    const { api } = await gatewayWith(silence, { baseUrl: server.origin, profile: { native: server.origin } });
    expect(await kindOf(api.probe(reason, never))).toBe('transient');
  });
});

describe("a model's parameters", () => {
  const schema = { type: 'object', properties: { seconds: { enum: [4, 8] } } };
  it.each([
    ['the reply', schema, schema],
    ['its schema', { id: 'sora-2', schema }, schema],
    ['its parameters', { id: 'sora-2', parameters: schema }, schema],
    ['nothing', { id: 'sora-2', object: 'model' }, undefined],
  ])('are %s', async (_name, reply, read) => {
    const { api, server } = await gatewayWith(json(200, reply));
    expect(await api.schema('openai/sora-2', never)).toEqual(read);
    expect(server.seen[0]?.path).toBe('/openai/v1/models/openai%2Fsora-2?schema=true');
  });

  it('are nothing where there is no such call, and unclear where it failed', async () => {
    const { api, server } = await gatewayWith(json(404, {}));
    expect(await api.schema('sora-2', never)).toBeUndefined();
    server.on(json(500, {}));
    expect(await kindOf(api.schema('sora-2', never))).toBe('transient');
  });
});

describe('an estimate', () => {
  it('sends what an order says, and nothing that would make it one of a job', async () => {
    const { api, body } = await gatewayWith(json(200, { estimated: true, total_cost_micros: 1 }), {
      profile: { dryRun: true, webhooks: true, key: 'both' },
    });
    await api.estimate({ ...recipe, image: 'boat.png', extras: { seed: 7 } }, never);
    expect(body()).toEqual({ seed: 7, model: 'sora-2', prompt: 'a paper boat', seconds: '8', size: '1365x768' });
  });

  it('is nothing where the gateway takes no such order', async () => {
    const { api } = await gatewayWith(json(400, refused('INVALID_REQUEST')), { profile: { dryRun: true } });
    expect(await api.estimate(recipe, never)).toBeUndefined();
  });
});

describe('a bill', () => {
  const poll = async (rest: object): Promise<unknown> => {
    const { api } = await gatewayWith(json(200, { id: 'video_1', status: 'completed', ...rest }));
    return api.poll('video_1', never);
  };
  it.each([
    ['a number of dollars', { metadata: { cost: 0.21 } }, 210_000],
    ['a string of dollars', { metadata: { cost: '0.80' } }, 800_000],
    ['nothing to pay', { metadata: { cost: 0 } }, 0],
    ['the usage', { usage: { cost: 0.5 } }, 500_000],
    ['metadata before usage', { metadata: { cost: 0.1 }, usage: { cost: 0.5 } }, 100_000],
    ['a failed task', { status: 'failed', metadata: { cost: 0.05 } }, 50_000],
  ])('is read from %s', async (_name, rest, bill) => {
    expect(await poll(rest)).toMatchObject({ bill });
  });

  it.each([
    ['an estimate alone', { metadata: { cost_estimate: 0.21 } }],
    ['a debt', { metadata: { cost: -1 } }],
    ['a word', { metadata: { cost: 'free' } }],
    ['null', { metadata: { cost: null } }],
  ])('is nothing with %s', async (_name, rest) => {
    expect(await poll(rest)).toEqual({ status: 'completed' });
  });
});

describe('what webhooks are signed with', () => {
  const secret = 'whsec_ZmF1bHR5LWdhdGV3YXktc2VjcmV0';
  it('is asked of the native base, and of no other', async () => {
    const own = await startScripted(json(200, { key: secret }));
    const { api, server } = await gatewayWith(json(404, {}), { profile: { native: `${own.origin}/own` } });
    expect(await api.webhookSecret(never)).toBe(secret);
    expect([own.seen.map(({ path }) => path), server.seen]).toEqual([['/own/webhooks/secret'], []]);
    await own.close();
    const without = await gatewayWith(json(200, { key: secret }));
    expect([await without.api.webhookSecret(never), without.server.seen]).toEqual([undefined, []]);
  });

  it.each([{ key: 'a word' }, { key: 'whsec_' }, {}, [], null])('is nothing in %o', async (reply) => {
    const own = await startScripted(json(200, reply));
    const { api } = await gatewayWith(json(404, {}), { profile: { native: own.origin } });
    expect(await api.webhookSecret(never)).toBeUndefined();
    await own.close();
  });
});

describe('how a film was made', () => {
  const times = { created_at: 1_800_000_000, completed_at: 1_800_000_061 };
  it.each([
    ['its own time, in whole seconds', times, { took: 61_000 }],
    ['no time that whole seconds are too coarse for', { ...times, completed_at: times.created_at + 9 }, {}],
    ['no time that cannot be', { ...times, completed_at: times.created_at - 5 }, {}],
    ['provider and model', { metadata: { executed_model: 'sora-2', provider: 'fal' } }, { by: 'fal/sora-2' }],
    ['the model alone', { metadata: { executed_model: 'sora-2' } }, { by: 'sora-2' }],
    ['nothing', { metadata: null, created_at: 'yesterday' }, {}],
  ])('is told: %s', async (_name, rest, told) => {
    const { api } = await gatewayWith(json(200, { id: 'video_1', status: 'completed', ...rest }));
    expect(await api.poll('video_1', never)).toEqual({ status: 'completed', ...told });
  });
});

describe('the link to a film', () => {
  const completed = (rest: object): Script => json(200, { id: 'video_1', status: 'completed', ...rest });

  it.each([
    ['output.url', { output: { url: 'https://m/1' } }],
    ['the first of unsigned_urls', { unsigned_urls: ['https://m/1', 'https://m/2'] }],
    ['output.url before unsigned_urls', { output: { url: 'https://m/1' }, unsigned_urls: ['https://m/2'] }],
  ])('is %s in the dialect of output', async (_name, rest) => {
    const { api } = await gatewayWith(completed(rest));
    expect(await api.poll('video_1', never)).toEqual({ status: 'completed', url: 'https://m/1' });
  });

  it("is the content under the video's own path in the dialect of content, whatever else is said", async () => {
    const { api, server } = await gatewayWith(completed({ output: { url: 'https://m/thumbnail' } }), {
      dialect: 'content',
    });
    const url = `${server.origin}/openai/v1/videos/a%2Fb/content`;
    expect(await api.poll('a/b', never)).toEqual({ status: 'completed', url });
    server.on(json(200, { id: 'video_1', status: 'in_progress' }));
    expect(await api.poll('a/b', never)).toEqual({ status: 'running' });
  });
});

describe('with the sandbox', () => {
  const photo = sharp({ create: { width: 1365, height: 768, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const start = async (picture: 'data-uri' | 'multipart') => {
    const sandbox = await startSandbox({ cards: [sora], key, render: 'instant' });
    const native = sandbox.url;
    const profile = gatewayProfileSchema.parse({ native, picture, dryRun: true });
    const api = createVideoApi({ baseUrl: sandbox.url, key, dialect: 'content', profile, cards: [sora] });
    onTestFinished(async () => {
      await api.close();
      await sandbox.close();
    });
    return { api, sandbox };
  };

  it.each(['data-uri', 'multipart'] as const)(
    'an order with a picture is taken (%s), and found again',
    async (form) => {
      const { api, sandbox } = await start(form);
      const extras = { delete_video: true, character_ids: ['char_1'] };
      const whole: TaskOrder = {
        ...order,
        recipe: { ...recipe, extras },
        picture: { name: 'boat.png', bytes: await photo },
      };
      const at = Date.now();
      const { taskId } = await api.submit(whole, never);
      expect(await api.submit(whole, never)).toEqual({ taskId });
      expect(sandbox.stats()).toMatchObject({ billed: 1, replays: 1 });
      expect(await api.find(order.key, at, never)).toEqual({ status: 'taken', taskId });
      expect(await api.find('jother-1', at, never)).toEqual({ status: 'none' });
    },
  );

  it('the other calls are answered', async () => {
    const { api, sandbox } = await start('data-uri');
    expect(await api.models(never)).toEqual([sora.id, ...sora.snapshots]);
    expect(await api.schema('sora-2', never)).toMatchObject({ properties: { seconds: { enum: sora.seconds } } });
    expect(await api.estimate(recipe, never)).toBe(800_000);
    expect(await Promise.all([api.probe('funds', never), api.probe('misconfigured', never)])).toEqual(['well', 'well']);
    expect(sandbox.stats().billed).toBe(0);
  });

  it('another key is refused, and that is told apart', async () => {
    const { sandbox } = await start('data-uri');
    const { api } = await gatewayWith(taken, {
      baseUrl: sandbox.url,
      key: 'another',
      profile: { native: sandbox.url },
    });
    expect(await kindOf(api.submit(order, never))).toBe('misconfigured');
    expect(await kindOf(api.poll('video_1', never))).toBe('refused: misconfigured');
    expect(await api.probe('misconfigured', never)).toBe('ill');
  });
});
