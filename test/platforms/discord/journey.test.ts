import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { audit } from '../../../src/desk/audit.ts';
import { sandboxCards } from '../../../src/video/cards.ts';
import { redisKinds } from '../../support/redis.ts';
import { until } from '../../support/until.ts';
import { answered, buttonsOf, jobIn, type Rig, type RigOptions, read, startRig } from './rig.ts';

let rig: Rig | undefined;
const begin = async (options: RigOptions = {}): Promise<Rig> => {
  rig = await startRig(options);
  return rig;
};
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

describe.each(redisKinds.slice(0, 1))('the journey of a film on Discord (%s)', (kind) => {
  test('a member types /video: a private answer, a card that names them, a film in reply to it, and one payment', async () => {
    const { ask, fake, world, posts, atRest, quota, house, bot } = await begin({ kind });
    const { text, message, buttons, id } = await ask('video', { prompt: 'a paper boat in the rain', seconds: 8 });
    const job = jobIn(text);
    expect(message.ephemeral).toBe(true);
    expect(text).toMatch(/8 credits are set aside, 52 left/);
    expect(text).toMatch(new RegExp(`Job: ${job}\nPrice: 8 credits\nLeft: 52 credits`));
    expect(buttons).toEqual([{ label: 'Cancel', id: `film cancel|${job}` }]);
    const { ack } = await fake.interaction(id);
    expect(ack).toMatchObject({ type: 5, flags: 64 });

    await atRest(job);
    const { cards, films } = await posts();
    expect(cards).toHaveLength(1);
    expect(films).toHaveLength(1);
    const [film] = films;
    expect(film?.reference?.messageId).toBe(cards[0]?.id);
    expect(film?.attachments).toMatchObject([
      {
        filename: `a-paper-boat-in-the-rain-${job}-d1.mp4`,
        contentType: 'video/mp4',
        description: expect.stringContaining('a paper boat'),
      },
    ]);
    expect(film?.embeds).toEqual([]);
    expect(film?.pinged).toEqual({ users: [world.ada], roles: [], everyone: false });
    expect(buttonsOf(film ?? { components: [] }).map(({ label }) => label)).toEqual([
      'Make it again',
      'Details',
      'More',
    ]);
    // One line is left of the card, and it mentioned nobody, however often it was edited.
    expect(cards[0]?.content).not.toContain('\n');
    expect(cards[0]?.components).toEqual([]);
    expect(cards[0]?.pinged).toEqual({ users: [], roles: [], everyone: false });
    expect(await quota()).toMatchObject({ held: 0, spent: 8, left: 52 });
    expect((await audit(house.redis)).problems).toEqual([]);
    expect(bot.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(JSON.stringify(bot.log.lines)).not.toContain(fake.token);
  });

  test('the gateway that says no: the card says why, nothing is paid', async () => {
    const { ask, posts, atRest, quota } = await begin({ kind });
    const job = jobIn((await ask('video', { prompt: 'fail please' })).text);
    await atRest(job);
    const { cards, films } = await posts();
    expect(films).toEqual([]);
    expect(read(cards[0]?.content ?? '')).toMatch(/You paid nothing/);
    expect(buttonsOf(cards[0] ?? { components: [] }).map(({ label }) => label)).toEqual(['Make it again', 'Details']);
    expect(await quota()).toMatchObject({ held: 0, spent: 0 });
  });

  test('four films are one answer, with a Cancel each', async () => {
    const { ask, posts, atRest } = await begin({ kind });
    const { text, buttons } = await ask('video', { prompt: 'boats', count: 4, seconds: 4 });
    expect(buttons.map(({ label }) => label)).toEqual(['Cancel 1', 'Cancel 2', 'Cancel 3', 'Cancel 4']);
    const hash = jobIn(text).replace(/-\d+$/, '');
    for (let n = 1; n <= 4; n += 1) await atRest(`${hash}-${n}`);
    expect((await posts()).films).toHaveLength(4);
  });
});

describe('on the way', () => {
  test('a film that is waited for can be cancelled, by whoever asked and by moderators alone', async () => {
    const { ask, press, world, posts, atRest, quota, fake, job } = await begin({
      delayMs: () => 60_000,
    });
    const answer = await ask('video', { prompt: 'a lighthouse' });
    const id = jobIn(answer.text);
    await until('rendering', async () => (await job(id)).taskId);
    const card = await until('its card', async () => (await posts()).cards[0]);
    await until('the card says so', async () => read((await fake.message(card.id)).content).includes('Being made'));
    const shown = await fake.message(card.id);
    expect(buttonsOf(shown).map(({ label }) => label)).toEqual(['Cancel', 'Details']);
    expect((await press(shown, /Cancel/, world.bob)).text).toBe("⚠️ That film is somebody else's.");

    const sweepers = await fake.makeRole({ guild: world.guild, permissions: ['ManageMessages'] });
    const mod = await fake.makeMember({ guild: world.guild, name: 'mod', roles: [sweepers] });
    expect((await press(shown, /Cancel/, mod)).text).toMatch(/asked to stop it/);
    expect((await atRest(id)).failure?.reason).toBe('cancelled');
    expect(read((await fake.message(card.id)).content)).toMatch(/Cancelled\. You paid nothing/);
    expect(await quota()).toMatchObject({ held: 0, spent: 0 });
  });

  test('what is dear is asked about first: one press takes it, and the price tag gives way', async () => {
    const { ask, press, atRest, quota, fake } = await begin();
    const tag = await ask('video', { prompt: 'a long one', seconds: 12, count: 2 });
    expect(tag.text).toMatch(/cost 24 credits\. Nothing is taken before you choose/);
    expect(await quota()).toMatchObject({ held: 0 });
    const answer = await press(tag.message, /Make all 2/);
    expect(answer.message.id).toBe(tag.message.id);
    expect((await fake.message(tag.message.id)).content).toMatch(/on the way/);
    const job = jobIn(answer.text);
    await atRest(job);
    await atRest(job.replace(/-1$/, '-2'));
    expect(await quota()).toMatchObject({ spent: 24 });
  });

  test('a price tag that is answered late keeps its other choices', async () => {
    const { ask, fake, world } = await begin();
    const tag = await ask('video', { prompt: 'a long one', seconds: 12, count: 2 });
    const overwrites = [{ id: world.botRole, deny: ['SendMessages' as const] }];
    await fake.changeChannel({ channel: world.channel, overwrites });
    const [first] = tag.buttons;
    const id = await fake.press({ user: world.ada, customId: first?.id ?? '', message: tag.message.id });
    const told = await until('told', async () => (await fake.interaction(id)).followups[0]);
    expect(read(told.content)).toMatch(/lacks Send Messages/);
    expect(told.ephemeral).toBe(true);
    expect(buttonsOf(await fake.message(tag.message.id))).toHaveLength(tag.buttons.length);
  });

  test('Never mind: nothing is taken', async () => {
    const { ask, press, quota } = await begin();
    const tag = await ask('video', { prompt: 'a long one', seconds: 12, count: 2 });
    expect((await press(tag.message, /Never mind/)).text).toMatch(/nothing was taken/);
    expect(await quota()).toMatchObject({ held: 0, spent: 0 });
  });
});

describe('with a film', () => {
  test('Again, Details, More and all that is behind it', async () => {
    const { ask, press, posts, atRest, world, quota, fake } = await begin();
    const job = jobIn((await ask('video', { prompt: 'a paper *boat*' })).text);
    await atRest(job);
    const [film] = (await posts()).films;
    if (!film) throw new Error('no film');

    const details = await press(film, /Details/, world.bob);
    expect(details.text).toContain('Prompt: a paper *boat*');
    expect(details.text).toContain(`Job: ${job}`);
    expect(details.message.content).toContain('\\*boat\\*');

    // Whoever presses pays.
    const again = jobIn((await press(film, /again/, world.bob)).text);
    expect(again).not.toBe(job);
    await atRest(again);
    expect(await quota(world.bob)).toMatchObject({ spent: 4 });
    expect((await posts()).films.at(-1)?.pinged.users).toEqual([world.bob]);

    expect((await press(film, /More/, world.bob)).buttons.map(({ label }) => label)).toEqual(['Report']);
    const more = await press(film, /More/);
    expect(more.buttons.map(({ label }) => label)).toEqual([
      ...['Post it again', 'Delete', 'Do not notify me of my films'],
    ]);
    const quiet = await fake.press({ user: world.ada, customId: more.buttons[2]?.id ?? '', message: more.message.id });
    expect(read((await answered(fake, quiet)).response.content)).toMatch(/arrive quietly/);
    await press(more.message, /Post it again/);
    await until('posted once more', async () => (await posts()).films.length === 3);
    await atRest(job);
    const last = (await posts()).films.at(-1);
    expect(last?.attachments[0]?.filename).toContain(`${job}-d2.mp4`);
    expect(last?.pinged.users).toEqual([]);
    expect(await quota()).toMatchObject({ spent: 4 });
    expect((await ask('mentions on')).text).toMatch(/you are notified/);
  });

  test('/jobs lists them; autocomplete finds them, models and lengths', async () => {
    const { ask, atRest, fake, world } = await begin();
    const job = jobIn((await ask('video', { prompt: 'a paper boat' })).text);
    await atRest(job);
    const list = await ask('jobs');
    expect(list.text).toContain('a paper boat');
    expect(list.text).toContain(job);
    const one = await ask('jobs', { job });
    expect(one.buttons.map(({ label }) => label)).toEqual(['Make it again', 'Post it again', 'Details']);
    const choices = async (command: string, option: string, text: string, options = {}) => {
      const { ada: user, channel } = world;
      const id = await fake.autocomplete({ user, channel, command, option, text, options });
      return until('choices', async () => (await fake.interaction(id)).choices ?? undefined);
    };
    expect(await choices('jobs', 'job', 'PAPER')).toMatchObject([
      { name: expect.stringMatching(/^a paper boat · /), value: job },
    ]);
    expect(await choices('jobs', 'job', 'nothing like it')).toEqual([]);
    expect(await choices('video', 'model', 'sor')).toMatchObject([{ value: 'sora-2' }, {}, {}]);
    const lengths = await choices('video', 'seconds', '', { model: 'sora-2' });
    expect(lengths.map(({ value }) => value)).toEqual(sandboxCards[0]?.seconds);
  });

  test('/quota and /help answer privately', async () => {
    const { ask } = await begin();
    const quota = await ask('quota');
    expect(quota.message.ephemeral).toBe(true);
    expect(quota.text).toMatch(/60 credits left of 60/);
    expect((await ask('help')).text).toMatch(/\/video/);
    expect((await ask('help', { topic: 'video' })).text).toMatch(/prompt/);
  });
});

describe('a form', () => {
  const picture = async (name = 'photo.heic') => ({
    name,
    contentType: 'image/heic',
    base64: (await readFile('test/fixtures/photo.heic')).toString('base64'),
  });
  const submit = async ({ fake }: Rig, interaction: string, values: Parameters<Rig['fake']['submit']>[0]['values']) => {
    const { response } = await answered(fake, await fake.submit({ interaction, values }));
    return { text: read(response.content), message: response };
  };
  const opened = ({ fake }: Rig, id: string) =>
    until('the form', async () => (await fake.interaction(id)).modal ?? undefined);

  test('/video with nothing opens it, with the first five fields; sending it makes the film', async () => {
    const now = await begin();
    const { ada: user, channel } = now.world;
    const id = await now.fake.slash({ user, channel, command: 'video' });
    const form = await opened(now, id);
    expect(form.custom_id).toBe(`form|video|${id}`);
    expect(form.components).toHaveLength(5);
    const answer = await submit(now, id, {
      prompt: 'a kite',
      image: [await picture()],
      seconds: ['4'],
      shape: ['portrait'],
      resolution: [],
    });
    const job = await now.atRest(jobIn(answer.text));
    expect(job.request.recipe).toMatchObject({
      prompt: 'a kite',
      seconds: 4,
      image: expect.stringMatching(/^[0-9a-f]{64}\./),
    });
  });

  test('what was given before stands in it, or is kept beside it', async () => {
    const now = await begin();
    const { ada: user, channel } = now.world;
    const options = { image: await picture(), seconds: 8, model: 'sandbox-mini' };
    const id = await now.fake.slash({ user, channel, command: 'video', options });
    await opened(now, id);
    const answer = await submit(now, id, { prompt: 'a kite', seconds: ['2'] });
    const { recipe } = (await now.atRest(jobIn(answer.text))).request;
    expect(recipe).toMatchObject({ model: 'sandbox-mini', seconds: 2, image: expect.any(String) });
  });

  test('a message becomes a film: its words, its names and its first picture', async () => {
    const now = await begin();
    const { ada: user, bob, channel } = now.world;
    const message = await now.fake.say({
      user: bob,
      channel,
      content: `<@${user}> as a kite <:wind:123456789012345678>`,
      files: [await picture()],
    });
    const id = await now.fake.messageCommand({ user, command: 'Make a video of this', message });
    const { response } = await answered(now.fake, id);
    const { recipe, origin } = (await now.atRest(jobIn(response.content))).request;
    expect(recipe).toMatchObject({ prompt: 'Ada as a kite wind', image: expect.any(String) });
    expect(origin.message).toBe(message);
  });

  test('a message with only a picture asks for the words', async () => {
    const now = await begin();
    const { ada: user, bob, channel } = now.world;
    const message = await now.fake.say({ user: bob, channel, files: [await picture()] });
    const id = await now.fake.messageCommand({ user, command: 'Make a video of this', message });
    await opened(now, id);
    const answer = await submit(now, id, { prompt: 'it flies' });
    expect((await now.atRest(jobIn(answer.text))).request.recipe).toMatchObject({
      prompt: 'it flies',
      image: expect.any(String),
    });
  });

  test('a form whose bot was restarted says so, and takes nothing', async () => {
    const now = await begin();
    const { ada: user, channel } = now.world;
    const id = await now.fake.slash({ user, channel, command: 'video', options: { image: await picture() } });
    await opened(now, id);
    await now.bot.close();
    await now.startBot();
    expect((await submit(now, id, { prompt: 'a kite' })).text).toMatch(
      /the bot was restarted[\s\S]*You had written: a kite/,
    );
  });
});

test('the same interaction twice makes one job', async () => {
  const { fake, world, posts, ask, atRest, house, space } = await begin();
  const { id, text } = await ask('video', { prompt: 'once' });
  const job = jobIn(text);
  await fake.repeat(id);
  await atRest(job);
  await until(
    'the second was answered',
    async () => (await fake.requests()).filter(({ code }) => code === 40060).length === 1,
  );
  expect((await posts()).films).toHaveLength(1);
  expect(await house.desk.jobsOf(space, world.ada, 10)).toHaveLength(1);
});
