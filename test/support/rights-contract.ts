import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { levels, type Person, type Since } from '../../src/domain/command.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { say } from '../../src/domain/words.ts';
import type { Rights } from '../../src/ports.ts';

/** Rights with the chat behind them. */
export interface RightsUnderTest {
  rights: Rights;
  /** A place where the bot may post, as one of its plain members. */
  place: Origin;
  /** A place where it may not. */
  closed: Origin;
  /** The same place, as somebody who runs it. */
  manager: Origin;
  /** What the chat tells of that plain member. */
  person: Person;
  /** A role that they have and one that they have not; nothing where the chat has no roles. */
  roles: { held: string; other: string } | undefined;
  /** What the chat tells of how long they are there. */
  tells: readonly (keyof Since)[];
  /** Ids of who is no person of the space: the bot's own, another's, and those of nobody. */
  nobody: readonly string[];
  close(): Promise<void>;
}

/** What every chat's rights keep to. */
export function describeRights(name: string, make: () => Promise<RightsUnderTest>): void {
  describe(`the rights of ${name}`, () => {
    let chat: RightsUnderTest;
    beforeAll(async () => {
      chat = await make();
    });
    afterAll(() => chat.close());

    it('says whether the bot may post, before anything is held', async () => {
      expect(await chat.rights.cannotPost(chat.place)).toBeUndefined();
      const why = await chat.rights.cannotPost(chat.closed);
      expect(why && say(why)).toMatch(/\bask\b/i);
    });

    it('knows plain members from those who run the place, asked anew each time', async () => {
      expect(await chat.rights.level(chat.place)).toBe('anyone');
      expect(levels.indexOf(await chat.rights.level(chat.manager))).toBeGreaterThan(0);
      expect(await chat.rights.level(chat.place)).toBe('anyone');
    });

    it('tells which roles of those in question somebody is in', async () => {
      const { held = 'a', other = 'b' } = chat.roles ?? {};
      const found = await chat.rights.roles(chat.place, [other, held, 'nonesuch']);
      expect(found).toEqual(chat.roles ? [held] : []);
      expect(await chat.rights.roles(chat.place, [])).toEqual([]);
      expect(await chat.rights.roles(chat.manager, [held, 'nonesuch'])).toEqual([]);
    });

    it('tells since when somebody is there, as far as the chat does', async () => {
      const since = await chat.rights.since(chat.place);
      expect(Object.keys(since).sort()).toEqual([...chat.tells].sort());
      for (const at of Object.values(since)) {
        expect(at).toBeGreaterThan(Date.UTC(2015));
        expect(at).toBeLessThanOrEqual(Date.now() + 60_000);
      }
    });

    it('knows the people of the space, by the names that it shows', async () => {
      const { platform, space, user } = chat.place;
      expect(await chat.rights.person({ platform, space }, user)).toEqual(chat.person);
      for (const id of chat.nobody) expect(await chat.rights.person({ platform, space }, id), id).toBeUndefined();
    });
  });
}
