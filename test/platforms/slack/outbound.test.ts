import { afterEach, describe, expect, test, vi } from 'vitest';
import { TransientError } from '../../../src/domain/errors.ts';
import { useClosing } from '../../support/closing.ts';
import { describeOutbound } from './outbound.ts';
import { emulatedSlack, fakeSlack } from './outbound-slacks.ts';
import { job, type PosterRigOptions, startPoster } from './poster-rig.ts';
import { read } from './rig.ts';

describeOutbound('the fake', fakeSlack);
describeOutbound('the emulator', emulatedSlack);

const { closing } = useClosing();
afterEach(() => void vi.useRealTimers());
const begin = async (options: PosterRigOptions = {}) => closing(await startPoster(options));

test('a film takes three calls and a look, and what is sent to its address brings no token', async () => {
  const { fake, post } = await begin();
  await post();
  const [asked, sent, completed, ...looks] = await fake
    .requests()
    .then((all) => all.filter(({ method }) => method !== 'auth.test'));
  expect([asked?.method, sent?.method, completed?.method]).toEqual([
    ...['files.getUploadURLExternal', 'upload', 'files.completeUploadExternal'],
  ]);
  expect(asked?.args).toMatchObject({ filename: `a-paper-boat-${job}-d1.mp4`, alt_txt: 'A film: a paper boat' });
  expect(sent).toMatchObject({ bytes: 1_000, token: null });
  expect(looks.map(({ method }) => method)).toEqual(['files.info']);
});

test('addresses in a message are not unfolded', async () => {
  const { poster, origin, card, requests } = await begin();
  await poster.card(origin, card(), undefined);
  expect((await requests('chat.postMessage'))[0]?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
});

describe('what a thread hangs on is gone', () => {
  test('a thread it was asked for in: it stands in the channel, and says so', async () => {
    const { fake, world, origin, post, posts } = await begin();
    const thread = await fake.say({ user: world.bob, channel: world.channel, text: 'what a day' });
    await fake.deleteMessage({ channel: world.channel, ts: thread });
    expect(await post({ ...origin, thread })).toMatchObject({ place: 'channel' });
    const [film] = (await posts()).films;
    expect(film?.threadTs).toBeNull();
    expect(read(film ?? { blocks: [] })).toBe(`@${world.ada} a paper boat\nThe thread it was asked for in is gone.`);
  });

  test('a card in a channel: it stands in that channel', async () => {
    const { fake, world, origin, poster, card, post, posts } = await begin();
    const ref = await poster.card(origin, card(), undefined);
    await fake.deleteMessage({ channel: world.channel, ts: ref.split('/')[1] ?? '' });
    await post(origin, { card: ref });
    expect((await posts()).films).toHaveLength(1);
  });

  test('a card in direct messages: it stands there all the same', async () => {
    const { fake, world, origin, poster, card, post, posts } = await begin();
    const hushed = { ...origin, visibility: 'private' as const };
    const ref = await poster.card(hushed, card(), undefined);
    const [channel = '', ts = ''] = ref.split('/');
    await fake.deleteMessage({ channel, ts });
    expect(await post(hushed, { card: ref })).toMatchObject({ place: 'asked' });
    expect((await posts(await fake.openDm(world.ada))).films).toHaveLength(1);
  });
});

describe('an answer that was lost', () => {
  test('without the right to read the history: it is tried again, which is the window of a second post', async () => {
    const { fake, origin, poster, card, posts } = await begin();
    await fake.fail({ method: 'chat.postMessage', after: true });
    await expect(poster.card(origin, card(), undefined)).rejects.toThrow(TransientError);
    expect((await posts()).words).toHaveLength(1);
  });

  test.each(['internal_error', 'fatal_error', 'service_unavailable'])(
    '%s may mean that it stands there',
    async (error) => {
      const { fake, origin, poster, card, posts } = await begin({ history: true });
      await fake.fail({ method: 'chat.postMessage', error, after: true });
      const ref = await poster.card(origin, card(), undefined);
      expect((await posts()).words.map(({ ts }) => ts)).toEqual([ref.split('/')[1]]);
    },
  );

  test('in a long thread it is found among the newest messages', async () => {
    const { fake, world, origin, poster, card, posts } = await begin({ history: true });
    // An hour ago.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
    const thread = await fake.say({ user: world.bob, channel: world.channel, text: 'what a day' });
    const reply = (_: unknown, n: number) =>
      fake.say({ user: world.bob, channel: world.channel, text: `${n}`, thread });
    await Promise.all(Array.from({ length: 220 }, reply));
    vi.useRealTimers();
    await fake.fail({ method: 'chat.postMessage', after: true });
    const ref = await poster.card({ ...origin, thread }, card(), undefined);
    expect((await posts()).words.map(({ ts }) => ts)).toEqual([ref.split('/')[1]]);
  });

  test('of the end of an upload: the next attempt finds the film', async () => {
    const { fake, post, posts } = await begin();
    await fake.fail({ method: 'files.completeUploadExternal', after: true });
    await expect(post()).rejects.toThrow(TransientError);
    const { ref } = await post();
    const { films } = await posts();
    expect(films.map(({ ts }) => ts)).toEqual([ref.split('/')[1]]);
  });
});
