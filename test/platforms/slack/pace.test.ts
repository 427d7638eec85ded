import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPace } from '../../../platforms/slack/pace.ts';
import { CannotPost, TransientError } from '../../../src/domain/errors.ts';
import { TooSoon } from '../../../src/ports.ts';
import { useClosing } from '../../support/closing.ts';
import { type PosterRigOptions, startPoster } from './poster-rig.ts';
import { read } from './rig.ts';

const { closing } = useClosing();
const begin = async (options: PosterRigOptions = {}) => closing(await startPoster(options));
afterEach(() => void vi.useRealTimers());
/** Another time of day, with no timer moved. */
const later = (ms: number): void => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
};

describe('when cards may be edited', () => {
  beforeEach(() => void vi.useFakeTimers());

  test('changes on the way of one card are four seconds apart, its end waits for nothing', () => {
    const pace = createPace();
    pace.takeTurn('T', 'c/1', true);
    vi.advanceTimersByTime(3_900);
    expect(() => pace.takeTurn('T', 'c/1', true)).toThrow(TooSoon);
    expect(() => pace.takeTurn('T', 'c/2', true)).not.toThrow();
    vi.advanceTimersByTime(200);
    expect(() => pace.takeTurn('T', 'c/1', true)).not.toThrow();
    expect(() => pace.takeTurn('T', 'c/1', false)).not.toThrow();
  });

  test('a workspace has a minute’s edits, the last of them for ends; another has its own', () => {
    let now = 1_000_000;
    const pace = createPace(() => now);
    const edit = (n: number, passing: boolean, team = 'T') => pace.takeTurn(team, `${team}/${n}`, passing);
    for (let n = 0; n < 30; n += 1) {
      edit(n, true);
      now += 100;
    }
    expect(() => edit(35, true)).toThrow(TooSoon);
    for (let n = 40; n < 50; n += 1) edit(n, false);
    const refused = expect.objectContaining({ name: 'TransientError', waits: true, retryAfter: 57_000 });
    expect(() => edit(50, false)).toThrow(refused);
    expect(() => edit(0, true, 'U')).not.toThrow();
    now += 57_000;
    expect(() => edit(50, false)).not.toThrow();
    expect(() => edit(51, false)).toThrow(TransientError);
    now += 60_000;
    expect(() => edit(52, true)).not.toThrow();
  });

  test('an older version than one that was shown is known', () => {
    const pace = createPace();
    expect([pace.isNew('c/1', 3), pace.isNew('c/1', 2), pace.isNew('c/1', 3), pace.isNew('c/2', 1)]).toEqual([
      ...[true, false, true, true],
    ]);
  });
});

describe('edits as they are sent', () => {
  test('what comes too soon is left, an end comes at once, and nothing older after it', async () => {
    const { poster, origin, card, posts, requests } = await begin();
    // However slow the machine is, no time goes by.
    later(0);
    const ref = await poster.card(origin, card(1), undefined);
    await poster.card(origin, card(2, { state: 'rendering', line: 'Being made' }), ref);
    await expect(poster.card(origin, card(3, { state: 'rendering' }), ref)).rejects.toThrow(TooSoon);
    await poster.card(origin, card(4, { state: 'delivered', line: 'Here it is', actions: [] }), ref);
    const before = (await requests('chat.update')).length;
    expect(await poster.card(origin, card(3, { state: 'rendering' }), ref)).toBe(ref);
    expect(await requests('chat.update')).toHaveLength(before);
    expect(read((await posts()).words[0] ?? { blocks: [] })).toBe('Ada: a paper boat\nHere it is');
  });

  test('Slack’s own limit is waited out, and is no try', async () => {
    const { poster, origin, card, limited } = await begin({
      fake: { limits: { 'chat.update': { limit: 1, windowMs: 30_000 } } },
    });
    const ref = await poster.card(origin, card(1), undefined);
    const ended = { state: 'failed', line: 'No film.' } as const;
    await poster.card(origin, card(2, ended), ref);
    const refused = await poster.card(origin, card(3, ended), ref).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'TransientError', waits: true });
    expect((refused as TransientError).retryAfter).toBeGreaterThan(20_000);
    expect((refused as TransientError).retryAfter).toBeLessThanOrEqual(30_000);
    expect(limited()).toBe(1);
  });

  test.each([['it was deleted'], ['its channel is archived'], ['cant_update_message'], ['edit_window_closed']])(
    'a card that cannot be edited, for %s: refused for good',
    async (why) => {
      const { fake, world, poster, origin, card } = await begin();
      const ref = await poster.card(origin, card(1), undefined);
      if (why.includes('_')) await fake.fail({ method: 'chat.update', error: why });
      else if (why.includes('archived')) await fake.changeChannel({ channel: world.channel, archived: true });
      else await fake.deleteMessage({ channel: world.channel, ts: ref.split('/')[1] ?? '' });
      await expect(poster.card(origin, card(2, { state: 'failed' }), ref)).rejects.toThrow(CannotPost);
    },
  );
});

describe('a Slack that does not take it now', () => {
  test.each([
    ['has us wait', { retryAfter: 7 }, { retryAfter: 7_000, waits: true }, 1],
    ['has us wait, and does not say how long', { status: 429 }, {}, undefined],
    ['says so in words', { error: 'ratelimited' }, {}, undefined],
    ['is broken', { status: 503 }, { waits: false }, 0],
    ['hangs up', {}, { waits: false }, 0],
    ['shows a page', { status: 200 }, {}, 0],
    ['has an error of its own', { error: 'internal_error' }, { waits: false }, 0],
  ])('%s: tried again, card and film', async (_what, fault, error, counted) => {
    const { fake, poster, origin, card, post, limited } = await begin();
    await fake.fail({ method: 'chat.postMessage', ...fault });
    const refused = { name: 'TransientError', ...error };
    await expect(poster.card(origin, card(), undefined)).rejects.toMatchObject(refused);
    if (counted !== undefined) expect(limited()).toBe(counted);
    await fake.fail({ method: 'files.getUploadURLExternal', ...fault });
    await expect(post()).rejects.toMatchObject(refused);
    expect(await post()).toMatchObject({ place: 'asked' });
  });

  test.each(['revoke', 'uninstall'] as const)(
    'a token that is worth nothing (%s): a minute’s silence, told once',
    async (how) => {
      const { fake, poster, origin, card, post, log, requests } = await begin();
      const ref = await poster.card(origin, card(1), undefined);
      await fake[how]();
      const refused = { name: 'TransientError', waits: true, retryAfter: 60_000 };
      await expect(post()).rejects.toMatchObject(refused);
      const before = (await fake.requests()).length;
      await expect(poster.card(origin, card(2, { state: 'failed' }), ref)).rejects.toMatchObject(refused);
      await expect(post()).rejects.toMatchObject(refused);
      expect((await fake.requests()).length).toBe(before);
      expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
      expect(JSON.stringify(log.lines)).not.toContain(fake.token);
      later(61_000);
      await expect(post()).rejects.toMatchObject(refused);
      expect(await requests('files.getUploadURLExternal')).toHaveLength(2);
    },
  );

  test('and whose token is refused from the start: the same', async () => {
    const { fake, post } = await begin();
    await fake.revoke();
    await expect(post()).rejects.toMatchObject({ name: 'TransientError', waits: true, retryAfter: 60_000 });
  });
});
