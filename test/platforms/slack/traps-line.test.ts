import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { AppTokenRefused } from '../../../platforms/slack/gateway.ts';
import { createInstallations } from '../../../platforms/slack/installations.ts';
import { manyTokens, oneToken, TokenRefused } from '../../../platforms/slack/installs.ts';
import { slackPaths } from '../../../platforms/slack/manifest.ts';
import type { Vault } from '../../../src/ports.ts';
import { useClosing } from '../../support/closing.ts';
import { createTestLog } from '../../support/log.ts';
import type { FakeSlack, MadeTeam } from '../../support/slack/api.ts';
import { startFakeSlack } from '../../support/slack/index.ts';
import { until } from '../../support/until.ts';
import { startPoster } from './poster-rig.ts';
import { adapterOn, answered, buttonsOf, makeWorld, read } from './rig.ts';
import { formOf, startListening, told } from './traps.ts';

const { closing, later } = useClosing();

/** The tokens of many workspaces, in memory. */
function vaultWith() {
  const kept = new Map<string, string>();
  const vault: Vault = {
    keep: async (name, text) => void kept.set(name, text),
    open: async (name) => kept.get(name),
    drop: async (name) => void kept.delete(name),
  };
  return { kept, vault };
}

/** Keeps an installation, as adding the app does. */
async function keep(vault: Vault, { team, enterprise, token, botUserId, botId }: MadeTeam, orgWide: boolean) {
  const owner = { team: orgWide ? undefined : { id: team }, enterprise: enterprise ? { id: enterprise } : undefined };
  await createInstallations(vault, () => undefined).store.storeInstallation({
    ...{ ...owner, isEnterpriseInstall: orgWide, tokenType: 'bot', authVersion: 'v2', appId: 'A1' },
    ...{ bot: { token, userId: botUserId, id: botId, scopes: [] }, user: { id: 'U1', token: undefined } },
  } as never);
}

/** A bot of many workspaces, of which one, or its organisation, added it. */
async function many(fake: FakeSlack, own: MadeTeam, orgWide: boolean) {
  const { kept, vault } = vaultWith();
  await keep(vault, own, orgWide);
  const log = createTestLog();
  const options = { clientId: '1', clientSecret: 's', key: 'k'.repeat(32), publicUrl: 'https://films.example' };
  const tokens = manyTokens(vault, { ...options, command: '/dailies', api: fake.api, log });
  const { slack } = adapterOn(fake, { tokens });
  later(() => slack.receiver.close());
  await slack.receiver.listen(async ({ origin }) => ({
    ...{ to: 'private', jobs: [] },
    parts: [
      { kind: 'text', text: `${origin.space} ${origin.channel}` },
      { kind: 'buttons', buttons: [{ label: 'Look', command: 'mentions on' }] },
    ],
  }));
  await until('connected', () => slack.connected());
  return { kept, vault, slack };
}

describe('workspaces', () => {
  test.each([
    ['the app is removed', 'uninstall'],
    ['its token is revoked', 'revoke'],
  ] as const)('30, workspaces that remove the app: when %s, nothing of it is kept', async (_what, verb) => {
    const fake = closing(await startFakeSlack());
    const own: MadeTeam = { ...fake, enterprise: null };
    const { kept } = await many(fake, own, false);
    expect([...kept.keys()]).toEqual([`slack:team:${fake.team}`]);
    await fake[verb]();
    await until('forgotten', () => kept.size === 0);
  });

  test('30, workspaces that remove the app: an organisation too, and what its workspaces are known by', async () => {
    const fake = closing(await startFakeSlack());
    const org = await fake.makeTeam({ enterprise: 'E0ORG', orgWide: true });
    const { kept } = await many(fake, org, true);
    const user = await fake.makeUser({ team: org.team, name: 'olga' });
    const channel = await fake.makeChannel({ team: org.team });
    await answered(fake, await fake.slash({ user, channel, command: '/dailies', text: 'quota' }));
    await fake.uninstall({ team: org.team });
    await until('forgotten', () => ![...kept.keys()].some((key) => key.includes('enterprise')), 10_000);
  });

  test('30, workspaces that remove the app: one of an organisation leaves the organisation’s own be', async () => {
    const fake = closing(await startFakeSlack());
    const { kept, vault } = await many(fake, await fake.makeTeam({ enterprise: 'E0ORG', orgWide: true }), true);
    const one = await fake.makeTeam({ enterprise: 'E0ORG' });
    await keep(vault, one, false);
    const deeds = await fake.uninstall({ team: one.team });
    await until('both', async () => (await Promise.all(deeds.map((id) => fake.deed(id)))).every(({ ack }) => ack));
    await until('forgotten', () => kept.size === 1);
    expect([...kept.keys()]).toEqual(['slack:enterprise:E0ORG']);
  });

  test('31, installations of a whole organisation: payloads without a workspace find theirs', async () => {
    const fake = closing(await startFakeSlack());
    const org = await fake.makeTeam({ enterprise: 'E0ORG', orgWide: true });
    await many(fake, org, true);
    const { team } = org;
    const user = await fake.makeUser({ team, name: 'olga' });
    const channel = await fake.makeChannel({ team });
    const says = `${team} ${channel}`;
    const id = await fake.slash({ user, channel, command: '/dailies', text: 'quota' });
    const message = await answered(fake, id);
    const press = { user, channel, ts: message.ts, action: buttonsOf(message)[0]?.id ?? '' };
    const pressed = await fake.press(press);
    expect((await fake.deed(pressed)).payload.team).toBeNull();
    const { deeds } = await fake.mention({ user, channel, text: '@bot quota' });
    for (const deed of [id, pressed, deeds[0] ?? '']) expect(read(await answered(fake, deed))).toBe(says);
    await fake.openHome({ user });
    await until('the page', async () => (await fake.home(user)) ?? undefined);
    await fake.pressHome({ user, action: 'slack:form|video' });
    const { id: view } = await formOf(fake, user);
    await fake.submit({ user, view, values: { prompt: 'a kite' }, channel });
    await until('an answer', async () => (await fake.ephemerals({ user })).length === 4);
  });
});

describe('tokens', () => {
  test('32, a bot’s token that is refused: it is said once, asked once a minute, and nothing is lost', async () => {
    const { fake, post, poster, card, origin, log, requests } = closing(await startPoster());
    await fake.fail({ method: 'files.getUploadURLExternal', error: 'token_revoked' });
    const refusal = { name: 'TransientError', waits: true, retryAfter: 60_000 };
    for (let n = 0; n < 3; n += 1) await expect(post()).rejects.toMatchObject(refusal);
    await expect(poster.card(origin, card(), undefined)).rejects.toMatchObject(refusal);
    expect(await requests('files.getUploadURLExternal', 'chat.postMessage')).toHaveLength(1);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      expect(await post()).toMatchObject({ place: 'asked' });
    } finally {
      vi.useRealTimers();
    }
    const tokens = oneToken('xoxb-other', fake.api, log);
    const other = adapterOn(fake, { tokens }).slack;
    await expect(other.receiver.listen(async () => told('x'))).rejects.toBeInstanceOf(TokenRefused);
    await other.receiver.close();
  });

  test('33, an app’s token that is refused: a start says so, and a running bot says it once', async () => {
    const bot = closing(await startListening(async () => told('taken')));
    const { fake, log, slack } = bot;
    const wrong = adapterOn(fake, { events: { appToken: 'xapp-wrong' } }).slack;
    await expect(wrong.receiver.listen(async () => told('x'))).rejects.toBeInstanceOf(AppTokenRefused);
    await wrong.receiver.close();
    await bot.listen();
    await fake.fail({ method: 'apps.connections.open', error: 'invalid_auth' });
    await fake.dropSockets({ reason: 'cut' });
    await until('said', () => log.lines.some(({ level }) => level === 'error'));
    expect(slack.connected()).toBe(false);
    expect(log.lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
      expect.stringContaining('Slack refuses SLACK_APP_TOKEN'),
    ]);
  });
});

describe('connections', () => {
  test.each(['refresh_requested', 'warning', 'cut'] as const)(
    '34, connections that end: after %s another one comes at once, and nothing is lost or said',
    async (reason) => {
      const bot = closing(
        await startListening(async () => told('taken'), { fake: { retryDelaysMs: [300, 300, 300] } }),
      );
      await bot.listen();
      const { fake, world, calls, log, slack } = bot;
      await fake.dropSockets({ reason });
      const { deeds } = await fake.mention({ user: world.ada, channel: world.channel, text: '@bot quota' });
      expect(read(await answered(fake, deeds[0] ?? ''))).toBe('taken');
      await until('connected', () => slack.connected());
      expect(calls).toHaveLength(1);
      expect((await fake.stats()).connections).toBe(2);
      expect(log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    },
  );

  test('34, connections that end: while Slack is away it is tried again, with one line of it in the log', async () => {
    const bot = closing(await startListening(async () => told('taken')));
    await bot.listen();
    const { fake, log, slack } = bot;
    await fake.fail({ method: 'apps.connections.open', times: 2, status: 503 });
    await fake.dropSockets({ reason: 'cut' });
    await until('tried', async () => (await fake.faultsLeft()) === 0);
    await until('connected', () => slack.connected());
    expect(log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      'Slack could not be reached; it is tried again',
    ]);
  });

  test('35, several connections: each thing that happens comes to one of them, and is answered once', async () => {
    const bot = closing(await startListening(async () => told('taken')));
    await bot.listen();
    const { fake, world, calls } = bot;
    const { slack } = adapterOn(fake);
    later(() => slack.receiver.close());
    let others = 0;
    await slack.receiver.listen(async () => {
      others += 1;
      return told('taken');
    });
    await until('both', async () => (await fake.stats()).connected === 2);
    const asked = { user: world.ada, channel: world.channel, command: '/dailies', text: 'quota' };
    const deeds = await Promise.all(Array.from({ length: 6 }, () => fake.slash(asked)));
    for (const deed of deeds) {
      expect(read(await answered(fake, deed))).toBe('taken');
      expect((await fake.deed(deed)).answers).toHaveLength(1);
    }
    expect([calls.length, others]).toEqual([3, 3]);
  });

  test('36, requests that are not Slack’s, or come again: refused; a retry is one call', async () => {
    const fake = closing(await startFakeSlack());
    const { signingSecret } = fake;
    const { ada: user, channel } = await makeWorld(fake);
    const { slack } = adapterOn(fake, { events: { signingSecret } });
    const server = createServer((req, res) => slack.serve?.(req, res));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    later(async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    });
    const keys: string[] = [];
    await slack.receiver.listen(async ({ key }) => {
      keys.push(key);
      return told('taken');
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}${slackPaths.events}`;
    const body = JSON.stringify({ type: 'event_callback', event: { type: 'app_mention' } });
    const headers = { 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1_000)) };
    const forged = { ...headers, 'x-slack-signature': `v0=${'0'.repeat(64)}`, 'content-type': 'application/json' };
    expect((await fetch(endpoint, { method: 'POST', body, headers: forged })).status).toBe(401);
    await fake.configure({ endpoint });
    const { deeds } = await fake.mention({ user, channel, text: '@bot quota', times: 2 });
    await until('answered', async () => (await fake.ephemerals({ user })).length === 1);
    await fake.repeat({ deed: deeds[0] ?? '', retry: 1 });
    await until('answered', async () => (await fake.deed(deeds[0] ?? '')).sent[1]?.status);
    expect(keys).toHaveLength(1);
  });
});
