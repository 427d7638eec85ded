import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProgram, freePort, runAudit } from '../../chaos/program.ts';
import { forkFakeDiscord, startFakeDiscord } from '../../support/discord/index.ts';
import { redisKinds } from '../../support/redis.ts';
import { until } from '../../support/until.ts';
import { useClosing } from './closing.ts';
import { answered, jobIn, makeWorld, read, startRig } from './rig.ts';

const { closing, later } = useClosing();

/** Interactions that come before a bot is connected are lost. */
const connected = (program: ReturnType<typeof createProgram>) =>
  until('connected', () => program.output().includes('connected to Discord'));

/** How much faster the clocks of a test run than those on the wall. */
const speed = 600;
const minutes = (n: number): number => (n * 60_000) / speed;

describe('against a Discord in a process of its own, 100 ms away', () => {
  test('a render of 40 minutes is delivered, 25 minutes after the interaction’s token has ended', async () => {
    const fake = { latencyMs: 100, tokenMs: minutes(15), hourMs: minutes(60), nonceMs: minutes(5) };
    const rig = closing(await startRig({ apart: true, fake, delayMs: () => minutes(40) }));
    const { id, text } = await rig.ask('video', { prompt: 'a slow boat' });
    const asked = performance.now();
    const job = jobIn(text);
    await rig.atRest(job);
    expect(performance.now() - asked).toBeGreaterThan(minutes(40));
    const { cards, films } = await rig.posts();
    expect(films).toHaveLength(1);
    expect(films[0]?.reference?.messageId).toBe(cards[0]?.id);
    expect(await rig.quota()).toMatchObject({ held: 0, spent: 4 });
    // What was said in private still says it; nobody is left thinking.
    expect(read((await rig.fake.interaction(id)).response?.content ?? '')).toContain(job);
    expect((await rig.fake.requests()).filter(({ code }) => code === 50027)).toEqual([]);
  });

  test('200 commands in 2 s are all acknowledged in time', async () => {
    const rig = closing(await startRig({ apart: true, fake: { latencyMs: 100 }, house: { credits: 10_000 } }));
    const { fake, world } = rig;
    const channels = await Promise.all(Array.from({ length: 20 }, () => fake.makeChannel({ guild: world.guild })));
    const members = await Promise.all(Array.from({ length: 50 }, () => fake.makeMember({ guild: world.guild })));
    const typed = Array.from({ length: 200 }, async (_, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 10));
      const deed = { channel: channels[n % 20] ?? '', user: members[n % 50] ?? '', command: 'video' };
      return fake.slash({ ...deed, options: { prompt: `boat ${n}`, seconds: 4 } });
    });
    const ids = await Promise.all(typed);
    for (const id of ids) expect((await answered(fake, id)).response.content).toMatch(/on the way/);
    const all = await fake.interactions();
    const times = all.map(({ createdAt }) => createdAt);
    const took = Math.max(...times) - Math.min(...times);
    const sorted = all.map(({ ack }) => ack?.afterMs ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
    const p = (part: number): number => Math.round(sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN);
    process.stdout.write(
      `200 commands in ${(took / 1000).toFixed(1)} s, 100 ms each way: acknowledged after p50 ${p(0.5)} ms, p99 ${p(0.99)} ms, at most ${p(1)} ms\n`,
    );
    expect(sorted).toHaveLength(200);
    expect(took).toBeLessThan(4_000);
    expect(p(1)).toBeLessThan(3_000);
  }, 60_000);
});

test.runIf(redisKinds.includes('server'))(
  'the bot is killed while the card says that the film is made, and another instance delivers it',
  async () => {
    const fake = closing(await forkFakeDiscord({ latencyMs: 100 }));
    const world = await makeWorld(fake);
    const dir = await mkdtemp(join(tmpdir(), 'dailies-discord-kill-'));
    const env = { DISCORD_TOKEN: fake.token, DISCORD_API_URL: fake.api };
    const program = createProgram(dir, await freePort(), env);
    later(async () => {
      await program.kill();
      await rm(dir, { recursive: true, force: true });
    });
    await program.start();
    await connected(program);
    const id = await fake.slash({
      user: world.ada,
      channel: world.channel,
      command: 'video',
      options: { prompt: 'a boat', seconds: 8 },
    });
    const job = jobIn((await answered(fake, id)).response.content);
    const posts = async () => (await fake.messages(world.channel)).filter(({ authorId }) => authorId === fake.botId);
    await until('the card says so', async () => (await posts())[0]?.content.includes('Being made'), 20_000);
    await program.kill();
    expect(await posts()).toHaveLength(1);
    await program.start();
    await until('the film', async () => (await posts()).length === 2, 40_000);
    await until('one line is left of the card', async () => !(await posts())[0]?.content.includes('\n'), 20_000);
    const [card, film] = await posts();
    expect(film?.attachments[0]?.filename).toContain(job);
    expect(film?.reference?.messageId).toBe(card?.id);
    await program.stop();
    expect(await runAudit(dir)).toMatchObject({ code: 0, output: expect.stringMatching(/1 jobs.*differences: 0/) });
    expect(program.output()).not.toContain(fake.token);
  },
  120_000,
);

describe('the program on Discord, as an operator starts it', () => {
  const start = async (change: Record<string, string> = {}, role = 'all') => {
    const fake = closing(await startFakeDiscord());
    const dir = await mkdtemp(join(tmpdir(), 'dailies-discord-program-'));
    const env = { DISCORD_TOKEN: fake.token, DISCORD_API_URL: fake.api, ...change };
    const program = createProgram(dir, await freePort(), env, role);
    later(async () => {
      await program.kill();
      await rm(dir, { recursive: true, force: true });
    });
    return { fake, program, dir, env };
  };

  test('npm run register shows what differs, and writes it', async () => {
    const { fake, program } = await start({}, 'register');
    expect(await program.refused()).toMatch(/0 of 6 stood as they are\.\n {2}added {4}\/video\n/);
    expect((await fake.commands()).map(({ name }) => name)).toContain('Make a video of this');
  });

  test('it says that it is connected, warns of commands that are not registered, and counts', async () => {
    const { program } = await start();
    await program.start();
    await until('the banner', () => /Discord {2}connected/.test(program.output()));
    await until('the warning', () => program.output().includes('npm run register'));
    const metrics = await (await program.api('/metrics')).text();
    expect(metrics).toContain('dailies_chat_connected{platform="discord"} 1');
  });

  test('a token that Discord refuses stops the start with a line that says so', async () => {
    const { program } = await start({ DISCORD_TOKEN: 'MTIzNDU2Nzg5.wrong.token' });
    const said = await program.refused();
    expect(said).toMatch(/DISCORD_TOKEN: Discord refuses it/);
    expect(said).not.toMatch(/^\s+at /m);
    expect(said).not.toContain('wrong.token');
  });

  test('a Discord that does not answer stops nobody: the studio serves, and it is tried again', async () => {
    const { program } = await start({ DISCORD_API_URL: `http://127.0.0.1:${await freePort()}/api` });
    await program.start();
    await until('the banner', () => /Discord {2}not connected yet/.test(program.output()));
    await until('told', () => program.output().includes('could not be reached; it is tried again'));
    const { code } = await program.stop();
    expect(code).toBe(0);
  });

  test('the role bot without a token says what is missing', async () => {
    const { program } = await start({ DISCORD_TOKEN: '', DISCORD_API_URL: '' }, 'bot');
    expect(await program.refused()).toContain('bot: no chat is set up');
  });

  test.runIf(redisKinds.includes('server'))(
    'bot and worker apart: what the one takes, the other delivers',
    async () => {
      const { fake, program: bot, dir, env } = await start({}, 'bot');
      const world = await makeWorld(fake);
      const worker = createProgram(dir, await freePort(), env, 'worker');
      await worker.start();
      await bot.start();
      await connected(bot);
      const id = await fake.slash({
        user: world.ada,
        channel: world.channel,
        command: 'video',
        options: { prompt: 'a boat' },
      });
      jobIn((await answered(fake, id)).response.content);
      await until(
        'the film',
        async () => (await fake.messages(world.channel)).some(({ attachments }) => attachments.length === 1),
        30_000,
      );
    },
    90_000,
  );
});
