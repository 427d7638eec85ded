import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { useClosing } from '../../support/closing.ts';
import { until } from '../../support/until.ts';
import { jobIn, type Rig, read, startRig } from './rig.ts';

const { closing, later } = useClosing();

const path = '/slack/events';

/** A bot that hears of Slack by signed HTTP, on a server of the test's own. */
async function begin() {
  const rig = closing(
    await startRig({ slack: ({ signingSecret }) => ({ events: { signingSecret } }), fake: { retryDelaysMs: [] } }),
  );
  const server = createServer((req, res) => rig.bot.slack.serve?.(req, res));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  later(
    () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  );
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  await rig.fake.configure({ endpoint });
  return { ...rig, endpoint };
}

interface Signing {
  secret: string;
  /** Seconds. */
  age?: number;
}

const type = 'application/x-www-form-urlencoded';

/** A request's headers, signed as Slack signs them. */
function signed(body: string, { secret, age = 0 }: Signing): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000) - age);
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'content-type': type, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` };
}

const post = async (to: string, body: string, headers: Record<string, string>): Promise<number> => {
  const answer = await fetch(to, { method: 'POST', body, headers });
  await answer.text();
  return answer.status;
};

/** A command that asks for a film, as Slack would send it, which it never sent. */
async function commandOf({ fake, world }: Rig): Promise<string> {
  const id = await fake.slash({ user: world.ada, channel: world.channel, command: '/dailies', text: 'help' });
  const { payload } = await fake.deed(id);
  const fields = { ...payload, text: 'video a stolen boat', trigger_id: '1.2.notseenbefore' };
  return String(new URLSearchParams(fields as Record<string, string>));
}

const jobs = ({ house, space, world }: Rig) => house.desk.jobsOf(space, world.ada, 10);

describe('over signed HTTP', () => {
  test('a command goes all the way, and so does a press', async () => {
    const rig = await begin();
    const { text } = await rig.ask('video a paper boat');
    const job = jobIn(text);
    await rig.atRest(job);
    const { cards, films } = await rig.posts();
    expect([cards.length, films.length]).toEqual([1, 1]);
    const [card] = cards;
    if (!card) throw new Error('no card');
    expect((await rig.press(card, /Details/)).text).toContain(`Job: ${job}`);
    const sent = (await rig.fake.deeds()).flatMap((deed) => deed.sent);
    expect(sent.map(({ transport, status }) => `${transport} ${status}`)).toEqual(['http 200', 'http 200']);
    expect((await rig.fake.stats()).connections).toBe(0);
    expect(rig.bot.log.lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });

  test('a form that is sent is answered in the form', async () => {
    const { fake, world } = await begin();
    const { ada: user, channel } = world;
    await fake.slash({ user, channel, command: '/dailies', text: 'video seconds:8' });
    const { id: view } = await until('the form', async () => (await fake.viewOf(user)) ?? undefined);
    await fake.submit({ user, view, values: { prompt: 'a kite', model: 'sandbox-mini', seconds: '12' } });
    const { errors } = await until('what is wrong', async () => {
      const shown = await fake.view(view);
      return shown.state === 'errors' && shown;
    });
    expect(errors).toEqual({ seconds: expect.stringMatching(/not 12/) });
  });

  test.each([
    ['signed with another secret', (body: string) => signed(body, { secret: 'x'.repeat(32) })],
    ['unsigned', () => ({ 'content-type': type })],
    ['signed without a time', (body: string, secret: string) => without(signed(body, { secret }), 'timestamp')],
    ['signed rightly six minutes ago', (body: string, secret: string) => signed(body, { secret, age: 360 })],
    ['signed rightly, six minutes ahead', (body: string, secret: string) => signed(body, { secret, age: -360 })],
    ['signed for another body', (body: string, secret: string) => signed(`${body}&x=1`, { secret })],
  ])('a request that is %s is refused, and takes nothing', async (_, headersOf) => {
    const rig = await begin();
    const body = await commandOf(rig);
    const { signingSecret: secret } = rig.fake;
    expect(await post(rig.endpoint, body, headersOf(body, secret))).toBe(401);
    expect(await jobs(rig)).toEqual([]);
    // The same one, signed as it should be, is taken: what was refused was refused for its signature.
    expect(await post(rig.endpoint, body, signed(body, { secret }))).toBe(200);
    await until('a film', async () => (await jobs(rig)).length === 1);
  });

  test.each([
    ['after it was heard', true],
    ['four times at once', false],
  ])('a request that is sent again, byte for byte, is taken once: %s', async (_, inTurn) => {
    const rig = await begin();
    const body = await commandOf(rig);
    const headers = signed(body, { secret: rig.fake.signingSecret });
    const send = () => post(rig.endpoint, body, headers);
    const first = inTurn ? [await send()] : [];
    const rest = await Promise.all(Array.from({ length: 4 - first.length }, send));
    if (inTurn) expect([...first, ...rest]).toEqual([200, 401, 401, 401]);
    else expect(rest.filter((status) => status === 200)).toHaveLength(1);
    const [job] = await until('a film', async () => (await jobs(rig)).length > 0 && jobs(rig));
    await rig.atRest(job?.request.id ?? '');
    await rig.bot.slack.receiver.close();
    expect(await jobs(rig)).toHaveLength(1);
    expect((await rig.posts()).films).toHaveLength(1);
    expect(await rig.quota()).toMatchObject({ held: 0, spent: 4 });
  });

  test('a body over the limit is refused without being read to its end', async () => {
    const rig = await begin();
    const body = `${await commandOf(rig)}&more=${'x'.repeat(5_000_000)}`;
    expect(await post(rig.endpoint, body, signed(body, { secret: rig.fake.signingSecret }))).toBe(413);
    expect(await jobs(rig)).toEqual([]);
  });

  test('what Slack tries again makes nothing twice', async () => {
    const rig = await begin();
    const { ada: user, channel } = rig.world;
    const { deeds } = await rig.fake.mention({ user, channel, text: '@bot video a paper boat' });
    const [deed = ''] = deeds;
    const told = () => rig.fake.ephemerals({ user });
    const job = jobIn(read(await until('an answer', async () => (await told())[0])));
    for (const retry of [1, 2, 3]) await rig.fake.repeat({ deed, retry });
    const step = await rig.fake.step({ callback: 'video', inputs: { channel, prompt: 'a kite' } });
    const { deed: stepDeed } = await rig.fake.execution(step);
    await rig.fake.repeat({ deed: stepDeed, retry: 1 });
    await until('all answered', async () => {
      const sent = (await Promise.all([deed, stepDeed].map((id) => rig.fake.deed(id)))).flatMap((one) => one.sent);
      return sent.length === 6 && sent.every(({ status }) => status !== null);
    });
    const { sent } = await rig.fake.deed(deed);
    expect(sent.map(({ retryNum, retryReason }) => [retryNum, retryReason])).toEqual([
      [null, null],
      ...[1, 2, 3].map((retry) => [retry, 'http_timeout']),
    ]);
    await rig.atRest(job);
    await until('the step is told', async () => (await rig.fake.execution(step)).status === 'errored');
    await rig.bot.slack.receiver.close();
    expect(await told()).toHaveLength(1);
    expect(await jobs(rig)).toHaveLength(1);
    const { cards, films } = await rig.posts();
    expect([cards.length, films.length]).toEqual([1, 1]);
    expect(await rig.quota()).toMatchObject({ held: 0, spent: 4 });
  });
});

/** Headers without the one whose name ends so. */
function without(headers: Record<string, string>, ending: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.endsWith(ending)));
}
