import { describe, expect, it, vi } from 'vitest';
import { json, type Script, startScripted } from '../support/scripted.ts';
import {
  failureOf,
  gatewayWith,
  half,
  html,
  key,
  kindOf,
  never,
  openaiKey,
  order,
  recipe,
  refused,
  reset,
  silence,
  sora,
  taken,
  withPicture,
} from './rig.ts';

const retry = { 'retry-after': '7' };
const moderated = refused('CONTENT_POLICY_VIOLATION');
const task = (rest: object): Script => json(200, { id: 'video_1', object: 'video', ...rest });

describe('an order that the gateway refuses', () => {
  it.each([
    ['401 AUTHENTICATION_FAILED', json(401, refused('AUTHENTICATION_FAILED', `bad key ${key}`)), 'misconfigured'],
    ['403', json(403, refused(null)), 'misconfigured'],
    ['402 INSUFFICIENT_BALANCE', json(402, refused('INSUFFICIENT_BALANCE')), 'funds'],
    ['402 of a type alone', json(402, { error: { message: 'no', type: 'insufficient_quota' } }), 'funds'],
    ['429 insufficient_quota', json(429, refused('insufficient_quota'), retry), 'funds'],
    ['400 INVALID_REQUEST', json(400, refused('INVALID_REQUEST')), 'invalid'],
    ['400 whose type alone says more', json(400, { error: { message: 'no', type: 'billing_error' } }), 'invalid'],
    ['400 CONTENT_POLICY_VIOLATION', json(400, moderated), 'policy'],
    ['400 ContentPolicyViolation, in another spelling', json(400, refused('ContentPolicyViolation')), 'policy'],
    ['400 moderation_blocked', json(400, refused('moderation_blocked')), 'policy'],
    ['400 sentinel_block', json(400, refused('sentinel_block')), 'policy'],
    ['404 MODEL_NOT_FOUND', json(404, refused('MODEL_NOT_FOUND')), 'model'],
    ['404 MODEL_DISABLED', json(404, refused('MODEL_DISABLED')), 'model'],
    ['404 that names the model', json(404, refused(null, "'sora-2' does not exist")), 'model'],
    ['404 that speaks of a model', json(404, { detail: 'Model not found' }), 'model'],
    ['410 that names the model', json(410, { message: 'sora-2 was retired' }), 'model'],
    ['404 that names nothing', json(404, refused('404', 'Not Found')), 'misconfigured'],
    ['429 RATE_LIMITED', json(429, refused('RATE_LIMITED'), retry), 'throttled, 7000 ms'],
    ['429 of a number for a code', json(429, refused(429), retry), 'throttled, 7000 ms'],
    ['429 without Retry-After', json(429, {}), 'throttled'],
    ['503 RATE_LIMITED', json(503, refused('RATE_LIMITED')), 'throttled'],
    ['502 ALL_PROVIDERS_EXHAUSTED', json(502, refused('ALL_PROVIDERS_EXHAUSTED')), 'transient, 2 at most'],
    ['502 without a code', json(502, {}), 'lost answer'],
    ['500 INTERNAL_ERROR', json(500, refused('INTERNAL_ERROR')), 'lost answer'],
    ['400 UPSTREAM_ERROR', json(400, refused('UPSTREAM_ERROR')), 'lost answer'],
    ['408', json(408, {}), 'lost answer'],
    ['409', json(409, {}), 'lost answer'],
    ['409 IDEMPOTENCY_CONFLICT', json(409, refused('IDEMPOTENCY_CONFLICT')), 'lost answer'],
    ['422 idempotency_key_reused', json(422, refused('idempotency_key_reused')), 'lost answer'],
    ['422', json(422, {}), 'invalid'],
    ["499, a proxy's word for a caller who left", json(499, {}), 'lost answer'],
    ['200 with a clear no inside', json(200, moderated), 'policy'],
    ['200 with an unclear error inside', json(200, refused('strange')), 'lost answer'],
    ['a page of some proxy', html, 'lost answer'],
    ['timeout or reset after it was sent', reset, 'lost answer'],
    ['an answer cut in its middle', half, 'lost answer'],
  ] satisfies [string, Script, string][])('%s', async (_row, script, kind) => {
    const { api, server } = await gatewayWith(script);
    expect(await kindOf(api.submit(order, never))).toBe(kind);
    expect(server.seen).toHaveLength(1);
  });

  it('DNS or refused before it is sent: nothing was taken', async () => {
    const { api } = await gatewayWith(silence, { baseUrl: 'http://nowhere.invalid' });
    expect(await kindOf(api.submit(order, never))).toBe('transient');
  });

  it('an answer that never comes: nobody knows', async () => {
    const { api } = await gatewayWith(silence, { timeoutMs: 150 });
    expect(await kindOf(api.submit(order, never))).toBe('lost answer');
  });
});

describe('a question that the gateway does not answer', () => {
  const rows: [string, Script, string][] = [
    ['401', json(401, refused('AUTHENTICATION_FAILED')), 'refused: misconfigured'],
    ['403', json(403, {}), 'refused: misconfigured'],
    ['402', json(402, refused('INSUFFICIENT_BALANCE')), 'refused: funds'],
    ['408', json(408, {}), 'transient'],
    ['429', json(429, {}, retry), 'throttled, 7000 ms'],
    ['500', json(500, refused('INTERNAL_ERROR')), 'transient'],
    ['502 ALL_PROVIDERS_EXHAUSTED', json(502, refused('ALL_PROVIDERS_EXHAUSTED')), 'transient'],
    ['a reset', reset, 'transient'],
    ['an answer cut in its middle', half, 'transient'],
  ];
  it.each(rows)('poll: %s never ends a job', async (_row, script, kind) => {
    const { api } = await gatewayWith(script);
    expect(await kindOf(api.poll('video_1', never))).toBe(kind);
  });
  it('cancel: 403 is an answer: it cannot be stopped with this key', async () => {
    const { api } = await gatewayWith(json(403, {}));
    await expect(api.cancel('video_1', never)).resolves.toBeUndefined();
  });
  it.each(rows.filter(([row]) => row !== '403'))('cancel: %s is tried again', async (_row, script, kind) => {
    const { api } = await gatewayWith(script);
    expect(await kindOf(api.cancel('video_1', never))).toBe(kind);
  });
  it.each(rows)('find: %s is never "none"', async (_row, script, kind) => {
    const { api } = await gatewayWith(script);
    expect(await kindOf(api.find('jabc-1', 0, never))).toBe(kind);
  });
  it('models: 403 is no empty list, and says nothing of orders: a key may make films and not list models', async () => {
    const { api } = await gatewayWith(json(403, {}));
    expect(await kindOf(api.models(never))).toBe('transient');
  });
  it.each(rows.filter(([row]) => row !== '403'))('models: %s is no empty list', async (_row, script, kind) => {
    const { api } = await gatewayWith(script);
    expect(await kindOf(api.models(never))).toBe(kind);
  });
  it.each(rows)('estimate: %s ends nothing', async (_row, script, kind) => {
    const { api } = await gatewayWith(script, { profile: { dryRun: true } });
    // Nobody knows what a dry run made whose answer was lost.
    const broken = script === reset || script === half;
    expect(await kindOf(api.estimate(recipe, never))).toBe(broken ? 'lost answer' : kind);
  });
  it.each([
    ['404', json(404, refused('NOT_FOUND'))],
    ['410', json(410, {})],
  ])('poll: %s is a task that is missing', async (_row, script) => {
    const { api } = await gatewayWith(script);
    expect(await api.poll('video_1', never)).toEqual({ status: 'missing' });
  });
});

describe('trap', () => {
  it('1, a dead upstream: a model that is gone is said to be the model, and is no broken setting', async () => {
    const { api } = await gatewayWith(json(404, refused('MODEL_NOT_FOUND', "Model 'sora-2' not found")));
    expect(await kindOf(api.submit(order, never))).toBe('model');
  });

  it('2, a wrong base URL: no other address is tried, and calls of its own go to their own base', async () => {
    const { api, server } = await gatewayWith(json(404, {}));
    expect(await kindOf(api.submit(order, never))).toBe('misconfigured');
    expect(server.seen.map(({ path }) => path)).toEqual(['/openai/v1/videos']);
    const own = await startScripted(json(200, { data: [] }));
    const two = await gatewayWith(taken, { profile: { native: `${own.origin}/v1` } });
    expect(await two.api.find('jabc-1', 0, never)).toEqual({ status: 'none' });
    expect([two.server.seen, own.seen[0]?.path.split('?')[0]]).toEqual([[], '/v1/requests']);
    await own.close();
  });

  it('3, a charge twice: an order without an answer is sent once', async () => {
    const { api, server } = await gatewayWith(reset);
    expect(await kindOf(api.submit(order, never))).toBe('lost answer');
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['body', 'jabc-1', undefined],
    ['header', undefined, 'jabc-1'],
    ['both', 'jabc-1', 'jabc-1'],
  ] as const)('4, the key in the wrong place: it goes where the profile says (%s)', async (where, inBody, inHeader) => {
    const { api, server, body } = await gatewayWith(taken, { profile: { key: where } });
    await api.submit(order, never);
    expect([body().idempotency_key, server.seen[0]?.headers['idempotency-key']]).toEqual([inBody, inHeader]);
  });

  it('5, one retry around all: no other call ever sends an order', async () => {
    const { api, server } = await gatewayWith(json(500, {}));
    const calls = [
      api.poll('video_1', never),
      api.cancel('video_1', never),
      api.find('jabc-1', 0, never),
      api.models(never),
    ];
    expect(await Promise.all(calls.map(kindOf))).toEqual(calls.map(() => 'transient'));
    expect(server.seen.filter(({ method }) => method === 'POST')).toEqual([]);
    expect(await api.estimate(recipe, never)).toBeUndefined();
  });

  it('6, the same key again: a replay is the same task, also one that has failed', async () => {
    const { api } = await gatewayWith(
      json(200, { id: 'video_1', status: 'failed', error: { code: 'UPSTREAM_ERROR' } }),
    );
    expect(await api.submit(order, never)).toEqual({ taskId: 'video_1' });
    expect(await api.poll('video_1', never)).toMatchObject({ status: 'failed', reason: 'rejected' });
  });

  it('7, a blip: a poll that broke off is asked again and finds the task', async () => {
    const { api, server } = await gatewayWith(reset);
    expect(await kindOf(api.poll('video_1', never))).toBe('transient');
    server.on(task({ status: 'in_progress' }));
    expect(await api.poll('video_1', never)).toEqual({ status: 'running' });
  });

  it.each([
    ['an object', { code: 'moderation_blocked', message: 'no' }, 'policy'],
    ['a string', 'sentinel_block', 'policy'],
    ['a sentence', 'The provider has had enough.', 'rejected'],
    ['nothing', null, 'rejected'],
  ])('8, a failure inside a 200: %s as the error', async (_row, error, reason) => {
    const { api } = await gatewayWith(task({ status: 'failed', error, output: { url: 'https://m/1' } }));
    expect(await api.poll('video_1', never)).toMatchObject({ status: 'failed', reason });
  });

  it.each(['NOT_START', 'running', 'processing', 'pending', 'starting', 'IN_QUEUE'])(
    '9, unknown statuses: %s is running',
    async (status) => {
      const unknownStatus = vi.fn();
      const { api } = await gatewayWith(task({ status }), { unknownStatus });
      expect(await api.poll('video_1', never)).toEqual({ status: 'running' });
      expect(unknownStatus).not.toHaveBeenCalled();
    },
  );

  it('9, unknown statuses: one that nobody knows is running, and told of once', async () => {
    const unknownStatus = vi.fn();
    const { api, server } = await gatewayWith(task({ status: `dreaming ${key}` }), { unknownStatus });
    expect(await api.poll('video_1', never)).toEqual({ status: 'running' });
    expect(await api.poll('video_2', never)).toEqual({ status: 'running' });
    server.on(task({ status: 'waking' }));
    expect(await api.poll('video_1', never)).toEqual({ status: 'running' });
    expect(unknownStatus.mock.calls).toEqual([['dreaming (secret)'], ['waking']]);
  });

  it.each([
    ['expired', 'expired'],
    ['canceled', 'cancelled'],
    ['cancelled', 'cancelled'],
  ])('9, unknown statuses: %s is an end', async (status, reason) => {
    const { api } = await gatewayWith(task({ status }));
    expect(await api.poll('video_1', never)).toMatchObject({ status: 'failed', reason });
  });

  it('10, completed without a URL: it is told as it is, and not as running', async () => {
    const { api } = await gatewayWith(task({ status: 'completed', output: null }));
    expect(await api.poll('video_1', never)).toEqual({ status: 'completed' });
  });

  it('11, a restart: another client finds the task by its id alone', async () => {
    const { api } = await gatewayWith(task({ status: 'in_progress', progress: 40 }));
    expect(await api.poll('video_1', never)).toEqual({ status: 'running', percent: 40 });
  });

  it('12, a timeout is no failure', async () => {
    const { api } = await gatewayWith(silence, { timeoutMs: 150 });
    expect(await kindOf(api.poll('video_1', never))).toBe('transient');
  });

  it('14, links that expire: each poll gives the link of now', async () => {
    const { api, server } = await gatewayWith(task({ status: 'completed', output: { url: 'https://m/1?until=1' } }));
    expect(await api.poll('video_1', never)).toMatchObject({ url: 'https://m/1?until=1' });
    server.on(task({ status: 'completed', output: { url: 'https://m/1?until=2' } }));
    expect(await api.poll('video_1', never)).toMatchObject({ url: 'https://m/1?until=2' });
  });

  it('16, a picture of another size: the size goes with every order', async () => {
    const { api, body } = await gatewayWith(taken);
    await api.submit(withPicture, never);
    expect(body().size).toBe('1365x768');
  });

  it.each([
    ['data-uri', /^application\/json$/, '"image_url":"data:image/png;base64,'],
    ['url', /^application\/json$/, '"image_url":"https://ours.example/boat.png"'],
    ['multipart', /^multipart\/form-data/, 'filename="boat.png"\r\nContent-Type: image/png'],
  ] as const)("18, the picture's form: %s", async (picture, type, part) => {
    const pictureLink = (name: string): string => `https://ours.example/${name}`;
    const { api, server } = await gatewayWith(taken, { profile: { picture }, pictureLink });
    await api.submit(withPicture, never);
    expect(server.seen[0]?.headers['content-type']).toMatch(type);
    expect(server.seen[0]?.body).toContain(part);
  });

  it('19, the type of seconds: a string, and no duration', async () => {
    const { api, body } = await gatewayWith(taken);
    await api.submit({ ...order, recipe: { ...recipe, extras: { duration: 8 } } }, never);
    expect(body()).toMatchObject({ seconds: '8' });
    expect(body()).not.toHaveProperty('duration');
  });

  it('20, misleading codes: what was said goes to the operator with the code', async () => {
    const { api } = await gatewayWith(json(400, refused('ContentPolicyViolation', 'seconds must be 4, 8 or 12')));
    expect((await failureOf(api.submit(order, never))).message).toBe(
      'submit: the gateway answered 400 ContentPolicyViolation: seconds must be 4, 8 or 12',
    );
  });

  it('21, moderation by the provider: it may come late, and is the same refusal', async () => {
    const { api } = await gatewayWith(
      task({ status: 'failed', error: { code: 'CONTENT_POLICY_VIOLATION' }, metadata: { cost: 0.21 } }),
    );
    expect(await api.poll('video_1', never)).toMatchObject({ status: 'failed', reason: 'policy', bill: 210_000 });
  });

  it('22, webhooks: asked for only where the profile has them', async () => {
    const hook = 'https://ours.example/hooks/abc';
    const without = await gatewayWith(taken);
    await without.api.submit({ ...order, hook }, never);
    expect(without.body()).not.toHaveProperty('webhook_url');
    const { api, body } = await gatewayWith(taken, { profile: { webhooks: true } });
    await api.submit({ ...order, hook }, never);
    expect(body().webhook_url).toBe(hook);
    await api.submit(order, never);
    expect(body()).not.toHaveProperty('webhook_url');
  });

  it.each([
    ['an estimate', { estimated: true, total_cost_micros: 210_000 }, 210_000],
    ['an estimate of nothing', { estimated: true, total_cost_micros: 0 }, 0],
    ['no word that it is one', { total_cost_micros: 210_000 }, undefined],
    ['a word that is not true', { estimated: 'true', total_cost_micros: 210_000 }, undefined],
    ['half a millionth', { estimated: true, total_cost_micros: 0.5 }, undefined],
    ['less than nothing', { estimated: true, total_cost_micros: -1 }, undefined],
  ])('23, a dry run: it is not the bill: %s', async (_row, said, price) => {
    const { api, server } = await gatewayWith(json(200, said), { profile: { dryRun: true } });
    expect(await api.estimate(recipe, never)).toBe(price);
    expect(server.seen[0]?.path).toBe('/openai/v1/videos?dryRun=true');
  });

  it('23, a dry run: one that answers with a task may have been paid for, and its id is told', async () => {
    const { api } = await gatewayWith(taken, { profile: { dryRun: true } });
    const error = await failureOf(api.estimate(recipe, never));
    expect([error.name, error.message]).toEqual([
      'LostAnswer',
      'estimate: a dry run was answered with the task video_1',
    ]);
  });

  it('23, a dry run: none where the profile has none', async () => {
    const { api, server } = await gatewayWith(taken);
    expect(await api.estimate(recipe, never)).toBeUndefined();
    expect(server.seen).toEqual([]);
  });

  it('25, where a film leads: an order follows no redirect, and no key goes there', async () => {
    const elsewhere = await startScripted(taken);
    const { api } = await gatewayWith(json(307, {}, { location: `${elsewhere.origin}/videos` }));
    expect(await kindOf(api.submit(order, never))).toBe('misconfigured');
    expect(await kindOf(api.poll('video_1', never))).toBe('transient');
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.close();
  });

  it('25, where a film leads: of a list that goes on elsewhere only the query is taken', async () => {
    const elsewhere = await startScripted(json(200, { data: [] }));
    const { api, server } = await gatewayWith((reply, seen) => {
      const more = seen.path.includes('starting_after') ? null : `${elsewhere.origin}/x?starting_after=req_1`;
      json(200, { data: [], next_page_url: more })(reply, seen);
    });
    expect(await api.find('jabc-1', 0, never)).toEqual({ status: 'none' });
    expect(server.seen.map(({ path }) => path.split('?')[0])).toEqual(['/openai/v1/requests', '/openai/v1/requests']);
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.close();
  });

  it('26, a task belongs to its gateway: each has a name', async () => {
    const { api, server } = await gatewayWith(taken);
    expect(api.name).toBe(`${server.origin}/openai/v1`);
    expect((await gatewayWith(taken, { name: 'house' })).api.name).toBe('house');
  });

  it('27, a cancel is no refund: refused, it is an answer, and the task is looked at as before', async () => {
    const { api, server } = await gatewayWith(json(400, refused('cancel_failed')));
    await api.cancel('video_1', never);
    server.on(task({ status: 'completed', output: { url: 'https://m/1' } }));
    expect(await api.poll('video_1', never)).toMatchObject({ status: 'completed', url: 'https://m/1' });
  });
});

describe('what we keep to ourselves', () => {
  const hook = 'https://ours.example/hooks/jabc-1/a-signature';
  const pictureLink = (name: string): string => `https://ours.example/media/${name}?sig=another`;

  it('stands in no error, where the gateway repeats all of it', async () => {
    const profile = { webhooks: true, picture: 'url' } as const;
    const options = { cards: [sora], openaiKey, profile, pictureLink };
    const echo: Script = (reply, seen) =>
      json(400, refused('INVALID_REQUEST', seen.headers.authorization + seen.body))(reply, seen);
    const { api, server } = await gatewayWith(echo, options);
    const error = await failureOf(api.submit({ ...withPicture, hook }, never));
    expect(server.seen[0]?.body).toContain(openaiKey);
    expect(error.message).toContain('Bearer (secret)');
    const long: Script = (reply, seen) => {
      const { openai_api_key, webhook_url, input_reference } = JSON.parse(seen.body);
      json(400, refused('x', [openai_api_key, webhook_url, input_reference.image_url].join(' ')))(reply, seen);
    };
    server.on(long);
    expect((await failureOf(api.submit({ ...withPicture, hook }, never))).message).toBe(
      'submit: the gateway answered 400 x: (secret) (secret) (secret)',
    );
  });

  it('stands in no reason of a failed task', async () => {
    const error = { code: 'x', message: `your key ${openaiKey} and ${key} are wrong` };
    const { api } = await gatewayWith(task({ status: 'failed', error }), { openaiKey });
    expect(await api.poll('video_1', never)).toMatchObject({ message: 'x: your key (secret) and (secret) are wrong' });
  });
});
