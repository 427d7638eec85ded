import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../src/domain/card.ts';
import { CannotPost } from '../../src/domain/errors.ts';
import type { Origin } from '../../src/domain/origin.ts';
import type { Film, Notice, Poster, Staff } from '../../src/ports.ts';

/** A poster with the chat behind it. */
export interface PosterUnderTest {
  poster: Poster;
  /** A place of its own where the bot may post. */
  place(): Promise<Origin>;
  /** A place that is not there, or where it may not. */
  nowhere(): Promise<Origin>;
  /** What stands there now, in the order of posting: a card's line, a film's prompt. */
  read(origin: Origin): Promise<{ kind: 'card' | 'film'; text: string }[]>;
  /** Those who look after a space: by the chat's `own` way, in a `channel`, or where there is `nobody`. `told`: the words and buttons that they have. */
  staff(
    way: 'own' | 'channel' | 'nobody',
  ): Promise<{ to: Staff; told(): Promise<{ text: string; buttons: string[] }[]> }>;
  /** A member of a space who can be told things in private, or cannot. `told`: what they, and nobody else, have there. */
  member(
    way: 'open' | 'shut',
  ): Promise<{ to: Pick<Origin, 'platform' | 'space'>; id: string; told(): Promise<string[]> }>;
  close(): Promise<void>;
}

const noticeLike = (key: string, origin: Origin): Notice => ({
  key,
  parts: [
    { kind: 'text', text: 'Somebody reported *a film*. @everyone <!channel>' },
    { kind: 'facts', facts: [{ label: 'Prompt', value: 'a paper boat' }] },
    { kind: 'place', label: 'Where', origin },
    { kind: 'buttons', buttons: [{ label: 'Remove', command: 'film remove', job: 'jaaaaaaaaaaaaaaaa-1' }] },
  ],
});

export const cardLike = (job: string, version: number, more: Partial<Card> = {}): Card => ({
  job,
  version,
  askedAt: Date.now(),
  state: 'queued',
  line: `version ${version}`,
  requester: 'Ada',
  requesterId: 'ada',
  prompt: 'a paper boat',
  seconds: 8,
  size: '1366x768',
  credits: 8,
  actions: ['cancel', 'details'],
  ...more,
});

/** Films of one flow: what an attempt at a posting notes, the later ones of the same key are given, as the record has it when they look. */
const createFilms =
  (marks = new Map<string, string>()) =>
  (job: string, key: string, more: Partial<Omit<Film, 'before' | 'note'>> = {}): Film => ({
    ...filmLike(job, key),
    ...more,
    get before() {
      return marks.get(key);
    },
    note: async (mark) => void marks.set(key, mark),
  });

const filmLike = (job: string, key: string): Omit<Film, 'before' | 'note'> => ({
  job,
  key,
  repeated: false,
  requester: 'Ada',
  requesterId: 'ada',
  prompt: 'a paper boat',
  asset: { name: `${'a'.repeat(64)}.mp4`, bytes: 10, seconds: 8, width: 1366, height: 768 },
  file: '/nowhere.mp4',
  card: undefined,
  mention: true,
  spoiler: false,
});

const going = (): AbortSignal => new AbortController().signal;

/** What every chat's poster promises. */
export function describePoster(name: string, make: () => Promise<PosterUnderTest>): void {
  describe(`the poster of ${name}`, () => {
    let test: PosterUnderTest;
    const film = createFilms();
    beforeAll(async () => {
      test = await make();
    });
    afterAll(() => test.close());

    it('posts a card once and edits it from then on', async () => {
      const origin = await test.place();
      const ref = await test.poster.card(origin, cardLike('jaaaaaaaaaaaaaaaa-1', 1), undefined);
      expect(await test.poster.card(origin, cardLike('jaaaaaaaaaaaaaaaa-1', 2), ref)).toBe(ref);
      expect(await test.read(origin)).toEqual([{ kind: 'card', text: 'version 2' }]);
    });

    it('never puts an older version over a newer one', async () => {
      const origin = await test.place();
      const ref = await test.poster.card(origin, cardLike('jaaaaaaaaaaaaaaab-1', 3), undefined);
      await test.poster.card(origin, cardLike('jaaaaaaaaaaaaaaab-1', 2), ref);
      expect(await test.read(origin)).toEqual([{ kind: 'card', text: 'version 3' }]);
    });

    it('makes one message of one film key, however often it is tried', async () => {
      const origin = await test.place();
      const first = await test.poster.film(origin, film('jaaaaaaaaaaaaaaac-1', 'one'), going());
      expect(await test.poster.film(origin, film('jaaaaaaaaaaaaaaac-1', 'one', { repeated: true }), going())).toEqual(
        first,
      );
      expect(await test.read(origin)).toEqual([{ kind: 'film', text: 'a paper boat' }]);
    });

    it('makes another message of another key', async () => {
      const origin = await test.place();
      await test.poster.film(origin, film('jaaaaaaaaaaaaaaad-1', 'd1'), going());
      await test.poster.film(origin, film('jaaaaaaaaaaaaaaad-1', 'd2'), going());
      expect(await test.read(origin)).toHaveLength(2);
    });

    it('makes one message of posts that run at the same time', async () => {
      const origin = await test.place();
      const same = film('jaaaaaaaaaaaaaaae-1', 'same', { repeated: true });
      const refs = await Promise.all(Array.from({ length: 8 }, () => test.poster.film(origin, same, going())));
      expect(new Set(refs.map(({ ref }) => ref)).size).toBe(1);
      expect(await test.read(origin)).toHaveLength(1);
    });

    it('takes a film away, once or more often, and nothing else', async () => {
      const origin = await test.place();
      const kept = await test.poster.film(origin, film('jaaaaaaaaaaaaaaag-1', 'kept', { prompt: 'a lamp' }), going());
      const gone = await test.poster.film(origin, film('jaaaaaaaaaaaaaaah-1', 'gone'), going());
      await test.poster.remove(origin, gone);
      await test.poster.remove(origin, gone);
      expect(await test.read(origin)).toEqual([{ kind: 'film', text: 'a lamp' }]);
      await test.poster.remove(origin, kept);
      expect(await test.read(origin)).toEqual([]);
    });

    it.each(['own', 'channel'] as const)('tells those who look after a space once, by the way %s', async (way) => {
      const { to, told } = await test.staff(way);
      const origin = await test.place();
      const ref = await test.poster.notice(to, noticeLike(`n-${way}`, origin));
      expect(ref).toBeTypeOf('string');
      expect(await test.poster.notice(to, noticeLike(`n-${way}`, origin))).toBe(ref);
      const [only, ...more] = await told();
      expect(more).toEqual([]);
      expect(only?.text).toContain('Somebody reported');
      expect(only?.text).toContain('a paper boat');
      expect(only?.buttons).toEqual([expect.stringContaining('film remove|jaaaaaaaaaaaaaaaa-1')]);
      await test.poster.notice(to, noticeLike(`m-${way}`, origin));
      expect(await told()).toHaveLength(2);
    });

    it('says so when there is nobody to be told', async () => {
      const { to, told } = await test.staff('nobody');
      expect(await test.poster.notice(to, noticeLike('n-nobody', await test.place()))).toBeUndefined();
      expect(await told()).toEqual([]);
    });

    it('tells a member something in private, once', async () => {
      const { to, id, told } = await test.member('open');
      const notice = noticeLike('d-open', await test.place());
      const ref = await test.poster.direct(to, id, notice);
      expect(ref).toBeTypeOf('string');
      expect(await test.poster.direct(to, id, notice)).toBe(ref);
      expect(await told()).toEqual([expect.stringContaining('a paper boat')]);
      await test.poster.direct(to, id, { ...notice, key: 'd-more' });
      expect(await told()).toHaveLength(2);
    });

    it('says so when a member cannot be told', async () => {
      const { to, id, told } = await test.member('shut');
      expect(await test.poster.direct(to, id, noticeLike('d-shut', await test.place()))).toBeUndefined();
      expect(await told()).toEqual([]);
    });

    it('says for good that it cannot post where there is no place', async () => {
      const origin = await test.nowhere();
      await expect(test.poster.card(origin, cardLike('jaaaaaaaaaaaaaaaf-1', 1), undefined)).rejects.toThrow(CannotPost);
      await expect(test.poster.film(origin, film('jaaaaaaaaaaaaaaaf-1', 'f1'), going())).rejects.toThrow(CannotPost);
    });
  });
}
