import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import type { JobRef, Step } from '../../src/domain/job.ts';
import { RedisAway } from '../../src/ports.ts';
import { createHooks, hookTrouble } from '../../src/video/hooks.ts';
import { createTestLog } from '../support/log.ts';

const secret = `whsec_${randomBytes(24).toString('base64')}`;
const publicUrl = 'https://films.example.org/bot';
const ref: JobRef = { space: 'slack-kqydcmrt', id: 'jabcdefghij234567-1' };
const event = (type: string, data: object = { id: 'req_1' }) => JSON.stringify({ type, data });
const completed = event('video.completed');

interface Noted {
  ref: JobRef;
  id: string;
  taskId: string | undefined;
  gateway: string;
}

/** Hooks on books that only remember. */
function setUp(ours = secret) {
  const log = createTestLog();
  const noted: Noted[] = [];
  const hastened: [Step, JobRef][] = [];
  const state = { gone: false, looked: false, away: undefined as Error | undefined };
  const hooks = createHooks({
    secret: ours,
    publicUrl,
    gateway: 'north',
    log,
    records: {
      woken: async (job, hook) => {
        if (state.away) throw state.away;
        if (state.gone) return 'gone';
        if (noted.some(({ id }) => id === hook.id)) return 'known';
        noted.push({ ref: job, ...hook });
        state.looked = false;
        return 'noted';
      },
      isWoken: async () => noted.length > 0 && !state.looked,
    },
    wakeUps: { hasten: async (step, job) => void hastened.push([step, job]) },
  });
  return { hooks, log, noted, hastened, state };
}
type Rig = ReturnType<typeof setUp>;

interface Sent {
  body?: string;
  id?: string;
  /** Seconds from now. */
  at?: number;
  secret?: string;
  /** Sent in place of what was signed. */
  bytes?: Uint8Array;
  headers?: Record<string, string>;
  url?: string;
}

/** Sends a webhook as the gateway does, to the address that was given out. */
function send({ hooks }: Rig, sent: Sent = {}): Promise<number> {
  const { body = completed, id = 'msg_1', at = 0 } = sent;
  const time = new Date(Date.now() + at * 1000);
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(time.getTime() / 1000)),
    'webhook-signature': new Webhook(sent.secret ?? secret).sign(id, time, body),
    ...sent.headers,
  };
  const [job = '', sig = ''] = (sent.url ?? hooks.url(ref)).split('/').slice(-2);
  return hooks.receive({ job, sig }, headers, sent.bytes ?? Buffer.from(body));
}

const untouched = ({ noted, hastened }: Rig) => expect({ noted, hastened }).toEqual({ noted: [], hastened: [] });

test('the address lies under the public URL and says which job it is for', () => {
  const { url } = setUp().hooks;
  expect(url(ref)).toMatch(new RegExp(`^${publicUrl}/hooks/video/slack-kqydcmrt\\.jabcdefghij234567-1/[\\w-]{43}$`));
  expect(url(ref)).toBe(setUp().hooks.url(ref));
  expect(url(ref)).not.toBe(setUp(`whsec_${randomBytes(24).toString('base64')}`).hooks.url(ref));
});

test.each(['video.completed', 'video.failed', 'video.cancelled'])(
  '%s is noted, and the job looked at',
  async (type) => {
    const rig = setUp();
    expect(await send(rig, { body: event(type, { id: 'req_1', video_id: 'video_1' }) })).toBe(204);
    expect(rig.noted).toEqual([{ ref, id: 'msg_1', taskId: 'video_1', gateway: 'north' }]);
    expect(rig.hastened).toEqual([
      ['poll', ref],
      ['submit', ref],
    ]);
    expect(rig.log.lines).toEqual([
      expect.objectContaining({ level: 'info', fields: expect.objectContaining({ job: ref.id, event: type }) }),
    ]);
  },
);

test.each([
  [{ id: 'video_1' }, 'video_1'],
  [{ id: 'req_1' }, undefined],
  [{ id: 'req_1', video_id: 'video_1' }, 'video_1'],
  [{ id: 7 }, undefined],
  [{ id: 'x'.repeat(257) }, undefined],
  [{ id: '' }, undefined],
  [{}, undefined],
])('of the data %j the task offered is %s', async (data, taskId) => {
  const rig = setUp();
  expect(await send(rig, { body: event('video.completed', data) })).toBe(204);
  expect(rig.noted).toEqual([expect.objectContaining({ taskId })]);
});

test('an event without data wakes the job all the same', async () => {
  const rig = setUp();
  expect(await send(rig, { body: '{"type":"video.failed"}' })).toBe(204);
  expect(rig.noted).toEqual([expect.objectContaining({ taskId: undefined })]);
});

test('other events are taken and change nothing', async () => {
  const rig = setUp();
  expect(await send(rig, { body: event('video.progress') })).toBe(204);
  untouched(rig);
  expect(rig.log.lines.map(({ level }) => level)).toEqual(['debug']);
});

test('a replay is taken and changes nothing once a step has looked', async () => {
  const rig = setUp();
  await send(rig);
  rig.state.looked = true;
  expect(await send(rig)).toBe(204);
  expect([rig.noted.length, rig.hastened.length]).toEqual([1, 2]);
});

test('a repetition carries through what broke after the record was written', async () => {
  const rig = setUp();
  await send(rig);
  expect(await send(rig)).toBe(204);
  expect([rig.noted.length, rig.hastened.length]).toEqual([1, 4]);
});

test('a job that has ended answers as any other', async () => {
  const rig = setUp();
  rig.state.gone = true;
  expect(await send(rig)).toBe(204);
  untouched(rig);
});

test('while Redis is away the gateway is asked to come again', async () => {
  const rig = setUp();
  rig.state.away = new RedisAway(false, new Error('gone'));
  expect(await send(rig)).toBe(503);
  rig.state.away = new TypeError('a bug');
  await expect(send(rig)).rejects.toThrow('a bug');
});

test.each([
  ['of another job', (url: string) => url.replace('7-1/', '7-2/')],
  ['of another space', (url: string) => url.replace('slack-', 'web-')],
  ['with a changed signature', (url: string) => (url.endsWith('A') ? `${url.slice(0, -1)}Q` : `${url.slice(0, -1)}A`)],
  ['with a shorter signature', (url: string) => url.slice(0, -1)],
  ['without a signature', (url: string) => url.replace(/[^/]+$/, '')],
  ['with letters of another alphabet in it', (url: string) => url.replace(/[^/]+$/, 'é'.repeat(43))],
  ['that names no job', (url: string) => url.replace(/[^/]+\/([^/]+)$/, 'constructor/$1')],
])('a path %s is not found, whoever signed the webhook, and is told nowhere', async (_name, change) => {
  const rig = setUp();
  const url = rig.hooks.url(ref);
  expect(change(url)).not.toBe(url);
  expect(await send(rig, { url: change(url) })).toBe(404);
  untouched(rig);
  expect(rig.log.lines).toEqual([]);
});

const bytesOf = (change: (body: string) => string) => Buffer.from(change(completed));
test.each<[string, Sent]>([
  ['signed with another secret', { secret: `whsec_${randomBytes(24).toString('base64')}` }],
  ['whose body was changed', { bytes: bytesOf((body) => body.replace('req_1', 'req_2')) }],
  ['whose body was laid out anew', { bytes: bytesOf((body) => ` ${body}`) }],
  ['with a mark before its body', { bytes: bytesOf((body) => `\uFEFF${body}`) }],
  ['of more than five minutes ago', { at: -302 }],
  ['of more than five minutes hence', { at: 302 }],
  ['under another time', { headers: { 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 5) } }],
  ['under another id', { headers: { 'webhook-id': 'msg_2' } }],
  ['with an id that could be read otherwise', { id: 'msg.1' }],
  ['with an id of two words', { id: 'msg 1' }],
  ['with an id without end', { id: 'm'.repeat(257) }],
  ['without an id', { headers: { 'webhook-id': '' } }],
  ['without a time', { headers: { 'webhook-timestamp': '' } }],
  ['with a time that is none', { headers: { 'webhook-timestamp': 'now' } }],
  ['without a signature', { headers: { 'webhook-signature': '' } }],
  ['with an empty signature', { headers: { 'webhook-signature': 'v1' } }],
  ['with a signature of another kind', { headers: { 'webhook-signature': 'v1a,AAAA' } }],
])('a webhook %s is refused', async (_name, sent) => {
  const rig = setUp();
  expect(await send(rig, sent)).toBe(401);
  untouched(rig);
  expect(rig.log.lines.map(({ level, fields }) => [level, fields.job])).toEqual([['warn', ref.id]]);
});

test('one of four minutes ago, or with an older secret’s signature beside its own, is the gateway’s', async () => {
  const rig = setUp();
  expect(await send(rig, { at: -240 })).toBe(204);
  const time = new Date();
  const own = new Webhook(secret).sign('msg_2', time, completed);
  expect(await send(rig, { id: 'msg_2', headers: { 'webhook-signature': `v1,AAAA v2,x ${own}` } })).toBe(204);
});

test('bytes that are no text are refused, whatever a lenient reading of them would be', async () => {
  const rig = setUp();
  const body = event('video.completed', { id: 'req_\uFFFD' });
  expect(await send(rig, { body })).toBe(204);
  const bytes = Buffer.from(Buffer.from(body).toString('latin1').replace('\u00EF\u00BF\u00BD', '\u00FF'), 'latin1');
  expect(await send(rig, { body, bytes, id: 'msg_2' })).toBe(401);
});

test('a webhook of a megabyte is read, a larger one is not', async () => {
  const rig = setUp();
  const padded = (size: number) => completed + ' '.repeat(size - completed.length);
  expect(await send(rig, { body: padded(rig.hooks.longest + 1) })).toBe(413);
  untouched(rig);
  expect(await send(rig, { body: padded(rig.hooks.longest) })).toBe(204);
  expect(rig.hooks.longest).toBe(1024 * 1024);
});

test.each(['', 'nothing', '[]', '"video.completed"', '{}', '{"type":7}', 'null'])(
  'a signed %j is no event',
  async (body) => {
    const rig = setUp();
    expect(await send(rig, { body })).toBe(400);
    untouched(rig);
  },
);

test('neither key nor body nor signature stands in the log', async () => {
  const rig = setUp();
  const body = event('video.completed', { id: 'req_1', prompt: 'a-telling-prompt' });
  await send(rig, { body });
  await send(rig, { body, at: -400 });
  await send(rig, { body: '{"type":"a-telling-prompt' });
  rig.state.away = new RedisAway(true, new Error('gone'));
  await send(rig, { body, id: 'msg_3' });
  const log = JSON.stringify(rig.log.lines);
  expect(rig.log.lines).toHaveLength(4);
  for (const hidden of ['a-telling-prompt', secret.slice(6), rig.hooks.url(ref).split('/').at(-1), 'v1,']) {
    expect(log).not.toContain(hidden);
  }
});

test('a secret that Standard Webhooks does not know is refused at once, and not shown', () => {
  expect(() => setUp('not base64!')).toThrow(/whsec_/);
  expect(() => setUp('whsec_')).toThrow(/secret/);
  expect(() => setUp('not base64!')).not.toThrow(/not base64!/);
});

const far = 'https://gateway.example.org/v1';
const near = 'http://127.0.0.1:4100/v1';
test.each([
  ['https://films.example.org', far],
  ['https://films.example.org:8443/bot', far],
  ['http://127.0.0.1:3000', near],
  ['http://localhost:3000', near],
  ['http://[::1]:3000', near],
])('%s can be called by %s', (url, gateway) => {
  expect(hookTrouble(url, gateway)).toBeUndefined();
});

test.each([
  ['http://films.example.org', far, 'https'],
  ['http://films.example.org', near, 'https'],
  ['https://films.example.org:3000', far, 'port 3000'],
  ['http://localhost:3000', far, 'this machine'],
  ['http://127.0.0.1:3000', far, 'this machine'],
  ['https://203.0.113.7', far, 'domain name'],
  ['https://[2001:db8::1]', far, 'domain name'],
  ['https://films', far, 'public network'],
  ['https://films.internal', far, 'public network'],
])('%s cannot be called by %s: %s', (url, gateway, why) => {
  expect(hookTrouble(url, gateway)).toContain(why);
});
