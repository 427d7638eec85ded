import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type createProgram, freePort, runAudit } from '../../chaos/program.ts';
import { useClosing } from '../../support/closing.ts';
import { programIn } from '../../support/program.ts';
import { redisKinds } from '../../support/redis.ts';
import type { FakeSlack } from '../../support/slack/api.ts';
import { startFakeSlack } from '../../support/slack/index.ts';
import { until } from '../../support/until.ts';
import { answered, buttonsOf, jobIn, read } from './rig.ts';

const { closing, later } = useClosing();

type Program = ReturnType<typeof createProgram>;

/** Adds the app to a workspace as a browser would: the page, Slack's own, and back, with the cookies of the first. */
async function install(fake: FakeSlack, base: string, team: string): Promise<{ status: number; text: string }> {
  await fake.configure({ oauth: { team } });
  const page = await fetch(`${base}/slack/install`);
  const cookie = page.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const [, href = ''] = /href="([^"]+)"/.exec(await page.text()) ?? [];
  const slack = await fetch(href.replaceAll('&amp;', '&'), { redirect: 'manual' });
  const back = slack.headers.get('location') ?? '';
  expect(back.startsWith(`${base}/slack/oauth_redirect?`), back).toBe(true);
  const end = await fetch(back, { headers: { cookie } });
  return { status: end.status, text: await end.text() };
}

/** A workspace that has never heard of the app, with a member and a channel. */
async function makeSpace(fake: FakeSlack, name: string) {
  const { team } = await fake.makeTeam({ name, installed: false });
  const user = await fake.makeUser({ team, name: `${name}-ada`, displayName: 'Ada' });
  const ask = async (channel: string, text: string) => {
    const id = await fake.slash({ user, channel, command: '/dailies', text });
    return answered(fake, id);
  };
  /** The message that brought a job's film. */
  const film = async (channel: string, job: string) =>
    (await fake.messages(channel)).find(({ files }) => files[0]?.name.includes(job));
  return { team, user, ask, film };
}

/** Everything that lies in a folder, Redis's own log of every write as well. */
async function textsIn(dir: string): Promise<string[]> {
  const names = await readdir(dir, { recursive: true });
  const paths = names.map((name) => join(dir, name));
  const kinds = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return Promise.all(paths.filter((_, n) => kinds[n]?.isFile()).map((path) => readFile(path, 'latin1')));
}

/** The program, set up for many workspaces that it hears of by HTTP. */
async function begin() {
  const fake = closing(await startFakeSlack());
  const port = await freePort();
  const key = 'k'.repeat(40);
  const env = {
    ...{ SLACK_CLIENT_ID: fake.clientId, SLACK_CLIENT_SECRET: fake.clientSecret, TOKEN_KEY: key },
    ...{ SLACK_SIGNING_SECRET: fake.signingSecret, SLACK_API_URL: fake.api.replace(/\/$/, '') },
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  const { program, dir } = await programIn(later, env, { port });
  await fake.configure({ endpoint: `${program.base}/slack/events` });
  const [docks, hills] = [await makeSpace(fake, 'docks'), await makeSpace(fake, 'hills')];
  return { fake, program, dir, docks, hills, secrets: [key, fake.clientSecret, fake.signingSecret] };
}

const told = (program: Program, words: string) => until(words, () => program.output().includes(words), 120_000);

test.runIf(redisKinds.includes('server'))(
  'two workspaces add the app; each gets films by its own token, and one that removes it is forgotten alone',
  async () => {
    const { fake, program, dir, docks, hills, secrets } = await begin();
    await program.start();
    for (const { team } of [docks, hills]) {
      const { status, text } = await install(fake, program.base, team);
      expect(status, text).toBe(200);
      expect(text).toContain('Dailies is added');
    }
    const channels = new Map(
      await Promise.all([docks, hills].map(async ({ team }) => [team, await fake.makeChannel({ team })] as const)),
    );
    const channelOf = ({ team }: typeof docks): string => channels.get(team) ?? '';

    // A member of each makes a film, at the same time.
    const makes = async (space: typeof docks) => {
      const channel = channelOf(space);
      const job = jobIn(read(await space.ask(channel, 'video a boat model:sandbox-mini seconds:2')));
      return until(`the film ${job}`, () => space.film(channel, job), 120_000);
    };
    const made = await Promise.all([docks, hills].map(makes));
    expect(new Set(made.map((film) => film?.user)).size).toBe(2);
    const files = await fake.files();
    expect(files.map(({ team, state }) => `${team} ${state}`).sort()).toEqual(
      [docks, hills].map(({ team }) => `${team} completed`).sort(),
    );
    const refused = (await fake.requests()).filter(({ error }) => error !== null);
    expect(refused.map(({ method, error }) => `${method} ${error}`)).toEqual([]);

    // Neither the folder nor the log has a token; that it looks in the right place, the workspaces' names show.
    const texts = await textsIn(dir);
    expect(texts.some((text) => text.includes(docks.team))).toBe(true);
    for (const secret of ['xoxb-', 'refresh_token', ...secrets]) {
      expect(texts.filter((text) => text.includes(secret)).length, secret).toBe(0);
      expect(program.output()).not.toContain(secret);
    }

    // One removes it while its film is made: that is kept, and the other goes on.
    const channel = channelOf(docks);
    const kept = jobIn(read(await docks.ask(channel, 'video a long boat seconds:4')));
    await until(
      'being made',
      async () => (await fake.messages(channel)).some((message) => read(message).includes('Being made')),
      120_000,
    );
    await fake.uninstall({ team: docks.team });
    await told(program, 'the app was removed there');
    await makes(hills);
    await told(program, 'the film was not posted');
    expect(await docks.film(channel, kept)).toBeUndefined();

    // Added anew, it has another token, and what was kept is brought at a press.
    expect((await install(fake, program.base, docks.team)).status).toBe(200);
    const list = await docks.ask(channel, `jobs ${kept}`);
    const again = buttonsOf(list).find(({ label }) => label === 'Post it again');
    expect(again, read(list)).toBeDefined();
    const { user } = docks;
    await fake.press({ user, channel: list.channel, ts: list.ts, action: again?.id ?? '' });
    await until('the kept film', () => docks.film(channel, kept), 120_000);

    expect((await program.stop()).code).toBe(0);
    expect(await runAudit(dir)).toMatchObject({ code: 0, output: expect.stringMatching(/4 jobs.*differences: 0/) });
  },
  600_000,
);
