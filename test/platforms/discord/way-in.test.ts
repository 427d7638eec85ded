import { ChannelType } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { registerCommands } from '../../../platforms/discord/adapter.ts';
import type { Reply } from '../../../src/domain/command.ts';
import { sandboxCards } from '../../../src/video/cards.ts';
import { useClosing } from '../../support/closing.ts';
import { startFakeDiscord } from '../../support/discord/index.ts';
import { createTestLog } from '../../support/log.ts';
import { redisKinds } from '../../support/redis.ts';
import { until } from '../../support/until.ts';
import { adapterOn, answered, buttonsOf, jobIn, makeWorld, type Rig, type RigOptions, read, startRig } from './rig.ts';

const { closing, later } = useClosing();
const begin = async (options: RigOptions = {}) => closing(await startRig(options));
const told = (text: string): Reply => ({ to: 'private', jobs: [], parts: [{ kind: 'text', text }] });

async function listening(answer: () => Promise<Reply>) {
  const fake = closing(await startFakeDiscord());
  const world = await makeWorld(fake);
  const bot = adapterOn(fake);
  await bot.discord.receiver.listen(async () => answer());
  later(bot.discord.close, bot.discord.receiver.close);
  await until('connected', () => bot.discord.connected());
  const { ada: user, channel } = world;
  const slash = () => fake.slash({ user, channel, command: 'video', options: { prompt: 'a boat' } });
  return { fake, world, ...bot, slash };
}

const formOf = async ({ fake, world: { ada: user, channel } }: Rig, options = {}) => {
  const id = await fake.slash({ user, channel, command: 'video', options });
  await until('the form', async () => (await fake.interaction(id)).modal ?? undefined);
  return id;
};
const send = async ({ fake }: Rig, interaction: string, values: Parameters<Rig['fake']['submit']>[0]['values']) =>
  read((await answered(fake, await fake.submit({ interaction, values }))).response.content);

describe('an answer that was promised', () => {
  test.each([
    ['500s', { status: 500, times: 4 }],
    ['broken connections', { cut: 'before' as const, times: 4 }],
  ])('is given after %s', async (_name, fault) => {
    const { fake, slash } = await listening(async () => told('taken'));
    await fake.fail({ method: 'PATCH', path: 'original', ...fault });
    expect((await answered(fake, await slash())).response.content).toBe('taken');
  });

  test('that Discord does not take as it is, is one that says so', async () => {
    const { fake, slash } = await listening(async () => told('taken'));
    await fake.fail({ method: 'PATCH', path: 'original', status: 400, code: 50_035, message: 'Invalid Form Body' });
    expect(read((await answered(fake, await slash())).response.content)).toMatch(
      /could not be shown here\. Look at \/jobs/,
    );
  });

  test('in an archived thread is given when that is open again', async () => {
    const rig = await begin();
    const { fake, world } = rig;
    const channel = await fake.makeChannel({ guild: world.guild, parent: world.channel, archived: true });
    const id = await fake.slash({ user: world.ada, channel, command: 'quota' });
    expect((await answered(fake, id)).response.content).toMatch(/60 credits left/);
  });

  test('does not wait for a Discord that is slow to tell of rights', async () => {
    const { fake, ask } = await begin();
    await fake.fail({ method: 'GET', path: '^/guilds/', hang: 60_000, times: 5, done: false });
    // What the interaction itself told is enough; whether the bot is on the server is left open.
    expect((await ask('video', { prompt: 'x' })).text).toMatch(/on the way/);
    await fake.forgetFaults();
  }, 30_000);

  test('with Redis away says that nothing was taken, and suggests nothing', async () => {
    if (!redisKinds.includes('server')) return;
    const { fake, world, ask, redis } = await begin({ kind: 'server' });
    await redis.kill();
    for (const command of ['quota', 'jobs', 'mentions on']) {
      expect((await ask(command)).text).toMatch(/cannot reach its memory right now, so nothing was taken/);
    }
    const { ada: user, channel } = world;
    const id = await fake.autocomplete({ user, channel, command: 'jobs', option: 'job', text: '' });
    expect(await until('suggestions', async () => (await fake.interaction(id)).choices ?? undefined)).toEqual([]);
    await redis.restart();
  }, 60_000);
});

describe('who may', () => {
  test('members of a private thread without the bot cost no more than one look in five seconds', async () => {
    const { fake, world, ask } = await begin();
    const more = { guild: world.guild, type: ChannelType.PrivateThread, parent: world.channel, members: [world.ada] };
    const channel = await fake.makeChannel(more);
    for (let n = 0; n < 20; n += 1)
      expect((await ask('video', { prompt: 'x' }, { channel })).text).toMatch(/private thread/);
    expect((await fake.stats()).invalid).toBeLessThan(4);
  });

  test('a moderator of one channel has no say over films of another, and does not read them', async () => {
    const { fake, world, ask, press } = await begin({ delayMs: () => 60_000 });
    const overwrites = [{ id: world.bob, allow: ['ManageMessages' as const] }];
    const own = await fake.makeChannel({ guild: world.guild, overwrites });
    const job = jobIn((await ask('video', { prompt: 'of the other room' })).text);
    const seen = await ask('jobs', { job }, { user: world.bob, channel: own });
    expect(seen.text).toBe("⚠️ That film is somebody else's.");
    await fake.changeChannel({ channel: world.channel, overwrites });
    const there = await ask('jobs', { job }, { user: world.bob });
    expect((await press(there.message, /Cancel/, world.bob)).text).toMatch(/yours again|stop it/);
  });

  test('what was asked in a private thread stays there: for others, and for its member elsewhere', async () => {
    const { fake, world, ask, press, atRest, posts } = await begin();
    const more = { guild: world.guild, type: ChannelType.PrivateThread, parent: world.channel };
    const channel = await fake.makeChannel({ ...more, members: [world.ada, fake.botId] });
    const job = jobIn((await ask('video', { prompt: 'whispered' }, { channel })).text);
    await atRest(job);
    const role = await fake.makeRole({ guild: world.guild, permissions: ['ManageMessages'] });
    const mod = await fake.makeMember({ guild: world.guild, roles: [role] });
    expect((await ask('jobs', { job }, { user: mod })).text).toBe('⚠️ There is no such film here.');
    const mine = await ask('jobs', { job });
    expect((await press(mine.message, /again/i)).text).toMatch(/asked for in a private thread/);
    expect((await posts()).cards).toEqual([]);
  });

  test('a locked thread is said before anything is held', async () => {
    const { fake, world, ask, quota } = await begin();
    const role = await fake.makeRole({ guild: world.guild, permissions: ['ManageThreads'] });
    const mod = await fake.makeMember({ guild: world.guild, roles: [role] });
    const channel = await fake.makeChannel({ guild: world.guild, parent: world.channel, locked: true, members: [mod] });
    expect((await ask('video', { prompt: 'x' }, { user: mod, channel })).text).toMatch(/This thread is locked/);
    expect(await quota(mod)).toMatchObject({ held: 0 });
  });
});

describe('forms', () => {
  test('one that is sent twice with the same makes one film, with something else another', async () => {
    const rig = await begin();
    const id = await formOf(rig);
    const [one, same, other] = [
      await send(rig, id, { prompt: 'x' }),
      await send(rig, id, { prompt: 'x' }),
      await send(rig, id, { prompt: 'y' }),
    ];
    expect(jobIn(same)).toBe(jobIn(one));
    expect(jobIn(other)).not.toBe(jobIn(one));
  });

  test('no id goes from one into a prompt, and no name is lost', async () => {
    const rig = await begin();
    const text = await send(rig, await formOf(rig), { prompt: `<@${rig.world.bob}> in a <:boat:123456789012345678>` });
    expect((await rig.job(jobIn(text))).request.recipe.prompt).toBe('somebody in a boat');
  });

  test('it offers what its model makes, and what is refused is not lost', async () => {
    const rig = await begin({ house: { credits: 1_000 } });
    const id = await formOf(rig);
    const { modal } = await rig.fake.interaction(id);
    const parts = modal?.components as { component: { custom_id: string; options?: { value: string }[] } }[];
    const offered = parts.find(({ component }) => component.custom_id === 'seconds')?.component.options;
    expect(offered?.map(({ value }) => Number(value))).toEqual(sandboxCards[0]?.seconds);
    const refused = await send(rig, await formOf(rig, { seconds: 7 }), { prompt: 'a long and careful text' });
    expect(refused).toMatch(/seconds, not 7\.\nYou had written: a long and careful text/);
    const long = 'word '.repeat(600).trim();
    const answer = await answered(
      rig.fake,
      await rig.fake.submit({ interaction: await formOf(rig, { seconds: 7 }), values: { prompt: long } }),
    );
    expect(await (await fetch(answer.response.attachments[0]?.url ?? '')).text()).toBe(`${long}\n`);
  });
});

describe('messages', () => {
  const make = async ({ fake, world }: Rig, message: string) => {
    const id = await fake.messageCommand({ user: world.ada, command: 'Make a video of this', message });
    return (await answered(fake, id)).response.content;
  };

  test('the bot’s own become no films', async () => {
    const rig = await begin();
    await rig.atRest(jobIn((await rig.ask('video', { prompt: 'a boat' })).text));
    const { cards, films } = await rig.posts();
    for (const { id } of [...cards, ...films]) expect(await make(rig, id)).toMatch(/a message of the bot itself/);
  });

  test('what was covered stays covered', async () => {
    const rig = await begin();
    const message = await rig.fake.say({
      user: rig.world.bob,
      channel: rig.world.channel,
      content: 'the end: ||the butler||',
    });
    const { request } = await rig.atRest(jobIn(await make(rig, message)));
    expect(request).toMatchObject({ spoiler: true, recipe: { prompt: 'the end: the butler' } });
    expect((await rig.posts()).cards[0]?.content).toContain('||the end: the butler||');
  });
});

test('roles that the server settled moderate and manage, and are shown by name, which notifies nobody', async () => {
  const { fake, world, ask, press, posts } = await begin({ delayMs: () => 60_000 });
  const { guild, channel } = world;
  const [runs, crew, cast] = [
    await fake.makeRole({ guild, permissions: ['ManageGuild'] }),
    await fake.makeRole({ guild, mentionable: true }),
    await fake.makeRole({ guild }),
  ];
  const user = await fake.makeMember({ guild, roles: [runs] });
  const settled = await ask('admin set', { moderators: crew, managers: cast, staff: channel }, { user });
  for (const name of [`<@&${crew}>`, `<@&${cast}>`, `<#${channel}>`]) expect(settled.text).toContain(name);
  expect(settled.message.pinged).toEqual({ users: [], roles: [], everyone: false });

  await ask('video', { prompt: 'a boat' });
  const card = await until('a card with a button', async () =>
    (await posts()).cards.find((one) => buttonsOf(one).some(({ label }) => label === 'Cancel')),
  );
  expect((await press(card, /Cancel/, world.bob)).text).toMatch(/somebody else's/);
  await fake.makeMember({ guild, user: world.bob, roles: [cast] });
  expect((await ask('admin settings', {}, { user: world.bob })).text).toContain(`<@&${crew}>`);
  await fake.makeMember({ guild, user: world.bob, roles: [crew] });
  expect((await ask('admin settings', {}, { user: world.bob })).text).toMatch(/may not do that/);
  expect((await press(card, /Cancel/, world.bob)).text).toMatch(/stop|[Cc]ancel/);
  expect((await ask('admin set', { clear: 'moderators' }, { user })).text).not.toContain(`<@&${crew}>`);
});

test('a long list comes whole, as text that can be read', async () => {
  const { ask } = await begin({ house: { credits: 1_000 } });
  const prompt = (n: number) => `No. ${n} (a *boat*, "the_one", [of] @many) ${'drifting in the rain '.repeat(6)}`;
  for (let n = 0; n < 10; n += 1) await ask('video', { prompt: prompt(n) });
  const { message } = await ask('jobs');
  expect(message.content.length).toBeLessThanOrEqual(2_000);
  expect(message.content.split('\n').at(-2)).toMatch(/^-# .*`j/);
  const file = await (await fetch(message.attachments[0]?.url ?? '')).text();
  for (let n = 0; n < 10; n += 1) expect(file).toContain(prompt(n).trim());
  expect(file).not.toMatch(/\\|\*\*|-#|<t:/);
});

test('/jobs leads to where films stand', async () => {
  const { ask, atRest, posts, world } = await begin();
  await atRest(jobIn((await ask('video', { prompt: 'a boat' })).text));
  const [film] = (await posts()).films;
  expect((await ask('jobs')).message.content).toContain(
    `(https://discord.com/channels/${world.guild}/${world.channel}/${film?.id})`,
  );
});

test('/help speaks of what can be typed', async () => {
  const { ask } = await begin();
  expect((await ask('help')).text).toContain('/mentions off');
  expect((await ask('help', { topic: 'mentions' })).text).toMatch(/\/mentions on.*\n\/mentions off/);
  expect((await ask('help', { topic: 'film cancel' })).text).toMatch(/There is no command/);
});

describe('registration', () => {
  test('sets right what was changed elsewhere, and then finds nothing', async () => {
    const fake = closing(await startFakeDiscord());
    const shared = {
      token: fake.token,
      appId: undefined,
      api: fake.api,
      log: createTestLog(),
      limited: () => undefined,
    };
    const options = { ...shared, guild: undefined, commands, cards: sandboxCards };
    await registerCommands(options, true);
    const [one] = await fake.commands();
    const headers = { authorization: `Bot ${fake.token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ nsfw: true, name_localizations: { de: 'filmchen' } });
    await fetch(`${fake.api}/v10/applications/${fake.applicationId}/commands/${one?.id}`, {
      method: 'PATCH',
      headers,
      body,
    });
    expect((await registerCommands(options, true)).differences).toEqual([
      { name: one?.name, type: 'slash', is: 'changed', what: expect.arrayContaining(['nsfw', 'name_localizations']) },
    ]);
    expect((await registerCommands(options, true)).differences).toEqual([]);
  });
});

describe('the connection', () => {
  test('that is closed while it is made does not stay', async () => {
    const fake = closing(await startFakeDiscord());
    const { discord } = adapterOn(fake);
    await fake.fail({ path: '/gateway/bot', hang: 700 });
    const listens = discord.receiver.listen(async () => told('x'));
    await until('asked', async () => (await fake.requests()).some(({ path }) => path === '/gateway/bot'));
    await discord.receiver.close();
    await listens;
    await discord.close();
    await until('none is left', async () => (await fake.stats()).connected === 0);
  });

  test('that breaks, is told once however often it is tried, and not when it is closed', async () => {
    const { fake, discord, log } = await listening(async () => told('taken'));
    for (let n = 0; n < 3; n += 1) {
      await fake.dropGateway({ code: 4000 });
      await until('again', async () => (await fake.stats()).resumes > n);
    }
    await until('connected', () => discord.connected());
    const lost = () =>
      log.lines.filter(({ level, message }) => level === 'warn' && message.includes('was lost')).length;
    const before = lost();
    await discord.receiver.close();
    expect(before).toBe(3);
    expect(lost()).toBe(3);
  });

  test('closes although commands keep coming, each with an answer', async () => {
    const { fake, slash, discord } = await listening(async () => told('taken'));
    await fake.configure({ latencyMs: 100 });
    const ids: string[] = [];
    const typing = setInterval(
      () =>
        void slash().then(
          (id) => ids.push(id),
          () => undefined,
        ),
      40,
    );
    await until('some', () => ids.length > 5);
    const began = performance.now();
    await discord.receiver.close();
    clearInterval(typing);
    expect(performance.now() - began).toBeLessThan(8_000);
  }, 20_000);
});

test('what a member types in vain is told in plain words: no model on offer', async () => {
  const rig = await begin({ discord: { models: () => [] } });
  const text = (await rig.ask('video', { prompt: 'x', model: 'veo' })).text;
  expect(text).toMatch(/There is no model "veo"\. Choose \S/);
  expect(buttonsOf((await rig.ask('jobs')).message)).toEqual([]);
});
