import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type createProgram, root, runAudit } from '../../chaos/program.ts';
import { useClosing } from '../../support/closing.ts';
import { programIn } from '../../support/program.ts';
import { redisKinds } from '../../support/redis.ts';
import { startScripted } from '../../support/scripted.ts';
import type { FakeSlack } from '../../support/slack/api.ts';
import { forkFakeSlack, startFakeSlack } from '../../support/slack/index.ts';
import { until } from '../../support/until.ts';
import { answered, jobIn, makeWorld, read } from './rig.ts';

const { closing, later } = useClosing();

type Program = ReturnType<typeof createProgram>;

/** What comes before a bot is connected is lost. */
const connected = (program: Program) => until('connected', () => program.output().includes('connected to Slack'));

const envOf = ({ token, appToken, api }: FakeSlack) => ({
  ...{ SLACK_BOT_TOKEN: token, SLACK_APP_TOKEN: appToken, SLACK_API_URL: api.replace(/\/$/, '') },
});

const start = async (change: Record<string, string> = {}, role = 'all') => {
  const fake = closing(await startFakeSlack());
  const env = { ...envOf(fake), ...change };
  return { fake, env, ...(await programIn(later, env, { role })) };
};

/** The smallest film there is, for the machine may be busy; and what to wait for one where it is. */
const small = 'video a boat model:sandbox-mini seconds:2';
const soon = 120_000;

/** Asks for a film, and reads the bot's messages in its channel. */
async function film(fake: FakeSlack, text = small) {
  const { ada: user, channel } = await makeWorld(fake);
  const id = await fake.slash({ user, channel, command: '/dailies', text });
  const posts = async () => (await fake.messages(channel)).filter(({ user: by }) => by === fake.botUserId);
  const card = async () => read((await posts())[0] ?? { blocks: [] });
  return { job: jobIn(read(await answered(fake, id))), posts, card };
}

const secrets = ({ token, appToken, signingSecret, clientSecret }: FakeSlack) => [
  ...[token, appToken, signingSecret, clientSecret],
];

test.runIf(redisKinds.includes('server'))(
  'the bot says that it is connected and comes back when it is cut; killed while the card says that the film is made, another instance delivers it',
  async () => {
    const fake = closing(await forkFakeSlack({ latencyMs: 100 }));
    const { program, dir } = await programIn(later, envOf(fake));
    await program.start();
    await connected(program);
    await until('the banner', () => /Slack {4}connected/.test(program.output()));
    const metrics = async () => (await program.api('/metrics')).text();
    expect(await metrics()).toContain('dailies_chat_connected{platform="slack"} 1');
    await fake.dropSockets({ reason: 'cut' });
    await until('connected again', async () => {
      const { connected: now, connections } = await fake.stats();
      return now === 1 && connections === 2 && (await metrics()).includes('{platform="slack"} 1');
    });
    const { job, posts, card } = await film(fake, 'video a boat seconds:4');
    await until('the card says so', async () => (await card()).includes('Being made'), soon);
    await program.kill();
    expect(await posts()).toHaveLength(1);
    await program.start();
    await until('the film', async () => (await posts()).length === 2, soon);
    await until('the card says so', async () => (await card()).includes('Here it is'), soon);
    const [first, second] = await posts();
    expect(second?.files[0]?.name).toContain(job);
    expect(second?.threadTs).toBe(first?.ts);
    const { code } = await program.stop();
    expect(code).toBe(0);
    expect(await runAudit(dir)).toMatchObject({ code: 0, output: expect.stringMatching(/1 jobs.*differences: 0/) });
    expect((await fake.files()).map(({ state }) => state)).toEqual(['completed']);
    for (const secret of secrets(fake)) expect(program.output()).not.toContain(secret);
  },
  300_000,
);

describe('the program on Slack, as an operator starts it', () => {
  test.each([
    ['SLACK_BOT_TOKEN', 'xoxb-1-wrong'],
    ['SLACK_APP_TOKEN', 'xapp-1-wrong'],
  ])(
    'a %s that Slack refuses stops the start with a line that says so',
    async (name, wrong) => {
      const { fake, program } = await start({ [name]: wrong });
      const said = await program.refused();
      expect(said).toMatch(new RegExp(`${name}: Slack refuses it`));
      expect(said).not.toMatch(/^\s+at /m);
      for (const secret of [wrong, ...secrets(fake)]) expect(said).not.toContain(secret);
    },
    90_000,
  );

  test('a Slack that cannot be reached stops nobody: the studio serves, and it is tried again', async () => {
    const deaf = closing(await startScripted((reply) => void reply.destroy()));
    const { program } = await start({ SLACK_API_URL: `${deaf.origin}/api` });
    await program.start();
    await until('the banner', () => /Slack {4}not connected yet/.test(program.output()), soon);
    await until('told', () => program.output().includes('could not be reached; it is tried again'));
    expect(await (await program.api('/metrics')).text()).toContain('dailies_chat_connected{platform="slack"} 0');
    expect((await program.stop()).code).toBe(0);
  }, 180_000);

  test('the manifest of its app goes to stdout alone, and what to do with it beside that', async () => {
    const { stdout, stderr } = await promisify(execFile)('npm', ['run', '--silent', 'slack:manifest'], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, SLACK_COMMAND: '/films' },
    });
    const { features } = JSON.parse(stdout) as { features: { slash_commands: { command: string }[] } };
    expect(features.slash_commands.map(({ command }) => command)).toEqual(['/films']);
    expect(stderr).toContain('api.slack.com/apps');
  }, 90_000);
});
