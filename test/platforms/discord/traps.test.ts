import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChannelType, RESTEvents } from 'discord.js';
import { describe, expect, test, vi } from 'vitest';
import { renderReply } from '../../../platforms/discord/render.ts';
import { createRest, restTimeout } from '../../../platforms/discord/rest.ts';
import type { Reply } from '../../../src/domain/command.ts';
import { TransientError, UserError } from '../../../src/domain/errors.ts';
import { TooSoon } from '../../../src/ports.ts';
import { useClosing } from '../../support/closing.ts';
import type { FakeDiscordOptions } from '../../support/discord/api.ts';
import { startFakeDiscord } from '../../support/discord/index.ts';
import { createTestLog } from '../../support/log.ts';
import { until } from '../../support/until.ts';
import { job, startPoster } from './poster-rig.ts';
import { adapterOn, answered, buttonsOf, jobIn, makeWorld, type RigOptions, read, startRig } from './rig.ts';

const { closing, later } = useClosing();
const begin = async (options: RigOptions = {}) => closing(await startRig(options));
const poster = async (...given: Parameters<typeof startPoster>) => closing(await startPoster(...given));

/** A bot that answers every call with the same, or refuses it. */
async function listening(answer: () => Promise<Reply>, options: FakeDiscordOptions = {}) {
  const fake = closing(await startFakeDiscord(options));
  const world = await makeWorld(fake);
  const bot = adapterOn(fake);
  let calls = 0;
  await bot.discord.receiver.listen(async () => {
    calls += 1;
    return answer();
  });
  later(async () => {
    await bot.discord.receiver.close();
    await bot.discord.close();
  });
  await until('connected', () => bot.discord.connected());
  const slash = (options = {}) =>
    fake.slash({ user: world.ada, channel: world.channel, command: 'video', options: { prompt: 'x', ...options } });
  return { fake, world, ...bot, slash, calls: () => calls };
}
const told = (text: string): Reply => ({ to: 'private', jobs: [], parts: [{ kind: 'text', text }] });
const day = 86_400_000;

describe('interactions', () => {
  test('1, tokens that end: nothing after the private answer needs one', async () => {
    const { ask, fake, posts, atRest, job } = await begin({ delayMs: () => 1_500 });
    const id = jobIn((await ask('video', { prompt: 'a paper boat' })).text);
    await until('its card', async () => (await posts()).cards.length === 1);
    await fake.advance(40 * 60_000);
    await until('rendering', async () => (await job(id)).taskId);
    await atRest(id);
    expect((await posts()).films).toHaveLength(1);
    expect((await fake.requests()).filter(({ code }) => code === 50027)).toEqual([]);
  });

  test.each([
    ['a refusal', new UserError('unavailable', { word: 'service.away' }), /cannot reach its memory/],
    ['a bug', new UserError('unavailable', { word: 'service.broken' }), /Something went wrong on our side/],
  ])('2, thinking for ever: %s is an answer too', async (_name, error, says) => {
    const { fake, slash } = await listening(async () => Promise.reject(error));
    expect((await answered(fake, await slash())).response.content).toMatch(says);
  });

  test('3, 10062 although it was quick: nothing is taken, nothing crashes, the log has a line', async () => {
    const { fake, slash, calls, log } = await listening(async () => told('taken'));
    await fake.fail({ path: '/callback$', status: 404, code: 10062, message: 'Unknown interaction' });
    await slash();
    await until('told', () => log.lines.some(({ message }) => /over before it was acknowledged/.test(message)));
    expect(calls()).toBe(0);
    expect(read((await answered(fake, await slash())).response.content)).toBe('taken');
  });

  test('4, an answer that comes too late: what was taken stands', async () => {
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { fake, slash, calls, log } = await listening(async () => {
      await held;
      return told('taken');
    });
    const id = await slash();
    await until('at it', () => calls() === 1);
    await fake.advance(16 * 60_000);
    go();
    await until('told', () => log.lines.some(({ message }) => /was not answered/.test(message)));
    expect((await fake.interaction(id)).response).toBeNull();
  });

  test('5, the same interaction twice: it is acknowledged once, and its call has one key', async () => {
    const keys: string[] = [];
    const fake = closing(await startFakeDiscord());
    const { ada: user, channel } = await makeWorld(fake);
    const { discord } = adapterOn(fake);
    later(discord.receiver.close, discord.close);
    await discord.receiver.listen(async (call) => {
      keys.push(call.key);
      return told('taken');
    });
    await until('connected', () => discord.connected());
    const id = await fake.slash({ user, channel, command: 'quota' });
    await fake.repeat(id);
    await until('both', () => keys.length === 2);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toContain(id);
  });

  test('6, no form after a deferral: it is the first answer, and nothing is asked before it', async () => {
    const { fake, world, calls } = await listening(async () => told('taken'));
    const before = (await fake.requests()).length;
    const id = await fake.slash({ user: world.ada, channel: world.channel, command: 'video' });
    await until('the form', async () => (await fake.interaction(id)).modal ?? undefined);
    const since = (await fake.requests()).slice(before);
    expect(since.map(({ path }) => path.replace(/\d+\/[^/]+/, ''))).toEqual(['/interactions//callback']);
    expect(calls()).toBe(0);
  });

  test('7, buttons that die: they carry ids, and work after a restart and after a year', async () => {
    const { ask, press, posts, atRest, bot, startBot, fake } = await begin();
    const id = jobIn((await ask('video', { prompt: 'a paper boat' })).text);
    await atRest(id);
    const [film] = (await posts()).films;
    if (!film) throw new Error('no film');
    await bot.close();
    await startBot();
    await fake.advance(365 * day);
    expect((await press(film, /Details/)).text).toContain(id);
    for (const { id: customId } of buttonsOf(film)) expect(customId).toMatch(/^film \w+\|j[a-z2-7]{16}-1-d1$/);
  });

  test('8, a direct message: it has no space and nobody who pays', async () => {
    const { fake, world, calls } = await listening(async () => told('taken'));
    const channel = await fake.openDm(world.ada);
    const id = await fake.slash({ user: world.ada, channel, command: 'video', options: { prompt: 'x' } });
    expect(read((await answered(fake, id)).response.content)).toMatch(/asked for on a server/);
    expect(calls()).toBe(0);
  });

  test('9, channels that are null without the guilds’ intent: the payload says where it was', async () => {
    const origins: object[] = [];
    const fake = closing(await startFakeDiscord());
    const { ada: user, guild, channel: parent } = await makeWorld(fake);
    const { discord } = adapterOn(fake);
    later(discord.receiver.close, discord.close);
    await discord.receiver.listen(async ({ origin }) => {
      origins.push(origin);
      return told('taken');
    });
    await until('connected', () => discord.connected());
    expect((await fake.sessions()).map(({ intents }) => intents)).toEqual([0]);
    const types = [ChannelType.PublicThread, ChannelType.PrivateThread] as const;
    for (const type of types) {
      const thread = await fake.makeChannel({ guild, type, parent, members: [user] });
      await answered(fake, await fake.slash({ user, channel: thread, command: 'quota' }));
      expect(origins.at(-1)).toMatchObject({ space: guild, channel: parent, thread, user });
      expect('closed' in (origins.at(-1) ?? {})).toBe(type === ChannelType.PrivateThread);
    }
  });

  test('10, a connection that breaks: what was missed comes when it is resumed', async () => {
    const { fake, slash } = await listening(async () => told('taken'), { ackMs: 20_000 });
    await fake.dropGateway();
    const id = await slash();
    expect(read((await answered(fake, id)).response.content)).toBe('taken');
    expect(await fake.stats()).toMatchObject({ identifies: 1, resumes: 1 });
  });

  test('11, an answer longer than a message: it comes whole, as a file', () => {
    const facts = [{ label: 'Prompt', value: 'x'.repeat(5_000) }];
    const { message, files } = renderReply({ parts: [{ kind: 'facts', facts }] }, '1');
    expect(message.content.length).toBeLessThanOrEqual(2_000);
    expect(files[0]?.text).toContain('x'.repeat(5_000));
  });
});

describe('pictures', () => {
  const png = (name: string, bytes: Buffer) => ({ name, contentType: 'image/png', base64: bytes.toString('base64') });
  const heic = () => png('photo.heic', readFileSync('test/fixtures/photo.heic'));

  test('12, links that expire: pictures are copied when the film is asked for', async () => {
    const { ask, fake, world, job, atRest } = await begin({ delayMs: () => 1_000 });
    const id = await fake.slash({
      user: world.ada,
      channel: world.channel,
      command: 'video',
      options: { prompt: 'x', image: heic() },
    });
    const made = jobIn((await answered(fake, id)).response.content);
    await fake.advance(2 * day);
    expect((await atRest(made)).settled).toBe('captured');
    expect((await job(made)).request.recipe.image).toMatch(/^[0-9a-f]{64}\./);
    // One that has expired already is said in words, and takes nothing.
    await fake.configure({ cdnMs: -5_000 });
    const late = await fake.slash({
      user: world.ada,
      channel: world.channel,
      command: 'video',
      options: { prompt: 'x', image: heic() },
    });
    expect(read((await answered(fake, late)).response.content)).toMatch(/could not be fetched from the chat/);
    expect((await ask('quota')).text).toMatch(/56 credits left/);
  });

  test('13, pictures by their name alone: what is in them is looked at', async () => {
    const { fake, world } = await begin();
    const image = png('boat.png', Buffer.from('no picture at all'));
    const id = await fake.slash({
      user: world.ada,
      channel: world.channel,
      command: 'video',
      options: { prompt: 'x', image },
    });
    expect(read((await answered(fake, id)).response.content)).toMatch(/not a picture the bot can read/);
  });

  test('14, addresses in payloads: pictures come from Discord’s own hosts and nowhere else', async () => {
    const { createAttachments } = await import('../../../platforms/discord/attachment.ts');
    const open = createAttachments('http://127.0.0.1:1');
    const file = (url: string) => open({ id: '1', filename: 'a.png', size: 1, url, proxy_url: url });
    for (const url of [
      ...[
        'http://169.254.169.254/a.png',
        'https://cdn.discordapp.com.evil.example/a.png',
        'http://cdn.discordapp.com/a.png',
      ],
      ...[
        'https://cdn.discordapp.com:8443/a.png',
        'https://user@evil.example/cdn.discordapp.com',
        'file:///etc/passwd',
        'x',
      ],
    ]) {
      const read = async () => {
        for await (const chunk of file(url).open()) return chunk;
      };
      await expect(read()).rejects.toMatchObject({ said: { word: 'picture.away' }, cause: undefined });
    }
  });
});

describe('messages', () => {
  const evil = '@everyone <@111111111111111111> <@&222222222222222222> **b** [l](https://evil.example) ||s|| `c`\n# h';

  test('15, mentions by default: nobody is mentioned but whoever asked, by the film alone, edits included', async () => {
    const { fake, world, poster: by, post, origin, card } = await poster();
    const ref = await by.card(origin, card(1, { prompt: evil }), undefined);
    await by.card(origin, card(2, { prompt: evil, state: 'failed' }), ref);
    await post(origin, { prompt: evil, card: ref });
    const [shown, film] = await fake.messages(world.channel);
    expect(shown).toMatchObject({ edits: 1, pinged: { users: [], roles: [], everyone: false } });
    expect(film?.pinged).toEqual({ users: [world.ada], roles: [], everyone: false });
    for (const message of [shown, film]) {
      expect(message?.content).not.toMatch(/(?<!\\)@everyone|https:\/\/|\n#/);
      expect((message?.flags ?? 0) & 4).toBe(4);
    }
    await post(origin, { key: `${job}-d2`, mention: false });
    expect((await fake.messages(world.channel)).at(-1)?.pinged.users).toEqual([]);
  });

  test('16, a card that is gone: the film is posted without it', async () => {
    const { fake, world, poster: by, post, origin, card } = await poster();
    const ref = await by.card(origin, card(), undefined);
    await fake.deleteMessage(ref.split('/')[1] ?? '');
    expect(await post(origin, { card: ref })).toMatchObject({ place: 'asked' });
    const [film] = await fake.messages(world.channel);
    expect(film?.reference).toBeNull();
    await expect(by.card(origin, card(2, { state: 'delivered' }), ref)).rejects.toThrow('Discord refuses');
  });

  test('17, a film inside an embed: it is an attachment, with its words for those who do not see it', async () => {
    const { films, world, post, origin } = await poster();
    await post(origin, { spoiler: true });
    const [film] = await films(world.channel);
    expect(film?.embeds).toEqual([]);
    expect(film?.attachments).toMatchObject([{ description: 'A film, covered until you open it', spoiler: true }]);
    expect(film?.content).toContain('||a paper boat||');
  });

  test('18, an answer that was lost: the same nonce makes one message', async () => {
    const { films, world, post, fake } = await poster();
    await fake.fail({ method: 'POST', path: '/messages$', times: 2, cut: 'after' });
    await expect(post()).rejects.toThrow(TransientError);
    await post(undefined, { repeated: true });
    expect(await films(world.channel)).toHaveLength(1);
  });

  test('19, a nonce that is forgotten: the posting is looked for, wherever it came to stand', async () => {
    const { films, world, post, fake, origin, deny } = await poster();
    const first = await post();
    await fake.advance(10 * 60_000);
    for (let n = 0; n < 120; n += 1) await fake.say({ user: world.ada, channel: world.channel, content: `talk ${n}` });
    expect(await post(undefined, { repeated: true })).toEqual(first);
    expect(await films(world.channel)).toHaveLength(1);
    // Another posting of the same job is another one.
    expect((await post(undefined, { repeated: true, key: `${job}-d10` })).ref).not.toBe(first.ref);
    await deny(world.channel, ['ViewChannel']);
    const key = `${job}-d3`;
    const direct = await post(origin, { key });
    await fake.advance(10 * 60_000);
    expect(await post(origin, { key, repeated: true })).toEqual(direct);
  });

  test('20, edits are rationed: what comes too soon on the way is left to the next step, an end goes out at once', async () => {
    const { fake, poster: by, origin, card, world } = await poster();
    const ref = await by.card(origin, card(1), undefined);
    await by.card(origin, card(2, { state: 'rendering' }), ref);
    for (let version = 3; version < 12; version += 1) {
      await expect(by.card(origin, card(version, { state: 'rendering' }), ref)).rejects.toThrow(TooSoon);
    }
    await by.card(origin, card(12, { state: 'cancelled' }), ref);
    const [shown] = await fake.messages(world.channel);
    expect(shown).toMatchObject({ edits: 2, content: expect.stringContaining('version 12') });
    // Discord has the sixth edit of an hour-old message wait, which counts as a refusal: it is asked once.
    await fake.advance(3_700_000);
    for (let version = 13; version < 19; version += 1) {
      await by.card(origin, card(version, { state: 'failed' }), ref);
    }
    expect((await fake.message(shown?.id ?? '')).content).toContain('version 18');
    expect((await fake.requests()).filter(({ code }) => code === 30046)).toHaveLength(1);
  });

  test('21, a card in an archived thread: its end is shown all the same', async () => {
    const { ask, fake, world, posts, atRest } = await begin({ delayMs: () => 1_000 });
    const thread = await fake.makeChannel({ guild: world.guild, parent: world.channel });
    const answer = await ask('video', { prompt: 'fail please' }, { channel: thread });
    const id = jobIn(answer.text);
    await until('its card', async () => (await posts(thread)).cards.length === 1);
    await fake.changeChannel({ channel: thread, archived: true });
    expect((await atRest(id)).settled).toBe('released');
    expect(read((await posts(thread)).cards[0]?.content ?? '')).toMatch(/You paid nothing/);
  });

  test('22, words that a server blocks: the film is posted without them', async () => {
    const { films, world, post, fake } = await poster();
    await fake.fail({
      method: 'POST',
      path: '/messages$',
      status: 400,
      code: 200_000,
      message: 'Message was blocked by automatic moderation',
    });
    await post();
    const [film] = await films(world.channel);
    expect(film?.content).not.toContain('paper boat');
    expect(film?.attachments).toHaveLength(1);
  });
});

describe('files', () => {
  test('23, uploads cut after 15 s: they have five minutes', async () => {
    expect(restTimeout).toBe(300_000);
    const log = createTestLog();
    const rest = createRest({ token: 'x', appId: undefined, api: 'http://127.0.0.1:1', log, limited: () => undefined });
    expect(rest.rest.options.timeout).toBe(restTimeout);
    rest.close();
  });

  test('24, a limit at the edge: without JSON and in the middle of the upload, it is too large and no more', async () => {
    const {
      films,
      world,
      poster: by,
      filmOf,
      origin,
    } = await poster(
      { edgeLimit: 2_000_000 },
      { link: (name) => ({ url: `https://films.example/media/x.${name}`, until: Date.now() + day }) },
    );
    const { signal } = new AbortController();
    const film = await filmOf(5_000_000);
    const sent = await by.film(origin, film, signal).catch(async (error) => {
      // The connection may break before the answer is read; then it is tried again.
      expect(error).toBeInstanceOf(TransientError);
      return by.film(origin, { ...film, repeated: true }, signal);
    });
    expect(sent.place).toBe('asked');
    expect((await films(world.channel))[0]?.content).toContain('https://films.example/');
  });

  test('25, an upload that is stopped: it ends at once, and posts nothing', async () => {
    const { films, world, poster: by, filmOf, origin, fake } = await poster();
    await fake.fail({ method: 'POST', path: '/messages$', hang: 60_000, done: false });
    const stop = new AbortController();
    const sent = by.film(origin, await filmOf(1_000), stop.signal);
    await until('asked', async () => (await fake.requests()).some(({ path }) => path.endsWith('/messages')));
    stop.abort(new Error('stopping'));
    await expect(sent).rejects.toThrow('stopping');
    expect(await films(world.channel)).toEqual([]);
  });
});

describe('rights and limits', () => {
  test.each([
    ['ViewChannel', 'View Channel'],
    ['SendMessages', 'Send Messages'],
    ['AttachFiles', 'Attach Files'],
    ['ReadMessageHistory', 'Read Message History'],
  ] as const)(
    '26, rights that are found missing after the work: %s is asked before anything is held',
    async (permission, name) => {
      const { ask, fake, world, quota } = await begin();
      const channel = await fake.makeChannel({
        guild: world.guild,
        overwrites: [{ id: world.botRole, deny: [permission] }],
      });
      const { text } = await ask('video', { prompt: 'x' }, { channel });
      expect(text).toMatch(new RegExp(`lacks .*${name}`));
      expect(text).toMatch(/Ask somebody who may manage this channel or the server/);
      expect(await quota()).toMatchObject({ held: 0 });
    },
  );

  test('27, private threads that the bot is not in: said before anything is held, with what to do', async () => {
    const { ask, fake, world, quota } = await begin();
    const more = { guild: world.guild, type: ChannelType.PrivateThread, parent: world.channel };
    const channel = await fake.makeChannel({ ...more, members: [world.ada] });
    expect((await ask('video', { prompt: 'x' }, { channel })).text).toMatch(
      /not in this private thread.*Mention it here once/,
    );
    expect(await quota()).toMatchObject({ held: 0 });
    await fake.changeChannel({ channel, members: [world.ada, fake.botId] });
    await until('let in', async () => /on the way/.test((await ask('video', { prompt: 'x' }, { channel })).text));
  });

  test('28, rights of yesterday: they are looked at at every press', async () => {
    const { ask, press, fake, world, posts, atRest } = await begin({ delayMs: () => 60_000 });
    const role = await fake.makeRole({ guild: world.guild, permissions: ['ManageMessages'] });
    const mod = await fake.makeMember({ guild: world.guild, roles: [role] });
    const id = jobIn((await ask('video', { prompt: 'x' })).text);
    const card = await until('its card', async () => (await posts()).cards[0]);
    await fake.makeMember({ guild: world.guild, user: mod, roles: [] });
    expect((await press(card, /Cancel/, mod)).text).toMatch(/somebody else's/);
    await fake.makeMember({ guild: world.guild, user: mod, roles: [role] });
    expect((await press(card, /Cancel/, mod)).text).toMatch(/yours again|stop it/);
    await atRest(id);
  });

  test('29, buckets and 429: what is limited waits its turn and is not asked in vain', async () => {
    const { fake, world, post, origin } = await poster({ buckets: { limit: 3, windowMs: 300 } });
    const all = Array.from({ length: 8 }, (_, n) => post(origin, { key: `${job}-d${n + 1}` }));
    await Promise.all(all);
    expect((await fake.messages(world.channel)).length).toBe(8);
    expect((await fake.stats()).invalid).toBeLessThanOrEqual(2);
  });

  test('30, ten thousand refusals and the address is banned: after a thousand nothing more is sent', async () => {
    const fake = closing(await startFakeDiscord());
    const log = createTestLog();
    const rest = createRest({ token: fake.token, appId: undefined, api: fake.api, log, limited: () => undefined });
    rest.rest.emit(RESTEvents.InvalidRequestWarning, { count: 100, remainingTime: 500_000 });
    expect(() => rest.guard()).not.toThrow();
    rest.rest.emit(RESTEvents.InvalidRequestWarning, { count: 1_000, remainingTime: 500_000 });
    expect(() => rest.guard()).toThrow(TransientError);
    expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'error']);
    rest.close();
  });

  test('31, a token that was reset: it is asked once a minute, nothing is taken meanwhile, and nothing is lost', async () => {
    const { fake, post, log, rights, origin } = await poster();
    await fake.fail({ path: '/messages$', status: 401, message: '401: Unauthorized', code: 0 });
    const refusal = { name: 'TransientError', retryAfter: expect.closeTo(60_000, -4) };
    for (let n = 0; n < 3; n += 1) await expect(post()).rejects.toMatchObject(refusal);
    await expect(rights.cannotPost(origin)).rejects.toMatchObject(refusal);
    expect((await fake.stats()).invalid).toBe(1);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      expect(await post()).toMatchObject({ place: 'asked' });
    } finally {
      vi.useRealTimers();
    }
  });

  test('32, commands written anew at every start: only what differs is written', async () => {
    const { registerCommands } = await import('../../../platforms/discord/adapter.ts');
    const { declared } = await import('../../../platforms/discord/declare.ts');
    const { commands } = await import('../../../commands/index.ts');
    const { sandboxCards } = await import('../../../src/video/cards.ts');
    const fake = closing(await startFakeDiscord());
    const shared = {
      token: fake.token,
      appId: undefined,
      api: fake.api,
      log: createTestLog(),
      limited: () => undefined,
    };
    const options = { ...shared, guild: undefined, commands, cards: sandboxCards };
    const { length } = declared(commands, sandboxCards, 'global');
    expect((await registerCommands(options, true)).differences.map(({ is }) => is)).toEqual(
      Array(length).fill('missing'),
    );
    const writes = async () => (await fake.requests()).filter(({ method }) => method !== 'GET').length;
    const written = await writes();
    expect(written).toBe(length);
    expect((await registerCommands(options, true)).differences).toEqual([]);
    expect(await writes()).toBe(written);
  });

  test('33, commands without their bot: said before anything is held', async () => {
    const { fake, ask, world, quota } = await begin();
    const { guild, ada: user } = world;
    await fake.leave({ guild, user: fake.botId });
    const { text } = await ask('video', { prompt: 'x' }, { user });
    expect(text).toMatch(/The bot itself is not on this server/);
    expect(await quota()).toMatchObject({ held: 0 });
  });

  test('34, one busy channel: the others of a worker do not wait for it', async () => {
    const { fake, world, post, origin } = await poster({ buckets: { limit: 1, windowMs: 400 } });
    const quiet = await fake.makeChannel({ guild: world.guild });
    const busy = Array.from({ length: 20 }, (_, n) => post(origin, { key: `${job}-d${n + 1}` }));
    const ended = Promise.allSettled(busy);
    await post({ ...origin, channel: quiet });
    const waits = (await ended).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(waits).toHaveLength(12);
    for (const error of waits) expect(error).toMatchObject({ name: 'TransientError', retryAfter: 5_000 });
  });

  test('35, notices that ring: a card rings nowhere, a film with its mention alone', async () => {
    const { fake, world, poster: by, post, origin, card } = await poster();
    await by.card(origin, card(), undefined);
    await post(origin);
    await post(origin, { key: `${job}-d2`, mention: false });
    expect((await fake.messages(world.channel)).map(({ flags }) => flags & 4096)).toEqual([4096, 0, 4096]);
  });
});

describe('the table of traps', () => {
  const architecture = readFileSync('ARCHITECTURE.md', 'utf8');
  const [, section = ''] = architecture.split('\n### Discord’s traps\n');
  const rows = (section.split(/\n##+ /)[0] ?? '')
    .split('\n')
    .filter((line) => /^\| \d+ /.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const tests = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n');

  test('has a row for each number, and a test for each row', () => {
    expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: rows.length }, (_, n) => n + 1));
    expect(rows.length).toBe(35);
    const missing = rows.map(([, number, name]) => `${number}, ${name}`).filter((row) => !tests.includes(`'${row}: `));
    expect(missing).toEqual([]);
  });
});
