import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/domain/errors.ts';
import { quickKind, startRedis, type TestRedis } from '../../support/redis.ts';
import { startStudio, type TestStudio } from './studio.ts';

let redis: TestRedis;
let studio: TestStudio;
beforeAll(async () => {
  redis = await startRedis(quickKind);
  studio = await startStudio(redis.connect());
});
afterAll(async () => {
  await studio.close();
  await redis.close();
});

const boat = { command: 'video', values: { prompt: 'a paper boat', seconds: 4 } };
const calls = '/api/threads/lab/calls';

describe('a call', () => {
  it('is answered with its job, and the thread gets the card', async () => {
    const { status, json } = await studio.ask(calls, { ...boat, id: 'one' });
    expect(status).toBe(202);
    expect(json.jobs).toEqual([json.id]);
    expect(json.id).toMatch(/^j[a-z2-7]{16}-1$/);
    expect(json.reply).toMatchObject({ to: 'private', text: 'On the way: 4 seconds.' });
    const { json: messages } = await studio.ask('/api/threads/lab/messages', undefined, { member: 'lin' });
    const card = messages.find((one: { job?: { id: string } }) => one.job?.id === json.id);
    expect(card.job).toMatchObject({
      state: 'queued',
      credits: 4,
      position: 1,
      requester: 'ada',
      actions: ['cancel', 'details'],
    });
    expect(studio.house.calls.at(-1)).toMatchObject({
      key: 'web:studio:ada:one',
      command: 'video',
      who: { id: 'ada', name: 'ada' },
      origin: {
        platform: 'web',
        space: 'studio',
        channel: 'general',
        thread: 'lab',
        user: 'ada',
        visibility: 'thread',
      },
    });
  });

  it('gets the same answer again under the same id, and its private answer stands once', async () => {
    const first = await studio.ask(calls, { ...boat, id: 'twice' });
    const second = await studio.ask(calls, { ...boat, id: 'twice' });
    expect(second.json.id).toBe(first.json.id);
    const { json } = await studio.ask('/api/threads/lab/messages');
    const told = json.filter((one: { parts?: { buttons?: { job: string }[] }[] }) =>
      one.parts?.some((part) => part.buttons?.some(({ job }) => job === first.json.id)),
    );
    expect(told).toHaveLength(1);
    const other = await studio.ask(calls, { ...boat, values: { prompt: 'another' }, id: 'twice' });
    expect(other.status).toBe(409);
  });

  it('is asked about only where it says so', async () => {
    const asks = async (sent: object | FormData, to = calls) => {
      await studio.ask(to, sent, { member: 'asker' });
      return studio.house.calls.at(-1)?.asks;
    };
    expect(await asks({ command: 'quota' })).toBe(false);
    expect(await asks({ text: '/quota' })).toBe(false);
    expect(await asks({ command: 'quota', ask: true })).toBe(true);
    expect(await asks({ text: '/quota', ask: true })).toBe(true);
    const press = { job: 'jaaaaaaaaaaaaaaaa-1', action: 'again' };
    expect(await asks(press, '/api/threads/lab/actions')).toBe(false);
    expect(await asks({ ...press, ask: true }, '/api/threads/lab/actions')).toBe(true);
    const form = new FormData();
    form.append('text', '/quota');
    expect(await asks(form)).toBe(false);
    form.append('ask', 'true');
    expect(await asks(form)).toBe(true);
  });

  it('is read from a typed line', async () => {
    const { status } = await studio.ask(calls, { text: '/video a boat in the rain seconds:4' }, { member: 'typist' });
    expect(status).toBe(202);
    expect(studio.house.calls.at(-1)?.values).toEqual({ prompt: 'a boat in the rain', seconds: '4' });
  });

  it('takes a picture under its field’s name', async () => {
    const form = new FormData();
    form.append('command', 'video');
    form.append('values', JSON.stringify({ prompt: 'with a picture', seconds: 4 }));
    form.append('id', 'pic');
    form.append('image', new File([new Uint8Array(1234)], 'cat.png', { type: 'image/png' }));
    const { status } = await studio.ask(calls, form, { member: 'painter' });
    expect(status).toBe(202);
    expect(studio.house.pictures.get('web:studio:painter:pic')).toBe(1234);
  });

  it('has a private answer that only its member sees', async () => {
    const { json } = await studio.ask('/api/threads/quiet/calls', { command: 'quota' });
    const read = async (member: string) =>
      (await studio.ask('/api/threads/quiet/messages', undefined, { member })).json;
    expect(await read('ada')).toMatchObject([{ id: json.id, to: 'ada', bot: true }]);
    expect(await read('lin')).toEqual([]);
  });

  it('is answered to whoever asked alone where it is quiet, and the board has nothing of it', async () => {
    const to = '/api/threads/hushed/calls';
    const form = new FormData();
    form.append('command', 'quota');
    form.append('quiet', 'true');
    for (const sent of [{ command: 'quota', quiet: true }, { text: '/quota', quiet: true }, form]) {
      const { status, json } = await studio.ask(to, sent);
      expect([status, json.reply.text]).toEqual([202, expect.stringContaining('credits left')]);
    }
    expect((await studio.ask(to, { command: 'quota', quiet: 'yes' })).status).toBe(400);
    expect((await studio.ask('/api/threads/hushed/messages')).json).toEqual([]);
    await studio.ask(to, { command: 'quota', quiet: false });
    expect((await studio.ask('/api/threads/hushed/messages')).json).toHaveLength(1);
  });

  it('keeps members with any letters apart', async () => {
    const { status } = await studio.ask(calls, { command: 'quota' }, { member: encodeURIComponent('Жанна') });
    expect(status).toBe(202);
    expect(studio.house.calls.at(-1)?.who.id).toBe('Жанна');
  });
});

describe('a refusal', () => {
  const refusals: [string, object | undefined, number, object][] = [
    ['an unknown command', { command: 'vidoe' }, 404, { field: 'command' }],
    ['a line without a command', { text: 'good morning' }, 404, { field: 'command' }],
    ['an unknown field', { command: 'video', values: { prompt: 'x', colour: 'red' } }, 400, { field: 'colour' }],
    ['an empty prompt', { command: 'video', values: { prompt: ' ' } }, 400, { field: 'prompt' }],
    ['too many seconds', { command: 'video', values: { prompt: 'x', seconds: 900 } }, 400, { field: 'seconds' }],
    ['values that are no object', { command: 'video', values: [] }, 400, {}],
    ['an ask that is neither true nor false', { command: 'quota', ask: 'perhaps' }, 400, {}],
    ['an id that is no text', { command: 'quota', id: 7 }, 400, { field: 'id' }],
    ['an empty object', {}, 400, {}],
  ];
  it.each(refusals)('of %s says what is wrong', async (_what, body, status, more) => {
    const answer = await studio.ask(calls, body);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ error: expect.stringMatching(/\S/), ...more });
  });

  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  it.each([
    ['JSON', (values: string) => `{"command":"video","values":${values}}`, 'application/json'],
    [
      'a form',
      (values: string) =>
        `--b\r\ncontent-disposition: form-data; name="command"\r\n\r\nvideo\r\n--b\r\ncontent-disposition: form-data; name="values"\r\n\r\n${values}\r\n--b--\r\n`,
      'multipart/form-data; boundary=b',
    ],
  ])(
    'of brackets without end in %s is as plain as any other, and no error of the operator’s',
    async (_what, bodyOf, type) => {
      const send = async (values: string) => {
        const headers = { 'x-member': 'ada', 'content-type': type };
        const answer = await fetch(`${studio.url}${calls}`, { method: 'POST', headers, body: bodyOf(values) });
        return { status: answer.status, json: await answer.json() };
      };
      expect(await send(`{"prompt":"x","count":${nested(100_000)}}`)).toMatchObject({
        status: 400,
        json: { error: expect.stringContaining('not "something else"'), field: 'count' },
      });
      // What would take seconds to read is not read at all.
      expect(await send(`{"prompt":"x","count":${nested(300_000)}}`)).toMatchObject({
        status: 400,
        json: { error: expect.stringContaining('no JSON') },
      });
      expect(studio.logged).toEqual([]);
    },
  );

  it('of a price beyond the balance says the balance', async () => {
    await studio.ask(calls, { command: 'video', values: { prompt: 'x', seconds: 50 } }, { member: 'poor' });
    const answer = await studio.ask(
      calls,
      { command: 'video', values: { prompt: 'x', seconds: 12 } },
      { member: 'poor' },
    );
    expect([answer.status, answer.json.balance]).toEqual([402, 10]);
  });

  it.each([
    ['busy', 429, '7'],
    ['unavailable', 503, '7'],
  ] as const)('of the kind %s says when to come back', async (refusal, status, after) => {
    studio.house.fail(new UserError(refusal, { word: 'service.full' }, { retryAfter: 7 }));
    const answer = await studio.ask(calls, boat);
    studio.house.fail(undefined);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, after]);
  });

  it('of wrong JSON and broken forms is plain', async () => {
    const post = (type: string, body: string) =>
      fetch(studio.url + calls, { method: 'POST', headers: { 'x-member': 'ada', 'content-type': type }, body });
    expect((await post('application/json', '{"command":')).status).toBe(400);
    expect((await post('multipart/form-data; boundary=x', 'nothing of the kind')).status).toBe(400);
  });

  it.each(['', 'a b', 'x'.repeat(33), '%', '<b>', 'a:b'])('of the member %j names the header', async (member) => {
    const answer = await studio.ask(calls, boat, { headers: { 'x-member': member } });
    expect([answer.status, answer.json.field]).toEqual([400, 'X-Member']);
  });

  it('of what is a bug is bland, and the log has it', async () => {
    studio.house.fail(new Error('secret inside'));
    const answer = await studio.ask(calls, boat);
    studio.house.fail(undefined);
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret');
    expect(studio.logged.at(-1)?.message).toContain('broke');
  });

  it.each(['Upper', '-x', 'a.b', 'a'.repeat(65)])('of the thread %j names it', async (thread) => {
    expect((await studio.ask(`/api/threads/${thread}/calls`, boat)).status).toBe(400);
  });
});

describe('the other routes', () => {
  it('press a film’s buttons', async () => {
    const { json } = await studio.ask(calls, { ...boat, id: 'press' }, { member: 'presser' });
    const actions = '/api/threads/lab/actions';
    expect((await studio.ask(actions, { job: json.id, action: 'cancel' }, { member: 'lin' })).status).toBe(403);
    expect((await studio.ask(actions, { job: 'jaaaaaaaaaaaaaaaa-9', action: 'details' })).status).toBe(404);
    expect((await studio.ask(actions, { job: json.id, action: 'explode' })).status).toBe(400);
    expect((await studio.ask(actions, { job: json.id, action: 'cancel' }, { member: 'presser' })).status).toBe(202);
    const { json: mine } = await studio.ask('/api/jobs', undefined, { member: 'presser' });
    expect(mine).toMatchObject([{ id: json.id, state: 'cancelled', actions: ['again', 'details'] }]);
  });

  it('tell the quota, the commands and the channels', async () => {
    await studio.ask(calls, boat, { member: 'counter' });
    const { json: quota } = await studio.ask('/api/quota', undefined, { member: 'counter' });
    expect(quota).toMatchObject({ allowance: 60, held: 4, spent: 0, left: 56 });
    const { json: commands } = await studio.ask('/api/commands');
    const video = commands.find(({ command }: { command: string }) => command === 'video');
    expect(video.fields.map(({ name }: { name: string }) => name)).toContain('prompt');
    const { json: channels } = await studio.ask('/api/channels');
    expect(channels[0]).toMatchObject({
      id: 'general',
      threads: expect.arrayContaining([expect.objectContaining({ id: 'lab' })]),
    });
  });

  it('make a thread in a channel', async () => {
    const { status, json } = await studio.ask('/api/channels/storyboards/threads', { title: 'Über <Wasser>' });
    expect([status, json.id]).toEqual([
      201,
      expect.stringMatching(/^u-ber-wasser-[a-z2-7]{6}$|^uber-wasser-[a-z2-7]{6}$/),
    ]);
    expect((await studio.ask('/api/channels/nowhere/threads', { title: 'x' })).status).toBe(404);
    expect((await studio.ask('/api/channels/general/threads', { title: ' ' })).status).toBe(400);
  });

  it('let members talk, once by id', async () => {
    for (let time = 0; time < 2; time++) await studio.ask('/api/threads/chat/messages', { text: 'hello', id: 'h' });
    expect((await studio.ask('/api/threads/chat/messages', { text: ' ' })).status).toBe(400);
    const { json } = await studio.ask('/api/threads/chat/messages', undefined, { member: 'lin' });
    expect(json).toMatchObject([{ author: 'ada', text: 'hello', bot: false }]);
  });
});
