import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { LogLevel, webApi } from '@slack/bolt';
import { createEmulator } from 'emulate';

/** A message as Slack's reading methods give it. */
export type SlackMessage = NonNullable<webApi.ConversationsRepliesResponse['messages']>[number];

/** What a test may choose of the workspace. */
export interface EmulateOptions {
  /** What the bot's token may do; all that an app of this kind asks for unless said. A method that needs more answers `missing_scope`. */
  scopes?: string[];
}

/** A Slack workspace of the test's own, on a free port, with the app installed. Nothing in it outlives `close`. */
export interface Emulate {
  /** As `slackApiUrl` takes it. */
  api: string;
  /** The bot's token. */
  token: string;
  /** The token of `user`, who may do everything that a member may. */
  userToken: string;
  /** A token whose owner is gone: `auth.test` answers `invalid_auth`. */
  deadToken: string;
  team: string;
  app: string;
  bot: string;
  botUserId: string;
  /** A member. */
  user: string;
  /** Another one. */
  otherUser: string;
  /** A public channel that the bot and both members are in. */
  channel: string;
  /** A private channel that both members are in and the bot is not. */
  quietChannel: string;
  /** A client that does not try again and prints nothing; the bot's unless another token is given. */
  client(token?: string): webApi.WebClient;
  /** What `user` sees of a channel, or of a thread with what it hangs on, in the order of posting. A channel's list leaves replies out. */
  messages(channel: string, thread?: string): Promise<SlackMessage[]>;
  /** `user` posts; resolves with the message's `ts`. */
  say(channel: string, text: string, thread?: string): Promise<string>;
  /** The second of the three steps of an upload. */
  upload(url: string, bytes: Uint8Array): Promise<void>;
  /** Fetches a file's `url_private` as the bot; throws when it is not given. */
  download(url: string): Promise<Buffer>;
  /** What a button or a command would bring with it: it opens one view for that member, within three seconds. */
  trigger(user?: string): Promise<string>;
  /** The emulator's page, in escaped HTML: the one place where the newest ephemeral messages (`messages`) and homes (`views`) can be seen. */
  inspect(tab: 'messages' | 'views', channel?: string): Promise<string>;
  close(): Promise<void>;
}

const kinds = ['channels', 'groups', 'im', 'mpim'];
const usual = [
  ...kinds.flatMap((kind) => [`${kind}:read`, `${kind}:history`]),
  ...['chat:write', 'channels:join', 'files:read', 'files:write', 'im:write', 'team:read', 'users:read'],
];

const app = { app_id: 'A0DAILIES0', bot_id: 'B0DAILIES0', bot_user_id: 'U0DAILIES0' };
const tokens = { bot: 'xoxb-dailies', user: 'xoxp-ada', dead: 'xoxb-dead' };

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const closed = once(server, 'close');
  server.close();
  await closed;
  return port;
}

const idOf = (list: { id?: string; name?: string }[] | undefined, name: string): string => {
  const id = list?.find((one) => one.name === name)?.id;
  if (id === undefined) throw new Error(`the workspace has no ${name}`);
  return id;
};

/** Starts a workspace with the members ada and bob and the channels dailies and board. */
export async function startEmulate({ scopes = usual }: EmulateOptions = {}): Promise<Emulate> {
  const port = await freePort();
  const slack = {
    strict_scopes: true,
    team: { name: 'Studio', domain: 'studio' },
    users: [
      { name: 'ada', real_name: 'Ada' },
      { name: 'bob', real_name: 'Bob' },
    ],
    channels: [{ name: 'dailies' }, { name: 'board', is_private: true }],
    oauth_apps: [
      {
        ...app,
        ...{ client_id: '1.2', client_secret: 'a-secret', name: 'Dailies', bot_name: 'dailies' },
        ...{ redirect_uris: ['http://127.0.0.1/slack'], scopes },
      },
    ],
    tokens: [
      { ...app, token: tokens.bot, type: 'bot', user_id: app.bot_user_id, scopes },
      { app_id: app.app_id, token: tokens.user, type: 'user', user: 'ada' },
      { token: tokens.dead, type: 'bot', user_id: 'U0NOBODY00', scopes: [] },
    ],
  };
  // By address: `localhost` may be tried by another family first.
  const url = `http://127.0.0.1:${port}`;
  const emulator = await createEmulator({ service: 'slack', port, baseUrl: url, seed: { tokens: {}, slack } });
  const api = `${url}/api/`;
  const client = (token = tokens.bot) =>
    new webApi.WebClient(token, {
      ...{ slackApiUrl: api, logLevel: LogLevel.ERROR },
      retryConfig: { retries: 0 },
    });
  const ada = client(tokens.user);
  try {
    // The emulator invents the ids of members and channels.
    const { members } = await ada.users.list({});
    const { channels } = await ada.conversations.list({ types: 'public_channel,private_channel' });
    const { team_id: team = '' } = await ada.auth.test();
    const [user, otherUser] = [idOf(members, 'ada'), idOf(members, 'bob')];
    const [channel, quietChannel] = [idOf(channels, 'dailies'), idOf(channels, 'board')];
    // Not left to the bot, whose scopes are the test's.
    await ada.conversations.invite({ channel, users: app.bot_user_id });
    return {
      ...{ api, team, user, otherUser, channel, quietChannel, client },
      ...{ app: app.app_id, bot: app.bot_id, botUserId: app.bot_user_id },
      ...{ token: tokens.bot, userToken: tokens.user, deadToken: tokens.dead },
      async messages(from, thread) {
        if (thread === undefined) {
          const { messages = [] } = await ada.conversations.history({ channel: from, limit: 1000 });
          return messages.toReversed();
        }
        return (await ada.conversations.replies({ channel: from, ts: thread })).messages ?? [];
      },
      async say(to, text, thread) {
        const { ts = '' } = await ada.chat.postMessage({
          channel: to,
          text,
          ...(thread === undefined ? {} : { thread_ts: thread }),
        });
        return ts;
      },
      async upload(to, bytes) {
        const answer = await fetch(to, { method: 'POST', body: bytes });
        if (!answer.ok) throw new Error(`the upload was answered with ${answer.status} ${await answer.text()}`);
        await answer.body?.cancel();
      },
      async download(from) {
        const answer = await fetch(from, { headers: { authorization: `Bearer ${tokens.bot}` } });
        const bytes = Buffer.from(await answer.arrayBuffer());
        // A missing scope is answered with 200 and JSON.
        if (!answer.ok || answer.headers.get('content-type')?.startsWith('application/json'))
          throw new Error(`the download was answered with ${answer.status} ${bytes}`);
        return bytes;
      },
      async trigger(by = user) {
        // A method of the emulator's own.
        const answer = await client().apiCall('views.generateTriggerId', { user_id: by });
        return (answer as typeof answer & { trigger_id: string }).trigger_id;
      },
      async inspect(tab, of = channel) {
        return (await fetch(`${url}/?tab=${tab}&channel=${of}`)).text();
      },
      close: () => emulator.close(),
    };
  } catch (error) {
    await emulator.close();
    throw error;
  }
}
