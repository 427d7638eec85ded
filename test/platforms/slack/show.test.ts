import { describe, expect, test } from 'vitest';
import { audit } from '../../../src/desk/audit.ts';
import { useClosing } from '../../support/closing.ts';
import { evenly, spread } from '../../support/rate.ts';
import { until } from '../../support/until.ts';
import { answered, jobIn, type Rig, type RigOptions, read, startRig } from './rig.ts';

const { closing } = useClosing();
const begin = async (options: RigOptions = {}): Promise<Rig> => closing(await startRig(options));

/** How much faster the clocks of a test run than those on the wall. */
const speed = 600;
const minutes = (n: number): number => (n * 60_000) / speed;

/** The render, the token of a step and the address for answers by clocks of a test. */
const slow: RigOptions = {
  apart: true,
  fake: { latencyMs: 100, stepTokenMs: minutes(15), respondMs: minutes(30) },
  delayMs: () => minutes(40),
};

describe('against a Slack in a process of its own, 100 ms away', () => {
  test('a workflow’s step completes once: after 40 minutes, another instance, and its token’s end', async () => {
    const { ask, fake, world, bot, startBot, space, atRest, posts, quota } = await begin(slow);
    expect((await ask('admin set workflows:100', { user: world.boss })).text).toMatch(/100/);
    const inputs = { channel: world.channel, prompt: 'a slow boat', seconds: 8, requester: world.bob };
    const asked = performance.now();
    const id = await fake.step({ callback: 'video', inputs });
    await until('the card says so', async () => {
      const [card] = (await posts()).cards;
      return card !== undefined && read(card).includes('Being made');
    });
    await bot.close();
    expect(await fake.execution(id)).toMatchObject({ status: 'running', completedCalls: 0 });
    const other = await startBot();

    const done = await until('the step ended', async () => {
      const execution = await fake.execution(id);
      return execution.status !== 'running' && execution;
    });
    expect(performance.now() - asked).toBeGreaterThan(minutes(40));
    const { cards, films } = await posts();
    expect([cards.length, films.length]).toEqual([1, 1]);
    expect(done).toMatchObject({ status: 'completed', completedCalls: 1 });
    expect(done.outputs).toEqual({
      link: expect.stringContaining(films[0]?.ts.replace('.', '') ?? '?'),
      file: films[0]?.files[0]?.id,
      ...{ status: 'delivered', seconds: 8, credits: 8 },
    });
    expect(films[0]?.pinged.users).toEqual([world.bob]);
    await until('it is paid', async () => (await quota('workflow')).held === 0);
    expect(await quota('workflow')).toMatchObject({ held: 0, spent: 8 });
    expect((await fake.requests()).filter(({ token }) => token === 'xwfp')).toEqual([]);

    // At rest, it is told no more.
    const [job] = await other.house.desk.jobsOf(space, 'workflow', 2);
    await atRest(job?.request.id ?? '', other.house);
    await other.close();
    expect((await fake.execution(id)).completedCalls).toBe(1);
    expect((await audit(other.house.redis)).problems).toEqual([]);
  });

  test('a render of 40 minutes is delivered, ten minutes after the address for answers has ended', async () => {
    const { ask, fake, posts, atRest, quota } = await begin(slow);
    const asked = performance.now();
    const { id, text } = await ask('video a slow boat');
    const job = jobIn(text);
    await atRest(job);
    expect(performance.now() - asked).toBeGreaterThan(minutes(40));
    const { cards, films } = await posts();
    expect([cards.length, films.length]).toEqual([1, 1]);
    expect(films[0]?.threadTs).toBe(cards[0]?.ts);
    expect(read(cards[0] ?? { blocks: [] })).toContain('Here it is');
    expect(await quota()).toMatchObject({ held: 0, spent: 4 });
    // What was said in private still says it, and nobody tried to say more there.
    const { answers } = await fake.deed(id);
    expect(answers.map(read)).toEqual([text]);
    expect((await fake.requests()).filter(({ error }) => error === 'expired_url')).toEqual([]);
  });

  test('200 commands in 2 s are all acknowledged in time', async () => {
    const { fake, world } = await begin({ apart: true, fake: { latencyMs: 100 }, house: { credits: 10_000 } });
    const channels = await Promise.all(Array.from({ length: 20 }, () => fake.makeChannel()));
    const users = await Promise.all(Array.from({ length: 50 }, (_, n) => fake.makeUser({ name: `member${n}` })));
    const ids = await evenly(200, 10, (n) => {
      const [channel = world.channel, user = world.ada] = [channels[n % 20], users[n % 50]];
      return fake.slash({ channel, user, command: '/dailies', text: `video boat ${n} seconds:4` });
    });
    for (const id of ids) expect(read(await answered(fake, id))).toMatch(/on the way/);
    const all = (await fake.deeds()).filter(({ kind }) => kind === 'slash');
    const times = all.map(({ at }) => at);
    const took = Math.max(...times) - Math.min(...times);
    const acks = all.map(({ ack }) => ack?.afterMs ?? Number.POSITIVE_INFINITY);
    process.stdout.write(
      `200 commands in ${(took / 1000).toFixed(1)} s, 100 ms each way: acknowledged after ${spread(acks)}\n`,
    );
    expect(acks).toHaveLength(200);
    expect(all.filter(({ timedOut, shown }) => timedOut || shown !== null)).toEqual([]);
    expect(took).toBeLessThan(4_000);
    expect(Math.max(...acks)).toBeLessThan(3_000);
  }, 60_000);
});

describe('one message under eleven events', () => {
  const eleven = async ({ fake, world }: Rig) => {
    const { ada: user, channel } = world;
    const { deeds } = await fake.mention({ user, channel, text: '@bot video a paper boat', times: 11 });
    expect(deeds).toHaveLength(11);
    const all = () => Promise.all(deeds.map((id) => fake.deed(id)));
    await until('all acknowledged', async () => (await all()).every(({ ack }) => ack));
    return { all };
  };

  test('is one film, one card and one private answer', async () => {
    const rig = await begin();
    const { all } = await eleven(rig);
    const told = () => rig.fake.ephemerals({ user: rig.world.ada });
    const answer = await until('an answer', async () => (await told())[0]);
    await rig.atRest(jobIn(read(answer)));
    await rig.bot.close();
    const { cards, films } = await rig.posts();
    expect([cards.length, films.length]).toEqual([1, 1]);
    expect(await told()).toHaveLength(1);
    expect((await all()).flatMap(({ sent }) => sent)).toHaveLength(11);
    expect(await rig.quota()).toMatchObject({ held: 0, spent: 4 });
  });

  test('is one film where two processes share them', async () => {
    const rig = await begin();
    const other = await rig.startBot();
    await until('both are connected', async () => (await rig.fake.stats()).connected === 2);
    const { all } = await eleven(rig);
    const by = new Set((await all()).flatMap(({ sent }) => sent.map(({ connection }) => connection)));
    expect(by.size).toBe(2);
    const jobs = () => rig.house.desk.jobsOf(rig.space, rig.world.ada, 10);
    const [job] = await until('a film', async () => (await jobs()).length > 0 && jobs());
    await rig.atRest(job?.request.id ?? '');
    // Both have answered by then what they were told.
    await Promise.all([rig.bot.close(), other.close()]);
    expect(await jobs()).toHaveLength(1);
    const { cards, films } = await rig.posts();
    expect([cards.length, films.length]).toEqual([1, 1]);
    const told = await rig.fake.ephemerals({ user: rig.world.ada });
    expect(new Set(told.map((message) => jobIn(read(message)))).size).toBe(1);
    expect(await rig.quota()).toMatchObject({ held: 0, spent: 4 });
  });
});
