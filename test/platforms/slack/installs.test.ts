import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { manyTokens, NotInstalled, oneToken, TokenRefused } from '../../../platforms/slack/installs.ts';
import { scopes } from '../../../platforms/slack/scopes.ts';
import { TransientError } from '../../../src/domain/errors.ts';
import { RedisAway, type Vault } from '../../../src/ports.ts';
import { createTestLog } from '../../support/log.ts';
import { startTinySlack, type TinyCall } from './tiny-slack.ts';

let closers: (() => unknown)[] = [];
let answers: Record<string, (call: TinyCall) => Record<string, unknown> | number> = {};
let slack: Awaited<ReturnType<typeof startTinySlack>>;
let log: ReturnType<typeof createTestLog>;
beforeEach(async () => {
  answers = {};
  slack = await startTinySlack((call) => answers[call.method]?.(call) ?? { ok: false, error: 'unknown_method' });
  log = createTestLog();
  closers = [slack.close];
});
afterEach(async () => {
  vi.useRealTimers();
  for (const close of closers.reverse()) await close();
});

const times = (method: string): number => slack.calls.filter((call) => call.method === method).length;
const payload = (teamId: string | undefined, enterpriseId?: string, isEnterpriseInstall = false) => ({
  ...{ teamId, enterpriseId: enterpriseId as string, isEnterpriseInstall },
});
/** Lets the clock go on without waiting. */
function later(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

describe("the operator's own token", () => {
  const whose = { ok: true, team_id: 'T1', user_id: 'UBOT', bot_id: 'B1' };

  test('is asked about once, and serves its workspace alone', async () => {
    answers['auth.test'] = () => whose;
    const tokens = oneToken('xoxb-one', slack.api, log);
    const all = await Promise.all([tokens.of('T1'), tokens.of('T1'), tokens.of('T1')]);
    expect(all[0]).toEqual({
      ...{ token: 'xoxb-one', botUserId: 'UBOT', botId: 'B1', appId: undefined, enterprise: undefined },
    });
    await expect(tokens.of('T2')).rejects.toBeInstanceOf(NotInstalled);
    expect(slack.calls).toEqual([{ method: 'auth.test', token: 'xoxb-one', form: {} }]);
  });

  test('serves whatever comes over its own line, for its own workspace: what a stranger did too', async () => {
    answers['auth.test'] = () => whose;
    const { authorize } = oneToken('xoxb-one', slack.api, log);
    const served = { botToken: 'xoxb-one', botUserId: 'UBOT', botId: 'B1', teamId: 'T1' };
    expect(await authorize(payload('T1'))).toEqual(served);
    expect(await authorize(payload('T9'))).toEqual(served);
  });

  test('of a whole organisation serves each of its workspaces', async () => {
    answers['auth.test'] = () => ({ ...whose, team_id: 'E1', enterprise_id: 'E1', is_enterprise_install: true });
    const tokens = oneToken('xoxb-one', slack.api, log);
    expect(await tokens.of('T1')).toMatchObject({ token: 'xoxb-one', enterprise: 'E1' });
    expect(await tokens.of('T2')).toMatchObject({ token: 'xoxb-one' });
    expect(await tokens.authorize(payload('T2', 'E1', true))).toMatchObject({ teamId: 'T2', enterpriseId: 'E1' });
  });

  test('is asked about again after a failure, not at once, and the log has one line of it', async () => {
    answers['auth.test'] = () => 503;
    const tokens = oneToken('xoxb-one', slack.api, log);
    for (const of of [tokens.of('T1'), tokens.of('T1')]) await expect(of).rejects.toBeInstanceOf(TransientError);
    await expect(tokens.of('T1')).rejects.toThrow('does not say');
    expect(times('auth.test')).toBe(1);
    answers['auth.test'] = () => whose;
    later(6_000);
    expect(await tokens.of('T1')).toMatchObject({ botUserId: 'UBOT' });
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('that Slack refuses lets everything wait, and says so without the token', async () => {
    answers['auth.test'] = () => ({ ok: false, error: 'token_revoked' });
    const tokens = oneToken('xoxb-one', slack.api, log);
    const refused = await tokens.of('T1').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TokenRefused);
    expect(refused).toMatchObject({ waits: true, retryAfter: 60_000 });
    expect(String(refused)).toContain('Slack refuses SLACK_BOT_TOKEN (token_revoked)');
    expect(JSON.stringify(log.lines)).not.toContain('xoxb-one');
    await tokens.forget('T1', undefined);
    answers['auth.test'] = () => whose;
    expect(await tokens.of('T1')).toMatchObject({ token: 'xoxb-one' });
  });
});

/** A vault in memory; `away`: its Redis does not answer. */
function createTestVault() {
  const kept = new Map<string, string>();
  let away = false;
  const reach = <T>(work: () => T): Promise<T> =>
    away ? Promise.reject(new RedisAway(false, undefined)) : Promise.resolve(work());
  const vault: Vault = {
    keep: (name, text) => reach(() => void kept.set(name, text)),
    open: (name) => reach(() => kept.get(name)),
    drop: (name) => reach(() => void kept.delete(name)),
  };
  const setAway = (is: boolean): void => {
    away = is;
  };
  return { vault, kept, setAway };
}

const granted = (team: string, token: string, more: Record<string, unknown> = {}) => ({
  ...{ ok: true, app_id: 'A1', token_type: 'bot', access_token: token, bot_user_id: 'UBOT', scope: 'commands' },
  ...{ team: { id: team, name: 'Films & <b>more</b>' }, enterprise: null, is_enterprise_install: false },
  ...{ authed_user: { id: 'U1', access_token: 'xoxp-of-a-person', scope: 'x', token_type: 'user' }, ...more },
});
const grantedOrg = (enterprise: string, token: string) =>
  granted('', token, { team: null, enterprise: { id: enterprise, name: 'All' }, is_enterprise_install: true });

describe('the tokens of many workspaces', () => {
  let store: ReturnType<typeof createTestVault>;
  beforeEach(() => {
    store = createTestVault();
    answers['auth.test'] = ({ token }) => ({ ok: true, bot_id: `B-${token}`, url: 'https://all.example/' });
  });

  const publicUrl = 'https://films.example';
  /** A process that knows of them. */
  const tokensOf = () =>
    manyTokens(store.vault, {
      ...{ clientId: '1.2', clientSecret: 'shh', key: 'k'.repeat(32), publicUrl, command: '/dailies' },
      ...{ api: slack.api, authorizationUrl: 'https://slack.example/authorize', log },
    });

  /** The two pages of the flow, served. */
  async function served(tokens: ReturnType<typeof tokensOf>) {
    const server = createServer((req, res) => {
      const { install, redirect } = tokens.routes;
      void (req.url?.startsWith('/slack/install') ? install(req, res) : redirect(req, res));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    closers.push(() => {
      server.close();
      server.closeAllConnections();
    });
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const begin = async () => {
      const page = await fetch(`${base}/slack/install`);
      const [, href = ''] = /href="([^"]+)"/.exec(await page.text()) ?? [];
      const asked = new URL(href.replaceAll('&amp;', '&'));
      return { page, asked, cookie: page.headers.get('set-cookie')?.split(';')[0] ?? '' };
    };
    const back = async (query: Record<string, string>, cookie: string) => {
      const page = await fetch(`${base}/slack/oauth_redirect?${new URLSearchParams(query)}`, { headers: { cookie } });
      return { status: page.status, text: await page.text(), page };
    };
    const install = async (answer: Record<string, unknown>) => {
      answers['oauth.v2.access'] = () => answer;
      const { asked, cookie } = await begin();
      return back({ code: 'c', state: asked.searchParams.get('state') ?? '' }, cookie);
    };
    return { begin, back, install };
  }

  test('come by the flow: it asks for what the table has, and keeps the token of the bot alone', async () => {
    const tokens = tokensOf();
    const { begin, install } = await served(tokens);
    const { page, asked } = await begin();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('set-cookie')).toMatch(/Secure; HttpOnly/);
    expect(asked.origin + asked.pathname).toBe('https://slack.example/authorize');
    expect(asked.searchParams.get('scope')?.split(',')).toEqual(scopes.map(({ scope }) => scope));
    expect(asked.searchParams.get('user_scope')).toBeNull();
    expect(asked.searchParams.get('redirect_uri')).toBe(`${publicUrl}/slack/oauth_redirect`);

    await expect(tokens.of('T1')).rejects.toBeInstanceOf(NotInstalled);
    const { status, text } = await install(granted('T1', 'xoxb-1'));
    expect(status).toBe(200);
    expect(text).toContain('Films &amp; &lt;b&gt;more&lt;/b&gt;');
    expect(text).toContain('/dailies help');
    expect(text).toContain('https://slack.com/app_redirect?app=A1&amp;team=T1');
    const mine = { token: 'xoxb-1', botUserId: 'UBOT', botId: 'B-xoxb-1', appId: 'A1', enterprise: undefined };
    expect(await tokens.of('T1')).toEqual(mine);
    expect(await tokensOf().of('T1')).toEqual(mine);
    expect(await tokens.authorize(payload('T1'))).toEqual({
      ...{ botToken: 'xoxb-1', botUserId: 'UBOT', botId: 'B-xoxb-1', teamId: 'T1' },
    });
    expect([...store.kept.keys()]).toEqual(['slack:team:T1']);
    expect(JSON.stringify([...store.kept])).not.toContain('xoxp');
    expect(JSON.stringify(log.lines)).not.toMatch(/xox|shh/);
  });

  test('of one that is added anew replace the former ones, at once where that happened', async () => {
    const tokens = tokensOf();
    const elsewhere = tokensOf();
    const { install } = await served(tokens);
    await install(granted('T1', 'xoxb-1'));
    await elsewhere.of('T1');
    await install(granted('T1', 'xoxb-2'));
    expect(await tokens.of('T1')).toMatchObject({ token: 'xoxb-2' });
    expect(await elsewhere.of('T1')).toMatchObject({ token: 'xoxb-1' });
    later(61_000);
    expect(await elsewhere.of('T1')).toMatchObject({ token: 'xoxb-2' });
  });

  test.each([
    ['in another browser', (state: string) => ({ query: { code: 'c', state }, cookie: '' }), 400, 'another browser'],
    [
      'with a state of its own',
      () => ({ query: { code: 'c', state: 'x' }, cookie: 'slack-app-oauth-state=x' }),
      400,
      'another browser',
    ],
    ['without a state', () => ({ query: { code: 'c' }, cookie: '' }), 400, 'another browser'],
    ['declined', (state: string) => ({ query: { error: 'access_denied', state }, cookie: '' }), 400, 'declined'],
  ] as const)('do not come %s; the page says why, and what to do', async (_, given, wanted, says) => {
    const { begin, back } = await served(tokensOf());
    answers['oauth.v2.access'] = () => granted('T1', 'xoxb-1');
    const { asked } = await begin();
    const { query, cookie } = given(asked.searchParams.get('state') ?? '');
    const { status, text } = await back(query, cookie);
    expect(status).toBe(wanted);
    expect(text).toContain(says);
    expect(text).toContain(`${publicUrl}/slack/install`);
    expect(text).not.toMatch(/slack_oauth|Error|\bat /);
    expect(store.kept.size).toBe(0);
    expect(times('oauth.v2.access')).toBe(0);
  });

  test.each([
    ['Slack refuses the code', () => void 0, { ok: false, error: 'invalid_code' }],
    ['no bot came with it', () => void 0, granted('T1', 'xoxb-1', { bot_user_id: undefined })],
    ['Redis is away', () => store.setAway(true), granted('T1', 'xoxb-1')],
  ])('do not come when %s; the page shows no code of it, the log does', async (_, arrange, answer) => {
    arrange();
    const { install } = await served(tokensOf());
    const { status, text } = await install(answer);
    expect(status).toBe(500);
    expect(text).toContain('on our side');
    expect(text).not.toMatch(/invalid_code|Redis|Error/);
    expect(log.lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
      'the app could not be added to a workspace',
    ]);
    expect(JSON.stringify(log.lines)).not.toMatch(/xox|shh/);
  });

  test('of an organisation serve its workspaces, which another process then finds by the workspace alone', async () => {
    const tokens = tokensOf();
    const worker = tokensOf();
    const { install } = await served(tokens);
    const { text } = await install(grantedOrg('E1', 'xoxb-org'));
    expect(text).toContain('organisation');
    await expect(worker.of('T1')).rejects.toBeInstanceOf(NotInstalled);
    expect(await tokens.authorize(payload('T1', 'E1', true))).toMatchObject({
      ...{ botToken: 'xoxb-org', teamId: 'T1', enterpriseId: 'E1' },
    });
    expect(await worker.of('T1')).toMatchObject({ token: 'xoxb-org', enterprise: 'E1' });
    await expect(worker.of('T2')).rejects.toBeInstanceOf(NotInstalled);
    // Slack does not always say that it is one for all.
    expect(await tokens.authorize(payload('T2', 'E1'))).toMatchObject({ botToken: 'xoxb-org', teamId: 'T2' });
    expect(await worker.of('T2')).toMatchObject({ token: 'xoxb-org' });
    answers['auth.test'] = () => ({ ok: false, error: 'account_inactive' });
    await tokens.forget('T1', 'E1');
    await expect(tokens.of('T1')).rejects.toBeInstanceOf(NotInstalled);
    // Of another of its workspaces is left which organisation it is of, and no token.
    expect([...store.kept]).toEqual([['slack:org-of:T2', 'E1']]);
  });

  test("of a workspace in an organisation are its own; forgetting them leaves the others' be", async () => {
    const tokens = tokensOf();
    const { install } = await served(tokens);
    await install(granted('T1', 'xoxb-1', { enterprise: { id: 'E1' } }));
    await install(granted('T2', 'xoxb-2', { enterprise: { id: 'E1' } }));
    expect(await tokens.authorize(payload('T1', 'E1'))).toMatchObject({ botToken: 'xoxb-1', enterpriseId: 'E1' });
    expect(await tokens.of('T1')).toMatchObject({ token: 'xoxb-1' });
    answers['auth.test'] = ({ token }) => (token === 'xoxb-1' ? { ok: false, error: 'token_revoked' } : { ok: true });
    await tokens.forget('T1', 'E1');
    await expect(tokens.of('T1')).rejects.toBeInstanceOf(NotInstalled);
    expect(await tokens.of('T2')).toMatchObject({ token: 'xoxb-2' });
  });

  test('serve a stranger of another workspace by the workspace of the channel that both share', async () => {
    const tokens = tokensOf();
    const { install } = await served(tokens);
    await install(granted('T1', 'xoxb-1'));
    const pressed = { type: 'block_actions', team: { id: 'T9' }, message: { team: 'T1' } } as never;
    expect(await tokens.authorize(payload('T9'), pressed)).toMatchObject({ botToken: 'xoxb-1', teamId: 'T1' });
    const event = { type: 'event_callback', team_id: 'T9', context_team_id: 'T1' } as never;
    expect(await tokens.authorize(payload('T9'), event)).toMatchObject({ teamId: 'T1' });
    await expect(tokens.authorize(payload('T9'))).rejects.toBeInstanceOf(NotInstalled);
    await expect(tokens.authorize(payload(undefined))).rejects.toBeInstanceOf(NotInstalled);
  });

  test('that expire are renewed in time, once however many ask, also in a process that hears of nothing', async () => {
    const tokens = tokensOf();
    const { install } = await served(tokens);
    await install(granted('T1', 'xoxe.xoxb-1', { refresh_token: 'xoxe-1', expires_in: 43_200 }));
    expect(await tokensOf().of('T1')).toMatchObject({ token: 'xoxe.xoxb-1' });
    answers['oauth.v2.access'] = ({ form }) => ({
      ...{
        ok: true,
        token_type: 'bot',
        access_token: `${form.refresh_token}-new`,
        refresh_token: 'xoxe-2',
        expires_in: 43_200,
      },
    });
    later(11 * 3_600_000);
    const worker = tokensOf();
    const all = await Promise.all(Array.from({ length: 10 }, () => worker.of('T1')));
    expect(new Set(all.map(({ token }) => token))).toEqual(new Set(['xoxe-1-new']));
    expect(times('oauth.v2.access')).toBe(2);
    expect(slack.calls.at(-1)?.form).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'xoxe-1' });
    expect(await tokensOf().of('T1')).toMatchObject({ token: 'xoxe-1-new' });
    expect(times('oauth.v2.access')).toBe(2);
  });

  test('that cannot be renewed are used while they last, and the log warns within the last hour', async () => {
    const tokens = tokensOf();
    const { install } = await served(tokens);
    await install(granted('T1', 'xoxe.xoxb-1', { refresh_token: 'xoxe-1', expires_in: 43_200 }));
    answers['oauth.v2.access'] = () => ({ ok: false, error: 'invalid_refresh_token' });
    later(10.5 * 3_600_000);
    expect(await tokens.of('T1')).toMatchObject({ token: 'xoxe.xoxb-1' });
    const warned = () => log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warned()).toEqual([]);
    later(3_600_000);
    await tokens.of('T1');
    expect(warned()).toEqual(["a workspace's token expires soon and could not be renewed"]);
  });

  test('of a Redis that is away are asked for again: nobody is taken for not installed', async () => {
    const tokens = tokensOf();
    store.setAway(true);
    await expect(tokens.of('T1')).rejects.toBeInstanceOf(RedisAway);
    await expect(tokens.authorize(payload('T1'))).rejects.toBeInstanceOf(RedisAway);
  });
});
