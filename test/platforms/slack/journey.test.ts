import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { audit } from '../../../src/desk/audit.ts';
import { redisKinds } from '../../support/redis.ts';
import type { GivenValues } from '../../support/slack/api.ts';
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

describe.each(redisKinds.slice(0, 1))('the journey of a film on Slack (%s)', (kind) => {
  test('a member types /dailies video: a private answer, a card, a film in its thread that names them, and one payment', async () => {
    const { ask, fake, world, posts, atRest, quota, house, bot } = await begin({ kind });
    const { text, message, buttons } = await ask('video a paper boat in the rain seconds:8');
    const job = jobIn(text);
    expect(message.ephemeralTo).toBe(world.ada);
    expect(text).toMatch(/8 credits are set aside, 52 left/);
    expect(text).toMatch(new RegExp(`Job: ${job}\nPrice: 8 credits\nLeft: 52 credits`));
    expect(buttons).toMatchObject([{ label: 'Cancel', id: `film cancel|${job}` }]);

    await atRest(job);
    const { cards, films } = await posts();
    expect(cards).toHaveLength(1);
    expect(films).toHaveLength(1);
    const [film] = films;
    expect(film?.threadTs).toBe(cards[0]?.ts);
    expect(film?.files).toMatchObject([
      { name: `a-paper-boat-in-the-rain-${job}-d1.mp4`, title: 'a paper boat in the rain' },
    ]);
    expect(film?.pinged).toEqual({ users: [world.ada], groups: [], everyone: false });
    expect(cards[0]?.pinged).toEqual({ users: [], groups: [], everyone: false });
    expect(read(cards[0] ?? { blocks: [] })).toBe('Ada: a paper boat in the rain\nHere it is');
    expect(buttonsOf(cards[0] ?? { blocks: [] }).map(({ label }) => label)).toEqual([
      'Make it again',
      'Details',
      'More',
    ]);
    expect(await quota()).toMatchObject({ held: 0, spent: 8, left: 52 });
    expect((await audit(house.redis)).problems).toEqual([]);
    expect(bot.log.lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
    expect(JSON.stringify(bot.log.lines)).not.toContain(fake.token);
  });

  test('the gateway that says no: the card says why, nothing is paid', async () => {
    const { ask, posts, atRest, quota } = await begin({ kind });
    await atRest(jobIn((await ask('video fail please')).text));
    const { cards, films } = await posts();
    expect(films).toEqual([]);
    expect(read(cards[0] ?? { blocks: [] })).toMatch(/You paid nothing/);
    expect(buttonsOf(cards[0] ?? { blocks: [] }).map(({ label }) => label)).toEqual(['Make it again', 'Details']);
    expect(await quota()).toMatchObject({ held: 0, spent: 0 });
  });

  test('a workflow’s step makes a film, paid by the workspace’s budget, and is told once', async () => {
    const { ask, fake, world, posts, quota, house } = await begin({ kind });
    const step = (inputs: Record<string, unknown>) =>
      fake.step({ callback: 'video', inputs: { channel: world.channel, ...inputs } });
    const ended = (id: string) =>
      until('the step ended', async () => {
        const execution = await fake.execution(id);
        return execution.status !== 'running' && execution;
      });

    const unpaid = await ended(await step({ prompt: 'a boat' }));
    expect(unpaid).toMatchObject({
      status: 'errored',
      error: expect.stringMatching(/\/dailies admin set workflows:100/),
    });
    expect((await ask('admin set workflows:10')).text).toMatch(/may not do that/);
    expect((await ask('admin set workflows:10', { user: world.boss })).text).toMatch(/10/);

    const id = await step({ prompt: 'a boat', seconds: 8, requester: world.bob });
    const done = await ended(id);
    expect(done).toMatchObject({ status: 'completed', completedCalls: 1 });
    const { films } = await posts();
    expect(films).toHaveLength(1);
    const [film] = films;
    expect(done.outputs).toEqual({
      link: expect.stringContaining(film?.ts.replace('.', '') ?? '?'),
      file: film?.files[0]?.id,
      ...{ status: 'delivered', seconds: 8, credits: 8 },
    });
    expect(film?.pinged.users).toEqual([world.bob]);
    expect(await quota('workflow')).toMatchObject({ held: 0, spent: 8 });
    expect(await quota(world.bob)).toMatchObject({ spent: 0 });
    expect((await fake.deed(done.deed)).ack).not.toBeNull();

    const short = await ended(await step({ prompt: 'another boat', seconds: 8 }));
    expect(short).toMatchObject({
      status: 'errored',
      error: expect.stringMatching(/2 credits are left for workflows/),
    });
    const failing = await ended(await step({ prompt: 'fail please', seconds: 1 }));
    expect(failing).toMatchObject({ status: 'errored', completedCalls: 1 });
    expect((await audit(house.redis)).problems).toEqual([]);
  });
});

describe('ways in', () => {
  const picture = async (name = 'photo.heic') => ({
    name,
    mimetype: 'image/heic',
    base64: (await readFile('test/fixtures/photo.heic')).toString('base64'),
  });
  const opened = ({ fake }: Rig, user: string) => until('the form', async () => (await fake.viewOf(user)) ?? undefined);
  /** Sends a form, and reads what its member is told. */
  const send = async (now: Rig, view: string, values: GivenValues, more: { channel?: string } = {}) => {
    const { ada: user } = now.world;
    const before = (await now.fake.ephemerals({ user })).length;
    await now.fake.submit({ user, view, values, ...more });
    const message = await until('an answer to the form', async () => {
      const all = await now.fake.ephemerals({ user });
      return all.length > before ? all.at(-1) : undefined;
    });
    return { message, text: read(message) };
  };

  test('/video makes a film at once; /dailies alone helps', async () => {
    const now = await begin();
    const { ada: user, channel } = now.world;
    const id = await now.fake.slash({ user, channel, command: '/video', text: 'a kite' });
    const job = jobIn(read(await answered(now.fake, id)));
    expect((await now.atRest(job)).request.recipe.prompt).toBe('a kite');
    const help = await now.ask('');
    expect(help.text).toMatch(/\/dailies video: Make a video/);
    expect(help.text).not.toMatch(/(^|\s)\/video/);
    expect((await now.ask('help video')).text).not.toContain('spoiler');
  });

  test('/dailies video with nothing opens a form; what is wrong stands in it, and sending it makes the film', async () => {
    const now = await begin();
    const { ada: user, channel } = now.world;
    await now.fake.slash({ user, channel, command: '/dailies', text: 'video seconds:8' });
    const { id: view } = await opened(now, user);
    await now.fake.submit({ user, view, values: { prompt: 'a kite', model: 'sandbox-mini', seconds: '12' } });
    const wrong = await until('what is wrong', async () => {
      const shown = await now.fake.view(view);
      return shown.state === 'errors' && shown;
    });
    expect(wrong.errors).toEqual({ seconds: expect.stringMatching(/2, 4, or 8 seconds, not 12/) });
    const { text, message } = await send(now, view, {
      prompt: 'a kite',
      seconds: '8',
      model: null,
      image: [await picture()],
    });
    expect(message).toMatchObject({ ephemeralTo: user, channel });
    const job = await now.atRest(jobIn(text));
    expect(job.request.recipe).toMatchObject({
      prompt: 'a kite',
      seconds: 8,
      image: expect.stringMatching(/^[0-9a-f]{64}\./),
    });
    expect((await now.fake.view(view)).state).toBe('closed');
    expect((await now.posts()).films).toHaveLength(1);
  });

  test('a mention in a channel makes a thread of it, with the picture that came along', async () => {
    const now = await begin();
    const { text, message, ts } = await now.mention('@bot video a boat &amp; a <kite> shape:portrait', {
      files: [await picture()],
    });
    expect(message.ephemeralTo).toBe(now.world.ada);
    const { recipe, origin } = (await now.atRest(jobIn(text))).request;
    expect(recipe).toMatchObject({ image: expect.any(String) });
    expect(origin).toMatchObject({ thread: ts, message: ts });
    const { cards, films } = await now.posts();
    expect(cards.map(({ threadTs }) => threadTs)).toEqual([ts]);
    expect(films.map(({ threadTs }) => threadTs)).toEqual([ts]);
  });

  test('a mention in a thread stays there, and names become words', async () => {
    const now = await begin();
    const { bob, channel } = now.world;
    const thread = await now.fake.say({ user: bob, channel, text: 'what about a boat?' });
    const { text, message } = await now.mention('@bot video @bob as a kite', { thread });
    expect(message.threadTs).toBe(thread);
    const { recipe, origin } = (await now.atRest(jobIn(text))).request;
    expect(recipe.prompt).toBe('Bob as a kite');
    expect(origin.thread).toBe(thread);
    expect((await now.posts()).films.map(({ threadTs }) => threadTs)).toEqual([thread]);
  });

  test('“thanks @Dailies!” costs nobody anything; its button opens a form with the words', async () => {
    const now = await begin();
    const { ada } = now.world;
    const { text, message, buttons } = await now.mention('thanks @bot! a lovely boat');
    expect(text).toMatch(/Was that meant for me/);
    expect(await now.house.desk.jobsOf(now.space, ada, 10)).toEqual([]);
    await now.fake.press({ user: ada, channel: message.channel, ts: message.ts, action: buttons[0]?.id ?? '' });
    const { id: view } = await opened(now, ada);
    const job = jobIn((await send(now, view, {})).text);
    expect((await now.atRest(job)).request.recipe.prompt).toBe('thanks ! a lovely boat');
  });

  test('a message becomes a film, in its thread: its words and its first picture', async () => {
    const now = await begin();
    const { ada: user, bob, channel } = now.world;
    const thread = await now.fake.say({ user: bob, channel, text: 'ideas?' });
    const files = [await picture()];
    const ts = await now.fake.say({ user: bob, channel, text: '@ada as a kite :wind_chime:', thread, files });
    const id = await now.fake.messageShortcut({ user, channel, ts, callback: 'message:video' });
    const message = await answered(now.fake, id);
    const { recipe, origin } = (await now.atRest(jobIn(read(message)))).request;
    expect(recipe).toMatchObject({ prompt: 'Ada as a kite wind chime', image: expect.any(String) });
    expect(origin).toMatchObject({ thread, message: ts });
    expect((await now.posts()).films.map(({ threadTs }) => threadTs)).toEqual([thread]);
  });

  test('a message with only a picture asks for the words, and keeps the picture', async () => {
    const now = await begin();
    const { ada: user, bob, channel } = now.world;
    const ts = await now.fake.say({ user: bob, channel, text: '', files: [await picture()] });
    await now.fake.messageShortcut({ user, channel, ts, callback: 'message:video' });
    const { id: view } = await opened(now, user);
    const job = jobIn((await send(now, view, { prompt: 'it flies' })).text);
    const { recipe, origin } = (await now.atRest(job)).request;
    expect(recipe).toMatchObject({ prompt: 'it flies', image: expect.any(String) });
    expect(origin.thread).toBe(ts);
  });

  test('the global shortcut asks where; left out, the film is for its member alone', async () => {
    const now = await begin();
    const { ada: user, channel } = now.world;
    await now.fake.globalShortcut({ user, callback: 'form:video' });
    const first = await opened(now, user);
    const here = await send(now, first.id, { prompt: 'a kite' }, { channel });
    await now.atRest(jobIn(here.text));
    expect((await now.posts()).films).toHaveLength(1);

    await now.fake.globalShortcut({ user, callback: 'form:video' });
    const second = await until('another form', async () => {
      const view = await now.fake.viewOf(user);
      return view !== null && view.id !== first.id && view;
    });
    await now.fake.submit({ user, view: second.id, values: { prompt: 'a secret kite' } });
    const dm = await until('a direct message', async () => (await now.fake.dm(user)) ?? undefined);
    await until('the film', async () => (await now.posts(dm)).films.length === 1);
    expect((await now.posts()).films).toHaveLength(1);
  });

  test('the page of the bot shows credits and films, and leads to a new one', async () => {
    const now = await begin();
    const { ada: user } = now.world;
    const job = jobIn((await now.ask('video a paper boat')).text);
    await now.atRest(job);
    await now.fake.openHome({ user });
    const home = await until('the page', async () => (await now.fake.home(user)) ?? undefined);
    const blocks = home.view as { blocks: unknown[] };
    expect(read(blocks)).toMatch(/a paper boat[\s\S]*56 credits left of 60/);
    expect(read(blocks)).toContain(job);
    await now.fake.pressHome({ user, action: 'slack:form|video' });
    expect((await opened(now, user)).view).toMatchObject({ callback_id: 'form|video' });
  });
});

describe('on the way', () => {
  test('a film that is waited for can be cancelled by whoever asked, and by the group that moderates', async () => {
    const { ask, press, world, posts, atRest, quota, fake, job } = await begin({ delayMs: () => 60_000 });
    const id = jobIn((await ask('video a lighthouse')).text);
    await until('rendering', async () => (await job(id)).taskId);
    const shown = await until('the card says so', async () => {
      const [card] = (await posts()).cards;
      return card && read(card).includes('Being made') && card;
    });
    expect(buttonsOf(shown).map(({ label }) => label)).toEqual(['Cancel', 'Details']);
    expect((await press(shown, /Cancel/, world.bob)).text).toBe("⚠️ That film is somebody else's.");

    const mod = await fake.makeUser({ name: 'mod' });
    await fake.makeGroup({ handle: 'sweepers', users: [mod] });
    expect((await ask('admin set moderators:@sweepers', { user: world.boss })).text).toMatch(/Moderators/i);
    expect((await press(shown, /Cancel/, mod)).text).toMatch(/asked to stop it/);
    expect((await atRest(id)).failure?.reason).toBe('cancelled');
    const [card] = (await posts()).cards;
    expect(read(card ?? { blocks: [] })).toMatch(/Cancelled\. You paid nothing/);
    expect(await quota()).toMatchObject({ held: 0, spent: 0 });
  });

  test('what is dear is asked about first: one press takes it, and the price tag gives way', async () => {
    const { ask, press, atRest, quota, fake } = await begin();
    const tag = await ask('video a long one seconds:12 count:2');
    expect(tag.text).toMatch(/cost 24 credits\. Nothing is taken before you choose/);
    expect(await quota()).toMatchObject({ held: 0 });
    const answer = await press(tag.message, /Make all 2/);
    const job = jobIn(answer.text);
    expect(read((await fake.deed(tag.id)).answers[0] ?? { blocks: [] })).toMatch(/on the way/);
    await atRest(job);
    await atRest(job.replace(/-1$/, '-2'));
    expect(await quota()).toMatchObject({ spent: 24 });
  });

  test('Never mind: nothing is taken', async () => {
    const { ask, press, quota } = await begin();
    const tag = await ask('video a long one seconds:12 count:2');
    expect((await press(tag.message, /Never mind/)).text).toMatch(/nothing was taken/);
    expect(await quota()).toMatchObject({ held: 0, spent: 0 });
  });
});

describe('with a film', () => {
  test('Again, Details, More and all that is behind it, on its card', async () => {
    const { ask, press, posts, atRest, world, quota } = await begin();
    const job = jobIn((await ask('video a paper *boat*')).text);
    await atRest(job);
    const [card] = (await posts()).cards;
    if (!card) throw new Error('no card');

    const details = await press(card, /Details/, world.bob);
    expect(details.text).toContain('Prompt: a paper *boat*');
    expect(details.text).toContain(`Job: ${job}`);

    // Whoever presses pays.
    const again = jobIn((await press(card, /again/, world.bob)).text);
    await atRest(again);
    expect(await quota(world.bob)).toMatchObject({ spent: 4 });
    expect((await posts()).films.at(-1)?.pinged.users).toEqual([world.bob]);

    expect((await press(card, /More/, world.bob)).buttons.map(({ label }) => label)).toEqual(['Report']);
    const more = await press(card, /More/);
    expect(more.buttons.map(({ label }) => label)).toEqual([
      ...['Post it again', 'Delete', 'Do not notify me of my films'],
    ]);
    expect((await press(more.message, /notify/)).text).toMatch(/arrive quietly.*\/dailies mentions on/);
    await press(more.message, /Post it again/);
    await until('posted once more', async () => (await posts()).films.length === 3);
    await atRest(job);
    const last = (await posts()).films.at(-1);
    expect(last?.files[0]?.name).toContain(`${job}-d2.mp4`);
    expect(last?.pinged.users).toEqual([]);
    expect(await quota()).toMatchObject({ spent: 4 });
    expect((await ask('jobs')).text).toContain('a paper *boat*');
    expect((await ask(`jobs ${job}`)).buttons.map(({ label }) => label)).toEqual([
      'Make it again',
      'Post it again',
      'Details',
    ]);
    expect((await ask('quota')).text).toMatch(/56 credits left of 60/);
  });

  test('a member reports it: the moderators are told in private, and one removes it there by one press', async () => {
    const { ask, press, posts, atRest, world, fake, job: recorded } = await begin();
    await fake.makeGroup({ handle: 'mods', users: [world.bob] });
    const mia = await fake.makeUser({ name: 'mia', displayName: 'Mia' });
    await ask('admin set moderators:@mods', { user: world.boss });
    const job = jobIn((await ask('video a paper *boat*')).text);
    await atRest(job);
    const { cards, films } = await posts();
    const [card, [film]] = [cards[0], films];
    if (!card || !film) throw new Error('no film');
    const more = await press(card, /More/, mia);
    expect((await press(more.message, /Report/, mia)).text).toMatch(/have been told/);
    expect((await ask(`film report ${job} reason:spam`, { user: world.ada })).text).toMatch(/have been told/);

    const direct = (await fake.dm(world.bob)) ?? '';
    const [notice, ...others] = await fake.messages(direct);
    if (!notice) throw new Error('nobody was told');
    expect(others).toEqual([]);
    expect(read(notice)).toContain('Prompt: a paper *boat*');
    expect(read(notice)).toContain(`https://slack.com/archives/${world.channel}/p${film.ts.replace('.', '')}`);
    expect((await press(notice, /Remove/, world.bob)).text).toMatch(/taken out of the chat/);
    await until('gone', async () => (await recorded(job)).takenAway);
    await atRest(job);
    expect((await posts()).films).toEqual([]);
    expect((await fake.file(film.files[0]?.id ?? '')).state).toBe('deleted');
    const [left] = (await posts()).cards;
    expect(read(left ?? { blocks: [] })).toMatch(/…\nRemoved by a moderator/);
    expect(buttonsOf(left ?? { blocks: [] }).map(({ label }) => label)).toEqual(['Make it again', 'Details']);
  });
});
