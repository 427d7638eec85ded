import { describe, expect, test } from 'vitest';
import { CannotPost, TransientError } from '../../../src/domain/errors.ts';
import type { Asset } from '../../../src/domain/job.ts';
import { type Origin, workflowMember } from '../../../src/domain/origin.ts';
import { useClosing } from '../../support/closing.ts';
import type { GivenFault } from '../../support/slack/api.ts';
import { until } from '../../support/until.ts';
import { job, mib, type PosterRig, type PosterRigOptions, startPoster } from './poster-rig.ts';
import { buttonsOf, read } from './rig.ts';

/** The minute that an upload waits for its share, much shortened. */
const hasty = { patience: { first: 1, longest: 15, looks: 24 } };

const { closing } = useClosing();
const begin = async (options: PosterRigOptions = {}) => closing(await startPoster(options));
const statesOf = async ({ fake }: PosterRig) => (await fake.files()).map(({ state }) => state);

describe('a share that is late', () => {
  test('is waited for', async () => {
    const { post, posts } = await begin({ fake: { shareDelayMs: 700 } });
    const { ref } = await post();
    expect((await posts()).films.map(({ ts }) => ts)).toEqual([ref.split('/')[1]]);
  });

  test('for longer than a minute, and comes before the next attempt, is found by that', async () => {
    const { fake, post, posts } = await begin({ fake: { shareDelayMs: 600_000 }, slack: hasty });
    await expect(post()).rejects.toThrow(TransientError);
    await fake.advance(600_000);
    const { ref } = await post();
    expect((await posts()).films.map(({ ts }) => ts)).toEqual([ref.split('/')[1]]);
  });

  test('for ever: its file is deleted, and cannot come to stand beside the next one', async () => {
    const rig = await begin({ fake: { shareDelayMs: 600_000 }, slack: hasty });
    await expect(rig.post()).rejects.toThrow(TransientError);
    await rig.fake.configure({ shareDelayMs: 0 });
    const { ref } = await rig.post();
    expect(await statesOf(rig)).toEqual(['deleted', 'completed']);
    await rig.fake.advance(600_000);
    expect((await rig.posts()).films.map(({ ts }) => ts)).toEqual([ref.split('/')[1]]);
  });

  test('and never: the same, again and again', async () => {
    const rig = await begin({ fake: { shareDelayMs: null }, slack: hasty });
    for (let n = 0; n < 3; n += 1) await expect(rig.post()).rejects.toThrow(TransientError);
    expect(await statesOf(rig)).toEqual(['deleted', 'deleted', 'completed']);
  });

  test('is not waited for once the signal is aborted', async () => {
    const { post, origin, requests } = await begin({ fake: { shareDelayMs: null }, slack: hasty });
    const stop = new AbortController();
    const posting = post(origin, {}, 1_000, stop.signal);
    await until('it looks', async () => (await requests('files.info')).length > 0);
    stop.abort(new Error('enough'));
    await expect(posting).rejects.toThrow('enough');
  });
});

describe('a workspace that takes no such file', () => {
  const link = (name: string) => ({ url: `https://films.example/media/x.${name}`, until: Date.UTC(2026, 11, 24) });
  const smaller = (bytes: number): Asset => ({ name: `${bytes}.mp4`, bytes, seconds: 8, width: 640, height: 360 });
  async function start(options: PosterRigOptions, fits = false) {
    const asked: number[] = [];
    const rig: PosterRig = await begin({
      ...options,
      slack: {
        ...options.slack,
        fitting: {
          fit: async (_asset, bytes) => {
            asked.push(bytes);
            if (!fits) return undefined;
            await rig.filmOf(bytes);
            return smaller(bytes);
          },
        },
      },
    });
    return { ...rig, asked };
  }

  test('for its size: it is made smaller, and says so', async () => {
    const { post, origin, posts, asked } = await start({ fake: { uploadLimit: 20 * mib }, slack: { link } }, true);
    expect(await post(origin, {}, 25 * mib)).toMatchObject({ place: 'asked' });
    expect(asked).toEqual([20 * mib]);
    const [film] = (await posts()).films;
    expect(film?.files).toMatchObject([{ size: 20 * mib, name: `a-paper-boat-${job}-d1.mp4` }]);
    expect(read(film ?? { blocks: [] })).toMatch(/\nMade smaller to fit here: 20\.0 MB instead of 25\.0 MB$/);
  });

  test.each([
    ['however small', 25, { uploadLimit: mib }, true, 1],
    ['and it cannot be made smaller', 25, { uploadLimit: mib }, false, 1],
    ['and it is small already', 2, { uploadLimit: mib }, true, 0],
    ['or any at all', 25, { uploads: false }, true, 0],
  ])('%s: a link that ends', async (_what, size, fake, fits, tries) => {
    const { post, origin, posts, asked } = await start({ fake, slack: { link } }, fits);
    expect(await post(origin, {}, size * mib)).toMatchObject({ place: 'asked' });
    expect(asked).toHaveLength(tries);
    const { films, words } = await posts();
    expect([films.length, words.length]).toEqual([0, 1]);
    const [message = { blocks: [] as unknown[], metadata: undefined }] = words;
    expect(read(message)).toMatch(/too large for this place, so here is a link to it, until <!date\^1798070400\^/);
    expect(JSON.stringify(message.blocks)).toContain(`"url":"https://films.example/media/x.${size * mib}.mp4"`);
    expect(buttonsOf(message)).toMatchObject([{ label: 'Open the film' }]);
    expect(message.metadata).toEqual({ event_type: 'dailies_film', event_payload: { key: `${job}-d1` } });
  });

  test('a link stands in its card’s thread, and is found again where the history may be read', async () => {
    const rig = await start({ fake: { uploads: false }, slack: { link }, history: true });
    const card = await rig.poster.card(rig.origin, rig.card(), undefined);
    const first = await rig.post(rig.origin, { card });
    expect(await rig.post(rig.origin, { card, repeated: true })).toEqual(first);
    const [, ...links] = (await rig.posts()).words;
    expect(links.map(({ ts, threadTs }) => [ts, threadTs])).toEqual([[first.ref.split('/')[1], card.split('/')[1]]]);
  });

  test('and there is no link: it is kept, and the operator hears what is missing', async () => {
    const { post, log, posts } = await start({ fake: { uploads: false } });
    await expect(post()).rejects.toThrow(CannotPost);
    expect((await posts()).words).toEqual([]);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringMatching(/no link.*PUBLIC_URL/) }),
    );
  });

  test.each<[GivenFault]>([
    [{ method: 'upload', status: 413 }],
    [{ method: 'files.getUploadURLExternal', status: 413 }],
    ...['file_uploads_except_images_disabled', 'storage_limit_reached', 'blocked_file_type'].flatMap(
      (error): [GivenFault][] => [
        [{ method: 'files.getUploadURLExternal', error }],
        [{ method: 'files.completeUploadExternal', error }],
      ],
    ),
  ])('says so by %j', async (fault) => {
    const { fake, post, posts } = await start({ slack: { link } });
    await fake.fail(fault);
    await post();
    expect((await posts()).words).toHaveLength(1);
  });
});

describe('a place that is closed', () => {
  type Make = (rig: PosterRig, channel: string) => Promise<unknown>;
  const cases: [string, Make][] = [
    ['a channel that the bot was removed from', ({ fake }, channel) => fake.changeChannel({ channel, bot: false })],
    ['a channel that is for reading', ({ fake }, channel) => fake.changeChannel({ channel, readOnly: true })],
    [
      'a channel where the admin forbade it',
      ({ fake }) => fake.fail({ method: 'files.completeUploadExternal', error: 'restricted_action' }),
    ],
  ];
  test.each(cases)('%s: to its requester, and a workflow’s nowhere', async (_what, close) => {
    const rig = await begin();
    await close(rig, rig.world.channel);
    expect(await rig.post()).toMatchObject({ place: 'private' });
    expect((await rig.posts()).films).toEqual([]);
    expect((await rig.posts(await rig.fake.openDm(rig.world.ada))).films).toHaveLength(1);
    await close(rig, rig.world.channel);
    const workflow: Origin = { ...rig.origin, user: workflowMember, step: 'Fx1' };
    await expect(rig.post(workflow, { key: `${job}-d2`, requesterId: rig.world.bob })).rejects.toThrow(CannotPost);
  });

  test('and direct messages that are closed too: it is refused for good', async () => {
    const { fake, world, origin, post } = await begin();
    await fake.changeChannel({ channel: world.channel, archived: true });
    await fake.fail({ method: 'files.completeUploadExternal', error: 'messages_tab_disabled', match: '"D' });
    await expect(post()).rejects.toThrow(CannotPost);
    await fake.changeUser({ user: world.bob, deleted: true });
    await expect(post({ ...origin, user: world.bob }, { key: `${job}-d2` })).rejects.toThrow(CannotPost);
  });

  test('and a workspace that the bot is not in: the same', async () => {
    const { fake, origin, post, poster, card } = await begin();
    const { team } = await fake.makeTeam({ installed: false });
    await expect(post({ ...origin, space: team })).rejects.toThrow(CannotPost);
    await expect(poster.card({ ...origin, space: team }, card(), undefined)).rejects.toThrow(CannotPost);
  });

  test('of one channel eight films go out at a time; the ninth comes again, which is no try', async () => {
    const { fake, origin, post, posts } = await begin();
    await fake.configure({ shareDelayMs: 300 });
    const all = Array.from({ length: 9 }, (_, n) => post(origin, { key: `${job}-d${n + 1}` }));
    const ended = await Promise.allSettled(all);
    const refused = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toEqual([expect.objectContaining({ name: 'TransientError', waits: true, retryAfter: 5_000 })]);
    expect((await posts()).films).toHaveLength(8);
  });
});
