import { ChannelType } from 'discord.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CannotPost, TransientError } from '../../../src/domain/errors.ts';
import type { Asset } from '../../../src/domain/job.ts';
import type { Origin } from '../../../src/domain/origin.ts';
import { until } from '../../support/until.ts';
import { type PosterRig, startPoster } from './poster-rig.ts';
import { jobIn, startRig } from './rig.ts';

const mib = 1024 * 1024;

describe('where a film goes', () => {
  let rig: PosterRig;
  beforeAll(async () => {
    rig = await startPoster();
  });
  afterAll(() => rig.close());

  const threadIn = async (more: Parameters<PosterRig['fake']['makeChannel']>[0] | object = {}): Promise<Origin> => {
    const { world, fake, origin } = rig;
    const parent = await fake.makeChannel({ guild: world.guild });
    const thread = await fake.makeChannel({ guild: world.guild, parent, members: [fake.botId, world.ada], ...more });
    return { ...origin, channel: parent, thread };
  };
  test('a channel, a thread, a forum’s post: where it was asked for', async () => {
    const forum = await rig.fake.makeChannel({ guild: rig.world.guild, type: ChannelType.GuildForum });
    const places = [await rig.fake.makeChannel({ guild: rig.world.guild }), forum];
    const [channel = ''] = places;
    expect(await rig.post({ ...rig.origin, channel })).toMatchObject({ place: 'asked' });
    expect(await rig.films(channel)).toHaveLength(1);
    for (const origin of [await threadIn(), await threadIn({ parent: forum })]) {
      expect(await rig.post(origin)).toEqual({ place: 'asked', ref: expect.stringMatching(`^${origin.thread}/`) });
      expect(await rig.films(origin.thread ?? '')).toHaveLength(1);
    }
  });

  test('an archived thread: reopens', async () => {
    const origin = await threadIn({ archived: true });
    expect(await rig.post(origin)).toMatchObject({ place: 'asked' });
    expect(await rig.fake.channel(origin.thread ?? '')).toMatchObject({ archived: false });
  });

  test('a public thread that was deleted: its channel, and says so', async () => {
    const origin = await threadIn();
    await rig.fake.deleteChannel(origin.thread ?? '');
    expect(await rig.post(origin)).toEqual({ place: 'channel', ref: expect.stringMatching(`^${origin.channel}/`) });
    const [film] = await rig.films(origin.channel);
    expect(film?.content).toMatch(/thread it was asked for in is gone/);
    expect(film?.pinged.users).toEqual([rig.world.ada]);
    expect(film?.components).toHaveLength(1);
  });

  const closedThread = async () => ({
    ...(await threadIn({ type: ChannelType.PrivateThread })),
    closed: true as const,
  });
  const cases: [string, () => Promise<Origin>][] = [
    [
      'a private thread that was deleted',
      async () => {
        const origin = await closedThread();
        await rig.fake.deleteChannel(origin.thread ?? '');
        return origin;
      },
    ],
    [
      'a private thread that the bot was removed from',
      async () => {
        const origin = await closedThread();
        await rig.fake.changeChannel({ channel: origin.thread ?? '', members: [rig.world.ada] });
        return origin;
      },
    ],
    ['a locked thread', () => threadIn({ archived: true, locked: true })],
    [
      'a forum’s post that was deleted',
      async () => {
        const parent = await rig.fake.makeChannel({ guild: rig.world.guild, type: ChannelType.GuildForum });
        const origin = await threadIn({ parent });
        await rig.fake.deleteChannel(origin.thread ?? '');
        return { ...origin, channel: parent };
      },
    ],
    [
      'a channel that was deleted',
      async () => {
        const channel = await rig.fake.makeChannel({ guild: rig.world.guild });
        await rig.fake.deleteChannel(channel);
        return { ...rig.origin, channel };
      },
    ],
    ...(['SendMessages', 'AttachFiles', 'ViewChannel'] as const).map((permission): [string, () => Promise<Origin>] => [
      `a channel where the bot lost ${permission}`,
      async () => {
        const channel = await rig.fake.makeChannel({ guild: rig.world.guild });
        await rig.deny(channel, [permission]);
        return { ...rig.origin, channel };
      },
    ]),
    [
      'a thread whose channel the bot may not post in threads of',
      async () => {
        const origin = await threadIn();
        await rig.deny(origin.channel, ['SendMessagesInThreads']);
        return origin;
      },
    ],
  ];
  test.each(cases)('%s: to its requester, in private, and nowhere else', async (_name, make) => {
    const origin = await make();
    // Each case has a member of its own.
    const user = await rig.fake.makeMember({ guild: rig.world.guild });
    const given = { ...origin, user };
    expect(await rig.post(given, { requesterId: user })).toMatchObject({ place: 'private' });
    const films = await rig.films(await rig.fake.openDm(user));
    expect(films).toHaveLength(1);
    // There is nothing to order by in a direct message; where it was asked for is told.
    expect(films[0]?.components).toEqual([]);
    expect(films[0]?.content).toContain(`<#${origin.thread ?? origin.channel}>`);
    const { channel } = origin;
    if (await rig.fake.channel(channel)) expect(await rig.films(channel)).toEqual([]);
  });

  test('closed direct messages: it is refused for good', async () => {
    const origin = await closedThread();
    await rig.fake.deleteChannel(origin.thread ?? '');
    const user = await rig.fake.makeMember({ guild: rig.world.guild, dms: 'closed' });
    await expect(rig.post({ ...origin, user }, { requesterId: user })).rejects.toThrow(CannotPost);
  });

  test('a member who left the server: it is refused for good', async () => {
    const channel = await rig.fake.makeChannel({ guild: rig.world.guild });
    await rig.fake.deleteChannel(channel);
    const user = await rig.fake.makeMember({ guild: rig.world.guild });
    await rig.fake.leave({ guild: rig.world.guild, user });
    await expect(rig.post({ ...rig.origin, channel, user }, { requesterId: user })).rejects.toThrow(CannotPost);
  });

  test('what is for its member alone is never shown to others', async () => {
    const user = await rig.fake.makeMember({ guild: rig.world.guild });
    const channel = await rig.fake.makeChannel({ guild: rig.world.guild });
    const origin = { ...rig.origin, channel, user, visibility: 'private' as const };
    await rig.poster.card(origin, rig.card(1, { requesterId: user }), undefined);
    expect(await rig.post(origin, { requesterId: user })).toMatchObject({ place: 'private' });
    expect(await rig.fake.messages(channel)).toEqual([]);
    expect(await rig.fake.messages(await rig.fake.openDm(user))).toHaveLength(2);
  });

  test('what does not answer is tried again, not posted elsewhere', async () => {
    const channel = await rig.fake.makeChannel({ guild: rig.world.guild });
    await rig.fake.fail({ method: 'POST', path: `/channels/${channel}/messages`, times: 2, status: 503 });
    await expect(rig.post({ ...rig.origin, channel })).rejects.toThrow(TransientError);
    expect(await rig.post({ ...rig.origin, channel }, { repeated: true })).toMatchObject({ place: 'asked' });
  });
});

describe('a film that is too large', () => {
  const smaller = (bytes: number): Asset => ({ name: `${bytes}.mp4`, bytes, seconds: 8, width: 640, height: 360 });
  const start = async (make: (bytes: number) => number | undefined, linked = true) => {
    const asked: number[] = [];
    const rig: PosterRig = await startPoster(
      {},
      {
        fitting: {
          fit: async (_asset, bytes) => {
            asked.push(bytes);
            const made = make(bytes);
            if (made === undefined) return undefined;
            await rig.filmOf(made);
            return smaller(made);
          },
        },
        link: (name) =>
          linked ? { url: `https://films.example/media/x.${name}`, until: Date.UTC(2026, 11, 24) } : undefined,
      },
    );
    return { rig, asked };
  };
  const send = async (rig: PosterRig, bytes: number, more = {}) =>
    rig.poster.film(rig.origin, await rig.filmOf(bytes, more), new AbortController().signal);

  test('is tried as it is, then made to fit, and says so', async () => {
    const { rig, asked } = await start((bytes) => bytes);
    try {
      expect(await send(rig, 12 * mib)).toMatchObject({ place: 'asked' });
      const [film] = await rig.films(rig.world.channel);
      expect(asked).toEqual([10 * mib - 65_536]);
      expect(film?.attachments[0]?.size).toBe(10 * mib - 65_536);
      expect(film?.content).toMatch(/Made smaller to fit here: 9\.9 MB instead of 12\.0 MB/);
    } finally {
      await rig.close();
    }
  });

  test('by what the server’s boosts allow; and is not sent in vain a second time', async () => {
    const { rig, asked } = await start((bytes) => bytes);
    try {
      await rig.fake.changeGuild({ guild: rig.world.guild, premiumTier: 2 });
      await send(rig, 52 * mib);
      expect(asked).toEqual([50 * mib - 65_536]);
      const posts = async () =>
        (await rig.fake.requests()).filter(({ method, status }) => method === 'POST' && status === 413);
      expect(await posts()).toHaveLength(1);
      await send(rig, 52 * mib, { key: `${rig.card().job}-d2` });
      expect(await posts()).toHaveLength(1);
    } finally {
      await rig.close();
    }
  });

  test('where the boosts are not what they seem: by what every server takes', async () => {
    const { rig, asked } = await start((bytes) => bytes);
    try {
      await rig.fake.changeGuild({ guild: rig.world.guild, premiumTier: 2, uploadLimit: 10 * mib });
      await send(rig, 52 * mib);
      expect(asked).toEqual([50 * mib - 65_536, 10 * mib - 65_536]);
    } finally {
      await rig.close();
    }
  });

  test('and cannot be made smaller: a link that ends, shown as what it leads to', async () => {
    const { rig } = await start(() => undefined);
    try {
      await send(rig, 11 * mib);
      const [film] = await rig.films(rig.world.channel);
      expect(film?.attachments).toEqual([]);
      expect(film?.content).toContain('https://films.example/media/x.');
      expect(film?.content).toContain('<t:1798070400:d>');
      expect(film?.flags).toBe(0);
      // Found again by its key, as one with a file is.
      const again = await send(rig, 11 * mib, { repeated: true });
      expect(again.ref).toBe(`${rig.world.channel}/${film?.id}`);
    } finally {
      await rig.close();
    }
  });

  test('and whose upload breaks again and again, for an edge hangs up before it says why: made to fit', async () => {
    const { rig } = await start((bytes) => bytes);
    try {
      // Each attempt is made twice by the library.
      await rig.fake.fail({ method: 'POST', path: '/messages$', times: 4, cut: 'before' });
      await expect(send(rig, 12 * mib)).rejects.toThrow(TransientError);
      expect(await send(rig, 12 * mib, { repeated: true })).toMatchObject({ place: 'asked' });
      expect((await rig.films(rig.world.channel))[0]?.content).toMatch(/Made smaller/);
    } finally {
      await rig.close();
    }
  });

  test('and there is no other way: it is kept, and the operator hears what is missing', async () => {
    const { rig } = await start(() => undefined, false);
    try {
      await expect(send(rig, 11 * mib)).rejects.toThrow(CannotPost);
      expect(rig.log.lines).toContainEqual(
        expect.objectContaining({ level: 'error', message: expect.stringMatching(/ffmpeg.*PUBLIC_URL/) }),
      );
    } finally {
      await rig.close();
    }
  });
});

test('a film that nobody could be given is kept, unpaid; /jobs offers it, and posting it later is paid then', async () => {
  const rig = await startRig({ delayMs: () => 1_500 });
  try {
    const { fake, world, ask, press, job, quota, posts, atRest } = rig;
    await fake.makeMember({ guild: world.guild, user: world.ada, dms: 'closed' });
    const id = jobIn((await ask('video', { prompt: 'a paper boat' })).text);
    await until('its card', async () => (await posts()).cards.length === 1);
    await fake.changeChannel({ channel: world.channel, overwrites: [{ id: world.botRole, deny: ['AttachFiles'] }] });
    await until('kept', async () => (await job(id)).refused);
    await until('the card says so', async () => /could not be posted/.test((await posts()).cards[0]?.content ?? ''));
    expect(await quota()).toMatchObject({ held: 4, spent: 0 });
    const list = await ask('jobs');
    expect(list.text).toMatch(/It is kept/);
    expect(list.buttons.map(({ label }) => label)).toContain('Post it again');
    await fake.changeChannel({ channel: world.channel, overwrites: [] });
    await press(list.message, /Post it again/);
    await atRest(id);
    expect((await posts()).films).toHaveLength(1);
    expect(await quota()).toMatchObject({ held: 0, spent: 4 });
  } finally {
    await rig.close();
  }
});
