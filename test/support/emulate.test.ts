import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulate, startEmulate } from './emulate.ts';

let slack: Emulate;
beforeAll(async () => {
  slack = await startEmulate();
});
afterAll(() => slack.close());

const event = (job: string, version: number) => ({ event_type: 'card', event_payload: { job, version } });

/** A message of the bot that a thread can hang on. */
async function begin(): Promise<string> {
  const { ts = '' } = await slack.client().chat.postMessage({ channel: slack.channel, text: 'begin' });
  return ts;
}

/** Uploads a file without showing it anywhere yet. */
async function uploaded(filename: string, bytes: Uint8Array): Promise<string> {
  const { upload_url = '', file_id = '' } = await slack
    .client()
    .files.getUploadURLExternal({ filename, length: bytes.length });
  await slack.upload(upload_url, bytes);
  return file_id;
}

test('is a workspace with the app in it', async () => {
  const { team, app, bot, botUserId, user, channel, quietChannel } = slack;
  expect(await slack.client().auth.test()).toMatchObject({
    ...{ team: 'Studio', team_id: team, user: 'dailies', user_id: botUserId, bot_id: bot, app_id: app },
  });
  expect(await slack.client().conversations.info({ channel })).toMatchObject({
    channel: { name: 'dailies', is_member: true },
  });
  expect(await slack.client().users.info({ user })).toMatchObject({ user: { real_name: 'Ada', is_bot: false } });
  await expect(slack.client().chat.postMessage({ channel: quietChannel, text: 'hush' })).rejects.toMatchObject({
    data: { error: 'not_in_channel' },
  });
  await expect(slack.client(slack.deadToken).auth.test()).rejects.toMatchObject({ data: { error: 'invalid_auth' } });
});

test('refuses what the bot was not given the scope for', async () => {
  const poor = await startEmulate({ scopes: ['channels:read'] });
  try {
    await expect(poor.client().chat.postMessage({ channel: poor.channel, text: 'hi' })).rejects.toMatchObject({
      data: { error: 'missing_scope', needed: 'chat:write', provided: 'channels:read' },
    });
  } finally {
    await poor.close();
  }
});

test('keeps a thread, with what is changed in it and what is said of it', async () => {
  const { channel, botUserId, user } = slack;
  const thread = await begin();
  const { ts = '' } = await slack.client().chat.postMessage({
    ...{ channel, thread_ts: thread, text: 'version 1', metadata: event('one', 1) },
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'version *1*' } }],
  });
  await slack.say(channel, 'nice', thread);
  await slack.client().chat.update({ channel, ts, text: 'version 2', metadata: event('one', 2), blocks: [] });
  expect(await slack.messages(channel, thread)).toMatchObject([
    { ts: thread, text: 'begin', reply_count: 2 },
    { ts, thread_ts: thread, user: botUserId, text: 'version 2', metadata: event('one', 2), blocks: [] },
    { thread_ts: thread, user, text: 'nice' },
  ]);
  expect((await slack.messages(channel)).at(-1)).toMatchObject({ ts: thread });
  await slack.client().chat.delete({ channel, ts });
  expect((await slack.messages(channel, thread)).map(({ text }) => text)).toEqual(['begin', 'nice']);
});

test('takes a file into a thread in three steps and gives it back to the bot alone', async () => {
  const { channel } = slack;
  const thread = await begin();
  const bytes = Buffer.from('almost a film '.repeat(10_000));
  const file = await uploaded('film.mp4', bytes);
  await slack.client().files.completeUploadExternal({
    ...{ files: [{ id: file, title: 'a paper boat' }], channel_id: channel, thread_ts: thread },
    initial_comment: 'here it is',
  });
  const { file: info } = await slack.client().files.info({ file });
  const share = info?.shares?.public?.[channel]?.[0];
  expect(share).toMatchObject({ thread_ts: thread });
  expect((await slack.messages(channel, thread)).at(-1)).toMatchObject({
    ...{ ts: share?.ts, text: 'here it is', subtype: 'file_share', thread_ts: thread },
    files: [{ id: file, title: 'a paper boat', size: bytes.length }],
  });
  expect((await slack.download(info?.url_private ?? '')).equals(bytes)).toBe(true);
  expect((await fetch(info?.url_private ?? '')).status).toBe(401);
  await slack.client().files.delete({ file });
  await expect(slack.client().files.info({ file })).rejects.toMatchObject({ data: { error: 'file_not_found' } });
});

test('shows homes, opens views, and whispers', async () => {
  const { channel, user, team } = slack;
  const blocks = [{ type: 'header' as const, text: { type: 'plain_text' as const, text: 'Your films' } }];
  const home = await slack.client().views.publish({ user_id: user, view: { type: 'home', blocks } });
  expect(home.view).toMatchObject({ type: 'home', team_id: team, blocks });
  expect(await slack.inspect('views')).toContain('Your films');
  const form = await slack.client().views.open({
    trigger_id: await slack.trigger(),
    view: { type: 'modal', callback_id: 'form', title: { type: 'plain_text', text: 'A film' }, blocks },
  });
  expect(form.view).toMatchObject({ type: 'modal', callback_id: 'form' });
  await slack.client().chat.postEphemeral({ channel, user, text: 'only you' });
  expect(await slack.inspect('messages')).toContain('only you');
  expect((await slack.messages(channel)).map(({ text }) => text)).not.toContain('only you');
});
