import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pressId } from '../../platforms/shared/press.ts';
import type { Part } from '../../src/domain/command.ts';
import { CannotPost } from '../../src/domain/errors.ts';
import type { Announcement, Exhibit, Place, Poster } from '../../src/ports.ts';

/** A message as everybody has it before them: its words and buttons, whom it pinged, and, as text, all that a reader can get at besides. */
export interface Heard {
  text: string;
  buttons: string[];
  pinged: string[];
  hidden: string;
}

/** A poster with the chat behind it, as far as it speaks to all. */
export interface SayingsUnderTest {
  poster: Pick<Poster, 'announce' | 'amend' | 'exhibit' | 'remove'>;
  /** A place of its own where the bot may post, which is open to all. */
  place(): Promise<Place>;
  /** A place that is not there, or where it may not. */
  nowhere(): Promise<Place>;
  /** What stands there now, in the order of posting: in a thread its messages, in a channel those of no thread. */
  heard(place: Place): Promise<Heard[]>;
  /** A role or group of users that can be pinged there; nothing where the chat has none. */
  group(place: Place): Promise<string | undefined>;
  /** A ref of a message that is not there. */
  missing(place: Place): string;
  close(): Promise<void>;
}

/** What the buttons of parts carry. */
export const pressesOf = (parts: readonly Part[]): string[] =>
  parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons.map(pressId) : []));

const evil = '@everyone <!channel> <!here> <@&1> <!subteam^S0ALL>';
const partsLike = (text: string, command = 'film details'): Part[] => [
  { kind: 'text', text: `${text} ${evil}` },
  { kind: 'facts', facts: [{ label: 'Until', value: 'Mon 30 Nov', at: 1_764_460_800_000 }] },
  {
    kind: 'buttons',
    buttons: [
      { label: 'Details', command, job: 'jaaaaaaaaaaaaaaaa-1' },
      { label: 'Vote', command: 'vote', challenge: 'cabcdefg2-1-2-l' },
    ],
  },
];
const saidLike = (key: string, more: Partial<Announcement> = {}): Announcement => ({
  ...{ key, parts: partsLike('Make a film of rain') },
  ...more,
});

/** Where a film lies while it is shown, in a chat that reads it from the disk: under a name that must not get out. */
export const secretFile = 'ada-jaaaaaaaaaaaaaaaa-1.mp4';

/** Exhibits of one flow: what an attempt notes, the later ones of the same key are given. */
const createExhibits =
  (marks = new Map<string, string>()) =>
  (key: string, more: Partial<Pick<Exhibit, 'repeated' | 'caption' | 'spoiler'>> = {}): Exhibit => ({
    ...{ key, repeated: false, caption: 'Number 3', spoiler: false, file: `/nowhere/${secretFile}` },
    asset: { name: `${'a'.repeat(64)}.mp4`, bytes: 10, seconds: 8, width: 1366, height: 768 },
    ...more,
    get before() {
      return marks.get(key);
    },
    note: async (mark) => void marks.set(key, mark),
  });

const going = (): AbortSignal => new AbortController().signal;
const wordsOf = (all: readonly Heard[]): string[] => all.map(({ text }) => text);

/** What every chat promises of what it says to all. */
export function describeSayings(name: string, make: () => Promise<SayingsUnderTest>): void {
  describe(`what the poster of ${name} says to all`, () => {
    let test: SayingsUnderTest;
    const exhibit = createExhibits();
    beforeAll(async () => {
      test = await make();
    });
    afterAll(() => test.close());

    it('says something once a key, with its buttons, and pings nobody by its words', async () => {
      const to = await test.place();
      const first = await test.poster.announce(to, saidLike('one'));
      expect(first.place).toEqual(to);
      expect(await test.poster.announce(to, saidLike('one'))).toEqual(first);
      const [only, ...more] = await test.heard(to);
      expect(more).toEqual([]);
      expect(only?.text).toContain('Make a film of rain');
      expect(only?.buttons).toEqual(pressesOf(partsLike('')));
      expect(only?.pinged).toEqual([]);
    });

    it('says the same words again under another key, and in another place', async () => {
      const [to, other] = [await test.place(), await test.place()];
      const { ref } = await test.poster.announce(to, saidLike('again'));
      expect((await test.poster.announce(to, saidLike('again-2'))).ref).not.toBe(ref);
      expect((await test.poster.announce(other, saidLike('again'))).place).toEqual(other);
      expect(await test.heard(to)).toHaveLength(2);
      expect(await test.heard(other)).toHaveLength(1);
    });

    it('says it once, with one thread, when it is said at the same time', async () => {
      const to = await test.place();
      const same = saidLike('same', { thread: 'Rain' });
      const all = await Promise.all(Array.from({ length: 6 }, () => test.poster.announce(to, same)));
      for (const one of all) expect(one).toEqual(all[0]);
      expect(await test.heard(to)).toHaveLength(1);
    });

    it('pings a group, and nobody else', async () => {
      const to = await test.place();
      const group = await test.group(to);
      await test.poster.announce(to, saidLike('ping', { ping: group ?? 'crew' }));
      await test.poster.announce(to, saidLike('strange', { ping: '@everyone> <!channel' }));
      const heard = await test.heard(to);
      expect(heard.map(({ pinged }) => pinged)).toEqual([group === undefined ? [] : [group], []]);
      expect(wordsOf(heard)).toEqual([expect.stringContaining('rain'), expect.stringContaining('rain')]);
    });

    it('opens a thread under it, where what follows is said', async () => {
      const to = await test.place();
      const { ref, place } = await test.poster.announce(
        to,
        saidLike('root', { thread: `Rain ${'🌧'.repeat(120)} ${evil}` }),
      );
      expect(place).toMatchObject({ platform: to.platform, space: to.space, thread: expect.any(String) });
      expect(place.thread).not.toBe(to.thread);
      const below = await test.poster.announce(place, saidLike('below', { parts: partsLike('And now vote') }));
      expect(below.place).toEqual(place);
      expect(below.ref).not.toBe(ref);
      await test.poster.exhibit(place, exhibit('in-thread'), going());
      expect(wordsOf(await test.heard(to))).toEqual([expect.stringContaining('rain')]);
      expect(wordsOf(await test.heard(place))).toEqual([expect.stringContaining('And now vote'), 'Number 3']);
    });

    it('says something else in its place, and pings nobody by that', async () => {
      const to = await test.place();
      const group = await test.group(to);
      const ping = group === undefined ? {} : { ping: group };
      const { ref } = await test.poster.announce(to, saidLike('amended', { ...ping, thread: 'Rain' }));
      for (const text of ['Half of the time is over', 'It is over']) {
        await test.poster.amend(to, ref, partsLike(text, 'film more'));
        const [only, ...more] = await test.heard(to);
        expect(more).toEqual([]);
        expect(only?.text).toContain(text);
        expect(only?.text).not.toContain('rain');
        expect(only?.buttons).toEqual(pressesOf(partsLike('', 'film more')));
        expect(only?.pinged).toEqual(group === undefined ? [] : [group]);
      }
    });

    it('leaves alone what is gone', async () => {
      const to = await test.place();
      await test.poster.amend(to, test.missing(to), partsLike('It is over'));
      expect(await test.heard(to)).toEqual([]);
    });

    it('says it without its picture where there is none', async () => {
      const to = await test.place();
      await test.poster.announce(to, saidLike('picture', { picture: `${'f'.repeat(64)}.png`, thread: 'Rain' }));
      expect(wordsOf(await test.heard(to))).toEqual([expect.stringContaining('rain')]);
    });

    it('shows a film once a key, however often it is tried', async () => {
      const to = await test.place();
      const first = await test.poster.exhibit(to, exhibit('x-one'), going());
      expect(first.place).toBe('asked');
      expect(await test.poster.exhibit(to, exhibit('x-one', { repeated: true }), going())).toEqual(first);
      await test.poster.exhibit(to, exhibit('x-two', { caption: 'Number 4' }), going());
      expect(wordsOf(await test.heard(to))).toEqual(['Number 3', 'Number 4']);
    });

    it('shows a film once when it is posted at the same time', async () => {
      const to = await test.place();
      const same = exhibit('x-same', { repeated: true });
      const all = await Promise.all(Array.from({ length: 8 }, () => test.poster.exhibit(to, same, going())));
      expect(new Set(all.map(({ ref }) => ref)).size).toBe(1);
      expect(await test.heard(to)).toHaveLength(1);
    });

    it.each([false, true])('says nothing of whose a film is but its caption (covered: %s)', async (spoiler) => {
      const to = await test.place();
      const key = `jaaaaaaaaaaaaaaaa-1-${spoiler ? 's' : 'x'}`;
      await test.poster.exhibit(to, exhibit(key, { spoiler }), going());
      const [only] = await test.heard(to);
      expect(only).toMatchObject({ text: 'Number 3', buttons: [], pinged: [] });
      expect(only?.hidden).toBeTruthy();
      expect(only?.hidden).not.toMatch(/jaaaa|\bada\b/i);
    });

    it('takes an exhibited film away, once or more often, and nothing else', async () => {
      const to = await test.place();
      await test.poster.announce(to, saidLike('kept'));
      const gone = await test.poster.exhibit(to, exhibit('x-gone'), going());
      const kept = await test.poster.exhibit(to, exhibit('x-kept', { caption: 'Number 4' }), going());
      await test.poster.remove(to, gone);
      await test.poster.remove(to, gone);
      expect(wordsOf(await test.heard(to))).toEqual([expect.stringContaining('rain'), 'Number 4']);
      await test.poster.remove(to, kept);
      expect(await test.heard(to)).toHaveLength(1);
    });

    it('says for good that it cannot where there is no place', async () => {
      const to = await test.nowhere();
      await expect(test.poster.announce(to, saidLike('nowhere', { thread: 'Rain' }))).rejects.toThrow(CannotPost);
      await expect(test.poster.exhibit(to, exhibit('x-nowhere'), going())).rejects.toThrow(CannotPost);
    });
  });
}
