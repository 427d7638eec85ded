import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBoard } from '../../../platforms/web/board.ts';
import { createPoster, createRights } from '../../../platforms/web/post.ts';
import { renderMessage, visible } from '../../../platforms/web/render.ts';
import { CannotPost, TransientError } from '../../../src/domain/errors.ts';
import type { Origin } from '../../../src/domain/origin.ts';
import { cardLike, describePoster } from '../../support/poster-contract.ts';
import { quickKind, redisKinds, startRedis, type TestRedis } from '../../support/redis.ts';
import { describeSayings, type Heard, pressesOf } from '../../support/sayings-contract.ts';

const originAt = (thread: string): Origin => ({
  platform: 'web',
  space: 'studio',
  channel: 'general',
  thread,
  user: 'ada',
  visibility: 'thread',
});

for (const kind of redisKinds) {
  describeSayings(`the studio on ${kind}`, async () => {
    const redis = await startRedis(kind);
    const board = createBoard(redis.connect(), 'studio');
    let count = 0;
    return {
      poster: createPoster(board, []),
      async place() {
        count += 1;
        await board.open({ id: `t${count}`, channel: 'storyboards', title: 'A thread' });
        return { platform: 'web', space: 'studio', channel: 'storyboards', thread: `t${count}` };
      },
      nowhere: async () => ({ platform: 'web', space: 'studio', channel: 'general', thread: 'nowhere' }),
      heard: async ({ thread = '' }) =>
        (await board.messages(thread))
          .filter(({ text }) => text !== 'This film was removed.')
          .map((posted): Heard => {
            const message = renderMessage(posted);
            expect(message.to).toBeUndefined();
            const buttons = pressesOf(posted.parts ?? []);
            return { text: message.text, buttons, pinged: [], hidden: JSON.stringify(message) };
          }),
      group: async () => undefined,
      missing: () => 'said-nothing',
      close: () => redis.close(),
    };
  });

  describePoster(`the studio on ${kind}`, async () => {
    const redis = await startRedis(kind);
    const board = createBoard(redis.connect(), 'studio');
    let count = 0;
    return {
      poster: {
        ...createPoster(board, ['boss', 'mod']),
        // The contract's nobody is a studio without managers.
        notice: (to, notice) => createPoster(board, to.space === 'nobody' ? [] : ['boss', 'mod']).notice(to, notice),
      },
      async place() {
        count += 1;
        await board.open({ id: `t${count}`, channel: 'general', title: 'A thread' });
        return originAt(`t${count}`);
      },
      nowhere: async () => originAt('nowhere'),
      async read(origin) {
        const posted = await board.messages(origin.thread ?? '');
        return posted
          .filter(({ card, video }) => card !== undefined || video !== undefined)
          .map(({ card, text }) => ({ kind: card ? 'card' : 'film', text: card ? card.line : text }));
      },
      async staff(way) {
        if (way === 'channel') await board.open({ id: 'watch', channel: 'general', title: 'Watch' });
        const to = { platform: 'web', space: way === 'nobody' ? 'nobody' : 'studio', for: 'moderators' } as const;
        const thread = way === 'channel' ? 'watch' : way === 'own' ? 'staff' : 'none';
        return {
          to: way === 'channel' ? { ...to, channel: 'watch' } : to,
          told: async () =>
            (await board.messages(thread))
              .filter((posted) => visible(posted, 'boss'))
              .map(({ text, parts = [] }) => ({ text, buttons: pressesOf(parts) })),
        };
      },
      async member(way) {
        const id = way === 'open' ? 'zoë' : 'no member';
        return {
          ...{ to: { platform: 'web', space: 'studio' }, id },
          told: async () => {
            const private_ = (await board.messages('welcome')).filter(({ to }) => to !== undefined);
            expect(private_.some((posted) => visible(posted, 'ada'))).toBe(false);
            return private_.filter((posted) => visible(posted, id)).map(({ text }) => text);
          },
        };
      },
      close: () => redis.close(),
    };
  });
}

describe('on one engine', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis(quickKind);
  });
  afterAll(() => redis.close());

  it('opens a thread beside the one that it says something in, which follows from the key', async () => {
    const board = createBoard(redis.connect(), 'studio');
    await board.open({ id: 'talk', channel: 'storyboards', title: 'Talk' });
    const poster = createPoster(board, []);
    const to = { platform: 'web', space: 'studio', channel: 'general', thread: 'talk' } as const;
    const said = { key: 'rain', parts: [], thread: 'Rain'.repeat(40) };
    const { ref, place } = await poster.announce(to, said);
    expect(await board.thread(place.thread ?? '')).toMatchObject({
      channel: 'storyboards',
      title: expect.stringMatching(/^.{79}…$/),
    });
    expect(place.channel).toBe('storyboards');
    expect((await board.find('talk', ref))?.opens?.id).toBe(place.thread);
    await poster.amend(to, ref, [{ kind: 'text', text: 'It is over' }]);
    expect(await board.find('talk', ref)).toMatchObject({ text: 'It is over', opens: { id: place.thread } });
    // Said once more, it stays as it is.
    expect(await poster.announce(to, said)).toEqual({ ref, place });
    expect((await board.find('talk', ref))?.text).toBe('It is over');
  });

  it('says what is for a whole channel in the thread that it opens, and nowhere else', async () => {
    const board = createBoard(redis.connect(), 'studio');
    const poster = createPoster(board, []);
    const to = { platform: 'web', space: 'studio', channel: 'storyboards' } as const;
    await expect(poster.announce(to, { key: 'sun', parts: [] })).rejects.toThrow(CannotPost);
    const { ref, place } = await poster.announce(to, { key: 'sun', parts: [], thread: 'Sun' });
    expect((await board.messages(place.thread ?? '')).map(({ id }) => id)).toEqual([ref]);
  });

  it('asks to be tried again', async () => {
    const board = createBoard(redis.connect(), 'studio');
    await board.open({ id: 'here', channel: 'general', title: 'Here' });
    await redis.kill();
    const posting = createPoster(board, []).card(originAt('here'), cardLike('jaaaaaaaaaaaaaaaa-1', 1), undefined);
    await expect(posting).rejects.toThrow(TransientError);
    await redis.restart();
  });

  it('lets the bot post in threads that there are, and its operators operate', async () => {
    const board = createBoard(redis.connect(), 'studio');
    const rights = createRights(board, ['boss']);
    await board.open({ id: 'there', channel: 'general', title: 'There' });
    expect(await rights.cannotPost(originAt('there'))).toBeUndefined();
    expect(await rights.cannotPost(originAt('nowhere'))).toEqual({ word: 'space.cannotPost' });
    expect(await rights.level(originAt('there'))).toBe('anyone');
    expect(await rights.level({ ...originAt('there'), user: 'boss' })).toBe('operator');
  });
});
