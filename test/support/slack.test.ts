import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, type AppOptions, HTTPReceiver, type Logger, LogLevel, type types, webApi } from '@slack/bolt';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  type FakeSlack,
  type FakeSlackOptions,
  forkFakeSlack,
  type GivenFile,
  type GivenTeam,
  type StoredDeed,
  startFakeSlack,
} from './slack/index.ts';
import { until } from './until.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const nothing = () => undefined;
const quiet: Logger = {
  ...{ debug: nothing, info: nothing, warn: nothing, error: nothing, setLevel: nothing, setName: nothing },
  getLevel: () => LogLevel.ERROR,
};

const clientOf = (fake: FakeSlack, token?: string) =>
  new webApi.WebClient(token ?? fake.token, {
    ...{ slackApiUrl: fake.api, logger: quiet, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
  });

async function slack(options: FakeSlackOptions = {}, start = startFakeSlack) {
  const fake = await start(options);
  ends.push(() => fake.close());
  const user = await fake.makeUser({ name: 'ann', displayName: 'Ann' });
  const channel = await fake.makeChannel({ name: 'general' });
  return { fake, user, channel, web: clientOf(fake) };
}

const clientOptions = (fake: FakeSlack) => ({ slackApiUrl: fake.api, retryConfig: { retries: 0 } });

/** An app over Socket Mode. */
async function socketApp(fake: FakeSlack, work: (app: App) => void, options: AppOptions = {}) {
  const { SocketModeReceiver } = await import('@slack/bolt');
  const receiver = new SocketModeReceiver({
    ...{ appToken: fake.appToken, clientPingTimeout: 200, logger: quiet },
    installerOptions: { clientOptions: clientOptions(fake) },
  });
  const app = new App({
    ...{ token: fake.token, receiver, logger: quiet, clientOptions: clientOptions(fake), ...options },
  });
  work(app);
  app.error(async () => undefined);
  await app.start();
  ends.push(async () => app.stop());
  return app;
}

/** An app behind HTTP, to which the fake then sends. */
async function httpApp(fake: FakeSlack, work: (app: App) => void, signingSecret = fake.signingSecret) {
  const receiver = new HTTPReceiver({ signingSecret, logger: quiet });
  const app = new App({ token: fake.token, receiver, logger: quiet, clientOptions: clientOptions(fake) });
  work(app);
  app.error(async () => undefined);
  await listen(fake, receiver.requestListener);
}

async function listen(fake: FakeSlack, listener: Parameters<typeof createServer>[1]) {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  await fake.configure({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events` });
}

/** The deed once it is so. */
const deedWhen = (fake: FakeSlack, id: string, so: (deed: StoredDeed) => unknown) =>
  until(`deed ${id}`, async () => {
    const deed = await fake.deed(id);
    return so(deed) ? deed : undefined;
  });
const acked = (fake: FakeSlack, id: string) => deedWhen(fake, id, ({ ack }) => ack);

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: { data?: { error?: string }; message: string }) => error.data?.error ?? error.message,
  );

const text = (words: string): types.PlainTextElement => ({ type: 'plain_text', text: words });
const section = (words: string): types.SectionBlock => ({ type: 'section', text: { type: 'mrkdwn', text: words } });
const button = (action_id: string, value: string): types.Button => ({
  ...{ type: 'button', action_id, value, text: text('Press') },
});
const png: GivenFile = { name: 'a.png', mimetype: 'image/png', base64: Buffer.from('a picture').toString('base64') };

const modal = (blocks: types.KnownBlock[], more: Partial<types.ModalView> = {}): types.ModalView => ({
  ...{ type: 'modal', callback_id: 'form', title: text('Form'), submit: text('Go'), blocks, ...more },
});
const input = (block_id: string, element: types.InputBlock['element'], more: object = {}): types.InputBlock => ({
  ...{ type: 'input', block_id, label: text('Label'), element, ...more },
});
const words = (action_id: string, more: object = {}) =>
  input(`${action_id}-block`, { type: 'plain_text_input', action_id, ...more } as types.PlainTextInput);

/** A member gets a trigger with nobody answering. */
async function triggered(fake: FakeSlack, user: string): Promise<string> {
  const deed = await fake.deed(await fake.globalShortcut({ user, callback: 'any' }));
  return String(deed.payload.trigger_id);
}

async function opened(fake: FakeSlack, user: string, view: types.View): Promise<string> {
  const { view: made } = await clientOf(fake).views.open({ trigger_id: await triggered(fake, user), view });
  return String(made?.id);
}

describe('commands over Socket Mode', () => {
  test('a command comes with ids and links, is acked and answered', async () => {
    const { fake, user, channel } = await slack();
    await fake.makeGroup({ handle: 'crew', users: [user] });
    await socketApp(fake, (app) => {
      app.command('/film', async ({ ack, respond, command }) => {
        await ack();
        await respond(`seen: ${command.text}`);
        await respond({ response_type: 'in_channel', text: 'for all' });
      });
    });
    const text = 'a <cat> & @ann in #general of @crew, https://a.example/?b=1&c @nobody';
    const id = await fake.slash({ user, channel, command: '/film', text });
    const deed = await deedWhen(fake, id, ({ answers }) => answers.length === 2);
    expect(deed.payload).toMatchObject({ channel_name: 'general', command: '/film', is_enterprise_install: 'false' });
    expect(deed.payload.text).toMatch(
      /^a &lt;cat&gt; &amp; <@U\w+\|ann> in <#C\w+\|general> of <!subteam\^S\w+\|@crew>, <https:\/\/a.example\/\?b=1&amp;c> @nobody$/,
    );
    expect(deed).toMatchObject({ shown: null, timedOut: false, ack: { body: {} }, sent: [{ transport: 'socket' }] });
    expect(deed.answers.map(({ ephemeralTo }) => ephemeralTo)).toEqual([user, null]);
    expect((await fake.messages(channel)).map((one) => one.text)).toEqual(['for all']);
  });

  test('an ack can be the answer', async () => {
    const { fake, user, channel } = await slack();
    await socketApp(fake, (app) => {
      app.command('/film', async ({ ack }) => ack({ text: 'so', response_type: 'in_channel' }));
    });
    const { answers } = await acked(fake, await fake.slash({ user, channel, command: '/film' }));
    expect(answers).toMatchObject([{ text: 'so', ephemeralTo: null, channel }]);
  });

  test('the places where a command is given have the names that Slack gives them', async () => {
    const { fake, user } = await slack();
    const dm = await fake.openDm(user);
    const closed = await fake.makeChannel({ private: true, name: 'secret' });
    const group = await fake.makeGroupDm({ members: [user] });
    const names = await Promise.all(
      [dm, closed, group].map(async (channel) => {
        const id = await fake.slash({ user, channel, command: '/film' });
        return (await fake.deed(id)).payload.channel_name;
      }),
    );
    expect(names).toEqual(['directmessage', 'privategroup', 'mpdm-ann-1']);
  });

  test('a client refuses what a member cannot do', async () => {
    const { fake, user, channel } = await slack();
    const ts = await fake.say({ user, channel, text: 'hello' });
    await expect(fake.slash({ user, channel, command: '/film', thread: ts })).rejects.toThrow(
      /not supported in threads/,
    );
    const closed = await fake.makeChannel({ private: true, members: [] });
    await expect(fake.slash({ user, channel: closed, command: '/film' })).rejects.toThrow(/is not in/);
    await fake.changeChannel({ channel, archived: true });
    await expect(fake.slash({ user, channel, command: '/film' })).rejects.toThrow(/is archived/);
    await expect(fake.slash({ user: 'U1', channel, command: '/film' })).rejects.toThrow(/no user/);
  });

  test('without an ack in time the member sees operation_timeout, without an app dispatch_failed', async () => {
    const { fake, user, channel } = await slack({ ackMs: 80 });
    const first = await fake.slash({ user, channel, command: '/film' });
    expect((await deedWhen(fake, first, ({ shown }) => shown)).shown).toBe('dispatch_failed');
    await socketApp(fake, (app) => void app.command('/film', async () => undefined));
    const second = await fake.slash({ user, channel, command: '/film' });
    const deed = await deedWhen(fake, second, ({ timedOut }) => timedOut);
    expect(deed).toMatchObject({ ack: null, shown: 'operation_timeout', sent: [{ acked: false }] });
    expect(deed.sent).toHaveLength(1);
  });

  test('each envelope goes to one of the connections', async () => {
    const { fake, user, channel } = await slack();
    const met: string[] = [];
    for (const name of ['one', 'two'])
      await socketApp(fake, (app) => {
        app.command('/film', async ({ ack }) => {
          met.push(name);
          await ack();
        });
      });
    for (let count = 0; count < 4; count++) await acked(fake, await fake.slash({ user, channel, command: '/film' }));
    expect(met.toSorted()).toEqual(['one', 'one', 'two', 'two']);
    expect((await fake.sessions()).map(({ envelopes }) => envelopes)).toEqual([2, 2]);
  });

  test.each(['refresh_requested', 'warning', 'cut'] as const)('a client comes back after %s', async (reason) => {
    const { fake, user, channel } = await slack();
    await socketApp(fake, (app) => void app.command('/film', async ({ ack }) => ack()));
    await fake.dropSockets({ reason });
    await until('a new connection', async () => {
      const sessions = await fake.sessions();
      return sessions.length === 2 && sessions.some(({ connected, draining }) => connected && !draining);
    });
    await acked(fake, await fake.slash({ user, channel, command: '/film' }));
    expect(await fake.stats()).toMatchObject({ connections: 2, connected: 1 });
  });

  test('a link opens once, and only with the token of the app', async () => {
    const { fake, web } = await slack();
    const { url = '' } = await clientOf(fake, fake.appToken).apps.connections.open();
    const first = new WebSocket(url);
    const [hello] = await once(first, 'message');
    expect(JSON.parse(String(hello))).toMatchObject({ type: 'hello', connection_info: { app_id: fake.appId } });
    first.terminate();
    await once(new WebSocket(url), 'error');
    expect(await codeOf(web.apps.connections.open())).toBe('not_allowed_token_type');
    expect(await codeOf(clientOf(fake, 'xapp-wrong').apps.connections.open())).toBe('invalid_auth');
  });

  test('a deed can be dispatched once more', async () => {
    const { fake, user, channel } = await slack();
    const met: string[] = [];
    await socketApp(fake, (app) => {
      app.command('/film', async ({ ack, command }) => {
        met.push(command.trigger_id);
        await ack();
      });
    });
    const deed = await fake.slash({ user, channel, command: '/film' });
    await fake.repeat({ deed });
    await until('two', () => met.length === 2);
    expect(new Set(met).size).toBe(1);
    await expect(fake.repeat({ deed, retry: 1 })).rejects.toThrow(/only events/);
  });
});

describe('over HTTP', () => {
  test('commands, interactions and events are signed so that Bolt takes them', async () => {
    const { fake, user, channel, web } = await slack();
    const met: unknown[] = [];
    await httpApp(fake, (app) => {
      app.command('/film', async ({ ack }) => ack('at once'));
      app.event('app_mention', async ({ event }) => void met.push(event.text));
      app.action('go', async ({ ack, action }) => {
        met.push(action.type);
        await ack();
      });
    });
    const deed = await acked(fake, await fake.slash({ user, channel, command: '/film', text: 'ü & ~' }));
    expect(deed).toMatchObject({ ack: { body: 'at once' }, sent: [{ transport: 'http', status: 200, acked: true }] });
    expect(deed.answers).toMatchObject([{ text: 'at once', ephemeralTo: user }]);
    const { deeds } = await fake.mention({ user, channel, text: '@bot hi' });
    await acked(fake, deeds[0] ?? '');
    const blocks = [{ type: 'actions' as const, elements: [button('go', '1')] }];
    const { ts = '' } = await web.chat.postMessage({ channel, text: 'x', blocks });
    await acked(fake, await fake.press({ user, channel, ts, action: 'go' }));
    expect(met).toEqual([`<@${fake.botUserId}> hi`, 'button']);
  });

  test('an app with another secret refuses', async () => {
    const { fake, user, channel } = await slack();
    await httpApp(fake, (app) => void app.command('/film', async ({ ack }) => ack()), 'another secret');
    const id = await fake.slash({ user, channel, command: '/film' });
    const deed = await deedWhen(fake, id, ({ shown }) => shown);
    expect(deed).toMatchObject({ ack: null, shown: 'dispatch_failed', sent: [{ status: 401 }] });
  });

  test('events are retried with number and reason, until they are taken or given up', async () => {
    const { fake, user, channel } = await slack({ retryDelaysMs: [0, 20, 40], ackMs: 700 });
    const met: unknown[][] = [];
    const statuses = [500, 0, 200];
    await listen(fake, (request, reply) => {
      const { 'x-slack-retry-num': number, 'x-slack-retry-reason': reason } = request.headers;
      met.push([number, reason]);
      const status = statuses.shift();
      request.resume();
      if (status) reply.writeHead(status).end();
    });
    const { deeds } = await fake.mention({ user, channel, text: '@bot hi' });
    const deed = await acked(fake, deeds[0] ?? '');
    expect(met).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_timeout'],
    ]);
    expect(deed.sent.map(({ acked: done }) => done)).toEqual([false, false, true]);
  });

  test('x-slack-no-retry and an answered command end it', async () => {
    const { fake, user, channel } = await slack({ retryDelaysMs: [0, 0, 0] });
    await listen(fake, (request, reply) => {
      request.resume();
      reply.writeHead(500, { 'x-slack-no-retry': '1' }).end();
    });
    const { deeds } = await fake.mention({ user, channel, text: '@bot hi' });
    const id = await fake.slash({ user, channel, command: '/film' });
    await deedWhen(fake, id, ({ shown }) => shown);
    await deedWhen(fake, deeds[0] ?? '', ({ sent }) => sent[0]?.status === 500);
    expect((await fake.deeds()).map(({ sent }) => sent.length)).toEqual([1, 1]);
  });
});

describe('events', () => {
  test('over Socket Mode they are retried too, as the clock goes', async () => {
    const { fake, user, channel } = await slack({ retryDelaysMs: [0, 0, 0] });
    const { url = '' } = await clientOf(fake, fake.appToken).apps.connections.open();
    const socket = new WebSocket(url);
    ends.push(async () => socket.terminate());
    const met: Record<string, unknown>[] = [];
    socket.on('message', (data) => met.push(JSON.parse(String(data))));
    await until('hello', () => met.shift());
    const { deeds } = await fake.mention({ user, channel, text: '@bot hi' });
    for (let count = 1; count < 4; count++) {
      await until(`envelope ${count}`, () => met.length === count);
      await fake.advance(3001);
    }
    await until('the last envelope', () => met.length === 4);
    socket.send(JSON.stringify({ envelope_id: met[3]?.envelope_id }));
    const deed = await acked(fake, deeds[0] ?? '');
    expect(deed.sent.map(({ acked: done, retryNum }) => [done, retryNum])).toEqual([
      ...[null, 1, 2].map((number) => [false, number]),
      [true, 3],
    ]);
    expect(met.map(({ type, retry_attempt }) => [type, retry_attempt])).toEqual(
      [0, 1, 2, 3].map((number) => ['events_api', number]),
    );
    expect(new Set(met.map(({ payload }) => (payload as { event_id: string }).event_id)).size).toBe(1);
    expect(met.at(-1)).toMatchObject({ retry_reason: 'timeout', accepts_response_payload: false });
  });

  test('a mention in a thread brings its files, which only the token downloads', async () => {
    const { fake, user, channel } = await slack();
    const parent = await fake.say({ user, channel, text: 'start' });
    const { ts, deeds } = await fake.mention({ user, channel, text: '@bot draw', thread: parent, files: [png] });
    const { payload } = await fake.deed(deeds[0] ?? '');
    const event = payload.event as { files: { url_private: string; url_private_download: string }[] };
    expect(event).toMatchObject({
      ...{ type: 'app_mention', text: `<@${fake.botUserId}> draw`, user, ts, thread_ts: parent, channel },
      files: [{ name: 'a.png', mimetype: 'image/png', size: 9 }],
    });
    expect(payload).toMatchObject({ type: 'event_callback', authorizations: [{ user_id: fake.botUserId }] });
    const [file] = event.files;
    const page = await fetch(file?.url_private ?? '');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const headers = { authorization: `Bearer ${fake.token}` };
    for (const url of [file?.url_private, file?.url_private_download])
      expect(await (await fetch(url ?? '', { headers })).text()).toBe('a picture');
  });

  test('the same mention comes under several ids, as file_share alone, or of a bot', async () => {
    const { fake, user, channel } = await slack();
    const twice = await fake.mention({ user, channel, text: '@bot hi', times: 2 });
    const events = await Promise.all(twice.deeds.map((id) => fake.deed(id)));
    expect(new Set(events.map(({ payload }) => payload.event_id)).size).toBe(2);
    expect(events.map(({ payload }) => (payload.event as { ts: string }).ts)).toEqual([twice.ts, twice.ts]);
    const shared = await fake.mention({ user, channel, text: '@bot this', files: [png], as: 'file_share' });
    expect((await fake.deed(shared.deeds[0] ?? '')).payload.event).toMatchObject({
      ...{ type: 'message', subtype: 'file_share', channel_type: 'channel', files: [{ name: 'a.png' }] },
    });
    const bot = await fake.mention({ user, channel, text: '@bot hi', asBot: true, edited: true });
    const { payload } = await fake.deed(bot.deeds[0] ?? '');
    expect(payload.event).toMatchObject({ bot_id: expect.stringMatching(/^B/), edited: { user }, ts: bot.ts });
  });

  test('no event comes from where the bot is not, nor what is not subscribed', async () => {
    const { fake, user, channel } = await slack();
    const away = await fake.makeChannel({ bot: false });
    expect((await fake.mention({ user, channel: away, text: '@bot hi' })).deeds).toEqual([]);
    expect((await fake.mention({ user, channel: await fake.openDm(user), text: '@bot hi' })).deeds).toEqual([]);
    await fake.say({ user, channel, text: 'psst' });
    expect(await fake.deeds()).toEqual([]);
    await fake.configure({ events: ['message.im'] });
    await fake.say({ user, channel: await fake.openDm(user), text: 'psst' });
    expect(await fake.deeds()).toMatchObject([{ kind: 'message', payload: { event: { channel_type: 'im' } } }]);
  });

  test('people of other teams mention in shared channels, and give no commands there', async () => {
    const { fake, web } = await slack();
    const other = await fake.makeTeam({ installed: false });
    const bea = await fake.makeUser({ team: other.team, name: 'bea' });
    const channel = await fake.makeChannel({ shared: [other.team] });
    const { deeds } = await fake.mention({ user: bea, channel, text: '@bot hi' });
    const { payload, team } = await fake.deed(deeds[0] ?? '');
    expect(team).toBe(fake.team);
    expect(payload).toMatchObject({ is_ext_shared_channel: true, event: { user_team: other.team } });
    await expect(fake.slash({ user: bea, channel, command: '/film' })).rejects.toThrow(/not installed/);
    expect((await web.users.info({ user: bea })).user).toMatchObject({ is_stranger: true, team_id: other.team });
    expect((await web.conversations.info({ channel })).channel).toMatchObject({ is_ext_shared: true });
  });
});

describe('messages', () => {
  test('posting refuses with the codes of Slack', async () => {
    const { fake, web, user, channel } = await slack();
    const post = (given: object) => codeOf(web.chat.postMessage({ text: 'x', channel, ...given } as never));
    const ts = await fake.say({ user, channel, text: 'hello' });
    const reply = await fake.say({ user, channel, text: 'well', thread: ts });
    expect(await post({ channel: 'C1' })).toBe('channel_not_found');
    expect(await post({ channel: await fake.makeChannel({ private: true, bot: false }) })).toBe('channel_not_found');
    expect(await post({ channel: await fake.makeChannel({ bot: false }) })).toBe('not_in_channel');
    expect(await post({ text: '' })).toBe('no_text');
    expect(await post({ text: 'x'.repeat(40_001) })).toBe('msg_too_long');
    expect(await post({ thread_ts: '1.000001' })).toBe('thread_not_found');
    expect(await post({ thread_ts: reply })).toBe('thread_not_found');
    expect(await post({ thread_ts: ts })).toBe('ok');
    expect(await post({ metadata: { event_type: 1 } })).toBe('invalid_metadata_schema');
    await fake.deleteMessage({ channel, ts });
    expect(await post({ thread_ts: ts })).toBe('ok');
    await fake.changeChannel({ channel, readOnly: true });
    expect(await post({})).toBe('restricted_action_read_only_channel');
    await fake.changeChannel({ channel, archived: true });
    expect(await post({})).toBe('is_archived');
  });

  test('what is posted can be edited and deleted, by its author', async () => {
    const { fake, web, user, channel } = await slack();
    const metadata = { event_type: 'film', event_payload: { id: 1 } };
    const { ts = '' } = await web.chat.postMessage({ channel, text: 'one', metadata });
    await web.chat.update({ channel, ts, text: 'two', blocks: [section('two')] });
    expect(await fake.message({ channel, ts })).toMatchObject({ text: 'two', edits: 1, metadata, botId: fake.botId });
    expect((await web.chat.getPermalink({ channel, message_ts: ts })).permalink).toContain(`/archives/${channel}/p`);
    const theirs = await fake.say({ user, channel, text: 'mine' });
    expect(await codeOf(web.chat.update({ channel, ts: theirs, text: 'x' }))).toBe('cant_update_message');
    expect(await codeOf(web.chat.delete({ channel, ts: theirs }))).toBe('cant_delete_message');
    expect(await codeOf(web.chat.update({ channel, ts, text: 'x'.repeat(4001) }))).toBe('msg_too_long');
    await web.chat.delete({ channel, ts });
    expect(await codeOf(web.chat.update({ channel, ts, text: 'x' }))).toBe('message_not_found');
    expect((await fake.messages(channel)).map(({ text: said }) => said)).toEqual(['mine']);
  });

  test("a user's id is their DM with the bot", async () => {
    const { fake, web, user } = await slack();
    expect(await fake.dm(user)).toBeNull();
    const { channel = '' } = await web.chat.postMessage({ channel: user, text: 'psst' });
    expect(await fake.dm(user)).toBe(channel);
    expect(await web.conversations.open({ users: user })).toMatchObject({
      channel: { id: channel },
      already_open: true,
    });
    expect((await web.conversations.info({ channel })).channel).toMatchObject({ is_im: true, user });
    const bot = await fake.makeUser({ name: 'robot', bot: true });
    expect(await codeOf(web.chat.postMessage({ channel: bot, text: 'x' }))).toBe('cannot_dm_bot');
  });

  test('it is noted whom a message pings', async () => {
    const { fake, web, user, channel } = await slack();
    const rich = {
      type: 'rich_text' as const,
      elements: [
        {
          type: 'rich_text_section' as const,
          elements: [
            { type: 'text' as const, text: '<!channel> <@U1>' },
            { type: 'user' as const, user_id: 'U2' },
          ],
        },
      ],
    };
    const header = { type: 'header' as const, text: text('<!here> <@U1>') };
    const { ts = '' } = await web.chat.postMessage({
      channel,
      text: '&lt;@U1&gt; &lt;!channel&gt;',
      blocks: [header, rich],
    });
    expect((await fake.message({ channel, ts })).pinged).toEqual({ users: ['U2'], groups: [], everyone: false });
    await web.chat.update({ channel, ts, text: `<@${user}|ann> <!subteam^S1>`, blocks: [section('<!here>')] });
    expect((await fake.message({ channel, ts })).pinged).toEqual({
      users: ['U2', user],
      groups: ['S1'],
      everyone: true,
    });
  });

  const long = 'x'.repeat(3001);
  const many = (count: number, of: object) => Array.from({ length: count }, () => of);
  const option = { text: text('a'), value: 'a' };
  test.each<[string, object[], string]>([
    ['51 blocks', many(51, section('x')), 'no more than 50 items allowed [json-pointer:/blocks]'],
    ['a long section', [section(long)], 'must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
    ['a long header', [{ type: 'header', text: text('x'.repeat(151)) }], 'must be less than 151 characters'],
    ['a header of mrkdwn', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }], 'unsupported type: mrkdwn'],
    ['11 fields', [{ type: 'section', fields: many(11, text('x')) }], 'no more than 10 items'],
    ['a long field', [{ type: 'section', fields: [text('x'.repeat(2001))] }], '/blocks/0/fields/0/text'],
    ['26 buttons', [{ type: 'actions', elements: many(26, button('a', 'b')) }], 'no more than 25 items'],
    ['the same action_id', [{ type: 'actions', elements: many(2, button('a', 'b')) }], 'action_id must be unique'],
    ['the same block_id', many(2, { ...section('x'), block_id: 'a' }), 'block_id must be unique'],
    ['a long value', [{ type: 'actions', elements: [button('a', 'x'.repeat(2001))] }], '/elements/0/value'],
    ['a long action_id', [{ type: 'actions', elements: [button('x'.repeat(256), 'a')] }], '/elements/0/action_id'],
    ['11 in a context', [{ type: 'context', elements: many(11, text('x')) }], 'no more than 10 items'],
    [
      '101 options',
      [{ type: 'actions', elements: [{ type: 'static_select', options: many(101, option) }] }],
      'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    ['what there is not', [{ type: 'divan' }], 'unsupported type: divan'],
  ])('blocks are refused for %s', async (_, blocks, why) => {
    const { web, channel } = await slack();
    const refused = await web.chat
      .postMessage({ channel, text: 'x', blocks } as never)
      .catch(({ data }: { data: { error: string; response_metadata: { messages: string[] } } }) => data);
    expect(refused).toMatchObject({ ok: false, error: 'invalid_blocks' });
    expect(JSON.stringify(refused.response_metadata)).toContain(why);
  });

  test('ephemeral messages are for one member of the channel, who can press them', async () => {
    const { fake, web, user, channel } = await slack();
    const blocks = [{ type: 'actions' as const, elements: [button('go', '1'), button('stop', '2')] }];
    await web.chat.postEphemeral({ channel, user, text: 'only you', blocks });
    const [seen] = await fake.ephemerals({ user });
    expect(await fake.messages(channel)).toEqual([]);
    const away = await fake.makeUser({ name: 'eve' });
    await fake.changeChannel({ channel, members: [user] });
    expect(await codeOf(web.chat.postEphemeral({ channel, user: away, text: 'x' }))).toBe('user_not_in_channel');
    expect(await codeOf(web.chat.update({ channel, ts: seen?.ts ?? '', text: 'x' }))).toBe('message_not_found');
    await socketApp(fake, (app) => {
      app.action('stop', async ({ ack, respond }) => {
        await ack();
        await respond({ replace_original: true, text: 'stopped' });
      });
    });
    const id = await fake.press({ user, channel, ts: seen?.ts ?? '', action: 'stop' });
    const deed = await deedWhen(fake, id, ({ answers }) => answers.length === 1);
    expect(deed.payload).toMatchObject({ container: { is_ephemeral: true, message_ts: seen?.ts } });
    expect(deed.payload).not.toHaveProperty('message');
    expect(await fake.ephemerals()).toMatchObject([{ text: 'stopped', edits: 1, ephemeralTo: user }]);
  });

  test('a button is pressed in a thread, by its value', async () => {
    const { fake, web, user, channel } = await slack();
    const parent = await fake.say({ user, channel, text: 'start' });
    const blocks = [
      { type: 'actions' as const, block_id: 'one', elements: [button('go', '1')] },
      { type: 'actions' as const, block_id: 'two', elements: [button('go', '2')] },
    ];
    const { ts = '' } = await web.chat.postMessage({ channel, thread_ts: parent, text: 'x', blocks });
    const deed = await fake.deed(await fake.press({ user, channel, ts, action: 'go', value: '2' }));
    expect(deed.payload).toMatchObject({
      ...{ type: 'block_actions', actions: [{ type: 'button', action_id: 'go', block_id: 'two', value: '2' }] },
      ...{ container: { message_ts: ts, thread_ts: parent }, message: { ts, text: 'x' }, channel: { id: channel } },
      ...{ user: { id: user }, team: { id: fake.team, domain: 'fake-team' }, is_enterprise_install: false },
    });
    await expect(fake.press({ user, channel, ts, action: 'go', value: '3' })).rejects.toThrow(/no button/);
    await expect(fake.press({ user, channel, ts, action: 'no' })).rejects.toThrow(/nothing to press/);
    await expect(fake.press({ user, channel, ts: parent, action: 'go' })).rejects.toThrow(/not of the app/);
  });

  test('a response_url serves five times, for half an hour', async () => {
    const { fake, user, channel } = await slack();
    const urls = await Promise.all(
      [1, 2].map(async () => {
        const deed = await fake.deed(await fake.slash({ user, channel, command: '/film' }));
        return String(deed.payload.response_url);
      }),
    );
    const respond = async (url = '', row: object = { text: 'x' }) => {
      const reply = await fetch(url, { method: 'POST', body: JSON.stringify(row) });
      return [reply.status, await reply.text()];
    };
    expect(await respond(urls[0], { text: '' })).toEqual([400, 'no_text']);
    expect(await respond(urls[0], { blocks: [{ type: 'divan' }] })).toEqual([400, 'invalid_blocks']);
    for (let count = 0; count < 3; count++) expect((await respond(urls[0]))[0]).toBe(200);
    expect(await respond(urls[0])).toEqual([404, '{"ok":false,"error":"used_url"}']);
    await fake.advance(1_800_001);
    expect(await respond(urls[1])).toEqual([404, '{"ok":false,"error":"expired_url"}']);
    expect((await fake.deeds()).map(({ answers }) => answers.length)).toEqual([3, 0]);
  });

  test('a response_url replaces and deletes the message that was pressed', async () => {
    const { fake, web, user, channel } = await slack();
    const blocks = [{ type: 'actions' as const, elements: [button('go', '1')] }];
    const { ts = '' } = await web.chat.postMessage({ channel, text: 'x', blocks });
    const deed = await fake.deed(await fake.press({ user, channel, ts, action: 'go' }));
    const respond = (row: object) =>
      fetch(String(deed.payload.response_url), { method: 'POST', body: JSON.stringify(row) });
    await respond({ replace_original: true, text: 'y' });
    expect(await fake.messages(channel)).toMatchObject([{ ts, text: 'y', blocks: [], edits: 1 }]);
    await respond({ delete_original: true });
    expect(await fake.messages(channel)).toEqual([]);
  });
});

describe('views', () => {
  test('a trigger opens one view, for three seconds', async () => {
    const { fake, web, user } = await slack();
    const view = modal([words('what')]);
    const trigger_id = await triggered(fake, user);
    const { view: made } = await web.views.open({ trigger_id, view });
    expect(made).toMatchObject({ type: 'modal', callback_id: 'form', team_id: fake.team, state: { values: {} } });
    expect(await codeOf(web.views.open({ trigger_id, view }))).toBe('exchanged_trigger_id');
    const late = await triggered(fake, user);
    await fake.advance(3001);
    expect(await codeOf(web.views.open({ trigger_id: late, view }))).toBe('expired_trigger_id');
    expect(await codeOf(web.views.open({ trigger_id: '1.2.3', view }))).toBe('invalid_trigger_id');
    expect((await fake.deeds())[0]?.viewsOpened).toEqual([made?.id]);
  });

  const select = (more: object) => input('a', { type: 'static_select', options: [], ...more } as types.StaticSelect);
  test.each<[string, Partial<types.ModalView> | object, string]>([
    [
      'a long title',
      { title: text('x'.repeat(25)) },
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    ['101 blocks', { blocks: Array.from({ length: 101 }, () => section('x')) }, 'no more than 100 items'],
    ['much metadata', { private_metadata: 'x'.repeat(3001) }, '/view/private_metadata'],
    ['a long callback_id', { callback_id: 'x'.repeat(256) }, '/view/callback_id'],
    ['inputs without submit', { submit: undefined }, 'submit must be defined'],
    [
      'a long placeholder',
      { blocks: [words('a', { placeholder: text('x'.repeat(151)) })] },
      '/element/placeholder/text',
    ],
    ['a long initial_value', { blocks: [words('a', { initial_value: 'x'.repeat(3001) })] }, '/element/initial_value'],
    ['a large max_length', { blocks: [words('a', { max_length: 3001 })] }, '/element/max_length'],
    ['a long label', { blocks: [{ ...words('a'), label: text('x'.repeat(2001)) }] }, '/blocks/0/label/text'],
    ['a long hint', { blocks: [{ ...words('a'), hint: text('x'.repeat(2001)) }] }, '/blocks/0/hint/text'],
    ['no options', { blocks: [select({})] }, 'no fewer than 1 items'],
    ['a long option', { blocks: [select({ options: [{ text: text('x'.repeat(76)), value: 'a' }] })] }, 'less than 76'],
    ['a long value', { blocks: [select({ options: [{ text: text('x'), value: 'x'.repeat(151) }] })] }, 'less than 151'],
    ['11 files', { blocks: [input('a', { type: 'file_input', max_files: 11 })] }, 'must be between 1 and 10'],
  ])('a view is refused for %s', async (_, more, why) => {
    const { fake, web, user } = await slack();
    const trigger_id = await triggered(fake, user);
    const view = modal([words('what')], more);
    const refused = await web.views
      .open({ trigger_id, view })
      .catch(({ data }: { data: { error: string; response_metadata: { messages: string[] } } }) => data);
    expect(refused).toMatchObject({ ok: false, error: 'invalid_arguments' });
    expect(JSON.stringify(refused.response_metadata)).toContain(why);
    expect(await codeOf(web.views.open({ trigger_id, view: modal([words('what')]) }))).toBe('ok');
  });

  test('a submission shows errors, changes the view, puts one on top and closes all', async () => {
    const { fake, user, channel } = await slack();
    await socketApp(fake, (app) => {
      app.command('/film', async ({ ack, client, command }) => {
        await ack();
        await client.views.open({ trigger_id: command.trigger_id, view: modal([words('what')]) });
      });
      app.view('form', async ({ ack, view }) => {
        const { value } = view.state.values['what-block']?.what ?? {};
        if (value === 'bad') await ack({ response_action: 'errors', errors: { 'what-block': 'Not that.' } });
        else if (value === 'change') await ack({ response_action: 'update', view: modal([words('other')]) });
        else await ack({ response_action: 'push', view: modal([section('Sure?')], { callback_id: 'sure' }) });
      });
      app.view('sure', async ({ ack }) => ack({ response_action: 'clear' }));
    });
    const deed = await fake.slash({ user, channel, command: '/film' });
    const [view = ''] = (await deedWhen(fake, deed, ({ viewsOpened }) => viewsOpened.length === 1)).viewsOpened;
    await acked(fake, await fake.submit({ user, view, values: { what: 'bad' } }));
    expect(await fake.viewOf(user)).toMatchObject({ id: view, state: 'errors', errors: { 'what-block': 'Not that.' } });
    await acked(fake, await fake.submit({ user, view, values: { what: 'change' } }));
    const changed = await fake.viewOf(user);
    expect(changed).toMatchObject({ id: view, state: 'open', errors: null });
    expect(JSON.stringify(changed?.view.blocks)).toContain('other-block');
    const { viewsOpened } = await acked(fake, await fake.submit({ user, view, values: { other: 'x' } }));
    expect(await fake.viewOf(user)).toMatchObject({ id: viewsOpened[0], previous: view });
    await expect(fake.submit({ user, view, values: { other: 'x' } })).rejects.toThrow(/under another/);
    await acked(fake, await fake.submit({ user, view: viewsOpened[0] ?? '' }));
    expect(await fake.viewOf(user)).toBeNull();
    expect(await fake.view(view)).toMatchObject({ state: 'closed' });
  });

  test('an empty ack closes the view; errors for what is no input leave it open', async () => {
    const { fake, user } = await slack();
    const answers: object[] = [{ response_action: 'errors', errors: { nowhere: 'x' } }, {}];
    await socketApp(fake, (app) => {
      app.view('form', async ({ ack }) => ack(answers.shift() as never));
    });
    const view = await opened(fake, user, modal([words('what')]));
    const first = await acked(fake, await fake.submit({ user, view, values: { what: 'x' } }));
    expect([first.shown, (await fake.viewOf(user))?.state]).toEqual(['invalid_response', 'open']);
    const second = await acked(fake, await fake.submit({ user, view, values: { what: 'x' } }));
    expect([second.shown, await fake.viewOf(user)]).toEqual([null, null]);
  });

  test('a client lets nothing through that the view does not allow', async () => {
    const { fake, user } = await slack();
    const options = [{ text: text('A'), value: 'a' }];
    const view = await opened(
      fake,
      user,
      modal([
        words('what', { max_length: 5, min_length: 2 }),
        input(
          'size',
          { type: 'number_input', action_id: 'n', is_decimal_allowed: false, max_value: '9' },
          { optional: true },
        ),
        input('pick', { type: 'static_select', action_id: 's', options }, { optional: true }),
        input('file', { type: 'file_input', action_id: 'f', filetypes: ['png'], max_files: 1 }, { optional: true }),
      ]),
    );
    const submit = (values: Record<string, string | GivenFile[]>) => fake.submit({ user, view, values });
    await expect(submit({})).rejects.toThrow(/what is required/);
    await expect(submit({ what: 'x' })).rejects.toThrow(/at least 2/);
    await expect(submit({ what: 'xxxxxx' })).rejects.toThrow(/at most 5/);
    await expect(submit({ what: 'xx', n: '1.5' })).rejects.toThrow(/no such number/);
    await expect(submit({ what: 'xx', n: '10' })).rejects.toThrow(/at most 9/);
    await expect(submit({ what: 'xx', s: 'b' })).rejects.toThrow(/no option b/);
    await expect(submit({ what: 'xx', f: [png, png] })).rejects.toThrow(/at most 1 file/);
    await expect(submit({ what: 'xx', f: [{ ...png, name: 'a.pdf' }] })).rejects.toThrow(/type pdf/);
    const large = { name: 'a.png', mimetype: 'image/png', size: 10_485_761 };
    await expect(submit({ what: 'xx', f: [large] })).rejects.toThrow(/10 MB/);
    await expect(submit({ what: 'xx', no: 'x' })).rejects.toThrow(/the view has no no/);
    const deed = await fake.deed(await submit({ what: 'xx', size: '3', pick: 'a', f: [png] }));
    const { state } = deed.payload.view as { state: { values: object } };
    expect(state.values).toMatchObject({
      'what-block': { what: { type: 'plain_text_input', value: 'xx' } },
      size: { n: { type: 'number_input', value: '3' } },
      pick: { s: { selected_option: { value: 'a' } } },
      file: { f: { files: [{ name: 'a.png', url_private_download: expect.stringContaining('/files-pri/') }] } },
    });
  });

  test('a chosen conversation brings a response_url', async () => {
    const { fake, user, channel } = await slack();
    const element = { type: 'conversations_select', action_id: 'where', response_url_enabled: true } as const;
    const view = await opened(fake, user, modal([input('place', element)]));
    const { payload } = await fake.deed(await fake.submit({ user, view, channel }));
    const urls = payload.response_urls as { response_url: string }[];
    expect(urls).toMatchObject([{ block_id: 'place', action_id: 'where', channel_id: channel }]);
    await fetch(urls[0]?.response_url ?? '', { method: 'POST', body: '{"text":"x","response_type":"in_channel"}' });
    expect(await fake.messages(channel)).toMatchObject([{ text: 'x' }]);
  });

  test('views are updated by hash, pushed three high, and tell of their closing', async () => {
    const { fake, web, user } = await slack();
    const view = modal([{ type: 'actions', elements: [button('more', '1')] }], { notify_on_close: true });
    const id = await opened(fake, user, view);
    const { hash } = (await fake.view(id)).view;
    expect(await codeOf(web.views.update({ view_id: id, view, hash: String(hash) }))).toBe('ok');
    expect(await codeOf(web.views.update({ view_id: id, view, hash: String(hash) }))).toBe('hash_conflict');
    expect(await codeOf(web.views.update({ view_id: 'V1', view }))).toBe('not_found');
    let top = id;
    for (const outcome of ['ok', 'ok', 'push_limit_reached']) {
      const { payload } = await fake.deed(await fake.pressView({ user, view: top, action: 'more' }));
      expect(await codeOf(web.views.push({ trigger_id: String(payload.trigger_id), view }))).toBe(outcome);
      top = (await fake.viewOf(user))?.id ?? '';
    }
    const closed = await fake.closeView({ user, view: top });
    expect((await fake.deed(closed ?? '')).payload).toMatchObject({ type: 'view_closed', view: { id: top } });
    expect((await fake.viewOf(user))?.id).not.toBe(top);
  });

  test('a home is published, opened and pressed', async () => {
    const { fake, user } = await slack();
    const view: types.HomeView = { type: 'home', blocks: [{ type: 'actions', elements: [button('new', '1')] }] };
    await socketApp(fake, (app) => {
      app.event('app_home_opened', async ({ client, event }) => {
        await client.views.publish({ user_id: event.user, view });
      });
      app.action('new', async ({ ack, client, body }) => {
        await ack();
        if ('trigger_id' in body)
          await client.views.open({ trigger_id: body.trigger_id, view: modal([words('what')]) });
      });
    });
    await fake.openHome({ user });
    expect(await until('a home', async () => (await fake.home(user)) ?? undefined)).toMatchObject({
      type: 'home',
      user,
    });
    const deed = await fake.pressHome({ user, action: 'new' });
    const { payload } = await deedWhen(fake, deed, ({ viewsOpened }) => viewsOpened.length === 1);
    expect(payload).toMatchObject({ container: { type: 'view' }, view: { type: 'home' } });
  });
});

test('shortcuts bring the message that they are at, or none', async () => {
  const { fake, user, channel } = await slack();
  const parent = await fake.say({ user, channel, text: 'start' });
  const ts = await fake.say({ user, channel, text: 'a cat', thread: parent, files: [png] });
  const met: string[] = [];
  await socketApp(fake, (app) => {
    app.shortcut('film', async ({ ack, body }) => {
      met.push(body.type);
      await ack();
    });
  });
  const { payload } = await acked(fake, await fake.messageShortcut({ user, channel, ts, callback: 'film' }));
  expect(payload).toMatchObject({
    ...{ type: 'message_action', callback_id: 'film', message_ts: ts, channel: { id: channel, name: 'general' } },
    message: { text: 'a cat', thread_ts: parent, files: [{ name: 'a.png' }] },
  });
  expect(payload).toHaveProperty('response_url');
  const global = await acked(fake, await fake.globalShortcut({ user, callback: 'film' }));
  expect(global.payload).not.toHaveProperty('channel');
  expect(met).toEqual(['message_action', 'shortcut']);
  await expect(fake.messageShortcut({ user, channel, ts: '1.1', callback: 'film' })).rejects.toThrow(/no message/);
});

describe('uploads', () => {
  const film = Buffer.alloc(3_000_000, 7);
  const sha256 = createHash('sha256').update(film).digest('hex');

  async function sent(web: webApi.WebClient, bytes = film, length = bytes.length) {
    const { upload_url = '', file_id = '' } = await web.files.getUploadURLExternal({ filename: 'film.mp4', length });
    const reply = await fetch(upload_url, { method: 'POST', body: new Uint8Array(bytes) });
    return { file: file_id, url: upload_url, status: reply.status };
  }
  const complete = (web: webApi.WebClient, id: string, more: object) =>
    web.files.completeUploadExternal({ files: [{ id, title: 'Film' }], ...more } as never);

  test('a film goes up in three steps and is shared some time later', async () => {
    const { fake, web, user, channel } = await slack({ shareDelayMs: 60_000 });
    const thread = await fake.say({ user, channel, text: 'start' });
    const { file } = await sent(web);
    expect(await codeOf(web.files.info({ file }))).toBe('file_not_found');
    await complete(web, file, { channel_id: channel, thread_ts: thread, initial_comment: 'there' });
    expect((await web.files.info({ file })).file).toMatchObject({ id: file, title: 'Film', shares: {} });
    expect(await fake.messages(channel)).toHaveLength(1);
    await fake.advance(60_000);
    const [, message] = await until('a share', async () => {
      const messages = await fake.messages(channel);
      return messages.length === 2 ? messages : undefined;
    });
    expect(message).toMatchObject({
      ...{ threadTs: thread, text: 'there', user: fake.botUserId },
      files: [{ id: file, title: 'Film', name: 'film.mp4', size: 3_000_000, sha256, mimetype: 'video/mp4' }],
    });
    const { shares } = (await web.files.info({ file })).file ?? {};
    expect(shares?.public?.[channel]).toMatchObject([{ ts: message?.ts, thread_ts: thread }]);
    expect(await codeOf(complete(web, file, { channel_id: channel }))).toBe('file_not_found');
    await web.files.delete({ file });
    expect(await codeOf(web.files.info({ file }))).toBe('file_deleted');
    expect((await fake.message({ channel, ts: message?.ts ?? '' })).files).toEqual([]);
  });

  test('bytes can come as multipart, and have to be as many as announced', async () => {
    const { fake, web, channel } = await slack();
    const { upload_url = '', file_id = '' } = await web.files.getUploadURLExternal({ filename: 'a.png', length: 9 });
    const form = new FormData();
    form.append('file', new Blob(['a picture']), 'a.png');
    expect((await fetch(upload_url, { method: 'POST', body: form })).status).toBe(200);
    await complete(web, file_id, { channel_id: channel });
    expect(await fake.messages(channel)).toMatchObject([{ files: [{ size: 9 }], text: '' }]);
    const { status, file } = await sent(web, film, 5);
    expect(status).toBe(400);
    expect(await codeOf(complete(web, file, { channel_id: channel }))).toBe('file_not_found');
  });

  test('completing refuses with the codes of Slack, and leaves the file to be completed', async () => {
    const { fake, web, user, channel } = await slack({ shareDelayMs: null });
    const { file } = await sent(web);
    const away = await fake.makeChannel({ bot: false });
    expect(await codeOf(complete(web, file, { channel_id: user }))).toBe('invalid_arguments');
    expect(await codeOf(complete(web, file, { channel_id: 'C1' }))).toBe('channel_not_found');
    expect(await codeOf(complete(web, file, { channel_id: away }))).toBe('not_in_channel');
    expect(await codeOf(complete(web, file, { channel_id: channel, thread_ts: '1.000001' }))).toBe('thread_not_found');
    expect(await codeOf(complete(web, file, { channel_id: channel }))).toBe('ok');
    await fake.advance(1_000_000);
    expect([(await fake.file(file)).shares, await fake.messages(channel)]).toEqual([[], []]);
    const get = (length: number) => codeOf(web.files.getUploadURLExternal({ filename: 'a', length }));
    expect(await get(0)).toBe('invalid_arguments');
    await fake.configure({ uploadLimit: 10 });
    expect(await get(11)).toBe('file_upload_size_restricted');
    await fake.configure({ uploads: false });
    expect(await get(1)).toBe('file_uploads_disabled');
  });
});

describe('steps of workflows', () => {
  test('a step is completed once, by the bot', async () => {
    const { fake, web } = await slack();
    let token: unknown;
    await socketApp(
      fake,
      (app) => {
        app.function('film', async ({ inputs, client, context, body }) => {
          token = client.token;
          await client.functions.completeSuccess({
            function_execution_id: context.functionExecutionId ?? '',
            outputs: { said: inputs.prompt ?? body.type },
          });
        });
      },
      { attachFunctionToken: false },
    );
    const id = await fake.step({ callback: 'film', inputs: { prompt: 'a cat' } });
    const execution = await until('done', async () => {
      const one = await fake.execution(id);
      return one.status === 'completed' ? one : undefined;
    });
    expect(execution).toMatchObject({ outputs: { said: 'a cat' }, completedCalls: 1, inputs: { prompt: 'a cat' } });
    expect(token).toBe(fake.token);
    const again = web.functions.completeSuccess({ function_execution_id: id, outputs: {} });
    expect(await codeOf(again)).toBe('execution_not_in_running_state');
    const wrong = web.functions.completeError({ function_execution_id: 'Fx1', error: 'x' });
    expect(await codeOf(wrong)).toBe('function_execution_not_found');
    expect((await fake.deed(execution.deed)).payload.event).toMatchObject({
      ...{ type: 'function_executed', function_execution_id: id, bot_access_token: execution.token },
      function: { callback_id: 'film', input_parameters: [{ name: 'prompt', type: 'string' }] },
    });
  });

  test("a workflow's token ends after some time, and with its step", async () => {
    const { fake, web } = await slack();
    const id = await fake.step({ callback: 'film', inputs: {} });
    const { token } = await fake.execution(id);
    expect(await codeOf(clientOf(fake, token).auth.test())).toBe('ok');
    await fake.advance(900_001);
    const fail = { function_execution_id: id, error: 'no' };
    expect(await codeOf(clientOf(fake, token).functions.completeError(fail))).toBe('token_revoked');
    await web.functions.completeError(fail);
    expect(await fake.execution(id)).toMatchObject({ status: 'errored', error: 'no' });
  });
});

describe('tokens', () => {
  test('wrong, missing, revoked and uninstalled ones are told apart', async () => {
    const { fake, web } = await slack();
    expect(await codeOf(clientOf(fake, 'xoxb-no').auth.test())).toBe('invalid_auth');
    expect(await codeOf(clientOf(fake, fake.appToken).auth.test())).toBe('not_allowed_token_type');
    expect(await (await fetch(`${fake.api}auth.test`, { method: 'POST' })).json()).toMatchObject({
      error: 'not_authed',
    });
    const test = await web.auth.test();
    expect(test).toMatchObject({ user_id: fake.botUserId, bot_id: fake.botId, team_id: fake.team });
    expect(test.response_metadata?.scopes).toContain('chat:write');
    expect(test.is_enterprise_install).toBe(false);
    const [revoked] = await fake.revoke();
    expect((await fake.deed(revoked ?? '')).payload).toMatchObject({
      ...{ authorizations: [], event: { type: 'tokens_revoked', tokens: { bot: [fake.botUserId] } } },
    });
    expect(await codeOf(web.auth.test())).toBe('token_revoked');
    const other = await fake.makeTeam();
    expect(await fake.uninstall({ team: other.team })).toHaveLength(2);
    expect(await codeOf(clientOf(fake, other.token).auth.test())).toBe('account_inactive');
  });

  test('a method needs its scope', async () => {
    const { fake, web, channel } = await slack();
    await fake.changeScopes({ scopes: ['commands', 'channels:read'] });
    const refused = await web.chat.postMessage({ channel, text: 'x' }).catch(({ data }: { data: object }) => data);
    expect(refused).toMatchObject({
      ...{ error: 'missing_scope', needed: 'chat:write', provided: 'commands,channels:read' },
    });
    expect(await codeOf(web.conversations.info({ channel }))).toBe('ok');
    expect(await codeOf(web.conversations.history({ channel }))).toBe('missing_scope');
    expect(await codeOf(web.apiCall('chat.shout'))).toBe('unknown_method');
  });

  async function install(fake: FakeSlack, given: GivenTeam, oauth: NonNullable<FakeSlackOptions['oauth']> = {}) {
    const { team } = await fake.makeTeam({ ...given, installed: false });
    await fake.configure({ oauth: { team, ...oauth } });
    const redirect_uri = 'http://127.0.0.1:1/back';
    const asked = new URLSearchParams({
      client_id: fake.clientId,
      scope: 'commands,chat:write',
      state: 's',
      redirect_uri,
    });
    const page = await fetch(`${fake.origin}/oauth/v2/authorize?${asked}`, { redirect: 'manual' });
    const back = new URL(page.headers.get('location') ?? '');
    const { clientId: client_id, clientSecret: client_secret } = fake;
    const code = back.searchParams.get('code') ?? '';
    const exchange = () =>
      new webApi.WebClient(undefined, {
        slackApiUrl: fake.api,
        logger: quiet,
        retryConfig: { retries: 0 },
      }).oauth.v2.access({
        ...{ client_id, client_secret, code, redirect_uri },
      });
    return { team, back, exchange };
  }

  test('OAuth installs the app to a team', async () => {
    const { fake } = await slack();
    const { team, back, exchange } = await install(fake, {});
    expect(back.searchParams.get('state')).toBe('s');
    const { access_token = '', ...made } = await exchange();
    expect(made).toMatchObject({
      team: { id: team },
      enterprise: null,
      scope: 'commands,chat:write',
      token_type: 'bot',
    });
    expect(await codeOf(exchange())).toBe('invalid_code');
    expect((await clientOf(fake, access_token).auth.test()).team_id).toBe(team);
    const denied = await install(fake, {}, { deny: true });
    expect(denied.back.searchParams.get('error')).toBe('access_denied');
  });

  test('OAuth installs the app to a whole enterprise', async () => {
    const { fake } = await slack();
    const enterprise = 'E0TEST';
    const other = await fake.makeTeam({ enterprise, installed: false });
    const { exchange } = await install(fake, { enterprise }, { orgWide: true });
    const { access_token = '', ...made } = await exchange();
    expect(made).toMatchObject({ team: null, enterprise: { id: enterprise }, is_enterprise_install: true });
    const web = clientOf(fake, access_token);
    expect(await web.auth.test()).toMatchObject({ enterprise_id: enterprise, is_enterprise_install: true });
    const user = await fake.makeUser({ team: other.team, name: 'cal' });
    const channel = await fake.makeChannel({ team: other.team });
    await web.chat.postMessage({ channel, text: 'x' });
    const { payload } = await fake.deed(await fake.slash({ user, channel, command: '/film' }));
    expect(payload).toMatchObject({ team_id: other.team, enterprise_id: enterprise, is_enterprise_install: 'true' });
    const { deeds } = await fake.mention({ user, channel, text: '@bot hi' });
    expect((await fake.deed(deeds[0] ?? '')).payload).toMatchObject({
      ...{ team_id: other.team, authorizations: [{ enterprise_id: enterprise, is_enterprise_install: true }] },
    });
    const shortcut = await fake.deed(await fake.globalShortcut({ user, callback: 'x' }));
    expect(shortcut.payload).toMatchObject({ team: null, enterprise: { id: enterprise } });
  });

  test('the app is taken away by itself', async () => {
    const { web } = await slack();
    expect(await web.auth.revoke()).toMatchObject({ revoked: true });
    expect(await codeOf(web.auth.test())).toBe('token_revoked');
  });
});

describe('people and places', () => {
  test('users are what they are', async () => {
    const { fake, web, user } = await slack();
    const guest = await fake.makeUser({ name: 'gus', guest: 'single' });
    const owner = await fake.makeUser({ name: 'olga', owner: true, tz: 'Asia/Tokyo' });
    const info = async (id: string) => (await web.users.info({ user: id })).user;
    expect(await info(user)).toMatchObject({ is_admin: false, team_id: fake.team, profile: { display_name: 'Ann' } });
    expect(await info(guest)).toMatchObject({ is_restricted: true, is_ultra_restricted: true });
    expect(await info(owner)).toMatchObject({ is_owner: true, is_admin: true, tz: 'Asia/Tokyo' });
    await fake.changeUser({ user, deleted: true });
    expect(await info(user)).toMatchObject({ deleted: true });
    const other = await fake.makeTeam();
    const far = await fake.makeUser({ team: other.team, name: 'far' });
    expect(await codeOf(info(far))).toBe('user_not_visible');
    await fake.changeUser({ user: far, strangerOf: fake.team });
    expect(await info(far)).toMatchObject({ is_stranger: true });
    expect(await codeOf(info('U1'))).toBe('user_not_found');
  });

  test('groups have members', async () => {
    const { fake, web, user } = await slack();
    const usergroup = await fake.makeGroup({ handle: 'crew', users: [user] });
    expect((await web.usergroups.list({ include_users: true })).usergroups).toMatchObject([
      { handle: 'crew', users: [user] },
    ]);
    await fake.changeGroup({ group: usergroup, users: [] });
    expect((await web.usergroups.users.list({ usergroup })).users).toEqual([]);
    expect(await codeOf(web.usergroups.users.list({ usergroup: 'S1' }))).toBe('no_such_subteam');
  });

  test('the bot joins public channels, and reads where it may', async () => {
    const { fake, web, user } = await slack();
    const channel = await fake.makeChannel({ bot: false });
    expect((await web.conversations.info({ channel })).channel).toMatchObject({ is_member: false, is_private: false });
    await web.conversations.join({ channel });
    expect((await web.conversations.info({ channel })).channel).toMatchObject({ is_member: true });
    const closed = await fake.makeChannel({ private: true });
    expect(await codeOf(web.conversations.join({ channel: closed }))).toBe('method_not_supported_for_channel_type');
    const hidden = await fake.makeChannel({ private: true, bot: false });
    expect(await codeOf(web.conversations.info({ channel: hidden }))).toBe('channel_not_found');
    await fake.changeScopes({ scopes: ['chat:write', 'channels:history'] });
    const metadata = { event_type: 'film', event_payload: {} };
    const { ts = '' } = await web.chat.postMessage({ channel, text: 'one', metadata });
    await fake.say({ user, channel, text: 'two', thread: ts });
    const history = await web.conversations.history({ channel, include_all_metadata: true });
    expect(history.messages).toMatchObject([{ text: 'one', metadata, reply_count: 1 }]);
    const replies = await web.conversations.replies({ channel, ts });
    expect(replies.messages?.map(({ text: said, metadata: meta }) => [said, meta])).toEqual([
      ['one', undefined],
      ['two', undefined],
    ]);
    expect(await codeOf(web.conversations.replies({ channel, ts: '1.000001' }))).toBe('thread_not_found');
  });
});

describe('limits and faults', () => {
  test('methods and channels are rationed where that is on', async () => {
    const { fake, web, channel } = await slack({ limits: { 'chat.update': { limit: 1, windowMs: 60_000 } } });
    const { ts = '' } = await web.chat.postMessage({ channel, text: 'x' });
    const update = () => web.chat.update({ channel, ts, text: 'y' });
    await update();
    const refused = await update().catch((error: { code: string; retryAfter: number }) => error);
    expect(refused).toMatchObject({ retryAfter: 60 });
    await fake.advance(60_000);
    await update();
    await fake.configure({ channelPerSecond: true });
    await web.chat.postMessage({ channel, text: 'x' });
    await expect(web.chat.postMessage({ channel, text: 'x' })).rejects.toThrow(/rate-limit/);
    expect(await fake.stats()).toMatchObject({ ratelimited: 2 });
  });

  test('a fault comes before the deed, after it, or late', async () => {
    const { fake, web, channel } = await slack();
    const method = 'chat.postMessage';
    const post = (words: string) => codeOf(web.chat.postMessage({ channel, text: words }));
    await fake.fail({ method, error: 'fatal_error' });
    await fake.fail({ method, status: 503, times: 2 });
    await fake.fail({ method, after: true });
    await fake.fail({ method });
    await fake.fail({ method, retryAfter: 7 });
    await fake.fail({ method, hang: 60, match: 'eight' });
    expect(await fake.faultsLeft()).toBe(7);
    expect(await post('one')).toBe('fatal_error');
    for (const words of ['two', 'three']) expect(await post(words)).toMatch(/503/);
    expect(await post('four')).toMatch(/fetch failed/);
    expect(await post('five')).toMatch(/fetch failed/);
    expect(await post('six')).toMatch(/rate-limit/);
    expect(await post('seven')).toBe('ok');
    const before = performance.now();
    expect(await post('eight')).toBe('ok');
    expect(performance.now() - before).toBeGreaterThan(50);
    expect((await fake.messages(channel)).map(({ text: said }) => said)).toEqual(['four', 'seven', 'eight']);
    await fake.fail({ method: '*', times: 9 });
    await fake.forgetFaults();
    expect(await fake.faultsLeft()).toBe(0);
  });

  test('uploads, downloads and response_urls can fail, too', async () => {
    const { fake, web, user, channel } = await slack();
    await fake.fail({ method: 'upload', status: 500 });
    const { upload_url = '' } = await web.files.getUploadURLExternal({ filename: 'a', length: 1 });
    expect((await fetch(upload_url, { method: 'POST', body: 'x' })).status).toBe(500);
    await fake.fail({ method: 'respond', status: 404 });
    const deed = await fake.deed(await fake.slash({ user, channel, command: '/film' }));
    const url = String(deed.payload.response_url);
    expect((await fetch(url, { method: 'POST', body: '{"text":"x"}' })).status).toBe(404);
    expect((await fake.deed(deed.id)).answers).toEqual([]);
    expect((await fake.requests()).map(({ method, status }) => [method, status])).toEqual([
      ['files.getUploadURLExternal', 200],
      ['upload', 500],
      ['respond', 404],
    ]);
  });

  test('everything can be slow', async () => {
    const { fake, web, user, channel } = await slack({ latencyMs: 60 });
    const before = performance.now();
    await web.auth.test();
    expect(performance.now() - before).toBeGreaterThan(50);
    await socketApp(fake, (app) => void app.command('/film', async ({ ack }) => ack()));
    const deed = await acked(fake, await fake.slash({ user, channel, command: '/film' }));
    expect((deed.sent[0]?.at ?? 0) - deed.at).toBeGreaterThan(50);
  });
});

test('in a process of its own it is the same', async () => {
  const { fake, user, channel } = await slack({ ackMs: 5000 }, forkFakeSlack);
  await socketApp(fake, (app) => {
    app.command('/film', async ({ ack, client, command }) => {
      await ack();
      await client.chat.postMessage({ channel: command.channel_id, text: 'there' });
    });
  });
  await acked(fake, await fake.slash({ user, channel, command: '/film' }));
  await until('a message', async () => (await fake.messages(channel)).length === 1);
  await expect(fake.slash({ user, channel: 'C1', command: '/film' })).rejects.toThrow(/no channel/);
  await expect(fake.makeUser({ name: 'x', team: 'T1' })).rejects.toThrow(/no team/);
});
