import { ChannelType, DiscordAPIError } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { sorted } from '../../../platforms/discord/errors.ts';
import { TransientError } from '../../../src/domain/errors.ts';
import { createLog } from '../../../src/log.ts';
import { useClosing } from '../../support/closing.ts';
import { until } from '../../support/until.ts';
import { job, startPoster } from './poster-rig.ts';
import { adapterOn, granted, jobIn, type RigOptions, read, startRig } from './rig.ts';

const mib = 1024 * 1024;
const { closing, later } = useClosing();
const poster = async (...given: Parameters<typeof startPoster>) => closing(await startPoster(...given));
const begin = async (options: RigOptions = {}) => closing(await startRig(options));

describe('cards', () => {
  test('one that is posted anew, for its answer was lost, shows what is true now', async () => {
    const { fake, world, poster: bot, origin, card } = await poster();
    const first = await bot.card(origin, card(1, { line: 'Number 1 in line' }), undefined);
    const worker = adapterOn(fake);
    later(worker.discord.close);
    const ended = card(5, { state: 'failed', line: 'Declined', actions: [] });
    expect(await worker.discord.poster.card(origin, ended, undefined)).toBe(first);
    expect((await fake.messages(world.channel)).map(({ content }) => content)).toEqual([
      expect.stringContaining('Declined'),
    ]);
  });

  test('two lost answers, and a film that is declined: the card at rest says so', async () => {
    const { fake, world, ask, posts, job: recorded } = await begin();
    await fake.fail({ method: 'POST', path: `/channels/${world.channel}/messages$`, times: 2, cut: 'after' });
    const id = jobIn((await ask('video', { prompt: 'fail please' })).text);
    await until('at rest', async () => (await recorded(id)).card?.version === (await recorded(id)).version, 40_000);
    expect(read((await posts()).cards[0]?.content ?? '')).toMatch(/You paid nothing/);
  }, 60_000);

  test('of several processes: what one left undone on the way comes not after the end that another showed', async () => {
    const { fake, world, poster: a, origin, card } = await poster();
    const b = adapterOn(fake);
    later(b.discord.close);
    const ref = await a.card(origin, card(1), undefined);
    await a.card(origin, card(2, { state: 'rendering', line: 'Being made' }), ref);
    await expect(a.card(origin, card(3, { state: 'rendering' }), ref)).rejects.toThrow('just now');
    await b.discord.poster.card(origin, card(4, { state: 'delivered', line: 'Here it is' }), ref);
    const requests = (await fake.requests()).length;
    await a.card(origin, card(3, { state: 'rendering' }), ref).catch((error: unknown) => error);
    expect((await fake.requests()).length).toBe(requests);
    expect((await fake.messages(world.channel))[0]?.content).toContain('Here it is');
  });

  test('a change that came too soon is shown by the next step', async () => {
    const { ask, posts, atRest, fake } = await begin({ delayMs: () => 9_000 });
    const ids = [
      jobIn((await ask('video', { prompt: 'one' })).text),
      jobIn((await ask('video', { prompt: 'two' })).text),
    ];
    await until('both cards say so', async () => {
      const { cards } = await posts();
      return cards.length === 2 && cards.every(({ content }) => content.includes('Being made'));
    });
    for (const id of ids) await atRest(id);
    expect((await fake.stats()).invalid).toBe(0);
  }, 40_000);

  test('a film that was here, and is refused when it is posted once more, is not said to be here', async () => {
    const { fake, world, ask, press, posts, atRest, job: recorded } = await begin();
    const id = jobIn((await ask('video', { prompt: 'a paper boat' })).text);
    await atRest(id);
    const [film] = (await posts()).films;
    if (!film) throw new Error('no film');
    await fake.makeMember({ guild: world.guild, user: world.ada, dms: 'closed' });
    const more = await press(film, /More/);
    await fake.deleteMessage(film.id);
    await fake.changeChannel({ channel: world.channel, overwrites: [{ id: world.botRole, deny: ['AttachFiles'] }] });
    expect((await press(more.message, /Post it again/)).text).toMatch(/where it was asked for/);
    await until('refused', async () => (await recorded(id)).refused);
    await atRest(id);
    expect((await ask('jobs')).text).toMatch(/posting it once more was refused/);
  });
});

describe('refusals that are none of the place', () => {
  const refusal = (status: number, code: number) =>
    sorted(new DiscordAPIError({ code, message: 'x' }, code, status, 'POST', 'x', { body: null, files: [] }));
  test.each([
    [403, 40_003, 'TransientError'],
    [403, 40_333, 'TransientError'],
    [403, 0, 'TransientError'],
    [403, 50_013, 'PlaceClosed'],
    [400, 50_045, 'TooLarge'],
    [400, 240_000, 'WordsRefused'],
    [400, 50_035, 'DiscordAPIError[50035]'],
  ])('%i with %i is %s', (status, code, name) => {
    expect(refusal(status, code)).toHaveProperty('name', name);
  });

  test('direct messages that are opened too fast: tried again, and each is opened once', async () => {
    const { fake, world, post, origin } = await poster();
    const channel = await fake.makeChannel({ guild: world.guild });
    await fake.deleteChannel(channel);
    await fake.fail({ method: 'POST', path: '/users/@me/channels', status: 403, code: 40_003 });
    await expect(post({ ...origin, channel })).rejects.toThrow(TransientError);
    expect(await post({ ...origin, channel })).toMatchObject({ place: 'private' });
    await post({ ...origin, channel }, { key: `${job}-d2` });
    const opened = (await fake.requests()).filter(({ path }) => path === '/users/@me/channels');
    expect(opened).toHaveLength(2);
  });

  test('without the history the film comes where it was asked for, and replies to nothing', async () => {
    const { fake, world, poster: by, post, origin, card, deny } = await poster();
    const channel = await fake.makeChannel({ guild: world.guild });
    const ref = await by.card({ ...origin, channel }, card(), undefined);
    await deny(channel, ['ReadMessageHistory']);
    expect(await post({ ...origin, channel }, { card: ref })).toMatchObject({ place: 'asked' });
  });

  test('a film that is not on the disk is no trouble of Discord’s', async () => {
    const { poster: by, filmOf, origin } = await poster();
    const film = { ...(await filmOf(1_000)), file: '/nowhere.mp4' };
    await expect(by.film(origin, film, new AbortController().signal)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('a deleted thread of an announcement channel: to its member, not to all who follow the channel', async () => {
  const { fake, world, post, origin } = await poster();
  const parent = await fake.makeChannel({ guild: world.guild, type: ChannelType.GuildAnnouncement });
  const thread = await fake.makeChannel({ guild: world.guild, type: ChannelType.AnnouncementThread, parent });
  await fake.deleteChannel(thread);
  expect(await post({ ...origin, channel: parent, thread })).toMatchObject({ place: 'private' });
});

test('neither tokens nor signed links nor prompts stand in the log', async () => {
  let text = '';
  const log = createLog('debug', { write: (line: string) => (text += line) });
  const signature = 'S'.repeat(60);
  const link = (name: string) => ({
    url: `https://films.example/media/abc.${signature}.${'0'.repeat(64)}${name}`,
    until: Date.now() + 1e6,
  });
  const { fake, world, filmOf, poster: by, origin } = await poster({}, { log, link });
  const path = `/channels/${world.channel}/messages$`;
  await fake.fail({ method: 'POST', path, status: 413, code: 40_005 });
  await fake.fail({ method: 'POST', path, status: 400, code: 50_035 });
  const film = await filmOf(11 * mib, { prompt: 'a secret wish' });
  const err = await by.film(origin, film, new AbortController().signal).catch((error: unknown) => error);
  log.error({ job, err }, 'a step broke');
  expect(text).toContain('50035');
  for (const secret of [signature, 'secret wish', fake.token]) expect(text).not.toContain(secret);
});

describe('films that are too large', () => {
  test('what was refused within the hour is not sent in vain, made smaller or not', async () => {
    const asked: number[] = [];
    const rig = await poster(
      {},
      {
        fitting: {
          fit: async (_asset, bytes) => {
            asked.push(bytes);
            await rig.filmOf(bytes);
            return { name: `${bytes}.mp4`, bytes, seconds: 8, width: 640, height: 360 };
          },
        },
      },
    );
    await rig.fake.changeGuild({ guild: rig.world.guild, premiumTier: 2, uploadLimit: 10 * mib });
    for (const n of [1, 2, 3]) {
      const film = await rig.filmOf(52 * mib, { key: `${job}-d${n}` });
      await rig.poster.film(rig.origin, film, new AbortController().signal);
    }
    expect((await rig.fake.requests()).filter(({ status }) => status === 413)).toHaveLength(2);
    expect(asked).toHaveLength(4);
  }, 30_000);

  test('those of one server keep no film of another waiting', async () => {
    let free = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    const {
      fake,
      ask,
      job: recorded,
      house,
    } = await begin({
      house: {
        media: (media) => ({
          ...media,
          fetch: async (...given) => ({ ...(await media.fetch(...given)), bytes: 11 * mib }),
        }),
      },
      discord: {
        fitting: { fit: () => held.then(() => undefined) },
        link: (name) => ({ url: `https://films.example/x.${name}`, until: Date.now() + 1e6 }),
      },
    });
    const big = await fake.makeGuild({ bot: granted, uploadLimit: 10 });
    const crowd = Array.from({ length: 24 }, async () => {
      const [channel, user] = [await fake.makeChannel({ guild: big.id }), await fake.makeMember({ guild: big.id })];
      return fake.slash({ user, channel, command: 'video', options: { prompt: 'x' } });
    });
    await Promise.all(crowd);
    await until(
      'two are being made smaller, the others come again',
      async () => (await house.redis.zcard('{dailies}:deliveries:delayed')) > 15,
    );
    const id = jobIn((await ask('video', { prompt: 'a small one' })).text);
    await until('the other server’s film', async () => (await recorded(id)).post, 10_000);
    expect((await recorded(id)).tries).toBe(0);
    free();
  }, 60_000);
});
