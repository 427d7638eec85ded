import { describe, expect, test } from 'vitest';
import { type createProgram, runAudit } from '../../chaos/program.ts';
import { useClosing } from '../../support/closing.ts';
import { forkFakeDiscord, startFakeDiscord } from '../../support/discord/index.ts';
import { programIn } from '../../support/program.ts';
import { evenly, spread } from '../../support/rate.ts';
import { redisKinds } from '../../support/redis.ts';
import { startScripted } from '../../support/scripted.ts';
import { until } from '../../support/until.ts';
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
    const ids = await evenly(200, 10, (n) => {
      const deed = { channel: channels[n % 20] ?? '', user: members[n % 50] ?? '', command: 'video' };
      return fake.slash({ ...deed, options: { prompt: `boat ${n}`, seconds: 4 } });
    });
    for (const id of ids) expect((await answered(fake, id)).response.content).toMatch(/on the way/);
    const all = await fake.interactions();
    const times = all.map(({ createdAt }) => createdAt);
    const took = Math.max(...times) - Math.min(...times);
    const acks = all.map(({ ack }) => ack?.afterMs ?? Number.POSITIVE_INFINITY);
    process.stdout.write(
      `200 commands in ${(took / 1000).toFixed(1)} s, 100 ms each way: acknowledged after ${spread(acks)}\n`,
    );
    expect(acks).toHaveLength(200);
    expect(took).toBeLessThan(4_000);
    expect(Math.max(...acks)).toBeLessThan(3_000);
  }, 60_000);
});

test.runIf(redisKinds.includes('server'))(
  'the bot is killed while the card says that the film is made, and another instance delivers it',
  async () => {
    const fake = closing(await forkFakeDiscord({ latencyMs: 100 }));
    const world = await makeWorld(fake);
    const { program, dir } = await programIn(later, { DISCORD_TOKEN: fake.token, DISCORD_API_URL: fake.api });
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
    const env = { DISCORD_TOKEN: fake.token, DISCORD_API_URL: fake.api, ...change };
    return { fake, env, ...(await programIn(later, env, { role })) };
  };

  test('npm run register shows what differs, and writes it', async () => {
    const { fake, program } = await start({}, 'register');
    expect(await program.refused()).toMatch(/0 of 11 stood as they are\.\n {2}added {4}\/video\n/);
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
    // A port that nobody has could be somebody's by then.
    const deaf = closing(await startScripted((reply) => void reply.destroy()));
    const { program } = await start({ DISCORD_API_URL: `${deaf.origin}/api` });
    await program.start();
    await until('the banner', () => /Discord {2}not connected yet/.test(program.output()));
    await until('told', () => program.output().includes('could not be reached; it is tried again'));
    const { code } = await program.stop();
    expect(code).toBe(0);
  }, 60_000);

  test('the role bot without a token says what is missing', async () => {
    const { program } = await start({ DISCORD_TOKEN: '', DISCORD_API_URL: '' }, 'bot');
    expect(await program.refused()).toContain('bot: no chat is set up');
  });

  test.runIf(redisKinds.includes('server'))(
    'bot and worker apart: what the one takes, the other delivers',
    async () => {
      const { fake, program: bot, dir, env } = await start({}, 'bot');
      const world = await makeWorld(fake);
      const { program: worker } = await programIn(later, env, { role: 'worker', dir });
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
        120_000,
      );
    },
    180_000,
  );
});
